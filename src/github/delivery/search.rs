//! Finding the comments that GitHub refuses.
//!
//! A review is taken as a whole or not at all, and the answer names the kind of mistake but not the comment
//! (`facts/github-delivery.md`, fact 3). So a half is tried: where GitHub takes it, the mistake is in the rest, which
//! needs no trial of its own to know; where not, the rest waits until everything else is settled, and is then sent as
//! one. One wrong comment of 25 costs six requests.

use super::super::review::InlineComment;

/// Requests that may be spent on the search.
pub(super) const MAX_TRIALS: usize = 8;

/// What to do next.
#[derive(Debug)]
pub(super) enum Step {
    /// Send these as a review.
    Try(Vec<InlineComment>),
    /// The search is over: these are refused.
    Done(Vec<InlineComment>),
}

/// A search under way.
#[derive(Debug)]
pub(super) struct Search {
    /// Comments of which at least one is refused.
    suspects: Vec<InlineComment>,
    /// Nothing speaks against these.
    waiting: Vec<InlineComment>,
    trial: Trial,
    refused: Vec<InlineComment>,
    trials: usize,
}

#[derive(Debug)]
enum Trial {
    None,
    /// The first half of the suspects; the rest is kept here.
    Half(Vec<InlineComment>),
    /// Everything that waited.
    Waiting,
}

impl Search {
    /// A search among comments that were refused together.
    pub(super) fn among(comments: Vec<InlineComment>) -> Self {
        Self {
            suspects: comments,
            waiting: Vec::new(),
            trial: Trial::None,
            refused: Vec::new(),
            trials: 0,
        }
    }

    /// What to try next.
    pub(super) fn next(&mut self) -> Step {
        if self.suspects.len() <= 1 {
            self.refused.append(&mut self.suspects);
        }
        if self.trials >= MAX_TRIALS {
            self.refused.append(&mut self.suspects);
            self.refused.append(&mut self.waiting);
        }
        if self.suspects.is_empty() {
            if self.waiting.is_empty() {
                return Step::Done(std::mem::take(&mut self.refused));
            }
            self.trials += 1;
            self.trial = Trial::Waiting;
            return Step::Try(self.waiting.clone());
        }
        self.trials += 1;
        let rest = self.suspects.split_off(self.suspects.len() / 2);
        self.trial = Trial::Half(rest);
        Step::Try(self.suspects.clone())
    }

    /// GitHub took what was tried.
    pub(super) fn taken(&mut self) {
        match std::mem::replace(&mut self.trial, Trial::None) {
            Trial::Half(rest) => self.suspects = rest,
            Trial::Waiting => self.waiting.clear(),
            Trial::None => {}
        }
    }

    /// GitHub refused what was tried.
    pub(super) fn refused(&mut self) {
        match std::mem::replace(&mut self.trial, Trial::None) {
            Trial::Half(rest) => self.waiting.extend(rest),
            Trial::Waiting => self.suspects = std::mem::take(&mut self.waiting),
            Trial::None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::github::review::Side;

    fn comments(number: u32) -> Vec<InlineComment> {
        (1..=number)
            .map(|line| InlineComment {
                path: "a".into(),
                line,
                side: Side::Right,
                start_line: None,
                start_side: None,
                body: String::new(),
                fingerprint: line.to_string(),
            })
            .collect()
    }

    /// Runs a search where these lines are refused. Gives the posted lines, the refused ones, and the trials.
    fn run(number: u32, bad: &[u32]) -> (Vec<u32>, Vec<u32>, usize) {
        let mut search = Search::among(comments(number));
        let (mut posted, mut trials) = (Vec::new(), 0);
        loop {
            match search.next() {
                Step::Try(tried) => {
                    trials += 1;
                    if tried.iter().any(|comment| bad.contains(&comment.line)) {
                        search.refused();
                    } else {
                        posted.extend(tried.iter().map(|comment| comment.line));
                        search.taken();
                    }
                }
                Step::Done(refused) => {
                    posted.sort_unstable();
                    let mut lines: Vec<u32> = refused.iter().map(|one| one.line).collect();
                    lines.sort_unstable();
                    return (posted, lines, trials);
                }
            }
        }
    }

    #[test]
    fn one_wrong_comment_is_found_wherever_it_stands() {
        for bad in 1..=25 {
            let (posted, refused, trials) = run(25, &[bad]);
            assert_eq!(posted.len(), 24);
            assert_eq!(refused, [bad]);
            assert!(trials <= 6, "{trials} trials for {bad}");
        }
    }

    #[test]
    fn nothing_is_lost_or_posted_twice_whatever_is_wrong() {
        for number in 1..=12u32 {
            for mask in 1u32..(1 << number) {
                let bad: Vec<u32> = (1..=number)
                    .filter(|line| mask & (1 << (line - 1)) != 0)
                    .collect();
                let (posted, refused, trials) = run(number, &bad);
                assert!(trials <= MAX_TRIALS);
                assert!(bad.iter().all(|line| refused.contains(line)));
                let mut all: Vec<u32> = posted.iter().chain(&refused).copied().collect();
                all.sort_unstable();
                assert_eq!(all, (1..=number).collect::<Vec<u32>>());
            }
        }
    }
}
