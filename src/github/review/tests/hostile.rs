//! Names, messages and snippets of strangers, rendered as GitHub renders them: what comes out may show their words,
//! and does nothing else.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;

use super::model::{World, changed, on_line};
use crate::finding::{Applicability, Edit, Fix, Related, Severity};
use crate::github::review::{Marker, Standing, SummaryWrite};
use crate::source::{Location, SourceFile, Span};

/// GitHub Flavored Markdown with its HTML.
fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.render.r#unsafe = true;
    options
}

/// Tags that we write ourselves.
const OWN_TAGS: [&str; 8] = [
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<sub>",
    "</sub>",
    "<code>",
    "</code>",
];

/// What a text does besides being text. Code is left out: GitHub finds nothing in it.
fn deeds(markdown: &str) -> Vec<String> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let mut deeds = Vec::new();
    for node in root.descendants() {
        deeds.extend(deed(node));
    }
    deeds
}

fn deed<'a>(node: &'a AstNode<'a>) -> Option<String> {
    match &node.data.borrow().value {
        NodeValue::HtmlBlock(block) => html(&block.literal),
        NodeValue::HtmlInline(tag) => html(tag),
        NodeValue::Image(image) => Some(format!("image {}", image.url)),
        NodeValue::Link(link) if !link.url.starts_with("https://github.com/acme/web/") => {
            Some(format!("link {}", link.url))
        }
        NodeValue::FootnoteReference(_) | NodeValue::FootnoteDefinition(_) => {
            Some("footnote".into())
        }
        NodeValue::Text(text) => mention(text),
        _ => None,
    }
}

/// HTML besides our own tags and our own mark.
fn html(html: &str) -> Option<String> {
    let mut rest = html.trim().to_owned();
    if rest.starts_with("<!-- portcullis:1 ")
        && rest.matches("<!--").count() == 1
        && rest.ends_with("-->")
    {
        return None;
    }
    for tag in OWN_TAGS {
        rest = rest.replace(tag, "");
    }
    (rest.contains('<')).then(|| format!("html {html}"))
}

/// What GitHub would make a link or a notification of.
fn mention(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let follows = |at: usize, test: fn(char) -> bool| chars.get(at + 1).is_some_and(|c| test(*c));
    let is_mention = (0..chars.len()).any(|at| match chars[at] {
        '@' => follows(at, |c| c.is_ascii_alphanumeric()),
        '#' => follows(at, |c| c.is_ascii_digit()),
        _ => false,
    });
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_reference = words.clone().any(|word| {
        let lower = word.to_ascii_lowercase();
        let number = lower.strip_prefix("gh-");
        let issue = number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        let sha = word.len() >= 7 && word.bytes().all(|b| b.is_ascii_hexdigit());
        issue || sha
    });
    (is_mention || is_reference).then(|| format!("reference {text}"))
}

/// Everything that is posted about a finding whose every text is hostile, once it is there and once it is gone.
fn posted(text: &str) -> Vec<String> {
    let path = format!(
        ".github/{}",
        crate::snapshot::printable(text.as_bytes()).replace('/', "_")
    );
    let file = SourceFile::new(path.as_str(), format!("a: 1\nrun: {text}\nb: 2\n"));
    let mut finding = on_line(&file, 2, Severity::Error);
    finding.message = format!("{text} is not bounded; {text}");
    finding.help = format!("Change {text}.");
    finding.related.push(Related {
        location: Location::new(&file, Span::new(0, 1)),
        message: format!("`{text}` calls {text}"),
    });
    finding.fix = Some(Fix {
        title: text.into(),
        applicability: Applicability::Safe,
        edits: vec![Edit {
            location: Location::new(&file, Span::at(0)),
            text: format!("x: {}\n", text.replace(['\n', '\r'], " ")),
        }],
    });
    let lines = file.lines().count() - 1;
    let mut entry = changed(&file, 1, lines);
    entry.path = String::from_utf8(crate::snapshot::raw(&path).unwrap().into_owned()).unwrap();
    let mut outside = finding.clone();
    outside.location = Location::new(
        &SourceFile::new("other.yml", format!("k: {text}\n")),
        Span::new(0, 1),
    );
    outside.related.clear();
    let mut world = World::new(vec![finding, outside], vec![entry]);
    world
        .report
        .coverage
        .unreadable
        .push(crate::check::Uncovered {
            path: path.clone(),
            reason: text.into(),
        });
    world.report.policy.source = text.into();
    let plan = world.run();
    let mut all: Vec<String> = plan
        .review
        .iter()
        .flat_map(|r| &r.comments)
        .map(|c| c.body.clone())
        .collect();
    all.push(world.summary().to_owned());
    world.set(Vec::new());
    world.report.coverage.unreadable.clear();
    let plan = world.run();
    assert_eq!(plan.edits.len(), 1);
    all.extend(plan.edits.into_iter().map(|edit| edit.body));
    if let SummaryWrite::Update { body, .. } = plan.summary {
        all.push(body.body);
    }
    all
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let all = posted(text);
    prop_assert_eq!(all.len(), 4);
    for (body, standing) in all.iter().zip([
        Standing::Open,
        Standing::Summary,
        Standing::Fixed,
        Standing::Summary,
    ]) {
        let deeds = deeds(body);
        prop_assert!(deeds.is_empty(), "{:?} in {}", deeds, body);
        let marker = Marker::find(body);
        prop_assert_eq!(marker.map(|marker| marker.standing), Some(standing));
        prop_assert_eq!(body.matches("<!--").count(), 1, "{}", body);
        prop_assert!(body.chars().count() <= 60_000);
    }
    Ok(())
}

#[test]
fn known_tricks_do_nothing() {
    for text in [
        "@octocat and @acme/security",
        "see #12, GH-12, gh-7, acme/web#3 and 0123456789abcdef0123456789abcdef01234567",
        "<img src=x onerror=alert(1)><script>",
        "</details></summary></code><h1>x",
        "<!-- portcullis:1 eyJmcCI6IngifQ -->",
        "--> <!-- x",
        "``` \n```\n# x\n@octocat",
        "~~~\n@octocat\n~~~",
        "![x](https://evil.example/x.png) [y](https://evil.example)",
        "https://evil.example www.evil.example mailto:a@b.example",
        "a | b | c\n|---|---|---|\n",
        "**bold** __x__ ~~x~~ $x$ [^1] \n\n[^1]: y",
        "`` ` @octocat ` ``",
        "`@octocat",
        "\\`@octocat\\`",
        "&lt;b&gt; &#64;octocat &commat;octocat",
        "\u{202e}@octocat\u{2066}",
        "1. x\n- y\n> z",
        "    @octocat",
    ] {
        check(text).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_text_does_anything(pieces in proptest::collection::vec(
        prop_oneof![
            Just("@octocat"), Just("#1"), Just("GH-1"), Just("`"), Just("```"), Just("~~~"), Just("\n"), Just(" "),
            Just("<b>"), Just("</details>"), Just("<!--"), Just("-->"), Just("portcullis:1"), Just("]("), Just("["),
            Just("!["), Just("https://evil.example"), Just("www.evil.example"), Just("|"), Just("\\"), Just("*"), Just("_"),
            Just("&#64;"), Just("deadbeef1"), Just("a"), Just("; "), Just(". "), Just("é"), Just("\t"), Just("\r"), Just("$"),
        ],
        1..14,
    )) {
        check(&pieces.concat())?;
    }
}
