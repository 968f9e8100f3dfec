//! Any workflow beside any script: the engine ends with a report that every format can show.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis::check::{Engine, Outcome, Request, Selection};
use portcullis::policy::Policy;
use portcullis::report::{Format, Style, render};
use portcullis::snapshot::MemorySnapshot;

fuzz_target!(|data: &[u8]| {
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
    let Outcome::Done(report) = Engine::new().check(&request) else {
        panic!("a snapshot in memory needs nothing");
    };
    for finding in &report.findings {
        let place = &finding.location;
        assert!(
            place.file.text().get(place.span.range()).is_some(),
            "{} outside its file",
            finding.rule.as_str()
        );
        for related in &finding.related {
            let place = &related.location;
            assert!(place.file.text().get(place.span.range()).is_some());
        }
    }
    // One format an input keeps the runs quick; the length picks it.
    let format = Format::ALL[data.len() % Format::ALL.len()];
    render(&report, format, &Style::default(), &mut std::io::sink())
        .expect("a sink takes everything");
});
