//! What an expression finds under `$name`, and what its functions draw on.

use super::super::{Context, Dice, Variables};
use crate::value::{Json, Object, Shape, Text, Timestamp};

/// What an expression finds under `$name`: `$states`, then variables, then whatever else it is given.
#[derive(Default)]
pub struct Bindings<'a> {
    states: Option<States<'a>>,
    variables: Option<&'a Variables>,
    named: Object,
}

/// `$states`: a record whose fields are found without making an object of it.
#[derive(Clone, Default)]
pub struct States<'a> {
    /// `$states.input`
    pub input: Option<Json>,
    /// `$states.context`, made when it is asked for.
    pub context: Option<&'a Context<'a>>,
    /// `$states.result`
    pub result: Option<Json>,
    /// `$states.errorOutput`
    pub error_output: Option<Json>,
}

impl<'a> Bindings<'a> {
    /// Nothing but the built-in functions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same and `$states`.
    #[must_use]
    pub fn with_states(mut self, states: States<'a>) -> Self {
        self.states = Some(states);
        self
    }

    /// The same and these variables.
    #[must_use]
    pub fn with_variables(mut self, variables: &'a Variables) -> Self {
        self.variables = Some(variables);
        self
    }

    /// The same and one value.
    #[must_use]
    pub fn with(mut self, name: impl Into<Text>, value: Json) -> Self {
        self.named.insert(name.into(), value);
        self
    }

    /// The same and every member of an object.
    #[must_use]
    pub fn with_members(mut self, members: &Object) -> Self {
        for (name, value) in members.iter() {
            self.named.insert(name.clone(), value.clone());
        }
        self
    }

    /// The value of a name.
    pub(super) fn get(&self, name: &str) -> Option<Json> {
        match &self.states {
            Some(states) if name == "states" => Some(states.to_json()),
            _ => self.find(name).cloned(),
        }
    }

    /// The value of a name, or of its first field where that comes cheaper; with how many fields were followed.
    pub(super) fn reach(&self, name: &str, fields: &[Text]) -> Option<(&Json, usize)> {
        match (&self.states, fields.first()) {
            (Some(states), Some(field)) if name == "states" => states.get(field).map(|at| (at, 1)),
            _ => self.find(name).map(|at| (at, 0)),
        }
    }

    /// Whether the name means a record that is no object yet.
    pub(super) fn is_record(&self, name: &str) -> bool {
        self.states.is_some() && name == "states"
    }

    fn find(&self, name: &str) -> Option<&Json> {
        let variable = self.variables.and_then(|variables| variables.get(name));
        variable.or_else(|| self.named.get(name))
    }
}

impl States<'_> {
    fn get(&self, field: &str) -> Option<&Json> {
        match field {
            "input" => self.input.as_ref(),
            "context" => self.context.map(Context::get),
            "result" => self.result.as_ref(),
            "errorOutput" => self.error_output.as_ref(),
            _ => None,
        }
    }

    fn to_json(&self) -> Json {
        let fields = ["input", "context", "result", "errorOutput"];
        let there = fields
            .into_iter()
            .filter_map(|name| Some((Text::new_static(name), self.get(name)?.clone())));
        let (names, values): (Vec<_>, Vec<_>) = there.unzip();
        let shape = Shape::new(names).expect("the fields' names are different");
        Json::Object(Object::of(shape, values))
    }
}

/// What functions draw on that give another answer each time: the driver's time and dice.
pub struct Environment<'a> {
    /// What `$now` and `$millis` tell.
    pub now: Timestamp,
    /// What `$random`, `$shuffle` and `$uuid` draw on.
    pub dice: &'a Dice,
}
