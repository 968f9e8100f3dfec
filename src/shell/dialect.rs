//! Which grammar a shell speaks.

/// A family of shells with one grammar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// Bash and everything close enough: `sh`, `dash`, `zsh`, `ksh`.
    Bash,
    /// `pwsh` and `powershell`.
    PowerShell,
    /// `cmd`.
    Cmd,
}

/// Programs that read a script, by base name. The wrappers of well-known set-up actions run bash or `sh` in
/// a container, a virtual machine or an environment.
const SHELLS: &[(&str, Dialect)] = &[
    ("bash", Dialect::Bash),
    ("sh", Dialect::Bash),
    ("dash", Dialect::Bash),
    ("zsh", Dialect::Bash),
    ("ksh", Dialect::Bash),
    ("ash", Dialect::Bash),
    ("wsl-bash", Dialect::Bash),
    ("msys2", Dialect::Bash),
    ("alpine.sh", Dialect::Bash),
    ("cpa.sh", Dialect::Bash),
    ("micromamba-shell", Dialect::Bash),
    ("pwsh", Dialect::PowerShell),
    ("powershell", Dialect::PowerShell),
    ("cmd", Dialect::Cmd),
];

/// Interpreters whose text is no shell text, whatever stands behind them.
const OTHERS: &[&str] = &[
    "python", "python2", "python3", "node", "deno", "bun", "perl", "ruby", "rscript", "julia",
    "php",
];

impl Dialect {
    /// The dialect of a `shell:` value or of the command of a `#!` line: `bash`, `bash -e {0}`,
    /// `/usr/bin/env bash`, `nix develop -c bash {0}`. Nothing for interpreters of other languages.
    pub fn of_shell(template: &str) -> Option<Self> {
        for token in template.split_whitespace() {
            let token = token.trim_matches(['"', '\'']);
            let base = token.rsplit(['/', '\\']).next().unwrap_or(token);
            let base = base.to_ascii_lowercase();
            let base = base.strip_suffix(".exe").unwrap_or(&base);
            if let Some((_, dialect)) = SHELLS.iter().find(|(name, _)| *name == base) {
                return Some(*dialect);
            }
            if OTHERS.contains(&base) {
                return None;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect;

    #[test]
    fn templates_name_their_shell() {
        for (template, expected) in [
            ("bash", Some(Dialect::Bash)),
            ("bash -e {0}", Some(Dialect::Bash)),
            ("/bin/bash -l {0}", Some(Dialect::Bash)),
            ("/usr/bin/env -S bash -e", Some(Dialect::Bash)),
            ("nix develop -c bash -e {0}", Some(Dialect::Bash)),
            ("sh", Some(Dialect::Bash)),
            ("pwsh", Some(Dialect::PowerShell)),
            ("powershell -command \". '{0}'\"", Some(Dialect::PowerShell)),
            (
                r"C:\Program Files\Git\bin\bash.EXE {0}",
                Some(Dialect::Bash),
            ),
            ("cmd", Some(Dialect::Cmd)),
            ("python {0}", None),
            ("node", None),
            ("", None),
        ] {
            assert_eq!(Dialect::of_shell(template), expected, "{template}");
        }
    }
}
