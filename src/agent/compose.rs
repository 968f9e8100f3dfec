//! Joins a start of Claude with its job into an [`AgentRun`].

use std::collections::HashMap;

use crate::claude::catalog::flags::{self, Meaning};
use crate::claude::catalog::modes::Mode;
use crate::claude::command_line::{CommandLine, Given};
use crate::source::{Location, Traced, front_matter};
use crate::workflow::permissions::{Scope, Token};
use crate::workflow::reference::Reference;
use crate::workflow::{Job, With};

use super::action_run::ActionRun;
use super::bound::Bounds;
use super::card::{AgentKind, Hop};
use super::effective::{self, EffectiveMode, Layer, Ownership, SetBy, Sources, Tools};
use super::environment::Environment;
use super::exposure::{self, Gate};
use super::library::{self, Library};
use super::power::{Power, is_minted, secrets_of};
use super::program::Certainty;
use super::run::{AgentRun, JobPlace, Work};
use super::walk::Found;

/// What is known of the place of a start.
pub(super) struct Composer<'s> {
    pub(super) library: &'s dyn Library,
    pub(super) root: &'s str,
    pub(super) events: &'s [String],
    pub(super) gate: Gate,
    pub(super) trail: &'s [Hop],
    pub(super) anchor: String,
    pub(super) step: String,
    pub(super) job: JobPlace,
    pub(super) power: Power,
    pub(super) bounds: Bounds,
}

/// What a start by command needs of its job.
pub(super) struct CommandFacts<'s> {
    pub(super) token: &'s Token,
    pub(super) job: Job<'s>,
    pub(super) has_checkout: bool,
    pub(super) project: Ownership,
    pub(super) files: &'s HashMap<String, Traced>,
    pub(super) environment: &'s Environment,
}

/// What a start by action needs of its step and job.
pub(super) struct ActionFacts<'s> {
    pub(super) kind: AgentKind,
    pub(super) version: &'s str,
    pub(super) uses: Location,
    pub(super) with: With<'s>,
    pub(super) token: &'s Token,
    pub(super) job: Job<'s>,
    pub(super) has_checkout: bool,
    pub(super) project: Ownership,
    pub(super) files: &'s HashMap<String, Traced>,
    pub(super) environment: &'s Environment,
    /// The `github_token` input, resolved.
    pub(super) github_token: Option<Traced>,
}

/// Where settings files of a run are looked for.
struct Loading<'s> {
    folder: &'s str,
    /// Whether the workspace holds the repository.
    has_checkout: bool,
    files: &'s HashMap<String, Traced>,
    /// Sources without `--setting-sources`.
    default_sources: &'static str,
    /// Who decides what the files of the project say.
    project: Ownership,
}

impl Composer<'_> {
    /// A run of the command line tool or of the SDK.
    pub(super) fn command(mut self, found: Found, facts: &CommandFacts<'_>) -> AgentRun {
        self.power.add_token(facts.token, facts.job);
        if let Some(seconds) = found.seconds {
            self.bounds
                .push(seconds / 60.0, Some(found.location.clone()), "timeout");
        }
        let mut environment = facts.environment.clone();
        for (name, value) in found.environment {
            environment.push(name, value);
        }
        let mut line = found.line;
        add_environment_flags(&mut line, &environment);
        let is_sdk = found.kind == AgentKind::Sdk;
        let loading = Loading {
            folder: &found.folder,
            has_checkout: facts.has_checkout,
            files: facts.files,
            default_sources: if is_sdk { "" } else { "user,project,local" },
            project: facts.project,
        };
        let mut sources = self.sources(&line, &loading, None);
        sources.is_sdk = is_sdk;
        let untrusted = line.positionals.iter().any(has_untrusted);
        let run = self.run(
            found.location,
            found.kind,
            found.version,
            found.certainty,
            line,
            &sources,
            &environment,
            untrusted,
        );
        AgentRun {
            trail: found.trail,
            ..run
        }
    }

    /// A run of one of Claude's own actions.
    pub(super) fn action(mut self, inputs: ActionRun, facts: &ActionFacts<'_>) -> AgentRun {
        self.action_power(facts);
        if let Some((minutes, location)) = inputs.minutes {
            self.bounds
                .push(minutes, location, "the action's own timeout");
        }
        let mut line = inputs.line;
        add_environment_flags(&mut line, facts.environment);
        let loading = Loading {
            folder: "",
            has_checkout: facts.has_checkout,
            files: facts.files,
            default_sources: "user,project,local",
            // The action restores these files from the base branch; the base action does not (§6.3).
            project: match facts.kind {
                AgentKind::Action => Ownership::Repository,
                _ => facts.project,
            },
        };
        let mut sources = self.sources(&line, &loading, inputs.settings.as_ref());
        sources.action_mode = inputs.mode;
        if facts.kind == AgentKind::Action && !self.is_open_to_strangers(facts) {
            self.gate = Gate::Closed;
        }
        let untrusted = inputs.prompt.as_ref().is_some_and(has_untrusted);
        let version = Some(facts.version.to_owned()).filter(|version| !version.is_empty());
        let kind = facts.kind;
        self.run(
            facts.uses.clone(),
            kind,
            version,
            Certainty::Written,
            line,
            &sources,
            facts.environment,
            untrusted,
        )
    }

    /// A start that nobody can read.
    pub(super) fn unresolved(self, location: Location, reference: Reference<'_>) -> AgentRun {
        let version = reference
            .repository()
            .map(|repository| repository.version.to_owned());
        let mut run = self.run(
            location,
            AgentKind::Unresolved,
            version,
            Certainty::ByName,
            CommandLine::default(),
            &Sources::default(),
            &Environment::default(),
            false,
        );
        run.mode = EffectiveMode {
            mode: None,
            set_at: None,
        };
        run.tools = Tools::default();
        run
    }

    /// Token of the action (§6.1 `github_token`): its own input, else the app's token by OIDC exchange, whatever
    /// `permissions:` says.
    fn action_power(&mut self, facts: &ActionFacts<'_>) {
        let file = facts.job.workflow().file();
        for entry in facts.with.entries() {
            self.power
                .add_value(entry.key.text().unwrap_or_default(), entry.value);
        }
        let given = facts
            .with
            .get("github_token")
            .filter(|node| node.non_null_text() != Some(""));
        let takes_app_token = facts.kind == AgentKind::Action && given.is_none();
        if takes_app_token && facts.token.can_write(Scope::IdToken) {
            let location = facts
                .token
                .granted_at(Scope::IdToken)
                .map(|span| Location::new(file, span));
            self.power.add(
                location,
                "takes the Claude app's token, which can write contents, issues and pull requests whatever `permissions:` says",
            );
        }
        if let Some(token) = given.filter(|token| secrets_of(*token).is_empty()) {
            let text = facts.github_token.as_ref();
            let of_job = text.is_some_and(is_job_token);
            if is_minted(token) && !of_job {
                self.power.add(
                    Some(token.location()),
                    "holds a token that an earlier step made",
                );
            } else if !of_job {
                let reason = "holds a token in `github_token` whose origin Portcullis cannot tell";
                self.power.add(Some(token.location()), reason);
            }
        }
        // The action takes the variables that mint identity tokens out of Claude's environment (§6.2).
        let token = if facts.kind == AgentKind::SecurityReview {
            facts.token.clone()
        } else {
            Power::without_identity_token(facts.token)
        };
        self.power.add_token(&token, facts.job);
    }

    /// `allowed_non_write_users` is live only together with `github_token` (§6.1).
    fn is_open_to_strangers(&self, facts: &ActionFacts<'_>) -> bool {
        let set = |name: &str| {
            facts.with.get(name).is_some_and(|node| {
                node.non_null_text()
                    .is_some_and(|text| !text.trim().is_empty())
            })
        };
        set("allowed_non_write_users") && set("github_token")
    }

    fn sources(
        &self,
        line: &CommandLine,
        loading: &Loading<'_>,
        input: Option<&Traced>,
    ) -> Sources {
        let mut sources = Sources {
            project: loading.project,
            ..Sources::default()
        };
        if let Some(value) = line.value(Meaning::Settings) {
            match self.layer(value, loading) {
                Some(layer) => sources.layers.push((SetBy::SettingsFlag, layer)),
                None if !value.is_known() => sources.unknown.push(value.clone()),
                None => {}
            }
        }
        let given: Option<Vec<String>> = line.last(Meaning::SettingSources).map(|given| {
            given
                .values
                .iter()
                .flat_map(|value| value.text().split(','))
                .map(|name| name.trim().to_owned())
                .collect()
        });
        let loads = |name: &str| match &given {
            Some(names) => names.iter().any(|given| given == name),
            None => loading
                .default_sources
                .split(',')
                .any(|default| default == name),
        };
        let reads_files = !line.has(Meaning::Restricted);
        let project = [
            ("local", SetBy::LocalSettings, ".claude/settings.local.json"),
            ("project", SetBy::ProjectSettings, ".claude/settings.json"),
        ];
        for (name, by, file) in project {
            if !loads(name) || !reads_files {
                continue;
            }
            // The local file is read at the root of the repository since 2.1.211.
            let folder = if by == SetBy::LocalSettings {
                ""
            } else {
                loading.folder
            };
            let Some(path) = library::join(folder, file) else {
                continue;
            };
            if let Some(written) = loading.files.get(&path) {
                sources
                    .layers
                    .extend(Layer::inline(written).map(|layer| (by, layer)));
            } else if loading.has_checkout
                && let Some(settings) = self.library.settings(&path).ready()
            {
                sources.layers.push((by, Layer::File(settings)));
            }
        }
        if let Some(text) = input.filter(|_| loads("user") && reads_files) {
            match self.layer(text, loading) {
                Some(layer) => sources.layers.push((SetBy::SettingsInput, layer)),
                None if !text.is_known() => sources.unknown.push(text.clone()),
                None => {}
            }
        }
        if loads("user")
            && reads_files
            && let Some(written) = loading.files.get("~/.claude/settings.json")
        {
            sources
                .layers
                .extend(Layer::inline(written).map(|layer| (SetBy::UserSettings, layer)));
        }
        sources.agent_file = line
            .value(Meaning::Agent)
            .and_then(|name| self.agent_file(name.text(), loading));
        sources
    }

    /// Settings by text or by path.
    fn layer(&self, value: &Traced, loading: &Loading<'_>) -> Option<Layer> {
        if let Some(layer) = Layer::inline(value) {
            return Some(layer);
        }
        let text = value.text().trim();
        let text = text
            .strip_prefix(super::context::WORKSPACE)
            .map_or(text, |rest| rest.trim_start_matches('/'));
        let path = library::join(loading.folder, text)?;
        match loading.files.get(&path) {
            Some(written) => Layer::inline(written),
            None => self.library.settings(&path).ready().map(Layer::File),
        }
    }

    fn agent_file(&self, name: &str, loading: &Loading<'_>) -> Option<Traced> {
        if !loading.has_checkout {
            return None;
        }
        let path = library::join(loading.folder, &format!(".claude/agents/{name}.md"))?;
        let file = self.library.text(&path).ready()?;
        let tree = front_matter::parse(&file).front_matter?.ok()?;
        tree.root()?.get("permissionMode")?.traced()
    }

    #[allow(clippy::too_many_arguments)] // The parts of a run, put together in one place.
    fn run(
        self,
        location: Location,
        kind: AgentKind,
        version: Option<String>,
        certainty: Certainty,
        line: CommandLine,
        sources: &Sources,
        environment: &Environment,
        untrusted_input: bool,
    ) -> AgentRun {
        let mode = effective::mode(&line, sources);
        let mut dynamic = line.dynamic.clone();
        // A mode or settings that nobody can read decide as much as a flag.
        let unknown_mode = line
            .value(Meaning::PermissionMode)
            .filter(|value| !value.is_known());
        dynamic.extend(unknown_mode.into_iter().chain(&sources.unknown).cloned());
        let mut tools = effective::tools(&line, sources);
        // Flags that nobody can know may add tools.
        tools.is_open |= !line.dynamic.is_empty();
        if sources.action_mode == Some(Mode::AcceptEdits) {
            tools.is_open = true;
        }
        let bounded = line.has(Meaning::MaxTurns)
            || line.has(Meaning::MaxBudget)
            || environment.get("CLAUDE_CODE_MAX_TURNS").is_some();
        let work = match kind {
            AgentKind::SecurityReview | AgentKind::Unresolved => Work::Unclear,
            _ if bounded => Work::Bounded,
            _ if !line.dynamic.is_empty() => Work::Unclear,
            _ => Work::Unbounded,
        };
        let exposure = exposure::of(self.events, self.gate);
        AgentRun {
            location,
            workflow: self.root.to_owned(),
            job: self.job,
            step: self.step,
            anchor: self.anchor,
            trail: self.trail.to_vec(),
            kind,
            version,
            certainty,
            mode,
            tools,
            power: self.power,
            bounds: self.bounds,
            work,
            dynamic,
            triggers: self.events.to_vec(),
            exposure,
            untrusted_input,
        }
    }
}

/// Whether a resolved value is the job's own token and nothing else.
fn is_job_token(text: &Traced) -> bool {
    let known = |source: &str| {
        ["github.token", "secrets.github_token"].contains(&source.to_ascii_lowercase().as_str())
    };
    !text.holes().is_empty() && text.holes().iter().all(|hole| known(&hole.source))
}

/// Variables that stand for flags (§5.3).
fn add_environment_flags(line: &mut CommandLine, environment: &Environment) {
    for (variable, flag) in [
        ("CLAUDE_CODE_RESTRICTED", "--restricted"),
        ("CLAUDE_CODE_SIMPLE", "--bare"),
        ("CLAUDE_CODE_SAFE_MODE", "--safe-mode"),
    ] {
        if let Some(value) = environment
            .get(variable)
            .filter(|value| matches!(value.text(), "1" | "true"))
        {
            line.flags.push(Given {
                name: value.clone(),
                flag: flags::find(flag),
                values: Vec::new(),
            });
        }
    }
}

fn has_untrusted(text: &Traced) -> bool {
    text.holes()
        .iter()
        .any(|hole| exposure::is_untrusted(&hole.source))
}
