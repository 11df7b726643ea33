//! What an expression may see.

use std::cell::OnceCell;
use std::sync::Arc;

use super::{Dice, Sight};
use crate::value::{Json, Object, Text};

/// What an expression may see: `$`, `$$`, `$name`, and dice for functions that draw.
pub struct Scope<'a> {
    /// `$`; in JSONata, `$states.input`
    pub input: &'a Json,
    /// `$$`; in JSONata, `$states.context`
    pub context: &'a Context<'a>,
    /// `$name`
    pub variables: &'a Variables,
    /// What `States.UUID` and `States.MathRandom` draw on.
    pub dice: &'a Dice,
    /// What only JSONata sees.
    pub sight: Sight<'a>,
}

impl<'a> Scope<'a> {
    /// The same scope with another `$`.
    #[must_use]
    pub fn with_input<'b>(&'b self, input: &'b Json) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope {
            input,
            context: self.context,
            variables: self.variables,
            dice: self.dice,
            sight: self.sight,
        }
    }
}

/// The context object, made when an expression first asks for it: most never do.
pub struct Context<'a> {
    made: OnceCell<Json>,
    make: &'a dyn Fn() -> Json,
}

impl<'a> Context<'a> {
    /// A context object that is made by this function when it is needed.
    #[must_use]
    pub fn new(make: &'a dyn Fn() -> Json) -> Self {
        Self {
            made: OnceCell::new(),
            make,
        }
    }

    /// The object.
    #[must_use]
    pub fn get(&self) -> &Json {
        self.made.get_or_init(self.make)
    }
}

/// The variables that a state can read: those of its own branch or iteration, then those of the states around it.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    own: Object,
    outer: Option<Arc<Variables>>,
}

impl Variables {
    /// Variables of a scope that sees no other.
    #[must_use]
    pub fn new(own: Object) -> Self {
        Self { own, outer: None }
    }

    /// An empty scope inside another, as a branch or an iteration begins.
    #[must_use]
    pub fn inside(outer: Arc<Self>) -> Self {
        Self {
            own: Object::new(),
            outer: Some(outer),
        }
    }

    /// The value of a variable, looked for from the inside out.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        match (self.own.get(name), &self.outer) {
            (Some(value), _) => Some(value),
            (None, Some(outer)) => outer.get(name),
            (None, None) => None,
        }
    }

    /// Assigns a variable in the innermost scope.
    pub fn set(&mut self, name: Text, value: Json) {
        self.own.insert(name, value);
    }

    /// The variables of the innermost scope alone.
    #[must_use]
    pub fn own(&self) -> &Object {
        &self.own
    }

    /// How many bytes the values of the innermost scope take as JSON text.
    #[must_use]
    pub fn length(&self) -> usize {
        self.own.values().iter().map(Json::length).sum()
    }

    /// The scope around.
    #[must_use]
    pub fn outer(&self) -> Option<&Arc<Self>> {
        self.outer.as_ref()
    }
}
