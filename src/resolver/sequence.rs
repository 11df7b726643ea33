//! One answer after the other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Call, Ends, Resolver, Updates};
use crate::engine::{TaskRequest, Ticket};
use crate::value::Json;

/// Resolvers that take turns: the first call goes to the first one, and so on; the last one answers all that follow.
pub struct Sequence {
    turns: Vec<Arc<dyn Resolver>>,
    taken: Mutex<Taken>,
}

/// Whose turn it was.
#[derive(Default)]
struct Taken {
    calls: usize,
    /// Which resolver each attempt went to, as long as it may matter.
    by_ticket: BTreeMap<Ticket, usize>,
}

impl Sequence {
    /// A sequence of these; `None` when there are none.
    #[must_use]
    pub fn new(turns: Vec<Arc<dyn Resolver>>) -> Option<Self> {
        (!turns.is_empty()).then(|| Self {
            turns,
            taken: Mutex::default(),
        })
    }

    /// The resolver whose turn it is, or was for that attempt.
    fn turn(&self, request: &TaskRequest) -> &dyn Resolver {
        // What it holds is whole at any moment: a panic elsewhere has not spoilt it.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let Taken { calls, by_ticket } = &mut *taken;
        let turn = *by_ticket.entry(request.ticket).or_insert_with(|| {
            *calls += 1;
            *calls - 1
        });
        self.turns[turn.min(self.turns.len() - 1)].as_ref()
    }
}

impl Resolver for Sequence {
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        self.turn(request).call(request, updates)
    }

    fn attach(&self, request: &Arc<TaskRequest>, submitted: &Json, updates: &Updates) -> Call {
        self.turn(request).attach(request, submitted, updates)
    }

    fn cancel(&self, request: &TaskRequest) {
        self.turn(request).cancel(request);
    }

    fn ends(&self, request: &TaskRequest) -> Ends {
        self.turn(request).ends(request)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Literal;
    use super::super::tests::request;
    use super::*;
    use crate::engine::Failure;

    /// The answer to an attempt of its own.
    fn answer_attempt(sequence: &Sequence, attempt: u32) -> crate::resolver::Answer {
        let mut request = (*request("task", 0.into())).clone();
        request.ticket.attempt = attempt;
        match sequence.call(
            &Arc::new(request),
            &Updates::ignored(Ticket {
                slot: 0,
                generation: 0,
                attempt,
            }),
        ) {
            Call::Done(answer) => answer,
            Call::After(..) | Call::Later(_) | Call::Accepted | Call::Refused(_) => {
                panic!("the answer is at hand")
            }
        }
    }

    #[test]
    fn the_last_answer_repeats() {
        let literal = |text: &str| Arc::new(text.parse::<Literal>().unwrap()) as Arc<dyn Resolver>;
        let sequence = Sequence::new(vec![literal("fail:Busy"), literal("json:1")]).unwrap();
        let answers: Vec<_> = (0..3)
            .map(|attempt| answer_attempt(&sequence, attempt))
            .collect();
        assert_eq!(
            answers,
            [Err(Failure::named("Busy")), Ok(1.into()), Ok(1.into())]
        );
        assert!(Sequence::new(Vec::new()).is_none());
    }
}
