//! What the sources themselves must keep to: floors, purity, size.

use std::fs;
use std::path::{Path, PathBuf};

/// The floors, lowest first. Modules of one floor do not import each other, except where a pair is listed below.
const FLOORS: &[&[&str]] = &[
    &["value"],
    &["expr", "asl"],
    &["machine"],
    &["engine", "lint"],
    &["aws", "resolver", "store", "viz"],
    &["driver"],
    &["cli", "conformance", "server"],
];

/// The command line opens the other doors, and recorded calls go through the server's.
const NEIGHBOURS: &[(&str, &str)] = &[
    ("cli", "conformance"),
    ("cli", "server"),
    ("conformance", "server"),
];

/// What the pure floors may not name: time, chance, and the world outside.
const IMPURE: &[&str] = &[
    "tokio",
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "SystemTime",
    "Instant::now",
    " rand::",
    "getrandom",
];

/// The highest pure floor: the engine's.
const PURE: usize = 3;

/// Lines after which a file wants a second noun taken out of it.
const LONG: usize = 500;

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("a source is text");
                found.push((
                    path.strip_prefix(&root)
                        .expect("it is below src")
                        .to_owned(),
                    text,
                ));
            }
        }
    }
    found.sort();
    found
}

fn module(path: &Path) -> String {
    let first = path
        .iter()
        .next()
        .expect("a path has a first part")
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The code of a line, without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let here = module(&path);
        let Some(own) = floor(&here) else { continue };
        for (number, line) in text.lines().enumerate() {
            for reference in code(line).split("crate::").skip(1) {
                let there: String = reference
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let allowed = floor(&there).is_none_or(|floor| floor < own)
                    || there == here
                    || NEIGHBOURS.contains(&(here.as_str(), there.as_str()));
                if !allowed {
                    wrong.push(format!(
                        "{}:{}: {here} imports {there}",
                        path.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_lower_floors_are_pure() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if floor(&module(&path)).is_none_or(|floor| floor > PURE) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for name in IMPURE.iter().filter(|name| code(line).contains(**name)) {
                wrong.push(format!("{}:{}: names {name}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_floor_and_every_file_says_what_it_is() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let name = module(&path);
        if floor(&name).is_none() && !["lib", "bin"].contains(&name.as_str()) {
            wrong.push(format!("{}: stands on no floor", path.display()));
        }
        if !text.starts_with("//!") {
            wrong.push(format!(
                "{}: does not begin with what it is",
                path.display()
            ));
        }
        let lines = text
            .lines()
            .take_while(|line| !line.starts_with("#[cfg(test)]"))
            .count();
        if lines > LONG {
            wrong.push(format!(
                "{}: {lines} lines, look for the second noun",
                path.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
