//! Actions of others that run a command which one of their inputs holds. Source: their `action.yml` files.

/// What an input holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Carries {
    /// Commands of a shell.
    Shell,
    /// JavaScript.
    JavaScript,
}

static CARRIERS: &[(&str, &str, &str, Carries)] = &[
    ("nick-fields", "retry", "command", Carries::Shell),
    ("nick-invision", "retry", "command", Carries::Shell),
    ("wandalen", "wretry.action", "command", Carries::Shell),
    ("appleboy", "ssh-action", "script", Carries::Shell),
    ("devcontainers", "ci", "runCmd", Carries::Shell),
    ("addnab", "docker-run-action", "run", Carries::Shell),
    ("coactions", "setup-xvfb", "run", Carries::Shell),
    ("gabrielbb", "xvfb-action", "run", Carries::Shell),
    (
        "reactivecircus",
        "android-emulator-runner",
        "script",
        Carries::Shell,
    ),
    ("vmactions", "freebsd-vm", "run", Carries::Shell),
    ("uraimo", "run-on-arch-action", "run", Carries::Shell),
    ("nicknovitski", "nix-develop", "arguments", Carries::Shell),
    ("actions", "github-script", "script", Carries::JavaScript),
];

/// The input of an action that holds commands.
pub(super) fn input_of(owner: &str, name: &str) -> Option<(&'static str, Carries)> {
    CARRIERS
        .iter()
        .find(|(known, repository, _, _)| {
            known.eq_ignore_ascii_case(owner) && repository.eq_ignore_ascii_case(name)
        })
        .map(|(_, _, input, carries)| (*input, *carries))
}
