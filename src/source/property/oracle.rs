//! `serde_yaml` as a second opinion about written trees.

use proptest::prelude::*;

use super::super::{SourceFile, yaml};
use super::agreement::differs;
use super::sketch;
use super::writer::{Dialect, write};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_written_tree_reads_as_serde_yaml_reads_it(sketch in sketch::file()) {
        let written = write(&sketch, Dialect::Common);
        let file = SourceFile::new("t.yml", written.text.as_str());
        let tree = yaml::parse(&file).map_err(|error| TestCaseError::fail(format!("{error} in {:?}", written.text)))?;
        if let Some(difference) = differs(&tree, &written.text) {
            return Err(TestCaseError::fail(format!("{difference}, in {:?}", written.text)));
        }
    }
}
