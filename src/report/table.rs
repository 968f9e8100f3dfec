//! Aligned columns for the terminal, cut to its width.

use unicode_width::UnicodeWidthStr;

/// Blanks between two columns.
const GAP: usize = 2;

/// Other columns are cut to this before the first gives way.
const NARROW: usize = 14;

/// No column is cut below this.
const NARROWEST: usize = 6;

/// Lays rows out under headings: one line each, without blanks at the end. Where the whole is wider than
/// `width`, the widest column gives way first; the first column loses its start (a path tells most at its end),
/// the others their end. Columns that are empty in every row are left out.
pub(super) fn lay_out<const N: usize>(
    headings: [&str; N],
    rows: &[[String; N]],
    width: usize,
) -> Vec<String> {
    let used: Vec<usize> = (0..N)
        .filter(|&column| rows.iter().any(|row| !cell(row, column).is_empty()))
        .collect();
    let mut widths: Vec<usize> = used
        .iter()
        .map(|&column| {
            let cells = rows.iter().map(|row| cell(row, column).width());
            let heading = headings.get(column).map_or(0, |heading| heading.width());
            cells.max().unwrap_or_default().max(heading)
        })
        .collect();
    shrink(&mut widths, width);
    let line = |row: &dyn Fn(usize) -> String| {
        let mut line = String::new();
        for (&column, &width) in used.iter().zip(&widths) {
            let text = fit(&row(column), width, column == 0);
            let fill = width.saturating_sub(text.width()) + GAP;
            line.push_str(&text);
            line.extend(std::iter::repeat_n(' ', fill));
        }
        line.trim_end().to_owned()
    };
    let heading = line(&|column| headings.get(column).copied().unwrap_or_default().to_owned());
    let rows = rows
        .iter()
        .map(|row| line(&|column| cell(row, column).to_owned()));
    std::iter::once(heading).chain(rows).collect()
}

fn cell<const N: usize>(row: &[String; N], column: usize) -> &str {
    row.get(column).map_or("", String::as_str)
}

/// Takes from the widest column until everything fits; from the first, which says where, last.
fn shrink(widths: &mut [usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    let first = widths.first().copied().unwrap_or_default();
    if let Some((_, others)) = widths.split_first_mut() {
        shrink_to(others, width.saturating_sub(gaps + first), NARROW);
    }
    shrink_to(widths, width.saturating_sub(gaps), NARROWEST);
}

fn shrink_to(widths: &mut [usize], room: usize, least: usize) {
    let mut total: usize = widths.iter().sum();
    while total > room {
        let second = second_widest(widths);
        let Some(widest) = widths.iter_mut().max() else {
            return;
        };
        // Down to the next widest at once; the number of steps does not depend on the text.
        let take = (*widest - second).max(1).min(total - room);
        let left = widest.saturating_sub(take).max(least.min(*widest));
        if left == *widest {
            return;
        }
        total -= *widest - left;
        *widest = left;
    }
}

fn second_widest(widths: &[usize]) -> usize {
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    sorted.iter().rev().nth(1).copied().unwrap_or_default()
}

/// Cuts a text to a width, at its start or at its end.
fn fit(text: &str, width: usize, at_start: bool) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    if at_start {
        let kept: Vec<char> = within(text.chars().rev(), room).collect();
        return std::iter::once('…').chain(kept.into_iter().rev()).collect();
    }
    within(text.chars(), room).chain(['…']).collect()
}

/// Characters from the front as long as they fit.
fn within(chars: impl Iterator<Item = char>, room: usize) -> impl Iterator<Item = char> {
    let mut used = 0;
    chars.take_while(move |c| {
        used += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
        used <= room
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<[String; 3]> {
        [
            [".github/workflows/review.yml:14", "", "Read, Grep, Glob"],
            ["a.yml:2", "", "all"],
        ]
        .map(|row| row.map(String::from))
        .to_vec()
    }

    #[test]
    fn columns_line_up_and_empty_ones_go() {
        let lines = lay_out(["where", "via", "tools"], &rows(), 80);
        assert_eq!(
            lines,
            [
                "where                            tools",
                ".github/workflows/review.yml:14  Read, Grep, Glob",
                "a.yml:2                          all",
            ]
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_paths_at_their_start_and_text_at_its_end() {
        let lines = lay_out(["where", "via", "tools"], &rows(), 38);
        assert_eq!(lines[1], "…rkflows/review.yml:14  Read, Grep, G…");
        assert!(lines.iter().all(|line| line.width() <= 38));
    }

    #[test]
    fn no_width_is_too_small() {
        assert!(!lay_out(["where", "via", "tools"], &rows(), 0).is_empty());
    }
}
