//! Refusals, limits, faults and budgets.

use super::server::{Answer as Reply, ok, status, with};
use super::*;

const SECONDARY: &str = r#"{"message": "You have exceeded a secondary rate limit."}"#;

fn limited(headers: &[(&'static str, &str)]) -> Server {
    Server::script([with(403, headers, SECONDARY), ok("{}")])
}

#[tokio::test]
async fn requests_say_who_we_are() {
    let server = Server::script([ok("{}")]);
    let rig = Rig::new(&server);
    get(&rig).await.unwrap();
    post(&rig).await.unwrap();
    let [read, write] = &server.seen()[..] else {
        panic!()
    };
    assert_eq!(
        (read.method.as_str(), read.target.as_str()),
        ("GET", "/api/v3/repos/acme/web")
    );
    for seen in [read, write] {
        assert_eq!(
            seen.header("authorization"),
            Some(&*format!("Bearer {TOKEN}"))
        );
        assert_eq!(seen.header("user-agent"), Some(USER_AGENT));
        assert_eq!(seen.header("accept"), Some("application/vnd.github+json"));
        assert_eq!(seen.header("x-github-api-version"), Some("2022-11-28"));
        assert_eq!(seen.header("host"), Some(&*server.address.to_string()));
    }
    assert_eq!(write.body, r#"{"body":"text"}"#);
    assert_eq!(rig.client.spent().requests, 2);
    assert_eq!(rig.client.spent().writes, 1);
}

/// 14, 15.
#[tokio::test]
async fn a_token_that_may_not_write_is_asked_once() {
    for code in [403, 404] {
        let body = r#"{"message": "Resource not accessible by integration"}"#;
        let server = Server::script([status(code, body)]);
        let rig = Rig::new(&server);
        for _ in 0..2 {
            let error = post(&rig).await.unwrap_err();
            assert!(
                matches!(error, Error::ReadOnly { status, .. } if status == code),
                "{error}"
            );
        }
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_comment_that_is_gone_does_not_end_writing() {
    let server = Server::script([status(404, r#"{"message": "Not Found"}"#), ok("{}")]);
    let rig = Rig::new(&server);
    let edit = Write {
        method: WriteMethod::Patch,
        kind: WriteKind::Quiet,
        ..comment("/repos/acme/web/issues/comments/1")
    };
    let gone = rig.client.write::<Value>(edit).await.unwrap_err();
    assert_eq!(gone.status(), Some(404));
    post(&rig).await.unwrap();
}

#[tokio::test]
async fn a_token_without_code_scanning_can_still_comment() {
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    let server = Server::script([status(403, body), ok("{}")]);
    let rig = Rig::new(&server);
    let sarif = Write {
        kind: WriteKind::CodeScanning,
        ..comment("/repos/acme/web/code-scanning/sarifs")
    };
    assert!(rig.client.write::<Value>(sarif).await.is_err());
    post(&rig).await.unwrap();
}

/// 16, 17.
#[tokio::test]
async fn a_secondary_limit_is_waited_for_as_told_and_a_minute_where_nothing_is_told() {
    let server = limited(&[("retry-after", "2")]);
    let rig = Rig::new(&server);
    post(&rig).await.unwrap();
    assert_eq!(rig.pauses(), [2]);

    let server = limited(&[]);
    let rig = Rig::new(&server);
    post(&rig).await.unwrap();
    assert_eq!(rig.pauses(), [60]);
    assert_eq!(server.seen().len(), 2);
}

/// 18.
#[tokio::test]
async fn an_hour_is_not_waited_for() {
    let server = limited(&[("retry-after", "3600")]);
    let rig = Rig::new(&server);
    let error = post(&rig).await.unwrap_err();
    assert_eq!(
        error,
        Error::RateLimited {
            wait: Duration::from_secs(3600)
        }
    );
    assert!(error.ends_delivery());
    // What comes after it does not ask again.
    assert!(matches!(get(&rig).await, Err(Error::RateLimited { .. })));
    assert_eq!(server.seen().len(), 1);
    assert!(rig.pauses().is_empty());
}

/// 19.
#[tokio::test]
async fn a_429_is_a_rate_limit() {
    let server = Server::script([with(429, &[("retry-after", "3")], ""), ok("{}")]);
    let rig = Rig::new(&server);
    get(&rig).await.unwrap();
    assert_eq!(rig.pauses(), [3]);
}

/// 20.
#[tokio::test]
async fn the_primary_limit_ends_at_its_reset() {
    for (offset, expected) in [(30, 31), (-500, 1)] {
        let reset = (VIRTUAL_START + offset).to_string();
        let headers = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", reset.as_str()),
        ];
        let server = Server::script([
            with(403, &headers, r#"{"message": "API rate limit exceeded"}"#),
            ok("{}"),
        ]);
        let rig = Rig::new(&server);
        get(&rig).await.unwrap();
        assert_eq!(rig.pauses(), [expected]);
    }
}

#[tokio::test]
async fn a_limit_that_does_not_end_is_given_up_after_two_waits() {
    let server = Server::script([with(403, &[("retry-after", "1")], SECONDARY)]);
    let rig = Rig::new(&server);
    assert!(matches!(post(&rig).await, Err(Error::RateLimited { .. })));
    assert_eq!(server.seen().len(), 3);
    assert_eq!(rig.pauses(), [1, 1]);
}

/// 21.
#[tokio::test]
async fn graphql_reports_a_rate_limit_within_a_success() {
    let limited = r#"{"data": null, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}"#;
    let server = Server::script([
        with(200, &[("retry-after", "4")], limited),
        ok(r#"{"data": {"a": 1}}"#),
    ]);
    let rig = Rig::new(&server);
    let answer = rig
        .client
        .graphql::<Value>("query { a }", json!({}))
        .await
        .unwrap();
    assert_eq!(answer.whole().unwrap(), json!({"a": 1}));
    assert_eq!(rig.pauses(), [4]);
    assert_eq!(server.seen()[1].target, "/api/graphql");
}

/// 21.
#[tokio::test]
async fn graphql_keeps_data_beside_errors() {
    let body = r#"{"data": {"a": 1, "b": null}, "errors": [{"type": "FORBIDDEN", "path": ["b", 0], "message": "no"}]}"#;
    let server = Server::script([ok(body)]);
    let rig = Rig::new(&server);
    let answer = rig
        .client
        .graphql::<Value>("query { a b }", json!({}))
        .await
        .unwrap();
    assert_eq!(answer.data, Some(json!({"a": 1, "b": null})));
    assert_eq!(answer.errors[0].path, "b.0");
    assert!(answer.errors[0].is_forbidden());
    assert!(matches!(answer.whole(), Err(Error::Forbidden { .. })));
}

/// 21.
#[tokio::test]
async fn graphql_that_is_switched_off_is_not_found() {
    let server = Server::script([status(404, r#"{"message": "Not Found"}"#)]);
    let rig = Rig::new(&server);
    let error = rig
        .client
        .graphql::<Value>("query { a }", json!({}))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }));
    assert!(!error.ends_delivery());
}

/// 22, 23, 24, 25: whatever happens after a write was sent, it is not sent again.
#[tokio::test]
async fn a_write_is_sent_once() {
    for fault in [
        status(502, "<html>bad gateway</html>"),
        status(500, ""),
        Reply::Close,
        Reply::Cut(201, r#"{"id": 1"#.into()),
        ok(r#"{"id": "#),
        ok("<html>"),
        Reply::Silence,
    ] {
        let server = Server::script([fault]);
        let limits = Limits {
            answer: Duration::from_millis(200),
            ..Limits::default()
        };
        let rig = Rig::with(&server, limits);
        let error = post(&rig).await.unwrap_err();
        assert!(matches!(error, Error::Ambiguous { .. }), "{error}");
        assert_eq!(server.seen().len(), 1, "{error}");
    }
}

/// 22, 24, 25.
#[tokio::test]
async fn a_read_is_tried_three_times() {
    for fault in [
        status(502, "<html>bad gateway</html>"),
        Reply::Close,
        Reply::Cut(200, r#"{"id": 1"#.into()),
        ok(r#"{"id": "#),
        Reply::Silence,
    ] {
        let server = Server::script([fault.clone()]);
        let limits = Limits {
            answer: Duration::from_millis(200),
            ..Limits::default()
        };
        let rig = Rig::with(&server, limits.clone());
        let error = get(&rig).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error}");
        assert_eq!(server.seen().len(), 3, "{error}");
        let pauses = rig.clock.pauses();
        assert!(
            pauses[0] >= Duration::from_millis(750) && pauses[0] <= Duration::from_millis(1250)
        );
        assert!(
            pauses[1] >= Duration::from_millis(1500) && pauses[1] <= Duration::from_millis(2500)
        );

        let server = Server::script([fault.clone(), fault, ok("{}")]);
        get(&Rig::with(&server, limits)).await.unwrap();
    }
}

/// 24.
#[tokio::test]
async fn no_content_and_a_page_of_html_are_told_apart() {
    let server = Server::script([status(204, ""), ok("<html>proxy login</html>")]);
    let rig = Rig::new(&server);
    assert_eq!(get(&rig).await.unwrap(), Value::Null);
    assert!(matches!(get(&rig).await, Err(Error::Shape { .. })));
    assert_eq!(server.seen().len(), 2);
}

/// 26.
#[tokio::test]
async fn an_expired_token_is_said_at_once() {
    let server = Server::script([status(401, r#"{"message": "Bad credentials"}"#)]);
    let rig = Rig::new(&server);
    let error = get(&rig).await.unwrap_err();
    assert!(matches!(&error, Error::Unauthorized { message } if message == "Bad credentials"));
    assert!(error.ends_delivery());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_taken() {
    let server = Server::script([ok("x".repeat(2000))]);
    let limits = Limits {
        answer_size: 1000,
        ..Limits::default()
    };
    let error = get(&Rig::with(&server, limits)).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }));
}

#[tokio::test]
async fn writes_keep_their_distance() {
    let server = Server::script([ok("{}")]);
    let rig = Rig::new(&server);
    let quiet = || Write {
        kind: WriteKind::Quiet,
        ..comment("/repos/acme/web/issues/comments/1")
    };
    post(&rig).await.unwrap();
    rig.client.write::<Value>(quiet()).await.unwrap();
    get(&rig).await.unwrap();
    post(&rig).await.unwrap();
    rig.client.write::<Value>(quiet()).await.unwrap();
    // One second after any write; three from one notification to the next.
    assert_eq!(rig.pauses(), [1, 2, 1]);
    assert_eq!(rig.client.spent().paused, Duration::from_secs(4));
}

#[tokio::test]
async fn the_budget_ends_the_run() {
    let server = Server::script([ok("{}")]);
    let limits = Limits {
        requests: 3,
        writes: 1,
        ..Limits::default()
    };
    let rig = Rig::with(&server, limits);
    post(&rig).await.unwrap();
    assert_eq!(
        post(&rig).await.unwrap_err(),
        Error::Spent {
            budget: Budget::Writes
        }
    );
    get(&rig).await.unwrap();
    get(&rig).await.unwrap();
    assert_eq!(
        get(&rig).await.unwrap_err(),
        Error::Spent {
            budget: Budget::Requests
        }
    );
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn the_time_ends_the_run() {
    let server = Server::script([ok("{}")]);
    let rig = Rig::new(&server);
    get(&rig).await.unwrap();
    rig.clock.pause(Duration::from_secs(121)).await;
    assert_eq!(
        get(&rig).await.unwrap_err(),
        Error::Spent {
            budget: Budget::Wall
        }
    );
}

#[tokio::test]
async fn a_signal_ends_the_run_before_the_next_request_and_during_one() {
    let server = Server::script([Reply::Silence]);
    let rig = Rig::new(&server);
    let stop = rig.client.stop().clone();
    let (result, ()) = tokio::join!(get(&rig), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        stop.set(Signal::Terminate);
    });
    let stopped = Error::Stopped {
        signal: Signal::Terminate,
    };
    assert_eq!(result.unwrap_err(), stopped);
    assert_eq!(post(&rig).await.unwrap_err(), stopped);
    assert_eq!(server.seen().len(), 1);
}

/// 61.
#[tokio::test]
async fn the_token_is_in_no_error() {
    let echo = format!(
        r#"{{"message": "token {TOKEN} is bad", "errors": ["{TOKEN}", {{"message": "{TOKEN}"}}]}}"#
    );
    for code in [400, 401, 403, 404, 409, 410, 413, 422, 429, 500] {
        let server = Server::script([status(code, echo.clone())]);
        let limits = Limits {
            rate_limit_gap: Duration::from_secs(1000),
            ..Limits::default()
        };
        let rig = Rig::with(&server, limits);
        for error in [get(&rig).await.unwrap_err(), post(&rig).await.unwrap_err()] {
            let shown = format!("{error} {error:?} {:?}", rig.client);
            assert!(!shown.contains("ghs_"), "{shown}");
        }
    }
    let graphql = format!(
        r#"{{"errors": [{{"type": "{TOKEN}", "message": "{TOKEN}", "path": ["{TOKEN}"]}}]}}"#
    );
    let server = Server::script([ok(graphql), ok(format!("{{\"{TOKEN}\": 1}}"))]);
    let rig = Rig::new(&server);
    let answer = rig
        .client
        .graphql::<Value>("query { a }", json!({}))
        .await
        .unwrap();
    assert!(!format!("{answer:?}").contains("ghs_"));
    let shape = rig.client.get::<u32>("/x").await.unwrap_err();
    assert!(!format!("{shape:?}").contains("ghs_"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Only a refusal for a rate limit is followed by another attempt, whatever comes in whatever order.
    #[test]
    fn no_schedule_of_faults_sends_a_write_twice(schedule in proptest::collection::vec(0_usize..7, 4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answers = [
            with(403, &[("retry-after", "1")], SECONDARY),
            with(429, &[], ""),
            ok("{}"),
            status(502, "<html>"),
            status(422, r#"{"message": "no"}"#),
            Reply::Close,
            Reply::Cut(201, "{".into()),
        ];
        let server = Server::script(schedule.iter().map(|index| answers[*index].clone()));
        let sent = runtime.block_on(async {
            let rig = Rig::new(&server);
            let _ = post(&rig).await;
            let spent = rig.client.spent();
            proptest::prop_assert!(rig.clock.elapsed() <= Duration::from_secs(120));
            proptest::prop_assert_eq!(spent.requests, spent.writes);
            Ok(spent.writes as usize)
        })?;
        let refusals = schedule.iter().take_while(|index| **index < 2).count();
        proptest::prop_assert!(sent <= refusals.min(2) + 1);
        proptest::prop_assert_eq!(server.seen().len(), sent);
    }
}
