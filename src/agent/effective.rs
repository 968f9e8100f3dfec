//! What a run may do once flags, settings files and action inputs are joined (`facts/claude-code.md` §1.1, §1.5,
//! §5.2).

use std::sync::Arc;

use crate::claude::catalog::flags::Meaning;
use crate::claude::catalog::modes::Mode;
use crate::claude::catalog::tools::{DENY_SET, is_read_only};
use crate::claude::command_line::CommandLine;
use crate::claude::settings::Settings;
use crate::source::{Location, SourceFile, Traced};

/// Where a run's permission mode comes from.
#[derive(Clone, Debug)]
pub struct EffectiveMode {
    /// The mode; nothing where it is set by something that cannot be read.
    pub mode: Option<Mode>,
    /// Where it is set; nothing where nothing sets it.
    pub set_at: Option<Setting>,
}

/// A place that sets something, and how it is spelt.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The token.
    pub location: Location,
    /// The token's text.
    pub token: String,
    /// What kind of place it is.
    pub by: SetBy,
}

/// The kinds of place that set a permission mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetBy {
    /// `--dangerously-skip-permissions`
    Flag,
    /// `--permission-mode`
    ModeFlag,
    /// `--settings`
    SettingsFlag,
    /// The action's `settings` input.
    SettingsInput,
    /// `~/.claude/settings.json`, written before the run.
    UserSettings,
    /// `.claude/settings.local.json`
    LocalSettings,
    /// `.claude/settings.json`
    ProjectSettings,
    /// Front matter of the agent that the run starts as.
    AgentFile,
    /// An option of the SDK.
    SdkOption,
    /// The action itself: tag mode edits files.
    Action,
}

/// Settings that a run loads, strongest first.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) layers: Vec<(SetBy, Layer)>,
    /// `permissionMode` of the agent file that `--agent` names.
    pub(super) agent_file: Option<Traced>,
    /// The mode that the action sets before the user's flags.
    pub(super) action_mode: Option<Mode>,
    /// Whether options are those of the SDK.
    pub(super) is_sdk: bool,
    /// Settings that are named but cannot be read: they may hold anything.
    pub(super) unknown: Vec<Traced>,
    /// Whether the files of the project are those of a pull request, so that its author decides what they forbid.
    pub(super) project: Ownership,
}

/// Who decides what the project's settings files say.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Ownership {
    /// Whoever can push to the repository.
    #[default]
    Repository,
    /// Whoever opened the pull request: what it forbids is no guard.
    PullRequest,
}

impl Sources {
    /// Whether what a layer forbids can be relied on.
    fn guards(&self, by: SetBy) -> bool {
        let is_project = matches!(by, SetBy::ProjectSettings | SetBy::LocalSettings);
        !is_project || self.project == Ownership::Repository
    }
}

/// Decides the mode. Bypass wins over any other mode that is given beside it: which one Claude Code takes is not
/// documented, and `plan` does not hold where bypass is available (§1.5).
pub(super) fn mode(line: &CommandLine, sources: &Sources) -> EffectiveMode {
    let decided = asked_for(line, sources);
    // `--restricted` and `disableBypassPermissionsMode` refuse bypass: such a run is never in bypass mode.
    let refused = line.has(Meaning::Restricted)
        || sources
            .layers
            .iter()
            .any(|(by, settings)| sources.guards(*by) && settings.disables_bypass());
    if refused && decided.mode == Some(Mode::BypassPermissions) {
        return EffectiveMode {
            mode: Some(Mode::Default),
            set_at: None,
        };
    }
    decided
}

/// The mode that flags and settings ask for, whether or not something refuses it.
fn asked_for(line: &CommandLine, sources: &Sources) -> EffectiveMode {
    if let Some(flag) = line.last(Meaning::SkipPermissions)
        && let Some(location) = flag.location()
    {
        let token = flag.name.text();
        return found(Mode::BypassPermissions, location, token, SetBy::Flag);
    }
    let by = if sources.is_sdk {
        SetBy::SdkOption
    } else {
        SetBy::ModeFlag
    };
    if let Some(value) = line.value(Meaning::PermissionMode) {
        return of_value(value, by);
    }
    // Tag mode hands the action's own mode over as a flag, which outranks every settings file.
    if let Some(mode) = sources.action_mode {
        return EffectiveMode {
            mode: Some(mode),
            set_at: None,
        };
    }
    let (flag, files): (Vec<_>, Vec<_>) = sources
        .layers
        .iter()
        .partition(|(by, _)| *by == SetBy::SettingsFlag);
    let of_layers = |layers: &[&(SetBy, Layer)]| {
        layers.iter().find_map(|(by, settings)| {
            let value = settings.default_mode()?;
            // `auto` in a project file has no effect since 2.1.142.
            let dead = value.text() == "auto"
                && matches!(by, SetBy::ProjectSettings | SetBy::LocalSettings);
            (!dead).then(|| of_value(&value, *by))
        })
    };
    let of_agent = || {
        let value = sources.agent_file.as_ref()?;
        Some(of_value(value, SetBy::AgentFile))
    };
    of_layers(&flag)
        .or_else(of_agent)
        .or_else(|| of_layers(&files))
        .unwrap_or(EffectiveMode {
            mode: Some(Mode::Default),
            set_at: None,
        })
}

fn of_value(value: &Traced, by: SetBy) -> EffectiveMode {
    let Some(location) = value.location() else {
        return EffectiveMode {
            mode: Some(Mode::Default),
            set_at: None,
        };
    };
    match Mode::parse(value.text()).filter(|_| value.is_known()) {
        Some(mode) => found(mode, location, value.text(), by),
        None => EffectiveMode {
            mode: None,
            set_at: Some(Setting {
                location,
                token: value.text().to_owned(),
                by,
            }),
        },
    }
}

fn found(mode: Mode, location: Location, token: &str, by: SetBy) -> EffectiveMode {
    EffectiveMode {
        mode: Some(mode),
        set_at: Some(Setting {
            location,
            token: token.to_owned(),
            by,
        }),
    }
}

/// The tools of a run: what is available and what runs unasked.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    /// `--tools`; nothing where it is not given.
    pub available: Option<Vec<String>>,
    /// Where `--tools` stands.
    pub available_at: Option<Location>,
    /// Allow rules.
    pub allowed: Vec<String>,
    /// Where the first allow list stands.
    pub allowed_at: Option<Location>,
    /// Deny rules.
    pub denied: Vec<String>,
    /// Whether a list has parts that nobody can know.
    pub is_open: bool,
    /// Whether no MCP server is loaded but those of `--mcp-config`, and there is none of these.
    pub without_mcp: bool,
    /// `--restricted`.
    pub restricted: bool,
}

/// Joins the lists of flags and settings. Allow rules of project files do not count: they have no effect in a
/// folder that nobody trusted (§1.3).
pub(super) fn tools(line: &CommandLine, sources: &Sources) -> Tools {
    let mut tools = Tools {
        restricted: line.has(Meaning::Restricted),
        without_mcp: line.has(Meaning::StrictMcpConfig) && !line.has(Meaning::McpConfig),
        ..Tools::default()
    };
    let mut take = |list: Vec<Traced>| -> Vec<String> {
        tools.is_open |= list.iter().any(|entry| !entry.is_known());
        list.iter()
            .map(|entry| entry.text().trim_matches(['"', '\'']).to_owned())
            .collect()
    };
    let allowed = take(line.tool_list(Meaning::AllowedTools));
    let denied = take(line.tool_list(Meaning::DisallowedTools));
    let available = take(line.tool_list(Meaning::Tools));
    tools.allowed = allowed;
    tools.denied = denied;
    // `plan` enforces nothing where bypass can be selected (§1.5), and a tool that answers prompts may allow anything.
    tools.is_open |= line.has(Meaning::AllowSkipPermissions)
        || line
            .flags
            .iter()
            .any(|given| given.name.text() == "--permission-prompt-tool")
        || !sources.unknown.is_empty();
    if let Some(flag) = line.last(Meaning::Tools) {
        let everything = available.iter().any(|name| name == "default");
        tools.available = (!everything).then_some(available);
        tools.available_at = flag.location();
    }
    tools.allowed_at = line
        .last(Meaning::AllowedTools)
        .and_then(|given| given.location());
    for (by, settings) in &sources.layers {
        let texts = |list| {
            settings
                .rules(list)
                .iter()
                .map(|rule| rule.text().to_owned())
                .collect::<Vec<_>>()
        };
        if sources.guards(*by) {
            tools.denied.extend(texts("deny"));
        }
        if !matches!(by, SetBy::ProjectSettings | SetBy::LocalSettings) {
            tools.allowed.extend(texts("allow"));
        }
    }
    tools
}

impl Tools {
    /// Whether the tools that are there can only read (§5.2). `mode` is the effective mode.
    pub fn are_read_only(&self, mode: Option<Mode>) -> bool {
        if self.is_open {
            return false;
        }
        let denies = |name: &str| {
            self.denied
                .iter()
                .any(|rule| rule == name || *rule == format!("{name}(*)"))
        };
        let no_mcp = self.without_mcp || denies("mcp__*") || denies("*");
        if let Some(available) = &self.available
            && no_mcp
            && available
                .iter()
                .all(|name| is_read_only(name.split('(').next().unwrap_or(name)))
        {
            return true;
        }
        if denies("*") || DENY_SET.iter().all(|name| denies(name)) {
            return true;
        }
        if self.restricted && self.available.is_none() && no_mcp {
            return true;
        }
        let asks = matches!(mode, Some(Mode::Default | Mode::Plan | Mode::DontAsk));
        asks && self
            .allowed
            .iter()
            .all(|rule| is_read_only(rule.split('(').next().unwrap_or(rule)))
    }
}

/// One source of settings.
pub(super) enum Layer {
    /// A file of the tree.
    File(Arc<Settings>),
    /// Settings inside another text (`--settings '{…}'`, the action's `settings` input).
    Inline(Box<Settings>, Traced),
}

impl Layer {
    /// Settings inside a text; nothing where the text is no JSON object.
    pub(super) fn inline(text: &Traced) -> Option<Self> {
        if !text.text().trim_start().starts_with('{') {
            return None;
        }
        let file = SourceFile::new("", text.text().to_owned());
        Some(Self::Inline(
            Box::new(Settings::parse(&file).ok()?),
            text.clone(),
        ))
    }

    fn settings(&self) -> &Settings {
        match self {
            Self::File(settings) => settings,
            Self::Inline(settings, _) => settings,
        }
    }

    /// The settings, unless Claude Code ignores them as a whole: a comment, a trailing comma, a value of the wrong
    /// type (§1.2).
    fn alive(&self) -> Option<&Settings> {
        Some(self.settings()).filter(|settings| settings.dead.is_none() && !settings.is_rejected())
    }

    /// `permissions.defaultMode`, located in the file that holds it.
    fn default_mode(&self) -> Option<Traced> {
        self.moved(self.alive()?.default_mode()?)
    }

    fn disables_bypass(&self) -> bool {
        self.alive().is_some_and(Settings::disables_bypass)
    }

    fn rules(&self, list: &str) -> Vec<Traced> {
        let rules = self
            .alive()
            .map(|settings| settings.rules(list))
            .unwrap_or_default();
        rules
            .into_iter()
            .filter_map(|rule| self.moved(rule))
            .collect()
    }

    fn moved(&self, value: Traced) -> Option<Traced> {
        match self {
            Self::File(_) => Some(value),
            Self::Inline(_, text) => Some(text.slice(value.location()?.span.range())),
        }
    }
}
