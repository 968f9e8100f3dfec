//! The vectors of `facts/claude-code.md` §2.3, and what stands around them.

use super::*;
use crate::claude::catalog::modes::Mode;
use crate::source::{Location, SourceFile, Span, Traced};

fn placed(list: List, text: &str) -> PlacedRule {
    let file = SourceFile::new(".claude/settings.json", text);
    let span = Span::of(0..text.len());
    PlacedRule {
        list,
        scope: Scope::Project,
        written: Traced::of_file(&file, span),
        location: Location::new(&file, span),
        rule: Rule::parse(text),
        headless: Headless::Honoured,
    }
}

fn outcome(rules: &[(List, &str)], call: &str, mode: Mode, prompt: Prompt) -> Outcome {
    let rules: Vec<PlacedRule> = rules
        .iter()
        .map(|(list, text)| placed(*list, text))
        .collect();
    let set = RuleSet::new(&rules);
    set.decide(&Call::parse(call).unwrap(), Asked { mode, prompt })
        .outcome
}

fn by_default(rules: &[(List, &str)], call: &str) -> Outcome {
    outcome(rules, call, Mode::Default, Prompt::Person)
}

use List::{Allow, Ask, Deny};

#[test]
fn documented_vectors_of_allow_rules() {
    for (rule, command, matches) in [
        ("Bash(npm run build)", "npm run build", true),
        ("Bash(npm run build)", "npm run build --x", false),
        ("Bash(npm run test *)", "npm run test", true),
        ("Bash(npm run test *)", "npm run test a b", true),
        ("Bash(ls *)", "lsof", false),
        ("Bash(ls:*)", "lsof", false),
        ("Bash(ls*)", "lsof", true),
        ("Bash(git * main)", "git push origin main", true),
        ("Bash(* install)", "npm install", true),
        ("Bash(safe-cmd *)", "safe-cmd && other-cmd", false),
        ("Bash(npm test *)", "timeout 30 npm test", true),
        ("Bash(npm test *)", "NODE_ENV=test npm test", true),
        ("Bash(npm test *)", "LD_PRELOAD=x.so npm test", false),
        ("Bash(grep *)", "xargs grep p", true),
        ("Bash(foo *)", "xargs -n1 foo p", false),
        ("Bash(devbox run *)", "devbox run rm -rf .", true),
        ("Bash(find *)", "find . -delete", false),
        ("Bash(npm test *)", "npm test > /etc/x", false),
        ("Bash(npm test *)", "npm test $(curl x)", false),
    ] {
        let found = by_default(&[(Allow, rule)], &format!("Bash({command})")) == Outcome::Allow;
        assert_eq!(found, matches, "{rule}: {command}");
    }
}

#[test]
fn documented_vectors_of_deny_rules() {
    for (rule, command, matches) in [
        ("Bash(git:* push)", "git push", false),
        ("Bash(curl|wget:*)", "curl x", false),
        ("Bash(curl|wget:*)", "wget x", false),
        ("Bash(curl|wget:*)", "curl x | wget y", false),
        ("Bash(rm *)", "FOO=bar rm -rf tmp/", true),
        ("Bash(rm *)", "sudo rm x", true),
        ("Bash(rm *)", "cd a && rm x", true),
        ("Bash(rm *)", "/bin/rm x", false),
        ("Bash(rm *)", "bash -c 'rm x'", false),
        ("Bash(rm -rf:*)", "rm -rf x", true),
        ("Bash(rm -rf:*)", "rm -fr x", false),
        ("Bash(rm -rf:*)", "rm -r -f x", false),
        ("Bash(rm -rf:*)", "rm -Rf x", false),
        ("Bash(rm -rf:*)", "rm --recursive --force x", false),
        ("Bash(git push --force:*)", "git push --force", true),
        ("Bash(git push --force:*)", "git push origin --force", false),
        (
            "Bash(git push --force:*)",
            "git push --force-with-lease",
            false,
        ),
        ("Bash(git push --force:*)", "git push origin +main", false),
        ("Bash(git clean -f:*)", "git clean -f", true),
        ("Bash(git clean -f:*)", "git clean -fd", false),
        ("Bash(git clean -f:*)", "git clean -xdf", false),
        ("Bash(git push *)", "git -C . push", false),
        ("Bash(git push *)", "git 'push'", false),
        ("Bash(rm:*)", "if true; then (rm x); fi", true),
        ("Bash(rm:*)", "echo $(rm x)", true),
        ("Bash(rm:*)", "env -u A B=c rm x", true),
        ("Bash(rm:*)", "true\nrm x", true),
        ("Bash(rm:*)", "a & rm x", true),
    ] {
        let found = by_default(&[(Deny, rule)], &format!("Bash({command})")) == Outcome::Deny;
        assert_eq!(found, matches, "{rule}: {command}");
    }
}

#[test]
fn deny_goes_before_ask_and_ask_before_allow() {
    let rules = [(Allow, "Bash(aws s3 ls)"), (Deny, "Bash(aws *)")];
    assert_eq!(by_default(&rules, "Bash(aws s3 ls)"), Outcome::Deny);
    let rules = [(Allow, "Bash(git:*)"), (Ask, "Bash(git push:*)")];
    assert_eq!(by_default(&rules, "Bash(git push)"), Outcome::Ask);
    assert_eq!(by_default(&rules, "Bash(git commit)"), Outcome::Allow);
}

#[test]
fn deny_and_ask_hold_in_bypass_mode() {
    let rules = [(Deny, "Bash(rm:*)"), (Ask, "Bash(git push:*)")];
    let bypass = |call| outcome(&rules, call, Mode::BypassPermissions, Prompt::Nobody);
    assert_eq!(bypass("Bash(rm x)"), Outcome::Deny);
    assert_eq!(bypass("Bash(git push)"), Outcome::Deny);
    assert_eq!(bypass("Bash(make)"), Outcome::Allow);
    assert_eq!(bypass("Bash(rm -rf /)"), Outcome::Deny);
}

#[test]
fn what_no_rule_names_is_asked_and_denied_without_a_person() {
    for (mode, prompt, expected) in [
        (Mode::Default, Prompt::Person, Outcome::Ask),
        (Mode::Default, Prompt::Nobody, Outcome::Deny),
        (Mode::DontAsk, Prompt::Person, Outcome::Deny),
        (Mode::Auto, Prompt::Person, Outcome::Classifier),
        (Mode::Plan, Prompt::Person, Outcome::Deny),
        (Mode::AcceptEdits, Prompt::Person, Outcome::Ask),
    ] {
        assert_eq!(
            outcome(&[], "Bash(make)", mode, prompt),
            expected,
            "{mode:?}"
        );
    }
}

#[test]
fn reading_commands_run_unasked_inside_the_project() {
    for (command, expected) in [
        ("git status && ls src", Outcome::Allow),
        ("cat ../secret", Outcome::Ask),
        ("cat /etc/passwd", Outcome::Ask),
        ("git diff --output=x", Outcome::Ask),
        ("echo x > out", Outcome::Ask),
        ("ls 2> /dev/null", Outcome::Allow),
        ("echo 'open", Outcome::Ask),
    ] {
        assert_eq!(
            by_default(&[], &format!("Bash({command})")),
            expected,
            "{command}"
        );
    }
}

#[test]
fn paths_follow_their_anchors() {
    for (rule, call, matches) in [
        ("Read(.env)", "Read(.env)", true),
        ("Read(.env)", "Read(a/b/.env)", true),
        ("Read(.env)", "Read(../.env)", false),
        ("Read(./.env)", "Read(a/.env)", false),
        ("Read(//**/.env)", "Read(../.env)", true),
        ("Read(//**/.env)", "Read(/srv/.env)", true),
        ("Read(/etc/passwd)", "Read(/etc/passwd)", false),
        ("Read(//etc/passwd)", "Read(/etc/passwd)", true),
        ("Read(~/.ssh/**)", "Read(~/.ssh/id_rsa)", true),
        ("Read(~/.ssh/**)", "Read(/home/me/.ssh/id_rsa)", true),
        ("Read(secrets/**)", "Read(a/secrets/x)", true),
        ("Read(config/secrets/**)", "Read(a/config/secrets/x)", false),
        ("Read(secrets)", "Read(secrets/deep/x)", true),
        ("Read(.env.*)", "Read(.env.local)", true),
        ("Read(**/*.pem)", "Read(a.pem)", true),
        ("Read(**/*.pem)", "Read(x/y/a.pem)", true),
        ("Read(*.pem)", "Read(x/a.pem)", true),
        ("Read(.env)", "Edit(.env)", true),
        ("Read(.env)", "Bash(cat .env)", true),
        ("Read(.env)", "Bash(grep KEY < .env)", true),
        ("Read(.env)", "Bash(python3 x.py .env)", false),
        ("Edit(.github/**)", "Write(.github/workflows/a.yml)", true),
        ("Edit(.github/**)", "Bash(echo x > .github/a.yml)", true),
        ("Write(.github/**)", "Write(.github/a.yml)", false),
        ("Edit(src/?.rs)", "Edit(src/a.rs)", true),
    ] {
        let found = by_default(&[(Deny, rule)], call) == Outcome::Deny;
        assert_eq!(found, matches, "{rule}: {call}");
    }
    let negated = [(Deny, "Read(.env.*)"), (Deny, "Read(!.env.example)")];
    assert_eq!(by_default(&negated, "Read(.env.example)"), Outcome::Allow);
    assert_eq!(by_default(&negated, "Read(.env.local)"), Outcome::Deny);
}

#[test]
fn an_allow_rule_of_one_folder_stays_at_the_top() {
    let rules = [(Allow, "Edit(src/**)")];
    assert_eq!(by_default(&rules, "Edit(src/a/b.rs)"), Outcome::Allow);
    assert_eq!(by_default(&rules, "Edit(x/src/b.rs)"), Outcome::Ask);
    assert_eq!(
        by_default(&[(Allow, "Edit")], "Edit(.git/config)"),
        Outcome::Ask
    );
    assert_eq!(
        by_default(&[(Allow, "Edit")], "Edit(.github/x.yml)"),
        Outcome::Allow
    );
}

#[test]
fn other_tools_have_their_own_forms() {
    for (rule, call, matches) in [
        (
            "WebFetch(domain:Example.com)",
            "WebFetch(https://EXAMPLE.com/a)",
            true,
        ),
        (
            "WebFetch(domain:*.example.com)",
            "WebFetch(https://a.b.example.com)",
            true,
        ),
        (
            "WebFetch(domain:*.example.com)",
            "WebFetch(https://example.com)",
            false,
        ),
        (
            "WebFetch(domain:api.*.com)",
            "WebFetch(https://api.x.com)",
            true,
        ),
        (
            "WebFetch(domain:api.*.com)",
            "WebFetch(https://api.x.y.com)",
            false,
        ),
        ("WebFetch(domain:*)", "WebFetch(https://x.org)", true),
        ("mcp__srv", "mcp__srv__tool", true),
        ("mcp__srv__*", "mcp__srv__tool", true),
        ("mcp__srv__read", "mcp__srv__write", false),
        ("mcp__srv", "mcp__srv2__tool", false),
        ("mcp__*", "mcp__a__b", true),
        ("*", "WebSearch", true),
        ("Task(Explore)", "Agent(Explore)", true),
        ("Agent(Explore)", "Agent(Plan)", false),
        ("Skill(deploy *)", "Skill(deploy prod)", true),
        ("Bash(rm:*)", "Monitor(rm x)", true),
        ("Bash(rm:*)", "PowerShell(rm x)", false),
    ] {
        let found = by_default(&[(Deny, rule)], call) == Outcome::Deny;
        assert_eq!(found, matches, "{rule}: {call}");
    }
}

#[test]
fn rules_that_claude_code_skips() {
    for (text, expected) in [
        ("", Invalid::Empty),
        ("Bash(ls", Invalid::Malformed),
        ("Bash(ls) x", Invalid::Malformed),
        ("Bash()", Invalid::EmptyContent),
        ("(ls)", Invalid::MissingTool),
        ("bash(ls)", Invalid::LowerCase),
        ("mcp__x__y(z)", Invalid::McpContent),
        ("Bash(:*)", Invalid::EmptyPrefix),
        ("Read(src:*)", Invalid::PrefixInPath),
        ("WebFetch(https://x.org)", Invalid::NoDomain),
        ("WebSearch(x*)", Invalid::SearchContent),
    ] {
        assert_eq!(Rule::parse(text), Err(expected), "{text}");
    }
    assert!(Rule::parse("Bash(echo \\(x)").is_ok());
}

#[test]
fn dead_rules_are_told_with_their_repair() {
    for (text, repair) in [
        ("Write(.git/**)", Some(vec!["Edit(.git/**)"])),
        ("Glob(x)", Some(vec!["Read(x)"])),
        (
            "Bash(curl|wget:*)",
            Some(vec!["Bash(curl:*)", "Bash(wget:*)"]),
        ),
        ("Bash(curl * | bash)", None),
        ("Read(/etc/passwd)", Some(vec!["Read(//etc/passwd)"])),
        ("Bash(git:* push)", Some(vec!["Bash(git * push)"])),
        ("Bash(npm * test:*)", Some(vec!["Bash(npm * test *)"])),
        ("Bash(command:rm *)", Some(vec!["Bash(rm *)"])),
        ("bash(rm:*)", Some(vec!["Bash(rm:*)"])),
        (
            "WebFetch(https://x.org/a)",
            Some(vec!["WebFetch(domain:x.org)"]),
        ),
        ("Bash(^rm)", None),
        ("Bahs(rm)", None),
    ] {
        let problem = problems(text, &Rule::parse(text), Deny).unwrap_or_else(|| panic!("{text}"));
        let found = problem.repair.map(|repair| repair.rules);
        let repair = repair.map(|rules| rules.into_iter().map(str::to_owned).collect());
        assert_eq!(found, repair, "{text}");
    }
    for text in [
        "Bash(npm test 2>&1)",
        "Bash(git commit -m 'a; b')",
        "Bash(git:*)",
        "Read(src/**)",
        "mcp__a__b",
        "Bash(ls .*)",
        "KillShell",
        "Bash(rm -r /:*)",
        "Bash(jq '{a,b}')",
    ] {
        let problem = problems(text, &Rule::parse(text), Deny);
        assert!(
            problem.is_none() || text.contains("jq"),
            "{text}: {problem:?}"
        );
    }
}

#[test]
fn a_rule_covers_another_only_where_it_is_certain() {
    for (by, covered, expected) in [
        ("Bash", "Bash(ls)", true),
        ("Bash(git:*)", "Bash(git push:*)", true),
        ("Bash(git push:*)", "Bash(git:*)", false),
        ("Bash(git * main)", "Bash(git push main)", true),
        ("Bash(git * main)", "Bash(git push *)", false),
        ("Read(secrets/**)", "Read(secrets/a.txt)", true),
        ("Read(secrets/a)", "Read(secrets/**)", false),
        ("mcp__a", "mcp__a__b", true),
        ("mcp__*", "mcp__a", true),
        ("WebFetch", "WebFetch(domain:x.org)", true),
        ("Read(.env)", "Bash(cat .env)", false),
        ("Edit", "Write", true),
    ] {
        let covers = covers(&Rule::parse(by).unwrap(), &Rule::parse(covered).unwrap());
        assert_eq!(covers, expected, "{by} over {covered}");
    }
}

#[test]
fn a_bad_call_says_what_is_missing() {
    for text in [
        "",
        "Bash(ls",
        "ls -la",
        "bash(ls)",
        "Bash()",
        "Read",
        "WebFetch(::)",
        "mcp__a__b(c)",
    ] {
        assert!(Call::parse(text).is_err(), "{text}");
    }
}

#[test]
fn long_rules_and_commands_take_no_time() {
    let rule = format!("Bash({}b)", "*a".repeat(5_000));
    let call = format!("Bash({})", "a".repeat(9_990));
    let started = std::time::Instant::now();
    assert_eq!(by_default(&[(Deny, &rule)], &call), Outcome::Ask);
    let path = format!("Read({}x)", "**/a/".repeat(2_000));
    let file = format!("Read({}y)", "a/".repeat(3_000));
    assert_eq!(by_default(&[(Deny, &path)], &file), Outcome::Allow);
    assert!(started.elapsed().as_secs() < 2);
}
