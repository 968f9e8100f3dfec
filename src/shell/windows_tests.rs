//! PowerShell and cmd as workflows on Windows write them.

use super::tests::{NoVariables, traced};
use super::*;

fn argvs(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
    let script = parse(text, dialect);
    let source = traced(text);
    script
        .commands
        .iter()
        .map(|command| {
            let fields = expand_all(&command.words, &source, &NoVariables);
            fields.iter().map(|field| field.text().to_owned()).collect()
        })
        .collect()
}

fn powershell(text: &str) -> Vec<Vec<String>> {
    argvs(text, Dialect::PowerShell)
}

#[test]
fn a_backtick_continues_a_powershell_line() {
    let text =
        "# claude no\nclaude -p \"a `\"b`\"`n ''\" `\r\n  --model 'it''s' <# c #> --x # claude\r\n";
    assert_eq!(
        powershell(text),
        [["claude", "-p", "a \"b\"\n ''", "--model", "it's", "--x"]]
    );
}

#[test]
fn powershell_assignments_are_values_or_output() {
    let text = "$env:MODE = 'plan'\n$a = @('-p', \"x\"\n '--y')\n[string]$b += 1, 2\n$out = claude -p $a --z\nclaude @a $b.Name\n";
    let script = parse(text, Dialect::PowerShell);
    let all: Vec<&Assignment> = script
        .commands
        .iter()
        .flat_map(|command| &command.assignments)
        .collect();
    assert_eq!(&*all[0].name, "MODE");
    assert!(
        matches!(&all[0].value, AssignedValue::Scalar(word) if word.literal().as_deref() == Some("plan"))
    );
    assert!(matches!(&all[1].value, AssignedValue::Array(items) if items.len() == 3));
    assert_eq!((&*all[2].name, all[2].effect), ("b", Effect::Append));
    let AssignedValue::Scalar(word) = &all[3].value else {
        panic!()
    };
    let Part::Substitution { commands, .. } = &word.parts[0] else {
        panic!()
    };
    assert_eq!(script.commands[commands.start].words.len(), 4);
    let last = script.commands.last().unwrap();
    assert!(matches!(
        &last.words[1].parts[0],
        Part::Variable {
            item: Item::Each,
            ..
        }
    ));
    assert!(matches!(
        &last.words[2].parts[0],
        Part::Variable {
            operation: Operation::Changed,
            ..
        }
    ));
}

#[test]
fn powershell_blocks_pipes_and_calls_are_seen_through() {
    let text = "function Run { claude -p x }\nif (claude a) { & \"claude\" b } else { echo (claude c) }\nGet-Content p.txt | claude -p > o.txt\n";
    let script = parse(text, Dialect::PowerShell);
    assert_eq!(script.functions[0].commands, 0..1);
    assert_eq!(script.commands[1].role, Role::Condition);
    let argvs = powershell(text);
    assert_eq!(argvs[2], ["claude", "b"]);
    assert_eq!(argvs[3], ["claude", "c"]);
    let last = script.commands.last().unwrap();
    assert_eq!(last.pipe_from, Some(5));
    assert_eq!(last.outputs[0].span.slice(text), "o.txt");
}

#[test]
fn a_piped_here_string_is_input() {
    let text =
        "@\"\r\nReview $env:PR now\r\n\"@ | claude -p\r\nforeach ($f in 'a', 'b') { claude $f }";
    let script = parse(text, Dialect::PowerShell);
    let Some(Input::HereString(word)) = script.commands[0].input.as_deref() else {
        panic!()
    };
    assert!(matches!(&word.parts[1], Part::Variable { name, .. } if &**name == "PR"));
    assert_eq!(script.loops[0].items.len(), 2);
    assert_eq!(script.loops[0].commands, 1..2);
}

#[test]
fn a_scoped_package_is_no_splat() {
    let text = "npx -y @anthropic-ai/claude-code -p x";
    assert_eq!(powershell(text)[0][2], "@anthropic-ai/claude-code");
}

#[test]
fn cmd_words_escapes_and_comments() {
    let text = "@echo off\r\nREM claude no\r\n:: claude no\r\nset \"MODE=plan x\"\r\nset A=1\r\nclaude -p \"a & b\" ^\r\n  --m %MODE% ^& x && call claude c > o.txt\r\n";
    let script = parse(text, Dialect::Cmd);
    let argvs = argvs(text, Dialect::Cmd);
    assert_eq!(argvs[0], ["echo", "off"]);
    assert_eq!(&*script.commands[1].assignments[0].name, "MODE");
    let AssignedValue::Scalar(value) = &script.commands[1].assignments[0].value else {
        panic!()
    };
    assert_eq!(value.literal().as_deref(), Some("plan x"));
    assert_eq!(argvs[3], ["claude", "-p", "a & b", "--m", "MODE", "&", "x"]);
    assert_eq!(argvs[4], ["call", "claude", "c"]);
    assert_eq!(script.commands[4].outputs.len(), 1);
}

#[test]
fn cmd_blocks_and_pipes() {
    let text = "if exist x (\r\n  claude -p y\r\n) else (\r\n  type p.txt | claude -p\r\n)\r\n";
    let script = parse(text, Dialect::Cmd);
    let argvs = argvs(text, Dialect::Cmd);
    assert_eq!(argvs[0], ["if", "exist", "x"]);
    assert_eq!(argvs[1], ["claude", "-p", "y"]);
    assert_eq!(script.commands[3].pipe_from, Some(2));
}
