//! Which rule of a list is about a call, or about one part of a command line.

use super::call::{Arguments, Call};
use super::command::Part;
use super::decide::{List, PlacedRule};
use super::path::FilePath;
use super::pattern::part_matches;
use super::rule::Specifier;
use super::wrapper::Sight;

/// Whether a rule approves one part of a command line.
pub(super) fn part_fits(specifier: &Specifier, texts: &[String], part: &Part) -> bool {
    match specifier {
        Specifier::All => true,
        Specifier::Command(pattern) => {
            (pattern.is_exact() || part.may_be_approved_by_pattern())
                && texts.iter().any(|text| pattern.matches(text))
        }
        _ => false,
    }
}

/// The deny or ask rule that stops one part of a command line.
pub(super) fn stops<'r>(
    rules: &[&'r PlacedRule],
    call: &Call,
    part: &Part,
) -> Option<&'r PlacedRule> {
    let texts = part.texts(Sight::Deny);
    let by_text = find(rules, &call.tool, |specifier| match specifier {
        Specifier::Command(pattern) => texts.iter().any(|text| pattern.matches(text)),
        _ => false,
    });
    by_text.or_else(|| {
        let reads = part.reads();
        let read = reads
            .iter()
            .find_map(|path| path_hit(rules, "Read", path, List::Deny));
        read.or_else(|| {
            let mut writes = part.writes.iter().flatten();
            writes.find_map(|path| {
                path_hit(rules, "Edit", path, List::Deny)
                    .or_else(|| path_hit(rules, "Read", path, List::Deny))
            })
        })
    })
}

/// The rule of a list that covers a path; `!pattern` takes back what stands before it in the same file.
pub(super) fn path_hit<'r>(
    rules: &[&'r PlacedRule],
    tool: &str,
    path: &FilePath,
    list: List,
) -> Option<&'r PlacedRule> {
    let mut hit: Option<&'r PlacedRule> = None;
    for placed in rules {
        let Ok(rule) = &placed.rule else { continue };
        if &*rule.tool != tool {
            continue;
        }
        match &rule.specifier {
            Specifier::All => hit = hit.or(Some(placed)),
            Specifier::Path(pattern) if pattern.negated => {
                let same = |known: &&PlacedRule| known.location.path() == placed.location.path();
                if hit.as_ref().is_some_and(same) && pattern.matches(path, list == List::Allow) {
                    hit = None;
                }
            }
            Specifier::Path(pattern)
                if hit.is_none() && pattern.matches(path, list == List::Allow) =>
            {
                hit = Some(placed);
            }
            _ => {}
        }
    }
    hit
}

/// The first rule about a tool whose content fits.
pub(super) fn find<'r>(
    rules: &[&'r PlacedRule],
    tool: &str,
    fits: impl Fn(&Specifier) -> bool,
) -> Option<&'r PlacedRule> {
    let found = rules.iter().find(|placed| {
        placed
            .rule
            .as_ref()
            .is_ok_and(|rule| rule.is_about(tool) && fits(&rule.specifier))
    });
    found.copied()
}

pub(super) fn fits(specifier: &Specifier, input: &Arguments) -> bool {
    match (specifier, input) {
        (Specifier::Domain(pattern), Arguments::Host(host)) => domain_fits(pattern, host),
        (Specifier::Name(pattern), Arguments::Name(name)) => pattern.matches(name),
        _ => false,
    }
}

/// `*.h` is subdomains only; elsewhere `*` stays within one label.
pub(super) fn domain_fits(pattern: &str, host: &str) -> bool {
    if let Some(parent) = pattern.strip_prefix("*.") {
        return host
            .strip_suffix(parent)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
    }
    let mut labels = host.split('.');
    let all = pattern
        .split('.')
        .all(|part| labels.next().is_some_and(|label| part_matches(part, label)));
    all && labels.next().is_none()
}
