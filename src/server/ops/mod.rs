//! The operations of the API, one file each.

mod configuration;
mod create_activity;
mod create_state_machine;
mod create_state_machine_alias;
mod delete_activity;
mod delete_state_machine;
mod delete_state_machine_alias;
mod delete_state_machine_version;
mod describe_activity;
mod describe_execution;
mod describe_map_run;
mod describe_state_machine;
mod describe_state_machine_alias;
mod describe_state_machine_for_execution;
mod get_activity_task;
mod get_execution_history;
mod list_activities;
mod list_executions;
mod list_map_runs;
mod list_state_machine_aliases;
mod list_state_machine_versions;
mod list_state_machines;
mod list_tags_for_resource;
mod publish_state_machine_version;
mod redrive_execution;
mod routing;
mod send_task_failure;
mod send_task_heartbeat;
mod send_task_success;
mod start_execution;
mod start_sync_execution;
mod stop_execution;
mod tag_resource;
mod untag_resource;
mod update_map_run;
mod update_state_machine;
mod update_state_machine_alias;
mod validate_state_machine_definition;

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use super::activities::Activity;
use super::executions::Entry;
use super::input::Input;
use super::{Answer, Service};
use crate::aws::{ArnKind, Error};
use crate::engine::StateMachineType;

/// An answer that may take its time.
pub(super) type Pending = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Performs an operation; `None` where there is none of that name.
pub(super) fn perform(service: &Arc<Service>, operation: &str, input: Input) -> Option<Pending> {
    Some(match operation {
        "CreateActivity" => done(create_activity::call(service, &input)),
        "CreateStateMachine" => done(create_state_machine::call(service, &input)),
        "CreateStateMachineAlias" => done(create_state_machine_alias::call(service, &input)),
        "DeleteActivity" => done(delete_activity::call(service, &input)),
        "DeleteStateMachine" => done(delete_state_machine::call(service, &input)),
        "DeleteStateMachineAlias" => done(delete_state_machine_alias::call(service, &input)),
        "DeleteStateMachineVersion" => done(delete_state_machine_version::call(service, &input)),
        "DescribeActivity" => done(describe_activity::call(service, &input)),
        "DescribeExecution" => done(describe_execution::call(service, &input)),
        "DescribeMapRun" => done(describe_map_run::call(service, &input)),
        "DescribeStateMachine" => done(describe_state_machine::call(service, &input)),
        "DescribeStateMachineAlias" => done(describe_state_machine_alias::call(service, &input)),
        "DescribeStateMachineForExecution" => {
            done(describe_state_machine_for_execution::call(service, &input))
        }
        "GetActivityTask" => Box::pin(get_activity_task::call(service.clone(), input)),
        "GetExecutionHistory" => done(get_execution_history::call(service, &input)),
        "ListActivities" => done(list_activities::call(service, &input)),
        "ListExecutions" => done(list_executions::call(service, &input)),
        "ListMapRuns" => done(list_map_runs::call(service, &input)),
        "ListStateMachineAliases" => done(list_state_machine_aliases::call(service, &input)),
        "ListStateMachineVersions" => done(list_state_machine_versions::call(service, &input)),
        "ListStateMachines" => done(list_state_machines::call(service, &input)),
        "ListTagsForResource" => done(list_tags_for_resource::call(service, &input)),
        "PublishStateMachineVersion" => done(publish_state_machine_version::call(service, &input)),
        "RedriveExecution" => done(redrive_execution::call(service, &input)),
        "SendTaskFailure" => Box::pin(send_task_failure::call(service.clone(), input)),
        "SendTaskHeartbeat" => Box::pin(send_task_heartbeat::call(service.clone(), input)),
        "SendTaskSuccess" => Box::pin(send_task_success::call(service.clone(), input)),
        "StartExecution" => done(start_execution::call(service, &input)),
        "StartSyncExecution" => Box::pin(start_sync_execution::call(service.clone(), input)),
        "StopExecution" => Box::pin(stop_execution::call(service.clone(), input)),
        "TagResource" => done(tag_resource::call(service, &input)),
        "UntagResource" => done(untag_resource::call(service, &input)),
        "UpdateMapRun" => done(update_map_run::call(service, &input)),
        "UpdateStateMachine" => done(update_state_machine::call(service, &input)),
        "UpdateStateMachineAlias" => done(update_state_machine_alias::call(service, &input)),
        "ValidateStateMachineDefinition" => {
            done(validate_state_machine_definition::call(service, &input))
        }
        _ => return None,
    })
}

fn done(answer: Answer) -> Pending {
    Box::pin(ready(answer))
}

/// The execution that a request names.
fn execution(service: &Service, input: &Input) -> Result<Arc<Entry>, Error> {
    input.arn("executionArn", &[ArnKind::Execution])?;
    service.book().execution(input.required("executionArn"))
}

/// The activity that a request names.
fn activity(service: &Service, input: &Input) -> Result<Arc<Activity>, Error> {
    input.arn("activityArn", &[ArnKind::Activity])?;
    let arn = input.required("activityArn");
    let activity = service.book().activities.get(arn).cloned();
    activity.ok_or_else(|| Error::no_activity(arn))
}

/// The type of machine that a request asks for.
fn kind(input: &Input) -> StateMachineType {
    match input.text("type") {
        Some("EXPRESS") => StateMachineType::Express,
        _ => StateMachineType::Standard,
    }
}
