//! Which file of a tree is the policy.

use super::diagnostic::Diagnostic;
use crate::source::{Location, SourceFile, Span};

/// Where a policy may stand.
pub const FILE_NAMES: [&str; 4] = [
    ".github/portcullis.yml",
    ".github/portcullis.yaml",
    "portcullis.yml",
    "portcullis.yaml",
];

/// The policy file of a tree: the first of [`FILE_NAMES`] that is there, or nothing.
///
/// # Errors
/// Two of them are there. Whoever reads the second believes in a policy that never applies.
pub fn choose_file(is_there: impl Fn(&str) -> bool) -> Result<Option<&'static str>, Diagnostic> {
    let mut present = FILE_NAMES.into_iter().filter(|name| is_there(name));
    match (present.next(), present.next()) {
        (Some(first), Some(second)) => {
            let place = Location::new(&SourceFile::new(second, ""), Span::at(0));
            let message = format!("there is a policy in `{first}` already");
            Err(Diagnostic::new(place, message).help("keep one of the two files"))
        }
        (first, _) => Ok(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_and_one_file_are_both_fine() {
        assert_eq!(choose_file(|_| false), Ok(None));
        for name in FILE_NAMES {
            assert_eq!(choose_file(|path| path == name), Ok(Some(name)));
        }
    }

    #[test]
    fn two_policies_are_a_mistake() {
        let two = [".github/portcullis.yml", "portcullis.yaml"];
        let mistake = choose_file(|path| two.contains(&path)).unwrap_err();
        insta::assert_snapshot!(mistake, @"portcullis.yaml:1:1: there is a policy in `.github/portcullis.yml` already");
    }
}
