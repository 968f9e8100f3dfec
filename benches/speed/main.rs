//! What a check costs, as a table: `cargo bench --no-default-features --bench speed`.
//!
//! Options after `--`: `--corpus FOLDER` takes workflows from the repositories below a folder, `--zizmor PROGRAM`
//! (or the variable `ZIZMOR`) runs zizmor on the same files, `--betterleaks PROGRAM` runs Betterleaks beside the
//! detector of keys, `--only WORD` runs the cases that hold a word (`keys`: the detector alone), `--program PROGRAM`
//! measures another binary.
//! The targets are those of the project; a case over target is marked, and nothing here fails for being slow.

mod hostile;
mod measure;
mod ordinary;
mod secrets;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use measure::Cost;
use ordinary::Source;

/// How often each case is run.
const RUNS: u32 = 5;

/// The stripped binary without network code, in bytes.
const BINARY_TARGET: u64 = 5_000_000;

/// What a case may cost: CPU in milliseconds, memory in MiB.
type Target = (f64, f64);

struct Options {
    program: Option<PathBuf>,
    corpus: Option<PathBuf>,
    zizmor: Option<PathBuf>,
    betterleaks: Option<PathBuf>,
    only: Option<String>,
    asked: bool,
}

impl Options {
    fn read() -> Result<Self, String> {
        let mut options = Self {
            program: None,
            corpus: None,
            zizmor: std::env::var_os("ZIZMOR").map(PathBuf::from),
            betterleaks: None,
            only: None,
            asked: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("{argument} needs a value"))
            };
            match argument.as_str() {
                // Cargo passes it for `cargo bench`, and leaves it out where benches are run as tests.
                "--bench" => options.asked = true,
                "--program" => options.program = Some(value()?.into()),
                "--corpus" => options.corpus = Some(value()?.into()),
                "--zizmor" => options.zizmor = Some(value()?.into()),
                "--betterleaks" => options.betterleaks = Some(value()?.into()),
                "--only" => options.only = Some(value()?),
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(options)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read()?;
    if !options.asked {
        return Ok(());
    }
    let program = match &options.program {
        Some(program) => program.clone(),
        None => release_binary()?,
    };
    let source = Source::new(options.corpus.as_deref())?;
    let mut bench = Bench {
        program,
        folder: tempfile::tempdir()?,
        over: 0,
        options,
    };
    bench.head(&source)?;
    bench.ordinary(&source)?;
    for hostile in hostile::ALL {
        bench.case(hostile.name, Some((150.0, 96.0)), hostile.write)?;
    }
    if bench
        .options
        .only
        .as_deref()
        .is_none_or(|word| "keys".contains(word))
    {
        secrets::table(
            bench.options.corpus.as_deref(),
            bench.options.betterleaks.as_deref(),
        )?;
    }
    println!("\n{} over target", bench.over);
    Ok(())
}

/// The binary as it is released without network code.
fn release_binary() -> Result<PathBuf, Box<dyn Error>> {
    let built = PathBuf::from(env!("CARGO_BIN_EXE_portcullis"));
    if cfg!(feature = "github") {
        let target = built
            .ancestors()
            .nth(2)
            .ok_or("the binary stands in no target folder")?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args([
                "build",
                "--profile",
                "dist",
                "--no-default-features",
                "--bin",
                "portcullis",
                "--target-dir",
            ])
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()?;
        if !status.success() {
            return Err("the release binary could not be built".into());
        }
        return Ok(target.join("dist/portcullis"));
    }
    Ok(built)
}

struct Bench {
    program: PathBuf,
    folder: tempfile::TempDir,
    options: Options,
    over: u32,
}

impl Bench {
    fn head(&mut self, source: &Source) -> Result<(), Box<dyn Error>> {
        println!("{}; best of {RUNS} runs", source.describe());
        if self
            .program
            .to_str()
            .is_some_and(|path| path.contains("release"))
        {
            let size = fs::metadata(&self.program)?.len();
            let mark = self.mark(size > BINARY_TARGET);
            println!(
                "stripped binary without network code: {:.2} MB{mark} (target {:.0} MB)",
                mb(size),
                mb(BINARY_TARGET)
            );
        }
        if let Some(zizmor) = &self.options.zizmor {
            let version = Command::new(zizmor).arg("--version").output()?.stdout;
            println!("beside it: {}", String::from_utf8_lossy(&version).trim());
        }
        print!(
            "\n{:42}{:>10}{:>10}{:>9}{:>9}{:>8}{:>6}",
            "", "CPU ms", "target", "MiB", "target", "wall", "exit"
        );
        if self.options.zizmor.is_some() {
            print!("{:>12}{:>9}{:>6}", "zizmor ms", "MiB", "exit");
        }
        println!();
        Ok(())
    }

    fn ordinary(&mut self, source: &Source) -> Result<(), Box<dyn Error>> {
        self.case("1 file", Some((6.0, 24.0)), |root| source.write(root, 1))?;
        self.case("500 files", Some((150.0, 24.0)), |root| {
            source.write(root, 500)
        })?;
        self.case(
            "500 files in a git repository",
            Some((150.0, 24.0)),
            |root| {
                source.write(root, 500)?;
                git(root)
            },
        )?;
        // At most linear: as much again for each further file as for the first 500.
        self.case("2,000 files", Some((600.0, 96.0)), |root| {
            source.write(root, 2_000)
        })?;
        self.case("5,000 files", Some((1_500.0, 240.0)), |root| {
            source.write(root, 5_000)
        })
    }

    fn case(
        &mut self,
        name: &str,
        target: Option<Target>,
        write: impl FnOnce(&Path) -> std::io::Result<()>,
    ) -> Result<(), Box<dyn Error>> {
        if self
            .options
            .only
            .as_ref()
            .is_some_and(|word| !name.contains(word.as_str()))
        {
            return Ok(());
        }
        let root = self.folder.path().join("case");
        fs::create_dir_all(&root)?;
        write(&root)?;
        let ours = measure::best_of(
            RUNS,
            &self.program,
            &["check", ".", "--format", "json"],
            &root,
        )?;
        print!("{name:42}");
        self.print(&ours, target);
        if let Some(zizmor) = &self.options.zizmor {
            let arguments = [
                "--offline",
                "--no-config",
                "--quiet",
                "--format",
                "json",
                ".",
            ];
            let theirs = measure::best_of(RUNS, zizmor, &arguments, &root)?;
            print!(
                "{:>12.1}{:>9.1}{:>6}",
                ms(&theirs),
                mib(theirs.peak),
                exit(&theirs)
            );
        }
        println!();
        fs::remove_dir_all(&root)?;
        Ok(())
    }

    fn print(&mut self, cost: &Cost, target: Option<Target>) {
        let (cpu, memory) = target.unwrap_or((f64::INFINITY, f64::INFINITY));
        let slow = self.mark(ms(cost) > cpu);
        let big = self.mark(mib(cost.peak) > memory);
        let wall = cost.wall.as_secs_f64() * 1e3;
        print!(
            "{:>9.1}{slow:1}{cpu:>10.0}{:>8.1}{big:1}{memory:>9.0}{wall:>8.0}{:>6}",
            ms(cost),
            mib(cost.peak),
            exit(cost)
        );
    }

    fn mark(&mut self, over: bool) -> &'static str {
        self.over += u32::from(over);
        if over { "!" } else { "" }
    }
}

/// Makes the folder a git repository with everything committed; without git on this machine it stays as it is.
fn git(root: &Path) -> std::io::Result<()> {
    let name = [
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.com",
    ];
    for command in [
        &["init", "--quiet"][..],
        &["add", "."],
        &["commit", "--quiet", "--message", "bench"],
    ] {
        let status = Command::new("git")
            .args(name)
            .args(command)
            .current_dir(root)
            .status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("git did not make a repository; the next line is measured without one");
            break;
        }
    }
    Ok(())
}

fn ms(cost: &Cost) -> f64 {
    cost.cpu.as_secs_f64() * 1e3
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn exit(cost: &Cost) -> String {
    cost.exit
        .map_or_else(|| "none".to_owned(), |code| code.to_string())
}
