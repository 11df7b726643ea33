//! The JSON Schema that editors get: it takes what the engine takes, and refuses what a schema can refuse.

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use sfn::Machine;

use crate::sfn_run::sfn_run;

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn printed() -> Self {
        let ran = sfn_run(&["schema"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let schema = serde_json::from_str(&ran.stdout).expect("a schema is JSON");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler
            .add_resource("file:///asl.json", schema)
            .expect("it is a resource");
        let index = compiler.compile("file:///asl.json", &mut schemas);
        let index = index.expect("the schema is one of draft 7");
        Self { schemas, index }
    }

    /// Why a machine does not fit, if it does not.
    fn refuses(&self, machine: &Value) -> Option<String> {
        let result = self.schemas.validate(machine, self.index);
        result.err().map(|error| error.to_string())
    }
}

/// The files of JSON in a folder and below.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder)
        .expect("the folder can be read")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            found.push(path);
        }
    }
}

/// The machines in a file: the whole of an example, the members called so of a case.
fn machines(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(members) => {
            found.extend(
                members
                    .get("machine")
                    .filter(|machine| machine.is_object())
                    .cloned(),
            );
            members.values().for_each(|value| machines(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| machines(item, found)),
        _ => {}
    }
}

#[test]
fn the_schema_takes_every_machine_that_the_engine_takes() {
    let schema = Schema::printed();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&root.join("asl-examples"), &mut paths);
    files(&root.join("conformance"), &mut paths);
    let (mut taken, mut refused) = (0, 0);
    for path in paths {
        let text = fs::read_to_string(&path).expect("a case is text");
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let mut found = Vec::new();
        if path.ends_with("machine.asl.json") {
            found.push(value);
        } else {
            machines(&value, &mut found);
        }
        for machine in found {
            let why = schema.refuses(&machine);
            if Machine::parse(machine.to_string()).is_ok() {
                assert_eq!(why, None, "{}", path.display());
                taken += 1;
            } else {
                refused += usize::from(why.is_some());
            }
        }
    }
    assert!(
        taken > 300 && refused > 20,
        "{taken} taken, {refused} refused"
    );
}

#[test]
fn the_schema_refuses_what_an_object_alone_shows() {
    let schema = Schema::printed();
    let check = |state: &str| {
        let machine = format!(r#"{{"StartAt":"A","States":{{"A":{state}}}}}"#);
        let machine = serde_json::from_str(&machine).expect("JSON");
        assert!(schema.refuses(&machine).is_some(), "{state}");
    };
    check(r#"{"Type":"Pas","End":true}"#);
    check(r#"{"Type":"Pass"}"#);
    check(r#"{"Type":"Pass","End":true,"Next":"A"}"#);
    check(r#"{"Type":"Pass","End":true,"Resource":"x"}"#);
    check(r#"{"Type":"Task","End":true}"#);
    check(r#"{"Type":"Task","Resource":"x","End":true,"Retry":[{"MaxAttempts":1}]}"#);
    check(
        r#"{"Type":"Task","Resource":"x","End":true,"Retry":[{"ErrorEquals":["a"],"MaxAttempts":-1}]}"#,
    );
    check(r#"{"Type":"Pass","QueryLanguage":"JSONata","InputPath":"$","End":true}"#);
    check(r#"{"Type":"Choice","Choices":[]}"#);
    check(r#"{"Type":"Choice","Choices":[{"Variable":"$","StringEqual":"a","Next":"A"}]}"#);
    check(r#"{"Type":"Map","End":true}"#);
    check(r#"{"Type":"Parallel","End":true,"Branches":[{"StartAt":"B"}]}"#);
    check(r#"{"Type":"Wait","Seconds":"5","End":true}"#);
}
