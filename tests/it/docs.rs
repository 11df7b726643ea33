//! What the pages claim, held against the engine: example machines, lines of the manual, rows of the compatibility table.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sfn::conformance::{Options, run};
use sfn::expr::{Call, Context, Dice, Query, Scope, Sight, Variables};
use sfn::{Json, Machine};

use crate::sfn_run::sfn_run;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn example_machines_end_as_expected() {
    let mut folders: Vec<_> = fs::read_dir(root().join("asl-examples"))
        .expect("there are examples")
        .flatten()
        .collect();
    folders.retain(|entry| entry.path().is_dir());
    folders.sort_by_key(fs::DirEntry::path);
    assert!(folders.len() >= 12, "examples are missing");
    for folder in folders {
        let at = |name: &str| folder.path().join(name).display().to_string();
        let expected = fs::read(at("expected.json")).expect("it says what is expected");
        let expected = Json::parse(expected).expect("JSON");
        let cases = expected.as_object().expect("an object of test cases");
        assert!(!cases.is_empty(), "{} has no case", folder.path().display());
        for (case, expected) in cases.iter() {
            check_example(&at, case, expected);
        }
    }
}

/// Runs a test case of an example: with its mocks where it has some.
fn check_example(at: &dyn Fn(&str) -> String, case: &str, expected: &Json) {
    let (machine, input, mocks) = (at("machine.asl.json"), at("input.json"), at("mocks.json"));
    let mut arguments = vec![
        machine.as_str(),
        &input,
        "--time",
        "virtual",
        "--output",
        "json",
    ];
    if fs::exists(&mocks).expect("the folder can be read") {
        arguments.extend(["--mock", &mocks, "--test-case", case]);
    }
    let run = sfn_run(&arguments);
    let found = Json::parse(&run.stdout)
        .unwrap_or_else(|error| panic!("{machine} {case}: {error}: {}", run.stderr));
    assert_eq!(&found, expected, "{machine} {case}");
    // Nothing is unanswered, nothing is a stranger, and nothing looks wrong.
    for word in ["note:", "warning"] {
        assert!(
            !run.stderr.contains(word),
            "{machine} {case}: {}",
            run.stderr
        );
    }
}

/// Lines like `States.ArrayLength(States.Array(1)) --> 1`; `error` stands for a failure.
#[test]
fn every_line_of_the_intrinsics_page_holds() {
    let page = read("docs/intrinsics.md");
    let lines: Vec<_> = page
        .lines()
        .filter_map(|line| line.split_once(" --> "))
        .filter(|(call, _)| call.starts_with("States."))
        .collect();
    assert!(lines.len() > 50, "the page has only {} lines", lines.len());
    for (call, expected) in lines {
        let make = Json::object;
        let scope = Scope {
            input: &Json::object(),
            context: &Context::new(&make),
            variables: &Variables::default(),
            dice: &Dice::new(0, 0),
            sight: Sight::default(),
        };
        let value = Call::compile(call.trim())
            .ok()
            .and_then(|call| call.eval(&scope).ok());
        let expected = expected.split(" # ").next().unwrap_or_default().trim();
        match (value, expected) {
            (None, "error") => {}
            (Some(value), expected) => assert_eq!(
                Some(value),
                Json::parse(expected).ok(),
                "{call} --> {expected}"
            ),
            (None, expected) => panic!("{call} is an error, not {expected}"),
        }
    }
}

/// Lines like `$count([1, 2]) --> 2`; `nothing` stands for undefined, `error: ` comes before the words of a failure.
#[test]
fn every_line_of_the_jsonata_page_holds() {
    let page = read("docs/jsonata.md");
    let input = page
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("the page has an input");
    let input = Json::parse(input).expect("it is JSON");
    let mut variables = Variables::default();
    variables.set("limit".into(), Json::from(10));
    let make = Json::object;
    let scope = Scope {
        input: &input,
        context: &Context::new(&make),
        variables: &variables,
        dice: &Dice::new(0, 0),
        sight: Sight::default(),
    };
    let lines: Vec<_> = page
        .lines()
        .filter_map(|line| line.split_once(" --> "))
        .collect();
    assert!(lines.len() > 30, "the page has only {} lines", lines.len());
    for (text, expected) in lines {
        let query = Query::compile(text, "Output").expect(text);
        match (query.eval(&scope), expected.strip_prefix("error: ")) {
            (Ok(value), _) => assert_eq!(Ok(value), Json::parse(expected), "{text}"),
            (Err(fault), None) => {
                assert_eq!(expected, "nothing", "{text}: {}", fault.message);
                assert!(fault.message.ends_with("returned nothing (undefined)."));
            }
            (Err(fault), Some(words)) => assert!(
                fault.message.ends_with(&format!("evaluation. {words}")),
                "{text}: {}",
                fault.message
            ),
        }
    }
}

/// A row that says `done` names cases that exist.
#[test]
fn every_row_of_the_compatibility_table_is_true() {
    let report = run(
        &[root().join("conformance")],
        &Options::default(),
        |_, _| {},
    )
    .expect("the cases can be read");
    let mut ids: BTreeSet<&str> = report.ids().iter().map(String::as_str).collect();
    let files: Vec<&str> = report
        .ids()
        .iter()
        .filter_map(|id| id.split('#').next())
        .collect();
    ids.extend(files);
    let page = read("docs/compat.md");
    let mut done = 0;
    for row in page.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        if cells.get(1) != Some(&"done") {
            continue;
        }
        done += 1;
        let cases: Vec<&str> = cells
            .get(2)
            .copied()
            .unwrap_or_default()
            .split('`')
            .skip(1)
            .step_by(2)
            .collect();
        assert!(!cases.is_empty(), "no case is named: {row}");
        for case in cases {
            let is_there = ids.contains(case) || root().join(case).exists();
            assert!(is_there, "there is no case `{case}`: {row}");
        }
    }
    assert!(done > 100, "only {done} rows are done");
}

/// In the sections about JSONPath every row that is not `not yet` names a case, whatever its status.
#[test]
fn every_row_about_jsonpath_names_a_case() {
    let page = read("docs/compat.md");
    let mut rows = 0;
    for section in [
        "Input and output, JSONPath",
        "Paths",
        "Choice operators",
        "Intrinsic functions",
    ] {
        let text = page.split(&format!("\n## {section}\n")).nth(1);
        let text = text.unwrap_or_else(|| panic!("there is no section {section}"));
        let text = text.split("\n## ").next().unwrap_or_default();
        for row in text.lines().filter(|line| line.starts_with('|')).skip(2) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            if cells.get(1) == Some(&"not yet") {
                continue;
            }
            rows += 1;
            let case = cells.get(2).and_then(|cell| cell.split('`').nth(1));
            let case = case.unwrap_or_else(|| panic!("no case is named: {row}"));
            let file = case.split('#').next().unwrap_or_default();
            let file = root().join(format!("conformance/{file}.json"));
            assert!(file.exists(), "there is no {}: {row}", file.display());
        }
    }
    assert!(rows > 90, "only {rows} rows");
}

/// Of JSONata and of variables every row that is not `not yet` names a case, whatever its status.
#[test]
fn every_row_about_jsonata_or_variables_names_a_case() {
    let page = read("docs/compat.md");
    let mut rows = 0;
    let mut section = "";
    for line in page.lines() {
        section = line.strip_prefix("## ").unwrap_or(section);
        let is_row = line.starts_with("| ") && !line.starts_with("| feature");
        let is_about = line.contains("JSONata") || ["JSONata", "Variables"].contains(&section);
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if is_row && is_about && cells.get(2) != Some(&"not yet") {
            let case = cells.get(3).and_then(|cell| cell.split('`').nth(1));
            let case = case.unwrap_or_else(|| panic!("no case is named: {line}"));
            let file = case.split('#').next().unwrap_or_default();
            let file = root().join(format!("conformance/{file}.json"));
            assert!(file.exists(), "there is no {}: {line}", file.display());
            rows += 1;
        }
    }
    assert!(rows > 50, "only {rows} rows");
}

#[test]
fn the_readme_s_first_command_says_what_it_does() {
    let readme = read("README.md");
    let command = readme
        .split("<!-- run -->")
        .nth(1)
        .and_then(|rest| rest.split("```").nth(1))
        .expect("it is there");
    let (_, arguments) = command.split_once(" -- ").expect("cargo passes them on");
    let arguments: Vec<String> = arguments
        .split_whitespace()
        .filter(|word| *word != "\\")
        .map(|word| match word.starts_with("asl-examples/") {
            true => root().join(word).display().to_string(),
            false => word.to_owned(),
        })
        .collect();
    let ran = sfn_run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let folder = "asl-examples/order-processing";
    let expected = Json::parse(read(&format!("{folder}/expected.json"))).expect("JSON");
    let output = expected
        .get("SecondCharge")
        .and_then(|case| case.get("output"));
    assert_eq!(Json::parse(&ran.stdout).ok().as_ref(), output);
    let machine = Machine::parse(read(&format!("{folder}/machine.asl.json"))).expect("it is valid");
    let types: BTreeSet<_> = machine
        .graph()
        .node_weights()
        .map(|state| state.state_type())
        .collect();
    assert!(types.len() >= 5, "it shows too little: {types:?}");
}

/// The programs in `examples/`, which are built with the tests, and what each prints.
#[test]
fn example_programs_print_what_they_should() {
    let folder = std::env::current_exe().expect("a program knows where it is");
    let folder = folder
        .parent()
        .and_then(Path::parent)
        .expect("it is in deps")
        .join("examples");
    let check = |name: &str, expected: &str| {
        let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let output = std::process::Command::new(&program)
            .output()
            .expect("it was built");
        assert!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}");
    };
    check(
        "embed",
        "SUCCEEDED: Some({\"item\":\"teapot\",\"quantity\":3,\"total\":120,\"approved\":\"by the boss\"})\n",
    );
    check(
        "typed",
        "SUCCEEDED: \"Porto, 270 euros\"\nSUCCEEDED: {\"waiting_for\":\"Oslo\"}\n\
         FAILED: Input.Invalid: invalid type: string \"three\", expected u32\n",
    );
    check(
        "by_hand",
        "SUCCEEDED at 1970-01-31T01:00:00.000Z: Some(\"sent\")\n",
    );
    check("many", "500 of 1000 are large\n");
}

/// Runs every command line of a page that begins with `sfn-run`, in a folder where what it names is there. What they
/// print is for people; that they can be run as they stand is for us.
#[cfg(unix)]
fn run_commands(page: &str, folder: &Path, expected: usize) {
    let program = Path::new(env!("CARGO_BIN_EXE_sfn-run"));
    let path = program.parent().expect("it is in a folder").display();
    let text = read(page).replace("\\\n", " ");
    let commands: Vec<&str> = text
        .lines()
        // A server goes on until it is ended: `tests/clients/run` does that.
        .filter(|line| line.starts_with("sfn-run ") && !line.starts_with("sfn-run serve"))
        .collect();
    assert!(
        commands.len() >= expected,
        "{page} has only {} commands",
        commands.len()
    );
    for command in commands {
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("PATH='{path}':$PATH; {command}")])
            .current_dir(folder)
            .output()
            .expect("there is a shell");
        let told = String::from_utf8_lossy(&output.stderr);
        // An execution may fail, as by a server that is not there; a command that is wrong is another matter.
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{page}: {command}: {told}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_commands_of_the_pages_can_be_run() {
    let folder = crate::sfn_run::Folder::new();
    let machine = read("asl-examples/order-processing/machine.asl.json");
    let mocks =
        read("asl-examples/order-processing/mocks.json").replace("SecondCharge", "HappyPath");
    let input = read("asl-examples/order-processing/input.json");
    let fast = |name: &str, text: &str| folder.file(name, text);
    fast("machine.json", crate::sfn_run::ECHO);
    fast("order.json", r#"{"items": [{"price": 7}]}"#);
    fast("machine.asl.json", &machine);
    fast(
        "MockConfigFile.json",
        &mocks.replace("OrderProcessing", "machine"),
    );
    fast("input.json", &input);
    fast(
        "inputs.ndjson",
        "{\"name\": \"Ada\"}\n{\"name\": \"Bob\"}\n",
    );
    fast("charge.sh", "#!/bin/sh\necho 1\n");
    let template = r#"{"Resources": {"OrderMachine": {"Type": "AWS::Serverless::StateMachine", "Properties": {"Definition": @}}}}"#;
    fast(
        "template.yaml",
        &template.replace('@', crate::sfn_run::ECHO),
    );
    run_commands("README.md", &folder.0, 9);
    run_commands("docs/definitions.md", &folder.0, 2);
    run_commands(
        "asl-examples/README.md",
        &root().join("asl-examples/human-approval"),
        3,
    );
}
