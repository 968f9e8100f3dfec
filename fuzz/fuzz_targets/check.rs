//! Any workflow beside any script: the engine ends with a report that every format can show, and says the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::check::{Engine, Outcome, Report, Request, Selection};
use portcullis::policy::Policy;
use portcullis::report::{Format, Style, render};
use portcullis::snapshot::MemorySnapshot;
use portcullis::source::Location;

fuzz_target!(|data: &[u8]| {
    // One format an input, and a second run for some inputs, keep the runs quick; the length picks.
    let format = Format::ALL[data.len() % Format::ALL.len()];
    let report = judge(data);
    for finding in &report.findings {
        check_place(&finding.location);
        for related in &finding.related {
            check_place(&related.location);
        }
    }
    let shown = show(&report, format);
    if data.len().is_multiple_of(3) {
        assert!(shown == show(&judge(data), format), "two runs differ");
    }
});

fn judge(data: &[u8]) -> Report {
    let cut = data.iter().position(|&byte| byte == 0);
    let (workflow, script) = data.split_at(cut.unwrap_or(data.len()));
    let script = script.get(1..).unwrap_or_default();
    let snapshot = MemorySnapshot::new([(".github/workflows/a.yml", workflow), ("x.sh", script)]);
    let policy = Policy::built_in();
    let request = Request {
        snapshot: &snapshot,
        selection: &Selection::Everything,
        base: None,
        policy: &policy,
        today: jiff::civil::date(2026, 11, 25),
    };
    match Engine::new().check(&request) {
        Outcome::Done(report) => *report,
        Outcome::Need(_) => panic!("a snapshot in memory needs nothing"),
    }
}

fn show(report: &Report, format: Format) -> Vec<u8> {
    let mut shown = Vec::new();
    render(report, format, &Style::default(), &mut shown).expect("memory takes everything");
    shown
}

fn check_place(place: &Location) {
    let text = place.file.text();
    assert!(text.get(place.span.range()).is_some(), "a place outside its file");
}
