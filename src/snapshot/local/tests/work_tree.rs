//! What a work tree lists and reads.

use std::path::Path;
use std::sync::Arc;

use crate::snapshot::local::test_repository::{Sandbox, git, paths, text};
use crate::snapshot::{
    Content, EntryKind, LocalSnapshot, ObjectId, Snapshot, SnapshotError, Tracking,
};

fn open(sandbox: &Sandbox) -> LocalSnapshot {
    LocalSnapshot::open(&sandbox.root()).unwrap()
}

fn kind(snapshot: &dyn Snapshot, path: &str) -> EntryKind {
    snapshot
        .entry(path)
        .unwrap_or_else(|| panic!("no {path}"))
        .kind
}

#[test]
fn tracked_and_untracked_files_are_entries_and_ignored_ones_are_not() {
    let sandbox = Sandbox::with_commit(&[
        (".gitignore", "*.log\n/build/\n"),
        (".github/workflows/ci.yml", "on: push\n"),
        ("kept.log", "tracked although ignored"),
        ("build/tracked.txt", "tracked in an ignored directory"),
        ("src/.gitignore", "!debug.log\nlocal\n"),
        ("src/a", ""),
    ]);
    sandbox.write(".claude/settings.json", "{}");
    sandbox.write("trace.log", "");
    sandbox.write("build/output", "");
    sandbox.write("src/debug.log", "");
    sandbox.write("src/local/b", "");
    sandbox.write("node_modules/x/index.js", "");
    sandbox.write(".git/info/exclude", "node_modules\n");
    let snapshot = open(&sandbox);
    assert_eq!(
        paths(&snapshot),
        [
            "?.claude/settings.json",
            ".github/workflows/ci.yml",
            ".gitignore",
            "build/tracked.txt",
            "kept.log",
            "src/.gitignore",
            "src/a",
            "?src/debug.log",
        ]
    );
    let listed = sandbox.git(&["ls-files", "-c", "-o", "--exclude-standard"]);
    let mut listed: Vec<_> = listed.lines().collect();
    listed.sort_unstable();
    let ours: Vec<_> = snapshot
        .entries()
        .iter()
        .map(|entry| &*entry.path)
        .collect();
    assert_eq!(ours, listed, "git sees the same files");
    assert!(snapshot.gaps().is_empty());
}

#[test]
fn the_user_cannot_hide_files_by_other_ignore_files() {
    let sandbox = Sandbox::with_commit(&[(".ignore", "*\n"), (".rgignore", "*\n")]);
    sandbox.write("a", "");
    sandbox.git(&["config", "core.excludesFile", ".ignore"]);
    assert_eq!(paths(&open(&sandbox)), [".ignore", ".rgignore", "?a"]);
}

#[test]
fn content_is_that_of_the_work_tree() {
    let sandbox = Sandbox::with_commit(&[("a", "old"), ("empty", "")]);
    sandbox.write("a", "new");
    let snapshot = open(&sandbox);
    assert_eq!(text(&snapshot, "a"), "new");
    assert_eq!(snapshot.entry("a").unwrap().id, None);
    assert_eq!(
        snapshot.read("empty", 0),
        Content::Bytes(Arc::from(&b""[..]))
    );
    assert_eq!(snapshot.read("a", 2), Content::TooLarge(3));
    assert_eq!(
        snapshot.read("a", 3),
        Content::Bytes(Arc::from(&b"new"[..]))
    );
    assert_eq!(snapshot.read("../tree/a", 9), Content::Missing);
    assert_eq!(snapshot.read(".git/HEAD", 99), Content::Missing);
}

#[test]
fn a_deleted_file_is_no_entry_and_one_deleted_later_is_missing() {
    let sandbox = Sandbox::with_commit(&[("a", "1"), ("b", "2"), ("c/d", "3")]);
    std::fs::remove_file(sandbox.root().join("a")).unwrap();
    std::fs::remove_dir_all(sandbox.root().join("c")).unwrap();
    sandbox.write("c", "a file in place of a directory");
    let snapshot = open(&sandbox);
    assert_eq!(paths(&snapshot), ["b", "?c"]);
    std::fs::remove_file(sandbox.root().join("b")).unwrap();
    assert_eq!(snapshot.read("b", 9), Content::Missing);
}

#[test]
fn the_start_may_be_a_file_or_a_directory_below() {
    let sandbox = Sandbox::with_commit(&[("a", ""), (".github/workflows/ci.yml", "")]);
    for start in ["", ".github", ".github/workflows/ci.yml", ".github/../a"] {
        let snapshot = LocalSnapshot::open(&sandbox.root().join(start)).unwrap();
        assert_eq!(snapshot.root(), sandbox.root().canonicalize().unwrap());
        assert_eq!(paths(&snapshot), [".github/workflows/ci.yml", "a"]);
    }
    let missing = LocalSnapshot::open(&sandbox.root().join("nowhere"));
    assert!(matches!(missing.err(), Some(SnapshotError::Open { .. })));
}

#[test]
fn without_git_every_file_counts() {
    let sandbox = Sandbox::empty();
    assert!(open(&sandbox).entries().is_empty());
    sandbox.write(".gitignore", "*\n");
    sandbox.write(".github/workflows/ci.yml", "on: push\n");
    sandbox.write("nested/.git/config", "");
    sandbox.write("nested/a", "");
    let snapshot = open(&sandbox);
    assert_eq!(
        paths(&snapshot),
        ["?.github/workflows/ci.yml", "?.gitignore", "?nested/a"]
    );
    assert_eq!(text(&snapshot, ".github/workflows/ci.yml"), "on: push\n");
    assert_eq!(snapshot.git_head(), None);
}

#[test]
fn a_repository_without_a_commit_lists_what_is_there() {
    let sandbox = Sandbox::repository();
    assert!(open(&sandbox).entries().is_empty());
    sandbox.write("a", "");
    assert_eq!(paths(&open(&sandbox)), ["?a"]);
    assert_eq!(open(&sandbox).git_head(), None);
}

#[test]
fn a_bare_repository_has_no_files_to_check() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "-q", "--bare"]);
    assert!(matches!(
        LocalSnapshot::open(&sandbox.root()).err(),
        Some(SnapshotError::Bare { .. })
    ));
    let error = LocalSnapshot::open(&sandbox.root().join("refs"))
        .err()
        .unwrap();
    assert!(error.to_string().contains("bare"), "{error}");
}

#[test]
fn a_linked_work_tree_has_its_own_index_and_shares_the_rest() {
    let sandbox = Sandbox::with_commit(&[("a", "1")]);
    sandbox.write(".git/info/exclude", "ignored\n");
    let linked = sandbox.beside("linked");
    sandbox.git(&[
        "worktree",
        "add",
        "-q",
        "-b",
        "other",
        linked.to_str().unwrap(),
    ]);
    std::fs::write(linked.join("b"), "2").unwrap();
    std::fs::write(linked.join("ignored"), "").unwrap();
    git(&linked, &["add", "b"]);
    git(&linked, &["commit", "-q", "-m", "b"]);
    let snapshot = LocalSnapshot::open(&linked).unwrap();
    assert_eq!(paths(&snapshot), ["a", "b"]);
    assert_eq!(
        snapshot.git_head().unwrap().to_string(),
        git(&linked, &["rev-parse", "HEAD"])
    );
    assert_eq!(paths(&open(&sandbox)), ["a"]);
}

#[test]
fn every_version_of_the_index_is_read() {
    let files = [
        ("a/long/path/one", "1"),
        ("a/long/path/two", "2"),
        ("b", "3"),
    ];
    for version in ["2", "3", "4"] {
        let sandbox = Sandbox::with_commit(&files);
        sandbox.git(&["update-index", "--index-version", version]);
        sandbox.write("new", "");
        // Version 3 is written only where an entry needs it.
        sandbox.git(&["add", "--intent-to-add", "new"]);
        let snapshot = open(&sandbox);
        assert_eq!(
            paths(&snapshot),
            ["a/long/path/one", "a/long/path/two", "b", "new"],
            "version {version}"
        );
    }
}

#[test]
fn an_index_that_cannot_be_read_is_an_error() {
    let sandbox = Sandbox::with_commit(&[("a", "1")]);
    sandbox.git(&["update-index", "--split-index"]);
    let error = LocalSnapshot::open(&sandbox.root()).err().unwrap();
    assert!(error.to_string().contains("split index"), "{error}");
    sandbox.write(".git/index", "not an index, whatever it may be");
    let error = LocalSnapshot::open(&sandbox.root()).err().unwrap();
    assert!(
        matches!(error, SnapshotError::DamagedIndex { .. }),
        "{error}"
    );
}

#[test]
fn a_repository_with_sha256_names_is_refused() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "-q", "--object-format=sha256"]);
    let error = LocalSnapshot::open(&sandbox.root()).err().unwrap();
    assert!(error.to_string().contains("SHA-256"), "{error}");
}

#[test]
fn a_conflict_is_one_entry() {
    let sandbox = Sandbox::with_commit(&[("a", "1")]);
    let blob = sandbox.git(&["rev-parse", "HEAD:a"]);
    let stages = [1, 2, 3].map(|stage| format!("100644 {blob} {stage}\ta\n"));
    sandbox.git(&["rm", "-q", "--cached", "a"]);
    sandbox.git_reading(&stages.concat(), &["update-index", "--index-info"]);
    assert_eq!(sandbox.git(&["ls-files", "--unmerged"]).lines().count(), 3);
    assert_eq!(paths(&open(&sandbox)), ["a"]);
}

#[test]
fn what_a_sparse_checkout_left_out_is_read_from_git() {
    for sparse_index in ["--no-sparse-index", "--sparse-index"] {
        let sandbox = Sandbox::with_commit(&[
            ("top", "0"),
            ("in/a", "1"),
            ("out/b", "2"),
            ("out/deep/c", "3"),
        ]);
        sandbox.git(&["sparse-checkout", "set", "--cone", sparse_index, "in"]);
        assert!(!sandbox.root().join("out").exists());
        let snapshot = open(&sandbox);
        assert_eq!(
            paths(&snapshot),
            ["in/a", "out/b", "out/deep/c", "top"],
            "{sparse_index}"
        );
        assert_eq!(text(&snapshot, "out/deep/c"), "3");
        assert_eq!(snapshot.read("out/b", 0), Content::TooLarge(1));
        assert_eq!(snapshot.entry("out/b").unwrap().id, ObjectId::of_blob(b"2"));
    }
}

#[test]
fn a_submodule_is_an_entry_without_content() {
    let other = Sandbox::with_commit(&[("inner", "1")]);
    let sandbox = Sandbox::with_commit(&[("a", "1")]);
    sandbox.git(&[
        "submodule",
        "add",
        "-q",
        other.root().to_str().unwrap(),
        "module",
    ]);
    sandbox.write("module/untracked", "");
    std::fs::create_dir_all(sandbox.root().join("nested")).unwrap();
    git(&sandbox.root().join("nested"), &["init", "-q"]);
    sandbox.write("nested/file", "");
    let snapshot = open(&sandbox);
    assert_eq!(paths(&snapshot), [".gitmodules", "a", "module", "?nested"]);
    assert_eq!(kind(&snapshot, "module"), EntryKind::Submodule);
    assert_eq!(kind(&snapshot, "nested"), EntryKind::Submodule);
    let commit = snapshot.entry("module").unwrap().id.unwrap();
    assert_eq!(commit.to_string(), other.git(&["rev-parse", "HEAD"]));
    assert!(matches!(snapshot.read("module", 9), Content::Unreadable(_)));
    let inner = LocalSnapshot::open(&sandbox.root().join("module")).unwrap();
    assert_eq!(paths(&inner), ["inner", "?untracked"]);
    std::fs::remove_dir_all(sandbox.root().join("module")).unwrap();
    assert_eq!(kind(&open(&sandbox), "module"), EntryKind::Submodule);
}

#[test]
fn a_path_given_by_a_person_is_found_in_the_tree() {
    let sandbox = Sandbox::with_commit(&[("a", ""), (".github/workflows/ci.yml", "")]);
    let snapshot = open(&sandbox);
    let relative = |path: &str| snapshot.relative(&sandbox.root().join(path));
    assert_eq!(relative(""), Some(String::new()));
    assert_eq!(relative("a").as_deref(), Some("a"));
    assert_eq!(
        relative("./.github/../.github/workflows/ci.yml").as_deref(),
        Some(".github/workflows/ci.yml")
    );
    assert_eq!(relative(".github/workflows/..").as_deref(), Some(".github"));
    assert_eq!(relative("not/there").as_deref(), Some("not/there"));
    assert_eq!(relative(".."), None);
    assert_eq!(relative("../elsewhere"), None);
    assert_eq!(snapshot.relative(Path::new("/")), None);
}

#[test]
fn an_ignored_file_can_be_admitted_by_name() {
    let sandbox = Sandbox::with_commit(&[(".gitignore", "*.local.json\n")]);
    sandbox.write(".claude/settings.local.json", "{}");
    let mut snapshot = open(&sandbox);
    assert_eq!(paths(&snapshot), [".gitignore"]);
    assert!(snapshot.admit(".claude/settings.local.json"));
    assert!(snapshot.admit(".gitignore"));
    for path in [
        "",
        ".claude",
        "nowhere",
        "../beside",
        "/etc/hostname",
        ".git/HEAD",
    ] {
        assert!(!snapshot.admit(path), "{path}");
    }
    assert_eq!(
        paths(&snapshot),
        ["?.claude/settings.local.json", ".gitignore"]
    );
    assert_eq!(text(&snapshot, ".claude/settings.local.json"), "{}");
    assert_eq!(
        snapshot.entry(".gitignore").unwrap().tracked,
        Tracking::Tracked
    );
}
