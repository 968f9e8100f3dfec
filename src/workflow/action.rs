//! `action.yml`: the inputs of an action and what it runs.

use std::sync::Arc;

use crate::source::{Entry, Node, SourceFile, Tree};

use super::field::{Environment, Input, List};
use super::step::{Extent, Step};

/// The file of an action.
#[derive(Debug)]
pub struct Action {
    tree: Arc<Tree>,
}

/// What an action runs.
#[derive(Clone, Copy, Debug)]
pub enum Runs<'t> {
    /// Steps.
    Composite,
    /// A container.
    Docker(Docker<'t>),
    /// A program of Node.js.
    Node(Program<'t>),
    /// Something that GitHub does not run.
    Unclear,
}

/// A container action.
#[derive(Clone, Copy, Debug)]
pub struct Docker<'t> {
    node: Node<'t>,
}

/// The entry points of a JavaScript action.
#[derive(Clone, Copy, Debug)]
pub struct Program<'t> {
    /// The runtime: `node24`.
    pub runtime: Node<'t>,
    /// Runs in the step.
    pub main: Option<Node<'t>>,
    /// Runs before the job's first step.
    pub pre: Option<Node<'t>>,
    /// Runs after the job's last step.
    pub post: Option<Node<'t>>,
}

impl Action {
    /// An action from its tree.
    pub fn new(tree: Arc<Tree>) -> Self {
        Self { tree }
    }

    /// Whether a path is that of an action's file.
    pub fn is_path(path: &str) -> bool {
        matches!(path.rsplit('/').next(), Some("action.yml" | "action.yaml"))
    }

    /// The tree.
    pub fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }

    /// The file.
    pub fn file(&self) -> &Arc<SourceFile> {
        self.tree.file()
    }

    /// The mapping of the whole file.
    pub fn root(&self) -> Option<Node<'_>> {
        self.tree.root().filter(|root| root.is_mapping())
    }

    /// `name`
    pub fn name(&self) -> Option<Node<'_>> {
        self.root()?.get("name")
    }

    /// The inputs.
    pub fn inputs(&self) -> impl Iterator<Item = Input<'_>> {
        Input::all(self.root())
    }

    /// An input by name, in any case.
    pub fn input(&self, name: &str) -> Option<Input<'_>> {
        Input::find(self.root(), name)
    }

    /// The outputs.
    pub fn outputs(&self) -> impl Iterator<Item = Input<'_>> {
        Input::named(self.root(), "outputs")
    }

    /// What it runs.
    pub fn runs(&self) -> Runs<'_> {
        let Some(node) = self.runs_node() else {
            return Runs::Unclear;
        };
        let Some(using) = node.get("using") else {
            return Runs::Unclear;
        };
        match using.text().map(str::to_ascii_lowercase).as_deref() {
            Some("composite") => Runs::Composite,
            Some("docker") => Runs::Docker(Docker { node }),
            Some(text) if text.starts_with("node") => Runs::Node(Program {
                runtime: using,
                main: node.get("main"),
                pre: node.get("pre"),
                post: node.get("post"),
            }),
            _ => Runs::Unclear,
        }
    }

    /// The steps of a composite action; none for others.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        Step::walk(self.runs_node().and_then(|runs| runs.get("steps")))
    }

    /// Whether all steps are walked.
    pub fn extent(&self) -> Extent {
        Step::walk(self.runs_node().and_then(|runs| runs.get("steps")))
            .measure()
            .1
    }

    fn runs_node(&self) -> Option<Node<'_>> {
        self.root()?.get("runs")
    }
}

impl<'t> Docker<'t> {
    /// `Dockerfile`, or `docker://image`.
    pub fn image(self) -> Option<Node<'t>> {
        self.node.get("image")
    }

    /// The programs it starts: before, in and after the step.
    pub fn entrypoints(self) -> impl Iterator<Item = Entry<'t>> {
        ["pre-entrypoint", "entrypoint", "post-entrypoint"]
            .into_iter()
            .filter_map(move |key| self.node.entry(key))
    }

    /// Arguments.
    pub fn arguments(self) -> List<'t> {
        List::of(Some(self.node), "args")
    }

    /// Variables.
    pub fn environment(self) -> Environment<'t> {
        Environment::of(Some(self.node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::yaml;

    fn action(text: &str) -> Action {
        Action::new(Arc::new(
            yaml::parse(&SourceFile::new("action.yml", text)).unwrap(),
        ))
    }

    #[test]
    fn a_composite_action_has_inputs_and_steps() {
        let action = action(
            "inputs:\n  Model: {default: opus}\nruns:\n  using: composite\n  steps:\n    - run: claude\n      shell: bash\n    - uses: a/b@v1\n",
        );
        assert!(matches!(action.runs(), Runs::Composite));
        assert_eq!(
            action.input("model").unwrap().default().unwrap().text(),
            Some("opus")
        );
        assert_eq!(action.steps().count(), 2);
    }

    #[test]
    fn docker_and_node_actions_name_their_programs() {
        let docker =
            action("runs: {using: docker, image: 'docker://a', entrypoint: /x.sh, args: [-p]}");
        let Runs::Docker(runs) = docker.runs() else {
            panic!("docker")
        };
        assert_eq!(
            runs.entrypoints().next().unwrap().value.text(),
            Some("/x.sh")
        );
        assert_eq!(runs.arguments().texts().collect::<Vec<_>>(), ["-p"]);
        let node = action("runs: {using: node24, main: dist/index.js, post: dist/post.js}");
        let Runs::Node(program) = node.runs() else {
            panic!("node")
        };
        assert!(program.pre.is_none() && program.post.is_some());
        assert!(matches!(action("runs: {}").runs(), Runs::Unclear));
        assert_eq!(action("").inputs().count(), 0);
    }

    #[test]
    fn only_the_two_names_are_actions() {
        assert!(Action::is_path("a/action.yml") && Action::is_path("action.yaml"));
        assert!(!Action::is_path("a/my-action.yml"));
    }
}
