//! What the targets share: chance, documents, paths, and the loop that feeds them.

mod document;
mod path;
mod source;

pub use document::document;
pub use path::path;
pub use source::Source;

/// Feeds a target until the rounds are used up: `PROGRAM [ROUNDS] [SEED]`. A target that panics is told with its seed.
pub fn rounds(target: impl Fn(&mut Source)) {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let mut number = |default| match numbers.next() {
        Some(Ok(number)) => number,
        Some(Err(_)) => panic!("usage: [ROUNDS] [SEED], both numbers"),
        None => default,
    };
    let (rounds, seed) = (number(100_000), number(0));
    for round in 0..rounds {
        let seed = seed.wrapping_add(round);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            target(&mut Source::new(seed));
        }));
        assert!(
            caught.is_ok(),
            "seed {seed} panics: run it again with `1 {seed}`"
        );
    }
    println!("{rounds} rounds from seed {seed}: nothing found");
}
