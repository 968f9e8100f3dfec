//! The detector of keys by itself: throughput over a corpus, and long single lines that mean harm.

use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use portcullis::secret::Detector;

/// What the detector reads on one core, in MB/s.
const THROUGHPUT: f64 = 100.0;

/// How long each line is.
const LINE: usize = 5_000_000;

/// What the lines repeat.
const LINES: &[(&str, &str)] = &[
    ("plain words", "key: value "),
    ("assignments", "token=abcdefgh12345678Q "),
    ("names without an end", "password"),
    ("URLs", "https://a:b@"),
    ("commands", "curl -u "),
    ("dots", "AAAAAAAA.AAAAAA."),
    ("percent signs", "%41"),
    ("base64", "eyJhbGciOiJIUzI1"),
    ("web tokens", "eyJ_"),
];

/// Prints the table. Another scanner, where one is named, reads the same folder.
pub fn table(corpus: Option<&Path>, other: Option<&Path>) -> io::Result<()> {
    let detector = Detector::new();
    println!("\nthe detector of keys alone");
    if let Some(corpus) = corpus {
        let mut files = Vec::new();
        collect(corpus, &mut files)?;
        let texts: Vec<Vec<u8>> = files.iter().map(std::fs::read).collect::<Result<_, _>>()?;
        let size = texts.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
        let start = Instant::now();
        let found: usize = texts.iter().map(|text| detector.scan(text).len()).sum();
        let speed = size / start.elapsed().as_secs_f64();
        let mark = if speed < THROUGHPUT { "!" } else { "" };
        println!(
            "{size:.1} MB in {} files: {speed:.0} MB/s{mark} (target {THROUGHPUT:.0}), {found} found",
            texts.len()
        );
        if let Some(other) = other {
            let start = Instant::now();
            let status = Command::new(other)
                .args([
                    "fs",
                    "--no-banner",
                    "--silent",
                    "--redact",
                    "--exit-code",
                    "0",
                ])
                .arg(corpus)
                // Nothing that is found is to be tried at its provider.
                .env_remove("BETTERLEAKS_VALIDATE")
                .env_remove("BETTERLEAKS_ANALYZE")
                .env("GOMAXPROCS", "1")
                .output()?
                .status;
            println!(
                "{}: {:.1} MB/s, {status}",
                other.display(),
                size / start.elapsed().as_secs_f64()
            );
        }
    }
    for (name, part) in LINES {
        let mut text = part.repeat(LINE / part.len() + 1);
        text.truncate(LINE);
        let time = |text: &str| {
            let start = Instant::now();
            black_box(detector.scan(text.as_bytes()));
            start.elapsed().as_secs_f64() * 1e3
        };
        let half = time(text.get(..LINE / 2).unwrap_or_default());
        println!(
            "5 MB on one line, {name:24}{:>8.0} ms, half of it {half:>8.0} ms",
            time(&text)
        );
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}
