//! One answer after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Call, Ends, Resolver, Updates};
use crate::engine::TaskRequest;

/// Resolvers that take turns: the first call goes to the first one, and so on; the last one answers all that follow.
pub struct Sequence {
    turns: Vec<Arc<dyn Resolver>>,
    calls: AtomicUsize,
}

impl Sequence {
    /// A sequence of these; `None` when there are none.
    #[must_use]
    pub fn new(turns: Vec<Arc<dyn Resolver>>) -> Option<Self> {
        (!turns.is_empty()).then(|| Self {
            turns,
            calls: AtomicUsize::new(0),
        })
    }

    fn turn(&self, call: usize) -> &dyn Resolver {
        self.turns[call.min(self.turns.len() - 1)].as_ref()
    }
}

impl Resolver for Sequence {
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        self.turn(self.calls.fetch_add(1, Ordering::Relaxed))
            .call(request, updates)
    }

    /// Whose turn it was is not known any more, and cancelling what does not run changes nothing.
    fn cancel(&self, request: &TaskRequest) {
        for resolver in &self.turns {
            resolver.cancel(request);
        }
    }

    fn ends(&self, request: &TaskRequest) -> Ends {
        self.turns[0].ends(request)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Literal;
    use super::super::tests::answer;
    use super::*;
    use crate::engine::Failure;

    #[test]
    fn the_last_answer_repeats() {
        let literal = |text: &str| Arc::new(text.parse::<Literal>().unwrap()) as Arc<dyn Resolver>;
        let sequence = Sequence::new(vec![literal("fail:Busy"), literal("json:1")]).unwrap();
        let answers: Vec<_> = (0..3)
            .map(|_| answer(&sequence, "task", 0.into()))
            .collect();
        assert_eq!(
            answers,
            [Err(Failure::named("Busy")), Ok(1.into()), Ok(1.into())]
        );
        assert!(Sequence::new(Vec::new()).is_none());
    }
}
