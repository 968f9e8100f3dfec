//! What else a run holds: the token of its job, secrets, credentials that earlier steps left behind.

use crate::source::{Location, Node};
use crate::workflow::expression::{self, Piece};
use crate::workflow::permissions::{Scope, Source, Token};
use crate::workflow::{Environment, Job, Secrets, Step};

/// What a run could write with, beside its tools.
#[derive(Clone, Debug, Default)]
pub struct Power {
    /// Why the run is not read-only: each a place and a half-sentence such as `can write contents`. Empty where
    /// token and secrets are read-only.
    pub writes: Vec<Reason>,
    /// Names of the secrets in reach, sorted, without those that only pay for the model.
    pub secrets: Vec<String>,
    /// Effective permissions, as reports show them.
    pub permissions: Vec<(String, String)>,
}

/// Why something can be written.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The line that grants it; nothing where no line does.
    pub location: Option<Location>,
    /// What it grants, as the end of a sentence that begins with "the run".
    pub text: String,
}

/// Variables and inputs that hold the credential of the model and nothing else.
static MODEL_CREDENTIALS: &[&str] = &[
    "anthropic_api_key",
    "anthropic-api-key",
    "claude_code_oauth_token",
    "claude-api-key",
    "anthropic_auth_token",
    "claude_api_key",
    "anthropic_base_url",
    "anthropic_federation_rule_id",
    "anthropic_oidc_audience",
    "anthropic_organization_id",
    "anthropic_service_account_id",
    "anthropic_workspace_id",
    "aws_bearer_token_bedrock",
    "anthropic_foundry_api_key",
];

/// Actions that log in to something for the rest of the job. Cloud logins that may pay for the model are not listed.
static LOGINS: &[(&str, &str, &str)] = &[
    (
        "webfactory",
        "ssh-agent",
        "loads a private key into an SSH agent",
    ),
    ("docker", "login-action", "logs in to a container registry"),
    ("azure", "login", "logs in to Azure"),
    ("hashicorp", "vault-action", "reads secrets from a vault"),
    (
        "1password",
        "load-secrets-action",
        "loads secrets into the environment",
    ),
];

/// Whether a variable or an input holds a model credential.
pub fn is_model_credential(name: &str) -> bool {
    MODEL_CREDENTIALS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// Where a secret is handed to the run.
struct Handed {
    secret: String,
    location: Location,
    /// The variable or input that takes it.
    into: String,
}

impl Power {
    /// Adds the rights of the job's token.
    pub(super) fn add_token(&mut self, token: &Token, job: Job<'_>) {
        let file = job.workflow().file();
        if token.source == Source::RepositoryDefault {
            self.permissions.push(("*".into(), "default".into()));
            self.writes.push(Reason {
                location: Some(Location::new(file, job.key().written_span())),
                text: "has the repository's default token, which may write, because no `permissions:` limits it".into(),
            });
            return;
        }
        for scope in Scope::all() {
            let level = token.level(scope);
            if level > crate::workflow::permissions::Level::None {
                self.permissions
                    .push((scope.name().into(), level.name().into()));
            }
        }
        for scope in &token.unknown {
            self.permissions
                .push((scope.name.to_string(), scope.level.name().into()));
        }
        let writes: Vec<Scope> = token.writes().collect();
        if let Some(first) = writes.first() {
            let names: Vec<&str> = writes.iter().map(|scope| scope.name()).collect();
            let location = token
                .granted_at(*first)
                .map(|span| Location::new(file, span));
            self.writes.push(Reason {
                location: location.or_else(|| Some(Location::new(file, job.key().written_span()))),
                text: format!("has a token that can write {}", list(&names)),
            });
        } else if token.can_write_anything() {
            self.writes.push(Reason {
                location: None,
                text: "has a token with a write permission that Portcullis does not know".into(),
            });
        }
    }

    /// Removes the right to mint identity tokens: the action takes its variables from Claude's environment.
    pub(super) fn without_identity_token(token: &Token) -> Token {
        token.without(Scope::IdToken)
    }

    /// Adds a reason.
    pub(super) fn add(&mut self, location: Option<Location>, text: impl Into<String>) {
        self.writes.push(Reason {
            location,
            text: text.into(),
        });
    }

    /// Adds secrets of an `env:` block.
    pub(super) fn add_environment(&mut self, block: Environment<'_>) {
        for entry in block.entries() {
            if let Some(name) = entry.key.text() {
                self.add_value(name, entry.value);
            }
        }
    }

    /// Adds secrets that one variable or input takes.
    pub(super) fn add_value(&mut self, into: &str, value: Node<'_>) {
        for secret in secrets_of(value) {
            self.add_secret(Handed {
                secret,
                location: value.location(),
                into: into.to_owned(),
            });
        }
        let upper = into.to_ascii_uppercase();
        let holds_token = ["TOKEN", "PAT", "_KEY"]
            .iter()
            .any(|word| upper.contains(word));
        if holds_token && is_minted(value) && into != "github_token" {
            let text = format!("holds a token in `{into}` that an earlier step made");
            self.add(Some(value.location()), text);
        }
    }

    /// Adds `secrets: inherit` of a caller.
    pub(super) fn add_inherited(&mut self, secrets: Secrets<'_>) {
        if let Secrets::Inherit(node) = secrets {
            self.secrets.push("*".into());
            self.add(
                Some(node.location()),
                "is in a workflow that inherits every secret of its caller",
            );
        }
    }

    /// Adds what earlier steps of the job leave in the workspace or the environment.
    pub(super) fn add_earlier_step(&mut self, step: Step<'_>) {
        let Some(repository) = step
            .reference()
            .and_then(|reference| reference.repository())
        else {
            self.add_script(step);
            return;
        };
        let login = LOGINS
            .iter()
            .find(|(owner, name, _)| repository.is(owner, name));
        if let (Some((_, _, what)), Some(uses)) = (login, step.uses()) {
            self.add(
                Some(uses.location()),
                format!("runs after a step that {what}"),
            );
        }
        if repository.is("actions", "checkout") {
            let with = step.with();
            let keeps = with.get("persist-credentials").and_then(Node::text) != Some("false");
            for input in ["token", "ssh-key"] {
                let value = with.get(input).filter(|_| keeps);
                if let Some(value) =
                    value.filter(|value| !secrets_of(*value).is_empty() || is_minted(*value))
                {
                    let what = if input == "token" {
                        "a token"
                    } else {
                        "a deploy key"
                    };
                    self.add(
                        Some(value.location()),
                        format!("finds {what} of its own that the checkout leaves for git"),
                    );
                }
            }
        }
    }

    /// A script that leaves a secret behind for later steps.
    fn add_script(&mut self, step: Step<'_>) {
        let keeps = |text: &str| {
            [
                "GITHUB_ENV",
                "gh auth login",
                "git remote",
                "git config",
                ".netrc",
                "docker login",
            ]
            .iter()
            .any(|command| text.contains(command))
        };
        if let Some(run) = step.run().filter(|run| run.text().is_some_and(keeps)) {
            self.add_value("an earlier script", run);
        }
    }

    fn add_secret(&mut self, handed: Handed) {
        if handed.secret.eq_ignore_ascii_case("GITHUB_TOKEN")
            || is_model_credential(&handed.into)
            || is_model_credential(&handed.secret)
        {
            return;
        }
        if !self.secrets.contains(&handed.secret) {
            self.writes.push(Reason {
                location: Some(handed.location),
                text: match handed.secret.as_str() {
                    "*" => format!("holds every secret in `{}`", handed.into),
                    secret => format!("holds the secret {secret} in `{}`", handed.into),
                },
            });
            self.secrets.push(handed.secret);
            self.secrets.sort();
        }
    }
}

/// Names of the secrets that a value reads, the job's own token left out.
pub(super) fn secrets_of(node: Node<'_>) -> Vec<String> {
    let Some(text) = node.text() else {
        return Vec::new();
    };
    let mut names = Vec::new();
    if !names_secrets(text) {
        return names;
    }
    for piece in expression::pieces(text) {
        let Piece::Expression { inner, .. } = piece else {
            continue;
        };
        let Ok(parsed) = expression::parse(inner.slice(text)) else {
            continue;
        };
        for access in parsed
            .accesses()
            .iter()
            .filter(|access| access.context() == "secrets")
        {
            let written = access.span.slice(inner.slice(text));
            let name = match access.name(1) {
                // The expression folds names; the file's own spelling is shown.
                Some(folded) => last_word(written)
                    .filter(|word| word.eq_ignore_ascii_case(folded))
                    .unwrap_or(folded),
                None => "*",
            };
            if !name.eq_ignore_ascii_case("GITHUB_TOKEN") {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// Whether an expression of a text may read a secret: most texts are told by a look.
fn names_secrets(text: &str) -> bool {
    const WORD: &[u8] = b"secrets";
    let is_word = |bytes: &[u8]| bytes.eq_ignore_ascii_case(WORD);
    expression::holds_expression(text) && text.as_bytes().windows(WORD.len()).any(is_word)
}

fn last_word(path: &str) -> Option<&str> {
    path.rsplit(['.', '['])
        .next()
        .map(|word| word.trim_matches(['\'', '"', ']', ' ']))
}

/// Whether a value is the output of a step, as tokens of a GitHub App are.
pub(super) fn is_minted(node: Node<'_>) -> bool {
    node.text()
        .is_some_and(|text| text.contains("steps.") && text.contains(".outputs."))
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
