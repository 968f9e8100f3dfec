//! Trees and repositories made by someone who means harm.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::snapshot::local::test_repository::{Sandbox, git, paths, text};
use crate::snapshot::{
    Content, EntryKind, GitSnapshot, LocalSnapshot, Snapshot, SnapshotError, raw,
};

fn open(sandbox: &Sandbox) -> LocalSnapshot {
    LocalSnapshot::open(&sandbox.root()).unwrap()
}

#[test]
fn links_are_read_as_text_and_never_followed() {
    let sandbox = Sandbox::with_commit(&[("real/file", "inside")]);
    let outside = sandbox.beside("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("secret"), "outside").unwrap();
    let root = sandbox.root();
    symlink("real/file", root.join("to-file")).unwrap();
    symlink("real", root.join("to-directory")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    symlink(&outside, root.join("to-outside")).unwrap();
    symlink(".", root.join("loop")).unwrap();
    sandbox.git(&["add", "to-file", "to-outside"]);
    let snapshot = open(&sandbox);
    assert_eq!(
        paths(&snapshot),
        [
            "?dangling",
            "?loop",
            "real/file",
            "?to-directory",
            "to-file",
            "to-outside"
        ]
    );
    for (path, target) in [
        ("to-file", "real/file"),
        ("to-directory", "real"),
        ("dangling", "nowhere"),
        ("loop", "."),
        ("to-outside", outside.to_str().unwrap()),
    ] {
        assert_eq!(snapshot.entry(path).unwrap().kind, EntryKind::Symlink);
        assert_eq!(text(&snapshot, path), target);
    }
    assert_eq!(snapshot.read("to-file", 3), Content::TooLarge(9));
    assert_eq!(
        snapshot.relative(&root.join("to-file")).as_deref(),
        Some("to-file")
    );
    assert_eq!(
        snapshot
            .relative(&root.join("to-directory/file"))
            .as_deref(),
        Some("real/file")
    );
    assert_eq!(snapshot.relative(&root.join("to-outside/secret")), None);
}

#[test]
fn a_directory_that_becomes_a_link_is_not_passed() {
    let sandbox = Sandbox::with_commit(&[("d/secret", "inside"), (".github/workflows/ci.yml", "")]);
    let outside = sandbox.beside("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("secret"), "outside").unwrap();
    let early = open(&sandbox);
    std::fs::remove_dir_all(sandbox.root().join("d")).unwrap();
    symlink(&outside, sandbox.root().join("d")).unwrap();
    assert!(matches!(early.read("d/secret", 99), Content::Unreadable(_)));
    let mut late = open(&sandbox);
    assert_eq!(paths(&late), [".github/workflows/ci.yml", "?d"]);
    assert_eq!(late.read("d/secret", 99), Content::Missing);
    assert!(!late.admit("d/secret"));
}

#[test]
fn names_that_are_no_plain_text_are_kept_and_read() {
    let names: [&[u8]; 5] = [
        b"new\nline",
        b"not\xfftext",
        b"back\\slash",
        b"esc\x1b[31m",
        "\u{85}".as_bytes(),
    ];
    for with_git in [true, false] {
        let sandbox = match with_git {
            true => Sandbox::repository(),
            false => Sandbox::empty(),
        };
        for name in names {
            std::fs::write(sandbox.root().join(OsStr::from_bytes(name)), name).unwrap();
        }
        let snapshots: Vec<Box<dyn Snapshot>> = match with_git {
            false => vec![Box::new(open(&sandbox))],
            true => {
                let untracked = open(&sandbox);
                sandbox.commit(&[]);
                let committed = GitSnapshot::open(&sandbox.root(), "HEAD").unwrap();
                vec![
                    Box::new(untracked),
                    Box::new(open(&sandbox)),
                    Box::new(committed),
                ]
            }
        };
        for snapshot in snapshots {
            assert_eq!(snapshot.entries().len(), names.len());
            for entry in snapshot.entries() {
                assert!(
                    !entry.path.chars().any(char::is_control),
                    "{:?}",
                    entry.path
                );
                let Content::Bytes(content) = snapshot.read(&entry.path, 99) else {
                    panic!("{:?} cannot be read", entry.path);
                };
                assert_eq!(raw(&entry.path).as_deref(), Some(&*content));
            }
        }
    }
}

#[test]
fn a_configuration_neither_runs_nor_redirects_anything() {
    let sandbox = Sandbox::with_commit(&[("a", "here"), (".gitattributes", "* filter=evil\n")]);
    let elsewhere = sandbox.beside("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("a"), "elsewhere").unwrap();
    let witness = sandbox.beside("witness");
    let run = format!("touch {} #", witness.display());
    let config = sandbox.root().join(".git/config");
    let included = sandbox.beside("included");
    std::fs::write(
        &included,
        format!("[core]\n\tworktree = {}\n", elsewhere.display()),
    )
    .unwrap();
    let text_of_config = format!(
        "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsmonitor = \"{run}\"\n\thooksPath = {0}\n\
         \tworktree = {0}\n\texcludesFile = {0}/a\n\tsshCommand = \"{run}\"\n[include]\n\tpath = {1}\n\
         [filter \"evil\"]\n\tsmudge = \"{run}\"\n\tclean = \"{run}\"\n\tprocess = \"{run}\"\n\
         [extensions]\n\tpartialClone = origin\n[remote \"origin\"]\n\turl = \"ext::{run}\"\n\tpromisor = true\n",
        elsewhere.display(),
        included.display()
    );
    std::fs::write(config, text_of_config).unwrap();
    let snapshot = open(&sandbox);
    assert_eq!(paths(&snapshot), [".gitattributes", "a"]);
    assert_eq!(text(&snapshot, "a"), "here");
    let committed = GitSnapshot::open(&sandbox.root(), "HEAD").unwrap();
    assert_eq!(text(&committed, "a"), "here");
    // An object that is not there would be fetched by git through the remote helper.
    assert!(GitSnapshot::open(&sandbox.root(), &"3".repeat(40)).is_err());
    assert!(!witness.exists());
}

#[test]
fn a_repository_of_another_user_is_read() {
    let sandbox = Sandbox::with_commit(&[("a", "1")]);
    let root = sandbox.root();
    let changed = Command::new("chown")
        .args(["-R", "12345:12345"])
        .arg(&root)
        .status()
        .unwrap();
    if !changed.success() {
        // Only the superuser may give files away; without it, reading as another user is what there is to see.
        assert!(!is_superuser());
        return;
    }
    assert_eq!(paths(&open(&sandbox)), ["a"]);
    assert_eq!(text(&GitSnapshot::open(&root, "HEAD").unwrap(), "a"), "1");
}

#[test]
fn a_directory_that_cannot_be_listed_is_a_gap() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::with_commit(&[("a", "1"), ("d/b", "2")]);
    let directory = sandbox.root().join("d");
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o000)).unwrap();
    let snapshot = open(&sandbox);
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755)).unwrap();
    if is_superuser() {
        // The superuser may list everything.
        assert_eq!(paths(&snapshot), ["a", "d/b"]);
        return;
    }
    assert_eq!(paths(&snapshot), ["a"]);
    assert_eq!(&*snapshot.gaps()[0].path, "d");
}

#[test]
fn a_pipe_is_never_opened() {
    let sandbox = Sandbox::with_commit(&[("a", "1")]);
    std::fs::remove_file(sandbox.root().join("a")).unwrap();
    for name in ["a", "b"] {
        assert!(
            Command::new("mkfifo")
                .arg(sandbox.root().join(name))
                .status()
                .unwrap()
                .success()
        );
    }
    let snapshot = open(&sandbox);
    assert_eq!(paths(&snapshot), ["a"]);
    assert!(matches!(snapshot.read("a", 9), Content::Unreadable(_)));
}

#[test]
fn a_tree_that_repeats_itself_endlessly_is_refused() {
    let sandbox = Sandbox::repository();
    let mut tree = sandbox.git(&["mktree"]);
    for _ in 0..5 {
        let lines: Vec<_> = (0..200)
            .map(|name| format!("040000 tree {tree}\t{name}\n"))
            .collect();
        tree = sandbox.git_reading(&lines.concat(), &["mktree"]);
    }
    let error = GitSnapshot::open(&sandbox.root(), &tree).err().unwrap();
    assert!(
        matches!(error, SnapshotError::TooManyEntries { .. }),
        "{error}"
    );
}

#[test]
fn a_tree_whose_names_pass_for_paths_is_a_gap() {
    let sandbox = Sandbox::repository();
    let blob = {
        sandbox.write("x", "on: push\n");
        sandbox.git(&["hash-object", "-w", "x"])
    };
    let id: Vec<u8> = (0..20)
        .map(|at| u8::from_str_radix(&blob[at * 2..at * 2 + 2], 16).unwrap())
        .collect();
    let mut tree = Vec::new();
    for (mode, name) in [
        ("100644", "../up"),
        ("100644", ".GIT"),
        ("100644", ".github/workflows/ci.yml"),
        ("100644", "fine"),
        ("100644", "fine"),
        ("060000", "device"),
    ] {
        tree.extend(format!("{mode} {name}\0").as_bytes());
        tree.extend(&id);
    }
    let file = sandbox.beside("tree-object");
    std::fs::write(&file, tree).unwrap();
    let tree = sandbox.git(&[
        "hash-object",
        "-w",
        "-t",
        "tree",
        "--literally",
        file.to_str().unwrap(),
    ]);
    let snapshot = GitSnapshot::open(&sandbox.root(), &tree).unwrap();
    assert_eq!(paths(&snapshot), ["fine"]);
    let gaps: Vec<_> = snapshot.gaps().iter().map(|gap| &*gap.path).collect();
    assert_eq!(
        gaps,
        [
            "../up",
            ".GIT",
            ".github/workflows/ci.yml",
            "device",
            "fine"
        ]
    );
}

#[test]
fn a_git_file_that_leads_nowhere_is_an_error() {
    let sandbox = Sandbox::empty();
    for text in ["gitdir: ../nowhere\n", "", "gitdir: /\n", "\u{0}"] {
        sandbox.write(".git", text);
        let error = LocalSnapshot::open(&sandbox.root()).err().unwrap();
        assert!(
            matches!(error, SnapshotError::BrokenGitFile { .. }),
            "{error}"
        );
    }
}

fn is_superuser() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

#[test]
fn references_that_lead_astray_name_nothing() {
    let sandbox = Sandbox::with_commit(&[("a", "1")]);
    let secret = sandbox.beside("secret");
    std::fs::write(&secret, git(&sandbox.root(), &["rev-parse", "HEAD"])).unwrap();
    symlink(&secret, sandbox.root().join(".git/refs/heads/link")).unwrap();
    sandbox.write(".git/refs/heads/up", "ref: ../../secret\n");
    sandbox.write(".git/refs/heads/round", "ref: refs/heads/round\n");
    for revision in ["link", "up", "round"] {
        let error = GitSnapshot::open(&sandbox.root(), revision).err().unwrap();
        assert!(
            matches!(error, SnapshotError::UnknownRevision { .. }),
            "{error}"
        );
    }
}
