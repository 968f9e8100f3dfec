//! Whether one rule covers everything that another one is about.

use super::matching::domain_fits;
use super::path::{Anchor, FilePath, PathRule};
use super::rule::{Rule, Specifier};

/// Stands for a text that nobody writes, so that only a wildcard can match it.
const ANYTHING: &str = "\u{1}";

/// Whether every call that `covered` is about is one that `by` is about too. Says no where it is not certain.
pub fn covers(by: &Rule, covered: &Rule) -> bool {
    let tool = covered.tool.replace('*', ANYTHING);
    if !by.is_about(&tool) && by.tool != covered.tool {
        return false;
    }
    match (&by.specifier, &covered.specifier) {
        (_, Specifier::Never) => false,
        (Specifier::All, _) => true,
        (Specifier::Command(by), Specifier::Command(covered))
        | (Specifier::Name(by), Specifier::Name(covered)) => covered
            .samples(ANYTHING)
            .iter()
            .all(|sample| by.matches(sample)),
        (Specifier::Path(by), Specifier::Path(covered)) => path_covers(by, covered),
        (Specifier::Domain(by), Specifier::Domain(covered)) => {
            domain_fits(by, &covered.replace('*', ANYTHING))
        }
        _ => false,
    }
}

fn path_covers(by: &PathRule, covered: &PathRule) -> bool {
    if by.negated || covered.negated {
        return false;
    }
    if by == covered {
        return true;
    }
    if by.anchor != covered.anchor || by.anchor == Anchor::Root {
        return false;
    }
    let parts: Vec<String> = covered
        .parts()
        .map(|part| match part {
            "**" => format!("{ANYTHING}/{ANYTHING}{ANYTHING}"),
            part => part.replace(['*', '?'], ANYTHING),
        })
        .collect();
    let path = parts.join("/");
    let path = match covered.anchor {
        Anchor::Home => format!("~/{path}"),
        _ => path,
    };
    by.matches(&FilePath::new(&path), false)
}
