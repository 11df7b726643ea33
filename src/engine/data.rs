//! What becomes of a state's input and output:
//! `InputPath`, `Parameters`, (the work), `ResultSelector`, `ResultPath`, `OutputPath`, and `Assign` beside them; in
//! JSONata `Arguments`, (the work), `Output`, and `Assign`.
//!
//! Source: States Language, § Input and Output Processing.

use super::context::Extra;
use super::core::{Core, Step};
use super::frame::Slot;
use super::unwind::{Evaluation, Origin, Raise};
use super::{Failure, errors, limits};
use crate::asl::QueryLanguage;
use crate::expr::{Expected, Fault, FaultKind, Query, Template};
use crate::machine::{Amount, Assign, Flow, ResultPath, Selection, State};
use crate::value::{Json, Number, Object, Text};

/// How a state that does no work is left: where to, and what it makes of its input.
#[derive(Clone, Copy)]
pub(super) struct Leaving<'m> {
    pub(super) next: Flow,
    pub(super) assign: Option<&'m Assign>,
    pub(super) output: Option<&'m Template>,
}

impl<'m> Leaving<'m> {
    /// As the state itself says.
    pub(super) fn of(state: &'m State, next: Flow) -> Self {
        Self {
            next,
            assign: state.io.assign.as_ref(),
            output: state.io.output.as_ref(),
        }
    }
}

impl Core<'_> {
    /// The raw input through `InputPath`.
    pub(super) fn selected_input(&self, slot: Slot, state: &State) -> Result<Json, Raise> {
        let raw = &self.frame_ref(slot).input;
        self.select(slot, state, &state.io.input_path, raw)
    }

    /// The input through `InputPath` and `Parameters`: what the work of the state is given.
    pub(super) fn effective_input(
        &self,
        slot: Slot,
        state: &State,
        extra: Extra<'_>,
    ) -> Result<Json, Raise> {
        let selected = self.selected_input(slot, state)?;
        match &state.io.parameters {
            Some(parameters) => self.fill(slot, state, parameters, &selected, extra),
            None => Ok(selected),
        }
    }

    /// Fills in a payload template.
    pub(super) fn fill(
        &self,
        slot: Slot,
        state: &State,
        template: &Template,
        input: &Json,
        extra: Extra<'_>,
    ) -> Result<Json, Raise> {
        let filled = self.evaluate(slot, state, input, extra, |scope| template.eval(scope));
        let filled = filled.map_err(|fault| self.fault(slot, state, &fault))?;
        self.check_size(state, &filled)?;
        Ok(filled)
    }

    /// Applies `InputPath`, `OutputPath` or `ItemsPath`.
    pub(super) fn select(
        &self,
        slot: Slot,
        state: &State,
        selection: &Selection,
        from: &Json,
    ) -> Result<Json, Raise> {
        match selection {
            Selection::Whole => Ok(from.clone()),
            Selection::Nothing => Ok(Json::object()),
            Selection::Path(path) => {
                let found = self.evaluate(slot, state, from, Extra::default(), |scope| {
                    path.find(scope)
                });
                found.map_err(|miss| {
                    let message = format!("Invalid path '{}' : {miss}", path.text());
                    self.fault(slot, state, &Fault::new(FaultKind::Path, message))
                })
            }
        }
    }

    /// Brings a result home: through `ResultSelector`, into the input, through `OutputPath`; then leaves the state.
    /// `$` in `Assign` is the result as it came.
    pub(super) fn conclude(&mut self, slot: Slot, state: &State, result: Json) -> Step {
        if state.query_language == QueryLanguage::Jsonata {
            return self.conclude_query(slot, state, &result);
        }
        let parts = self
            .selected_result(slot, state, &result)
            .and_then(|selected| {
                let assigned = self.assigned(
                    slot,
                    state,
                    state.io.assign.as_ref(),
                    &result,
                    Extra::default(),
                )?;
                Ok((selected, assigned))
            });
        drop(result);
        let (selected, assigned) = match parts {
            Ok(parts) => parts,
            Err(raise) => return Step::Raise(raise),
        };
        match self.output(slot, state, selected) {
            Ok(output) => self.leave(slot, state, state.next, output, assigned),
            Err(raise) => Step::Raise(raise),
        }
    }

    /// The same in JSONata: what `Output` makes of input and result, or the result.
    fn conclude_query(&mut self, slot: Slot, state: &State, result: &Json) -> Step {
        let input = self.frame_ref(slot).input.clone();
        let extra = Extra {
            result: Some(result),
            ..Extra::default()
        };
        let assigned = self.assigned(slot, state, state.io.assign.as_ref(), &input, extra);
        let parts = assigned.and_then(|assigned| {
            let output = match &state.io.output {
                Some(output) => self.fill(slot, state, output, &input, extra)?,
                None => {
                    self.check_size(state, result)?;
                    result.clone()
                }
            };
            Ok((output, assigned))
        });
        match parts {
            Ok((output, assigned)) => self.leave(slot, state, state.next, output, assigned),
            Err(raise) => Step::Raise(raise),
        }
    }

    fn selected_result(&self, slot: Slot, state: &State, result: &Json) -> Result<Json, Raise> {
        match &state.io.result_selector {
            Some(selector) => self.fill(slot, state, selector, result, Extra::default()),
            None => Ok(result.clone()),
        }
    }

    /// Puts the result into the raw input and applies `OutputPath`.
    ///
    /// The input is taken out of the frame so that it can be written in place. A state that can fail afterwards keeps
    /// it, for `Catch` and for a redrive.
    fn output(&mut self, slot: Slot, state: &State, result: Json) -> Result<Json, Raise> {
        let limited = self.execution.header.profile.payload_limit() < usize::MAX;
        let last_step = !limited && matches!(state.io.output_path, Selection::Whole);
        let combined = match &state.io.result_path {
            ResultPath::Replace => result,
            ResultPath::Discard => self.frame_ref(slot).input.clone(),
            ResultPath::Put(path) => {
                let raw = std::mem::take(&mut self.frame_mut(slot).input);
                if !last_step {
                    self.frame_mut(slot).input = raw.clone();
                }
                match path.put(raw, result) {
                    Ok(combined) => combined,
                    Err(conflict) => {
                        let message = conflict.to_string();
                        self.frame_mut(slot).input = conflict.into_target();
                        return Err(self.fault(
                            slot,
                            state,
                            &Fault::new(FaultKind::Reference, message),
                        ));
                    }
                }
            }
        };
        let output = self.select(slot, state, &state.io.output_path, &combined)?;
        drop(combined);
        self.check_size(state, &output)?;
        Ok(output)
    }

    /// Leaves a state that passes its input on: Wait, Choice and Succeed.
    pub(super) fn pass_on(
        &mut self,
        slot: Slot,
        state: &State,
        input: &Json,
        leaving: Leaving<'_>,
    ) -> Step {
        let output = match leaving.output {
            Some(output) => self.fill(slot, state, output, input, Extra::default()),
            None => self.select(slot, state, &state.io.output_path, input),
        };
        let parts = output.and_then(|output| {
            self.check_size(state, &output)?;
            let assigned = self.assigned(slot, state, leaving.assign, input, Extra::default())?;
            Ok((output, assigned))
        });
        match parts {
            Ok((output, assigned)) => self.leave(slot, state, leaving.next, output, assigned),
            Err(raise) => Step::Raise(raise),
        }
    }

    /// Evaluates `Assign`: every expression sees the variables as they were when the state was entered.
    pub(super) fn assigned(
        &self,
        slot: Slot,
        state: &State,
        assign: Option<&Assign>,
        input: &Json,
        extra: Extra<'_>,
    ) -> Result<Option<Object>, Raise> {
        let Some(Assign(template)) = assign else {
            return Ok(None);
        };
        let values = self.fill(slot, state, template, input, extra)?;
        // An empty `Assign` leaves no trace in the history (observed on AWS).
        let values = if let Json::Object(values) = values {
            Some(values)
        } else {
            None
        };
        Ok(values.filter(|values| !values.is_empty()))
    }

    /// A whole number that is written down or referred to. A text that looks like one is one (conformance
    /// `map/max-concurrency-path-text`).
    pub(super) fn amount(
        &self,
        slot: Slot,
        state: &State,
        amount: &Amount,
        input: &Json,
        field: &str,
    ) -> Result<u32, Raise> {
        let path = match amount {
            Amount::Literal(number) => return Ok(*number),
            Amount::Path(path) => path,
            Amount::Query(query) => return self.whole_number(slot, state, query, input),
        };
        let found = self.evaluate(slot, state, input, Extra::default(), |scope| {
            path.find(scope)
        });
        let found = found.map_err(|miss| {
            let message = format!("Invalid path '{}' : {miss}", path.text());
            self.fault(slot, state, &Fault::new(FaultKind::Path, message))
        })?;
        let text = as_text(&found);
        text.parse().map_err(|_| {
            let message = format!(
                "The {field} field refers to value \"{text}\" which is not a valid integer: {}",
                path.text()
            );
            self.runtime(slot, state, &message)
        })
    }

    /// A whole number that a JSONata expression gives.
    pub(super) fn whole_number(
        &self,
        slot: Slot,
        state: &State,
        query: &Query,
        input: &Json,
    ) -> Result<u32, Raise> {
        let found = self.evaluate(slot, state, input, Extra::default(), |scope| {
            query.eval_as(Expected::Number, scope)
        });
        let found = found.map_err(|fault| self.fault(slot, state, &fault))?;
        let field = query.field();
        let complain = |message: String| {
            let evaluation = Evaluation {
                location: Some(field.clone()),
                previous: self.before(slot),
            };
            self.query_failure(slot, state, &message, evaluation)
        };
        let number = found.as_number().and_then(Number::as_i64).ok_or_else(|| {
            complain(format!(
                "The {field} field cannot be parsed as an integer: {found}"
            ))
        })?;
        let fits = u32::try_from(number).ok();
        fits.filter(|number| *number <= limits::SECONDS)
            .ok_or_else(|| {
                let largest = limits::SECONDS;
                complain(format!(
                    "{field} must be between 0 and {largest} but was: {number}"
                ))
            })
    }

    /// Refuses what is larger than a payload may be, or nested deeper than any text.
    pub(super) fn check_size(&self, state: &State, payload: &Json) -> Result<(), Raise> {
        let limit = self.execution.header.profile.payload_limit();
        if payload.depth() > limits::NESTING {
            let cause = format!(
                "The state/task '{}' returned a result nested deeper than 1000 levels.",
                state.name
            );
            let failure = Failure::new(errors::RUNTIME, cause);
            return Err(Raise::new(failure, Origin::Machine));
        }
        // Without a limit nothing need be measured.
        if limit == usize::MAX || payload.length() <= limit {
            return Ok(());
        }
        Err(Raise::new(too_large(&state.name), Origin::Machine))
    }

    /// What a failed evaluation means for the state: the error's name by the profile, the cause with the state's name.
    pub(super) fn fault(&self, slot: Slot, state: &State, fault: &Fault) -> Raise {
        let name = self.execution.header.profile.error_name(fault.kind);
        let failure = Failure::new(name, self.cause(slot, state, &fault.message));
        let evaluation = (fault.kind == FaultKind::Query).then(|| {
            Box::new(Evaluation {
                location: fault.location.as_deref().map(Text::from),
                previous: self.before(slot),
            })
        });
        Raise {
            evaluation,
            ..Raise::new(failure, Origin::Machine)
        }
    }

    /// A JSONata expression whose value the state cannot use.
    pub(super) fn query_failure(
        &self,
        slot: Slot,
        state: &State,
        message: &str,
        evaluation: Evaluation,
    ) -> Raise {
        let fault = Fault::new(FaultKind::Query, message);
        Raise {
            evaluation: Some(Box::new(evaluation)),
            ..self.fault(slot, state, &fault)
        }
    }

    /// What the event of a failed evaluation points at: as long as nothing has happened in a state, what its entry points
    /// at (observed on AWS, conformance `jsonata/undefined-output`).
    pub(super) fn before(&self, slot: Slot) -> u64 {
        let frame = self.frame_ref(slot);
        if frame.chain == frame.entered {
            frame.before
        } else {
            frame.chain
        }
    }

    /// A failure of the machine itself: never retried, never caught.
    pub(super) fn runtime(&self, slot: Slot, state: &State, message: &str) -> Raise {
        let failure = Failure::new(errors::RUNTIME, self.cause(slot, state, message));
        Raise::new(failure, Origin::Machine)
    }

    /// A cause as the service begins it.
    pub(super) fn cause(&self, slot: Slot, state: &State, message: &str) -> String {
        let entered = self.frame_ref(slot).entered;
        format!(
            "An error occurred while executing the state '{}' (entered at the event id #{entered}). {message}",
            state.name
        )
    }
}

/// A value where a text is wanted: a string as it is, anything else as JSON.
pub(super) fn as_text(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The failure of a payload beyond the limit. Its cause has no prefix (observed on AWS).
pub(super) fn too_large(whose: &str) -> Failure {
    let cause = format!(
        "The state/task '{whose}' returned a result with a size exceeding the maximum number of bytes service limit."
    );
    Failure::new(errors::DATA_LIMIT_EXCEEDED, cause)
}
