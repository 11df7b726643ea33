//! The context object, `$$`.

use super::TaskToken;
use super::core::Core;
use super::frame::{Frame, Slot};
use crate::asl::StateType;
use crate::expr::{Context, Scope, Sight};
use crate::machine::State;
use crate::value::{Json, Object, Text};

/// What the context object shows beyond what the frame knows.
#[derive(Clone, Copy, Default)]
pub(super) struct Extra<'a> {
    /// `$$.Task.Token`
    pub token: Option<&'a TaskToken>,
    /// `$states.result`
    pub result: Option<&'a Json>,
    /// `$states.errorOutput`
    pub error_output: Option<&'a Json>,
    /// `$$.Map.Item` while an `ItemSelector` is evaluated: the iteration has no frame yet.
    pub item: Option<ItemView<'a>>,
}

/// One item of a Map.
#[derive(Clone, Copy)]
pub(super) struct ItemView<'a> {
    pub index: u32,
    pub value: &'a Json,
    pub key: Option<&'a Text>,
}

impl Core<'_> {
    /// Evaluates something with what the state of a frame can see; `input` is `$`.
    pub(super) fn evaluate<R>(
        &self,
        slot: Slot,
        state: &State,
        input: &Json,
        extra: Extra<'_>,
        evaluate: impl FnOnce(&Scope<'_>) -> R,
    ) -> R {
        let make = || self.context_object(slot, state, extra);
        let context = Context::new(&make);
        let variables = &self.frame_ref(slot).variables;
        evaluate(&Scope {
            input,
            context: &context,
            variables,
            dice: &self.dice,
            sight: Sight {
                result: extra.result,
                error_output: extra.error_output,
                now: self.now(),
                limits: self.execution.header.profile.query_limits(),
            },
        })
    }

    /// The members come in the order in which the service prints them.
    fn context_object(&self, slot: Slot, state: &State, extra: Extra<'_>) -> Json {
        let mut context: Object = [
            ("Execution", self.execution_object()),
            ("StateMachine", self.state_machine_object()),
            ("State", self.state_object(self.frame_ref(slot), state)),
        ]
        .into_iter()
        .collect();
        if let Some(token) = extra.token {
            context.insert("Task", Json::from([("Token", Json::from(token.as_str()))]));
        }
        if let Some(item) = extra.item.or_else(|| self.item_around(slot)) {
            context.insert("Map", Json::from([("Item", item_object(item))]));
        }
        if let Some(Json::Object(instead)) = &self.execution.header.context {
            for (name, value) in instead.iter() {
                context.insert(name.clone(), value.clone());
            }
        }
        Json::Object(context)
    }

    fn execution_object(&self) -> Json {
        let header = &self.execution.header;
        let mut execution: Object = [
            ("Id", Json::from(header.identity.execution_arn.clone())),
            ("Input", header.input.clone()),
            ("StartTime", Json::from(header.started.shortest())),
            ("Name", Json::from(header.identity.name.clone())),
            ("RoleArn", Json::from(header.identity.role_arn.clone())),
            ("RedriveCount", Json::from(header.redrive_count)),
        ]
        .into_iter()
        .collect();
        if let Some(redriven) = header.redriven {
            execution.insert("RedriveTime", Json::from(redriven.shortest()));
        }
        Json::Object(execution)
    }

    fn state_machine_object(&self) -> Json {
        let identity = &self.execution.header.identity;
        Json::from([
            ("Id", Json::from(identity.state_machine_arn.clone())),
            ("Name", Json::from(identity.state_machine_name.clone())),
        ])
    }

    /// `RetryCount` is there only where a state can retry (observed on AWS, conformance `context/state`).
    fn state_object(&self, frame: &Frame, state: &State) -> Json {
        let mut object: Object = [
            ("Name", Json::from(state.name.clone())),
            ("EnteredTime", Json::from(frame.entered_at.shortest())),
        ]
        .into_iter()
        .collect();
        if matches!(
            state.state_type(),
            StateType::Task | StateType::Parallel | StateType::Map
        ) {
            object.insert("RetryCount", Json::from(frame.retry_count));
        }
        Json::Object(object)
    }

    /// The item of the innermost Map iteration that a frame belongs to.
    fn item_around(&self, slot: Slot) -> Option<ItemView<'_>> {
        let mut frame = self.frame_ref(slot);
        loop {
            if let Some(item) = &frame.item {
                return Some(ItemView {
                    index: frame.index,
                    value: &item.value,
                    key: item.key.as_ref(),
                });
            }
            frame = self.frame_ref(frame.parent?);
        }
    }
}

fn item_object(item: ItemView<'_>) -> Json {
    let mut object: Object = [
        ("Index", Json::from(item.index)),
        ("Value", item.value.clone()),
    ]
    .into_iter()
    .collect();
    if let Some(key) = item.key {
        object.insert("Key", Json::from(key.clone()));
    }
    Json::Object(object)
}
