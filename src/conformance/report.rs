//! What came of the cases.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::value::{Json, Object};

/// How many differences of one case are told.
const TOLD: usize = 3;

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It behaves as the case says.
    Passed,
    /// It does not, or the file is no case.
    Failed(String),
    /// The case was not run.
    Skipped(String),
}

impl Verdict {
    /// Passed when nothing differs.
    pub(super) fn of(differences: &[String]) -> Self {
        if differences.is_empty() {
            return Self::Passed;
        }
        let mut reason = differences
            .iter()
            .take(TOLD)
            .cloned()
            .collect::<Vec<_>>()
            .join("; ");
        if differences.len() > TOLD {
            _ = write!(reason, "; and {} more", differences.len() - TOLD);
        }
        Self::Failed(reason)
    }
}

/// What came of one case.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The name of the case: its place, and `#` with the name of a variant.
    pub(super) id: String,
    /// What the case is about: the first folder, or what the recording says.
    pub(super) area: String,
    pub(super) verdict: Verdict,
}

/// A case that failed.
#[derive(Clone, Debug)]
pub struct Failed {
    /// Its name.
    pub id: String,
    /// What it is about.
    pub area: String,
    /// What differs, or why it is no case.
    pub reason: String,
}

/// How many cases came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Those that behave as they say.
    pub passed: usize,
    /// Those that do not.
    pub failed: usize,
    /// Those that were not run.
    pub skipped: usize,
}

impl Area {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.skipped
    }

    fn members(self) -> [(&'static str, Json); 4] {
        [
            ("total", self.total().into()),
            ("passed", self.passed.into()),
            ("failed", self.failed.into()),
            ("skipped", self.skipped.into()),
        ]
    }
}

/// What came of all cases.
#[derive(Clone, Debug, Default)]
pub struct Report {
    ids: Vec<String>,
    areas: BTreeMap<String, Area>,
    failures: Vec<Failed>,
    skips: BTreeMap<String, usize>,
}

impl Report {
    pub(super) fn add(&mut self, entry: Entry) {
        let Entry { id, area, verdict } = entry;
        self.ids.push(id.clone());
        let sums = self.areas.entry(area.clone()).or_default();
        match verdict {
            Verdict::Passed => sums.passed += 1,
            Verdict::Failed(reason) => {
                sums.failed += 1;
                self.failures.push(Failed { id, area, reason });
            }
            Verdict::Skipped(reason) => {
                sums.skipped += 1;
                *self.skips.entry(reason).or_default() += 1;
            }
        }
    }

    /// The names of all cases, in the order they were run.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// How many cases of each area came to what.
    #[must_use]
    pub fn areas(&self) -> &BTreeMap<String, Area> {
        &self.areas
    }

    /// All areas together.
    #[must_use]
    pub fn total(&self) -> Area {
        self.areas.values().fold(Area::default(), |sum, area| Area {
            passed: sum.passed + area.passed,
            failed: sum.failed + area.failed,
            skipped: sum.skipped + area.skipped,
        })
    }

    /// Whether there was no case.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The cases that failed, and why.
    #[must_use]
    pub fn failures(&self) -> &[Failed] {
        &self.failures
    }

    /// Why cases were not run, and how many for each reason.
    #[must_use]
    pub fn skips(&self) -> &BTreeMap<String, usize> {
        &self.skips
    }

    /// For programs: counts in all and for each area, and each failure with its reason.
    #[must_use]
    pub fn json(&self) -> Json {
        let mut summary: Object = self.total().members().into_iter().collect();
        let areas = self
            .areas
            .iter()
            .map(|(area, sums)| (area.as_str(), Json::from(sums.members())));
        summary.insert("areas", Json::Object(areas.collect()));
        let failure = |failed: &Failed| {
            let Failed { id, area, reason } = failed;
            Json::from([
                ("id", Json::from(id.as_str())),
                ("area", area.as_str().into()),
                ("reason", reason.as_str().into()),
            ])
        };
        summary.insert("failures", self.failures.iter().map(failure).collect());
        summary.into()
    }

    /// For people: failures first, then a table of the areas, then why cases were skipped.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::new();
        for Failed { id, reason, .. } in &self.failures {
            _ = writeln!(text, "FAILED {id}\n       {reason}");
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let width = self
            .areas
            .keys()
            .map(|area| area.chars().count())
            .chain(["total".len()])
            .max()
            .unwrap_or_default();
        _ = writeln!(
            text,
            "{:width$} {:>7} {:>7} {:>7} {:>7}",
            "area", "passed", "failed", "skipped", "total"
        );
        let areas = self.areas.iter().map(|(name, area)| (name.as_str(), *area));
        for (name, area) in areas.chain([("total", self.total())]) {
            let Area {
                passed,
                failed,
                skipped,
            } = area;
            _ = writeln!(
                text,
                "{name:width$} {passed:>7} {failed:>7} {skipped:>7} {:>7}",
                area.total()
            );
        }
        for (reason, count) in &self.skips {
            _ = writeln!(text, "{count} skipped: {reason}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::default();
        for (id, area, verdict) in [
            ("map/a", "map", Verdict::Passed),
            ("map/b", "map", Verdict::Failed("no".to_owned())),
            ("api/c", "api", Verdict::Skipped("another kind".to_owned())),
        ] {
            report.add(Entry {
                id: id.to_owned(),
                area: area.to_owned(),
                verdict,
            });
        }
        report
    }

    #[test]
    fn programs_get_counts_and_reasons() {
        assert_eq!(
            report().json().to_string(),
            concat!(
                r#"{"total":3,"passed":1,"failed":1,"skipped":1,"areas":{"#,
                r#""api":{"total":1,"passed":0,"failed":0,"skipped":1},"#,
                r#""map":{"total":2,"passed":1,"failed":1,"skipped":0}},"#,
                r#""failures":[{"id":"map/b","area":"map","reason":"no"}]}"#,
            )
        );
    }

    #[test]
    fn people_get_a_table() {
        let expected = "\
FAILED map/b
       no

area   passed  failed skipped   total
api         0       0       1       1
map         1       1       0       2
total       1       1       1       3
1 skipped: another kind
";
        assert_eq!(report().table(), expected);
    }

    #[test]
    fn only_the_first_differences_are_told() {
        let differences = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        assert_eq!(
            Verdict::of(&differences),
            Verdict::Failed("a; b; c; and 2 more".to_owned())
        );
        assert_eq!(Verdict::of(&[]), Verdict::Passed);
    }
}
