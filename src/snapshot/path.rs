//! Paths as text, without loss.
//!
//! Git allows every byte but NUL in a path. Everything behind this room wants text that fits on one line. So a path is
//! held in a printable form from which its bytes can be had back.

use std::borrow::Cow;
use std::fmt::Write;

/// The printable form of a path: a control character, a backslash or a byte that is not UTF-8 becomes `\xHH`,
/// byte by byte; everything else stays. Two different paths never have the same form.
pub fn printable(path: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(path)
        && !text.chars().any(is_escaped)
    {
        return Cow::Borrowed(text);
    }
    let mut form = String::with_capacity(path.len() + 16);
    for chunk in path.utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_escaped(character) {
                escape(&mut form, character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                form.push(character);
            }
        }
        escape(&mut form, chunk.invalid());
    }
    Cow::Owned(form)
}

/// Joins a folder and a path below it, and takes `.` and `..` out. Nothing where the path leaves the tree.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of a path; empty for what stands at the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The bytes of a path in printable form. None where the text is not such a form.
pub fn raw(form: &str) -> Option<Cow<'_, [u8]>> {
    if !form.contains('\\') {
        return Some(Cow::Borrowed(form.as_bytes()));
    }
    let mut pieces = form.split('\\');
    let mut path = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let digits = piece.strip_prefix('x')?.get(..2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        path.push(u8::from_str_radix(digits, 16).ok()?);
        path.extend_from_slice(piece.get(3..)?.as_bytes());
    }
    Some(Cow::Owned(path))
}

/// Whether two paths are one on a file system that ignores case.
pub(super) fn equal_ignoring_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().flat_map(folded).eq(b.chars().flat_map(folded))
}

/// Upper case first: it takes the long s to S and the Kelvin sign's k to K, as macOS does.
fn folded(character: char) -> impl Iterator<Item = char> {
    character.to_uppercase().flat_map(char::to_lowercase)
}

fn is_escaped(character: char) -> bool {
    character.is_control() || character == '\\' || matches!(character, '\u{2028}' | '\u{2029}')
}

fn escape(form: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(form, "\\x{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_ordinary_path_is_its_own_form() {
        assert!(matches!(
            printable("a/ä 𝄞.yml".as_bytes()),
            Cow::Borrowed("a/ä 𝄞.yml")
        ));
    }

    #[test]
    fn newlines_foreign_bytes_and_backslashes_are_escaped() {
        assert_eq!(printable(b"a\nb"), "a\\x0ab");
        assert_eq!(printable(b"a\xffb"), "a\\xffb");
        assert_eq!(printable(b"a\\x0ab"), "a\\x5cx0ab");
        assert_eq!(
            printable("a\u{2028}b\u{85}".as_bytes()),
            "a\\xe2\\x80\\xa8b\\xc2\\x85"
        );
    }

    #[test]
    fn text_that_is_no_form_has_no_bytes() {
        for wrong in ["a\\", "a\\n", "\\x0", "\\x+1", "\\xé1"] {
            assert_eq!(raw(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn case_is_folded_as_file_systems_do() {
        assert!(equal_ignoring_case("CI.YAML", "ci.yaml"));
        assert!(equal_ignoring_case(
            ".claude/\u{17f}ettings",
            ".claude/Settings"
        ));
        assert!(equal_ignoring_case("\u{212a}", "k"));
        assert!(!equal_ignoring_case("a", "b"));
    }

    proptest! {
        #[test]
        fn bytes_survive_the_printable_form(path in proptest::collection::vec(any::<u8>(), 0..40)) {
            let form = printable(&path);
            prop_assert!(!form.chars().any(char::is_control));
            prop_assert_eq!(raw(&form).unwrap().into_owned(), path);
        }

        #[test]
        fn any_text_can_be_taken_for_a_form(text in any::<String>()) {
            let _ = raw(&text);
        }
    }
}
