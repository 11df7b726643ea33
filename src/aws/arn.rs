//! Building the ARNs of state machines, executions, activities and map runs.

use crate::value::Text;

/// Where resources live: what every ARN begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `aws`, `aws-cn`, `aws-us-gov`
    pub partition: Text,
    /// `us-east-1`
    pub region: Text,
    /// Twelve digits.
    pub account: Text,
}

impl Default for Place {
    /// Account 123456789012 in us-east-1.
    fn default() -> Self {
        Self {
            partition: "aws".into(),
            region: "us-east-1".into(),
            account: "123456789012".into(),
        }
    }
}

impl Place {
    /// A state machine.
    #[must_use]
    pub fn state_machine(&self, name: &str) -> Text {
        self.states("stateMachine", name)
    }

    /// An execution of a standard state machine.
    #[must_use]
    pub fn execution(&self, machine: &str, name: &str) -> Text {
        self.states("execution", &format!("{machine}:{name}"))
    }

    /// An execution of an express state machine. Its names can repeat, so the service adds a UUID.
    #[must_use]
    pub fn express_execution(&self, machine: &str, name: &str, uuid: &str) -> Text {
        self.states("express", &format!("{machine}:{name}:{uuid}"))
    }

    /// An activity.
    #[must_use]
    pub fn activity(&self, name: &str) -> Text {
        self.states("activity", name)
    }

    /// A map run: one run of the distributed Map state that has this label.
    #[must_use]
    pub fn map_run(&self, machine: &str, label: &str, uuid: &str) -> Text {
        self.states("mapRun", &format!("{machine}/{label}:{uuid}"))
    }

    fn states(&self, kind: &str, rest: &str) -> Text {
        let Self {
            partition,
            region,
            account,
        } = self;
        format!("arn:{partition}:states:{region}:{account}:{kind}:{rest}").into()
    }
}

/// The name of something of Step Functions, taken apart.
///
/// A machine's `rest` is a version or an alias; an execution's is its name (and the UUID of an express one); that of a map
/// run is its label and UUID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// What it names.
    pub kind: ArnKind,
    /// `arn:partition:states:region:account:`
    pub place: &'a str,
    /// The machine, or the activity.
    pub name: &'a str,
    /// What follows the name.
    pub rest: Option<&'a str>,
}

/// What an ARN of Step Functions can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum ArnKind {
    StateMachine,
    Execution,
    Express,
    Activity,
    MapRun,
}

impl ArnKind {
    const ALL: [Self; 5] = [
        Self::StateMachine,
        Self::Execution,
        Self::Express,
        Self::Activity,
        Self::MapRun,
    ];

    /// As it is spelled in ARNs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::StateMachine => "stateMachine",
            Self::Execution => "execution",
            Self::Express => "express",
            Self::Activity => "activity",
            Self::MapRun => "mapRun",
        }
    }
}

impl<'a> Arn<'a> {
    /// Takes an ARN of Step Functions apart.
    ///
    /// # Errors
    /// What the service says of a text that is none.
    pub fn parse(text: &'a str) -> Result<Self, String> {
        let mut parts = text.splitn(6, ':');
        let prefix = parts.next();
        if prefix != Some("arn") {
            return Err(format!("Invalid ARN prefix: {text}"));
        }
        let (partition, service) = (parts.next(), parts.next());
        let (_region, _account) = (parts.next(), parts.next());
        if partition.is_none_or(str::is_empty) {
            return Err(format!("Invalid partition: {text}"));
        }
        if service != Some("states") {
            return Err(format!("Invalid service name: {text}"));
        }
        let tail = parts
            .next()
            .ok_or_else(|| format!("ARN missing account id or resource: {text}"))?;
        let place = &text[..text.len() - tail.len()];
        let (kind, resource) = tail.split_once(':').unwrap_or((tail, ""));
        let kind = ArnKind::ALL.into_iter().find(|known| known.word() == kind);
        let kind = kind.ok_or_else(|| format!("Invalid resource type: {text}"))?;
        let (name, rest) = match resource.split_once([':', '/']) {
            Some((name, rest)) => (name, Some(rest)),
            None => (resource, None),
        };
        if name.is_empty() {
            return Err(format!("Resource is missing: {text}"));
        }
        Ok(Self {
            kind,
            place,
            name,
            rest,
        })
    }

    /// The machine that a version, an alias, an execution or a map run belongs to.
    #[must_use]
    pub fn machine(&self) -> Text {
        format!("{}stateMachine:{}", self.place, self.name).into()
    }
}

/// The region that an ARN names; `None` when the text is no ARN or names none.
#[must_use]
pub fn region(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let prefix = parts.next();
    parts
        .nth(2)
        .filter(|region| prefix == Some("arn") && !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_spelled_as_the_service_spells_them() {
        let place = Place {
            partition: "aws-cn".into(),
            region: "cn-north-1".into(),
            account: "111122223333".into(),
        };
        let start = "arn:aws-cn:states:cn-north-1:111122223333:";
        assert_eq!(place.state_machine("m"), format!("{start}stateMachine:m"));
        assert_eq!(place.execution("m", "e"), format!("{start}execution:m:e"));
        assert_eq!(
            place.express_execution("m", "e", "u"),
            format!("{start}express:m:e:u")
        );
        assert_eq!(place.activity("a"), format!("{start}activity:a"));
        assert_eq!(
            place.map_run("m", "label", "u"),
            format!("{start}mapRun:m/label:u")
        );
    }

    #[test]
    fn an_arn_is_taken_apart() {
        let text = "arn:aws:states:us-east-1:123456789012:stateMachine:m:3";
        let arn = Arn::parse(text).unwrap();
        assert_eq!(
            (arn.kind, arn.name, arn.rest),
            (ArnKind::StateMachine, "m", Some("3"))
        );
        assert_eq!(arn.machine(), text.strip_suffix(":3").unwrap());
        let run = "arn:aws:states:us-east-1:123456789012:mapRun:m/label:u";
        assert_eq!(Arn::parse(run).unwrap().rest, Some("label:u"));
        assert_eq!(Arn::parse("m"), Err("Invalid ARN prefix: m".to_owned()));
        for wrong in [
            "arn:aws:s3:::b",
            "arn:aws:states:r:a",
            "arn:aws:states:r:a:queue:q",
            "arn:aws:states:r:a:activity",
        ] {
            assert!(Arn::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_region_is_the_fourth_part() {
        assert_eq!(
            region(&Place::default().state_machine("m")),
            Some("us-east-1")
        );
        assert_eq!(region("arn:aws:states:::sqs:sendMessage"), None);
        assert_eq!(region("machine"), None);
        assert_eq!(region("a:b:c:d:e"), None);
    }
}
