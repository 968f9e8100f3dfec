//! What is known of GitHub's contexts at one step, and texts with `${{ }}` resolved by it.
//!
//! An expression may have several possible values (a matrix, `cond && 'a' || 'b'`). One text is made of it: the
//! value that gives the agent most is taken, because each of them is what some run gets.

use std::rc::Rc;

use super::environment::Environment;
use crate::source::{Hole, Location, Node, Traced};
use crate::workflow::expression::{self, Access, Completeness, Lookup, Outcomes, Piece, Value};
use crate::workflow::{Input, Job, Matrix, With};

/// How many expressions of one text are evaluated; what the others are stays open.
const MAX_EVALUATIONS: u32 = 1_000;

/// Where GitHub checks a repository out, as far as paths in scripts are concerned.
pub const WORKSPACE: &str = "/github/workspace";

/// The contexts of a step. Made anew for each job, action and called workflow; a copy for one step costs little.
#[derive(Clone, Debug, Default)]
pub struct Context<'t> {
    /// `env`.
    pub environment: Environment,
    /// `inputs`, names in lower case.
    inputs: Rc<Vec<(String, Lookup)>>,
    /// `matrix`.
    matrix: Option<Matrix<'t>>,
    /// Outputs of earlier steps and jobs, by their path in lower case: `steps.args.outputs.flags`.
    outputs: Rc<Vec<(String, Vec<Traced>)>>,
    /// The folder of the action whose steps these are.
    pub action_path: Option<String>,
}

impl<'t> Context<'t> {
    /// The contexts inside an action of the repository: the caller's variables, and inputs of its own.
    pub fn of_action(caller: &Context<'_>, folder: &str) -> Self {
        Self {
            environment: caller.environment.clone(),
            action_path: Some(folder.to_owned()),
            ..Self::default()
        }
    }

    /// Takes the matrix of a job.
    pub fn enter_job(&mut self, job: Job<'t>) {
        self.matrix = job.matrix();
    }

    /// Sets an input to what a caller passes, else to its default. A value that the caller computes from what is
    /// not known stays unknown.
    pub fn set_input(&mut self, input: Input<'_>, given: With<'_>, caller: Option<&Context<'_>>) {
        let Some(name) = input.name.text() else {
            return;
        };
        let value = match (given.get(name), caller) {
            (Some(node), Some(caller)) => caller.lookup_node(node),
            _ => default_of(input, caller.is_some()),
        };
        let inputs = Rc::make_mut(&mut self.inputs);
        inputs.push((name.to_ascii_lowercase(), value));
    }

    /// Adds variables of an `env:` block, resolved by what is known so far.
    pub fn add_environment(&mut self, block: crate::workflow::Environment<'_>) {
        for entry in block.entries() {
            if let (Some(name), Some(value)) = (entry.key.text(), entry.value.traced()) {
                let value = self.resolve(value);
                self.environment.push(name.to_owned(), value);
            }
        }
    }

    /// Records an output of a step or a job. A second value of the same output is another possible one.
    pub fn add_output(&mut self, path: &str, value: Traced) {
        let path = path.to_ascii_lowercase();
        let outputs = Rc::make_mut(&mut self.outputs);
        match outputs.iter_mut().find(|(known, _)| *known == path) {
            Some((_, values)) => values.push(value),
            None => outputs.push((path, vec![value])),
        }
    }

    /// A node's text with its expressions resolved.
    pub fn text(&self, node: Node<'_>) -> Option<Traced> {
        node.traced().map(|text| self.resolve(text))
    }

    /// A text with its expressions resolved: known ones by their value, others by a hole.
    pub fn resolve(&self, text: Traced) -> Traced {
        if !expression::holds_expression(text.text()) {
            return text;
        }
        let mut out = Traced::default();
        let mut evaluated = 0;
        for piece in expression::pieces(text.text()) {
            match piece {
                Piece::Literal(span) => out.push_range(&text, span.range()),
                Piece::Unterminated(span) => out.push_range(&text, span.range()),
                Piece::Expression { span, inner } => {
                    let source = inner.slice(text.text()).trim();
                    let Some(place) = text.locate(span.range()) else {
                        continue;
                    };
                    let found = if evaluated == MAX_EVALUATIONS || self.is_unknown(source) {
                        None
                    } else {
                        evaluated += 1;
                        self.evaluate(&text.slice(inner.range()))
                    };
                    match found.and_then(|found| strongest(&found, &place)) {
                        Some(value) => out.push(&value),
                        None => {
                            let stand_in = Hole::stand_in(span.len() as usize);
                            out.push(&Traced::hole(&stand_in, source, &place));
                        }
                    }
                }
            }
        }
        out
    }

    /// The possible values of an expression; nothing where it is no expression.
    pub fn evaluate(&self, source: &Traced) -> Option<Outcomes> {
        let parsed = expression::parse(source.text()).ok()?;
        Some(parsed.evaluate(source, &|access| self.lookup(access)))
    }

    /// Whether an expression only reads something of which nothing is known. Most do, and need no evaluation.
    fn is_unknown(&self, expression: &str) -> bool {
        let Some((context, path)) = expression::plain_path(expression) else {
            return false;
        };
        let is = |name: &str| context.eq_ignore_ascii_case(name);
        let first = path.split('.').next().unwrap_or(path);
        let is_first = |name: &str| first.eq_ignore_ascii_case(name);
        if is("env") {
            self.environment.get_ignoring_case(first).is_none()
        } else if is("inputs") {
            !self.inputs.iter().any(|(name, _)| is_first(name))
        } else if is("steps") || is("needs") {
            let known = |output: &str| output.eq_ignore_ascii_case(expression);
            !self.outputs.iter().any(|(output, _)| known(output))
        } else if is("github") {
            !["workspace", "action_path", "event"]
                .into_iter()
                .any(is_first)
        } else if is("matrix") {
            self.matrix.is_none()
        } else {
            ["secrets", "vars", "runner", "job", "strategy"]
                .into_iter()
                .any(is)
        }
    }

    fn lookup_node(&self, node: Node<'_>) -> Lookup {
        if let Some(value) = crate::workflow::value_of(node) {
            return Lookup::Known(vec![value]);
        }
        let Some(text) = node.traced() else {
            return Lookup::Unknown;
        };
        // One expression and nothing else keeps its type and all its possible values.
        let pieces = expression::pieces(text.text().trim());
        if let [Piece::Expression { inner, .. }] = pieces.as_slice() {
            let lead = text.len() - text.text().trim_start().len();
            let range = inner.start as usize + lead..inner.end as usize + lead;
            return match self.evaluate(&text.slice(range)) {
                Some(Outcomes { values, .. }) if values.is_empty() => Lookup::Unknown,
                Some(Outcomes {
                    values,
                    completeness: Completeness::Complete,
                }) => Lookup::Known(values),
                Some(Outcomes { values, .. }) => Lookup::Partly(values),
                None => Lookup::Unknown,
            };
        }
        Lookup::Known(vec![Value::String(self.resolve(text))])
    }

    fn lookup(&self, access: &Access) -> Lookup {
        match access.context() {
            "env" => match access
                .name(1)
                // Expressions fold names to lower case.
                .and_then(|name| self.environment.get_ignoring_case(name))
            {
                Some(value) => Lookup::Known(vec![Value::String(value.clone())]),
                None => Lookup::Unknown,
            },
            "matrix" => self
                .matrix
                .map_or(Lookup::Unknown, |matrix| matrix.lookup(access)),
            "inputs" => access
                .name(1)
                .map_or(Lookup::Unknown, |name| self.input(name)),
            "github" => self.github(access),
            "steps" | "needs" if self.outputs.is_empty() => Lookup::Unknown,
            "steps" | "needs" => self.output(&access.dotted()),
            _ => Lookup::Unknown,
        }
    }

    fn input(&self, name: &str) -> Lookup {
        let found = self.inputs.iter().rev().find(|(known, _)| known == name);
        found.map_or(Lookup::Unknown, |(_, value)| value.clone())
    }

    fn github(&self, access: &Access) -> Lookup {
        match access.dotted().as_str() {
            "github.workspace" => self.path(WORKSPACE),
            "github.action_path" => match &self.action_path {
                Some(path) => self.path(&format!("{WORKSPACE}/{path}")),
                None => Lookup::Unknown,
            },
            path => match path.strip_prefix("github.event.inputs.") {
                Some(name) => self.input(name),
                None => Lookup::Unknown,
            },
        }
    }

    /// A path of the runner, which stands nowhere in the file.
    fn path(&self, path: &str) -> Lookup {
        let nowhere = crate::source::SourceFile::new("", path.to_owned());
        let place = Location::new(&nowhere, crate::source::Span::of(0..path.len()));
        Lookup::Known(vec![Value::String(Traced::synthetic(path, &place))])
    }

    fn output(&self, path: &str) -> Lookup {
        match self.outputs.iter().find(|(known, _)| known == path) {
            Some((_, values)) => {
                Lookup::Partly(values.iter().cloned().map(Value::String).collect())
            }
            None => Lookup::Unknown,
        }
    }
}

/// What an input is without a caller's value. Where people fill it in, they may fill in anything, unless the
/// input offers a choice.
fn default_of(input: Input<'_>, is_called: bool) -> Lookup {
    let of = |node: Node<'_>| crate::workflow::value_of(node);
    match input.kind() {
        Some("choice") => Lookup::Known(input.options().iter().filter_map(of).collect()),
        Some("boolean") => Lookup::Known(vec![Value::Bool(true), Value::Bool(false)]),
        _ => match input.default().and_then(of) {
            Some(value) if is_called => Lookup::Known(vec![value]),
            Some(value) => Lookup::Partly(vec![value]),
            // GitHub gives a caller's omission the empty text.
            None if is_called => Lookup::Known(vec![Value::Null]),
            None => Lookup::Unknown,
        },
    }
}

/// The value that gives the agent most. Values that may be anything count only where one of them names Claude.
fn strongest(found: &Outcomes, place: &Location) -> Option<Traced> {
    let texts: Vec<Traced> = found.values.iter().map(|value| value.text(place)).collect();
    let best = texts.into_iter().reduce(|best, text| {
        if weight(&text) > weight(&best) {
            text
        } else {
            best
        }
    })?;
    let enough = found.completeness == Completeness::Complete || weight(&best) >= Weight::Names;
    enough.then_some(best)
}

/// How much a text matters to the question what an agent may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Weight {
    /// Nothing there.
    Empty,
    /// Some text.
    Text,
    /// Claude is named.
    Names,
    /// Bypass is spelt.
    Bypasses,
}

/// Weighs a text.
pub fn weight(text: &Traced) -> Weight {
    let text = text.text();
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if has("dangerously-skip-permissions") || has("bypassPermissions") {
        Weight::Bypasses
    } else if has("claude") {
        Weight::Names
    } else if text.is_empty() {
        Weight::Empty
    } else {
        Weight::Text
    }
}
