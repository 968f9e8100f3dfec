//! A labelled set that is drawn when the test runs: every kind in every context, and texts that only look like keys.
//! What is measured is what a maintainer sees: recall with the provider named, and precision.

mod clean;
mod files;
mod leak;
mod structured;
mod tokens;

use portcullis::secret::formats::{self, Anchor, Check, Format};
use portcullis::secret::{Detection, Detector, Evidence, Tier};
use portcullis::source::{SourceFile, json, yaml};
use tokens::{Draw, MIXED, base64, named, token};

static DETECTOR: Detector = Detector::new();

/// How many tokens of each kind are drawn.
const DRAWN: u64 = 12;

/// What the rule would report.
fn reported(found: Vec<Detection>) -> Vec<Detection> {
    found
        .into_iter()
        .filter(|found| !matches!(found.evidence, Evidence::Default | Evidence::Example))
        .collect()
}

fn scan(text: &str) -> Vec<Detection> {
    reported(DETECTOR.scan(text.as_bytes()))
}

fn scan_yaml(text: &str) -> Vec<Detection> {
    let file = SourceFile::new("a.yml", text);
    reported(DETECTOR.scan_tree(&yaml::parse(&file).unwrap()))
}

fn scan_json(text: &str) -> Vec<Detection> {
    let file = SourceFile::new("a.json", text);
    reported(DETECTOR.scan_tree(&json::parse(&file).unwrap().tree))
}

/// A context: what stands around a token.
const CONTEXTS: [(&str, &str); 17] = [
    ("", "\n"),
    ("KEY=", "\n"),
    ("KEY='", "'\n"),
    ("env:\n  KEY: \"", "\"\n"),
    ("env:\n  KEY: >-\n    ", "\n"),
    ("{\"env\": {\"KEY\": \"", "\"}}"),
    ("{\\\"key\\\": \\\"", "\\\"}"),
    ("curl https://acme.dev/x?key=", "&y=1\n"),
    ("Use ", ". Then go on.\n"),
    ("(see ", ")\n"),
    ("either ", ", or another\n"),
    ("Use `", "` here\n"),
    ("line\\n", "\\nline"),
    ("?redirect=key%3D", "&x"),
    ("key: ${{ secrets.KEY || '", "' }}\n"),
    ("{\"permissions\": {\"allow\": [\"Bash(KEY=", " make)\"]}}"),
    ("\u{feff}# key\r\nKEY: ", "\r\n"),
];

fn provider_kinds() -> impl Iterator<Item = &'static Format> {
    formats::all().filter(|format| token(format, 1).is_some())
}

#[test]
fn every_kind_of_a_provider_is_found_in_every_context_and_named() {
    let (mut all, mut found, mut extra, mut missed) = (0, 0, 0, Vec::new());
    for format in provider_kinds() {
        for seed in 1..=DRAWN {
            let token = token(format, seed * 7919).unwrap();
            let written = named(format, &token);
            for (number, (before, after)) in CONTEXTS.iter().enumerate() {
                let text = format!("{before}{written}{after}");
                let detections = scan(&text);
                let at = before.len() + written.len() - token.len();
                let is_hit = |one: &&Detection| {
                    one.kind.kind == format.kind && one.span.start as usize == at
                };
                all += 1;
                match detections.iter().find(is_hit) {
                    Some(_) => found += 1,
                    None => missed.push(format!("{} in {number}: {detections:?}", format.kind)),
                }
                extra += detections.iter().filter(|one| !is_hit(one)).count();
            }
        }
    }
    let recall = f64::from(found) / f64::from(all);
    let precision = f64::from(found) / (f64::from(found) + extra as f64);
    println!("provider kinds: {all} cases, recall {recall:.4}, precision {precision:.4}");
    assert!(
        recall >= 0.97 && precision >= 0.97,
        "recall {recall}, precision {precision}\n{}",
        summary(&missed)
    );
}

fn summary(missed: &[String]) -> String {
    let mut counts = std::collections::BTreeMap::<&str, (usize, &str)>::new();
    for line in missed {
        let kind = line.split(' ').next().unwrap();
        counts.entry(kind).or_insert((0, line)).0 += 1;
    }
    counts
        .iter()
        .map(|(kind, (count, line))| format!("{kind}: {count}, such as {line}\n"))
        .collect()
}

#[test]
fn a_broken_checksum_makes_an_example_of_a_token() {
    for format in provider_kinds() {
        let is_checked = matches!(
            format.check,
            Check::CrcBase62
                | Check::CrcHex
                | Check::CrcHexLe
                | Check::CrcHexUpper
                | Check::CrcBase36
                | Check::CrcBase64
        );
        for seed in (1..=DRAWN).filter(|_| is_checked) {
            let token = token(format, seed).unwrap();
            assert_eq!(tier(&token), Some(Tier::High), "{}", format.kind);
            let last = if token.ends_with('0') { "1" } else { "0" };
            let broken = format!("{}{last}", &token[..token.len() - 1]);
            assert_eq!(tier(&broken), Some(Tier::Low), "{}", format.kind);
        }
    }
}

fn tier(text: &str) -> Option<Tier> {
    scan(text).first().map(|found| found.tier)
}

#[test]
fn a_token_inside_base64_and_percent_encoding_is_found() {
    let (mut all, mut found) = (0, 0);
    for format in provider_kinds()
        .filter(|format| format.anchor == Anchor::Start && format.confidence > Tier::Low)
    {
        for seed in 1..=4 {
            let token = token(format, seed).unwrap();
            let inner = format!("password for the service: {token}\n");
            let spread: String = token.bytes().map(|byte| format!("%{byte:02x}")).collect();
            for text in [
                format!("data:\n  x: {}\n", base64(inner.as_bytes())),
                format!("?a={spread}&b"),
            ] {
                all += 1;
                found += usize::from(scan(&text).iter().any(|one| one.kind.kind == format.kind));
            }
        }
    }
    assert!(found * 100 >= all * 97, "{found} of {all}");
}

#[test]
fn escapes_of_yaml_and_json_do_not_hide_a_token() {
    let format = formats::all()
        .find(|format| format.kind == "github-classic-pat")
        .unwrap();
    let token = token(format, 3).unwrap();
    let text = format!("a: \"\\x67{}\"\n", &token[1..]);
    assert_eq!(scan_yaml(&text)[0].kind.kind, "github-classic-pat");
    let text = format!("{{\"a\": \"\\u0067{}\"}}", &token[1..]);
    assert_eq!(scan_json(&text)[0].kind.kind, "github-classic-pat");
}

#[test]
fn secrets_of_no_format_are_found_by_their_name_and_on_command_lines() {
    let hex = b"0123456789abcdef";
    let (mut all, mut found, mut missed) = (0, 0, Vec::new());
    let mut count = |text: String, detections: Vec<Detection>| {
        all += 1;
        if detections.len() == 1 {
            found += 1;
        } else {
            missed.push(format!("{text:?} {detections:?}"));
        }
    };
    for seed in 1..=40 {
        let mut from = Draw::new(seed * 104_729);
        let values = [
            from.of(MIXED, 20),
            from.of(MIXED, 32),
            from.of(MIXED, 44),
            from.of(hex, 32),
            from.of(hex, 64),
        ];
        let words = ["zebra", "Quokka", "mango", "velvet"];
        let password = format!(
            "{}-{}{}!",
            words[from.below(4)],
            from.of(MIXED, 3),
            10 + from.below(90)
        );
        for value in &values {
            for text in [
                format!("API_TOKEN={value}\n"),
                format!("export SERVICE_SECRET=\"{value}\"\n"),
                format!("ENV APP_API_KEY {value}\n"),
                format!("{{\"clientSecret\": \"{value}\"}}"),
                format!("deploy --token {value} --all\n"),
                format!("curl https://acme.dev/?access_token={value}\n"),
                format!("TOKEN: ${{{{ secrets.T || '{value}' }}}}\n"),
                format!("signing_key := '{value}'\n"),
                format!("-H \"Authorization: Bearer {value}\"\n"),
                format!("//registry.acme.dev/:_authToken={value}\n"),
            ] {
                count(text.clone(), scan(&text));
            }
            let block = format!("env:\n  DEPLOY_TOKEN:\n    {value}\n");
            count(block.clone(), scan_yaml(&block));
            let pair = format!("env:\n  - name: DEPLOY_TOKEN\n    value: {value}\n");
            count(pair.clone(), scan_yaml(&pair));
            let server = format!(
                "{{\"mcpServers\": {{\"a\": {{\"headers\": {{\"X-Custom\": \"{value}\"}}}}}}}}"
            );
            count(server.clone(), scan_json(&server));
        }
        for text in [
            format!("DB_PASSWORD={password}\n"),
            format!("password: '{password}'\n"),
            format!("PGPASSWORD={password} psql -h db.acme.dev\n"),
            format!("mysql -u root -p{password} -h db.acme.dev app\n"),
            format!("curl -u deploy:{password} https://acme.dev\n"),
            format!("docker login -u ci -p {password} registry.acme.dev\n"),
            format!("sshpass -p '{password}' ssh x@acme.dev\n"),
            format!("tool --password {password}\n"),
            format!("machine acme.dev login ci password {password}\n"),
            format!("postgres://app:{password}@db.acme.dev/app\n"),
            format!("\"Server=db.acme.dev;User Id=sa;Password={password};\"\n"),
            format!(
                "Authorization: Basic {}\n",
                base64(format!("ci:{password}").as_bytes())
            ),
            format!(
                "{{\"auths\": {{\"r.acme.dev\": {{\"auth\": \"{}\"}}}}}}",
                base64(format!("ci:{password}").as_bytes())
            ),
        ] {
            count(text.clone(), scan(&text));
        }
        let job = format!(
            "jobs:\n  a:\n    container:\n      image: x\n      credentials:\n        username: ci\n        password: {password}\n"
        );
        count(job.clone(), scan_yaml(&job));
    }
    println!(
        "format-free and command line: {all} cases, recall {:.4}",
        f64::from(found) / f64::from(all)
    );
    let shown: Vec<_> = missed.iter().take(40).cloned().collect();
    assert!(
        found * 100 >= all * 85,
        "{found} of {all}\n{}",
        shown.join("\n")
    );
}

#[test]
fn what_only_looks_like_a_key_is_silent() {
    let mut wrong = Vec::new();
    for text in clean::lines() {
        for found in scan(&text) {
            wrong.push(format!("{text:?}: {found:?}"));
        }
    }
    for text in clean::YAML {
        for found in scan_yaml(text) {
            wrong.push(format!("{text:?}: {found:?}"));
        }
    }
    let all = clean::lines().len() + clean::YAML.len();
    assert!(
        wrong.len() * 100 <= all * 3,
        "{} of {all}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn repeated_keywords_take_linear_time() {
    for format in formats::all() {
        for keyword in format.keywords {
            let time = |count: usize| {
                let text = keyword.repeat(count);
                let start = std::time::Instant::now();
                DETECTOR.scan(text.as_bytes());
                start.elapsed().as_secs_f64()
            };
            time(10);
            let (small, large) = (time(500), time(4_000));
            // Eight times the text; twenty-five times the time leaves room for a busy machine.
            assert!(
                large < small.mul_add(25.0, 0.25),
                "{}: {small} and {large}",
                format.kind
            );
        }
    }
}
