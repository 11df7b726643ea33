//! What came of a state, and of the whole, in an execution.

use std::time::Duration;

use super::words;
use crate::engine::Failure;

/// Characters of an error that are shown.
const ERROR: usize = 200;

/// How something ended, the more important ways last: a state that was entered twice shows the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// It was never entered.
    NotReached,
    /// With success.
    Succeeded,
    /// With a failure that a catcher took.
    Caught,
    /// It has not.
    Running,
    /// Cut short by a failure beside it, or because somebody stopped the execution.
    Aborted,
    /// It took too long.
    TimedOut,
    /// With a failure.
    Failed,
}

impl Ended {
    /// In words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotReached => "not reached",
            Self::Succeeded => "succeeded",
            Self::Caught => "caught",
            Self::Running => "running",
            Self::Aborted => "aborted",
            Self::TimedOut => "timed out",
            Self::Failed => "failed",
        }
    }

    /// A sign that stands for it where there is room for one character.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::NotReached => "·",
            Self::Succeeded => "✓",
            Self::Caught => "↷",
            Self::Running => "…",
            Self::Aborted => "⊘",
            Self::TimedOut => "⧗",
            Self::Failed => "✗",
        }
    }

    /// All ways, in their order.
    pub const ALL: [Self; 7] = [
        Self::NotReached,
        Self::Succeeded,
        Self::Caught,
        Self::Running,
        Self::Aborted,
        Self::TimedOut,
        Self::Failed,
    ];
}

/// What came of a state, all times it was entered together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// How often it ended in which way, in the order of [`Ended::ALL`].
    counts: [u64; 7],
    /// Attempts after the first ones.
    pub retries: u64,
    /// How long it took, all times together.
    pub total: Duration,
    /// The last error, with its cause.
    pub error: Option<String>,
    /// The iterations of a Map state.
    pub items: Option<Items>,
}

/// The iterations of a Map state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Items {
    /// How many there are to be.
    pub total: u64,
    /// How many have succeeded.
    pub succeeded: u64,
    /// How many have failed.
    pub failed: u64,
    /// How many were cut short.
    pub aborted: u64,
}

impl Run {
    /// Counts one visit.
    pub(super) fn count(&mut self, ended: Ended) {
        self.counts[ended as usize] += 1;
    }

    /// How often it ended that way.
    #[must_use]
    pub fn ended(&self, ended: Ended) -> u64 {
        self.counts[ended as usize]
    }

    /// How often it was entered.
    #[must_use]
    pub fn visits(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Whether it was entered at all.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.visits() > 0
    }

    /// How it ended; the most important way when there are several.
    #[must_use]
    pub fn status(&self) -> Ended {
        let worst = Ended::ALL.into_iter().rev();
        worst
            .filter(|ended| self.ended(*ended) > 0)
            .max()
            .unwrap_or(Ended::NotReached)
    }

    /// How long it took on average.
    #[must_use]
    pub fn mean(&self) -> Duration {
        let visits = u32::try_from(self.visits()).unwrap_or(u32::MAX);
        self.total.checked_div(visits).unwrap_or_default()
    }

    /// One short line: `succeeded · 1.25 s`, `9 succeeded, 1 failed · 4 s, mean 400 ms · 2 retries`.
    #[must_use]
    pub fn line(&self) -> String {
        let ways = Ended::ALL
            .into_iter()
            .filter(|ended| self.ended(*ended) > 0);
        let ended: Vec<_> = match self.visits() {
            0 | 1 => vec![self.status().as_str().to_owned()],
            _ => ways
                .map(|ended| format!("{} {}", self.ended(ended), ended.as_str()))
                .collect(),
        };
        let mut parts = vec![ended.join(", ")];
        match self.visits() {
            // What takes no time is not timed.
            _ if self.total.is_zero() => {}
            1 => parts.push(words::duration(self.total)),
            _ => parts.push(format!(
                "{}, mean {}",
                words::duration(self.total),
                words::duration(self.mean())
            )),
        }
        match self.retries {
            0 => {}
            1 => parts.push("1 retry".into()),
            many => parts.push(format!("{many} retries")),
        }
        parts.join(" · ")
    }

    /// Everything, a line for each thing.
    pub(super) fn told(&self) -> String {
        let mut lines = vec![self.line()];
        lines.extend(self.items.map(|items| items.line()));
        lines.extend(self.error.clone());
        lines.join("\n")
    }
}

impl Items {
    /// `7 of 10 items, 1 failed, 2 aborted`
    #[must_use]
    pub fn line(&self) -> String {
        let mut text = format!("{} of {} items", self.succeeded, self.total);
        for (count, what) in [(self.failed, "failed"), (self.aborted, "aborted")] {
            if count > 0 {
                text.push_str(&format!(", {count} {what}"));
            }
        }
        text
    }
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// How.
    pub ended: Ended,
    /// How long it took.
    pub elapsed: Duration,
    /// The error, with its cause.
    pub error: Option<String>,
    /// How often it was restarted.
    pub redrives: u32,
}

impl Caption {
    /// `failed after 1.25 s: Busy: come back later`
    #[must_use]
    pub fn line(&self) -> String {
        let mut text = format!(
            "{} after {}",
            self.ended.as_str(),
            words::duration(self.elapsed)
        );
        if self.redrives > 0 {
            text.push_str(&format!(", redrive {}", self.redrives));
        }
        if let Some(error) = &self.error {
            text.push_str(&format!(": {error}"));
        }
        text
    }
}

/// An error and its cause on one line; `None` when neither is known.
pub(super) fn error(failure: &Failure) -> Option<String> {
    let parts: Vec<&str> = [&failure.error, &failure.cause]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .filter(|part| !part.is_empty())
        .collect();
    let text = words::line(&parts.join(": "));
    (!text.is_empty()).then(|| words::shorten(&text, ERROR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_every_way_when_there_are_several() {
        let mut run = Run::default();
        assert_eq!(run.line(), "not reached");
        run.count(Ended::Succeeded);
        run.total = Duration::from_millis(500);
        assert_eq!(run.line(), "succeeded · 500 ms");
        run.count(Ended::Failed);
        run.total = Duration::from_secs(1);
        run.retries = 2;
        assert_eq!(run.status(), Ended::Failed);
        assert_eq!(
            run.line(),
            "1 succeeded, 1 failed · 1 s, mean 500 ms · 2 retries"
        );
    }
}
