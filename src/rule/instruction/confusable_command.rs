//! `confusable-command`: a command that is another one than it looks.

use crate::claude::hook::HandlerKind;
use crate::claude::instruction;
use crate::claude::mcp::Reach;
use crate::declare_rule;
use crate::finding::{Confidence, Finding, Severity};
use crate::rule::{Check, Findings, Options};
use crate::source::{Location, Traced};
use crate::subject::Subject;
use crate::subject::configuration::TextKind;

declare_rule! {
    /// ## What it does
    ///
    /// Reports words in commands that mix Latin letters with Cyrillic, Greek or full-width letters which look the same:
    /// in code of instruction files, in commands of hooks and of servers.
    ///
    /// ## Why it matters
    ///
    /// `сurl` with a Cyrillic `с` is another program, and `githսb.example` another host. A reviewer reads the name that
    /// is known, and a deny rule for `curl` does not match.
    ///
    /// ## What is accepted
    ///
    /// Words in one script, and prose.
    ///
    /// ## How to fix
    ///
    /// Write the word anew, in Latin letters.
    ///
    /// ## Examples
    ///
    /// ```repo fires
    /// === CLAUDE.md
    /// Fetch the schema with `сurl https://api.acme.example/schema`.
    /// ```
    ///
    /// ```repo silent
    /// === CLAUDE.md
    /// Fetch the schema with `curl https://api.acme.example/schema`. Это просто.
    /// ```
    pub(crate) static CONFUSABLE_COMMAND = {
        id: "confusable-command",
        group: Instruction,
        summary: "a command is spelt with letters that look like others",
        severity: Error,
        confidence: High,
        tags: ["ASI01", "CWE-1007"],
        check: Check::Subject(check),
    }
}

fn check(subject: &Subject, _: &Options, findings: &mut Findings) {
    let configuration = &subject.configuration;
    for text in configuration
        .texts
        .iter()
        .filter(|text| text.kind == TextKind::Instruction)
    {
        let whole = text.file.text();
        if whole.is_ascii() {
            continue;
        }
        for code in instruction::code(whole, 0) {
            for found in instruction::confusables(code.span.slice(whole)) {
                let place = Location::new(&text.file, found.span.shifted(code.span.start));
                findings.report(finding(place, &found.looks_like, "text"));
            }
        }
    }
    for hook in &configuration.hooks {
        if let HandlerKind::Command {
            command, arguments, ..
        } = &hook.handler.kind
        {
            for text in std::iter::once(command).chain(arguments.iter().flatten()) {
                words(text, &hook.handler.anchor, findings);
            }
        }
    }
    for server in &configuration.servers {
        if let Reach::Local(command) = &server.server.reach {
            for text in command {
                words(text, &server.server.anchor, findings);
            }
        }
    }
}

fn words(text: &Traced, anchor: &str, findings: &mut Findings) {
    for found in instruction::confusables(text.text()) {
        if let Some(place) = text.locate(found.span.range()) {
            findings.report(finding(place, &found.looks_like, anchor));
        }
    }
}

fn finding(place: Location, looks_like: &str, anchor: &str) -> Finding {
    let message =
        format!("this word looks like `{looks_like}` and is not: it mixes letters of two scripts");
    Finding::new(
        CONFUSABLE_COMMAND.id,
        Severity::Error,
        Confidence::High,
        place,
        message,
    )
    .anchor(anchor)
    .help(format!(
        "Write `{looks_like}` in Latin letters, if that is what is meant."
    ))
}
