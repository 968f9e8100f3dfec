//! The runner's command files, `$GITHUB_ENV` and `$GITHUB_OUTPUT`: `NAME=value`, and `NAME<<END` up to `END`.

use crate::source::Traced;

/// The assignments in everything that a step wrote to one of the files.
pub(super) fn assignments(text: &Traced) -> Vec<(String, Traced)> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut block: Option<Block> = None;
    for line in text.text().split('\n') {
        let range = at..at + line.len();
        at += line.len() + 1;
        if let Some(open) = &mut block {
            if line.trim() == open.end {
                found.extend(block.take().map(|open| {
                    (
                        open.name,
                        text.slice(open.from..range.start.saturating_sub(1).max(open.from)),
                    )
                }));
            }
            continue;
        }
        let equals = line.find('=');
        match line
            .find("<<")
            .filter(|at| equals.is_none_or(|equals| *at < equals))
        {
            Some(marker) => {
                block = Some(Block {
                    name: line.get(..marker).unwrap_or_default().trim().to_owned(),
                    end: line.get(marker + 2..).unwrap_or_default().trim().to_owned(),
                    from: at,
                });
            }
            None => {
                let name = equals
                    .and_then(|equals| line.get(..equals))
                    .map(str::trim)
                    .filter(|name| !name.is_empty());
                if let (Some(name), Some(equals)) = (name, equals) {
                    found.push((
                        name.to_owned(),
                        text.slice(range.start + equals + 1..range.end),
                    ));
                }
            }
        }
    }
    found
}

struct Block {
    name: String,
    end: String,
    from: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, Span};

    #[test]
    fn lines_and_blocks_are_read() {
        let text = "A=1\nB<<END\nx\ny=2\nEND\nC=3=4";
        let file = SourceFile::new("f", text);
        let traced = Traced::of_file(&file, Span::of(0..text.len()));
        let found: Vec<_> = assignments(&traced)
            .into_iter()
            .map(|(name, value)| (name, value.text().to_owned()))
            .collect();
        let wanted =
            [("A", "1"), ("B", "x\ny=2"), ("C", "3=4")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(found, wanted);
    }
}
