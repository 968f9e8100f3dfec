//! Dangerous acts and the ways in which people and programs write them. Data; what a rule stops is judged by the
//! evaluator. Source: `facts/claude-code.md` §2.3, §9 rows 11 to 17.

/// An act.
pub(super) struct Act {
    /// As a clause: `to remove folders`.
    pub(super) name: &'static str,
    /// Command lines, the plainest first.
    pub(super) spellings: &'static [&'static str],
    /// The rule that stops the act best.
    pub(super) rule: &'static str,
    /// What to do where spellings pass.
    pub(super) advice: &'static str,
    /// Whether settings are asked to stop it.
    pub(super) required: bool,
}

/// All acts.
pub(super) static ACTS: &[Act] = &[
    Act {
        name: "to remove a folder",
        spellings: &[
            "rm -rf build",
            "rm -fr build",
            "rm -r -f build",
            "rm -Rf build",
            "rm --recursive --force build",
            "/bin/rm -rf build",
            "bash -c 'rm -rf build'",
            "find build -delete",
        ],
        rule: "`Bash(rm:*)`",
        advice: "Deny or ask for `Bash(rm:*)`; what must not be lost belongs into version control.",
        required: true,
    },
    Act {
        name: "to push by force",
        spellings: &[
            "git push --force origin main",
            "git push --force",
            "git push -f origin main",
            "git push origin main --force",
            "git push --force-with-lease",
            "git push origin +main",
            "git -C . push --force",
        ],
        rule: "`Bash(git push:*)`",
        advice: "Deny or ask for `Bash(git push:*)`, and protect the branch on the server.",
        required: true,
    },
    Act {
        name: "to discard work",
        spellings: &[
            "git reset --hard",
            "git reset --hard HEAD~1",
            "git reset HEAD~1 --hard",
            "git -C . reset --hard",
        ],
        rule: "`Bash(git reset:*)`",
        advice: "Deny or ask for `Bash(git reset:*)`.",
        required: true,
    },
    Act {
        name: "to remove untracked files",
        spellings: &[
            "git clean -f",
            "git clean -fd",
            "git clean -xdf",
            "git clean --force",
        ],
        rule: "`Bash(git clean:*)`",
        advice: "Deny or ask for `Bash(git clean:*)`.",
        required: false,
    },
    Act {
        name: "to open files to everybody",
        spellings: &[
            "chmod 777 x",
            "chmod -R 777 x",
            "chmod 0777 x",
            "chmod a+rwx x",
        ],
        rule: "`Bash(chmod:*)`",
        advice: "Deny or ask for `Bash(chmod:*)`.",
        required: false,
    },
    Act {
        name: "to download with curl",
        spellings: &[
            "curl https://example.com",
            "/usr/bin/curl https://example.com",
            "bash -c 'curl https://example.com'",
        ],
        rule: "`Bash(curl:*)`",
        advice: "A text match is no network control: use `sandbox.network.allowedDomains`, or control egress outside.",
        required: true,
    },
    Act {
        name: "to download with wget",
        spellings: &[
            "wget https://example.com",
            "/usr/bin/wget https://example.com",
        ],
        rule: "`Bash(wget:*)`",
        advice: "A text match is no network control: use `sandbox.network.allowedDomains`, or control egress outside.",
        required: true,
    },
    Act {
        name: "to run code from the command line",
        spellings: &[
            "python -c 'x'",
            "python3 -c 'x'",
            "node -e 'x'",
            "node --eval 'x'",
            "perl -e 'x'",
        ],
        rule: "`Bash(python -c:*)`",
        advice: "Allow exact commands and use `dontAsk`, instead of denying interpreters one by one.",
        required: false,
    },
    Act {
        name: "to log in elsewhere",
        spellings: &["ssh host", "/usr/bin/ssh host"],
        rule: "`Bash(ssh:*)`",
        advice: "Keep keys off the machine, or use the sandbox.",
        required: true,
    },
    Act {
        name: "to become root",
        spellings: &["sudo -i", "/usr/bin/sudo -i"],
        rule: "`Bash(sudo:*)`",
        advice: "Run Claude as a user who may not become root.",
        required: true,
    },
];
