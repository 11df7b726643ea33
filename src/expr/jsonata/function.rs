//! Functions: built in, written in the expression, or made of others.

use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use super::ast::{Lambda, Transform};
use super::error::Error;
use super::evaluate::Evaluator;
use super::frame::Env;
use super::item::{Burial, Item, Value};
use super::regex::Regex;
use super::signature::Signature;
use crate::value::Text;

/// A function that the language has.
pub(super) struct Builtin {
    pub(super) name: &'static str,
    pub(super) signature: &'static str,
    /// How many arguments it asks a function like `$map` for.
    pub(super) arity: usize,
    pub(super) run: Run,
    parsed: OnceLock<Signature>,
}

/// How a built-in function does its work, with arguments that fit its signature.
pub(super) type Run = fn(&mut Evaluator<'_>, &mut Arguments, Place<'_>) -> Result<Value, Error>;

/// Where a function is called.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) context: &'a Item,
    pub(super) env: &'a Env,
}

impl Builtin {
    pub(super) const fn new(
        name: &'static str,
        signature: &'static str,
        arity: usize,
        run: Run,
    ) -> Self {
        Self {
            name,
            signature,
            arity,
            run,
            parsed: OnceLock::new(),
        }
    }

    /// Its signature, parsed when it is first asked for.
    pub(super) fn signature(&self) -> &Signature {
        self.parsed.get_or_init(|| {
            Signature::parse(self.signature).expect("signatures of built-in functions are right")
        })
    }
}

impl fmt::Debug for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.name)
    }
}

/// The arguments of a call. What is not there is undefined.
pub(super) struct Arguments {
    items: Vec<Item>,
    nothing: Item,
}

impl Arguments {
    pub(super) fn new(items: Vec<Item>) -> Self {
        Self {
            items,
            nothing: Item::Undefined,
        }
    }

    /// An argument.
    pub(super) fn get(&self, index: usize) -> &Item {
        self.items.get(index).unwrap_or(&self.nothing)
    }

    /// Takes an argument out.
    pub(super) fn take(&mut self, index: usize) -> Item {
        self.items
            .get_mut(index)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Item] {
        &self.items
    }
}

/// Any function that is not built in.
pub(super) struct Function {
    pub(super) form: Form,
}

/// What kind of function it is.
pub(super) enum Form {
    /// `function($x){…}`, with the context and the frame it was made in.
    Closure(Arc<Lambda>, Env, Item),
    /// A function some of whose arguments are given; `None` for those that are not.
    Partial(Item, Vec<Option<Item>>),
    /// One function after the other.
    Chain(Item, Item),
    /// A regular expression: finds its first match in a text.
    Matcher(Arc<Regex>),
    /// The `next` of a match: finds the one from a byte of that text on.
    Next(Arc<Regex>, Text, usize),
    /// `|…|…|`
    Transform(Arc<Transform>, Env),
    /// Nothing: what it was has been freed.
    Gone,
}

impl Function {
    pub(super) fn item(form: Form) -> Item {
        Item::Function(Rc::new(Self { form }))
    }

    /// Takes out what it captured.
    pub(super) fn take(&mut self) -> (Vec<Item>, Option<Env>) {
        match std::mem::replace(&mut self.form, Form::Gone) {
            Form::Closure(_, env, input) => (vec![input], Some(env)),
            Form::Partial(function, arguments) => {
                let mut items: Vec<_> = arguments.into_iter().flatten().collect();
                items.push(function);
                (items, None)
            }
            Form::Chain(first, second) => (vec![first, second], None),
            Form::Transform(_, env) => (Vec::new(), Some(env)),
            Form::Matcher(_) | Form::Next(..) | Form::Gone => (Vec::new(), None),
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let (items, env) = self.take();
        Burial::of(items);
        if env.is_some() {
            Burial::of_frame(Vec::new(), env);
        }
    }
}
