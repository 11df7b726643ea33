//! The Succeed state: it has no field of its own.

use super::StateKind;

pub(super) fn read() -> StateKind {
    StateKind::Succeed
}
