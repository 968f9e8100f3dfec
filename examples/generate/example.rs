//! The examples in the documentation of rules: tiny repositories between fences.
//!
//! ````text
//! ```repo fires today=2026-11-22
//! === .github/workflows/review.yml
//! on: push
//! ```
//! ````

/// A part of a rule's documentation.
#[derive(PartialEq, Eq, Debug)]
pub enum Part {
    /// Markdown.
    Text(String),
    /// A fenced example.
    Example(Example),
}

/// A tiny repository, and what the rule says about it.
#[derive(PartialEq, Eq, Debug)]
pub struct Example {
    /// What the rule does.
    pub outcome: Outcome,
    /// The day by which exemptions are judged, as it is written.
    pub today: Option<String>,
    /// Paths and texts.
    pub files: Vec<(String, String)>,
}

/// What a rule does with an example.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It reports something.
    Fires,
    /// It reports nothing.
    Silent,
}

/// Splits documentation into text and examples.
///
/// # Errors
/// A fence that is no example, or an example that is not whole. Nothing is left out in silence.
pub fn parts(documentation: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut lines = documentation.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            text.push_str(line);
            text.push('\n');
            continue;
        };
        parts.push(Part::Text(std::mem::take(&mut text)));
        let mut example = header(info)?;
        let mut closed = false;
        for line in lines.by_ref() {
            if line == "```" {
                closed = true;
                break;
            }
            match (line.strip_prefix("=== "), example.files.last_mut()) {
                (Some(path), _) => example.files.push((path.to_owned(), String::new())),
                (None, Some((_, text))) => {
                    text.push_str(line);
                    text.push('\n');
                }
                (None, None) => return Err(format!("`{line}` stands before the first `=== PATH`")),
            }
        }
        if !closed {
            return Err(format!("the example `{info}` does not end"));
        }
        if example.files.is_empty() {
            return Err(format!("the example `{info}` has no file"));
        }
        parts.push(Part::Example(example));
    }
    parts.push(Part::Text(text));
    Ok(parts)
}

fn header(info: &str) -> Result<Example, String> {
    let mut words = info.split(' ');
    let outcome = match (words.next(), words.next()) {
        (Some("repo"), Some("fires")) => Outcome::Fires,
        (Some("repo"), Some("silent")) => Outcome::Silent,
        _ => {
            return Err(format!(
                "`{info}` is neither `repo fires` nor `repo silent`"
            ));
        }
    };
    let mut today = None;
    for word in words {
        match word.strip_prefix("today=") {
            Some(day) => today = Some(day.to_owned()),
            None => return Err(format!("`{word}` in `{info}` means nothing")),
        }
    }
    Ok(Example {
        outcome,
        today,
        files: Vec::new(),
    })
}
