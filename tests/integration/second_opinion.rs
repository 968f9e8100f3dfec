//! `serde_yaml` reads the files of the test repositories as we read them.

use std::path::{Path, PathBuf};

use portcullis::source::{self, SourceFile, yaml};

#[path = "../../src/source/property/agreement.rs"]
mod agreement;

/// The files of the test repositories, and those below the folder that `PORTCULLIS_CORPUS` names, if it names one.
#[test]
fn files_that_people_wrote_read_as_serde_yaml_reads_them() {
    let mut files = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"),
        &mut files,
    );
    if let Some(corpus) = std::env::var_os("PORTCULLIS_CORPUS") {
        collect(Path::new(&corpus), &mut files);
    }
    files.sort();
    assert!(files.len() > 200, "only {} files were found", files.len());
    let different = files.iter().filter_map(|path| {
        let text = std::fs::read_to_string(path).ok()?;
        let file = SourceFile::new(path.to_string_lossy().into_owned(), text.as_str());
        let difference = match yaml::parse(&file) {
            Ok(tree) => agreement::differs(&tree, &text)?,
            Err(error) => {
                serde_yaml::from_str::<serde_yaml::Value>(&text).ok()?;
                format!("only ours stops: {error}")
            }
        };
        Some(format!("{}: {difference}", path.display()))
    });
    let different: Vec<_> = different.collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yml" || extension == "yaml")
        {
            into.push(path);
        }
    }
}
