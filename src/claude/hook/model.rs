//! Declarations of hooks, from the `hooks` node of a settings file, of a plugin's file or of front matter.

use crate::claude::catalog::events::{self, Event};
use crate::source::{Location, Node, ScalarType, Traced};

/// Handlers that one file may declare; what comes after them is one malformed entry.
const MAX_HANDLERS: usize = 2_000;

/// Where a hook is declared; it decides what its paths mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// A settings file, an agent or a skill of the project in this folder.
    Project {
        /// The folder that Claude Code is started in.
        folder: String,
    },
    /// A plugin in this folder, used in projects that nobody here knows.
    Plugin {
        /// The folder of the plugin.
        folder: String,
    },
}

/// A text and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// The text.
    pub text: String,
    /// Its place.
    pub location: Location,
}

/// What a handler is.
#[derive(Clone, Debug)]
pub enum HandlerKind {
    /// A shell command, or a program with arguments.
    Command {
        /// The text of `command`.
        command: Traced,
        /// `args`, where the program is started without a shell.
        arguments: Option<Vec<Traced>>,
        /// `shell`, where it is named.
        shell: Option<String>,
    },
    /// A request to an address.
    Http(Option<Named>),
    /// A tool of a server.
    McpTool,
    /// A question to a model, or an agent.
    Prompt(Option<Traced>),
    /// A type that the catalogue does not know.
    Unknown(Named),
}

/// One handler with everything that decides when it runs.
#[derive(Clone, Debug)]
pub struct Handler {
    /// The event as it is written.
    pub event: Named,
    /// The event, where the catalogue knows it.
    pub known: Option<&'static Event>,
    /// The matcher of the group.
    pub matcher: Option<Named>,
    /// `if` of the handler or of the group.
    pub condition: Option<Named>,
    /// What it does.
    pub kind: HandlerKind,
    /// `timeout`, in seconds.
    pub timeout: Option<(f64, Location)>,
    /// `async` or `asyncRewake`, where it is true.
    pub detached: Option<Named>,
    /// The value that names what runs, or the handler's first byte.
    pub location: Location,
    /// `hooks.PreToolUse.0.hooks.0`.
    pub anchor: String,
}

/// An entry that Claude Code skips.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Malformed {
    /// Where it is.
    pub location: Location,
    /// Where in the structure.
    pub anchor: String,
    /// What is wrong with it, as a clause.
    pub why: String,
}

/// All hooks of one file.
#[derive(Clone, Default, Debug)]
pub struct Declared {
    /// Handlers, in file order.
    pub handlers: Vec<Handler>,
    /// What is skipped.
    pub malformed: Vec<Malformed>,
}

/// Reads a `hooks` node. `anchor` names it in its file.
pub fn read(hooks: Node<'_>, anchor: &str) -> Declared {
    let mut declared = Declared::default();
    if !hooks.is_mapping() {
        if !hooks.is_null() {
            declared.skip(hooks, anchor, "`hooks` is no mapping of events to lists");
        }
        return declared;
    }
    for entry in hooks.entries() {
        let Some(name) = entry.key.text() else {
            continue;
        };
        let event = Named {
            text: name.to_owned(),
            location: inner(entry.key),
        };
        let anchor = format!("{anchor}.{name}");
        if !entry.value.is_sequence() {
            let why = format!("`{name}` takes a list of groups");
            declared.skip(entry.value, &anchor, &why);
            continue;
        }
        for (index, group) in entry.value.items().enumerate() {
            declared.group(&event, group, &format!("{anchor}.{index}"));
        }
    }
    declared
}

impl Declared {
    fn skip(&mut self, node: Node<'_>, anchor: &str, why: &str) {
        let location = if node.is_mapping() || node.is_sequence() {
            let start = node.location().span.start;
            let span = crate::source::Span::new(start, start + 1);
            Location::new(node.tree().file(), span)
        } else {
            node.location()
        };
        self.malformed.push(Malformed {
            location,
            anchor: anchor.to_owned(),
            why: why.to_owned(),
        });
    }

    fn group(&mut self, event: &Named, group: Node<'_>, anchor: &str) {
        let Some(handlers) = group.get("hooks") else {
            let why = if group.get("command").is_some() || group.get("type").is_some() {
                "a handler stands directly in the list of the event; it belongs into the `hooks` list of a group"
            } else {
                "this group has no `hooks` list"
            };
            self.skip(group, anchor, why);
            return;
        };
        if !handlers.is_sequence() {
            self.skip(handlers, anchor, "`hooks` of a group is a list");
            return;
        }
        let matcher = group.get("matcher");
        if let Some(list) = matcher.filter(|matcher| matcher.is_sequence() || matcher.is_mapping())
        {
            let why = "`matcher` is a text; with a list here Claude Code rejects the whole file";
            self.skip(list, anchor, why);
        }
        for (index, handler) in handlers.items().enumerate() {
            let anchor = format!("{anchor}.hooks.{index}");
            if self.handlers.len() >= MAX_HANDLERS {
                let why = format!("a file with more than {MAX_HANDLERS} hooks is not read further");
                self.skip(handler, &anchor, &why);
                return;
            }
            let read = Handler {
                event: event.clone(),
                known: events::find(&event.text),
                matcher: matcher.and_then(named),
                condition: handler
                    .get("if")
                    .or_else(|| group.get("if"))
                    .and_then(named),
                kind: kind(handler),
                timeout: handler.get("timeout").and_then(|timeout| {
                    match timeout.scalar_type()? {
                        ScalarType::Number(seconds) => Some((seconds, timeout.location())),
                        _ => None,
                    }
                }),
                detached: detached(handler),
                location: subject(handler),
                anchor: anchor.clone(),
            };
            match incomplete(handler) {
                Some(why) => self.skip(handler, &anchor, why),
                None => self.handlers.push(read),
            }
        }
    }
}

/// What a handler lacks so that Claude Code skips it.
fn incomplete(handler: Node<'_>) -> Option<&'static str> {
    if !handler.is_mapping() {
        return Some("a handler is a mapping with `type` and `command`");
    }
    match handler.get("type").and_then(Node::string) {
        None => Some("this handler has no `type`"),
        Some("command") if handler.get("command").and_then(Node::string).is_none() => {
            Some("this handler of type `command` has no `command`")
        }
        _ => None,
    }
}

fn kind(handler: Node<'_>) -> HandlerKind {
    match handler.get("type").and_then(Node::string) {
        Some("command") => HandlerKind::Command {
            command: handler
                .get("command")
                .and_then(Node::traced)
                .unwrap_or_default(),
            arguments: handler
                .get("args")
                .filter(|arguments| arguments.is_sequence())
                .map(|arguments| arguments.items().filter_map(Node::traced).collect()),
            shell: handler
                .get("shell")
                .and_then(Node::string)
                .map(str::to_owned),
        },
        Some("http") => HandlerKind::Http(handler.get("url").and_then(named)),
        Some("mcp_tool") => HandlerKind::McpTool,
        Some("prompt" | "agent") => {
            HandlerKind::Prompt(handler.get("prompt").and_then(Node::traced))
        }
        _ => HandlerKind::Unknown(
            handler
                .get("type")
                .and_then(named)
                .unwrap_or_else(|| Named {
                    text: String::new(),
                    location: handler.location(),
                }),
        ),
    }
}

fn detached(handler: Node<'_>) -> Option<Named> {
    ["async", "asyncRewake"].into_iter().find_map(|key| {
        let entry = handler.entry(key)?;
        (entry.value.boolean() == Some(true)).then(|| Named {
            text: key.to_owned(),
            location: inner(entry.key),
        })
    })
}

/// What a finding about the whole handler points at.
fn subject(handler: Node<'_>) -> Location {
    ["command", "url", "prompt", "type"]
        .into_iter()
        .find_map(|key| handler.get(key))
        .map_or_else(|| handler.location(), inner)
}

fn named(node: Node<'_>) -> Option<Named> {
    Some(Named {
        text: node.string()?.to_owned(),
        location: inner(node),
    })
}

/// The place of a scalar without its quotes.
fn inner(node: Node<'_>) -> Location {
    node.traced()
        .and_then(|text| text.location())
        .unwrap_or_else(|| node.location())
}
