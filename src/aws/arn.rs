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
