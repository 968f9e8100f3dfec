//! What GitHub checks after the shapes: ids, the order of jobs, times, background steps.

use std::collections::{HashMap, HashSet};

use crate::source::{Node, Span};
use crate::workflow::expression::holds_expression;
use crate::workflow::model::{Job, Workflow};
use crate::workflow::problem::{Problem, ProblemKind};
use crate::workflow::step::Extent;

/// The problems of a workflow that the tables do not see.
pub(super) fn check(workflow: &Workflow) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    problems.triggers(workflow);
    let Some(jobs) = workflow.root().and_then(|root| root.entry("jobs")) else {
        return problems.0;
    };
    if jobs.value.entries().len() > workflow.jobs().count() {
        problems.add(ProblemKind::TooLarge, jobs.key.written_span());
    }
    for job in workflow.jobs() {
        problems.job(job);
    }
    if jobs.value.is_mapping() {
        problems.needs(workflow, jobs.key.written_span());
    }
    problems.0
}

struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, kind: ProblemKind, span: Span) {
        self.0.push(Problem { kind, span });
    }

    fn triggers(&mut self, workflow: &Workflow) {
        for trigger in workflow.triggers() {
            for cron in trigger.crons() {
                if cron
                    .text()
                    .is_some_and(|text| !text.is_empty() && !is_cron(text))
                {
                    self.add(ProblemKind::BadCron, cron.written_span());
                }
            }
            if trigger.name() == "workflow_dispatch" {
                for input in trigger.inputs() {
                    let choice = input.kind() == Some("choice");
                    if choice != (input.options().iter().next().is_some()) {
                        self.add(ProblemKind::ChoiceOptions, input.name.written_span());
                    }
                }
            }
        }
    }

    fn job(&mut self, job: Job<'_>) {
        if !is_id(job.id()) {
            self.add(
                ProblemKind::BadId(job.id().into()),
                job.key().written_span(),
            );
        }
        let mut containers: Vec<_> = job.services().collect();
        if let (Some(container), Some(entry)) = (job.container(), job.node().entry("container")) {
            containers.push((entry.key, container));
        }
        for (name, container) in containers {
            let mapping = container.node();
            let known = !mapping
                .entries()
                .any(|entry| entry.value.text().is_some_and(holds_expression));
            if mapping.is_mapping() && known && container.image().is_none() {
                self.add(ProblemKind::MissingImage, name.written_span());
            }
        }
        if job.extent() == Extent::Cut {
            return self.add(ProblemKind::TooLarge, job.key().written_span());
        }
        if let Some(steps) = job.node().get("steps") {
            self.steps(steps, Nesting::Job);
        }
    }

    /// Ids of one list of steps, and those that it waits for.
    fn steps(&mut self, list: Node<'_>, nesting: Nesting) {
        let mut known: HashSet<&str> = HashSet::new();
        for step in list.items() {
            let own = step.get("id").and_then(Node::text);
            for entry in step.entries() {
                let Some(key) = entry.key.text() else {
                    continue;
                };
                let value = entry.value;
                match (key, nesting) {
                    ("id", _) => {
                        if let Some(id) = value.text() {
                            self.step_id(id, value.written_span(), &mut known);
                        }
                    }
                    ("wait", Nesting::Job) => {
                        let single = value.text().is_some().then_some(value);
                        for target in single.into_iter().chain(value.items()) {
                            self.target(target, own, &known);
                        }
                    }
                    ("cancel", Nesting::Job) => self.target(value, own, &known),
                    ("wait-all", Nesting::Job) if value.boolean() == Some(false) => {
                        let wanted = "`true` or nothing".into();
                        self.add(ProblemKind::WrongValue { wanted }, value.written_span());
                    }
                    ("parallel", Nesting::Job) => self.steps(value, Nesting::Group),
                    (key, Nesting::Group) => {
                        let refused = ["background", "wait", "wait-all", "cancel", "parallel"]
                            .into_iter()
                            .find(|refused| *refused == key);
                        if let Some(refused) = refused {
                            self.add(
                                ProblemKind::NotInParallel(refused),
                                entry.key.written_span(),
                            );
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn step_id<'t>(&mut self, id: &'t str, span: Span, known: &mut HashSet<&'t str>) {
        if !is_id(id) {
            self.add(ProblemKind::BadId(id.into()), span);
        } else if !known.insert(id) {
            self.add(ProblemKind::DuplicateId(id.into()), span);
        }
    }

    fn target(&mut self, target: Node<'_>, own: Option<&str>, known: &HashSet<&str>) {
        let Some(id) = target.text().filter(|id| !id.is_empty()) else {
            return;
        };
        let own = own.is_some_and(|own| own.eq_ignore_ascii_case(id));
        if own || !known.contains(id) {
            self.add(ProblemKind::UnknownStep(id.into()), target.written_span());
        }
    }

    /// Jobs that need what does not exist, or each other.
    fn needs(&mut self, workflow: &Workflow, jobs_key: Span) {
        let jobs: Vec<_> = workflow.jobs().collect();
        // How many jobs each one still waits for, and who waits for it.
        let mut waiting: HashMap<&str, usize> = HashMap::new();
        let mut waiters: HashMap<&str, Vec<&str>> = HashMap::new();
        for job in &jobs {
            let needs: HashSet<_> = job.needs().texts().collect();
            waiting.insert(job.id(), needs.len());
            for need in needs {
                waiters.entry(need).or_default().push(job.id());
            }
        }
        let mut ready: Vec<&str> = jobs
            .iter()
            .map(|job| job.id())
            .filter(|id| waiting.get(id) == Some(&0))
            .collect();
        if ready.is_empty() {
            return self.add(ProblemKind::NoFirstJob, jobs_key);
        }
        let mut done: HashSet<&str> = HashSet::new();
        while let Some(id) = ready.pop() {
            if !done.insert(id) {
                continue;
            }
            for waiter in waiters.get(id).into_iter().flatten() {
                if let Some(left) = waiting.get_mut(waiter) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        ready.push(waiter);
                    }
                }
            }
        }
        for job in jobs.iter().filter(|job| !done.contains(job.id())) {
            for need in job.needs().iter() {
                let Some(id) = need.text().filter(|id| !done.contains(id)) else {
                    continue;
                };
                let kind = if waiting.contains_key(id) {
                    ProblemKind::NeedsCycle(id.into())
                } else {
                    ProblemKind::UnknownNeed(id.into())
                };
                self.add(kind, need.written_span());
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Nesting {
    Job,
    Group,
}

/// Letters, digits, `_` and `-`, a letter or `_` first, shorter than 100; `__` is GitHub's own.
fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && text.len() < 100
        && !text.starts_with("__")
}

/// The fields of a time: their bounds and the names of their values.
const CRON_FIELDS: [(u32, u32, &[&str]); 5] = [
    (0, 59, &[]),
    (0, 23, &[]),
    (1, 31, &[]),
    (
        1,
        12,
        &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    ),
    (0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

/// Whether a text is a time that GitHub accepts.
fn is_cron(text: &str) -> bool {
    let mut parts = 0;
    let valid = text.split(' ').filter(|part| !part.is_empty()).all(|part| {
        parts += 1;
        CRON_FIELDS
            .get(parts - 1)
            .is_some_and(|field| part.split(',').all(|item| is_cron_item(item, field)))
    });
    valid && parts == CRON_FIELDS.len()
}

fn is_cron_item(item: &str, field: &(u32, u32, &[&str])) -> bool {
    let (least, most, names) = *field;
    let number = |text: &str| -> Option<u32> {
        let named = names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        match named {
            Some(position) => u32::try_from(position)
                .ok()
                .map(|position| position + least),
            None => text
                .parse()
                .ok()
                .filter(|value| (least..=most).contains(value)),
        }
    };
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (item, None),
    };
    if step.is_some_and(|step| number(step).is_none_or(|step| step == 0)) {
        return false;
    }
    match range.split_once('-') {
        _ if range == "*" => true,
        Some((first, last)) => match (number(first), number(last)) {
            (Some(first), Some(last)) => first <= last,
            _ => false,
        },
        None => number(range).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_checked_field_by_field() {
        for good in [
            "0 0 * * *",
            "*/15 1-5 1,15 JAN mon-fri",
            "0 9 * * 1-5/2",
            "0  0 * * 0",
        ] {
            assert!(is_cron(good), "{good}");
        }
        for bad in [
            "@daily",
            "0 0 * *",
            "60 0 * * *",
            "0 5-1 * * *",
            "* * * * * *",
            "0 0 * * 7",
            "a 0 * * *",
        ] {
            assert!(!is_cron(bad), "{bad}");
        }
    }

    #[test]
    fn ids_are_names() {
        assert!(is_id("build_1-x") && is_id("_a"));
        assert!(
            !is_id("1a")
                && !is_id("a b")
                && !is_id("__a")
                && !is_id("")
                && !is_id(&"a".repeat(100))
        );
    }
}
