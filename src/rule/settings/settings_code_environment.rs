//! `settings-code-environment`: settings set a variable that loads code.

use crate::declare_rule;
use crate::rule::{Check, Findings, Options};
use crate::subject::Subject;

use super::{Variable, report_variables, shown};

declare_rule! {
    /// ## What it does
    ///
    /// Reports entries of `env` that make programs load or run something: `LD_PRELOAD`, `NODE_OPTIONS` with
    /// `--require`, `BASH_ENV`, `GIT_SSH_COMMAND`, `PATH` with a folder of the repository.
    ///
    /// ## Why it matters
    ///
    /// `env` of a project file reaches Claude and every program that it starts, with `-p` before anybody has trusted
    /// the folder.
    ///
    /// ## What is accepted
    ///
    /// `NODE_OPTIONS` with memory limits and the like.
    ///
    /// ## How to fix
    ///
    /// Remove the variable; set it where it is needed and reviewed.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .claude/settings.json
    /// {"env": {"NODE_OPTIONS": "--require ./hook.js"}}
    /// ```
    ///
    /// ```repo silent
    /// === .claude/settings.json
    /// {"env": {"NODE_OPTIONS": "--max-old-space-size=4096"}}
    /// ```
    pub(crate) static SETTINGS_CODE_ENVIRONMENT = {
        id: "settings-code-environment",
        group: Settings,
        summary: "settings set a variable that loads code",
        severity: Error,
        confidence: High,
        tags: ["ASI05", "CWE-427"],
        check: Check::Subject(check),
    }
}
fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let help = "Remove the variable.";
    report_variables(subject, &SETTINGS_CODE_ENVIRONMENT, help, explain, findings);
}

fn explain(variable: &Variable<'_>, _: &Subject) -> Option<String> {
    let value = variable.text;
    if value.is_empty() {
        return None;
    }
    let loads = match variable.name {
        "LD_PRELOAD"
        | "LD_AUDIT"
        | "LD_LIBRARY_PATH"
        | "DYLD_INSERT_LIBRARIES"
        | "DYLD_LIBRARY_PATH"
        | "BASH_ENV"
        | "ENV"
        | "PYTHONSTARTUP"
        | "PERL5OPT"
        | "RUBYOPT"
        | "GIT_SSH_COMMAND"
        | "GIT_SSH"
        | "GIT_EXTERNAL_DIFF"
        | "GIT_PAGER"
        | "PAGER"
        | "GIT_EDITOR"
        | "EDITOR"
        | "VISUAL"
        | "PROMPT_COMMAND"
        | "GIT_ASKPASS"
        | "SSH_ASKPASS"
        | "CLAUDE_CODE_SHELL_PREFIX"
        | "CLAUDE_ENV_FILE" => !matches!(value, "cat" | "less" | "true" | "false" | "vim" | "nano"),
        "NODE_OPTIONS" => [
            "--require",
            "-r ",
            "--import",
            "--loader",
            "--experimental-loader",
        ]
        .iter()
        .any(|flag| value.contains(flag)),
        "JAVA_TOOL_OPTIONS" | "_JAVA_OPTIONS" => {
            value.contains("-javaagent") || value.contains("-agent")
        }
        "PATH" => value.split(':').any(|folder| {
            folder.is_empty() || folder.starts_with('.') || folder.starts_with("node_modules")
        }),
        "PYTHONPATH" => value
            .split(':')
            .any(|folder| folder.starts_with('/') && folder.contains("tmp")),
        _ => false,
    };
    loads.then(|| {
        format!(
            "`{}` makes programs that Claude starts load or run `{}`",
            variable.name,
            shown(value)
        )
    })
}
