//! Programs that run whatever their arguments say. Data. Source: `facts/claude-code.md` §2.6.

/// A program, or a kind of them.
pub(super) struct Launcher {
    /// Commands that a rule has to allow to be this wide.
    pub(super) proofs: &'static [&'static str],
    /// What such a rule opens.
    pub(super) why: &'static str,
}

const fn runs(proofs: &'static [&'static str], why: &'static str) -> Launcher {
    Launcher { proofs, why }
}

const CODE: &str = "the interpreter runs any code that it is given";
const PACKAGES: &str = "it downloads and runs any package";
const SCRIPTS: &str =
    "it runs any script of the repository, which the same pull request may change";
const NETWORK: &str = "it sends and fetches anything";
const WRAPPED: &str = "it runs any other program";

/// All of them.
pub(super) static LAUNCHERS: &[Launcher] = &[
    runs(&["python -c x", "python a"], CODE),
    runs(&["python3 -c x", "python3 a"], CODE),
    runs(&["node -e x", "node a"], CODE),
    runs(&["ruby -e x"], CODE),
    runs(&["perl -e x"], CODE),
    runs(&["php -r x"], CODE),
    runs(&["deno eval x"], CODE),
    runs(&["bun -e x"], CODE),
    runs(&["bash -c x"], CODE),
    runs(&["sh -c x"], CODE),
    runs(&["zsh -c x"], CODE),
    runs(&["eval x"], CODE),
    runs(&["exec x"], CODE),
    runs(&["source x"], CODE),
    runs(&["awk 'BEGIN{system(x)}'"], CODE),
    runs(&["npx x", "npx y"], PACKAGES),
    runs(&["bunx x", "bunx y"], PACKAGES),
    runs(&["uvx x", "uvx y"], PACKAGES),
    runs(&["pnpm dlx x", "pnpm dlx y"], PACKAGES),
    runs(&["uv run x", "uv run y"], CODE),
    runs(&["npm run x", "npm run y"], SCRIPTS),
    runs(&["pnpm run x", "pnpm run y"], SCRIPTS),
    runs(&["yarn run x", "yarn run y"], SCRIPTS),
    runs(&["bun run x", "bun run y"], SCRIPTS),
    runs(&["make x", "make y"], SCRIPTS),
    runs(
        &["pytest x"],
        "it runs the tests of the repository, which the same pull request may change",
    ),
    runs(
        &["python -m pytest x"],
        "it runs the tests of the repository, which the same pull request may change",
    ),
    runs(
        &["docker run x", "docker exec y"],
        "a container can mount the whole machine",
    ),
    runs(&["docker run x"], "a container can mount the whole machine"),
    runs(&["docker exec x"], WRAPPED),
    runs(&["ssh x"], WRAPPED),
    runs(&["xargs -n1 x"], WRAPPED),
    runs(&["env x"], WRAPPED),
    runs(&["sudo x"], WRAPPED),
    runs(
        &["gh api x", "gh pr merge"],
        "it does everything that the token may do",
    ),
    runs(&["gh api x"], "it does everything that the token may do"),
    runs(
        &["git -c core.pager=x log", "git push"],
        "options of git run programs, and it pushes",
    ),
    runs(&["curl x", "curl -d @f y"], NETWORK),
    runs(&["wget x", "wget y"], NETWORK),
];
