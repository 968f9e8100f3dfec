//! `hidden-unicode`: characters that nobody sees and Claude reads.

use crate::claude::instruction::{self, HiddenKind};
use crate::declare_rule;
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::Location;
use crate::subject::Subject;

declare_rule! {
    /// ## What it does
    ///
    /// Reports characters without a shape in what Claude reads or runs: instruction files, agents, commands, skills,
    /// settings, servers, and scripts of hooks. They reverse the order of the text, have no width, or spell words in
    /// invisible letters (U+E0000 to U+E007F).
    ///
    /// ## Why it matters
    ///
    /// A reviewer sees one text, and the model reads another. TrapDoor (May 2026) hid instructions in `CLAUDE.md` and
    /// `.cursorrules` of hundreds of pull requests this way.
    ///
    /// ## What is accepted
    ///
    /// Joiners between emoji, marks in right-to-left and Indic prose, flags, a byte-order mark at the start.
    ///
    /// ## How to fix
    ///
    /// Delete the characters. Where they carry text, look at who added them first.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === CLAUDE.md
    /// Run the tests‌ before each commit.
    /// ```
    ///
    /// ```repo silent
    /// === CLAUDE.md
    /// Run the tests before each commit. 👩‍💻
    /// ```
    pub(crate) static HIDDEN_UNICODE = {
        id: "hidden-unicode",
        group: Instruction,
        summary: "invisible characters in what Claude reads",
        severity: Error,
        confidence: High,
        tags: ["ASI01", "CWE-1007"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    for text in &subject.configuration.texts {
        for hidden in instruction::hidden(text.file.text()) {
            let what = match hidden.kind {
                HiddenKind::Direction => "change the order in which this line is shown",
                HiddenKind::ZeroWidth => "have no width",
                HiddenKind::Tag => "spell text in invisible letters",
            };
            let message = format!(
                "{} invisible {} here (U+{:04X}) {what}: people do not see what Claude reads",
                hidden.count,
                if hidden.count == 1 {
                    "character"
                } else {
                    "characters"
                },
                u32::from(hidden.first)
            );
            let place = Location::new(&text.file, hidden.span);
            let fix = Fix {
                title: "delete the invisible characters".into(),
                applicability: Applicability::Unsafe,
                edits: vec![Edit {
                    location: place.clone(),
                    text: String::new(),
                }],
            };
            findings.report(
                Finding::new(
                    HIDDEN_UNICODE.id,
                    Severity::Error,
                    Confidence::High,
                    place,
                    message,
                )
                .anchor("text")
                .help("Delete them, and look at who added them.")
                .fix(Some(fix)),
            );
        }
    }
}
