//! Small decisions of a writer, drawn from one number.

/// A stream of decisions. The number 0 takes the first, plainest choice everywhere, so that a failure shrinks to
/// a file without ornaments.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u32) -> Self {
        Self(u64::from(seed))
    }

    /// One of `0..sides`.
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        if self.0 == 0 {
            return 0;
        }
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407)
            .max(1);
        (self.0 >> 33) as usize % sides
    }

    /// Whether to do the unusual thing: about one time in `often`.
    pub(super) fn unusual(&mut self, often: usize) -> bool {
        self.roll(often) == often - 1
    }

    /// One of a list.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())]
    }
}
