//! Frames: what variables are bound to, inside out.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::item::{Burial, Item};
use super::names::Symbol;

/// A frame that is shared with all functions that were made in it.
pub(super) type Env = Rc<Frame>;

/// The variables that one block or one call binds, and the frame around it.
#[derive(Default)]
pub(super) struct Frame {
    bindings: RefCell<Vec<(Symbol, Item)>>,
    parent: Option<Env>,
}

impl Frame {
    /// An empty frame inside another.
    pub(super) fn inside(parent: &Env) -> Env {
        Rc::new(Self {
            bindings: RefCell::default(),
            parent: Some(Rc::clone(parent)),
        })
    }

    /// A frame inside another with these variables.
    pub(super) fn with(parent: &Env, bindings: Vec<(Symbol, Item)>) -> Env {
        Rc::new(Self {
            bindings: RefCell::new(bindings),
            parent: Some(Rc::clone(parent)),
        })
    }

    /// Makes an empty frame one inside another with these variables.
    pub(super) fn fill(&mut self, parent: &Env, bindings: impl Iterator<Item = (Symbol, Item)>) {
        self.parent = Some(Rc::clone(parent));
        self.bindings.get_mut().extend(bindings);
    }

    /// Makes it an empty frame again.
    pub(super) fn empty(&mut self) {
        self.parent = None;
        let bindings = self.bindings.get_mut();
        if bindings.iter().any(|(_, item)| item.can_capture()) {
            Burial::of_frame(std::mem::take(bindings), None);
        } else {
            bindings.clear();
        }
    }

    /// Whether it binds something that can hold a function.
    pub(super) fn captures(&self) -> bool {
        self.bindings
            .borrow()
            .iter()
            .any(|(_, item)| item.can_capture())
    }

    /// Binds a variable here.
    pub(super) fn bind(&self, symbol: Symbol, item: Item) {
        let mut bindings = self.bindings.borrow_mut();
        match bindings.iter_mut().find(|(each, _)| *each == symbol) {
            Some((_, bound)) => *bound = item,
            None => bindings.push((symbol, item)),
        }
    }

    /// Does something with what a variable is bound to, looked for from the inside out.
    pub(super) fn find<T>(&self, symbol: Symbol, found: impl FnOnce(&Item) -> T) -> Option<T> {
        let mut frame = self;
        loop {
            let bindings = frame.bindings.borrow();
            if let Some((_, item)) = bindings.iter().find(|(each, _)| *each == symbol) {
                return Some(found(item));
            }
            drop(bindings);
            frame = frame.parent.as_deref()?;
        }
    }

    /// What a variable is bound to.
    pub(super) fn get(&self, symbol: Symbol) -> Option<Item> {
        self.find(symbol, Item::clone)
    }

    /// Takes everything out.
    pub(super) fn take(&mut self) -> (Vec<(Symbol, Item)>, Option<Env>) {
        (self.bindings.take(), self.parent.take())
    }

    /// Unbinds everything.
    fn clear(&self) {
        let bindings = self.bindings.take();
        Burial::of_frame(bindings, None);
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        let (bindings, parent) = self.take();
        if parent.is_some() || bindings.iter().any(|(_, item)| item.can_capture()) {
            Burial::of_frame(bindings, parent);
        }
    }
}

/// The frames that may hold a function which holds them: a cycle of counted references, which must be cut.
#[derive(Default)]
pub(super) struct Cycles {
    frames: Vec<Weak<Frame>>,
    /// How many frames make it worth looking for those that are gone.
    sweep_at: usize,
}

impl Cycles {
    /// Remembers a frame in which a function was bound.
    pub(super) fn remember(&mut self, frame: &Env) {
        let known = self
            .frames
            .last()
            .is_some_and(|last| last.as_ptr() == Rc::as_ptr(frame));
        if known {
            return;
        }
        if self.frames.len() >= self.sweep_at.max(64) {
            self.frames.retain(|frame| frame.strong_count() > 0);
            self.sweep_at = self.frames.len() * 2;
        }
        self.frames.push(Rc::downgrade(frame));
    }
}

/// The evaluation is over: what is still there holds itself.
impl Drop for Cycles {
    fn drop(&mut self) {
        for frame in &self.frames {
            if let Some(frame) = frame.upgrade() {
                frame.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ast::Kind;
    use super::super::function::{Form, Function};
    use super::super::names::Names;
    use super::super::{Dialect, parser, process};
    use super::*;

    #[test]
    fn variables_are_looked_for_from_the_inside_out() {
        let mut names = Names::new(Dialect::Aws);
        let (a, b) = (names.intern(&"a".into()), names.intern(&"b".into()));
        let outer = Env::default();
        outer.bind(a, Item::bool(true));
        let inner = Frame::inside(&outer);
        inner.bind(b, Item::Undefined);
        assert!(inner.get(a).is_some());
        assert!(inner.get(b).is_some_and(|item| item.is_undefined()));
        assert!(outer.get(b).is_none());
    }

    #[test]
    fn a_frame_that_holds_itself_is_freed() {
        let mut names = Names::new(Dialect::Aws);
        let syntax = parser::parse("function(){1}", Dialect::Aws).expect("it can be parsed");
        let node = process::process(syntax, Dialect::Aws, &mut names).expect("it is right");
        let Kind::Lambda(lambda) = &node.kind else {
            panic!("it is a function");
        };
        let frame = Env::default();
        let closure = Form::Closure(lambda.clone(), Rc::clone(&frame), Item::Undefined);
        frame.bind(names.intern(&"f".into()), Function::item(closure));
        let mut cycles = Cycles::default();
        cycles.remember(&frame);
        let weak = Rc::downgrade(&frame);
        drop(frame);
        assert!(weak.upgrade().is_some());
        drop(cycles);
        assert!(weak.upgrade().is_none());
    }

    #[test]
    fn long_chains_are_freed_without_recursion() {
        let mut frame = Env::default();
        for _ in 0..200_000 {
            frame = Frame::inside(&frame);
        }
        drop(frame);
    }
}
