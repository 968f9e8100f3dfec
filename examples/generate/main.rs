//! Writes the files that are made from the code: `docs/rules/`, the schema of the policy, and the generated parts
//! of `README.md`. A test compares them with what is committed.
//!
//! Usage: `cargo run --example generate`

mod example;
mod pages;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in pages::pages(root)? {
        let path = root.join(&page.path);
        if std::fs::read_to_string(&path).is_ok_and(|known| known == page.text) {
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, page.text)?;
        println!("{}", page.path);
    }
    for left_over in pages::left_over(root)? {
        std::fs::remove_file(root.join(&left_over))?;
        println!("{left_over} (removed)");
    }
    Ok(())
}
