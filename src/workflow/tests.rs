use std::sync::Arc;

use proptest::prelude::*;

use super::expression::{Completeness, parse};
use super::permissions::{Scope, Source};
use super::reference::Reference;
use super::*;
use crate::source::{Node, SourceFile, Traced, yaml};

fn workflow(text: &str) -> Workflow {
    let file = SourceFile::new(".github/workflows/w.yml", text);
    Workflow::new(Arc::new(yaml::parse(&file).unwrap()))
}

/// A workflow with one job of these lines.
fn job(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("on: push\njobs:\n  a:\n{lines}")
}

/// A workflow with these steps.
fn steps(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("  {line}\n")).collect();
    job(&format!("runs-on: x\nsteps:\n{lines}"))
}

/// Each problem with the text it points at.
fn problems(text: &str) -> Vec<(String, String)> {
    workflow(text)
        .problems()
        .iter()
        .map(|problem| {
            (
                problem.kind.to_string(),
                problem.span.slice(text).to_owned(),
            )
        })
        .collect()
}

fn only_problem(text: &str) -> (String, String) {
    let mut all = problems(text);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn texts<'t>(nodes: impl Iterator<Item = Node<'t>>) -> Vec<&'t str> {
    nodes.filter_map(Node::text).collect()
}

#[test]
fn a_workflow_is_no_more_than_its_tree() {
    assert!(size_of::<Workflow>() <= 40);
}

#[test]
fn steps_of_an_alias_are_walked_with_the_places_of_the_anchor() {
    let text =
        "on: push\njobs:\n  a: &a\n    runs-on: x\n    steps:\n      - run: claude\n  b: *a\n";
    let workflow = workflow(text);
    let runs: Vec<_> = workflow
        .jobs()
        .flat_map(Job::steps)
        .filter_map(Step::run)
        .collect();
    assert_eq!(texts(runs.iter().copied()), ["claude", "claude"]);
    assert_eq!(runs[1].location().start().line, 6);
    assert!(workflow.problems().is_empty());
}

#[test]
fn steps_of_a_parallel_group_are_walked_and_keep_their_group() {
    let workflow = workflow(&steps(
        "- run: a\n- parallel:\n    - run: b\n    - uses: o/r@v1\n- wait-all:",
    ));
    let all: Vec<_> = workflow.jobs().flat_map(Job::steps).collect();
    let kinds: Vec<_> = all.iter().map(|step| (step.kind(), step.nesting)).collect();
    assert_eq!(
        kinds,
        [
            (StepKind::Run, 0),
            (StepKind::Parallel, 0),
            (StepKind::Run, 1),
            (StepKind::Uses, 1),
            (StepKind::WaitAll, 0)
        ]
    );
    assert_eq!(all[2].group.unwrap().id(), all[1].node().id());
    assert_eq!(all[4].ordinal, 4);
}

#[test]
fn an_alias_to_its_own_list_ends() {
    let text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: &s\n      - parallel: *s\n";
    let workflow = workflow(text);
    assert!(workflow.jobs().flat_map(Job::steps).count() < MAX_STEPS);
    assert_eq!(workflow.extent(), Extent::Cut);
    assert!(
        workflow
            .problems()
            .iter()
            .any(|problem| problem.kind == ProblemKind::TooLarge)
    );
}

#[test]
fn aliases_that_multiply_are_cut_and_said() {
    let many = "          - run: x\n".repeat(1_500);
    let jobs: String = (0..900).map(|n| format!("  j{n}: *job\n")).collect();
    let text = format!("on: push\njobs:\n  first: &job\n    runs-on: x\n    steps:\n{many}{jobs}");
    let workflow = workflow(&text);
    assert_eq!(workflow.extent(), Extent::Cut);
    assert!(workflow.jobs().flat_map(Job::steps).count() < 200_000);
    assert!(
        workflow
            .problems()
            .iter()
            .any(|problem| problem.kind.hides_something())
    );
}

#[test]
fn the_nearest_variable_wins() {
    let text = "on: push\nenv: {A: w, B: w, C: w}\njobs:\n  a:\n    runs-on: x\n    env: {A: j, B: j}\n    steps:\n      - run: x\n        env: {A: s}\n";
    let workflow = workflow(text);
    let job = workflow.job("A").unwrap();
    let step = job.steps().next();
    let value = |name| {
        job.variable(step, name)
            .map(|(layer, entry)| (layer, entry.value.text().unwrap()))
    };
    assert_eq!(value("A"), Some((Layer::Step, "s")));
    assert_eq!(value("B"), Some((Layer::Job, "j")));
    assert_eq!(value("C"), Some((Layer::Workflow, "w")));
    assert_eq!(value("a"), None);
}

#[test]
fn variables_may_be_one_expression() {
    let workflow = workflow(&job(
        "runs-on: x\nenv: ${{ fromJSON(vars.E) }}\nsteps: [{run: x}]",
    ));
    let environment = workflow.job("a").unwrap().environment();
    assert!(environment.expression().is_some() && environment.get("A").is_none());
    assert!(workflow.problems().is_empty());
}

#[test]
fn defaults_of_the_job_fill_up_from_the_workflow() {
    let text = "on: push\ndefaults: {run: {shell: bash, working-directory: w}}\njobs:\n  a:\n    runs-on: [self-hosted, x]\n    defaults: {run: {shell: pwsh}}\n    steps: [{run: x}]\n";
    let workflow = workflow(text);
    let job = workflow.job("a").unwrap();
    assert_eq!(job.defaults().shell.unwrap().text(), Some("pwsh"));
    assert_eq!(job.defaults().working_directory.unwrap().text(), Some("w"));
    assert_eq!(texts(job.runs_on()), ["self-hosted", "x"]);
}

#[test]
fn a_runner_group_has_labels_and_a_name() {
    let workflow = workflow(&job(
        "runs-on: {group: big, labels: [a, b]}\nsteps: [{run: x}]",
    ));
    let job = workflow.job("a").unwrap();
    assert_eq!(texts(job.runs_on()), ["a", "b"]);
    assert_eq!(job.runner_group().unwrap().text(), Some("big"));
}

#[test]
fn inputs_of_a_step_are_found_in_any_case() {
    let workflow = workflow(&steps("- uses: o/r@v1 # v1.2\n  with: {Claude_Args: x}"));
    let step = workflow.job("a").unwrap().steps().next().unwrap();
    assert_eq!(step.with().get("claude_args").unwrap().text(), Some("x"));
    assert!(
        matches!(step.reference(), Some(Reference::Repository(repository)) if repository.is("O", "R"))
    );
    let comment = step.version_comment().unwrap();
    assert_eq!(comment.slice(workflow.file().text()), "# v1.2");
}

#[test]
fn a_comment_of_another_line_is_no_version() {
    let workflow = workflow(&steps("- uses: o/r@v1\n  # v1.2\n  with: {a: x}"));
    assert_eq!(
        workflow
            .job("a")
            .unwrap()
            .steps()
            .next()
            .unwrap()
            .version_comment(),
        None
    );
}

#[test]
fn time_limits_are_numbers_expressions_or_wrong() {
    let limit = |value: &str| -> String {
        let workflow = workflow(&job(&format!(
            "runs-on: x\ntimeout-minutes: {value}\nsteps: [{{run: x}}]"
        )));
        match workflow.job("a").unwrap().timeout() {
            Timeout::Absent => "absent".to_owned(),
            Timeout::Minutes(minutes, _) => format!("{minutes} {}", workflow.problems().len()),
            Timeout::Expression(_) => format!("expression {}", workflow.problems().len()),
            Timeout::Invalid(_) => format!("invalid {}", workflow.problems().len()),
        }
    };
    assert_eq!(limit("30"), "30 0");
    assert_eq!(limit("0x10"), "16 0");
    assert_eq!(
        limit("${{ fromJSON(inputs.limit || '120') }}"),
        "expression 0"
    );
    assert_eq!(limit("'30'"), "invalid 1");
    assert_eq!(limit("soon"), "invalid 1");
}

#[test]
fn a_bad_time_limit_is_shown_where_it_stands() {
    let (message, place) =
        only_problem(&job("runs-on: x\ntimeout-minutes: soon\nsteps: [{run: x}]"));
    assert_eq!(
        (message.as_str(), place.as_str()),
        ("`timeout-minutes` takes a number or an expression", "soon")
    );
}

#[test]
fn a_caller_has_inputs_secrets_and_the_job_token() {
    let workflow = workflow(
        "on: push\npermissions: {contents: write}\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    with: {Limit: 5}\n    secrets: inherit\n",
    );
    let job = workflow.job("a").unwrap();
    assert_eq!(
        job.reference().unwrap().own_path(),
        Some(".github/workflows/x.yml")
    );
    assert_eq!(job.with().get("limit").unwrap().text(), Some("5"));
    assert!(matches!(job.secrets(), Secrets::Inherit(_)));
    assert_eq!(job.token().source, Source::Workflow);
    assert!(job.token().can_write(Scope::Contents));
}

#[test]
fn containers_name_their_image_either_way() {
    let workflow = workflow(&job(
        "runs-on: x\ncontainer: node:22\nservices: {db: {image: postgres, env: {A: b}}}\nenvironment: {name: prod}\nsteps: [{run: x}]",
    ));
    let job = workflow.job("a").unwrap();
    assert_eq!(
        job.container().unwrap().image().unwrap().text(),
        Some("node:22")
    );
    let (name, service) = job.services().next().unwrap();
    assert_eq!(
        (name.text(), service.image().unwrap().text()),
        (Some("db"), Some("postgres"))
    );
    assert!(service.environment().get("A").is_some());
    assert_eq!(job.deployment().unwrap().text(), Some("prod"));
}

/// The values of an expression in a job with this matrix; `…` where there may be others.
fn matrix_values(matrix: &str, expression: &str) -> Vec<String> {
    let workflow = workflow(&job(&format!(
        "runs-on: x\nstrategy:\n  matrix: {matrix}\nsteps: [{{run: x}}]"
    )));
    let matrix = workflow.job("a").unwrap().matrix().unwrap();
    let file = SourceFile::new("e", expression);
    let source = Traced::of_file(&file, crate::source::Span::of(0..expression.len()));
    let outcomes = parse(expression)
        .unwrap()
        .evaluate(&source, &|access| matrix.lookup(access));
    let place = source.location().unwrap();
    let mut values: Vec<_> = outcomes
        .values
        .iter()
        .map(|value| value.text(&place).text().to_owned())
        .collect();
    if outcomes.completeness == Completeness::Partial {
        values.push("…".to_owned());
    }
    values
}

#[test]
fn a_matrix_key_has_the_values_of_its_list_and_of_include() {
    let matrix = "{os: [a, b], include: [{os: c}, {flags: --yes}]}";
    assert_eq!(matrix_values(matrix, "matrix.OS"), ["a", "b", "c"]);
    assert_eq!(matrix_values(matrix, "matrix.flags"), ["--yes", ""]);
    assert_eq!(matrix_values(matrix, "matrix.nothing"), [""]);
}

#[test]
fn a_matrix_entry_can_be_a_mapping() {
    let matrix = "{entry: [{flags: [x, y]}, {flags: [z]}]}";
    assert_eq!(matrix_values(matrix, "matrix.entry.flags[0]"), ["x", "z"]);
}

#[test]
fn expressions_in_a_matrix_leave_it_open() {
    assert_eq!(matrix_values("${{ fromJSON(vars.M) }}", "matrix.os"), ["…"]);
    assert_eq!(
        matrix_values("{os: \"${{ fromJSON(vars.M) }}\"}", "matrix.os"),
        ["…"]
    );
    assert_eq!(
        matrix_values("{os: [a, \"${{ vars.M }}\"]}", "matrix.os"),
        ["a", "…"]
    );
}

#[test]
fn a_file_that_is_no_workflow_is_said_once() {
    for text in ["", "- a", "text", "~"] {
        assert_eq!(
            only_problem(text).0,
            "the file is not a workflow: it holds no mapping"
        );
    }
}

#[test]
fn missing_and_unknown_keys_are_named() {
    assert_eq!(
        only_problem("name: x\njobs: {a: {runs-on: x, steps: [{run: x}]}}"),
        ("`on` is missing".into(), "name".into())
    );
    assert_eq!(
        only_problem("on: push"),
        ("`jobs` is missing".into(), "on".into())
    );
    assert_eq!(
        only_problem(&job("steps: [{run: x}]")),
        ("`runs-on` is missing".into(), "a".into())
    );
    let (message, place) = only_problem(&job("runs-on: x\nstepz: x\nsteps: [{run: x}]"));
    assert_eq!(
        (message.as_str(), place.as_str()),
        ("GitHub does not know the key `stepz` here", "stepz")
    );
}

#[test]
fn a_step_runs_one_thing() {
    assert_eq!(
        only_problem(&steps("- {run: x, uses: o/r@v1}")),
        (
            "a step has either `uses` or `run`, not both".into(),
            "uses".into()
        )
    );
    assert_eq!(
        only_problem(&steps("- name: x")).0,
        "the step has neither `uses` nor `run`"
    );
}

#[test]
fn merge_keys_duplicates_and_second_documents_are_refused() {
    let merge = "on: push\nx-base: &b {A: b}\njobs:\n  a:\n    runs-on: x\n    env: {<<: *b}\n    steps: [{run: x}]\n";
    assert!(problems(merge).contains(&(
        "GitHub does not accept the merge key `<<`".into(),
        "<<".into()
    )));
    let twice = job("runs-on: x\nRuns-On: y\nsteps: [{run: x}]");
    assert_eq!(
        only_problem(&twice),
        ("`Runs-On` is already defined".into(), "Runs-On".into())
    );
    let matrix =
        job("runs-on: x\nstrategy: {matrix: {include: [{a: 1, A: 2}]}}\nsteps: [{run: x}]");
    assert_eq!(only_problem(&matrix).0, "`A` is already defined");
    let documents = format!("{}---\na: b\n", job("runs-on: x\nsteps: [{run: x}]"));
    assert_eq!(
        only_problem(&documents).0,
        "a workflow file holds one document only"
    );
}

#[test]
fn values_are_never_shown() {
    let all = problems(&job(
        "runs-on: x\npermissions: sk-secret\nsteps: [{run: x}]",
    ));
    assert!(
        all.iter()
            .all(|(message, _)| !message.contains("sk-secret"))
    );
    assert_eq!(
        all[0].0,
        "`read-all` or `write-all` or a mapping is expected here"
    );
}

#[test]
fn expressions_are_checked_where_they_stand() {
    let text = steps("- run: |\n    echo ${{ github.ref }}\n    echo ${{ gihub.ref }}");
    assert_eq!(
        only_problem(&text),
        (
            "`gihub` is not available in this place".into(),
            "gihub".into()
        )
    );
    assert_eq!(
        only_problem(&steps("- run: \"${{ github.ref\"")).0,
        "`${{` has no closing `}}`"
    );
    assert_eq!(
        only_problem(&job("if: env.A == 'b'\nruns-on: x\nsteps: [{run: x}]")).1,
        "env"
    );
    assert_eq!(
        only_problem(&steps("- {run: x, if: github.ref = 'x'}")).0,
        "unexpected symbol `=` in the expression"
    );
    assert_eq!(
        only_problem(
            "on: push\nname: ${{ github.ref }}\njobs: {a: {runs-on: x, steps: [{run: x}]}}"
        )
        .0,
        "an expression is not allowed here"
    );
}

#[test]
fn background_steps_are_checked() {
    assert!(
        problems(&steps(
            "- {id: s, run: x, background: true}\n- wait: s\n- cancel: s"
        ))
        .is_empty()
    );
    assert_eq!(
        only_problem(&steps("- wait: s\n- {id: s, run: x}")).0,
        "there is no step `s` before this one"
    );
    assert_eq!(
        only_problem(&steps("- parallel: [{run: x, background: true}]")).0,
        "`background` is not allowed in a parallel group"
    );
}

#[test]
fn jobs_that_wait_for_each_other_are_said() {
    let text = "on: push\njobs:\n  r: {runs-on: x, steps: [{run: x}]}\n  a: {runs-on: x, needs: b, steps: [{run: x}]}\n  b: {runs-on: x, needs: [a, r, n], steps: [{run: x}]}\n";
    let messages: Vec<_> = problems(text)
        .into_iter()
        .map(|(message, _)| message)
        .collect();
    assert_eq!(
        messages,
        [
            "the jobs wait for each other through `b`",
            "the jobs wait for each other through `a`",
            "there is no job `n`"
        ]
    );
}

#[test]
fn what_github_refuses_is_still_read() {
    let workflow = workflow("jobs:\n  a:\n    steps:\n      - run: claude\n        usess: x\n");
    assert!(!workflow.problems().is_empty());
    assert_eq!(
        texts(workflow.jobs().flat_map(Job::steps).filter_map(Step::run)),
        ["claude"]
    );
}

/// Lines of workflows in any order and depth.
fn lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "on: push",
        "on:",
        "push:",
        "jobs:",
        "a:",
        "b: *x",
        "steps:",
        "- run: x",
        "- parallel:",
        "runs-on: &x y",
        "env:",
        "A: ${{ env.B }}",
        "timeout-minutes: 5",
        "permissions: write-all",
        "- uses: o/r@v1",
        "with: &x",
        "if: a ==",
        "needs: [a, b]",
        "<<: *x",
        "strategy:",
        "matrix: {a: [1]}",
        "schedule:",
        "- cron: '* *'",
        "? [a]",
        "inputs:",
        "workflow_call:",
        "types: [opened]",
        "secrets: inherit",
        "---",
        "services:",
    ]);
    prop::collection::vec((0usize..5, line), 0..30).prop_map(|lines| {
        lines
            .into_iter()
            .map(|(depth, line)| format!("{}{line}\n", "  ".repeat(depth)))
            .collect()
    })
}

proptest! {
    #[test]
    fn no_file_panics_and_places_fit(text in prop_oneof![lines(), "\\PC*"]) {
        let file = SourceFile::new("w.yml", text.as_str());
        if let Ok(tree) = yaml::parse(&file) {
            let workflow = Workflow::new(Arc::new(tree));
            for problem in workflow.problems() {
                prop_assert!(text.get(problem.span.range()).is_some());
            }
            for job in workflow.jobs() {
                let _ = (job.token(), job.timeout(), job.matrix().map(|matrix| matrix.values("a")));
                for step in job.steps() {
                    let _ = (step.kind(), step.reference(), step.version_comment());
                }
            }
            let action = Action::new(Arc::clone(workflow.tree()));
            let _ = (action.runs(), action.steps().count(), action.inputs().count());
        }
    }
}
