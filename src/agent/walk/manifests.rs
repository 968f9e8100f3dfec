//! Files with many named scripts, read once for all commands that call one: a workflow may call hundreds.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::agent::hop::makefile::{self, Makefile};
use crate::agent::hop::package_json::Package;
use crate::agent::library::{self, Library};
use crate::snapshot;

/// How many files one Makefile may include.
const MAX_INCLUDES: usize = 16;

/// What was read, by path. Nothing where a file is not there or cannot be read.
#[derive(Default)]
pub(in crate::agent) struct Manifests {
    packages: RefCell<HashMap<String, Option<Rc<Package>>>>,
    makefiles: RefCell<HashMap<String, Option<Rc<Makefile>>>>,
    /// Paths of all `package.json`.
    package_files: RefCell<Option<Rc<[String]>>>,
}

impl Manifests {
    /// A `package.json`. What cannot be read as JSON is reported by the engine, which judges every one it loads.
    pub(super) fn package(&self, library: &dyn Library, path: &str) -> Option<Rc<Package>> {
        if let Some(known) = self.packages.borrow().get(path) {
            return known.clone();
        }
        let file = library.text(path).ready();
        let package = file
            .and_then(|file| Package::parse(&file).ok())
            .map(Rc::new);
        let mut packages = self.packages.borrow_mut();
        packages.insert(path.to_owned(), package.clone());
        package
    }

    /// A Makefile with the files that it includes.
    pub(super) fn makefile(&self, library: &dyn Library, path: &str) -> Option<Rc<Makefile>> {
        if let Some(known) = self.makefiles.borrow().get(path) {
            return known.clone();
        }
        let make = read_makefile(library, path).map(Rc::new);
        let mut makefiles = self.makefiles.borrow_mut();
        makefiles.insert(path.to_owned(), make.clone());
        make
    }

    /// Paths of all `package.json` of the tree.
    pub(super) fn package_files(&self, library: &dyn Library) -> Rc<[String]> {
        let mut files = self.package_files.borrow_mut();
        Rc::clone(files.get_or_insert_with(|| library.named("package.json").into()))
    }
}

fn read_makefile(library: &dyn Library, path: &str) -> Option<Makefile> {
    let folder = snapshot::folder(path);
    let mut make = makefile::parse(&library.text(path).ready()?);
    let mut next = 0;
    while let Some(include) = make
        .includes
        .get(next)
        .cloned()
        .filter(|_| next < MAX_INCLUDES)
    {
        next += 1;
        let included = library::join(folder, &include).and_then(|path| library.text(&path).ready());
        if let Some(included) = included {
            make.include(makefile::parse(&included));
        }
    }
    Some(make)
}
