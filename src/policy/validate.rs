//! Phase two: what the values of a policy file mean.

use std::num::NonZeroU32;

use jiff::civil::Date;

use super::diagnostic::{Diagnostic, Mistakes, listed, nearest, quoted, suggestion};
use super::exemption::Exemption;
use super::glob::{BadPattern, Globs, PathPattern, glob};
use super::read::{Spanned, Unvalidated, UnvalidatedExemption, UnvalidatedGroup, UnvalidatedRule};
use super::{
    LARGEST_MAX_FILE_SIZE, Mode, Policy, Protection, RuleLevel, Visibility, group_is_protected,
    groups_of, protection,
};
use crate::claude::permission::{Call, Outcome};
use crate::finding::{FailOn, Severity};
use crate::rule::{Level, OptionKind, Profile, Rule, find_in};
use crate::source::Location;
use crate::subject::guard::PermissionTest;

/// The most patterns of `exclude`.
pub(super) const MOST_EXCLUDES: usize = 1_000;

/// The most calls of `permit`.
pub(super) const MOST_CALLS: usize = 1_000;

/// The most exemptions.
pub(super) const MOST_EXEMPTIONS: usize = 2_000;

/// Groups of the catalogue that have no rules yet.
const LATER_GROUPS: &[&str] = &["workflow", "change"];

/// Levels as the policy writes them.
pub(super) const LEVELS: [(&str, Level); 4] = [
    ("off", Level::Off),
    ("note", Level::At(Severity::Note)),
    ("warning", Level::At(Severity::Warning)),
    ("error", Level::At(Severity::Error)),
];

/// Thresholds as the policy writes them.
pub(super) const THRESHOLDS: [(&str, FailOn); 4] = [
    ("error", FailOn::At(Severity::Error)),
    ("warning", FailOn::At(Severity::Warning)),
    ("note", FailOn::At(Severity::Note)),
    ("never", FailOn::Never),
];

/// Fills a policy that holds the defaults. What is wrong is reported and keeps its default.
pub(super) fn validate(file: Unvalidated, policy: Policy, mistakes: &mut Mistakes) -> Policy {
    let mut validator = Validator { policy, mistakes };
    validator.words(&file);
    validator.max_file_size(file.max_file_size);
    for rule in file.rules {
        validator.rule(rule);
    }
    for group in file.groups {
        validator.group(group);
    }
    validator.exclude(&file.exclude);
    validator.policy.trusted.actions = validator.names(file.trusted_actions, action);
    validator.policy.trusted.hosts = validator.names(file.trusted_hosts, host);
    validator.permit(file.permit);
    validator.exemptions(file.exemptions);
    validator.policy
}

struct Validator<'m> {
    policy: Policy,
    mistakes: &'m mut Mistakes,
}

impl Validator<'_> {
    fn words(&mut self, file: &Unvalidated) {
        let profiles = Profile::ALL.map(|profile| (profile.as_str(), profile));
        let modes = Mode::ALL.map(|mode| (mode.as_str(), mode));
        let visibilities = Visibility::ALL.map(|visibility| (visibility.as_str(), visibility));
        if let Some(profile) = self.choice(file.profile.as_ref(), "profile", &profiles) {
            self.policy.profile = profile;
        }
        if let Some(fail_on) = self.choice(file.fail_on.as_ref(), "threshold", &THRESHOLDS) {
            self.policy.fail_on = fail_on;
        }
        if let Some(mode) = self.choice(file.mode.as_ref(), "mode", &modes) {
            self.policy.mode = mode;
        }
        if let Some(visibility) = self.choice(file.visibility.as_ref(), "visibility", &visibilities)
        {
            self.policy.visibility = visibility;
        }
    }

    fn max_file_size(&mut self, size: Option<Spanned<u64>>) {
        let Some(size) = size else { return };
        if (1..=LARGEST_MAX_FILE_SIZE).contains(&size.value) {
            self.policy.max_file_size = size.value;
            return;
        }
        let message = format!("`max-file-size` is from 1 to {LARGEST_MAX_FILE_SIZE} bytes");
        let help = "files that are larger than this are reported as unreadable";
        self.wrong(&size.location, message, help);
    }

    fn rule(&mut self, setting: UnvalidatedRule) {
        let Some(rule) = self.known_rule(&setting.name) else {
            return;
        };
        if let Some(severity) = &setting.severity
            && let Some(level) = self.choice(Some(severity), "severity", &LEVELS)
        {
            self.level(rule, level, &severity.location);
        }
        for (name, value) in setting.options {
            self.option(rule, &name, value);
        }
    }

    fn level(&mut self, rule: &Rule, level: Level, location: &Location) {
        let name = rule.id;
        match protection(name) {
            Protection::Fixed if level != Level::At(rule.severity) => self.wrong(
                location,
                format!(
                    "`{name}` cannot be turned off or lowered: it says that something was not judged"
                ),
                "take files that need no judgement out with `exclude`",
            ),
            Protection::Pinned if level == Level::Off => self.wrong(
                location,
                format!("`{name}` cannot be turned off: it would hide every key that is ever committed"),
                "exempt the one finding by its exact `path` or its `fingerprint`, or take the file out with `exclude`",
            ),
            _ => self.policy.levels.push(RuleLevel {
                rule: name,
                level,
            }),
        }
    }

    fn option(&mut self, rule: &Rule, name: &Spanned<String>, value: Spanned<serde_yaml::Value>) {
        let Some(option) = rule.options.iter().find(|known| known.name == name.value) else {
            let message = format!("`{}` has no option {}", rule.id, quoted(&name.value));
            let mut known = vec!["severity"];
            known.extend(rule.options.iter().map(|option| option.name));
            let help = match nearest(&name.value, known.iter().copied()) {
                Some(option) => format!("did you mean `{option}`?"),
                None => format!("it takes {}", listed(&known, "and")),
            };
            self.wrong(&name.location, message, help);
            return;
        };
        match option.kind {
            OptionKind::Count => {
                let Ok(count) = serde_yaml::from_value::<NonZeroU32>(value.value) else {
                    let message = format!("`{}` takes a whole number from 1 on", option.name);
                    let help = format!("without this line it is {}", option.default);
                    self.wrong(&value.location, message, help);
                    return;
                };
                let options = &mut self.policy.options;
                if !options.set_count(rule.id.as_str(), option.name, count.get()) {
                    let message = format!("`{}` is not supported yet", option.name);
                    self.wrong(&name.location, message, "remove it");
                }
            }
        }
    }

    fn group(&mut self, setting: UnvalidatedGroup) {
        let groups = groups_of(self.policy.rules);
        let name = &setting.name.value;
        let Some(group) = groups.iter().copied().find(|group| group.as_str() == name) else {
            let message = if LATER_GROUPS.contains(&name.as_str()) {
                format!("the group `{name}` is not supported yet")
            } else {
                format!("there is no group {}", quoted(name))
            };
            let names: Vec<&str> = groups.iter().map(|group| group.as_str()).collect();
            let help = match nearest(name, names.iter().copied()) {
                Some(group) => format!("did you mean `{group}`?"),
                None => format!("the groups are {}", listed(&names, "and")),
            };
            self.wrong(&setting.name.location, message, help);
            return;
        };
        let Some(scope) = &setting.scope else { return };
        match scope.value.as_str() {
            "off" if group_is_protected(group, self.policy.rules) => {
                let message = format!(
                    "the group `{name}` cannot be turned off: it holds a rule that always reports"
                );
                let help = "turn off single rules under `rules`";
                self.wrong(&scope.location, message, help);
            }
            "off" => self.policy.groups_off.push(group),
            known @ ("agents" | "all") => {
                let message = format!("the scope `{known}` is not supported yet");
                let help = "write `off`, or remove the line: every file of the group is judged";
                self.wrong(&scope.location, message, help);
            }
            other => {
                let message = format!("there is no scope {}", quoted(other));
                self.wrong(&scope.location, message, suggestion(other, &["off"]));
            }
        }
    }

    fn exclude(&mut self, patterns: &[Spanned<String>]) {
        if let Some(first_over) = patterns.get(MOST_EXCLUDES) {
            let message = format!("`exclude` has more than {MOST_EXCLUDES} patterns");
            let help = "cover whole folders with `**`";
            self.wrong(&first_over.location, message, help);
            return;
        }
        let mut globs = Vec::new();
        for pattern in patterns {
            match glob(&pattern.value) {
                Ok(glob) => globs.push(glob),
                Err(bad) => self.bad_pattern(&pattern.location, bad),
            }
        }
        match (Globs::new(&globs), patterns.first()) {
            (Ok(globs), _) => self.policy.exclude = globs,
            (Err(bad), Some(first)) => self.bad_pattern(&first.location, bad),
            (Err(_), None) => {}
        }
    }

    fn names(
        &mut self,
        names: Vec<Spanned<String>>,
        check: fn(&str) -> Result<(), &'static str>,
    ) -> Vec<String> {
        let mut good = Vec::new();
        for name in names {
            match check(&name.value) {
                Ok(()) => good.push(name.value),
                Err(help) => {
                    let message = format!("{} names nothing to trust", quoted(&name.value));
                    self.wrong(&name.location, message, help);
                }
            }
        }
        good
    }

    fn permit(&mut self, calls: Vec<(&'static str, Spanned<String>)>) {
        if let Some((_, first_over)) = calls.get(MOST_CALLS) {
            let message = format!("`permit` has more than {MOST_CALLS} calls");
            self.wrong(&first_over.location, message, "keep those that matter most");
            return;
        }
        for (key, written) in calls {
            let wanted = match key {
                "must-deny" => Outcome::Deny,
                "must-ask" => Outcome::Ask,
                _ => Outcome::Allow,
            };
            match Call::parse(&written.value) {
                Ok(call) => self.policy.permit.push(PermissionTest {
                    call,
                    wanted,
                    location: written.location,
                }),
                Err(bad) => {
                    let message = format!("{} is no call", quoted(&written.value));
                    self.wrong(&written.location, message, bad.to_string());
                }
            }
        }
    }

    fn exemptions(&mut self, exemptions: Vec<UnvalidatedExemption>) {
        for (index, exemption) in exemptions.into_iter().enumerate() {
            if index == MOST_EXEMPTIONS {
                if let Some(rule) = exemption.rule {
                    let message = format!("there are more than {MOST_EXEMPTIONS} exemptions");
                    let help = "lower the rule's severity, or take files out with `exclude`";
                    self.wrong(&rule.location, message, help);
                }
                return;
            }
            if let Some(exemption) = self.exemption(exemption) {
                self.policy.exemptions.push(exemption);
            }
        }
    }

    /// Looks at every field before it gives up, so that all mistakes of an exemption are found.
    fn exemption(&mut self, given: UnvalidatedExemption) -> Option<Exemption> {
        let rule = given
            .rule
            .as_ref()
            .and_then(|name| Some((self.exemptable_rule(name)?, name.location.clone())));
        let path = given.path.as_ref().and_then(|path| self.path(path));
        let names_one = given.fingerprint.is_some();
        // A job or fingerprint that is wrong widens nothing: a policy with a mistake never comes into force.
        let job = given.job.and_then(|job| self.job(job));
        let fingerprint = given
            .fingerprint
            .and_then(|digits| self.fingerprint(digits));
        let reason = given.reason.and_then(|text| self.text("reason", text));
        let owner = given.owner.and_then(|text| self.text("owner", text));
        let expires = given
            .expires
            .and_then(|day| Some((self.day(&day)?, day.location)));
        if let (Some((rule, _)), Some(path), Some(at)) = (&rule, &path, &given.path)
            && protection(rule.id) == Protection::Pinned
            && !names_one
            && !path.is_exact()
        {
            let message = format!(
                "an exemption of `{}` covers one exact file or one fingerprint, not a pattern",
                rule.id
            );
            let help = "a pattern would also cover keys that are committed later; name the file, or add the `fingerprint` of the finding";
            self.wrong(&at.location, message, help);
        }
        let (rule, location) = rule?;
        let (expires, expires_location) = expires?;
        Some(Exemption {
            rule: rule.id,
            path: path?,
            job,
            fingerprint,
            reason: reason?,
            owner: owner?,
            expires,
            location,
            expires_location,
        })
    }

    fn exemptable_rule(&mut self, name: &Spanned<String>) -> Option<&'static Rule> {
        let rule = self.known_rule(name)?;
        let (message, help) = match protection(rule.id) {
            Protection::None | Protection::Pinned => return Some(rule),
            Protection::Fixed => (
                "cannot be exempted: it says that something was not judged",
                "take files that need no judgement out with `exclude`",
            ),
            Protection::Unexemptable => (
                "cannot be exempted: it is about exemptions",
                "set its severity under `rules`",
            ),
        };
        self.wrong(&name.location, format!("`{}` {message}", rule.id), help);
        None
    }

    fn known_rule(&mut self, name: &Spanned<String>) -> Option<&'static Rule> {
        let rules = self.policy.rules;
        if self.mistakes.is_full() && !rules.iter().any(|rule| rule.id.as_str() == name.value) {
            self.mistakes.leave_out();
            return None;
        }
        match find_in(rules, &name.value) {
            Ok(rule) => Some(rule),
            Err(unknown) => {
                let message = format!("there is no rule {}", quoted(&name.value));
                let help = match unknown.suggestion {
                    Some(rule) => format!("did you mean `{rule}`?"),
                    None => "`portcullis rules` lists them".into(),
                };
                self.wrong(&name.location, message, help);
                None
            }
        }
    }

    fn path(&mut self, path: &Spanned<String>) -> Option<PathPattern> {
        match PathPattern::new(&path.value) {
            Ok(pattern) => Some(pattern),
            Err(bad) => {
                self.bad_pattern(&path.location, bad);
                None
            }
        }
    }

    fn job(&mut self, job: Spanned<String>) -> Option<String> {
        let mut chars = job.value.chars();
        let begins = chars
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if begins && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            return Some(job.value);
        }
        let message = format!("{} is no id of a job", quoted(&job.value));
        let help = "write the key under `jobs` of the workflow, not the job's `name`";
        self.wrong(&job.location, message, help);
        None
    }

    fn fingerprint(&mut self, digits: Spanned<String>) -> Option<String> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.value.len() == 32 && digits.value.bytes().all(is_digit) {
            return Some(digits.value);
        }
        let message = format!("{} is no fingerprint", quoted(&digits.value));
        let help = "copy the 32 hexadecimal digits from the JSON report";
        self.wrong(&digits.location, message, help);
        None
    }

    fn text(&mut self, key: &str, text: Spanned<String>) -> Option<String> {
        let trimmed = text.value.trim();
        if !trimmed.is_empty() {
            return Some(trimmed.into());
        }
        let message = format!("`{key}` is empty");
        let help = match key {
            "reason" => "say why the finding is accepted",
            _ => "name who accepted it",
        };
        self.wrong(&text.location, message, help);
        None
    }

    fn day(&mut self, day: &Spanned<String>) -> Option<Date> {
        let shape = day.value.bytes().enumerate().all(|(index, byte)| {
            if matches!(index, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
        let date = day.value.parse::<Date>().ok();
        if let Some(date) = date.filter(|_| shape && day.value.len() == 10) {
            return Some(date);
        }
        let message = format!("{} is no day", quoted(&day.value));
        let help = "write year, month and day, such as `2027-03-31`";
        self.wrong(&day.location, message, help);
        None
    }

    fn choice<T: Copy>(
        &mut self,
        word: Option<&Spanned<String>>,
        what: &str,
        choice: &[(&str, T)],
    ) -> Option<T> {
        let word = word?;
        if let Some((_, value)) = choice.iter().find(|(name, _)| *name == word.value) {
            return Some(*value);
        }
        let names: Vec<&str> = choice.iter().map(|(name, _)| *name).collect();
        let message = format!("there is no {what} {}", quoted(&word.value));
        let help = suggestion(&word.value, &names);
        self.wrong(&word.location, message, help);
        None
    }

    fn bad_pattern(&mut self, location: &Location, bad: BadPattern) {
        let mut diagnostic = Diagnostic::new(location.clone(), bad.message);
        diagnostic.help = bad.help.map(Into::into);
        self.mistakes.add(diagnostic);
    }

    fn wrong(&mut self, location: &Location, message: String, help: impl Into<String>) {
        self.mistakes
            .add(Diagnostic::new(location.clone(), message).help(help));
    }
}

/// `owner/repository`, `owner/repository/path` or `owner/*`.
fn action(name: &str) -> Result<(), &'static str> {
    let help = "write `owner/repository`, or `owner/*` for all of an owner, without a version";
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    let Some((owner, rest)) = name.split_once('/') else {
        return Err(help);
    };
    if is_part(owner) && (rest == "*" || rest.split('/').all(is_part)) {
        return Ok(());
    }
    Err(help)
}

/// A host name, with `*.` before it for any subdomain.
fn host(name: &str) -> Result<(), &'static str> {
    let help = "write the host name alone, such as `llm.acme.example`; `*.acme.example` covers its subdomains";
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let rest = name.strip_prefix("*.").unwrap_or(name);
    if rest.split('.').all(is_label) {
        return Ok(());
    }
    Err(help)
}
