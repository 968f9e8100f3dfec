//! Servers of the Model Context Protocol: `.mcp.json`, files and manifests of plugins, front matter of agents
//! (`facts/claude-code.md` §1.1, §1.3, §8). Nothing is started; the model says what would be.

use crate::claude::hook::{Named, Place};
use crate::source::{Location, Node, Traced};

/// Servers that one file may declare.
pub const MAX_SERVERS: usize = 1_000;

/// A server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name.
    pub name: Named,
    /// How it is reached.
    pub reach: Reach,
    /// `headersHelper`: a command that is run for each connection.
    pub helper: Option<Traced>,
    /// Where relative paths start.
    pub place: Place,
    /// `mcpServers.NAME`.
    pub anchor: String,
}

/// How a server is reached.
#[derive(Clone, Debug)]
pub enum Reach {
    /// A program that is started here: command and arguments.
    Local(Vec<Traced>),
    /// An address.
    Remote(Named),
    /// Neither is written.
    Nowhere,
}

/// A package or an image whose content is not fixed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unpinned {
    /// Where it is named.
    pub location: Location,
    /// Its name as written.
    pub name: String,
    /// Whether it comes from an address or a source repository and not from a registry.
    pub origin: Origin,
}

/// Where a package comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A registry of packages.
    Registry,
    /// A registry of images.
    Image,
    /// A source repository or an address.
    Address,
}

/// Reads a mapping of names to servers.
pub fn read(servers: Node<'_>, place: &Place, anchor: &str) -> Vec<Server> {
    servers
        .entries()
        .take(MAX_SERVERS)
        .filter(|entry| entry.value.is_mapping())
        .filter_map(|entry| {
            let name = entry.key.text()?;
            let server = entry.value;
            let reach = match (
                server.get("command"),
                server.get("url").or_else(|| server.get("serverUrl")),
            ) {
                (Some(command), _) => {
                    let arguments = server.get("args").into_iter().flat_map(Node::items);
                    Reach::Local(
                        std::iter::once(command)
                            .chain(arguments)
                            .filter_map(Node::traced)
                            .collect(),
                    )
                }
                (None, Some(url)) => match url.string() {
                    Some(text) => Reach::Remote(Named {
                        text: text.to_owned(),
                        location: inner(url),
                    }),
                    None => Reach::Nowhere,
                },
                (None, None) => Reach::Nowhere,
            };
            Some(Server {
                name: Named {
                    text: name.to_owned(),
                    location: inner(entry.key),
                },
                reach,
                helper: server.get("headersHelper").and_then(Node::traced),
                place: place.clone(),
                anchor: format!("{anchor}.{name}"),
            })
        })
        .collect()
}

/// The place of a scalar without its quotes.
pub fn inner(node: Node<'_>) -> Location {
    node.traced()
        .and_then(|text| text.location())
        .unwrap_or_else(|| node.location())
}

/// The package or image that a command fetches, where nothing fixes what it is.
pub fn unpinned(words: &[Traced]) -> Option<Unpinned> {
    let program = words.first()?.text();
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let name = name
        .strip_suffix(".exe")
        .or_else(|| name.strip_suffix(".cmd"))
        .unwrap_or(name);
    let rest = words.get(1..).unwrap_or_default();
    match name {
        // `cmd /c npx …`
        "cmd" => unpinned(
            rest.iter()
                .position(|word| !word.text().starts_with('/'))
                .and_then(|at| rest.get(at..))?,
        ),
        "npx" | "bunx" => node_package(rest),
        "pnpm" | "yarn" | "npm" | "bun" => {
            let first = rest.first()?.text();
            matches!(first, "dlx" | "exec" | "x")
                .then(|| node_package(rest.get(1..).unwrap_or_default()))?
        }
        "uvx" => python_package(rest),
        "uv" if rest.first()?.text() == "tool" && rest.get(1)?.text() == "run" => {
            python_package(rest.get(2..).unwrap_or_default())
        }
        "pipx" if rest.first()?.text() == "run" => {
            python_package(rest.get(1..).unwrap_or_default())
        }
        "docker" | "podman" if rest.first()?.text() == "run" => {
            image(rest.get(1..).unwrap_or_default())
        }
        _ => None,
    }
}

fn found(word: &Traced, origin: Origin) -> Option<Unpinned> {
    Some(Unpinned {
        location: word.location()?,
        name: word.text().to_owned(),
        origin,
    })
}

fn is_address(name: &str) -> bool {
    [
        "http://", "https://", "git+", "git://", "github:", "gitlab:", "git@",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

/// Whether an address ends in a whole commit id.
fn names_commit(name: &str) -> bool {
    let tail = name.rsplit(['@', '#', '=']).next().unwrap_or_default();
    tail.len() >= 40 && tail.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `1.2.3`, with or without more behind it.
fn is_exact(version: &str) -> bool {
    let version = version.trim_start_matches(['v', '=']);
    let digits = |part: &str| !part.is_empty() && part.starts_with(|c: char| c.is_ascii_digit());
    let mut parts = version.splitn(3, '.');
    version
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'_'))
        && (0..3).all(|_| parts.next().is_some_and(digits))
}

fn node_package(words: &[Traced]) -> Option<Unpinned> {
    let named = words
        .iter()
        .position(|word| matches!(word.text(), "-p" | "--package"))
        .and_then(|at| words.get(at + 1))
        .or_else(|| {
            words
                .iter()
                .find(|word| word.text().starts_with("--package="))
        });
    let word = named.or_else(|| words.iter().find(|word| !word.text().starts_with('-')))?;
    let name = word.text().trim_start_matches("--package=");
    if name.starts_with(['.', '/', '$']) || !word.is_known() {
        return None;
    }
    if is_address(name) || (name.contains('/') && !name.starts_with('@')) {
        return (!names_commit(name)).then(|| found(word, Origin::Address))?;
    }
    let version = name
        .rfind('@')
        .filter(|at| *at > 0)
        .and_then(|at| name.get(at + 1..));
    (!version.is_some_and(is_exact)).then(|| found(word, Origin::Registry))?
}

fn python_package(words: &[Traced]) -> Option<Unpinned> {
    const VALUES: &[&str] = &[
        "--from",
        "--with",
        "--python",
        "-p",
        "--index-url",
        "--spec",
    ];
    let from = words
        .iter()
        .position(|word| matches!(word.text(), "--from" | "--spec"))
        .and_then(|at| words.get(at + 1));
    let mut at = 0;
    while let Some(word) = words.get(at)
        && word.text().starts_with('-')
    {
        at += if VALUES.contains(&word.text()) { 2 } else { 1 };
    }
    let word = from.or_else(|| words.get(at))?;
    let name = word.text();
    if name.starts_with(['.', '/', '$']) || !word.is_known() {
        return None;
    }
    if name.contains("://") || is_address(name) {
        return (!names_commit(name)).then(|| found(word, Origin::Address))?;
    }
    let version = name.split_once("==").or_else(|| name.rsplit_once('@'));
    (!version.is_some_and(|(_, version)| is_exact(version)))
        .then(|| found(word, Origin::Registry))?
}

fn image(words: &[Traced]) -> Option<Unpinned> {
    const VALUES: &[&str] = &[
        "-e",
        "--env",
        "-v",
        "--volume",
        "--mount",
        "-p",
        "--publish",
        "--name",
        "-w",
        "--workdir",
        "--network",
        "--net",
        "-u",
        "--user",
        "--env-file",
        "--entrypoint",
        "--platform",
        "-l",
        "--label",
        "--add-host",
        "--memory",
        "-m",
    ];
    let mut at = 0;
    while let Some(word) = words.get(at)
        && word.text().starts_with('-')
    {
        at += if VALUES.contains(&word.text()) { 2 } else { 1 };
    }
    let word = words.get(at)?;
    let name = word.text();
    if !word.is_known() || name.contains("@sha256:") {
        return None;
    }
    let tag = name
        .rsplit('/')
        .next()
        .and_then(|last| last.split_once(':'))
        .map(|(_, tag)| tag);
    (!tag.is_some_and(is_exact)).then(|| found(word, Origin::Image))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, Span};

    fn of(command: &str) -> Option<(String, Origin)> {
        let words: Vec<Traced> = command
            .split(' ')
            .map(|word| {
                let file = SourceFile::new("f", word);
                Traced::of_file(&file, Span::of(0..word.len()))
            })
            .collect();
        unpinned(&words).map(|found| (found.name, found.origin))
    }

    #[test]
    fn what_is_not_fixed_is_named() {
        for (command, expected) in [
            ("npx -y @acme/server", Some(Origin::Registry)),
            ("npx -y @acme/server@latest", Some(Origin::Registry)),
            ("npx -y @acme/server@^1.2.3", Some(Origin::Registry)),
            ("npx -y @acme/server@1.2.3", None),
            ("npx -y @acme/server@1.2.3-beta.1", None),
            ("npx github:acme/server", Some(Origin::Address)),
            ("npx acme/server", Some(Origin::Address)),
            ("cmd /c npx -y server", Some(Origin::Registry)),
            ("bunx --package=server tool", Some(Origin::Registry)),
            ("pnpm dlx server@2.0.0", None),
            ("uvx server", Some(Origin::Registry)),
            ("uvx server==1.2.3", None),
            (
                "uvx --from git+https://code.example/x server",
                Some(Origin::Address),
            ),
            (
                "uvx --from git+https://code.example/x@0123456789012345678901234567890123456789 server",
                None,
            ),
            (
                "docker run -i --rm -e TOKEN ghcr.io/acme/server",
                Some(Origin::Image),
            ),
            ("docker run -i acme/server:1.2.3", None),
            ("docker run -i acme/server@sha256:00", None),
            ("node server.js", None),
            ("npm run server", None),
        ] {
            assert_eq!(of(command).map(|(_, origin)| origin), expected, "{command}");
        }
    }
}
