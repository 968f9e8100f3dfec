//! Trees of revisions.

use std::path::Path;

use crate::snapshot::local::test_repository::{Sandbox, git, paths, text};
use crate::snapshot::{Content, EntryKind, GitSnapshot, ObjectId, Snapshot, SnapshotError};

fn open(root: &Path, revision: &str) -> GitSnapshot {
    GitSnapshot::open(root, revision).unwrap_or_else(|error| panic!("{revision}: {error}"))
}

/// Three commits on `main`, one on `side`, and a merge of both at the end.
fn history() -> Sandbox {
    let sandbox = Sandbox::with_commit(&[("n", "1")]);
    sandbox.git(&["tag", "light"]);
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.commit(&[("side", "s")]);
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit(&[("n", "2")]);
    sandbox.git(&["tag", "-a", "-m", "annotated", "v2"]);
    sandbox.git(&["tag", "-a", "-m", "a tag of a tag", "v2again", "v2"]);
    sandbox.commit(&[("n", "3")]);
    sandbox.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "main~1"]);
    sandbox
}

#[test]
fn every_form_of_a_revision_names_the_commit_that_git_names() {
    let sandbox = history();
    let id = sandbox.git(&["rev-parse", "HEAD"]);
    let short = id.get(..8).unwrap().to_owned();
    for packed in [false, true] {
        if packed {
            sandbox.git(&["gc", "-q"]);
            assert!(sandbox.root().join(".git/packed-refs").exists());
        }
        for revision in [
            "HEAD",
            "@",
            "main",
            "side",
            "heads/main",
            "refs/heads/main",
            "light",
            "tags/v2",
            "v2",
            "v2again",
            "v2^{}",
            "v2^{commit}",
            "v2^0",
            "origin/main",
            "HEAD^",
            "HEAD^1",
            "HEAD^2",
            "HEAD~2",
            "HEAD^^",
            "HEAD~1^1",
            "main~3",
            &id,
            &short,
            &format!("{id}^2"),
        ] {
            let commit = open(&sandbox.root(), revision)
                .commit()
                .unwrap()
                .to_string();
            let expected = sandbox.git(&["rev-parse", &format!("{revision}^{{commit}}")]);
            assert_eq!(commit, expected, "{revision}, packed: {packed}");
        }
        assert_eq!(text(&open(&sandbox.root(), "v2"), "n"), "2");
        assert_eq!(paths(&open(&sandbox.root(), "HEAD^2")), ["n", "side"]);
    }
}

#[test]
fn a_tree_can_be_named_and_a_file_cannot() {
    let sandbox = history();
    let tree = open(&sandbox.root(), &sandbox.git(&["rev-parse", "HEAD^{tree}"]));
    assert_eq!(
        (paths(&tree), tree.commit()),
        (vec!["n".to_owned(), "side".to_owned()], None)
    );
    let blob = sandbox.git(&["rev-parse", "HEAD:n"]);
    let error = GitSnapshot::open(&sandbox.root(), &blob).err().unwrap();
    assert!(matches!(error, SnapshotError::NotACommit { .. }), "{error}");
}

#[test]
fn an_unknown_revision_is_named() {
    let sandbox = history();
    let absent = "1".repeat(40);
    for revision in [
        "nope", "HEAD^3", "HEAD~9", "light^", "deadbeef", "/HEAD", "config", &absent,
    ] {
        let error = GitSnapshot::open(&sandbox.root(), revision).err().unwrap();
        assert!(
            matches!(error, SnapshotError::UnknownRevision { .. }),
            "{error}"
        );
        assert!(error.to_string().contains(revision), "{error}");
        assert!(!error.to_string().contains("fetch-depth"), "{error}");
    }
    for revision in ["HEAD@{1}", "../../HEAD", "main..side"] {
        let error = GitSnapshot::open(&sandbox.root(), revision).err().unwrap();
        assert!(
            matches!(error, SnapshotError::UnsupportedRevision { .. }),
            "{error}"
        );
    }
}

#[test]
fn a_shallow_clone_says_how_to_get_the_parent() {
    let sandbox = history();
    for (depth, parent_is_there) in [("1", false), ("2", true)] {
        let clone = sandbox.beside(depth);
        let source = format!("file://{}", sandbox.root().display());
        sandbox.git(&[
            "clone",
            "-q",
            "--depth",
            depth,
            &source,
            clone.to_str().unwrap(),
        ]);
        assert_eq!(paths(&open(&clone, "HEAD")), ["n", "side"]);
        assert_eq!(paths(&open(&clone, "origin")), ["n", "side"]);
        let parent = GitSnapshot::open(&clone, "HEAD^1");
        assert_eq!(parent.is_ok(), parent_is_there);
        if let Err(error) = parent {
            assert!(error.to_string().contains("fetch-depth: 2"), "{error}");
        }
    }
}

#[test]
fn the_tree_is_that_of_the_commit_whatever_the_work_tree_holds() {
    let sandbox = Sandbox::with_commit(&[
        ("old/name.yml", "same"),
        ("empty", ""),
        ("run.sh", "#!/bin/sh\n"),
    ]);
    sandbox.git(&["update-index", "--chmod=+x", "run.sh"]);
    let link = sandbox.beside("target");
    std::fs::write(&link, "../outside").unwrap();
    let target = sandbox.git(&["hash-object", "-w", link.to_str().unwrap()]);
    sandbox.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("120000,{target},link"),
    ]);
    sandbox.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{},module", "2".repeat(40)),
    ]);
    sandbox.git(&["commit", "-q", "-m", "kinds"]);
    std::fs::create_dir(sandbox.root().join("new")).unwrap();
    sandbox.git(&["mv", "old/name.yml", "new/name.yml"]);
    sandbox.git(&["commit", "-q", "-m", "rename"]);
    sandbox.write("run.sh", "changed");
    sandbox.write("untracked", "");

    let before = open(&sandbox.root(), "HEAD^");
    assert_eq!(
        paths(&before),
        ["empty", "link", "module", "old/name.yml", "run.sh"]
    );
    let kinds: Vec<_> = before.entries().iter().map(|entry| entry.kind).collect();
    use EntryKind::{Executable, File, Submodule, Symlink};
    assert_eq!(kinds, [File, Symlink, Submodule, File, Executable]);
    assert_eq!(text(&before, "link"), "../outside");
    assert_eq!(text(&before, "run.sh"), "#!/bin/sh\n");
    assert_eq!(text(&before, "empty"), "");
    assert!(matches!(before.read("module", 9), Content::Unreadable(_)));
    assert_eq!(before.read("run.sh", 3), Content::TooLarge(10));
    assert_eq!(before.read("untracked", 3), Content::Missing);

    let after = open(&sandbox.root(), "HEAD");
    let id = |snapshot: &GitSnapshot, path| snapshot.entry(path).unwrap().id;
    assert_eq!(id(&after, "new/name.yml"), id(&before, "old/name.yml"));
    assert_eq!(id(&after, "new/name.yml"), ObjectId::of_blob(b"same"));
}

#[test]
fn a_bare_repository_an_alternate_and_a_linked_work_tree_have_trees() {
    let sandbox = history();
    let bare = sandbox.beside("bare");
    sandbox.git(&[
        "clone",
        "-q",
        "--bare",
        "--shared",
        ".",
        bare.to_str().unwrap(),
    ]);
    assert!(bare.join("objects/info/alternates").exists());
    assert_eq!(text(&open(&bare, "main"), "n"), "3");
    let linked = sandbox.beside("linked");
    sandbox.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "side"]);
    assert_eq!(text(&open(&linked, "HEAD"), "n"), "1");
    assert_eq!(text(&open(&linked, "main"), "n"), "3");
    let nowhere = Sandbox::empty();
    let error = GitSnapshot::open(&nowhere.root(), "HEAD").err().unwrap();
    assert!(
        matches!(error, SnapshotError::NotARepository { .. }),
        "{error}"
    );
}

#[test]
fn a_missing_object_is_a_gap_or_an_unreadable_file_and_never_silence() {
    let sandbox = Sandbox::with_commit(&[("a", "1"), ("d/b", "2"), ("e/c", "3")]);
    let remove = |id: &str| {
        let (directory, name) = id.split_at(2);
        std::fs::remove_file(
            sandbox
                .root()
                .join(".git/objects")
                .join(directory)
                .join(name),
        )
        .unwrap();
    };
    let blob = sandbox.git(&["rev-parse", "HEAD:a"]);
    remove(&blob);
    remove(&sandbox.git(&["rev-parse", "HEAD:d"]));
    let snapshot = open(&sandbox.root(), "HEAD");
    assert_eq!(paths(&snapshot), ["a", "e/c"]);
    match snapshot.read("a", 9) {
        Content::Unreadable(reason) => assert!(reason.contains(&blob), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(snapshot.gaps().len(), 1);
    assert_eq!(&*snapshot.gaps()[0].path, "d");
    remove(&sandbox.git(&["rev-parse", "HEAD^{tree}"]));
    let error = GitSnapshot::open(&sandbox.root(), "HEAD").err().unwrap();
    assert!(
        matches!(error, SnapshotError::MissingObject { .. }),
        "{error}"
    );
}

#[test]
fn an_object_shown_in_place_of_another_is_not_taken() {
    let sandbox = Sandbox::with_commit(&[("a", "honest")]);
    let honest = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.commit(&[("a", "replaced")]);
    sandbox.git(&["replace", &honest, "HEAD"]);
    assert_eq!(sandbox.git(&["show", &format!("{honest}:a")]), "replaced");
    assert_eq!(text(&open(&sandbox.root(), &honest), "a"), "honest");
}

#[test]
fn a_snapshot_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<GitSnapshot>();
    shared::<crate::snapshot::LocalSnapshot>();
    shared::<crate::snapshot::MemorySnapshot>();
    let git_version = git(Path::new("."), &["--version"]);
    assert!(git_version.starts_with("git version"));
}
