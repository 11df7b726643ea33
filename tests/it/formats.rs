//! Definitions in every format people keep them in, and what `validate` says of them.

use std::fs;

use proptest::prelude::*;
use serde_json::Value;
use sfn::asl::source::{self, Format};

use crate::generator;
use crate::sfn_run::{Folder, check, sfn_run, with_stdin};

const YAML: &str = "\
# An order
StartAt: Greet
States:
  Greet:
    Type: Pass
    Result: &answer {hello: world}
    Next: Again
  Again:
    Type: Pass
    Result:
      <<: *answer
      more: yes
    End: true
";

const JSONC: &str = "\
// An order
{
  \"StartAt\": \"Greet\", /* first */
  \"States\": { \"Greet\": { \"Type\": \"Pass\", \"Result\": \"//\", \"End\": true, }, },
}
";

const TEMPLATE: &str = "\
Parameters:
  Seconds: {Type: Number, Default: 3}
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Inline:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineType: EXPRESS
      DefinitionString: !Sub |
        {
          \"StartAt\": \"Wait\",
          \"States\": {
            \"Wait\": { \"Type\": \"Wait\", \"Seconds\": ${Seconds}, \"Next\": \"Say\" },
            \"Say\": { \"Type\": \"Pass\", \"Result\": \"${Table.Arn}\", \"End\": true }
          }
        }
  Object:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition:
        StartAt: Say
        States:
          Say: {Type: Pass, Result: '${Name}', End: true}
      DefinitionSubstitutions:
        Name: !Ref Table
  Outside:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: states/outside.asl.yaml
      DefinitionSubstitutions: {Word: hello}
";

const OUTSIDE: &str =
    "StartAt: Say\nStates:\n  Say: {Type: Pass, Result: \"${Word}\", End: true}\n";

/// A folder with a template, and the file that it names.
fn template(text: &str) -> (Folder, String) {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("states")).expect("the folder is new");
    folder.file("states/outside.asl.yaml", OUTSIDE);
    let file = folder.file("template.yaml", text);
    (folder, file)
}

#[test]
fn yaml_and_json_with_comments_are_run_and_drawn() {
    let folder = Folder::new();
    let yaml = folder.file("machine.asl.yaml", YAML);
    check(
        &sfn_run(&[&yaml]),
        0,
        "{\"hello\":\"world\",\"more\":\"yes\"}\n",
        "",
    );
    let jsonc = folder.file("machine.asl.jsonc", JSONC);
    check(&sfn_run(&[&jsonc]), 0, "\"//\"\n", "");
    assert!(sfn_run(&["graph", &yaml]).stdout.contains("Again"));
    check(
        &with_stdin(&["-"], YAML.as_bytes()),
        0,
        "{\"hello\":\"world\",\"more\":\"yes\"}\n",
        "",
    );
    let named = folder.file("machine.txt", JSONC);
    let ran = sfn_run(&[&named, "--definition-format", "jsonc"]);
    check(&ran, 0, "\"//\"\n", "");
}

#[test]
fn mistakes_in_yaml_are_told_with_their_place() {
    let folder = Folder::new();
    let wrong = folder.file("m.yaml", YAML.replace("Next: Again", "Next: Agian"));
    check(
        &sfn_run(&["validate", &wrong]),
        2,
        "",
        "m.yaml:7:11  /States/Greet/Next",
    );
    let broken = folder.file("m.yml", "StartAt: A\nStates: [\n");
    let ran = sfn_run(&["validate", &broken]);
    check(&ran, 2, "", "error[invalid-yaml]");
}

#[test]
fn machines_of_a_template_are_run_by_their_logical_ids() {
    let (_folder, file) = template(TEMPLATE);
    let run = |id| sfn_run(&[&file, "--resource", id, "--time", "virtual"]);
    check(&run("Inline"), 0, "\"${Table.Arn}\"\n", "");
    check(&run("Object"), 0, "\"${Table}\"\n", "");
    check(&run("Outside"), 0, "\"hello\"\n", "");
    let defined = [
        "--resource",
        "Inline",
        "--time",
        "virtual",
        "--define",
        "Table.Arn=arn:t",
    ];
    check(
        &sfn_run(&[&[file.as_str()], &defined[..]].concat()),
        0,
        "\"arn:t\"\n",
        "",
    );
    check(
        &sfn_run(&[&file]),
        2,
        "",
        "--resource with one of Inline, Object, Outside",
    );
    check(&run("Inlin"), 2, "", "did you mean `Inline`?");
    check(
        &sfn_run(&["validate", &file]),
        0,
        "",
        "checked 3 definitions: 3 ok, 0 wrong",
    );
}

#[test]
fn mistakes_in_a_template_are_told_where_they_stand() {
    let (_folder, file) = template(&TEMPLATE.replace("\"Next\": \"Say\" }", "\"Next\": \"Sya\" }"));
    let ran = sfn_run(&["validate", &file]);
    check(&ran, 2, "", "template.yaml:13:70  /States/Wait/Next");
    let (_folder, file) = template(&TEMPLATE.replace("${Seconds}", "${Pause}"));
    let ran = sfn_run(&["validate", &file, "--placeholders", "deny"]);
    check(&ran, 2, "", "template.yaml:13:50");
    let (_folder, file) = template(&TEMPLATE.replace("outside.asl", "nowhere.asl"));
    let ran = sfn_run(&["validate", &file]);
    check(&ran, 2, "", "there is no such file");
    assert!(ran.stderr.contains("template.yaml:29:22"), "{}", ran.stderr);
}

#[test]
fn placeholders_are_filled_in_or_told() {
    let folder = Folder::new();
    let file = folder.file(
        "m.json",
        r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":${Pause},"End":true}}}"#,
    );
    let ran = sfn_run(&["validate", &file, "--define", "Pause=2"]);
    check(&ran, 0, "", "m.json: ok");
    check(
        &sfn_run(&["validate", &file]),
        2,
        "",
        "the placeholder `${Pause}` is not defined",
    );
    let ran = sfn_run(&["validate", &file, "--define", "Pause=soon"]);
    check(&ran, 2, "", "`soon` stands for `${Pause}`, and is no JSON");
    check(
        &sfn_run(&["validate", &file, "--define", "x"]),
        2,
        "",
        "write NAME=VALUE",
    );
}

#[test]
fn programs_get_what_was_found_in_their_own_forms() {
    let folder = Folder::new();
    let wrong = folder.file("m.yaml", YAML.replace("Next: Again", "Next: Agian"));
    let of = |format: &str| {
        let ran = sfn_run(&["validate", &wrong, "--format", format]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        ran.stdout
    };
    let answer: Value = serde_json::from_str(&of("json")).expect("JSON");
    assert_eq!(answer["result"], "FAIL");
    assert_eq!(answer["diagnostics"][0]["severity"], "ERROR");
    assert_eq!(answer["diagnostics"][0]["location"], "/States/Greet/Next");
    assert_eq!(answer["truncated"], false);
    let log: Value = serde_json::from_str(&of("sarif")).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"]["startLine"],
        7
    );
    let rule = result["ruleIndex"].as_u64().expect("a number") as usize;
    assert_eq!(
        log["runs"][0]["tool"]["driver"]["rules"][rule]["id"],
        result["ruleId"]
    );
    let commands = of("github");
    assert!(commands.starts_with("::error file="), "{commands}");
    assert!(commands.contains(",line=7,col=11,"), "{commands}");
}

#[test]
fn folders_and_patterns_are_looked_through() {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("deep")).expect("the folder is new");
    folder.file("a.asl.yaml", YAML);
    folder.file("deep/b.asl.jsonc", JSONC);
    folder.file("deep/notes.json", "no machine");
    let root = folder.0.display().to_string();
    check(
        &sfn_run(&["validate", &root]),
        0,
        "",
        "checked 2 definitions: 2 ok",
    );
    let ran = sfn_run(&[
        "validate",
        &format!("{root}/**/*.asl.*"),
        "--format",
        "json",
    ]);
    let answers: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(answers.as_array().map(Vec::len), Some(2));
    assert_eq!(answers[0]["result"], "OK");
    check(
        &sfn_run(&["validate", &format!("{root}/*.none")]),
        2,
        "",
        "there is no definition",
    );
}

/// JSON as block YAML: every mapping and list on lines of its own.
fn as_yaml(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                out.push_str(&format!("\n{pad}{}:", Value::from(name.as_str())));
                as_yaml(value, indent + 1, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("\n{pad}-"));
                as_yaml(item, indent + 1, out);
            }
        }
        Value::String(text) if text.chars().all(|c| c.is_ascii_alphabetic()) && text.len() > 5 => {
            out.push_str(&format!(" {text}"));
        }
        other => out.push_str(&format!(" {other}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_machine_written_as_yaml_is_the_same_machine(seed in any::<u64>()) {
        let machine: Value = serde_json::from_str(&generator::machine(seed).to_string()).expect("JSON");
        let mut text = String::new();
        as_yaml(&machine, 0, &mut text);
        let yaml = source::read(&text, Format::Yaml).expect("YAML");
        let json = source::read(&machine.to_string(), Format::Json).expect("JSON");
        prop_assert_eq!(yaml.to_json().to_string(), json.to_json().to_string());
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "[{}\\[\\]:,\"'!&*<>|$%#/\\\\ \n\ta-c0-2é-]{0,60}") {
        for format in [Format::Json, Format::Jsonc, Format::Yaml] {
            if let Ok(node) = source::read(&text, format) {
                let template = source::read("Resources: {}", Format::Yaml).expect("YAML");
                prop_assert!(source::template::is_template(&template));
                let mut filled = node.clone();
                let mut substitutions = source::Substitutions::default();
                substitutions.define("a", "1");
                let _ = substitutions.apply(&mut filled, &text, format);
                let _ = source::bare_placeholder(&node, &text);
            }
        }
    }

    #[test]
    fn no_definition_string_makes_a_template_panic(text in "[{}\\[\\]:,\"'!<>$\\\\ \na-cA0-2é]{0,40}", block in any::<bool>()) {
        let quoted = if block {
            format!("!Sub |\n        {}\n", text.replace('\n', "\n        "))
        } else {
            format!("!Sub [{}, {{a: b}}]\n", Value::from(text.as_str()))
        };
        let template = format!("Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: {quoted}");
        if let Ok(root) = source::read(&template, Format::Yaml) {
            let _ = source::template::resource(&template, &root, "M", &source::Substitutions::default());
        }
    }
}
