//! Texts that look like JSON: none may panic, and what is read is printed so that it is read again.

use sfn::Json;
use sfn_fuzz::{Source, document, rounds};

const ALPHABET: [char; 24] = [
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    'u',
    'd',
    '8',
    '0',
    '1',
    '.',
    '-',
    '+',
    'e',
    'n',
    't',
    ' ',
    '\n',
    'ж',
    '\u{0}',
    '\u{1F600}',
];

fn target(source: &mut Source) {
    let text = match source.below(2) {
        0 => source.text(&ALPHABET, 40),
        _ => {
            let text = document(source, 4).to_string();
            source.mutated(&text, &ALPHABET)
        }
    };
    if let Ok(value) = Json::parse(&text) {
        let printed = value.to_string();
        let again = Json::parse(&printed).expect("what is printed is JSON");
        assert!(again == value, "{text} is printed as {printed}");
        assert_eq!(again.to_string(), printed);
        assert_eq!(value.length(), printed.len(), "the length of {printed}");
    }
}

fn main() {
    rounds(target);
}
