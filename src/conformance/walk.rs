//! Finding case files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::Error;

/// A file that may hold a case.
pub(super) struct File {
    pub(super) path: PathBuf,
    /// Its place below `conformance/`, or below what was given, without the extension.
    pub(super) id: String,
}

impl File {
    fn new(path: PathBuf, given: &Path) -> Self {
        Self {
            id: id(&path, given),
            path,
        }
    }

    /// Whether each line of it is a case, instead of the whole.
    pub(super) fn has_lines(&self) -> bool {
        self.path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
    }

    pub(super) fn read(&self) -> Result<Vec<u8>, Error> {
        fs::read(&self.path).map_err(|source| unreadable(&self.path, source))
    }
}

/// The case files in these files and folders, in the order of their names.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for given in paths {
        let about = fs::metadata(given).map_err(|source| unreadable(given, source))?;
        if about.is_dir() {
            files.extend(below(given)?.into_iter().map(|path| File::new(path, given)));
        } else {
            files.push(File::new(given.clone(), given.parent().unwrap_or(given)));
        }
    }
    // A file that is given twice is one all the same.
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.path.canonicalize().unwrap_or(file.path.clone())));
    Ok(files)
}

/// The `.json` and `.jsonl` files below a folder. Links to folders are not followed, so that a ring of them ends.
fn below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|source| unreadable(&folder, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| unreadable(&folder, source))?;
            let path = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if is_folder && !is_hidden {
                folders.push(path);
            } else if !is_hidden
                && path
                    .extension()
                    .is_some_and(|extension| extension == "json" || extension == "jsonl")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::Read {
        path: path.to_owned(),
        source,
    }
}

fn id(path: &Path, given: &Path) -> String {
    let names = |path: &Path| -> Vec<String> {
        let normal = path
            .components()
            .filter(|component| matches!(component, Component::Normal(_)));
        normal
            .map(|component| component.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let all = names(&path.with_extension(""));
    let root = all
        .iter()
        .rposition(|name| name == "conformance")
        .map(|at| at + 1);
    let below = root
        .filter(|root| *root < all.len())
        .unwrap_or_else(|| names(given).len());
    all.get(below..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, given: &str, expected: &str) {
        assert_eq!(id(Path::new(path), Path::new(given)), expected);
    }

    #[test]
    fn a_case_has_the_same_id_however_it_is_reached() {
        check("conformance/map/order.json", "conformance", "map/order");
        check(
            "./conformance/map/order.json",
            "./conformance/map",
            "map/order",
        );
        check(
            "/x/conformance/map/order.json",
            "/x/conformance/map",
            "map/order",
        );
        check("/x/cases/map/order.json", "/x/cases", "map/order");
        check("/x/cases/order.json", "/x/cases", "order");
    }
}
