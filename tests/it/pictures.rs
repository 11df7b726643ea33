//! Pictures: those of the examples do not drift, and nothing in a picture lies on something else.
//!
//! `SFN_PICTURES=write cargo test pictures` writes those of the examples, and the page that shows them, anew.

use std::fs;
use std::path::{Path, PathBuf};

use sfn::viz::{Direction, Drawing, Format, Layout, Rect, Style};
use sfn::{Json, Machine};

use crate::generator;
use crate::sfn_run::sfn_run;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folders of the examples.
fn examples() -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(root().join("asl-examples"))
        .expect("there are examples")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> String {
    folder
        .file_name()
        .expect("a folder has a name")
        .to_string_lossy()
        .into_owned()
}

fn machine(folder: &Path) -> Machine {
    let text = fs::read(folder.join("machine.asl.json")).expect("the machine can be read");
    Machine::parse(text).expect("it is valid")
}

/// Holds a file to what it should be, or makes it so.
#[track_caller]
fn check_file(path: &str, expected: &str) {
    let file = root().join(path);
    if std::env::var("SFN_PICTURES").is_ok_and(|value| value == "write") {
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("it can be made");
        fs::write(&file, expected).expect("it can be written");
        return;
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found.replace("\r\n", "\n") == expected,
        "{path} is not what is drawn now: look at it, then SFN_PICTURES=write cargo test pictures"
    );
}

#[test]
fn pictures_of_the_examples_have_not_changed() {
    for folder in examples() {
        let drawing = Drawing::of(&machine(&folder));
        let name = name(&folder);
        let right = Style {
            direction: Direction::Right,
        };
        for (path, format, style) in [
            (
                format!("docs/pictures/{name}.svg"),
                Format::Svg,
                Style::default(),
            ),
            (
                format!("tests/pictures/{name}.dot"),
                Format::Dot,
                Style::default(),
            ),
            (format!("tests/pictures/{name}.mmd"), Format::Mermaid, right),
        ] {
            check_file(&path, &drawing.render(format, style));
        }
    }
}

#[test]
fn pictures_of_the_examples_runs_have_not_changed() {
    for folder in examples() {
        let name = name(&folder);
        let file = std::env::temp_dir().join(format!("sfn-run-{}-{name}.svg", std::process::id()));
        let at = |name: &str| folder.join(name).display().to_string();
        let (machine, input, mocks) = (at("machine.asl.json"), at("input.json"), at("mocks.json"));
        let (picture, case) = (file.display().to_string(), first_case(&folder));
        let mut arguments = vec![machine.as_str(), &input, "--time", "virtual", "--seed", "1"];
        arguments.extend(["--graph", &picture]);
        if folder.join("mocks.json").exists() {
            arguments.extend(["--mock", &mocks, "--test-case", &case]);
        }
        let ran = sfn_run(&arguments);
        assert!(matches!(ran.code, 0 | 1), "{name}: {}", ran.stderr);
        let drawn = fs::read_to_string(&file).expect("a run is drawn, also when it fails");
        let _ = fs::remove_file(&file);
        check_file(&format!("docs/pictures/{name}-run.svg"), &drawn);
    }
}

/// The test case of an example that is drawn.
fn first_case(folder: &Path) -> String {
    let expected = fs::read(folder.join("expected.json")).expect("it says what is expected");
    let expected = Json::parse(expected).expect("JSON");
    let cases = expected.as_object().expect("an object of test cases");
    let (case, _) = cases.iter().next().expect("it has a case");
    case.to_string()
}

#[test]
fn the_page_shows_every_example() {
    const BEGIN: &str = "<!-- examples: written by tests/it/pictures.rs -->\n";
    let page = fs::read_to_string(root().join("docs/pictures.md")).expect("the page is there");
    let (before, _) = page
        .split_once(BEGIN)
        .expect("the page has a place for examples");
    let mut expected = format!("{before}{BEGIN}");
    for folder in examples() {
        let name = name(&folder);
        let machine = machine(&folder);
        let about = machine.comment().unwrap_or_default();
        expected.push_str(&format!(
            "\n## {name}\n\n{about}. [The machine](../asl-examples/{name}/machine.asl.json).\n\n\
             ![the machine of {name}](pictures/{name}.svg)\n"
        ));
        let case = first_case(&folder);
        expected.push_str(&format!(
            "\nAn execution of it, test case {case}:\n\n![an execution of {name}](pictures/{name}-run.svg)\n"
        ));
    }
    check_file("docs/pictures.md", &expected);
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn holds(outer: Rect, inner: Rect) -> bool {
    const SLACK: f64 = 0.51;
    inner.x >= outer.x - SLACK
        && inner.y >= outer.y - SLACK
        && inner.x + inner.width <= outer.x + outer.width + SLACK
        && inner.y + inner.height <= outer.y + outer.height + SLACK
}

/// What must hold in every picture.
fn check_layout(machine: &Machine, direction: Direction, what: &str) {
    let drawing = Drawing::of(machine);
    let layout = Layout::of(&drawing, direction);
    for number in 0..drawing.clusters.len() {
        check_cluster(&drawing, &layout, number, what);
    }
    for node in drawing.graph.node_weights() {
        let clusters = node
            .clusters
            .iter()
            .map(|at| (String::new(), layout.clusters[*at]));
        check_apart(&clusters.collect::<Vec<_>>(), what);
    }
}

fn check_cluster(drawing: &Drawing, layout: &Layout, number: usize, what: &str) {
    let (cluster, rect) = (&drawing.clusters[number], layout.clusters[number]);
    let page = Rect {
        x: 0.0,
        y: 0.0,
        width: layout.width,
        height: layout.height,
    };
    let around = cluster
        .owner
        .map_or(page, |owner| layout.nodes[owner.index()]);
    assert!(
        holds(around, rect),
        "{what}: cluster {number} is not inside"
    );
    let nodes = cluster.nodes.iter();
    let mut boxes: Vec<(String, Rect)> = nodes
        .map(|node| {
            (
                drawing.graph[*node].name.clone(),
                layout.nodes[node.index()],
            )
        })
        .collect();
    let edges = cluster
        .nodes
        .iter()
        .flat_map(|node| drawing.graph.edges(*node));
    let edges: Vec<_> = edges
        .map(|edge| petgraph::visit::EdgeRef::id(&edge))
        .collect();
    for edge in &edges {
        let label = &drawing.graph[*edge].tooltip;
        boxes.extend(layout.labels[edge.index()].map(|rect| (format!("label {label}"), rect)));
    }
    for (name, inner) in &boxes {
        assert!(holds(rect, *inner), "{what}: {name} is not in its cluster");
    }
    check_apart(&boxes, what);
    for edge in edges {
        check_link(drawing, layout, rect, cluster, edge, what);
    }
}

fn check_apart(boxes: &[(String, Rect)], what: &str) {
    for (at, (name, inner)) in boxes.iter().enumerate() {
        for (other, beside) in &boxes[at + 1..] {
            assert!(!overlap(*inner, *beside), "{what}: {name} lies on {other}");
        }
    }
}

/// A link stays in its cluster, runs at right angles, and crosses no state's box.
fn check_link(
    drawing: &Drawing,
    layout: &Layout,
    around: Rect,
    cluster: &sfn::viz::Cluster,
    edge: petgraph::graph::EdgeIndex,
    what: &str,
) {
    let points = &layout.links[edge.index()];
    assert!(points.len() >= 2, "{what}: a link leads nowhere");
    for pair in points.windows(2) {
        let [(ax, ay), (bx, by)] = [pair[0], pair[1]];
        assert!(ax == bx || ay == by, "{what}: a link is askew: {points:?}");
        let line = Rect {
            x: ax.min(bx),
            y: ay.min(by),
            width: (ax - bx).abs(),
            height: (ay - by).abs(),
        };
        assert!(holds(around, line), "{what}: a link leaves its cluster");
        for node in &cluster.nodes {
            // The edge of a box may be touched, where the link begins and ends.
            let rect = layout.nodes[node.index()];
            let inner = Rect {
                x: rect.x + 1.0,
                y: rect.y + 1.0,
                width: rect.width - 2.0,
                height: rect.height - 2.0,
            };
            let name = &drawing.graph[*node].name;
            assert!(!overlap(inner, line), "{what}: a link crosses {name}");
        }
    }
}

fn check_both(machine: &Machine, what: &str) {
    check_layout(machine, Direction::Down, what);
    check_layout(machine, Direction::Right, what);
}

#[test]
fn nothing_lies_on_something_else_in_generated_machines() {
    for seed in 0..300 {
        let definition = generator::machine(seed).to_string();
        let machine = Machine::parse(&definition).expect("generated machines are valid");
        check_both(&machine, &format!("seed {seed}"));
    }
}

/// Machines that nobody would write: every state decides between any others, or itself.
#[test]
fn nothing_lies_on_something_else_however_tangled() {
    for seed in 0..40 {
        let dice = sfn::expr::Dice::new(seed, 0);
        let count = 2 + dice.next_u64() % 30;
        let any = || dice.next_u64() % count;
        let mut states = Vec::new();
        for state in 0..count {
            let next = (state + 1) % count;
            let (a, b) = (any(), any());
            states.push(match any() % 3 {
                0 => format!(
                    r#""S{state}":{{"Type":"Task","Resource":"r","Next":"S{next}","Catch":[
                        {{"ErrorEquals":["Oops"],"Next":"S{a}"}},{{"ErrorEquals":["States.ALL"],"Next":"S{b}"}}]}}"#
                ),
                1 => format!(
                    r#""S{state}":{{"Type":"Choice","Default":"S{next}","Choices":[
                        {{"Variable":"$.a","StringEquals":"yes","Next":"S{a}"}},
                        {{"Variable":"$.b","NumericLessThan":7,"Next":"S{b}"}},
                        {{"Variable":"$.c","IsPresent":true,"Next":"End"}}]}}"#
                ),
                _ => format!(r#""S{state}":{{"Type":"Pass","Next":"S{next}"}}"#),
            });
        }
        states.push(r#""End":{"Type":"Succeed"}"#.into());
        states.push(r#""S0":{"Type":"Choice","Choices":[{"Variable":"$.x","IsNull":true,"Next":"End"}],"Default":"S1"}"#.into());
        states.remove(0);
        let definition = format!(r#"{{"StartAt":"S0","States":{{{}}}}}"#, states.join(","));
        let machine = Machine::parse(&definition)
            .unwrap_or_else(|errors| panic!("seed {seed}: {:?}", errors[0].message));
        check_both(&machine, &format!("seed {seed}"));
    }
}

/// States of those names, one after the other.
fn chain(names: &[&str]) -> Machine {
    let states = names.iter().enumerate().map(|(at, name)| {
        let (field, value) = match names.get(at + 1) {
            Some(next) => ("Next", Json::from(*next)),
            None => ("End", Json::from(true)),
        };
        (
            *name,
            Json::from([("Type", Json::from("Pass")), (field, value)]),
        )
    });
    let definition = Json::from([
        ("StartAt", Json::from(names[0])),
        ("States", Json::Object(states.collect())),
    ]);
    Machine::parse(definition.to_string()).expect("any name is valid")
}

/// Names may be long, in any script, and full of what XML, DOT and Mermaid take for their own.
#[test]
fn any_name_can_be_drawn() {
    let names = [
        "<b>&\"'</b> ]]> %% \\N {} | ; #1",
        "注文を確認する状態の名前はとても長い",
        "1. a-list--> of; things",
        "$$.Context `code` _em_ **strong**",
        "end",
    ];
    let long = "W".repeat(80);
    let mut all: Vec<&str> = names.to_vec();
    all.push(&long);
    let machine = chain(&all);
    check_both(&machine, "names");
    let drawing = Drawing::of(&machine);
    let svg = drawing.render(Format::Svg, Style::default());
    assert!(!svg.contains("<b>") && svg.contains("&lt;b&gt;&amp;&quot;"));
    let dot = drawing.render(Format::Dot, Style::default());
    assert!(dot.contains(r#"<b>&\"'</b> ]]> %% \\N"#));
    let mermaid = drawing.render(Format::Mermaid, Style::default());
    let labels = mermaid.lines().filter(|line| line.contains("Pass"));
    for label in labels.filter(|line| line.trim_start().starts_with('n')) {
        assert_eq!(label.matches('"').count(), 2, "{label}");
        assert!(!label.contains("$$") && !label.contains('`'), "{label}");
    }
}

/// A chain as long as a definition may be, and links all over it: no stack overflows, and no memory does.
#[test]
fn a_machine_of_any_size_can_be_drawn() {
    let count = 2_000;
    let states: Vec<_> = (0..count - 1)
        .map(|at| {
            let far = (at * 7_919 + 13) % count;
            format!(
                r#""S{at}":{{"Type":"Choice","Choices":[{{"Variable":"$","IsNull":true,"Next":"S{far}"}}],"Default":"S{}"}}"#,
                at + 1
            )
        })
        .collect();
    let definition = format!(
        r#"{{"StartAt":"S0","States":{{{},"S{}":{{"Type":"Succeed"}}}}}}"#,
        states.join(","),
        count - 1
    );
    let machine = Machine::parse(&definition).expect("it is valid");
    let svg = Drawing::of(&machine).render(Format::Svg, Style::default());
    assert_eq!(svg.matches("class=\"card\"").count(), count);
}

#[test]
fn the_command_line_draws() {
    let folder = root().join("asl-examples/hello");
    let machine = folder.join("machine.asl.json").display().to_string();
    let dot = sfn_run(&["graph", &machine]);
    assert_eq!(dot.code, 0, "{}", dot.stderr);
    assert!(dot.stdout.starts_with("digraph machine {"));
    let mermaid = sfn_run(&[
        "graph",
        &machine,
        "--format",
        "mermaid",
        "--direction",
        "right",
    ]);
    assert!(mermaid.stdout.starts_with("flowchart LR\n"));
    let refused = sfn_run(&["graph", &machine, "-o", "machine.png"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("dot -Tpng"), "{}", refused.stderr);
    let refused = sfn_run(&[&machine, "{}", "--graph", "run"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(
        refused.stderr.contains("has no ending"),
        "{}",
        refused.stderr
    );
    let missing = sfn_run(&["graph", "no-such-file.json"]);
    assert_eq!(missing.code, 2);
}
