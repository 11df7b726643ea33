//! Data that is not part of the repository: recordings and tables, found through `SFN_CORPUS`.

use std::io::Write as _;
use std::path::PathBuf;

/// The folder, if it is there. Says so when it is not: what wants it is skipped then.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SFN_CORPUS")
        .map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    skipped(&format!(
        "{} is not there (SFN_CORPUS tells where the corpus is)",
        folder.display()
    ));
    None
}

/// The path of a file of it.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    let path = folder()?.join(name);
    if path.is_file() {
        return Some(path);
    }
    skipped(&format!("{} is not there", path.display()));
    None
}

/// Says that something was not tested, past the test runner, which shows only what failing tests print.
pub(crate) fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
