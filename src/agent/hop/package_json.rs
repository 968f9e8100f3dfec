//! Scripts of a `package.json`.

use std::collections::HashMap;
use std::sync::Arc;

use crate::source::{NodeId, SourceFile, SyntaxError, Traced, Tree, json};

/// A `package.json`, read once for all scripts that are asked for.
#[derive(Debug)]
pub struct Package {
    tree: Tree,
    /// The value of each script; the last of a name counts.
    scripts: HashMap<Box<str>, NodeId>,
}

impl Package {
    /// Reads a file.
    ///
    /// # Errors
    /// The place where the file is no JSON.
    pub fn parse(file: &Arc<SourceFile>) -> Result<Self, SyntaxError> {
        let tree = json::parse(file)?.tree;
        let scripts = tree.root().and_then(|root| root.get("scripts"));
        let entries = scripts.into_iter().flat_map(|scripts| scripts.entries());
        let scripts = entries
            .filter_map(|entry| Some((entry.key.text()?.into(), entry.value.id())))
            .collect();
        Ok(Self { tree, scripts })
    }

    /// The text of a script, with those of its `pre` and `post` scripts, in the order in which npm runs them. Empty
    /// where there is no such script.
    pub fn script(&self, name: &str) -> Vec<Traced> {
        let text = |name: &str| self.tree.node(*self.scripts.get(name)?).traced();
        let Some(main) = text(name) else {
            return Vec::new();
        };
        let before = text(&format!("pre{name}"));
        let after = text(&format!("post{name}"));
        before.into_iter().chain([main]).chain(after).collect()
    }

    /// Whether the package has this name, for `--filter` and `--workspace`.
    pub fn is_named(&self, name: &str) -> bool {
        self.tree.root().and_then(|root| root.get("name")?.text()) == Some(name)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_brings_its_pre_and_post_scripts() {
        let text = r#"{"scripts": {"prefix": "a", "fix": "claude -p \"x\"", "postfix": "b"}}"#;
        let file = SourceFile::new("package.json", text);
        let package = Package::parse(&file).unwrap();
        let texts = package.script("fix");
        let texts: Vec<_> = texts.iter().map(Traced::text).collect();
        assert_eq!(texts, ["a", "claude -p \"x\"", "b"]);
        assert!(package.script("none").is_empty());
    }
}
