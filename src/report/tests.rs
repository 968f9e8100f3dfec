//! Tests over all formats: what a whole report looks like, and what none of them may ever hold.

use super::*;

fn shown(report: &Report, format: Format) -> String {
    shown_in(report, format, &Style::default())
}

fn shown_in(report: &Report, format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    render(report, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
#[ignore]
fn show() {
    let style = Style { colour: Colour::Always, width: Some(120) };
    for (format, name) in [(Format::Text, "text"), (Format::Markdown, "md"), (Format::Json, "json"), (Format::Sarif, "sarif"), (Format::Github, "github")] {
        std::fs::write(format!("/tmp/h/scratch-report/out.{name}"), shown_in(&sample::report(), format, &style)).unwrap();
    }
    std::fs::write("/tmp/h/scratch-report/plain.text", shown_in(&sample::report(), Format::Text, &Style{ colour: Colour::Never, width: Some(100)})).unwrap();
}
