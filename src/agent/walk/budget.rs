//! How much one workflow may make the walk read. What is over it is a hole in the coverage, never silence.

use crate::source::Location;

/// How many texts one walk may visit.
const MAX_TEXTS: u32 = 600;

/// How many commands one walk may read.
const MAX_COMMANDS: u32 = 60_000;

/// How many starts of Claude one walk may find.
const MAX_STARTS: u32 = 1_000;

/// What is left.
#[derive(Debug)]
pub(super) struct Budget {
    texts: u32,
    commands: u32,
    starts: u32,
    /// The first place that was not read.
    cut: Option<Location>,
}

impl Budget {
    /// The budget of one workflow, or of a file that holds this many texts itself.
    pub(super) fn new(own_texts: usize) -> Self {
        Self {
            texts: MAX_TEXTS.saturating_add(u32::try_from(own_texts).unwrap_or(u32::MAX)),
            commands: MAX_COMMANDS,
            starts: MAX_STARTS,
            cut: None,
        }
    }

    /// Spends a text.
    pub(super) fn text(&mut self) -> Option<()> {
        self.texts = self.texts.checked_sub(1).filter(|_| !self.is_spent())?;
        Some(())
    }

    /// Spends a command.
    pub(super) fn command(&mut self) -> Option<()> {
        self.commands = self.commands.checked_sub(1).filter(|_| !self.is_spent())?;
        Some(())
    }

    /// Spends a start.
    pub(super) fn start(&mut self) {
        self.starts = self.starts.saturating_sub(1);
    }

    /// Whether nothing more is read.
    pub(super) fn is_spent(&self) -> bool {
        self.starts == 0 || self.cut.is_some()
    }

    /// Records a place that is not read.
    pub(super) fn cut(&mut self, place: Option<Location>) {
        if self.cut.is_none() {
            self.cut = place;
        }
    }

    /// The first place that was not read.
    pub(super) fn place(&self) -> Option<&Location> {
        self.cut.as_ref()
    }
}
