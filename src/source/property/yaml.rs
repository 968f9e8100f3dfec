//! YAML: what our writer wrote comes back, each character at its place.

use proptest::prelude::*;

use super::super::{SourceFile, yaml};
use super::expected::compare;
use super::sketch;
use super::writer::{Dialect, write};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_written_tree_comes_back_with_all_its_places(sketch in sketch::file()) {
        let written = write(&sketch, Dialect::Full);
        let file = SourceFile::new("t.yml", written.text.as_str());
        let tree = yaml::parse(&file).map_err(|error| TestCaseError::fail(format!("{error} at {:?} of {:?}", error.span, written.text)))?;
        if let Err(difference) = compare(&tree, &written.root) {
            return Err(TestCaseError::fail(format!("{difference}, in {:?}", written.text)));
        }
        let comments: Vec<_> = tree.comments().iter().map(|span| span.range()).collect();
        prop_assert_eq!(comments, written.comments, "comments of {:?}", written.text);
    }
}
