//! Where reports go: standard output and any number of files, in one run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::str::FromStr;

use crate::check::Report;
use crate::report::{self, Format, Style};

use super::{Failure, Global};

/// `FILE` or `FORMAT=FILE`.
#[derive(Clone, Debug)]
pub(super) struct Target {
    format: Option<Format>,
    path: PathBuf,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = match text.split_once('=') {
            Some((format, path)) => {
                let format = format
                    .parse::<Format>()
                    .map_err(|error| error.to_string())?;
                (Some(format), path)
            }
            None => (None, text),
        };
        if path.is_empty() {
            return Err("a file name is missing".into());
        }
        Ok(Self {
            format,
            path: path.into(),
        })
    }
}

/// Writes all reports. Standard output gets the main format, unless a file was named for it.
pub(super) fn write(
    report: &Report,
    format: Format,
    targets: &[Target],
    global: &Global,
) -> Result<(), Failure> {
    for target in targets {
        let to_file = || -> io::Result<()> {
            if let Some(folder) = target
                .path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
            {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = BufWriter::new(File::create(&target.path)?);
            report::render(
                report,
                target.format.unwrap_or(format),
                &Style::default(),
                &mut file,
            )?;
            file.flush()
        };
        to_file().map_err(|source| Failure::Output {
            path: target.path.display().to_string(),
            source,
        })?;
    }
    let redirected = targets.iter().any(|target| target.format.is_none());
    if global.quiet || redirected {
        return Ok(());
    }
    let mut stdout = BufWriter::new(io::stdout().lock());
    report::render(report, format, &global.style(), &mut stdout).map_err(Failure::of_stdout)?;
    stdout.flush().map_err(Failure::of_stdout)
}
