//! `portcullis rules`: the list of rules, and one rule's documentation.

use std::io::{self, Write};

use anstyle::Style;
use clap::Args;

use crate::report::Colour;
use crate::rule::{self, Rule};

use super::{Failure, Global};

/// Arguments of `rules`.
#[derive(Args)]
pub(super) struct Arguments {
    /// The rule to explain
    rule: Option<String>,
}

pub(super) fn run(arguments: &Arguments, global: &Global) -> Result<u8, Failure> {
    let text = match &arguments.rule {
        None => list(),
        Some(name) => {
            let rule = rule::find(name).map_err(|error| Failure::Usage(error.to_string()))?;
            explain(rule, global.style().colour)
        }
    };
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::of_stdout)?;
    Ok(0)
}

fn list() -> String {
    let width = rule::ALL
        .iter()
        .map(|rule| rule.id.as_str().len())
        .max()
        .unwrap_or_default();
    let rows = rule::ALL.iter().map(|rule| {
        format!(
            "{:width$}  {:7}  {}\n",
            rule.id.as_str(),
            rule.severity.as_str(),
            rule.summary
        )
    });
    let mut text: String = rows.collect();
    text.push_str("\n`portcullis rules RULE` explains one of them.\n");
    text
}

/// The documentation for the terminal: headings stand out, fences of examples are left out.
fn explain(rule: &Rule, colour: Colour) -> String {
    let bold = if colour == Colour::Always {
        Style::new().bold()
    } else {
        Style::new()
    };
    let mut text = format!(
        "{bold}{}{bold:#} ({}): {}\n",
        rule.id, rule.severity, rule.summary
    );
    let mut in_example = false;
    for line in rule.documentation().lines() {
        if let Some(info) = line.strip_prefix("```") {
            in_example = !in_example;
            if in_example {
                let outcome = if info.contains("fires") {
                    "reported"
                } else {
                    "silent"
                };
                text.push_str(&format!("    ({outcome})\n"));
            }
            continue;
        }
        match line.strip_prefix("## ") {
            Some(heading) => text.push_str(&format!("{bold}{heading}{bold:#}\n")),
            None if in_example => text.push_str(&format!("    {line}\n")),
            None => text.push_str(&format!("{line}\n")),
        }
    }
    if !rule.options.is_empty() {
        text.push_str(&format!("\n{bold}Options{bold:#}\n"));
        for option in rule.options {
            text.push_str(&format!(
                "  {} (default {}): {}\n",
                option.name, option.default, option.help
            ));
        }
    }
    text
}
