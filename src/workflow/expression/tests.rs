use super::*;
use crate::source::{SourceFile, Traced};
use proptest::prelude::*;

fn traced(text: &str) -> Traced {
    Traced::of_file(&SourceFile::new("w.yml", text), Span::of(0..text.len()))
}

fn evaluate(text: &str) -> Outcomes {
    evaluate_with(text, &|_| Lookup::Unknown)
}

fn evaluate_with(text: &str, lookup: &dyn Fn(&Access) -> Lookup) -> Outcomes {
    parse(text).unwrap().evaluate(&traced(text), lookup)
}

/// The values as texts, with `…` where there may be others.
fn shown(outcomes: &Outcomes) -> Vec<String> {
    let file = SourceFile::new("o", "o");
    let origin = crate::source::Location::new(&file, Span::new(0, 1));
    let mut all: Vec<String> = outcomes
        .values
        .iter()
        .map(|value| value.text(&origin).text().to_owned())
        .collect();
    if outcomes.completeness == Completeness::Partial {
        all.push("…".to_owned());
    }
    all
}

fn values(text: &str) -> Vec<String> {
    shown(&evaluate(text))
}

fn paths(text: &str) -> Vec<String> {
    parse(text)
        .unwrap()
        .accesses()
        .iter()
        .map(Access::dotted)
        .collect()
}

fn fault(text: &str) -> ExpressionFault {
    parse(text).unwrap_err().fault
}

#[test]
fn an_expression_ends_outside_quotes() {
    let text = "a ${{ format('}}', x) }} b${{y}}";
    let cut: Vec<_> = pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Literal(span) => ("text", span.slice(text)),
            Piece::Expression { inner, .. } => ("expression", inner.slice(text)),
            Piece::Unterminated(span) => ("open", span.slice(text)),
        })
        .collect();
    assert_eq!(
        cut,
        [
            ("text", "a "),
            ("expression", " format('}}', x) "),
            ("text", " b"),
            ("expression", "y")
        ]
    );
    assert_eq!(
        pieces("${{}}"),
        [Piece::Expression {
            span: Span::new(0, 5),
            inner: Span::new(3, 3)
        }]
    );
}

#[test]
fn an_open_expression_runs_to_the_end() {
    assert_eq!(
        pieces("x ${{ 'a }}"),
        [
            Piece::Literal(Span::new(0, 2)),
            Piece::Unterminated(Span::new(2, 11))
        ]
    );
    assert_eq!(pieces("${{}"), [Piece::Unterminated(Span::new(0, 4))]);
    assert!(pieces("").is_empty());
}

#[test]
fn accesses_are_folded_and_name_their_functions() {
    let text = "toJSON(GitHub.Event['Issue'].title) && contains(env.A[0], matrix.*.x) || github.event[github.ref].y";
    assert_eq!(
        paths(text),
        [
            "github.event.issue.title",
            "env.a.0",
            "matrix.*.x",
            "github.event.?.y",
            "github.ref"
        ]
    );
    let accesses = parse(text).unwrap().accesses();
    assert_eq!(accesses[0].functions, ["tojson".into()]);
    assert_eq!(accesses[0].span.slice(text), "GitHub.Event['Issue'].title");
    assert_eq!(accesses[3].flow, Flow::Value);
    assert_eq!(accesses[4].flow, Flow::Test);
}

#[test]
fn a_parenthesis_does_not_hide_a_path() {
    assert_eq!(
        paths("(github.event).comment['body']"),
        ["github.event.comment.body"]
    );
}

#[test]
fn nested_functions_are_listed_from_the_inside() {
    let accesses = parse("format('{0}', fromJSON(toJSON(github)))")
        .unwrap()
        .accesses();
    let names: Vec<&str> = accesses[0].functions.iter().map(|name| &**name).collect();
    assert_eq!(names, ["tojson", "fromjson", "format"]);
}

#[test]
fn a_condition_does_not_flow_into_the_result() {
    let flows = |text: &str| -> Vec<Flow> {
        parse(text)
            .unwrap()
            .accesses()
            .iter()
            .map(|a| a.flow)
            .collect()
    };
    assert_eq!(
        flows("github.a == 'x' && github.b || github.c"),
        [Flow::Test, Flow::Value, Flow::Value]
    );
    assert_eq!(
        flows("case(github.a, github.b, github.c)"),
        [Flow::Test, Flow::Value, Flow::Value]
    );
    assert_eq!(flows("!github.a"), [Flow::Test]);
    assert_eq!(flows("contains(toJSON(github.a), 'x')"), [Flow::Test]);
}

#[test]
fn paths_are_matched_by_pattern() {
    let access = |text: &str| parse(text).unwrap().accesses().remove(0);
    assert!(access("github.event.issue.title").matches("github.event.issue.title"));
    assert!(access("github.event.commits[0].message").matches("github.event.commits.*.message"));
    assert!(access("github.event[x.y].title").matches("github.event.issue.title"));
    assert!(!access("github.event").matches("github.event.issue.title"));
    assert!(access("github.event").covers("github.event.issue.title"));
    assert!(!access("github.event.issue.title.x").covers("github.event.issue.title"));
    assert!(!access("github.event.issue.number").covers("github.event.issue.title"));
}

#[test]
fn literals_of_every_kind_are_read() {
    for (text, want) in [
        ("0xff", "255"),
        ("0o17", "15"),
        ("-1.5e1", "-15"),
        (".5", "0.5"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("null", ""),
        ("true", "true"),
        ("'it''s'", "it's"),
    ] {
        assert_eq!(values(text), [want], "{text}");
    }
    assert!(matches!(fault("0xg"), ExpressionFault::UnexpectedSymbol(_)));
    assert!(matches!(
        fault("1.2.3"),
        ExpressionFault::UnexpectedSymbol(_)
    ));
}

#[test]
fn mistakes_are_told_apart() {
    assert_eq!(fault("  "), ExpressionFault::Empty);
    assert_eq!(fault("a &&"), ExpressionFault::UnexpectedEnd);
    assert_eq!(fault("'a"), ExpressionFault::UnterminatedString);
    assert_eq!(fault("a b"), ExpressionFault::UnexpectedSymbol("b".into()));
    assert_eq!(
        fault("\"a\""),
        ExpressionFault::UnexpectedSymbol("\"a\"".into())
    );
    assert_eq!(
        fault("a = b"),
        ExpressionFault::UnexpectedSymbol("=".into())
    );
    assert_eq!(
        fault("'x'.y"),
        ExpressionFault::UnexpectedSymbol(".y".into())
    );
    assert_eq!(
        fault(&format!("{}a{}", "(".repeat(60), ")".repeat(60))),
        ExpressionFault::TooDeep
    );
    assert_eq!(fault(&"!".repeat(20_000)), ExpressionFault::TooDeep);
    assert_eq!(fault(&" ".repeat(MAX_LENGTH + 1)), ExpressionFault::TooLong);
    assert_eq!(parse("a b").unwrap_err().span, Span::new(2, 3));
}

#[test]
fn a_long_chain_needs_no_stack() {
    let text = format!("a{}", "==a".repeat(6_900));
    let expression = parse(&text).unwrap();
    assert_eq!(expression.accesses().len(), 6_901);
    assert_eq!(
        shown(&expression.evaluate(&traced(&text), &|_| Lookup::Unknown)).len(),
        2
    );
}

struct Place;

impl Offers for Place {
    fn context(&self, name: &str) -> bool {
        name == "github"
    }
    fn function(&self, name: &str) -> Option<(usize, usize)> {
        (name == "always").then_some((0, 0))
    }
}

#[test]
fn what_a_place_does_not_offer_is_said() {
    let faults = |text: &str| -> Vec<ExpressionFault> {
        parse(text)
            .unwrap()
            .unavailable(&Place)
            .into_iter()
            .map(|error| error.fault)
            .collect()
    };
    assert!(faults("always() && github.ref && case(true, 1, 2)").is_empty());
    assert_eq!(
        faults("secrets.X"),
        [ExpressionFault::UnknownContext("secrets".into())]
    );
    assert_eq!(
        faults("failure()"),
        [ExpressionFault::UnknownFunction("failure".into())]
    );
    assert_eq!(
        faults("always(1)"),
        [ExpressionFault::ArgumentCount("always".into())]
    );
    assert_eq!(
        faults("case(true, 1, 2, 3)"),
        [ExpressionFault::ArgumentCount("case".into())]
    );
}

#[test]
fn comparison_is_loose() {
    for (text, want) in [
        ("'ABC' == 'abc'", "true"),
        ("'1' == 1", "true"),
        ("'' == 0", "true"),
        ("null == false", "true"),
        ("'a' == 0", "false"),
        ("NaN == NaN", "false"),
        ("NaN != NaN", "true"),
        ("'b' > 'A'", "true"),
        ("'0x10' >= 16", "true"),
        ("!''", "true"),
        ("!'0'", "false"),
        ("startsWith('Hello', 'hE')", "true"),
        ("endsWith('Hello', 'LO')", "true"),
        ("contains(fromJSON('[1, \"X\"]'), 'x')", "true"),
        ("contains('abc', '')", "true"),
    ] {
        assert_eq!(values(text), [want], "{text}");
    }
}

#[test]
fn an_unknown_condition_leaves_both_branches() {
    assert_eq!(values("github.x == 'y' && 'a' || 'b'"), ["a", "b"]);
    assert_eq!(values("github.x && 'a' || 'b'"), ["a", "b"]);
    assert_eq!(values("inputs.limit || '120'"), ["120", "…"]);
    assert_eq!(values("github.x && 'a'"), ["a", "…"]);
    assert_eq!(values("false && github.x || 'b'"), ["b"]);
    assert_eq!(values("(github.x || 'a') && 'b'"), ["b"]);
    assert_eq!(
        values("case(github.x == 1, 'a', true, 'b', 'c')"),
        ["a", "b"]
    );
}

#[test]
fn known_values_pass_through() {
    let lookup = |access: &Access| match access.dotted().as_str() {
        "matrix.os" => Lookup::Known(vec![
            Value::String(traced("linux")),
            Value::String(traced("mac")),
        ]),
        "inputs.limit" => Lookup::Partly(vec![Value::String(traced("60"))]),
        "matrix.entry" => Lookup::Known(vec![Value::Object(vec![(
            "Flags".into(),
            Value::Array(vec![Value::String(traced("--yes"))]),
        )])]),
        _ => Lookup::Unknown,
    };
    let values = |text: &str| shown(&evaluate_with(text, &lookup));
    assert_eq!(
        values("format('{0}-{0}', matrix.os)"),
        ["linux-linux", "mac-mac"]
    );
    assert_eq!(values("matrix[format('{0}', 'OS')]"), ["linux", "mac"]);
    assert_eq!(values("matrix.entry.flags[0]"), ["--yes"]);
    assert_eq!(
        values("fromJSON(inputs.limit || '120')"),
        ["60", "120", "…"]
    );
    assert_eq!(values("matrix.os == 'linux' && '1' || '2'"), ["1", "2"]);
}

#[test]
fn an_unknown_argument_is_a_hole_in_the_text() {
    let outcomes = evaluate("format('--model {0} --yes', inputs.model)");
    let text = outcomes.values[0].as_text().unwrap();
    assert_eq!(text.text(), "--model ____________ --yes");
    assert_eq!(text.holes()[0].source.as_ref(), "inputs.model");
    assert_eq!(text.locate(21..26).unwrap().text(), "--yes");
    assert_eq!(outcomes.completeness, Completeness::Complete);
    assert!(outcomes.known().is_none());
}

#[test]
fn texts_keep_their_origin_through_functions() {
    let text = r#"join(fromJSON('["--a", "it\u0027s"]'), ' ')"#;
    let outcomes = evaluate(text);
    let joined = outcomes.known().unwrap().as_text().unwrap().clone();
    assert_eq!(joined.text(), "--a it's");
    assert_eq!(joined.locate(0..3).unwrap().text(), "--a");
    assert_eq!(joined.locate(6..7).unwrap().text(), r"\u0027");
    let quoted = evaluate("'a''b'");
    let quoted = quoted.known().unwrap().as_text().unwrap().clone();
    assert_eq!(quoted.locate(2..3).unwrap().span, Span::new(4, 5));
}

#[test]
fn format_escapes_braces_and_refuses_bad_patterns() {
    assert_eq!(values("format('{{{0}}}', 'x')"), ["{x}"]);
    assert_eq!(values("format('{1}', 'x')"), ["…"]);
    assert_eq!(values("format('{', 'x')"), ["…"]);
    assert_eq!(values("format('a}b', 'x')"), ["…"]);
}

#[test]
fn json_is_read_and_written() {
    assert_eq!(
        values("fromJSON('{\"a\": {\"B\": [1, 2.50]}}').a.b[1]"),
        ["2.5"]
    );
    assert_eq!(values("fromJSON('[1, 2]')['1']"), ["2"]);
    assert_eq!(values("fromJSON('{} x')"), ["…"]);
    assert_eq!(
        values("toJSON(fromJSON('{\"a\":[1,\"x\\\"\"]}'))"),
        ["{\n  \"a\": [\n    1,\n    \"x\\\"\"\n  ]\n}"]
    );
    assert_eq!(values("toJSON(github)"), ["…"]);
}

#[test]
fn too_many_values_are_not_told_apart() {
    let many = |_: &Access| Lookup::Known((0..20).map(|n| Value::Number(f64::from(n))).collect());
    let outcomes = evaluate_with("format('{0}{1}{2}', matrix.a, matrix.b, matrix.c)", &many);
    assert_eq!(outcomes.values.len(), 8);
    assert_eq!(outcomes.completeness, Completeness::Partial);
}

#[test]
fn a_text_that_grows_without_bound_is_given_up() {
    let text = (0..14).fold("'0123456789'".to_owned(), |text, _| {
        format!("format('{{0}}{{0}}{{0}}', {text})")
    });
    assert_eq!(values(&text), ["…"]);
    let large = "x".repeat(60_000);
    let lookup = |_: &Access| Lookup::Known(vec![Value::String(traced(&large))]);
    let text = format!("a{}", "||a".repeat(3_000));
    assert_eq!(
        evaluate_with(&text, &lookup).completeness,
        Completeness::Partial
    );
}

/// Text made of the tokens of the language, so that more of it parses.
fn tokens() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "github",
            ".",
            "event",
            "[",
            "]",
            "'x'",
            "'",
            "''",
            "(",
            ")",
            ",",
            "format(",
            "fromJSON(",
            "case(",
            "'{0}'",
            "*",
            "!",
            "==",
            "&&",
            "||",
            "<",
            " ",
            "1",
            "0x1",
            "true",
            "ß",
            "${{",
            "}}",
            "join(",
            "'[1]'",
        ]),
        0..40,
    )
    .prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_text_panics_and_spans_fit(text in prop_oneof!["\\PC*", tokens()]) {
        let mut end = 0;
        for piece in pieces(&text) {
            let (Piece::Literal(span) | Piece::Expression { span, .. } | Piece::Unterminated(span)) = piece;
            prop_assert_eq!(span.start, end);
            prop_assert!(text.get(span.range()).is_some());
            if let Piece::Expression { inner, .. } = piece {
                prop_assert!(text.get(inner.range()).is_some());
            }
            end = span.end;
        }
        prop_assert_eq!(end as usize, text.len());
        match parse(&text) {
            Ok(expression) => {
                for access in expression.accesses() {
                    prop_assert!(text.get(access.span.range()).is_some());
                }
                let outcomes = expression.evaluate(&traced(&text), &|_| Lookup::Unknown);
                prop_assert!(outcomes.values.len() <= 8);
            }
            Err(error) => prop_assert!(text.get(error.span.range()).is_some()),
        }
    }
}
