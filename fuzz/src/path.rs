//! JSONPaths: most of them sensible, some of them not.

use crate::Source;
use crate::document::NAMES;

const ALPHABET: [char; 28] = [
    '$', '@', '.', '[', ']', '(', ')', '\'', '"', '*', '?', ':', ',', '-', '0', '1', '9', ' ', '!',
    '&', '|', '=', '<', '~', '/', '\\', 'a', 'ж',
];

/// A path, and now and then a text that only looks like one.
pub fn path(source: &mut Source) -> String {
    let steps = source.below(5);
    let mut path = String::from("$");
    for _ in 0..steps {
        path.push_str(&step(source));
    }
    match source.below(10) {
        0 => source.mutated(&path, &ALPHABET),
        1 if source.percent(30) => path.trim_start_matches(['$', '.']).to_owned(),
        _ => path,
    }
}

fn number(source: &mut Source) -> String {
    let numbers = [
        "0",
        "1",
        "2",
        "3",
        "-1",
        "-2",
        "7",
        "2147483647",
        "2147483648",
    ];
    // The last three are rare.
    let common = if source.percent(97) { 7 } else { numbers.len() };
    numbers[source.below(common)].to_owned()
}

fn name(source: &mut Source) -> &'static str {
    // The first few are the likeliest.
    let common = if source.percent(85) { 5 } else { NAMES.len() };
    NAMES[source.below(common)]
}

fn step(source: &mut Source) -> String {
    match source.below(24) {
        0..=7 => format!(".{}", name(source)),
        8 | 9 => format!("['{}']", name(source)),
        10 => format!("['{}','{}']", name(source), name(source)),
        11 | 12 => format!("[{}]", number(source)),
        13 => format!("[{},{}]", number(source), number(source)),
        14 => format!("[{}:]", number(source)),
        15 => format!("[:{}]", number(source)),
        16 => format!("[{}:{}]", number(source), number(source)),
        17 => source.pick(&["[*]", ".*", ".[*]", ".[0]", "*"]).to_owned(),
        18 => format!("..{}", name(source)),
        19 => source
            .pick(&["..", "..*", "..[*]", "..[0]", "..['a']"])
            .to_owned(),
        20 => source
            .pick(&[
                "[(@.length-1)]",
                "[(@.length - 2)]",
                "[(@.size()-1)]",
                "[@.length-1]",
                "[(@.length)]",
            ])
            .to_owned(),
        21 => oddity(source),
        _ => format!("[?({})]", filter(source)),
    }
}

fn oddity(source: &mut Source) -> String {
    source
        .pick(&[
            "[\"a\"]",
            "[\"a1\"]",
            "[a]",
            "[]",
            "[:]",
            "[::2]",
            "[0:3:2]",
            "[ 0 ]",
            "[ 'a' ]",
            "[ * ]",
            "[0,]",
            "[?]",
            "['']",
            "[?(@.a)",
            "[1:2,3]",
            ".length()",
            ".$.a",
            ".@",
            "['a\\'b']",
            "[-]",
            "['a' , 'b']",
            "[,1]",
            "[1 2]",
            "[0 : 2]",
            "[0:-1]",
            "['a'][",
            "[00]",
            "[- 1]",
            "[?@.a]",
        ])
        .to_owned()
}

fn filter(source: &mut Source) -> String {
    let mut text = condition(source);
    while source.percent(30) {
        text.push_str(source.pick(&[" && ", " || ", "&&", "||"]));
        text.push_str(&condition(source));
    }
    text
}

fn condition(source: &mut Source) -> String {
    if source.percent(25) {
        let not = source.pick(&["", "", "!", "! "]);
        return format!("{not}{}", side(source));
    }
    let operator = source.pick(&[
        "==",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "=~",
        "=",
        "===",
        "in",
        " contains ",
    ]);
    let blank = source.pick(&["", " "]);
    format!("{}{blank}{operator}{blank}{}", side(source), side(source))
}

fn side(source: &mut Source) -> String {
    match source.below(12) {
        0..=5 => {
            let steps = source.below(3);
            let mut path = String::from(if source.percent(90) { "@" } else { "$" });
            for _ in 0..steps {
                path.push_str(&match source.below(8) {
                    0 => format!("[{}]", number(source)),
                    1 => format!("['{}']", name(source)),
                    2 if source.percent(20) => step(source),
                    _ => format!(".{}", name(source)),
                });
            }
            path
        }
        6 => source
            .pick(&[
                "'a'", "'b'", "'5'", "'null'", "'it\\'s'", "'x y'", "''", "'ж'",
            ])
            .to_owned(),
        7 => source
            .pick(&[
                "0", "1", "2", "5", "1.5", "1.0", "-1", "1e0", "+1", "0x1", ".5", "5.",
            ])
            .to_owned(),
        8 => source
            .pick(&["true", "false", "null", "TRUE", "a", "b", "x y", "\"a\""])
            .to_owned(),
        9 => source
            .pick(&["/a/", "/A/i", "/.*/", "/[/", "/a|b/", "/\\d+/", "//", "/"])
            .to_owned(),
        10 => source
            .pick(&[
                "999999999999999999",
                "9223372036854775808",
                "1e400",
                "10",
                "12",
            ])
            .to_owned(),
        _ => source
            .pick(&["", "'", "'a", "(1)", "@", "[1]", "{}", "'a' 'b'", "!@.a"])
            .to_owned(),
    }
}
