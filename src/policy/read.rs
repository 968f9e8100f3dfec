//! Phase one: the shape of a policy file.
//!
//! Walks the tree, reports keys and types that do not fit, and keeps everything that does with its place. No
//! value has a meaning yet: `validate` gives it one, and does so for a file that has mistakes too, so that
//! all of them are listed at once. The walk goes as deep as the policy's own shape and no deeper.

use serde::de::DeserializeOwned;
use serde_yaml::Value;

use super::diagnostic::{Diagnostic, Mistakes, listed, nearest, quoted};
use crate::source::{Entry, Location, Node, OddityKind, ScalarType, Style, Tree};

/// Keys of the policy.
pub(super) const KEYS: &[&str] = &[
    "profile",
    "fail-on",
    "mode",
    "visibility",
    "max-file-size",
    "rules",
    "groups",
    "exclude",
    "trusted",
    "permit",
    "exemptions",
];

/// Keys of `permit`.
pub(super) const PERMIT_KEYS: &[&str] = &["must-deny", "must-ask", "must-allow"];

/// Keys that the policy will have. Until then, whoever writes one is told that it does nothing.
pub(super) const LATER_KEYS: &[&str] = &["extends", "approvers", "baseline"];

/// Keys of an exemption.
pub(super) const EXEMPTION_KEYS: &[&str] = &[
    "rule",
    "path",
    "job",
    "fingerprint",
    "reason",
    "owner",
    "expires",
];

/// Keys that every exemption has.
pub(super) const REQUIRED_EXEMPTION_KEYS: &[&str] = &["rule", "path", "reason", "owner", "expires"];

/// Keys of `trusted`.
pub(super) const TRUSTED_KEYS: &[&str] = &["actions", "hosts"];

/// A value and where it stands.
pub(super) struct Spanned<T> {
    pub(super) value: T,
    pub(super) location: Location,
}

/// A policy file whose shape is right and whose values nobody has looked at.
#[derive(Default)]
pub(super) struct Unvalidated {
    pub(super) profile: Option<Spanned<String>>,
    pub(super) fail_on: Option<Spanned<String>>,
    pub(super) mode: Option<Spanned<String>>,
    pub(super) visibility: Option<Spanned<String>>,
    pub(super) max_file_size: Option<Spanned<u64>>,
    pub(super) rules: Vec<UnvalidatedRule>,
    pub(super) groups: Vec<UnvalidatedGroup>,
    pub(super) exclude: Vec<Spanned<String>>,
    pub(super) trusted_actions: Vec<Spanned<String>>,
    pub(super) trusted_hosts: Vec<Spanned<String>>,
    /// By key: `must-deny`, `must-ask`, `must-allow`.
    pub(super) permit: Vec<(&'static str, Spanned<String>)>,
    pub(super) exemptions: Vec<UnvalidatedExemption>,
}

/// An entry of `rules`.
pub(super) struct UnvalidatedRule {
    pub(super) name: Spanned<String>,
    pub(super) severity: Option<Spanned<String>>,
    /// Keys and values; which of them a rule takes is not known here.
    pub(super) options: Vec<(Spanned<String>, Spanned<Value>)>,
}

/// An entry of `groups`.
pub(super) struct UnvalidatedGroup {
    pub(super) name: Spanned<String>,
    pub(super) scope: Option<Spanned<String>>,
}

/// An entry of `exemptions`. What is missing is reported already.
#[derive(Default)]
pub(super) struct UnvalidatedExemption {
    pub(super) rule: Option<Spanned<String>>,
    pub(super) path: Option<Spanned<String>>,
    pub(super) job: Option<Spanned<String>>,
    pub(super) fingerprint: Option<Spanned<String>>,
    pub(super) reason: Option<Spanned<String>>,
    pub(super) owner: Option<Spanned<String>>,
    pub(super) expires: Option<Spanned<String>>,
}

/// Reads a whole file. A file without a value is a policy that says nothing.
pub(super) fn read(tree: &Tree, mistakes: &mut Mistakes) -> Unvalidated {
    refuse_oddities(tree, mistakes);
    let mut reader = Reader {
        mistakes,
        policy: Unvalidated::default(),
    };
    if let Some(root) = tree.root().filter(|root| !root.is_null()) {
        reader.root(root);
    }
    reader.policy
}

/// Refuses what YAML readers disagree about.
fn refuse_oddities(tree: &Tree, mistakes: &mut Mistakes) {
    for oddity in tree.oddities() {
        let text = oddity.span.slice(tree.file().text()).trim_end();
        let (message, help) = match oddity.kind {
            OddityKind::DuplicateKey => {
                let first = oddity.first.unwrap_or(oddity.span).start;
                let line = tree.file().position(first).line;
                (
                    format!("{} stands here a second time", quoted(text)),
                    format!("the first one is on line {line}; keep one of them"),
                )
            }
            OddityKind::MergeKey => (
                "a policy has no merge keys".into(),
                "write out what `<<` would bring".into(),
            ),
            OddityKind::Tag => (
                format!("a policy has no tags, and this is one: {}", quoted(text)),
                "remove it; quote the value to make it text".into(),
            ),
            OddityKind::SecondDocument => (
                "a second document begins here, and nobody would read it".into(),
                "keep one document in the file".into(),
            ),
            // JSON only.
            OddityKind::Comment
            | OddityKind::TrailingComma
            | OddityKind::TextAfterEnd
            | OddityKind::LooseString
            | OddityKind::MissingComma => continue,
        };
        mistakes.add_at(oddity.span, message, &help);
    }
}

struct Reader<'m> {
    mistakes: &'m mut Mistakes,
    policy: Unvalidated,
}

impl Reader<'_> {
    fn root(&mut self, root: Node<'_>) {
        if !root.is_mapping() {
            let message = format!("a policy is a mapping, not {}", kind(root));
            let help = "begin with `profile: team`";
            self.mistakes
                .add(Diagnostic::new(root.location(), message).help(help));
            return;
        }
        for (key, entry) in self.fields(root, "the policy", KEYS, LATER_KEYS) {
            let word = "one word";
            match key {
                "profile" => self.policy.profile = self.typed(key, entry, word),
                "fail-on" => self.policy.fail_on = self.typed(key, entry, word),
                "mode" => self.policy.mode = self.typed(key, entry, word),
                "visibility" => self.policy.visibility = self.typed(key, entry, word),
                "max-file-size" => {
                    let wanted = "a whole number of bytes, such as `1048576`";
                    self.policy.max_file_size = self.typed(key, entry, wanted);
                }
                "rules" => self.rules(entry),
                "groups" => self.groups(entry),
                "exclude" => self.policy.exclude = self.list(key, entry),
                "trusted" => self.trusted(entry),
                "permit" => self.permit(entry),
                _ => self.exemptions(entry),
            }
        }
    }

    fn rules(&mut self, entry: Entry<'_>) {
        for entry in self.mapping("rules", "names of rules", entry) {
            let Some(name) = self.name(entry, "a rule") else {
                continue;
            };
            let mut rule = UnvalidatedRule {
                severity: None,
                options: Vec::new(),
                name,
            };
            let shown = rule.name.value.clone();
            if !entry.value.is_mapping() {
                let wanted = "a severity (`off`, `note`, `warning`, `error`) or a mapping";
                rule.severity = self.typed(&shown, entry, wanted);
                self.policy.rules.push(rule);
                continue;
            }
            if entry.value.entries().len() == 0 {
                let message = format!("this says nothing about {}", quoted(&shown));
                let help = "set its `severity` or an option, or remove the line";
                let place = place(entry);
                self.mistakes
                    .add(Diagnostic::new(place, message).help(help));
            }
            for option in entry.value.entries() {
                let Some(name) = self.name(option, "an option") else {
                    continue;
                };
                if name.value == "severity" {
                    rule.severity = self.typed("severity", option, "one word");
                } else {
                    let value = Spanned {
                        value: value_of(option.value),
                        location: place(option),
                    };
                    rule.options.push((name, value));
                }
            }
            self.policy.rules.push(rule);
        }
    }

    fn groups(&mut self, entry: Entry<'_>) {
        for entry in self.mapping("groups", "names of groups", entry) {
            let Some(name) = self.name(entry, "a group") else {
                continue;
            };
            let shown = name.value.clone();
            let mut scope = None;
            if entry.value.is_mapping() {
                for (key, entry) in self.fields(entry.value, "a group", &["scope"], &[]) {
                    scope = self.typed(key, entry, "one word");
                }
                if entry.value.entries().len() == 0 {
                    let message = format!("this says nothing about {}", quoted(&shown));
                    let help = "write `off`, or remove the line";
                    let place = place(entry);
                    self.mistakes
                        .add(Diagnostic::new(place, message).help(help));
                }
            } else {
                scope = self.typed(&shown, entry, "`off` or a mapping with `scope`");
            }
            self.policy.groups.push(UnvalidatedGroup { name, scope });
        }
    }

    fn trusted(&mut self, entry: Entry<'_>) {
        if !self.is_mapping("trusted", "`actions` and `hosts`", entry) {
            return;
        }
        for (key, entry) in self.fields(entry.value, "`trusted`", TRUSTED_KEYS, &[]) {
            match key {
                "actions" => self.policy.trusted_actions = self.list(key, entry),
                _ => self.policy.trusted_hosts = self.list(key, entry),
            }
        }
    }

    fn permit(&mut self, entry: Entry<'_>) {
        if !self.is_mapping("permit", "`must-deny`, `must-ask` and `must-allow`", entry) {
            return;
        }
        for (key, entry) in self.fields(entry.value, "`permit`", PERMIT_KEYS, &[]) {
            let calls = self.list(key, entry);
            self.policy
                .permit
                .extend(calls.into_iter().map(|call| (key, call)));
        }
    }

    fn exemptions(&mut self, entry: Entry<'_>) {
        if !entry.value.is_sequence() {
            if !entry.value.is_null() {
                self.wrong("exemptions", "a list", entry.value, place(entry));
            }
            return;
        }
        for item in entry.value.items() {
            if !item.is_mapping() {
                let wanted = "mappings with `rule`, `path`, `reason`, `owner` and `expires`";
                let place = item_place(item, entry);
                self.wrong("exemptions", wanted, item, place);
                continue;
            }
            let exemption = self.exemption(item);
            self.policy.exemptions.push(exemption);
        }
    }

    fn exemption(&mut self, item: Node<'_>) -> UnvalidatedExemption {
        let mut exemption = UnvalidatedExemption::default();
        for (key, entry) in self.fields(item, "an exemption", EXEMPTION_KEYS, &[]) {
            match key {
                "rule" => exemption.rule = self.typed(key, entry, "the name of a rule"),
                "path" => exemption.path = self.typed(key, entry, "a path or a pattern"),
                "job" => exemption.job = self.as_written(key, entry, "the id of a job"),
                "fingerprint" => {
                    exemption.fingerprint = self.as_written(key, entry, "32 hexadecimal digits");
                }
                "reason" => exemption.reason = self.typed(key, entry, "a sentence"),
                "owner" => exemption.owner = self.typed(key, entry, "a name"),
                _ => exemption.expires = self.typed(key, entry, "a day, such as `2027-03-31`"),
            }
        }
        let first_key = || item.entries().next().map(|entry| entry.key.location());
        let place = match &exemption.rule {
            Some(rule) => rule.location.clone(),
            None => first_key().unwrap_or_else(|| item.location()),
        };
        for key in REQUIRED_EXEMPTION_KEYS {
            if item.entry(key).is_none() {
                let message = format!("this exemption has no `{key}`");
                let help = match *key {
                    "reason" => "say why the finding is accepted",
                    "owner" => "name who accepted it, such as `\"@acme/platform\"`",
                    "expires" => "set the last day on which it holds, such as `2027-03-31`",
                    "path" => "name the file, or a pattern for files",
                    _ => "name the rule whose finding is accepted",
                };
                self.mistakes
                    .add(Diagnostic::new(place.clone(), message).help(help));
            }
        }
        exemption
    }

    /// The entries whose keys are known. Unknown keys are reported.
    fn fields<'t>(
        &mut self,
        node: Node<'t>,
        what: &str,
        known: &'static [&'static str],
        later: &'static [&'static str],
    ) -> Vec<(&'static str, Entry<'t>)> {
        let mut fields = Vec::new();
        for entry in node.entries() {
            let Some(name) = self.name(entry, "a key") else {
                continue;
            };
            let same = |key: &&&str| **key == name.value;
            if let Some(key) = known.iter().find(same) {
                fields.push((*key, entry));
                continue;
            }
            if self.mistakes.is_full() {
                self.mistakes.leave_out();
                continue;
            }
            let shown = quoted(&name.value);
            let (message, help) = if later.iter().any(|key| same(&key)) {
                (
                    format!("{shown} is not supported yet"),
                    "remove it: this version would ignore what it says".into(),
                )
            } else {
                let help = match nearest(&name.value, known.iter().chain(later).copied()) {
                    Some(key) => format!("did you mean `{key}`?"),
                    None => format!("its keys are {}", listed(known, "and")),
                };
                (format!("{what} has no key {shown}"), help)
            };
            self.mistakes
                .add(Diagnostic::new(name.location, message).help(help));
        }
        fields
    }

    fn name(&mut self, entry: Entry<'_>, what: &str) -> Option<Spanned<String>> {
        let location = entry.key.location();
        match entry.key.string() {
            // Reported as an oddity already.
            Some("<<") if entry.key.style() == Some(Style::Plain) => None,
            Some(name) => Some(Spanned {
                value: name.into(),
                location,
            }),
            None => {
                let message = format!("{what} has a name, not {}", kind(entry.key));
                let help = "write a name, in quotes if need be";
                self.mistakes
                    .add(Diagnostic::new(location, message).help(help));
                None
            }
        }
    }

    fn is_mapping(&mut self, key: &str, of: &str, entry: Entry<'_>) -> bool {
        if entry.value.is_mapping() {
            return true;
        }
        if !entry.value.is_null() {
            self.wrong(
                key,
                &format!("a mapping of {of}"),
                entry.value,
                place(entry),
            );
        }
        false
    }

    fn mapping<'t>(&mut self, key: &str, of: &str, entry: Entry<'t>) -> Vec<Entry<'t>> {
        if self.is_mapping(key, of, entry) {
            entry.value.entries().collect()
        } else {
            Vec::new()
        }
    }

    /// A list of texts. A key without a value is an empty list: its lines may be commented out.
    fn list(&mut self, key: &str, entry: Entry<'_>) -> Vec<Spanned<String>> {
        if !entry.value.is_sequence() {
            if !entry.value.is_null() {
                self.wrong(key, "a list", entry.value, place(entry));
            }
            return Vec::new();
        }
        let mut texts = Vec::new();
        for item in entry.value.items() {
            let place = item_place(item, entry);
            texts.extend(self.read::<String>(key, "a list of texts", item, place));
        }
        texts
    }

    fn typed<T: DeserializeOwned>(
        &mut self,
        key: &str,
        entry: Entry<'_>,
        wanted: &str,
    ) -> Option<Spanned<T>> {
        self.read(key, wanted, entry.value, place(entry))
    }

    /// A text that may look like a number: it counts as it is written.
    fn as_written(&mut self, key: &str, entry: Entry<'_>, wanted: &str) -> Option<Spanned<String>> {
        match (entry.value.scalar_type(), entry.value.text()) {
            (Some(ScalarType::Number(_)), Some(text)) => Some(Spanned {
                value: text.into(),
                location: place(entry),
            }),
            _ => self.typed(key, entry, wanted),
        }
    }

    fn read<T: DeserializeOwned>(
        &mut self,
        key: &str,
        wanted: &str,
        node: Node<'_>,
        location: Location,
    ) -> Option<Spanned<T>> {
        if let Ok(value) = serde_yaml::from_value(value_of(node)) {
            return Some(Spanned { value, location });
        }
        self.wrong(key, wanted, node, location);
        None
    }

    fn wrong(&mut self, key: &str, wanted: &str, node: Node<'_>, location: Location) {
        let message = format!("{} takes {wanted}, not {}", quoted(key), kind(node));
        let mut diagnostic = Diagnostic::new(location, message);
        if wanted.contains("`off`") && node.boolean() == Some(false) {
            diagnostic = diagnostic.help("write `off`");
        }
        self.mistakes.add(diagnostic);
    }
}

/// A scalar as `serde_yaml` types it. Of a list or a mapping, only that it is one.
fn value_of(node: Node<'_>) -> Value {
    let text = node.text().unwrap_or_default();
    match node.scalar_type() {
        None if node.is_mapping() => Value::Mapping(serde_yaml::Mapping::new()),
        None => Value::Sequence(Vec::new()),
        Some(ScalarType::Null) => Value::Null,
        Some(ScalarType::Bool(value)) => Value::Bool(value),
        Some(ScalarType::String) => Value::String(text.into()),
        Some(ScalarType::Number(number)) => match (text.parse::<u64>(), text.parse::<i64>()) {
            (Ok(number), _) => Value::from(number),
            (_, Ok(number)) => Value::from(number),
            _ => Value::from(number),
        },
    }
}

/// Where a value stands; where nothing is written, its key.
fn place(entry: Entry<'_>) -> Location {
    if entry.value.span().is_empty() {
        entry.key.location()
    } else {
        entry.value.location()
    }
}

/// Where an item of a list stands; where nothing is written, the key of the list.
fn item_place(item: Node<'_>, list: Entry<'_>) -> Location {
    if item.span().is_empty() {
        list.key.location()
    } else {
        item.location()
    }
}

/// What a value is, for a message.
pub(super) fn kind(node: Node<'_>) -> &'static str {
    match node.scalar_type() {
        Some(ScalarType::Null) => "nothing",
        Some(ScalarType::Bool(true)) => "`true`",
        Some(ScalarType::Bool(false)) => "`false`",
        Some(ScalarType::Number(number)) if number < 0.0 => "a negative number",
        Some(ScalarType::Number(number)) if number.fract() != 0.0 => "a fraction",
        Some(ScalarType::Number(number)) if number >= u64::MAX as f64 => "a number that large",
        Some(ScalarType::Number(_)) => "a number",
        Some(ScalarType::String) => "text",
        None if node.is_mapping() => "a mapping",
        None => "a list",
    }
}
