//! What is counted, in the text form of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::aws::{Error, model};

/// Counters since the start.
#[derive(Default)]
pub(super) struct Metrics {
    started: AtomicU64,
    ended: Mutex<BTreeMap<&'static str, u64>>,
    /// By operation and by the code of the refusal, empty where there was none.
    requests: Mutex<BTreeMap<(&'static str, String), u64>>,
}

impl Metrics {
    pub(super) fn started(&self) {
        self.started.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn ended(&self, status: &'static str) {
        *locked(&self.ended).entry(status).or_default() += 1;
    }

    /// Operations that there are not are counted as one, so that nobody can make counters.
    pub(super) fn requested(&self, operation: &str, refusal: Option<&Error>) {
        let known = model::names().find(|name| *name == operation);
        let code = refusal
            .map(|error| error.code.to_string())
            .unwrap_or_default();
        let key = (known.unwrap_or("unknown"), code);
        *locked(&self.requests).entry(key).or_default() += 1;
    }

    /// The text that a scraper gets.
    pub(super) fn text(&self) -> String {
        let started = self.started.load(Ordering::Relaxed);
        let ended = locked(&self.ended);
        let running = started.saturating_sub(ended.values().sum());
        let mut out = String::new();
        let mut family = |name: &str, kind: &str, help: &str, rows: Vec<(String, u64)>| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in rows {
                let _ = writeln!(out, "{name}{labels} {value}");
            }
        };
        family(
            "sfn_executions_started_total",
            "counter",
            "Executions that were started.",
            vec![(String::new(), started)],
        );
        family(
            "sfn_executions_running",
            "gauge",
            "Executions that have not ended; redriven ones are not counted again.",
            vec![(String::new(), running)],
        );
        let by_status = ended
            .iter()
            .map(|(status, count)| (format!("{{status=\"{status}\"}}"), *count));
        family(
            "sfn_executions_ended_total",
            "counter",
            "Ends of executions, by how they ended.",
            by_status.collect(),
        );
        let requests = locked(&self.requests);
        let by_operation = requests.iter().map(|((operation, code), count)| {
            let labels = format!("{{operation=\"{operation}\",error=\"{code}\"}}");
            (labels, *count)
        });
        family(
            "sfn_requests_total",
            "counter",
            "Requests, by operation and by the code of the error that was answered.",
            by_operation.collect(),
        );
        out
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_told_by_their_labels() {
        let metrics = Metrics::default();
        metrics.started();
        metrics.ended("FAILED");
        metrics.requested("StartExecution", None);
        metrics.requested("Nonsense", Some(&Error::invalid_token()));
        let text = metrics.text();
        for line in [
            "sfn_executions_started_total 1",
            "sfn_executions_running 0",
            "sfn_executions_ended_total{status=\"FAILED\"} 1",
            "sfn_requests_total{operation=\"StartExecution\",error=\"\"} 1",
            "sfn_requests_total{operation=\"unknown\",error=\"InvalidToken\"} 1",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} in {text}");
        }
    }
}
