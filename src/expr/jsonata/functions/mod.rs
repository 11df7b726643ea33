//! The functions that the language has: rows of name, signature, arity and what they do.

mod aggregate;
mod array;
mod aws;
mod convert;
mod encode;
mod higher_order;
mod matcher;
mod numeric;
mod object;
mod string;
mod system;

pub(super) use matcher::{byte_of_unit, find_match, find_next_match};

use super::Dialect;
use super::function::Builtin;

/// The function of that name.
pub(super) fn find(name: &str, dialect: Dialect) -> Option<&'static Builtin> {
    let own: &[Builtin] = match dialect {
        Dialect::Aws => &aws::ROWS,
        Dialect::Latest => &system::LATEST_ROWS,
    };
    let tables = [
        own,
        &string::ROWS,
        &matcher::ROWS,
        &encode::ROWS,
        &numeric::ROWS,
        &aggregate::ROWS,
        &array::ROWS,
        &object::ROWS,
        &higher_order::ROWS,
        &convert::ROWS,
        &system::ROWS,
    ];
    tables.into_iter().flatten().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialects_own_functions_come_first() {
        let random = find("random", Dialect::Aws).expect("it is there");
        assert_eq!(random.signature, "<n?:n>");
        assert!(find("eval", Dialect::Aws).is_none());
        assert!(find("partition", Dialect::Latest).is_none());
    }
}
