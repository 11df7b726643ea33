//! Variables' names as small numbers.

use std::collections::HashMap;

use super::function::Builtin;
use super::{Dialect, functions};
use crate::value::Text;

/// A variable's name, as its number in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol(u32);

/// The names of an expression, each once.
#[derive(Clone)]
pub(super) struct Names {
    dialect: Dialect,
    texts: Vec<Text>,
    builtins: Vec<Option<&'static Builtin>>,
    numbers: HashMap<Text, Symbol>,
}

impl Names {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            texts: Vec::new(),
            builtins: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    /// The number of a name, a new one if it is new.
    pub(super) fn intern(&mut self, name: &Text) -> Symbol {
        if let Some(symbol) = self.numbers.get(name) {
            return *symbol;
        }
        let next = u32::try_from(self.texts.len()).expect("no text has so many names");
        let symbol = Symbol(next);
        self.texts.push(name.clone());
        self.builtins.push(functions::find(name, self.dialect));
        self.numbers.insert(name.clone(), symbol);
        symbol
    }

    /// The number of a name that is known.
    pub(super) fn find(&self, name: &str) -> Option<Symbol> {
        self.numbers.get(name).copied()
    }

    /// The name.
    pub(super) fn text(&self, symbol: Symbol) -> &Text {
        &self.texts[symbol.0 as usize]
    }

    /// The built-in function of that name.
    pub(super) fn builtin(&self, symbol: Symbol) -> Option<&'static Builtin> {
        self.builtins[symbol.0 as usize]
    }
}
