//! Steps that use Claude's own actions: which action, which of its generations, and the run that its inputs
//! describe (`facts/claude-code.md` §6).

use crate::claude::action_args;
use crate::claude::catalog::flags;
use crate::claude::catalog::modes::Mode;
use crate::claude::command_line::{CommandLine, Given};
use crate::source::{Node, Traced};
use crate::workflow::With;
use crate::workflow::reference::Repository;

use super::card::AgentKind;
use super::context::Context;

/// The two generations of the actions: inputs of one mean nothing to the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Generation {
    /// `@beta`, `@v0.x`: one input for each setting.
    Beta,
    /// `@v1` and later: `claude_args`.
    V1,
}

/// What kind of agent an action of this name is. Forks keep the name under another owner.
pub(super) fn kind_of(repository: Repository<'_>) -> Option<AgentKind> {
    let kind = match repository.name.to_ascii_lowercase().as_str() {
        "claude-code-action" if repository.path.trim_matches('/') == "base-action" => {
            AgentKind::BaseAction
        }
        "claude-code-action" if repository.path.is_empty() => AgentKind::Action,
        "claude-code-base-action" => AgentKind::BaseAction,
        "claude-code-security-review" => AgentKind::SecurityReview,
        _ => return None,
    };
    Some(kind)
}

/// The generation of a version: a tag, or a commit with a comment that names one.
pub(super) fn generation(version: &str, comment: Option<&str>) -> Generation {
    let is_beta = |word: &str| {
        let word = word.trim_start_matches('v');
        word.starts_with("beta") || word == "0" || word.starts_with("0.")
    };
    // A comment says what a commit is; beside a tag it says something else.
    let mut words = comment
        .unwrap_or_default()
        .split(|c: char| c.is_whitespace() || "#@=,".contains(c));
    let beta = if crate::workflow::reference::is_commit(version) {
        words.any(is_beta)
    } else {
        is_beta(version)
    };
    if beta {
        Generation::Beta
    } else {
        Generation::V1
    }
}

/// The run that the inputs describe.
pub(super) struct ActionRun {
    pub(super) line: CommandLine,
    pub(super) settings: Option<Traced>,
    /// The mode that the action sets before the user's flags.
    pub(super) mode: Option<Mode>,
    /// A time limit of the action's own, in minutes, and its input.
    pub(super) minutes: Option<(f64, Option<crate::source::Location>)>,
    /// The prompt.
    pub(super) prompt: Option<Traced>,
}

/// Inputs of the old generation and the flags that they stand for.
static BETA_INPUTS: &[(&str, &str)] = &[
    ("allowed_tools", "--allowedTools"),
    ("disallowed_tools", "--disallowedTools"),
    ("max_turns", "--max-turns"),
    ("mcp_config", "--mcp-config"),
];

/// How long the security review takes at most without its input: `claudecode-timeout` in its `action.yml`.
const SECURITY_REVIEW_MINUTES: f64 = 20.0;

/// Reads the inputs.
pub(super) fn read(
    kind: AgentKind,
    generation: Generation,
    with: With<'_>,
    context: &Context<'_>,
) -> ActionRun {
    let input = |name: &str| {
        with.get(name)
            .filter(|node| node.non_null_text() != Some(""))
    };
    let text = |name: &str| input(name).and_then(|node| context.text(node));
    let minutes_of = |name: &str| {
        let node = input(name)?;
        let minutes = context.text(node)?.text().trim().parse().ok()?;
        Some((minutes, Some(node.location())))
    };
    let mut run = ActionRun {
        line: CommandLine::default(),
        settings: text("settings"),
        mode: None,
        minutes: None,
        prompt: text("prompt"),
    };
    if kind == AgentKind::SecurityReview {
        run.minutes = minutes_of("claudecode-timeout").or(Some((SECURITY_REVIEW_MINUTES, None)));
        return run;
    }
    match generation {
        Generation::V1 => {
            if let Some(arguments) = text("claude_args") {
                run.line = action_args::parse(&arguments).line;
            }
        }
        Generation::Beta => {
            run.prompt = run
                .prompt
                .or_else(|| text("direct_prompt"))
                .or_else(|| text("override_prompt"));
            run.minutes = minutes_of("timeout_minutes");
            for (name, flag) in BETA_INPUTS {
                run.line
                    .flags
                    .extend(input(name).and_then(|node| given(node, flag, context)));
            }
        }
    }
    let tag_mode =
        run.prompt.is_none() || input("track_progress").and_then(Node::text) == Some("true");
    if kind == AgentKind::Action && tag_mode {
        run.mode = Some(Mode::AcceptEdits);
    }
    run
}

/// An input that stands for a flag; a list counts item by item.
fn given(node: Node<'_>, flag: &str, context: &Context<'_>) -> Option<Given> {
    let values: Vec<Traced> = match context.text(node) {
        Some(text) => vec![text],
        None => node.items().filter_map(|item| context.text(item)).collect(),
    };
    Some(Given {
        name: values.first()?.clone(),
        flag: flags::find(flag),
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4";

    #[test]
    fn generations_are_told_by_tag_or_comment() {
        for (version, comment, expected) in [
            ("beta", None, Generation::Beta),
            ("v0.0.63", None, Generation::Beta),
            ("v1", None, Generation::V1),
            ("main", None, Generation::V1),
            (COMMIT, Some("# v1.0.5"), Generation::V1),
            (COMMIT, Some("# beta"), Generation::Beta),
            (COMMIT, Some("# pin@beta"), Generation::Beta),
            (COMMIT, None, Generation::V1),
            (
                "beta",
                Some("# zizmor: ignore[unpinned-uses]"),
                Generation::Beta,
            ),
            ("v0.0.63", Some("# keep until migration"), Generation::Beta),
        ] {
            assert_eq!(generation(version, comment), expected, "{version}");
        }
    }
}
