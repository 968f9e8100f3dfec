//! `permissions:` and what the job's token may do in the end.
//!
//! Knows every scope of GitHub's schema and keeps scopes that it does not know. An absent block means the
//! repository's setting, which a file cannot show: it is read as the permissive one, and says so.

use crate::source::{Node, Span};

/// A scope of the job's token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // The names are GitHub's.
pub enum Scope {
    Actions,
    ArtifactMetadata,
    Attestations,
    Checks,
    CodeQuality,
    Contents,
    CopilotRequests,
    Deployments,
    Discussions,
    Drives,
    IdToken,
    Issues,
    Models,
    Packages,
    Pages,
    PullRequests,
    RepositoryProjects,
    SecurityEvents,
    Statuses,
    VulnerabilityAlerts,
}

/// What a scope allows; more allows less, too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Nothing.
    None,
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
}

/// Which levels GitHub offers for a scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Range {
    Any,
    ReadOnly,
    WriteOnly,
}

/// Every scope with its name and what it offers. Source: GitHub's workflow schema, November 2026.
const SCOPES: [(Scope, &str, Range); 20] = [
    (Scope::Actions, "actions", Range::Any),
    (Scope::ArtifactMetadata, "artifact-metadata", Range::Any),
    (Scope::Attestations, "attestations", Range::Any),
    (Scope::Checks, "checks", Range::Any),
    (Scope::CodeQuality, "code-quality", Range::Any),
    (Scope::Contents, "contents", Range::Any),
    (Scope::CopilotRequests, "copilot-requests", Range::WriteOnly),
    (Scope::Deployments, "deployments", Range::Any),
    (Scope::Discussions, "discussions", Range::Any),
    (Scope::Drives, "drives", Range::Any),
    (Scope::IdToken, "id-token", Range::WriteOnly),
    (Scope::Issues, "issues", Range::Any),
    (Scope::Models, "models", Range::ReadOnly),
    (Scope::Packages, "packages", Range::Any),
    (Scope::Pages, "pages", Range::Any),
    (Scope::PullRequests, "pull-requests", Range::Any),
    (Scope::RepositoryProjects, "repository-projects", Range::Any),
    (Scope::SecurityEvents, "security-events", Range::Any),
    (Scope::Statuses, "statuses", Range::Any),
    (
        Scope::VulnerabilityAlerts,
        "vulnerability-alerts",
        Range::ReadOnly,
    ),
];

/// A `permissions:` block as it is written.
#[derive(Clone, Copy, Debug)]
pub enum Permissions<'t> {
    /// There is none.
    Absent,
    /// `read-all` or `write-all`.
    All(Level, Node<'t>),
    /// A mapping, `{}` included: what it does not name is none.
    Scopes(Node<'t>),
    /// Something that GitHub refuses.
    Unclear(Node<'t>),
}

/// Where the rights of a token come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// The job's own block.
    Job,
    /// The workflow's block.
    Workflow,
    /// No block: the setting of the repository or organisation.
    RepositoryDefault,
}

/// What the token of one job may do.
#[derive(Clone, Debug)]
pub struct Token {
    /// Where it is said.
    pub source: Source,
    grants: [Grant; SCOPES.len()],
    /// Scopes that this version does not know, as written.
    pub unknown: Vec<UnknownScope>,
}

/// A scope that this version does not know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownScope {
    /// The name.
    pub name: Box<str>,
    /// What is granted; anything but `read` and `none` counts as write.
    pub level: Level,
    /// The place of the name.
    pub span: Span,
}

#[derive(Clone, Copy, Debug)]
struct Grant {
    level: Level,
    /// The entry, or the word, that grants it.
    span: Option<Span>,
}

impl Scope {
    /// Every scope, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        SCOPES.iter().map(|&(scope, ..)| scope)
    }

    /// The name in a workflow.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The scope of a name.
    pub fn of(name: &str) -> Option<Self> {
        SCOPES
            .iter()
            .find(|(_, known, _)| *known == name)
            .map(|&(scope, ..)| scope)
    }

    /// What a word for all scopes, or a level, gives to this one.
    fn limited(self, level: Level) -> Level {
        match (self.row().2, level) {
            (Range::ReadOnly, Level::Write) => Level::Read,
            (Range::WriteOnly, Level::Read) => Level::None,
            (_, level) => level,
        }
    }

    fn row(self) -> (Self, &'static str, Range) {
        // The table is in the order of the variants; a test holds it so.
        SCOPES
            .get(self as usize)
            .copied()
            .unwrap_or((self, "", Range::Any))
    }
}

impl Level {
    /// The level of a word.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "none" => Some(Self::None),
            "read" => Some(Self::Read),
            "write" => Some(Self::Write),
            _ => None,
        }
    }

    /// The word in a workflow.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl<'t> Permissions<'t> {
    /// The block of a workflow or a job.
    pub fn of(owner: Option<Node<'t>>) -> Self {
        let Some(block) = owner.and_then(|owner| owner.get("permissions")) else {
            return Self::Absent;
        };
        match block.string() {
            _ if block.is_mapping() => Self::Scopes(block),
            Some("read-all") => Self::All(Level::Read, block),
            Some("write-all") => Self::All(Level::Write, block),
            _ => Self::Unclear(block),
        }
    }

    /// The block, where there is one.
    pub fn node(self) -> Option<Node<'t>> {
        match self {
            Self::Absent => None,
            Self::All(_, node) | Self::Scopes(node) | Self::Unclear(node) => Some(node),
        }
    }

    fn grants(self, token: &mut Token) {
        match self {
            // Not granted by any line.
            Self::Absent => token.give_all(Level::Write, None),
            Self::All(level, node) => token.give_all(level, Some(node.written_span())),
            // GitHub does not run it; what it would grant is not known, so it counts as all.
            Self::Unclear(node) => token.give_all(Level::Write, Some(node.written_span())),
            Self::Scopes(node) => {
                for entry in node.entries() {
                    let (Some(name), Some(word)) = (entry.key.text(), entry.value.text()) else {
                        continue;
                    };
                    let level = Level::of(word).unwrap_or(Level::Write);
                    match Scope::of(name) {
                        Some(scope) => {
                            let span = Span::new(
                                entry.key.written_span().start,
                                entry.value.written_span().end,
                            );
                            token.set(scope, scope.limited(level), Some(span));
                        }
                        None => token.unknown.push(UnknownScope {
                            name: name.into(),
                            level,
                            span: entry.key.written_span(),
                        }),
                    }
                }
            }
        }
    }
}

/// The token of a job: its own block, else the workflow's, else the repository's setting.
pub fn effective(job: Permissions<'_>, workflow: Permissions<'_>) -> Token {
    let (source, block) = match (job, workflow) {
        (Permissions::Absent, Permissions::Absent) => {
            (Source::RepositoryDefault, Permissions::Absent)
        }
        (Permissions::Absent, workflow) => (Source::Workflow, workflow),
        (job, _) => (Source::Job, job),
    };
    let mut token = Token::empty(source);
    block.grants(&mut token);
    token
}

impl Token {
    fn empty(source: Source) -> Self {
        Self {
            source,
            grants: [Grant {
                level: Level::None,
                span: None,
            }; SCOPES.len()],
            unknown: Vec::new(),
        }
    }

    /// What a scope allows. Without a block: what the permissive setting gives, which never holds `id-token`.
    pub fn level(&self, scope: Scope) -> Level {
        self.grant(scope).level
    }

    /// Whether a scope may be written.
    pub fn can_write(&self, scope: Scope) -> bool {
        self.level(scope) == Level::Write
    }

    /// Scopes that may be written, in the order of their names.
    pub fn writes(&self) -> impl Iterator<Item = Scope> {
        Scope::all().filter(|&scope| self.can_write(scope))
    }

    /// Whether anything may be written, a scope that is not known included.
    pub fn can_write_anything(&self) -> bool {
        self.writes().next().is_some()
            || self.unknown.iter().any(|scope| scope.level == Level::Write)
    }

    /// The bytes that grant a scope; nothing where no line does.
    pub fn granted_at(&self, scope: Scope) -> Option<Span> {
        self.grant(scope).span
    }

    /// The token of a called workflow's job: a callee without a block has the caller's rights, else at most these.
    /// Spans stay the callee's where it grants by a line of its own.
    pub fn within(&self, caller: &Token) -> Self {
        if self.source == Source::RepositoryDefault {
            return Self {
                source: caller.source,
                ..caller.without_spans()
            };
        }
        let mut token = self.clone();
        for scope in Scope::all() {
            let grant = self.grant(scope);
            let level = grant.level.min(caller.level(scope));
            token.set(scope, level, grant.span.filter(|_| level > Level::None));
        }
        token.unknown.retain_mut(|scope| {
            let limit = caller
                .unknown
                .iter()
                .find(|other| other.name == scope.name)
                .map_or(Level::None, |other| other.level);
            scope.level = scope.level.min(limit);
            scope.level > Level::None
        });
        token
    }

    /// The same rights without one scope.
    pub fn without(&self, scope: Scope) -> Self {
        let mut token = self.clone();
        token.set(scope, Level::None, None);
        token
    }

    /// The same rights without places: spans of another file mean nothing here.
    fn without_spans(&self) -> Self {
        let mut token = self.clone();
        for grant in &mut token.grants {
            grant.span = None;
        }
        token
    }

    fn grant(&self, scope: Scope) -> Grant {
        self.grants.get(scope as usize).copied().unwrap_or(Grant {
            level: Level::None,
            span: None,
        })
    }

    fn set(&mut self, scope: Scope, level: Level, span: Option<Span>) {
        if let Some(grant) = self.grants.get_mut(scope as usize) {
            *grant = Grant { level, span };
        }
    }

    fn give_all(&mut self, level: Level, span: Option<Span>) {
        for scope in Scope::all() {
            // The default setting of a repository never gives an identity.
            let level = if span.is_none() && scope.row().2 == Range::WriteOnly {
                Level::None
            } else {
                scope.limited(level)
            };
            self.set(scope, level, span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, Tree, yaml};

    fn tree(text: &str) -> Tree {
        yaml::parse(&SourceFile::new("w.yml", text)).unwrap()
    }

    fn token(text: &str) -> Token {
        let tree = tree(text);
        let job = Permissions::of(tree.root().unwrap().get("job"));
        effective(job, Permissions::of(tree.root()))
    }

    #[test]
    fn the_table_is_in_the_order_of_the_variants() {
        for (index, (scope, ..)) in SCOPES.iter().enumerate() {
            assert_eq!(*scope as usize, index);
        }
    }

    #[test]
    fn a_job_block_replaces_the_workflow_block() {
        let token = token("permissions: write-all\njob:\n  permissions:\n    contents: read\n");
        assert_eq!(token.source, Source::Job);
        assert_eq!(token.level(Scope::Contents), Level::Read);
        assert!(!token.can_write_anything());
    }

    #[test]
    fn words_for_all_respect_what_a_scope_offers() {
        let read = token("permissions: read-all\njob: {}\n");
        assert_eq!(read.level(Scope::IdToken), Level::None);
        assert_eq!(read.level(Scope::Models), Level::Read);
        let write = token("permissions: write-all\njob: {}\n");
        assert_eq!(write.level(Scope::IdToken), Level::Write);
        assert_eq!(write.level(Scope::Models), Level::Read);
        assert_eq!(write.granted_at(Scope::Contents), Some(Span::new(13, 22)));
    }

    #[test]
    fn an_empty_block_grants_nothing_and_an_absent_one_counts_as_write() {
        assert!(!token("job:\n  permissions: {}\n").can_write_anything());
        let absent = token("job: {}\n");
        assert_eq!(absent.source, Source::RepositoryDefault);
        assert!(absent.can_write(Scope::Contents));
        assert!(!absent.can_write(Scope::IdToken));
        assert_eq!(absent.granted_at(Scope::Contents), None);
    }

    #[test]
    fn an_unknown_scope_is_kept() {
        let token = token("job:\n  permissions:\n    agents: write\n");
        assert_eq!(&*token.unknown[0].name, "agents");
        assert!(token.can_write_anything());
    }

    #[test]
    fn the_line_that_grants_is_known() {
        let text = "job:\n  permissions:\n    contents: write\n    issues: read\n";
        let span = token(text).granted_at(Scope::Contents).unwrap();
        assert_eq!(span.slice(text), "contents: write");
    }

    #[test]
    fn a_callee_gets_no_more_than_its_caller() {
        let caller = token("job:\n  permissions: {contents: read, issues: write}\n");
        let callee =
            token("job:\n  permissions: {contents: write, issues: write, actions: read}\n");
        let inner = callee.within(&caller);
        assert_eq!(inner.level(Scope::Contents), Level::Read);
        assert_eq!(inner.level(Scope::Issues), Level::Write);
        assert_eq!(inner.level(Scope::Actions), Level::None);
        let silent = token("job: {}\n").within(&caller);
        assert_eq!(silent.level(Scope::Issues), Level::Write);
        assert_eq!(silent.level(Scope::Contents), Level::Read);
    }
}
