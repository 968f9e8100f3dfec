//! `skip-permissions`: bypass mode without a read-only scope.

use crate::agent::{AgentRun, Exposure, OutsideStart, Reason, SetBy, Setting};
use crate::declare_rule;
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Location;
use crate::subject::Subject;

use super::{confidence_of, with_trail};

declare_rule! {
    /// ## What it does
    ///
    /// Reports each run of Claude in bypass mode, in whatever way the mode is spelt:
    /// `--dangerously-skip-permissions`, `--permission-mode bypassPermissions`, `defaultMode` in inline, file or
    /// project settings, `claude_args` and `settings` of the action, an agent's front matter, an option of the
    /// SDK. The flag is found through scripts, `npm run`, `make`, local actions, called workflows, variables and
    /// matrix values, and reported where it is written.
    ///
    /// How bad it is depends on two halves: which tools the run can use at all, and what its token and secrets
    /// allow.
    ///
    /// | tools | token and secrets | started by members | started by anyone |
    /// |---|---|---|---|
    /// | read-only | read or none | note | note |
    /// | read-only | write | warning | warning |
    /// | open | read or none | warning | error |
    /// | open | write | error | error |
    ///
    /// A job without `permissions:` counts as write: the repository's default may allow it. Outside any workflow
    /// (package scripts, task files, Dockerfiles) the flag is a warning, because nobody knows whose token it
    /// meets.
    ///
    /// ## Why it matters
    ///
    /// In bypass mode Claude runs every command and edits every file without asking. One sentence in an issue, a
    /// file or a web page that it reads is enough to turn the job's token and secrets against the repository.
    /// The s1ngularity worm (August 2025) called agent command lines with exactly these flags.
    ///
    /// ## What is accepted
    ///
    /// A flag in a comment, an `echo`, a search pattern or a document that a script writes is no run. A proven
    /// read-only scope is a note. `--restricted` refuses bypass, and so does
    /// `disableBypassPermissionsMode: "disable"`. `--allowedTools` beside the flag is no scope: it allows, and
    /// bypass allows everything already.
    ///
    /// ## How to fix
    ///
    /// Name what the run needs and deny the rest: `--permission-mode dontAsk --allowedTools "Read,Grep,Glob"`.
    /// Where the flag must stay, take the tools away with `--tools "Read,Grep,Glob" --strict-mcp-config`, give the
    /// job `permissions: contents: read`, and keep other secrets out of it.
    ///
    /// ## Examples
    ///
    /// Every tool, and a token that can write:
    ///
    /// ```repo fires
    /// === .github/workflows/fix.yml
    /// on: workflow_dispatch
    /// jobs:
    ///   fix:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 15
    ///     permissions:
    ///       contents: write
    ///     steps:
    ///       - run: claude -p "fix the build" --max-turns 20 --dangerously-skip-permissions
    /// ```
    ///
    /// Only tools that read, and a token that reads, is a note; without the flag there is nothing to say:
    ///
    /// ```repo silent
    /// === .github/workflows/review.yml
    /// on: workflow_dispatch
    /// jobs:
    ///   review:
    ///     runs-on: ubuntu-latest
    ///     timeout-minutes: 15
    ///     permissions:
    ///       contents: read
    ///     steps:
    ///       # never add --dangerously-skip-permissions here
    ///       - run: claude -p "review the last commit" --max-turns 20 --permission-mode dontAsk --allowedTools "Read,Grep,Glob"
    /// ```
    pub(crate) static SKIP_PERMISSIONS = {
        id: "skip-permissions",
        group: Agent,
        summary: "Claude runs in bypass mode without a read-only scope",
        severity: Error,
        confidence: High,
        tags: ["ASI02", "ASI05", "CWE-250"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for run in &subject.runs {
        if let Some(setting) = run.bypass() {
            findings.report(of_run(run, setting));
        }
    }
    for start in &subject.outside {
        findings.report(of_outside(start));
    }
    for place in &subject.unparsed {
        findings.report(of_unparsed(place));
    }
}

fn of_run(run: &AgentRun, setting: &Setting) -> Finding {
    let tools = run.has_read_only_tools();
    let power = run.has_read_only_power();
    let severity = match (tools, power) {
        (true, true) => Severity::Note,
        (true, false) => Severity::Warning,
        (false, true) if run.exposure < Exposure::Outsider => Severity::Warning,
        (false, _) => Severity::Error,
    };
    let spelling = spelling(setting);
    let first = run.power.writes.first();
    let what = tools_of(run);
    let message = match (tools, first) {
        (true, None) => format!(
            "{spelling} is confined here: only tools that read, {}, no other secret",
            token_of(run)
        ),
        (true, Some(reason)) => format!(
            "{spelling} is confined to tools that read, but the run {}{}",
            reason.text,
            line_of(reason, &setting.location)
        ),
        (false, None) => format!(
            "{spelling} gives Claude {what} without asking; the run has {} and no other secret is in reach",
            token_of(run)
        ),
        (false, Some(reason)) => format!(
            "{spelling} gives Claude {what} without asking, and the run {}{}",
            reason.text,
            line_of(reason, &setting.location)
        ),
    };
    let mut finding = with_trail(
        Finding::new(
            SKIP_PERMISSIONS.id,
            severity,
            confidence_of(run),
            setting.location.clone(),
            message,
        ),
        run,
    )
    .anchor(&run.anchor)
    .help(help(run))
    .fix(fix(setting));
    for reason in &run.power.writes {
        if let Some(location) = &reason.location {
            finding = finding.related(location.clone(), format!("the run {}", reason.text));
        }
    }
    if let Some(location) = run.tools.allowed_at.as_ref().filter(|_| !tools) {
        let message =
            "this list allows tools; it takes none away, and bypass mode needs no permission";
        finding = finding.related(location.clone(), message);
    }
    if run.exposure == Exposure::Outsider {
        finding.message.push_str("; anyone can start it");
    }
    finding
}

fn of_outside(start: &OutsideStart) -> Finding {
    let spelling = spelling(&start.setting);
    let message = format!(
        "{spelling} gives Claude every tool without asking wherever this {} runs",
        start.holder.split(' ').next().unwrap_or("command")
    );
    Finding::new(
        SKIP_PERMISSIONS.id,
        Severity::Warning,
        Confidence::High,
        start.setting.location.clone(),
        message,
    )
    .anchor(&start.anchor)
    .help("Allow what it needs instead: `--permission-mode dontAsk --allowedTools \"Read,Grep,Glob\"`. Where it must stay, run it in a container without credentials.")
    .fix(fix(&start.setting))
}

fn of_unparsed(place: &Location) -> Finding {
    let message = format!("this file cannot be read, but it spells `{}`", place.text());
    Finding::new(SKIP_PERMISSIONS.id, Severity::Warning, Confidence::Low, place.clone(), message)
        .anchor("unparsed")
        .help("Repair the file first; then Portcullis can tell whether Claude starts here and with what power.")
}

/// What bypass gives: all tools, those that are left, or those that are named.
fn tools_of(run: &AgentRun) -> String {
    match &run.tools.available {
        Some(names) if names.is_empty() => "the tools of its MCP servers".into(),
        Some(names) => {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("the tools {}", quoted.join(", "))
        }
        None if run.tools.denied.is_empty() => "every tool".into(),
        None => "every tool that is not denied".into(),
    }
}

/// The job's token, where it can write nothing.
fn token_of(run: &AgentRun) -> &'static str {
    if run.power.permissions.is_empty() {
        "a token without permissions"
    } else {
        "a token that only reads"
    }
}

/// The mode as it is written.
fn spelling(setting: &Setting) -> String {
    let token = &setting.token;
    match setting.by {
        SetBy::Flag => format!("`{token}`"),
        SetBy::ModeFlag => format!("`--permission-mode {token}`"),
        SetBy::SettingsFlag => format!("`defaultMode: {token}` in `--settings`"),
        SetBy::SettingsInput => format!("`defaultMode: {token}` in the action's settings"),
        SetBy::UserSettings => format!("`defaultMode: {token}` in the runner's user settings"),
        SetBy::LocalSettings | SetBy::ProjectSettings => {
            format!("`defaultMode: {token}` in the project's settings")
        }
        SetBy::AgentFile => format!("`permissionMode: {token}` of the agent"),
        SetBy::SdkOption => format!("the SDK option `{token}`"),
        SetBy::Action => format!("`{token}`"),
    }
}

/// ` (line 12)`, where the reason stands in another line of the same file.
fn line_of(reason: &Reason, place: &Location) -> String {
    match &reason.location {
        Some(location) if location.path() == place.path() => {
            format!(" (line {})", location.start().line)
        }
        Some(location) => format!(" ({}, line {})", location.path(), location.start().line),
        None => String::new(),
    }
}

fn help(run: &AgentRun) -> String {
    let allow = "Remove it and name what the run needs: `--permission-mode dontAsk --allowedTools \"Read,Grep,Glob\"`.";
    match (run.has_read_only_tools(), run.has_read_only_power()) {
        (true, true) => "Nothing has to change. Keep the scope: without it this line gives every tool away.".into(),
        (true, false) => "Give the job `permissions: contents: read` and keep other tokens and secrets out of it.".into(),
        (false, true) => format!("{allow} Where it must stay, take the other tools away: `--tools \"Read,Grep,Glob\" --strict-mcp-config`."),
        (false, false) => format!(
            "{allow} Where it must stay, take the other tools away (`--tools \"Read,Grep,Glob\" --strict-mcp-config`) and give the job `permissions: contents: read`."
        ),
    }
}

/// Replaces the flag by the mode that denies what is not allowed. It may stop a run that relied on bypass.
fn fix(setting: &Setting) -> Option<Fix> {
    let replacement = match setting.by {
        SetBy::Flag if setting.location.text() == "--dangerously-skip-permissions" => {
            "--permission-mode=dontAsk"
        }
        SetBy::ModeFlag
        | SetBy::SettingsFlag
        | SetBy::SettingsInput
        | SetBy::ProjectSettings
        | SetBy::LocalSettings
        | SetBy::SdkOption
            if setting.location.text() == "bypassPermissions" =>
        {
            "dontAsk"
        }
        _ => return None,
    };
    Some(Fix {
        title: "deny what no rule allows, instead of allowing everything".into(),
        applicability: Applicability::Unsafe,
        edits: vec![Edit {
            location: setting.location.clone(),
            text: replacement.into(),
        }],
    })
}
