//! The files that are made from the code, as texts.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use portcullis::check::{Engine, Outcome, Request, Selection};
use portcullis::policy::{self, Policy};
use portcullis::report::{self, Colour, Format, Style};
use portcullis::rule::{self, Group, Level, Profile, Rule};
use portcullis::snapshot::MemorySnapshot;

use super::example::{self, Example, Part};

/// A file that is made from the code.
pub struct Page {
    /// Its path from the root of the package.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The command that writes the files.
pub const COMMAND: &str = "cargo run --example generate";

/// How wide the README shows a finding.
const README_WIDTH: u16 = 100;

/// The rule whose finding the README shows first.
const HEADLINE: &str = "error[skip-permissions]";

/// All files.
pub fn pages(root: &Path) -> Result<Vec<Page>, Box<dyn Error>> {
    let mut pages = Vec::new();
    for rule in rule::ALL {
        pages.push(Page {
            path: format!("docs/rules/{}.md", rule.id),
            text: rule_page(rule)?,
        });
    }
    pages.push(Page {
        path: "docs/rules/README.md".into(),
        text: index(),
    });
    pages.push(Page {
        path: "schemas/portcullis.schema.json".into(),
        text: format!(
            "{}\n",
            serde_json::to_string_pretty(&policy::json_schema())?
        ),
    });
    let readme = std::fs::read_to_string(root.join("README.md"))?;
    let readme = replace(
        &readme,
        "finding",
        &format!("```text\n{}\n```\n", headline(root)?),
    )?;
    let readme = replace(&readme, "rules", &table("docs/rules/"))?;
    pages.push(Page {
        path: "README.md".into(),
        text: readme,
    });
    Ok(pages)
}

/// Pages in `docs/rules` of rules that no longer exist.
pub fn left_over(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("docs/rules"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let known = name == "README.md"
            || rule::ALL
                .iter()
                .any(|rule| name == format!("{}.md", rule.id));
        if !known {
            found.push(format!("docs/rules/{name}"));
        }
    }
    found.sort();
    Ok(found)
}

/// Puts `new` between `<!-- generated: NAME -->` and `<!-- end of generated: NAME -->`.
fn replace(text: &str, name: &str, new: &str) -> Result<String, String> {
    let start = format!("<!-- generated: {name} -->\n");
    let end = format!("<!-- end of generated: {name} -->");
    let missing = || format!("README.md has no generated part `{name}`");
    let (before, rest) = text.split_once(&start).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{start}{new}{end}{after}"))
}

fn rule_page(rule: &Rule) -> Result<String, Box<dyn Error>> {
    let file = rule.file.replace('\\', "/");
    let mut text = format!("# {}\n\n{}.\n\n", rule.id, capitalised(rule.summary));
    writeln!(text, "| | |\n|---|---|")?;
    writeln!(text, "| severity | {} |", rule.severity)?;
    for (profile, level) in rule.profiles {
        let level = match level {
            Level::Off => "off",
            Level::At(severity) => severity.as_str(),
        };
        writeln!(text, "| in profile `{}` | {level} |", profile.as_str())?;
    }
    writeln!(text, "| confidence | {} |", rule.confidence)?;
    writeln!(text, "| group | {} |", rule.group.as_str())?;
    if !rule.tags.is_empty() {
        let tags: Vec<String> = rule.tags.iter().map(|tag| tag_link(tag)).collect();
        writeln!(text, "| tags | {} |", tags.join(", "))?;
    }
    text.push('\n');
    for part in example::parts(&rule.documentation())? {
        match part {
            Part::Text(part) => text.push_str(&part),
            Part::Example(example) => shown(&example, &mut text)?,
        }
    }
    if !rule.options.is_empty() {
        text.push_str("\n## Options\n\n| option | default | |\n|---|---|---|\n");
        for option in rule.options {
            writeln!(
                text,
                "| `{}` | {} | {} |",
                option.name, option.default, option.help
            )?;
        }
    }
    write!(
        text,
        "\n---\n\nGenerated from `{file}` by `{COMMAND}`; the tests execute the examples.\n"
    )?;
    Ok(text)
}

fn tag_link(tag: &str) -> String {
    match tag.strip_prefix("CWE-") {
        Some(number) => format!("[{tag}](https://cwe.mitre.org/data/definitions/{number}.html)"),
        None => format!("{tag} (OWASP top ten for agentic applications)"),
    }
}

/// An example with its files under their names.
fn shown(example: &Example, text: &mut String) -> std::fmt::Result {
    let outcome = match example.outcome {
        example::Outcome::Fires => "Reported",
        example::Outcome::Silent => "Not reported",
    };
    match &example.today {
        Some(day) => writeln!(text, "**{outcome}**, on {day}:")?,
        None => writeln!(text, "**{outcome}:**")?,
    }
    for (path, content) in &example.files {
        let fence = "`".repeat(longest_run_of_backticks(content).max(2) + 1);
        write!(
            text,
            "\n`{path}`\n\n{fence}{}\n{content}{fence}\n",
            language(path)
        )?;
    }
    Ok(())
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or_default()
}

fn language(path: &str) -> &'static str {
    match path.rsplit('/').next().unwrap_or(path).rsplit('.').next() {
        Some("yml" | "yaml") => "yaml",
        Some("json") => "json",
        Some("sh") => "bash",
        Some("md") => "markdown",
        Some("Makefile") => "makefile",
        _ => "text",
    }
}

fn index() -> String {
    format!(
        "# Rules\n\nSeverities are those of the profile `{}`; a rule may report milder or graver cases, as its page says.\n\n{}\n---\n\nGenerated by `{COMMAND}`.\n",
        Profile::default().as_str(),
        table("")
    )
}

/// The rules with links to their pages, which are in `folder`.
fn table(folder: &str) -> String {
    let mut text = String::from("| rule | severity | what it reports |\n|---|---|---|\n");
    for group in [
        Group::Agent,
        Group::Settings,
        Group::Hook,
        Group::Mcp,
        Group::Instruction,
        Group::Secret,
        Group::Meta,
    ] {
        for rule in rule::ALL.iter().filter(|rule| rule.group == group) {
            let id = rule.id;
            text.push_str(&format!(
                "| [`{id}`]({folder}{id}.md) | {} | {} |\n",
                rule.severity, rule.summary
            ));
        }
    }
    text
}

/// The first finding of the example repository, as a terminal shows it.
fn headline(root: &Path) -> Result<String, Box<dyn Error>> {
    let demo = root.join("examples/demo");
    let mut files = Vec::new();
    collect(&demo, &demo, &mut files)?;
    let request = Request {
        snapshot: &MemorySnapshot::new(files),
        selection: &Selection::Everything,
        base: None,
        policy: &Policy::built_in(),
        today: jiff::civil::date(2026, 11, 25),
    };
    let Outcome::Done(report) = Engine::new().check(&request) else {
        return Err("a snapshot in memory needs nothing".into());
    };
    let style = Style {
        colour: Colour::Never,
        width: Some(README_WIDTH),
    };
    let mut out = Vec::new();
    report::render(&report, Format::Text, &style, &mut out)?;
    let text = String::from_utf8(out)?;
    let mut blocks = text.split("\n\n");
    let block = blocks.find(|block| block.starts_with(HEADLINE));
    Ok(block
        .ok_or("the example repository no longer gives the finding that the README shows")?
        .to_owned())
}

fn collect(
    folder: &Path,
    root: &Path,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, root, files)?;
        } else {
            let name = path
                .strip_prefix(root)?
                .to_string_lossy()
                .replace('\\', "/");
            files.push((name, std::fs::read(&path)?));
        }
    }
    Ok(())
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
