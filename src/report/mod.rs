//! Reports: one renderer per file over one [`Report`].
//!
//! A renderer only shows; the verdict was fixed before it runs, and nothing here reads a file, a clock or the
//! environment. Everything that comes from a repository is hostile (`design.md` §4): it passes [`mask`], which
//! takes out keys and makes control characters visible, before a renderer quotes it for its own format.
//! The limits of GitHub's channels are those of `facts/github-delivery.md` §1.3.

mod annotations;
pub(crate) mod change;
mod diagnostics;
mod frame;
mod json;
pub(crate) mod markdown;
pub(crate) mod markup;
pub(crate) mod mask;
mod sarif;
mod table;
mod text;
pub(crate) mod visible;
pub(crate) mod wording;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use diagnostics::{diagnostics, visible};

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::check::Report;
use mask::Mask;

/// How a report is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Format {
    /// For people at a terminal or in a log.
    #[default]
    Text,
    /// One object, stable within `schema_version` 1.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, which GitHub turns into annotations.
    Github,
    /// A step summary.
    Markdown,
}

/// How a report looks. The machine formats take no notice of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Style {
    /// Whether the text format uses colours.
    pub colour: Colour,
    /// Columns of the terminal; nothing where the output is not a terminal.
    pub width: Option<u16>,
}

/// Whether colours are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Colour {
    /// Plain text.
    #[default]
    Never,
    /// ANSI escapes of our own.
    Always,
}

impl Format {
    /// All formats, in the order of the command line help.
    pub const ALL: [Self; 5] = [
        Self::Text,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Markdown,
    ];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that no format has.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no format `{0}`; the formats are text, json, sarif, github and markdown")]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == name)
            .ok_or_else(|| UnknownFormat(name.into()))
    }
}

/// Writes a report.
///
/// # Errors
/// Whatever `out` answers.
pub fn render(
    report: &Report,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mask = Mask::new(report);
    match format {
        Format::Text => text::render(report, &mask, style, out),
        Format::Json => json::render(report, &mask, out),
        Format::Sarif => sarif::render(report, &mask, &Product::of_build(), out),
        Format::Github => annotations::render(report, &mask, out),
        Format::Markdown => markdown::render(report, &mask, &Product::of_build(), out),
    }
}

/// What reports say about Portcullis itself.
pub(crate) struct Product<'a> {
    /// Where it lives; nothing where the build does not say.
    repository: Option<&'a str>,
    /// Every rule.
    rules: &'a [&'a crate::rule::Rule],
}

impl Product<'static> {
    pub(crate) fn of_build() -> Self {
        let repository = env!("CARGO_PKG_REPOSITORY");
        Self {
            repository: (!repository.is_empty()).then_some(repository),
            rules: crate::rule::ALL,
        }
    }
}

impl Product<'_> {
    /// The page of a rule, at the version that reports it.
    pub(crate) fn rule_page(&self, rule: crate::finding::RuleId) -> Option<String> {
        let repository = self.repository?.trim_end_matches('/');
        Some(format!("{repository}/blob/v{VERSION}/docs/rules/{rule}.md"))
    }
}

/// Version of the product.
const VERSION: &str = env!("CARGO_PKG_VERSION");
