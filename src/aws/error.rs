//! What the service answers when it refuses a request: one table of codes.

use std::fmt;

/// A refusal, as a client of the API sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Which refusal.
    pub code: Code,
    /// The text that goes with it.
    pub message: String,
}

/// Every refusal that the API knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the names of the API's model")]
pub enum Code {
    ActivityAlreadyExists,
    ActivityDoesNotExist,
    ConflictException,
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    ExecutionNotRedrivable,
    InternalFailure,
    InvalidArn,
    InvalidDefinition,
    InvalidEncryptionConfiguration,
    InvalidExecutionInput,
    InvalidLoggingConfiguration,
    InvalidName,
    InvalidOutput,
    InvalidToken,
    MissingAuthenticationTokenException,
    MissingRequiredParameter,
    RequestEntityTooLarge,
    ResourceNotFound,
    SerializationException,
    ServiceQuotaExceededException,
    ServiceUnavailable,
    SignatureDoesNotMatch,
    StateMachineAlreadyExists,
    StateMachineDoesNotExist,
    StateMachineTypeNotSupported,
    TaskDoesNotExist,
    TaskTimedOut,
    TooManyTags,
    UnknownOperationException,
    ValidationException,
}

impl Code {
    /// The HTTP status that goes with it.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::InternalFailure => 500,
            Self::ServiceUnavailable => 503,
            Self::RequestEntityTooLarge => 413,
            Self::MissingAuthenticationTokenException | Self::SignatureDoesNotMatch => 403,
            _ => 400,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The variants are spelled as the wire spells them.
        fmt::Debug::fmt(self, f)
    }
}

impl Error {
    /// A refusal with this text.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// A request that the model does not allow.
    #[must_use]
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(Code::ValidationException, message)
    }

    /// A text that is no ARN, or one of something else.
    #[must_use]
    pub fn invalid_arn(problem: &str) -> Self {
        Self::new(Code::InvalidArn, format!("Invalid Arn: '{problem}'"))
    }

    /// A name with characters that names do not have.
    #[must_use]
    pub fn invalid_name(name: &str) -> Self {
        Self::new(Code::InvalidName, format!("Invalid Name: '{name}'"))
    }

    /// A page token or a task token that was never given out.
    #[must_use]
    pub fn invalid_token() -> Self {
        Self::new(Code::InvalidToken, "Invalid Token: 'Invalid token'")
    }

    /// A state machine, a version or an alias that is not there.
    #[must_use]
    pub fn no_machine(arn: &str) -> Self {
        Self::new(
            Code::StateMachineDoesNotExist,
            format!("State Machine Does Not Exist: '{arn}'"),
        )
    }

    /// An execution that is not there.
    #[must_use]
    pub fn no_execution(arn: &str) -> Self {
        Self::new(
            Code::ExecutionDoesNotExist,
            format!("Execution Does Not Exist: '{arn}'"),
        )
    }

    /// An activity that is not there.
    #[must_use]
    pub fn no_activity(arn: &str) -> Self {
        Self::new(
            Code::ActivityDoesNotExist,
            format!("Activity Does Not Exist: '{arn}'"),
        )
    }

    /// A resource of another kind that is not there.
    #[must_use]
    pub fn no_resource(arn: &str) -> Self {
        Self::new(
            Code::ResourceNotFound,
            format!("Resource not found: '{arn}'"),
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_spelled_as_on_the_wire_and_have_a_status() {
        assert_eq!(Code::InvalidArn.to_string(), "InvalidArn");
        assert_eq!(Code::InvalidArn.status(), 400);
        assert_eq!(Code::InternalFailure.status(), 500);
        assert_eq!(
            Error::no_machine("a").to_string(),
            "StateMachineDoesNotExist: State Machine Does Not Exist: 'a'"
        );
    }
}
