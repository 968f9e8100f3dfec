//! Scripts of a `package.json`.

use std::sync::Arc;

use crate::source::{SourceFile, SyntaxError, Traced, json};

/// The text of a script, with those of its `pre` and `post` scripts, in the order in which npm runs them. Empty
/// where there is no such script.
///
/// # Errors
/// The place where the file is no JSON.
pub fn script(file: &Arc<SourceFile>, name: &str) -> Result<Vec<Traced>, SyntaxError> {
    let json = json::parse(file)?;
    let Some(scripts) = json.tree.root().and_then(|root| root.get("scripts")) else {
        return Ok(Vec::new());
    };
    let text = |name: &str| scripts.get(name)?.traced();
    let Some(main) = text(name) else {
        return Ok(Vec::new());
    };
    let before = text(&format!("pre{name}"));
    let after = text(&format!("post{name}"));
    Ok(before.into_iter().chain([main]).chain(after).collect())
}

/// All scripts, for files that no workflow calls.
///
/// # Errors
/// The place where the file is no JSON.
pub fn scripts(file: &Arc<SourceFile>) -> Result<Vec<(String, Traced)>, SyntaxError> {
    let json = json::parse(file)?;
    let Some(scripts) = json.tree.root().and_then(|root| root.get("scripts")) else {
        return Ok(Vec::new());
    };
    let named = scripts
        .entries()
        .filter_map(|entry| Some((entry.key.text()?.to_owned(), entry.value.traced()?)));
    Ok(named.collect())
}

/// Whether the package has this name, for `--filter` and `--workspace`.
pub fn is_named(file: &Arc<SourceFile>, name: &str) -> bool {
    let Ok(json) = json::parse(file) else {
        return false;
    };
    json.tree.root().and_then(|root| root.get("name")?.text()) == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_brings_its_pre_and_post_scripts() {
        let text = r#"{"scripts": {"prefix": "a", "fix": "claude -p \"x\"", "postfix": "b"}}"#;
        let file = SourceFile::new("package.json", text);
        let texts = script(&file, "fix").unwrap();
        let texts: Vec<_> = texts.iter().map(Traced::text).collect();
        assert_eq!(texts, ["a", "claude -p \"x\"", "b"]);
        assert!(script(&file, "none").unwrap().is_empty());
    }
}
