//! Which rules a definition is held to.

/// What is asked of a definition beside being one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Which type of workflow it is to become.
    pub machine_type: MachineType,
    /// What is thought of placeholders in it.
    pub placeholders: Placeholders,
    /// Who is to do the work of its tasks.
    pub resources: Resources,
}

/// Who may do the work of tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resources {
    /// What the service knows, and whatever is no ARN: resolvers make something of it.
    #[default]
    Any,
    /// What the service knows.
    Service,
}

/// The two types of workflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MachineType {
    /// `STANDARD`
    #[default]
    Standard,
    /// `EXPRESS`
    Express,
}

/// What is thought of `${Name}`, `{{name}}`, `<NAME>` and `%NAME%` where a template fills in a definition later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placeholders {
    /// They are texts like others.
    #[default]
    Deny,
    /// A text that holds one may become anything, so nothing is wrong with it.
    Allow,
}
