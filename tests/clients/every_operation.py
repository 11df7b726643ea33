"""Calls every operation of a running server once with boto3, as a program would: `every_operation.py URL`."""

import json
import sys
import threading

import boto3
from botocore.config import Config

ROLE = "arn:aws:iam::123456789012:role/tests"
PASS = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
FAIL = json.dumps({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Oops"}}})
WAIT = json.dumps({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}})

called = set()


def client(url):
    config = Config(retries={"max_attempts": 0}, inject_host_prefix=False)
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    sfn = boto3.client("stepfunctions", endpoint_url=url, region_name="us-east-1", config=config, **keys)
    sfn.meta.events.register("before-call.stepfunctions", lambda model, **_: called.add(model.name))
    return sfn


def ended(sfn, arn):
    while (description := sfn.describe_execution(executionArn=arn))["status"] == "RUNNING":
        pass
    return description


def machines(sfn):
    created = sfn.create_state_machine(name="clients", definition=PASS, roleArn=ROLE, publish=True)
    arn, version = created["stateMachineArn"], created["stateMachineVersionArn"]
    assert sfn.describe_state_machine(stateMachineArn=arn)["definition"] == PASS
    assert arn in [machine["stateMachineArn"] for machine in sfn.list_state_machines()["stateMachines"]]
    changed = json.dumps({**json.loads(PASS), "Comment": "changed"})
    sfn.update_state_machine(stateMachineArn=arn, definition=changed)
    second = sfn.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
    assert len(sfn.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]) == 2
    both = [{"stateMachineVersionArn": version, "weight": 50}, {"stateMachineVersionArn": second, "weight": 50}]
    alias = sfn.create_state_machine_alias(name="live", routingConfiguration=both)["stateMachineAliasArn"]
    sfn.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=[{**both[1], "weight": 100}])
    assert sfn.describe_state_machine_alias(stateMachineAliasArn=alias)["name"] == "live"
    assert sfn.list_state_machine_aliases(stateMachineArn=arn)["stateMachineAliases"]
    sfn.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "b"}])
    assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "a", "value": "b"}]
    sfn.untag_resource(resourceArn=arn, tagKeys=["a"])
    executions(sfn, arn, alias)
    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    sfn.delete_state_machine_version(stateMachineVersionArn=version)
    sfn.delete_state_machine(stateMachineArn=arn)
    assert sfn.validate_state_machine_definition(definition=PASS)["result"] == "OK"


def executions(sfn, arn, alias):
    execution = sfn.start_execution(stateMachineArn=alias, input='{"a": 1}')["executionArn"]
    described = ended(sfn, execution)
    assert (described["status"], json.loads(described["output"])) == ("SUCCEEDED", {"a": 1})
    assert sfn.describe_state_machine_for_execution(executionArn=execution)["name"] == "clients"
    pages = sfn.get_paginator("get_execution_history").paginate(executionArn=execution, PaginationConfig={"PageSize": 2})
    assert [event["id"] for page in pages for event in page["events"]] == [1, 2, 3, 4]
    assert sfn.list_executions(stateMachineArn=arn)["executions"][0]["executionArn"] == execution
    assert sfn.list_map_runs(executionArn=execution)["mapRuns"] == []
    run = "arn:aws:states:us-east-1:123456789012:mapRun:clients/label:id"
    for call in (sfn.describe_map_run, sfn.update_map_run):
        try:
            call(mapRunArn=run)
            raise AssertionError("there is no such map run")
        except sfn.exceptions.ResourceNotFound:
            pass
    express = sfn.create_state_machine(name="express", definition=PASS, roleArn=ROLE, type="EXPRESS")["stateMachineArn"]
    answer = sfn.start_sync_execution(stateMachineArn=express, input="7")
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", "7")
    failing = sfn.create_state_machine(name="failing", definition=FAIL, roleArn=ROLE)["stateMachineArn"]
    failed = sfn.start_execution(stateMachineArn=failing)["executionArn"]
    assert ended(sfn, failed)["error"] == "Oops"
    sfn.redrive_execution(executionArn=failed)
    assert ended(sfn, failed)["redriveCount"] == 1
    waiting = sfn.create_state_machine(name="waiting", definition=WAIT, roleArn=ROLE)["stateMachineArn"]
    stopped = sfn.start_execution(stateMachineArn=waiting)["executionArn"]
    sfn.stop_execution(executionArn=stopped, error="Enough")
    assert ended(sfn, stopped)["status"] == "ABORTED"


def activities(sfn):
    activity = sfn.create_activity(name="work")["activityArn"]
    assert sfn.describe_activity(activityArn=activity)["name"] == "work"
    assert sfn.list_activities()["activities"]
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": activity, "End": True}}})
    machine = sfn.create_state_machine(name="working", definition=definition, roleArn=ROLE)["stateMachineArn"]

    def work(finish):
        task = sfn.get_activity_task(activityArn=activity, workerName="w")
        sfn.send_task_heartbeat(taskToken=task["taskToken"])
        finish(task["taskToken"])

    def round(finish, status):
        worker = threading.Thread(target=work, args=(finish,))
        worker.start()
        execution = sfn.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
        worker.join()
        assert ended(sfn, execution)["status"] == status

    round(lambda token: sfn.send_task_success(taskToken=token, output="1"), "SUCCEEDED")
    round(lambda token: sfn.send_task_failure(taskToken=token, error="Bad"), "FAILED")
    sfn.delete_activity(activityArn=activity)


def main():
    sfn = client(sys.argv[1])
    machines(sfn)
    activities(sfn)
    every = set(sfn.meta.service_model.operation_names) - {"TestState"}
    assert called >= every, f"not called: {sorted(every - called)}"
    print(f"{len(called)} operations were called")


main()
