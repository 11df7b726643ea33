//! Retry: whether a failed state is tried again, and when.

use std::time::Duration;

use super::core::Core;
use super::frame::Slot;
use super::unwind::Raise;
use crate::machine::{Jitter, Retrier, State};

/// How long to wait before the next attempt; `None` when there is none.
///
/// The first retrier whose `ErrorEquals` fits decides alone: when its attempts are used up, later ones are not asked
/// (States Language, § Retrying after error).
pub(super) fn pause(
    core: &mut Core<'_>,
    slot: Slot,
    state: &State,
    raise: &Raise,
) -> Option<Duration> {
    let (at, retrier) = state
        .retry
        .iter()
        .enumerate()
        .find(|(_, retrier)| raise.is_among(&retrier.errors))?;
    let frame = core.frame_mut(slot);
    frame.tries.resize(state.retry.len(), 0);
    let used = frame.tries[at];
    if used >= retrier.max_attempts {
        return None;
    }
    frame.tries[at] += 1;
    frame.retry_count += 1;
    let pause = interval(retrier, used);
    Some(match retrier.jitter {
        Jitter::None => pause,
        Jitter::Full => pause.mul_f64(core.dice.next_f64()),
    })
}

/// `IntervalSeconds` times `BackoffRate` for each retry before, at most `MaxDelaySeconds`.
fn interval(retrier: &Retrier, used: u32) -> Duration {
    /// What no pause exceeds: `MaxDelaySeconds` itself may be at most a year.
    const A_YEAR: f64 = 31_622_400.0;
    let grown = f64::from(retrier.interval) * retrier.backoff_rate.powf(f64::from(used));
    let longest = retrier.max_delay.map_or(A_YEAR, f64::from);
    let seconds = if grown.is_finite() {
        grown.min(longest)
    } else {
        longest
    };
    Duration::from_millis((seconds * 1_000.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_by_the_backoff_rate_up_to_the_longest_delay() {
        let retrier = Retrier {
            errors: Vec::new(),
            interval: 3,
            max_attempts: 10,
            backoff_rate: 1.5,
            max_delay: Some(10),
            jitter: Jitter::None,
        };
        let pauses: Vec<_> = (0..5)
            .map(|used| interval(&retrier, used).as_millis())
            .collect();
        assert_eq!(pauses, [3_000, 4_500, 6_750, 10_000, 10_000]);
        assert_eq!(interval(&retrier, u32::MAX).as_secs(), 10);
    }
}
