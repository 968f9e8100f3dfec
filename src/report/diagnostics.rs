//! Mistakes in a policy file, each with its source.

use std::io::{self, Write};

use super::mask::Mask;
use super::{Style, text};
use crate::finding::{Confidence, Finding, RuleId, Severity};
use crate::policy::Diagnostic;
use crate::source::Location;

/// How mistakes are headed: they are no findings, and no rule has this name.
const POLICY: RuleId = RuleId("policy");

/// Writes mistakes. `keys` are places whose bytes are not shown.
///
/// # Errors
/// Whatever `out` answers.
pub fn diagnostics(
    mistakes: &[Diagnostic],
    keys: &[Location],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mask = Mask::of(keys.iter());
    for mistake in mistakes {
        let finding = Finding::new(
            POLICY,
            Severity::Error,
            Confidence::High,
            mistake.location.clone(),
            &mistake.message,
        )
        .help(mistake.help.as_deref().unwrap_or_default());
        writeln!(out, "{}\n", text::styled_finding(&finding, &mask, style))?;
    }
    let count = mistakes.len();
    let mistakes = if count == 1 { "mistake" } else { "mistakes" };
    writeln!(
        out,
        "The policy has {count} {mistakes}; nothing was checked."
    )
}

/// A text of strangers as one line of visible characters, for messages outside a report.
pub fn visible(text: &str) -> String {
    super::visible::one_line(text).into_owned()
}
