//! Values in the shape of a token that nobody would take for one.
//!
//! Follows section 5 of `facts/token-formats.md`. For the text of a provider's token only these apply: runs, and four
//! words in capitals or between separators. A longer list of words would hide tokens (`auth` hides `tskey-auth-…`).

/// Equal characters in a row that no random text of a token's length holds.
const EQUAL_RUN: usize = 5;
/// A run of `x` is a placeholder sooner.
const X_RUN: usize = 4;
/// Characters in ascending order (`abcdef`, `123456`), in any case.
const SEQUENTIAL_RUN: usize = 6;
/// Fewer distinct characters than this are a pattern.
const DISTINCT: usize = 5;

const WORDS: [&str; 4] = ["YOUR", "REPLACE", "EXAMPLE", "PLACEHOLDER"];

/// Whether the body of a token (the part after its prefix) is a placeholder.
pub(super) fn is_placeholder(body: &[u8]) -> bool {
    distinct(body) < DISTINCT
        || longest_run(body, u8::eq) >= EQUAL_RUN
        || longest_run(body, |last, next| {
            last == next && matches!(next, b'x' | b'X')
        }) >= X_RUN
        || longest_run(body, |last, next| {
            next.is_ascii_alphanumeric()
                && last.to_ascii_lowercase() + 1 == next.to_ascii_lowercase()
        }) >= SEQUENTIAL_RUN
        || WORDS.iter().any(|word| names(body, word.as_bytes()))
}

/// Whether the body mixes both cases and digits, as every random text of a token's length does.
pub(super) fn is_mixed(body: &[u8]) -> bool {
    body.iter().any(u8::is_ascii_lowercase)
        && body.iter().any(u8::is_ascii_uppercase)
        && body.iter().any(u8::is_ascii_digit)
}

/// Shannon entropy in bits per character.
pub(super) fn entropy(text: &[u8]) -> f64 {
    let total = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    counts(text)
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}

/// Whether a word stands in the body, in capitals or as a part between separators.
fn names(body: &[u8], word: &[u8]) -> bool {
    body.windows(word.len()).any(|window| window == word)
        || body
            .split(|byte| !byte.is_ascii_alphanumeric())
            .any(|part| part.eq_ignore_ascii_case(word))
}

fn longest_run(body: &[u8], continues: impl Fn(&u8, &u8) -> bool) -> usize {
    body.chunk_by(continues).map(<[u8]>::len).max().unwrap_or(0)
}

fn distinct(body: &[u8]) -> usize {
    counts(body).iter().filter(|count| **count > 0).count()
}

fn counts(text: &[u8]) -> [u32; 256] {
    let mut counts = [0_u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_recognised() {
        for body in [
            "aaaaaaaaaaaaaaaa",
            "R7kxxxxP2mQ9vL4t",
            "R7kP2mQ9abcdefL4t",
            "R7kP2mQ91234567890",
            "my-YOUR-key-R7kP2mQ9vL4t",
            "R7kP2m-replace-Q9vL4t",
            "R7kP2mEXAMPLEQ9vL4t",
            "R7k00000P2mQ9vL4t",
            "abababababababab",
        ] {
            assert!(is_placeholder(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn words_inside_random_text_are_no_placeholder() {
        for body in [
            "R7kP2mQyour9vL4t",
            "R7kP2mauthQ9vL4t-test-k",
            "R7kaaaaP2mQabcde9vL4t",
        ] {
            assert!(!is_placeholder(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn entropy_is_that_of_the_distribution() {
        assert!(entropy(b"aaaa") < 0.01);
        assert!((entropy(b"abcdabcd") - 2.0).abs() < 0.01);
    }
}
