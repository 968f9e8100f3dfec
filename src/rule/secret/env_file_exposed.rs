//! `env-file-exposed`: a file of environment variables that is, or is about to be, in the repository.

use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::snapshot::Tracking;
use crate::subject::{EnvFile, EnvRole, Subject};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a `.env` or `.env.local` that git knows or would take with the next `git add .`, another `.env.*` file
    /// with keys in it, real values in `.env.example`, and an example beside which no `.gitignore` covers `.env`.
    /// With keys in the file it is an error; a missing line in `.gitignore` is a note.
    ///
    /// ## Why it matters
    ///
    /// These files are where people put keys, and the next value that is added stays in the history. Agents read them
    /// like any other file of the repository, and repeat what they read.
    ///
    /// ## What is accepted
    ///
    /// A `.env` that is ignored, an example with placeholders, `.env.production` and the like without keys.
    ///
    /// ## How to fix
    ///
    /// Rotate every value that is real first: it stays in the history. Take the file out (`git rm --cached .env`) and
    /// add `.env` to `.gitignore`; `git filter-repo --invert-paths --path .env` takes it out of the history. In
    /// workflows a secret belongs into `${{ secrets.X }}`, or is not needed with workflow identity federation; people
    /// use `apiKeyHelper` or the store of their system.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === .env
    /// PORT=3000
    /// SESSION_SECRET=q7Rz2LmXk9TvB4nYw8Ej
    /// ```
    ///
    /// ```repo silent
    /// === .gitignore
    /// .env
    /// === .env.example
    /// PORT=3000
    /// SESSION_SECRET=change-me
    /// ```
    pub(crate) static ENV_FILE_EXPOSED = {
        id: "env-file-exposed",
        group: Secret,
        summary: "a file of environment variables is in the repository, or nothing keeps it out",
        severity: Warning,
        confidence: High,
        tags: ["ASI03", "CWE-538"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for file in &subject.env_files {
        findings.report_some(judge(file));
    }
}

fn judge(file: &EnvFile) -> Option<Finding> {
    let path = file.location.path();
    let name = path.rsplit('/').next().unwrap_or(path);
    let (severity, message) = match file.role {
        EnvRole::Own => {
            let how = match file.tracked {
                Tracking::Tracked => "is part of the repository",
                Tracking::Untracked => {
                    "is not ignored, so that the next `git add .` takes it into the repository"
                }
            };
            let severity = if file.keys > 0 {
                Severity::Error
            } else {
                Severity::Warning
            };
            (severity, format!("`{name}` {how}{}", holding(file.keys)))
        }
        EnvRole::Shared if file.keys > 0 => (
            Severity::Error,
            format!("`{name}` is part of the repository{}", holding(file.keys)),
        ),
        EnvRole::Example if file.keys > 0 => (
            Severity::Error,
            format!("`{name}` is there to be copied{}", holding(file.keys)),
        ),
        EnvRole::Example if file.ignored == Some(false) => (
            Severity::Note,
            format!(
                "`{name}` is there to be copied, and no `.gitignore` covers the `.env` that comes of it"
            ),
        ),
        EnvRole::Shared | EnvRole::Example => return None,
    };
    let help = if file.keys > 0 {
        "Rotate what is real first, because it stays in the history; then remove it there (`git filter-repo`). A secret \
         belongs into `${{ secrets.X }}` or workflow identity federation, for people into `apiKeyHelper`."
    } else {
        "Add `.env` and `.env.*.local` to `.gitignore`; a file that git knows already leaves with `git rm --cached`."
    };
    Some(
        Finding::new(
            ENV_FILE_EXPOSED.id,
            severity,
            Confidence::High,
            file.location.clone(),
            message,
        )
        .anchor("file")
        .help(help),
    )
}

fn holding(keys: usize) -> String {
    match keys {
        0 => String::new(),
        1 => " and holds a key".into(),
        more => format!(" and holds {more} keys"),
    }
}
