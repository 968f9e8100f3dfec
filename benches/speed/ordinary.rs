//! Repositories as people have them: many workflow files, real ones where a folder of them is named.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where workflow files are taken from.
pub struct Source {
    files: Vec<PathBuf>,
}

impl Source {
    /// Every workflow below a folder of repositories; without a folder, generated ones.
    pub fn new(corpus: Option<&Path>) -> io::Result<Self> {
        let mut files = Vec::new();
        if let Some(folder) = corpus {
            collect(folder, &mut files)?;
            files.sort();
        }
        Ok(Self { files })
    }

    /// What the files are, for the head of the table.
    pub fn describe(&self) -> String {
        match self.files.len() {
            0 => "generated workflows".to_owned(),
            count => format!("{count} real workflows, taken in turn"),
        }
    }

    /// Writes a repository of `count` workflow files.
    pub fn write(&self, root: &Path, count: usize) -> io::Result<()> {
        let folder = root.join(".github/workflows");
        fs::create_dir_all(&folder)?;
        for number in 0..count {
            let target = folder.join(format!("w{number:05}.yml"));
            match self.files.get(number % self.files.len().max(1)) {
                Some(source) => fs::write(target, fs::read(source)?)?,
                None => fs::write(target, generated(number))?,
            }
        }
        Ok(())
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if folder.ends_with(".github/workflows")
            && path
                .extension()
                .is_some_and(|extension| extension == "yml" || extension == "yaml")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// A workflow of ordinary size: a build matrix with scripts, and in every third file an agent.
fn generated(number: usize) -> String {
    let mut text = format!(
        "name: Build {number}\n\non:\n  push:\n    branches: [main]\n  pull_request:\n    paths: ['src/**', 'tests/**']\n\n\
         permissions:\n  contents: read\n\nenv:\n  LEVEL: debug\n  TARGET: target-{number}\n\njobs:\n"
    );
    for job in 0..4 {
        text.push_str(&format!(
            "  job{job}:\n    runs-on: ${{{{ matrix.os }}}}\n    timeout-minutes: 20\n    strategy:\n      matrix:\n        \
             os: [ubuntu-latest, macos-latest]\n        node: [18, 20, 22]\n    steps:\n      - uses: actions/checkout@v4\n\
             \x20     - uses: actions/setup-node@v4\n        with:\n          node-version: ${{{{ matrix.node }}}}\n"
        ));
        for step in 0..5 {
            text.push_str(&format!(
                "      # Step {step} builds one part.\n      - name: Part {step}\n        if: github.event_name == 'push'\n        \
                 env:\n          PART: part-{step}\n        run: |\n          set -euo pipefail\n          \
                 for file in src/*.c; do\n            cc -O2 -c \"$file\" -o \"build/$(basename \"$file\" .c).o\"\n          \
                 done\n          if [ \"$LEVEL\" = debug ]; then echo \"part $PART of ${{{{ github.sha }}}}\"; fi\n"
            ));
        }
    }
    if number.is_multiple_of(3) {
        text.push_str(
            "  agent:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: anthropics/claude-code-action@v1\n        with:\n          \
             anthropic_api_key: ${{ secrets.ANTHROPIC_API_KEY }}\n          prompt: Review the pull request.\n          \
             claude_args: --allowedTools \"Read,Grep\" --max-turns 5\n",
        );
    }
    text
}
