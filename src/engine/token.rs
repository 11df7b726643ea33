//! Task tokens: an execution and a ticket, with a MAC that only the execution can make.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{TaskToken, Ticket};
use crate::value::Text;

/// Why a token is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was never a token of this execution.
    #[error("the token is not one of this execution")]
    Invalid,
    /// It was one, but its task has ended, timed out, or was retried.
    #[error("the task of this token is over")]
    TimedOut,
}

const MAC_BYTES: usize = 32;
const TICKET_BYTES: usize = 12;

impl TaskToken {
    pub(super) fn new(secret: &[u8; 32], execution: &str, ticket: Ticket) -> Self {
        let mut bytes = plain(execution, ticket);
        bytes.extend(mac(secret, &bytes).finalize().into_bytes());
        Self(URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// The execution that a token claims to belong to: where a server looks for it. Only that execution can tell
    /// whether the claim is true.
    #[must_use]
    pub fn execution(token: &str) -> Option<Text> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let name = bytes.get(TICKET_BYTES..bytes.len().checked_sub(MAC_BYTES)?)?;
        std::str::from_utf8(name).ok().map(Text::from)
    }
}

/// Reads a token; `None` unless this execution made it.
pub(super) fn verify(secret: &[u8; 32], execution: &str, token: &str) -> Option<Ticket> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (claim, tag) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
    mac(secret, claim).verify_slice(tag).ok()?;
    let (ticket, name) = claim.split_at_checked(TICKET_BYTES)?;
    let number = |at: usize| Some(u32::from_be_bytes(ticket.get(at..at + 4)?.try_into().ok()?));
    let ticket = Ticket {
        slot: number(0)?,
        generation: number(4)?,
        attempt: number(8)?,
    };
    (name == execution.as_bytes()).then_some(ticket)
}

fn plain(execution: &str, ticket: Ticket) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(TICKET_BYTES + execution.len() + MAC_BYTES);
    for number in [ticket.slot, ticket.generation, ticket.attempt] {
        bytes.extend(number.to_be_bytes());
    }
    bytes.extend(execution.as_bytes());
    bytes
}

fn mac(secret: &[u8; 32], bytes: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(bytes);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_its_ticket_and_no_other_secret_makes_it() {
        let ticket = Ticket {
            slot: 3,
            generation: 1,
            attempt: 2,
        };
        let token = TaskToken::new(&[7; 32], "arn:x", ticket);
        assert_eq!(
            TaskToken::execution(token.as_str()).as_deref(),
            Some("arn:x")
        );
        assert_eq!(verify(&[7; 32], "arn:x", token.as_str()), Some(ticket));
        assert_eq!(verify(&[8; 32], "arn:x", token.as_str()), None);
        assert_eq!(verify(&[7; 32], "arn:y", token.as_str()), None);
        assert_eq!(verify(&[7; 32], "arn:x", "no token"), None);
        assert_eq!(verify(&[7; 32], "arn:x", ""), None);
    }
}
