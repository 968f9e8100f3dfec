//! `portcullis review` against a GitHub that keeps its rules and fails when told to: the scenarios of
//! `facts/github-delivery.md`, section 6.7.

use std::collections::BTreeSet;
use std::sync::Arc;

use portcullis::command::review::{Arguments, World, run_in};
use portcullis::github::client::{Limits, Stop, VirtualClock};
use portcullis::report::Style;

use crate::github::{
    BOT, Behaviour, Environment, Event, Fake, Fault, HUMAN, Occasion, Permission, Schedule,
};

const PATH: &str = ".github/workflows/agents.yml";

/// A workflow with this many findings, each in a job of its own.
fn agents(findings: usize) -> String {
    let mut text = String::from("on: push\npermissions: write-all\njobs:\n");
    if findings == 0 {
        text.push_str("  build:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n");
    }
    for number in 0..findings {
        text.push_str(&format!(
            "  fix{number}:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      \
             - run: claude -p --max-turns 5 --dangerously-skip-permissions fix\n"
        ));
    }
    text
}

fn fake(findings: usize) -> Fake {
    Fake::start()
        .base(&[(PATH, &agents(0))])
        .pull_request(7)
        .head(&[(PATH, &agents(findings))])
}

fn push(text: &str) -> Event {
    Event::Push(vec![(PATH.to_owned(), text.to_owned())])
}

struct Ended {
    code: u8,
    log: String,
    delivered: String,
    paused: u64,
}

fn run(fake: &Fake) -> Ended {
    run_as(fake, Occasion::PullRequest, Permission::PullRequests)
}

fn run_as(fake: &Fake, occasion: Occasion, permission: Permission) -> Ended {
    let environment = fake.environment(occasion, permission);
    run_in_environment(&environment)
}

fn run_in_environment(environment: &Environment) -> Ended {
    let folder = environment.folder.path().display().to_string();
    let lookup = |name: &str| match name {
        // A folder without a checkout: everything comes through the API.
        "INPUT_PATH" => Some(folder.clone()),
        name => environment.variables.get(name).cloned(),
    };
    let clock = Arc::new(VirtualClock::new());
    let mut log = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let code = runtime.block_on(run_in(
        &Arguments::default(),
        &mut World {
            environment: &lookup,
            limits: Limits::default(),
            clock: Arc::clone(&clock) as Arc<dyn portcullis::github::client::Clock>,
            log: &mut log,
            style: Style::default(),
            stop: Stop::new(),
        },
    ));
    let outputs = environment.written("GITHUB_OUTPUT");
    let after = outputs.rsplit("delivered<<").next().unwrap_or_default();
    Ended {
        code,
        log: String::from_utf8(log).unwrap(),
        delivered: after.lines().nth(1).unwrap_or_default().to_owned(),
        paused: clock
            .pauses()
            .iter()
            .map(std::time::Duration::as_secs)
            .sum(),
    }
}

/// Lines on which comments of ours stand, each once.
fn lines(fake: &Fake) -> Vec<Option<u64>> {
    let mut lines: Vec<Option<u64>> = fake.threads().iter().map(|thread| thread.line).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn s01_three_findings_become_one_review_and_one_summary() {
    let fake = fake(3);
    let ended = run(&fake);
    assert_eq!(ended.code, 1, "{}", ended.log);
    assert_eq!(ended.delivered, "review", "{}", ended.log);
    assert_eq!(lines(&fake), [Some(8), Some(13), Some(18)]);
    assert_eq!(fake.summaries().len(), 1);
    let reviews = fake
        .writes()
        .iter()
        .filter(|call| call.path.ends_with("/reviews"))
        .count();
    assert_eq!(reviews, 1);
    fake.assert_clean();
}

#[test]
fn s02_a_second_run_writes_nothing() {
    let fake = fake(3);
    run(&fake);
    fake.forget();
    let ended = run(&fake);
    assert_eq!(ended.code, 1);
    assert!(fake.writes().is_empty(), "{:?}", fake.writes());
    fake.assert_clean();
}

#[test]
fn s03_a_shift_of_lines_brings_no_new_comment() {
    let fake = fake(3);
    run(&fake);
    fake.happen(&push(&format!("{}{}", "# more\n".repeat(10), agents(3))));
    run(&fake);
    assert_eq!(fake.threads().len(), 3);
    assert_eq!(lines(&fake), [Some(18), Some(23), Some(28)]);
    fake.assert_clean();
}

#[test]
fn s04_s05_what_is_fixed_is_marked_and_what_comes_back_is_reopened() {
    let fake = fake(2);
    run(&fake);
    fake.happen(&push(&agents(1)));
    run(&fake);
    let fixed = || {
        fake.threads()
            .iter()
            .filter(|one| one.body.contains("**Fixed**"))
            .count()
    };
    assert_eq!(fixed(), 1);
    fake.happen(&push(&agents(2)));
    run(&fake);
    assert!(
        fake.threads()
            .iter()
            .any(|one| one.line == Some(13) && !one.body.contains("**Fixed**"))
    );
    fake.assert_clean();
}

#[test]
fn s06_what_a_person_resolved_stays_as_it_is() {
    let fake = fake(2);
    run(&fake);
    let thread = fake.threads()[0].id;
    fake.resolve_by(HUMAN, thread);
    fake.forget();
    run(&fake);
    let review = fake
        .writes()
        .iter()
        .any(|call| call.path.contains("/reviews"));
    assert!(!review);
    assert_eq!(fake.threads().len(), 2);
    fake.assert_clean();
}

#[test]
fn s07_a_thread_with_replies_is_never_deleted() {
    let fake = fake(1);
    run(&fake);
    let thread = fake.threads()[0].id;
    fake.reply_by(HUMAN, thread, "we know");
    fake.happen(&push(&agents(0)));
    run(&fake);
    assert_eq!(fake.threads().len(), 1);
    assert!(fake.threads()[0].body.contains("**Fixed**"));
    assert!(fake.writes().iter().all(|call| call.method != "DELETE"));
    fake.assert_clean();
}

#[test]
fn s08_s09_a_mark_counts_only_in_a_comment_of_our_own() {
    let fake = fake(1);
    run(&fake);
    let body = fake.threads()[0].body.clone();
    let other = self::fake(1);
    other.comment_by(HUMAN, PATH, 8, &body);
    let ended = run(&other);
    assert_eq!(ended.code, 1);
    assert_eq!(
        other.threads().len(),
        1,
        "a stranger's mark keeps nothing away"
    );
    // A mark that somebody broke is no mark.
    let id = fake.threads()[0].id;
    fake.change(id, |comment| {
        comment.body = "<!-- portcullis:1 %%% -->".into()
    });
    assert_eq!(run(&fake).code, 1);
    other.assert_clean();
}

#[test]
fn s10_one_refused_comment_of_many_costs_only_itself() {
    let fake = fake(25);
    fake.fault(Fault::on("POST", "/reviews", refusal()));
    let ended = run(&fake);
    assert_eq!(ended.delivered, "review", "{}", ended.log);
    let reviews = fake
        .writes()
        .iter()
        .filter(|call| call.path.ends_with("/reviews"))
        .count();
    assert!(reviews <= 9, "{reviews}");
    assert_eq!(standing(&fake), 25);
    fake.assert_clean();
}

#[test]
fn s11_where_every_line_is_refused_nothing_is_lost() {
    let fake = fake(25);
    fake.fault(Fault::on("POST", "/reviews", refusal()).always());
    let ended = run(&fake);
    assert_eq!(ended.code, 1);
    let on_file = fake.threads().iter().filter(|one| one.on_file).count();
    assert_eq!(on_file, 5);
    assert!(
        fake.summaries()[0]
            .body
            .matches("--dangerously-skip-permissions")
            .count()
            >= 20
    );
    fake.forget();
    fake.calm();
    run(&fake);
    assert!(
        fake.writes().is_empty(),
        "what GitHub refused of this head is not tried again"
    );
    fake.assert_clean();
}

fn refusal() -> Behaviour {
    Behaviour::Refuse {
        status: 422,
        headers: Vec::new(),
        body: r#"{"message": "Unprocessable Entity", "errors": ["Pull request review thread line must be part of the diff"]}"#.into(),
    }
}

/// How many findings stand on lines or on files.
fn standing(fake: &Fake) -> usize {
    fake.threads().len()
}

#[test]
fn s12_an_empty_review_that_somebody_left_does_not_stand_in_the_way() {
    let fake = fake(2);
    fake.pending_review_by(BOT, "");
    let ended = run(&fake);
    assert_eq!(ended.delivered, "review", "{}", ended.log);
    assert_eq!(standing(&fake), 2);
    fake.assert_clean();
}

#[test]
fn s14_s15_a_token_that_may_only_read_leaves_annotations_and_the_verdict() {
    let fake = fake(2);
    let ended = run_as(&fake, Occasion::PullRequest, Permission::Read);
    assert_eq!(ended.code, 1);
    assert_eq!(ended.delivered, "annotations");
    assert!(ended.log.contains("::error file="), "{}", ended.log);
    assert!(ended.log.contains("pull-requests: write"), "{}", ended.log);
    assert!(fake.writes().len() <= 1, "nothing is tried again");
    fake.assert_clean();
}

#[test]
fn s16_s17_a_limit_is_waited_for_as_long_as_it_asks() {
    for (after, at_least) in [(Some(2), 2), (None, 60)] {
        let fake = fake(1);
        fake.fault(Fault::on(
            "POST",
            "/reviews",
            Behaviour::secondary(403, after),
        ));
        let ended = run(&fake);
        assert_eq!(ended.delivered, "review", "{}", ended.log);
        assert!(ended.paused >= at_least, "{}", ended.paused);
        assert_eq!(standing(&fake), 1);
    }
}

#[test]
fn s18_a_limit_of_an_hour_is_not_waited_for() {
    let fake = fake(1);
    fake.fault(Fault::on("POST", "/reviews", Behaviour::secondary(403, Some(3600))).always());
    let ended = run(&fake);
    assert_eq!(ended.code, 1);
    assert_eq!(ended.delivered, "annotations");
    assert!(ended.paused < 120, "{}", ended.paused);
    assert!(fake.threads().is_empty());
}

#[test]
fn s21_a_host_without_graphql_is_asked_through_rest() {
    let fake = fake(2);
    fake.world().graphql_off = true;
    let ended = run(&fake);
    assert_eq!(ended.code, 1, "{}", ended.log);
    assert_eq!(standing(&fake), 2, "{}", ended.log);
    fake.forget();
    run(&fake);
    assert!(
        !fake
            .writes()
            .iter()
            .any(|call| call.path.contains("/reviews")),
        "nothing is said twice"
    );
    fake.assert_clean();
}

#[test]
fn s22_s23_a_review_that_arrived_in_spite_of_an_error_is_not_sent_again() {
    for behaviour in [
        Behaviour::status(502),
        Behaviour::DoneBut(502),
        Behaviour::Reset,
        Behaviour::DoneThenReset,
        Behaviour::Truncate,
    ] {
        for path in ["/reviews", "/issues/7/comments"] {
            let fake = fake(3);
            fake.fault(Fault::on("POST", path, behaviour.clone()));
            let ended = run(&fake);
            assert_eq!(ended.code, 1, "{}", ended.log);
            assert_eq!(lines(&fake), [Some(8), Some(13), Some(18)], "{behaviour:?}");
            assert_eq!(fake.summaries().len(), 1, "{behaviour:?}");
        }
    }
}

#[test]
fn s26_a_token_that_expired_leaves_no_result_without_a_checkout() {
    let fake = fake(1);
    let ended = run_as(&fake, Occasion::PullRequest, Permission::Expired);
    assert_eq!(ended.code, 3, "{}", ended.log);
}

#[test]
fn s39_sixty_findings_become_twenty_five_comments_and_a_table() {
    let fake = fake(60);
    let ended = run(&fake);
    assert_eq!(ended.delivered, "review", "{}", ended.log);
    assert_eq!(standing(&fake), 25);
    fake.forget();
    run(&fake);
    assert!(fake.writes().is_empty());
    fake.assert_clean();
}

#[test]
fn s43_a_head_that_moves_silences_the_older_run() {
    for (method, path) in [("GET", "/pulls/7"), ("POST", "/graphql")] {
        let fake = fake(2);
        fake.fault(Fault::on(
            method,
            path,
            Behaviour::Meanwhile(push(&agents(1))),
        ));
        let ended = run(&fake);
        assert_eq!(ended.code, 1);
        assert_eq!(ended.delivered, "none", "{}", ended.log);
        assert!(fake.writes().is_empty());
    }
}

#[test]
fn s43_a_head_that_moves_before_the_summary_leaves_it_to_the_newer_run() {
    let fake = fake(2);
    fake.fault(Fault::on(
        "POST",
        "/reviews",
        Behaviour::Meanwhile(push(&agents(1))),
    ));
    run(&fake);
    assert!(fake.summaries().is_empty());
    let ended = run(&fake);
    assert_eq!(ended.delivered, "review", "{}", ended.log);
    assert_eq!(fake.summaries().len(), 1);
    fake.assert_clean();
}

#[test]
fn s48_a_pull_request_that_is_closed_or_locked_meanwhile_is_left_alone() {
    for event in [Event::Close, Event::Lock] {
        let fake = fake(1);
        fake.fault(Fault::on(
            "GET",
            "/pulls/7/files",
            Behaviour::Meanwhile(event),
        ));
        let ended = run(&fake);
        assert_eq!(ended.code, 1);
        assert_eq!(ended.delivered, "none", "{}", ended.log);
        assert!(fake.threads().is_empty());
    }
}

#[test]
fn s50_dependabot_and_forks_get_the_whole_verdict_and_no_write() {
    for (fake, occasion) in [
        (fake(2), Occasion::Dependabot),
        (fake(2).forked(), Occasion::PullRequest),
        (fake(2).of_deleted_fork(), Occasion::PullRequest),
    ] {
        let ended = run_as(&fake, occasion, Permission::Read);
        assert_eq!(ended.code, 1, "{}", ended.log);
        assert_eq!(ended.delivered, "annotations");
        assert!(fake.writes().is_empty());
        assert!(ended.log.contains("relay"), "{}", ended.log);
        fake.assert_clean();
    }
}

#[test]
fn s54_a_relay_comments_for_a_fork_and_does_not_fail() {
    let fake = fake(2).forked();
    let ended = run_as(&fake, Occasion::WorkflowRun, Permission::PullRequests);
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert_eq!(ended.delivered, "review", "{}", ended.log);
    assert_eq!(standing(&fake), 2);
    // The head moved on: its own relay comes.
    let environment = fake.environment(Occasion::WorkflowRun, Permission::PullRequests);
    fake.happen(&push(&agents(1)));
    fake.forget();
    let ended = run_in_environment(&environment);
    assert_eq!(ended.code, 0);
    assert!(fake.writes().is_empty());
    fake.assert_clean();
}

#[test]
fn s55_pull_request_target_without_a_checkout_comments_for_a_fork() {
    let fake = fake(1).forked();
    let ended = run_as(&fake, Occasion::PullRequestTarget, Permission::PullRequests);
    assert_eq!(ended.code, 1, "{}", ended.log);
    assert_eq!(standing(&fake), 1, "{}", ended.log);
    fake.assert_clean();
}

#[test]
fn s56_an_enterprise_server_is_found_at_its_own_addresses() {
    let fake = Fake::start()
        .enterprise()
        .base(&[(PATH, &agents(0))])
        .pull_request(7)
        .head(&[(PATH, &agents(2))]);
    let ended = run(&fake);
    assert_eq!(ended.delivered, "review", "{}", ended.log);
    assert_eq!(standing(&fake), 2);
    fake.assert_clean();
}

#[test]
fn s61_the_token_is_nowhere_in_the_log() {
    let fake = fake(1);
    let environment = fake.environment(Occasion::PullRequest, Permission::PullRequests);
    let token = environment.variables["GITHUB_TOKEN"].clone();
    let body = format!(r#"{{"message": "bad {token}"}}"#);
    let refuse = Behaviour::Refuse {
        status: 422,
        headers: Vec::new(),
        body,
    };
    fake.fault(Fault::on("*", "/comments", refuse).always());
    let ended = run_in_environment(&environment);
    assert!(!ended.log.contains(&token), "{}", ended.log);
    assert!(!environment.written("GITHUB_OUTPUT").contains(&token));
}

#[test]
fn s64_the_policy_of_the_base_is_read_through_the_api() {
    let loose = "rules:\n  skip-permissions: off\n";
    let policy = ".github/portcullis.yml";
    let fake = Fake::start()
        .base(&[(PATH, &agents(0)), (policy, loose)])
        .pull_request(7)
        .head(&[(PATH, &agents(1)), (policy, "rules: {}\n")]);
    assert_eq!(run(&fake).code, 0);
    let fake = Fake::start()
        .base(&[(PATH, &agents(0))])
        .pull_request(7)
        .head(&[(PATH, &agents(1)), (policy, loose)]);
    assert_eq!(run(&fake).code, 1);
}

#[test]
fn a_clean_pull_request_costs_two_calls_without_a_checkout() {
    let fake = fake(0);
    let ended = run(&fake);
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert_eq!(ended.delivered, "review");
    let calls: Vec<String> = fake.calls().iter().map(|call| call.path.clone()).collect();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(fake.summaries().is_empty());
    fake.assert_clean();
}

/// Whatever fails and when: no duplicate, no lost finding, and the verdict of a run that has one is the same.
fn schedules(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let fake = fake(3);
        fake.faults(Schedule::random(seed));
        for _ in 0..2 {
            let ended = run(&fake);
            // Without a checkout the files come through the same API: where it fails, there is no verdict.
            assert!(matches!(ended.code, 1 | 3), "{seed}: {}", ended.log);
        }
        fake.calm();
        let ended = run(&fake);
        assert_eq!(ended.code, 1, "{seed}: {}", ended.log);
        assert_eq!(ended.delivered, "review", "{seed}: {}", ended.log);
        let places: BTreeSet<Option<u64>> = lines(&fake).into_iter().collect();
        assert_eq!(
            lines(&fake).len(),
            places.len(),
            "{seed}: {:?}",
            lines(&fake)
        );
        assert_eq!(fake.summaries().len(), 1, "{seed}");
        let summary = &fake.summaries()[0].body;
        let on_lines = places.iter().filter(|line| line.is_some()).count();
        let elsewhere = fake.threads().iter().filter(|one| one.on_file).count();
        let listed = summary.matches("agents.yml").count();
        assert!(on_lines + elsewhere + listed >= 3, "{seed}: {summary}");
    }
}

// A thousand, in parts that run beside each other.

#[test]
fn schedules_of_faults_leave_no_duplicate_and_lose_nothing_1() {
    schedules(0..250);
}

#[test]
fn schedules_of_faults_leave_no_duplicate_and_lose_nothing_2() {
    schedules(250..500);
}

#[test]
fn schedules_of_faults_leave_no_duplicate_and_lose_nothing_3() {
    schedules(500..750);
}

#[test]
fn schedules_of_faults_leave_no_duplicate_and_lose_nothing_4() {
    schedules(750..1_000);
}
