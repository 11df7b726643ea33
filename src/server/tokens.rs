//! Task tokens that come back from outside.

use std::sync::Arc;

use super::{Answer, Service};
use crate::aws::{Code, Error};
use crate::engine::{TaskToken, TaskUpdate, TokenError};
use crate::value::Json;

impl Service {
    /// Tells the execution of a token what its bearer says.
    pub(super) async fn tell(self: &Arc<Self>, token: &str, update: TaskUpdate) -> Answer {
        let arn = TaskToken::execution(token).ok_or_else(Error::invalid_token)?;
        let entry = self.book().execution(&arn);
        let entry = entry.map_err(|_| Error::invalid_token())?;
        let handle = entry.progress().handle.clone();
        let told = match handle {
            Some(handle) => handle.tell(token, update).await,
            // One that has ended knows its own tokens still, as long as it is kept.
            None => match &entry.progress().parked {
                Some(parked) => parked.ticket_of(token).map(drop),
                None => Err(TokenError::TimedOut),
            },
        };
        match told {
            Ok(()) => Ok(Json::object()),
            Err(TokenError::Invalid) => Err(Error::invalid_token()),
            Err(TokenError::TimedOut) => Err(Error::new(
                Code::TaskTimedOut,
                "Task Timed Out: 'Provided task does not exist anymore'",
            )),
        }
    }
}
