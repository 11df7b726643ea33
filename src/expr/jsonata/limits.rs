//! What an evaluation may cost: steps, depth and memory. Never time, which no replay would repeat.

use super::error::Error;

/// What an evaluation may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many expressions may be under evaluation inside each other. At most [`Limits::DEEPEST`] count.
    pub depth: usize,
    /// How many expressions may be evaluated and items looked at, all in all.
    pub steps: u64,
    /// How many bytes one value may take, by the service's count.
    pub memory: usize,
    /// How many bytes all values together may take, those that are gone included.
    pub total_memory: usize,
}

impl Limits {
    /// No evaluation goes deeper, whatever is allowed: the stack of a thread must hold it.
    pub const DEEPEST: usize = 320;

    /// What the service allows: a depth of 100, and 6,990,256 bytes.
    #[must_use]
    pub const fn aws() -> Self {
        Self {
            depth: 100,
            steps: 20_000_000,
            memory: 6_990_256,
            total_memory: 128 << 20,
        }
    }

    /// What a trusted expression may be allowed.
    #[must_use]
    pub const fn generous() -> Self {
        Self {
            depth: Self::DEEPEST,
            steps: 1_000_000_000,
            memory: 1 << 30,
            total_memory: 4 << 30,
        }
    }
}

/// What has been used up.
pub(super) struct Meter {
    limits: Limits,
    pub(super) depth: usize,
    /// How many calls and paths are under way inside each other. They take more of the stack than other expressions; and
    /// where the last call of a function is to one that calls functions, the depth does not tell.
    calls: usize,
    steps: u64,
    memory: usize,
}

impl Meter {
    pub(super) fn new(limits: Limits) -> Self {
        let depth = limits.depth.min(Limits::DEEPEST);
        Self {
            limits: Limits { depth, ..limits },
            depth: 0,
            calls: 0,
            steps: 0,
            memory: 0,
        }
    }

    /// Goes one expression deeper.
    pub(super) fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        self.steps += 1;
        if self.depth > self.limits.depth || self.steps > self.limits.steps {
            return Err(self.exceeded(self.depth));
        }
        Ok(())
    }

    /// Comes back.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Begins a call or a path.
    pub(super) fn call(&mut self) -> Result<(), Error> {
        self.calls += 1;
        let most = self.limits.depth.min(Limits::DEEPEST / 2);
        if self.calls > most {
            return Err(overflow(self.calls, most));
        }
        Ok(())
    }

    /// Ends it.
    pub(super) fn ended(&mut self) {
        self.calls -= 1;
    }

    /// Fails unless so many expressions may still be entered from here.
    pub(super) fn reach(&mut self, levels: usize) -> Result<(), Error> {
        self.steps += levels as u64;
        if self.depth + levels > self.limits.depth || self.steps > self.limits.steps {
            return Err(self.exceeded(self.depth + levels));
        }
        Ok(())
    }

    /// Pays for work on so many items.
    pub(super) fn work(&mut self, items: usize) -> Result<(), Error> {
        self.steps = self.steps.saturating_add(items as u64);
        if self.steps > self.limits.steps {
            return Err(timeout());
        }
        Ok(())
    }

    /// How long a text may be.
    pub(super) fn longest(&self) -> usize {
        self.limits.memory
    }

    /// Pays for a text of so many bytes.
    pub(super) fn text(&mut self, bytes: usize) -> Result<(), Error> {
        if bytes > self.limits.memory {
            return Err(out_of_memory());
        }
        self.charge(bytes)
    }

    /// Pays for a list of so many items.
    pub(super) fn list(&mut self, items: usize) -> Result<(), Error> {
        if items > 1_000 && list_bytes(items) > self.limits.memory {
            return Err(out_of_memory());
        }
        self.charge(items.saturating_mul(24).saturating_add(96))
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Error> {
        self.memory = self.memory.saturating_add(bytes);
        if self.memory > self.limits.total_memory {
            return Err(out_of_memory());
        }
        Ok(())
    }

    #[cold]
    fn exceeded(&self, depth: usize) -> Error {
        if depth <= self.limits.depth {
            return timeout();
        }
        overflow(depth, self.limits.depth)
    }
}

/// The bytes of a growing list at its worst, as the service counts: a Java list grows by half, and holds the old and
/// the new array, of eight bytes each item, while it does.
fn list_bytes(items: usize) -> usize {
    let (mut before, mut capacity) = (0, 10_usize);
    while capacity < items {
        before = capacity;
        capacity = capacity.saturating_add(capacity / 2);
    }
    before.saturating_add(capacity).saturating_mul(8)
}

#[cold]
fn overflow(depth: usize, most: usize) -> Error {
    let message = format!(
        "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive. Depth={depth} max={most}"
    );
    Error::new("U1001", message)
}

#[cold]
fn timeout() -> Error {
    Error::new(
        "U1001",
        "Expression evaluation timeout: Check for infinite loop",
    )
}

/// The error about too much memory.
#[cold]
pub(super) fn out_of_memory() -> Error {
    Error::new("U1001", "Expression evaluation memory limit exceeded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_list_is_the_one_the_service_allows() {
        let mut meter = Meter::new(Limits::aws());
        assert!(meter.list(360_145).is_ok());
        assert!(meter.list(360_146).is_err());
    }

    #[test]
    fn the_depth_is_told_as_the_service_tells_it() {
        let mut meter = Meter::new(Limits::aws());
        let error = (0..200)
            .find_map(|_| meter.enter().err())
            .expect("too deep");
        assert!(error.message.ends_with("Depth=101 max=100"));
    }
}
