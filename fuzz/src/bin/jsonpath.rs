//! Paths on documents: none may panic, and what compiles says of itself what is true.

use sfn::expr::{Path, ReferencePath};
use sfn_fuzz::{Source, document, path, rounds};

fn target(source: &mut Source) {
    let document = document(source, 4);
    let text = path(source);
    let Ok(path) = Path::compile(&text) else {
        return;
    };
    assert_eq!(path.text(), text.as_str());
    if let Ok(found) = path.find_in(&document) {
        assert!(
            path.is_definite() || found.as_array().is_some(),
            "{text} gives {found}"
        );
    }
    // What is put somewhere is found there; but of a quote in a name that has none around it, reading makes something else.
    let quoted = text.replace("['", "").replace("']", "");
    if let Ok(reference) = ReferencePath::compile(&text)
        && path.is_reference()
        && text.trim() == text
        && !quoted.contains(['\\', '\''])
        && let Ok(put) = reference.put(document, "here".into())
    {
        assert_eq!(path.find_in(&put), Ok("here".into()), "{text}");
    }
}

fn main() {
    rounds(target);
}
