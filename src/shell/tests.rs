//! Shapes that real workflows have.

use super::*;
use crate::source::{SourceFile, Traced};

/// Nothing is known.
pub(super) struct NoVariables;

impl Variables for NoVariables {
    fn get(&self, _: &str) -> Option<Binding> {
        None
    }
}

/// The assignments of the script that is tested, in order, as a caller would keep them.
struct Assigned<'a> {
    script: &'a Script,
    text: &'a Traced,
}

impl Variables for Assigned<'_> {
    fn get(&self, name: &str) -> Option<Binding> {
        let mut found: Option<Binding> = None;
        for assignment in self
            .script
            .commands
            .iter()
            .flat_map(|command| &command.assignments)
        {
            if &*assignment.name != name {
                continue;
            }
            let items = match &assignment.value {
                AssignedValue::Scalar(word) => {
                    let fields = expand(word, self.text, &NoVariables);
                    found = fields.into_iter().next().map(Binding::Scalar);
                    continue;
                }
                AssignedValue::Array(words) => expand_all(words, self.text, &NoVariables),
            };
            found = Some(match (found, assignment.effect) {
                (Some(Binding::List(mut old)), Effect::Append) => {
                    old.extend(items);
                    Binding::List(old)
                }
                _ => Binding::List(items),
            });
        }
        found
    }
}

pub(super) fn traced(text: &str) -> Traced {
    let file = SourceFile::new("run.sh", text);
    Traced::of_file(&file, Span::of(0..text.len()))
}

fn bash(text: &str) -> Script {
    parse(text, Dialect::Bash)
}

/// The fields of one command, with what the script assigns.
fn fields(text: &str, script: &Script, index: usize) -> Vec<Traced> {
    let traced = traced(text);
    let variables = Assigned {
        script,
        text: &traced,
    };
    expand_all(&script.commands[index].words, &traced, &variables)
}

/// All commands as argv.
fn argvs(text: &str, script: &Script) -> Vec<Vec<String>> {
    (0..script.commands.len())
        .map(|index| {
            fields(text, script, index)
                .iter()
                .map(|field| field.text().to_owned())
                .collect()
        })
        .collect()
}

/// The place of a field in the text.
fn place(field: &Traced) -> String {
    field.location().unwrap().text().to_owned()
}

fn find<'a>(script: &'a Script, program: &str) -> &'a Command {
    let is = |command: &&Command| {
        command.words.first().and_then(Word::literal).as_deref() == Some(program)
    };
    script
        .commands
        .iter()
        .find(is)
        .unwrap_or_else(|| panic!("no {program} in {:?}", script.commands))
}

#[test]
fn flags_behind_a_continued_quoted_prompt_are_arguments() {
    let text =
        "claude -p \"Fix the\nbug\" \\\n  --dangerously-skip-permissions \\\n  --model opus\n";
    let script = bash(text);
    let argv = fields(text, &script, 0);
    assert_eq!(argv[2].text(), "Fix the\nbug");
    assert_eq!(argv[3].text(), "--dangerously-skip-permissions");
    assert_eq!(argv[3].location().unwrap().start().line, 3);
    assert_eq!(argv.len(), 6);
}

#[test]
fn a_package_runner_keeps_its_words() {
    let text =
        "npx -y @anthropic-ai/claude-code@latest -p \"review\" \\\n  --allowedTools \"Bash(*)\"\n";
    let script = bash(text);
    let expected = [
        "npx",
        "-y",
        "@anthropic-ai/claude-code@latest",
        "-p",
        "review",
        "--allowedTools",
        "Bash(*)",
    ];
    assert_eq!(argvs(text, &script), [expected]);
}

#[test]
fn array_items_keep_the_place_where_they_were_added() {
    let text =
        "ARGS=(-p \"do it\")\nARGS+=(--dangerously-skip-permissions)\nclaude \"${ARGS[@]}\"\n";
    let script = bash(text);
    assert_eq!(script.commands[1].assignments[0].effect, Effect::Append);
    let argv = fields(text, &script, 2);
    let texts: Vec<&str> = argv.iter().map(Traced::text).collect();
    assert_eq!(
        texts,
        ["claude", "-p", "do it", "--dangerously-skip-permissions"]
    );
    assert_eq!(argv[3].location().unwrap().start().line, 2);
}

#[test]
fn an_unquoted_variable_is_split_and_located_at_its_assignment() {
    let text = "FLAGS=\"--verbose --dangerously-skip-permissions\"; claude $FLAGS -p \"$FLAGS\"";
    let script = bash(text);
    let argv = fields(text, &script, 1);
    assert_eq!(argv[2].text(), "--dangerously-skip-permissions");
    assert_eq!(argv[2].location().unwrap().span, Span::new(17, 47));
    assert_eq!(argv[4].text(), "--verbose --dangerously-skip-permissions");
}

#[test]
fn unknown_variables_and_substitutions_are_holes() {
    let text = "claude $CLAUDE_ARGS -p \"about $(cat notes) and ${N:0:3}\"";
    let script = bash(text);
    let argv = fields(text, &script, 1);
    assert_eq!(argv[1].holes()[0].source.as_ref(), "$CLAUDE_ARGS");
    assert_eq!(place(&argv[1]), "$CLAUDE_ARGS");
    let sources: Vec<&str> = argv[3].holes().iter().map(|hole| &*hole.source).collect();
    assert_eq!(sources, ["$(cat notes)", "${N:0:3}"]);
}

#[test]
fn holes_of_the_script_are_carried() {
    let file = SourceFile::new("w.yml", "claude ${{ inputs.args }}x");
    let origin = crate::source::Location::new(&file, Span::new(7, 25));
    let mut text = Traced::of_file(&file, Span::new(0, 7));
    text.push(&Traced::hole("inputs_args_______", "inputs.args", &origin));
    text.push_exact("x", &file, 25);
    let script = parse(text.text(), Dialect::Bash);
    let argv = expand_all(&script.commands[0].words, &text, &NoVariables);
    assert_eq!(argv[1].holes()[0].source.as_ref(), "inputs.args");
    assert_eq!(place(&argv[1]), "${{ inputs.args }}x");
}

#[test]
fn fallback_words_are_taken_for_unknown_variables() {
    let text = "claude ${MODE:---permission-mode plan} \"${A-x y}\" ${B:+--on} ${C:?no}";
    let script = bash(text);
    let argv = fields(text, &script, 0);
    let texts: Vec<&str> = argv.iter().map(Traced::text).collect();
    assert_eq!(
        texts,
        ["claude", "--permission-mode", "plan", "x y", "--on", "C"]
    );
    assert_eq!(place(&argv[1]), "--permission-mode");
}

#[test]
fn a_known_value_beats_its_fallback() {
    let text = "MODE=plan\nclaude --permission-mode ${MODE:-bypassPermissions}";
    let script = bash(text);
    assert_eq!(
        argvs(text, &script)[1],
        ["claude", "--permission-mode", "plan"]
    );
}

#[test]
fn quotes_that_split_a_flag_do_not_hide_it() {
    let text = "claude --dangerously-\"skip\"-permissions --per\\\nmission-mode \\plan";
    let script = bash(text);
    let argv = fields(text, &script, 0);
    assert_eq!(argv[1].text(), "--dangerously-skip-permissions");
    assert_eq!(place(&argv[1]), "--dangerously-\"skip\"-permissions");
    assert_eq!(
        (argv[2].text(), argv[3].text()),
        ("--permission-mode", "plan")
    );
}

#[test]
fn ansi_quotes_are_decoded() {
    let text = r"claude -p $'a\nb\'c\x41\u00e9'";
    let script = bash(text);
    let argv = fields(text, &script, 0);
    assert_eq!(argv[2].text(), "a\nb'cAé");
    assert_eq!(argv[2].locate(1..2).unwrap().text(), r"\n");
}

#[test]
fn a_here_document_is_input_and_no_command() {
    let text = "bash <<'EOF'\nclaude -p x\nEOF\ncat > README.md <<DOC\nRun claude --x $USER $(whoami)\nDOC\necho done\n";
    let script = bash(text);
    let shell = find(&script, "bash");
    let Some(Input::HereDoc { body, expansion }) = shell.input.as_deref() else {
        panic!()
    };
    assert_eq!(
        (body.span.slice(text), *expansion),
        ("claude -p x\n", Expansion::Literal)
    );
    let cat = find(&script, "cat");
    assert_eq!(cat.outputs[0].span.slice(text), "README.md");
    let Some(Input::HereDoc { body, expansion }) = cat.input.as_deref() else {
        panic!()
    };
    assert_eq!(*expansion, Expansion::Expands);
    assert!(
        body.parts
            .iter()
            .any(|part| matches!(part, Part::Variable { name, .. } if &**name == "USER"))
    );
    let programs: Vec<_> = script
        .commands
        .iter()
        .filter_map(|command| command.words[0].literal())
        .collect();
    assert!(!programs.contains(&"claude".to_owned()) && programs.contains(&"whoami".to_owned()));
}

#[test]
fn tabs_of_an_indented_here_document_are_removed() {
    let text = "if x; then\n\tbash <<-EOF\n\t\tclaude -p x\n\tEOF\nfi\n";
    let script = bash(text);
    let Some(Input::HereDoc { body, .. }) = find(&script, "bash").input.as_deref() else {
        panic!()
    };
    assert_eq!(body.literal().unwrap(), "claude -p x\n");
    assert_eq!(body.parts[0].span(), Span::new(26, 38));
}

#[test]
fn the_word_of_a_shell_command_is_one_field() {
    let text = "bash -c 'claude -p \"x\" --dangerously-skip-permissions'";
    let script = bash(text);
    assert_eq!(
        argvs(text, &script)[0][2],
        "claude -p \"x\" --dangerously-skip-permissions"
    );
}

#[test]
fn tests_of_branches_are_conditions() {
    let text = "if ! claude -p x; then echo no; elif [[ -n $(which claude) ]]; then :; fi\nwhile read -r l; do claude; done\n";
    let script = bash(text);
    assert_eq!(find(&script, "claude").role, Role::Condition);
    assert_eq!(find(&script, "echo").role, Role::Statement);
    assert_eq!(find(&script, "read").role, Role::Condition);
    assert_eq!(find(&script, "which").nesting, Nesting::Substitution);
    assert_eq!(script.commands.len(), 6);
}

#[test]
fn a_substitution_stands_before_the_command_that_holds_it() {
    let text = "out=$(claude -p review <<< \"$DIFF\")\necho \"$out `date`\"";
    let script = bash(text);
    let claude = &script.commands[0];
    assert_eq!(claude.nesting, Nesting::Substitution);
    assert!(
        matches!(claude.input.as_deref(), Some(Input::HereString(word)) if word.span.slice(text) == "\"$DIFF\"")
    );
    let AssignedValue::Scalar(value) = &script.commands[1].assignments[0].value else {
        panic!()
    };
    assert!(matches!(&value.parts[0], Part::Substitution { commands, .. } if *commands == (0..1)));
    assert_eq!(script.commands[2].words[0].literal().unwrap(), "date");
}

#[test]
fn pipes_name_the_command_before_them() {
    let text =
        "gh pr diff 1 | tee d.txt | claude -p review && cat d.txt | { read x; claude; } > out.md";
    let script = bash(text);
    let pipes: Vec<Option<usize>> = script
        .commands
        .iter()
        .map(|command| command.pipe_from)
        .collect();
    assert_eq!(pipes, [None, Some(0), Some(1), None, Some(3), Some(3)]);
    assert_eq!(script.commands[5].outputs[0].span.slice(text), "out.md");
}

#[test]
fn blocks_hand_their_redirections_to_their_commands() {
    let text =
        "{\n  echo \"r<<EOF\"\n  claude -p x\n} >> \"$GITHUB_OUTPUT\"\n( claude ) < p.txt 2> err\n";
    let script = bash(text);
    assert_eq!(
        script.commands[1].outputs[0].span.slice(text),
        "\"$GITHUB_OUTPUT\""
    );
    assert_eq!(script.commands[2].nesting, Nesting::Subshell);
    assert!(matches!(
        script.commands[2].input.as_deref(),
        Some(Input::File(_))
    ));
    assert!(script.commands[2].outputs.is_empty());
}

#[test]
fn functions_and_loops_hold_their_commands() {
    let text = "run() {\n  claude \"$@\"\n}\nfunction other { echo; }\nfor f in a 'b c' $X; do\n  run -p \"$f\"\ndone\n";
    let script = bash(text);
    let names: Vec<&str> = script
        .functions
        .iter()
        .map(|function| &*function.name)
        .collect();
    assert_eq!(names, ["run", "other"]);
    assert_eq!(script.functions[0].commands, 0..1);
    assert_eq!(script.commands[0].function, Some(0));
    assert_eq!(script.functions[1].commands, 1..2);
    let one = &script.loops[0];
    assert_eq!(
        (&*one.variable, one.items.len(), one.commands.clone()),
        ("f", 3, 2..3)
    );
}

#[test]
fn declarations_are_assignments_and_words() {
    let text = "export MODE=plan N; declare -a A=(x \"y z\"); X=1 Y= local Z=\"$(date)\"";
    let script = bash(text);
    let export = find(&script, "export");
    assert_eq!(&*export.assignments[0].name, "MODE");
    assert_eq!(export.words[1].literal().unwrap(), "MODE=plan");
    let declare = find(&script, "declare");
    assert!(
        matches!(&declare.assignments[0].value, AssignedValue::Array(items) if items.len() == 2)
    );
    let local = find(&script, "local");
    let names: Vec<&str> = local.assignments.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["X", "Y", "Z"]);
    assert_eq!(script.commands.len(), 4);
}

#[test]
fn prefixes_and_background_jobs_are_seen_through() {
    let text = "time -p claude -p x & ! claude a || coproc NAME { claude b; }\nA=1 B=2 timeout 5 claude c; exit 1";
    let script = bash(text);
    let argvs = argvs(text, &script);
    assert_eq!(argvs[0], ["claude", "-p", "x"]);
    assert_eq!(argvs[1], ["claude", "a"]);
    assert_eq!(argvs[2], ["claude", "b"]);
    assert_eq!(argvs[3], ["timeout", "5", "claude", "c"]);
    assert_eq!(argvs[4], ["exit", "1"]);
}

#[test]
fn patterns_tests_and_comments_are_no_commands() {
    let text = "# claude -p x\ncase \"$1\" in\n  (claude|x ) echo a ;; # claude\n  *) echo b;;\nesac\n[[ claude == -p && ( a < b ) ]]\n(( claude + $(nproc) ))\n";
    let script = bash(text);
    assert_eq!(
        argvs(text, &script),
        [vec!["echo", "a"], vec!["echo", "b"], vec!["nproc"]]
    );
}

#[test]
fn windows_line_ends_are_read() {
    let text = "claude -p x \\\r\n  --verbose\r\ncat <<EOF\r\nclaude\r\nEOF\r\necho é\r\n";
    let script = parse(text, Dialect::Bash);
    assert_eq!(
        argvs(text, &script),
        [
            vec!["claude", "-p", "x", "--verbose"],
            vec!["cat"],
            vec!["echo", "é"]
        ]
    );
}

#[test]
fn text_that_does_not_parse_is_still_read() {
    let text = "claude -p x\nif then ) done }\necho 'unclosed\nclaude";
    let script = parse(text, Dialect::Bash);
    assert_eq!(argvs(text, &script)[0], ["claude", "-p", "x"]);
}

#[test]
fn unmasked_template_expressions_do_not_lose_the_rest() {
    let text = "claude -p \"${{ github.event.issue.title || 'x' }}\" ${{ inputs.a && '--b' }} --c\nif ${{ x }}; then claude 2; fi\n";
    for script in [parse(text, Dialect::Bash), super::bash::parse(text)] {
        let argv = &argvs(text, &script)[0];
        assert_eq!(argv.last().unwrap(), "--c");
        assert_eq!(argvs(text, &script).last().unwrap(), &["claude", "2"]);
    }
}

#[test]
fn brace_lists_and_file_patterns_stay_as_written() {
    let text = "claude --allowedTools=mcp__* ~/x {a,b}";
    assert_eq!(
        argvs(text, &bash(text))[0],
        ["claude", "--allowedTools=mcp__*", "~/x", "{a,b}"]
    );
}

#[test]
fn huge_and_deep_texts_are_read_in_linear_time() {
    let document = format!(
        "cat <<EOF\n{}\nEOF\n",
        "$x ${y:-z} $(date)\n".repeat(10_000)
    );
    let deep = "$(".repeat(20_000);
    let quoted = "\"$(".repeat(20_000);
    let blocks = "a | { ".repeat(20_000);
    let braces = "${x:-".repeat(20_000);
    let arithmetic = "$((".repeat(20_000);
    let templates = "${{ ".repeat(20_000);
    let backticks = "`a ".repeat(20_001);
    for text in [
        document, deep, quoted, blocks, braces, arithmetic, templates, backticks,
    ] {
        let start = std::time::Instant::now();
        for dialect in [Dialect::Bash, Dialect::PowerShell, Dialect::Cmd] {
            parse(&text, dialect);
        }
        let shape: String = text.chars().take(12).collect();
        assert!(start.elapsed().as_secs() < 5, "{shape}");
    }
}
