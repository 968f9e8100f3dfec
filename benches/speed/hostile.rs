//! Files that somebody wrote to hurt a reader: each is one small repository.

use std::fs;
use std::io;
use std::path::Path;

/// A repository that means harm.
pub struct Hostile {
    /// What it does.
    pub name: &'static str,
    /// Writes it.
    pub write: fn(&Path) -> io::Result<()>,
}

/// Length of the long texts: just below the size limit for one file.
const LONG: usize = 900_000;

/// All of them.
pub const ALL: &[Hostile] = &[
    Hostile {
        name: "alias bomb, 12 levels of 9",
        write: alias_bomb,
    },
    Hostile {
        name: "10,000 aliases of 100 kB, as scripts",
        write: |root| aliases(root, "run"),
    },
    Hostile {
        name: "10,000 aliases of 100 kB, as names",
        write: |root| aliases(root, "name"),
    },
    Hostile {
        name: "100,000 sequences, flow",
        write: |root| workflow(root, &format!("a: {}", "[".repeat(100_000))),
    },
    Hostile {
        name: "100,000 sequences, block",
        write: |root| workflow(root, &format!("a:\n  {}x", "- ".repeat(100_000))),
    },
    Hostile {
        name: "900 kB run, one line of words",
        write: |root| run(root, &repeated("claude -p word ", "echo ")),
    },
    Hostile {
        name: "900 kB run, short commands",
        write: |root| run(root, &repeated("true; echo a\n          ", "")),
    },
    Hostile {
        name: "900 kB run, short agents",
        write: |root| run(root, &repeated("claude -p a\n          ", "")),
    },
    Hostile {
        name: "900 kB run, assignments",
        write: |root| {
            run(
                root,
                &repeated("A=$A$B; export A\n          ", "claude -p x\n          "),
            )
        },
    },
    Hostile {
        name: "900 kB run, one quoted string",
        write: |root| {
            run(
                root,
                &format!("claude -p \"{}\"", repeated("text $x \\\" ", "")),
            )
        },
    },
    Hostile {
        name: "900 kB here-document of expansions",
        write: here_document,
    },
    Hostile {
        name: "900 kB of ${{ x }}, in a script",
        write: |root| run(root, &repeated("${{ x }} ", "echo ")),
    },
    Hostile {
        name: "900 kB of ${{ x }}, in a variable",
        write: |root| environment_text(root, &repeated("${{ env.A }}", "")),
    },
    Hostile {
        name: "900 kB of one expression",
        write: |root| environment_text(root, &format!("${{{{ {} }}}}", repeated("x || ", "y && "))),
    },
    Hostile {
        name: "40,000 variables",
        write: variables,
    },
    Hostile {
        name: "100,000 comments",
        write: comments,
    },
    Hostile {
        name: "1 MiB of nested settings",
        write: nested_settings,
    },
    Hostile {
        name: "20,000 package scripts, 300 called",
        write: package_scripts,
    },
    Hostile {
        name: "20,000 make targets, cycles, 300 called",
        write: make_targets,
    },
    Hostile {
        name: "scripts that call each other twice",
        write: script_cycle,
    },
    Hostile {
        name: "300 workflows that call each other",
        write: workflow_cycle,
    },
    Hostile {
        name: "300 actions that use each other",
        write: action_cycle,
    },
    Hostile {
        name: "1 MiB of key prefixes",
        write: |root| key_prefixes(root),
    },
];

fn put(root: &Path, path: &str, text: &str) -> io::Result<()> {
    let target = root.join(path);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(target, text)
}

fn workflow(root: &Path, rest: &str) -> io::Result<()> {
    put(
        root,
        ".github/workflows/w.yml",
        &format!("on: push\n{rest}\n"),
    )
}

/// One step with one script; lines of it are indented by ten.
fn run(root: &Path, script: &str) -> io::Result<()> {
    workflow(
        root,
        &format!(
            "jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          {script}"
        ),
    )
}

/// Many steps, each with one line.
fn steps(root: &Path, lines: impl Iterator<Item = String>) -> io::Result<()> {
    let mut text = "jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n".to_owned();
    for line in lines {
        text.push_str("      - run: ");
        text.push_str(&line);
        text.push('\n');
    }
    workflow(root, &text)
}

fn repeated(unit: &str, first: &str) -> String {
    format!("{first}{}", unit.repeat((LONG - first.len()) / unit.len()))
}

fn alias_bomb(root: &Path) -> io::Result<()> {
    let mut text =
        "a0: &a0 [claude, claude, claude, claude, claude, claude, claude, claude, claude]\n"
            .to_owned();
    for level in 1..12 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    text.push_str("env: *a11\njobs:\n  j:\n    runs-on: *a11\n    strategy:\n      matrix:\n        x: *a11\n    steps:\n      - run: claude ${{ matrix.x }}\n");
    workflow(root, &text)
}

fn aliases(root: &Path, key: &str) -> io::Result<()> {
    let big = "          claude -p \"$X\" --model m\n".repeat(100_000 / 36);
    let mut text =
        format!("jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - run: &a |\n{big}");
    for _ in 0..10_000 {
        text.push_str(&format!("      - {key}: *a\n"));
        if key != "run" {
            text.push_str("        run: x\n");
        }
    }
    workflow(root, &text)
}

fn here_document(root: &Path) -> io::Result<()> {
    let body = repeated("$x ${y:-z} $(date) a\n          ", "");
    run(
        root,
        &format!("cat <<EOF | claude -p\n          {body}\n          EOF"),
    )
}

fn environment_text(root: &Path, value: &str) -> io::Result<()> {
    let head = "jobs:\n  j:\n    runs-on: ubuntu-latest\n    env:\n      A: >-\n        ";
    workflow(
        root,
        &format!("{head}{value}\n    steps:\n      - run: claude -p \"$A\" ${{{{ env.A }}}}"),
    )
}

fn variables(root: &Path) -> io::Result<()> {
    let mut text = "jobs:\n  j:\n    runs-on: ubuntu-latest\n    env:\n".to_owned();
    for number in 0..40_000 {
        text.push_str(&format!("      V{number}: v{number}\n"));
    }
    text.push_str("    steps:\n");
    for number in 0..500 {
        text.push_str(&format!(
            "      - run: claude -p $V{number} ${{{{ env.V{number} }}}}\n"
        ));
    }
    workflow(root, &text)
}

fn comments(root: &Path) -> io::Result<()> {
    let text = "# claude\n".repeat(100_000);
    workflow(
        root,
        &format!(
            "{text}jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - run: claude -p x"
        ),
    )
}

fn nested_settings(root: &Path) -> io::Result<()> {
    let unit = "{\"a\":[";
    put(
        root,
        ".claude/settings.json",
        &unit.repeat((1 << 20) / unit.len()),
    )
}

fn package_scripts(root: &Path) -> io::Result<()> {
    let mut text = "{\"scripts\": {\n".to_owned();
    for number in 0..20_000 {
        text.push_str(&format!("\"s{number}\": \"npm run s{}\",\n", number + 1));
    }
    text.push_str("\"s20000\": \"claude -p x\"}}\n");
    put(root, "package.json", &text)?;
    steps(
        root,
        (0..300).map(|number| format!("npm run s{}", number * 60)),
    )
}

fn make_targets(root: &Path) -> io::Result<()> {
    let mut text = "A = $(B) $(B)\nB = $(A) $(A)\n".to_owned();
    for number in 0..20_000 {
        let next = (number + 1) % 20_000;
        text.push_str(&format!(
            "t{number}: t{next} u{number}\n\techo $(A)\n\t$(MAKE) t{next}\n"
        ));
    }
    put(root, "Makefile", &text)?;
    steps(
        root,
        (0..300).map(|number| format!("make t{}", number * 60)),
    )
}

fn script_cycle(root: &Path) -> io::Result<()> {
    for number in 0..12 {
        let next = (number + 1) % 12;
        let text = format!(
            "#!/bin/bash\nbash s{next}.sh\n./s{next}.sh a\nsource s{next}.sh b\nclaude -p x\n"
        );
        put(root, &format!("s{number}.sh"), &text)?;
    }
    steps(root, (0..12).map(|number| format!("./s{number}.sh")))
}

fn workflow_cycle(root: &Path) -> io::Result<()> {
    for number in 0..300 {
        let mut text = "on:\n  workflow_call:\n  push:\njobs:\n".to_owned();
        for call in 0..10 {
            let other = (number * 7 + call * 31 + 1) % 300;
            text.push_str(&format!(
                "  j{call}:\n    uses: ./.github/workflows/w{other}.yml\n"
            ));
        }
        text.push_str("  run:\n    runs-on: ubuntu-latest\n    steps:\n      - run: claude -p x\n");
        put(root, &format!(".github/workflows/w{number}.yml"), &text)?;
    }
    Ok(())
}

fn action_cycle(root: &Path) -> io::Result<()> {
    for number in 0..300 {
        let mut text = "name: a\ndescription: a\nruns:\n  using: composite\n  steps:\n".to_owned();
        for call in 0..10 {
            let other = (number * 7 + call * 31 + 1) % 300;
            text.push_str(&format!("    - uses: ./.github/actions/a{other}\n"));
        }
        text.push_str("    - run: claude -p x\n      shell: bash\n");
        put(
            root,
            &format!(".github/actions/a{number}/action.yml"),
            &text,
        )?;
    }
    let uses: String = (0..20)
        .map(|number| format!("      - uses: ./.github/actions/a{number}\n"))
        .collect();
    workflow(
        root,
        &format!("jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n{uses}"),
    )
}

fn key_prefixes(root: &Path) -> io::Result<()> {
    // In two parts, so that no reader takes this file for a leak.
    let prefix = format!("{}-api03-", "sk-ant");
    let head = "env:\n  A: ";
    let count = ((1 << 20) - head.len() - 200) / prefix.len();
    let jobs = "jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - run: claude -p x";
    workflow(root, &format!("{head}{}\n{jobs}", prefix.repeat(count)))
}
