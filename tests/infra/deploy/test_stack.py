"""The stack: what the SAM CLI is told, what is said when it fails, and that nothing precious can be replaced or deleted."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import stack as module
from infra.deploy.cloud import Cloud
from infra.deploy.stack import POLICY, Stack, reason
from infra.local.trouble import Trouble
from tests.support.clouds import Answers

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def answers() -> Answers:
    return Answers()


def described(answers: Answers, status: str | None, **said: Any) -> None:
    found = {"Stacks": [{"StackName": "latchkey-prod", "StackStatus": status, "CreationTime": LONG_AGO, **said}]}
    answers.add("cloudformation", "describe_stacks", found if status else "ValidationError", {"StackName": "latchkey-prod"})


def stack(answers: Answers, **more: Any) -> Stack:
    return Stack(answers.cloud, "latchkey-prod", Path("deploy.log"), **more)


class FakeSam:
    """In the place of the SAM CLI: remembers what it was told, and ends as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: int = 0, said: Sequence[str] = ()) -> None:
        self.command: list[str] = []
        self._end = code, list(said)
        monkeypatch.setattr(module, "find_tool", lambda _: "/bin/sam")
        monkeypatch.setattr(module, "run_logged", self.run)

    def run(
        self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path, note: Callable[[str], None]
    ) -> tuple[int, list[str]]:
        self.command = list(command)
        return self._end


def after(command: list[str], option: str) -> str:
    return command[command.index(option) + 1]


def test_the_sam_cli_is_told_everything_and_asks_nothing(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = FakeSam(monkeypatch)
    stack(answers).deploy(Path("/build/template.yaml"), {"Origin": "https://x.example", "AlarmEmail": ""}, lambda _: None)
    assert after(sam.command, "--stack-name") == "latchkey-prod"
    assert after(sam.command, "--region") == "eu-west-2"
    assert after(sam.command, "--s3-prefix") == "latchkey-prod"
    assert {"--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--language-extensions"} <= set(sam.command)
    assert sam.command[sam.command.index("--capabilities") + 1 :][:2] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    assert sam.command[-2:] == ['Origin="https://x.example"', 'AlarmEmail=""']
    assert "--guided" not in sam.command
    assert "--no-execute-changeset" not in sam.command


def test_a_bucket_of_ones_own_and_a_plan(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = FakeSam(monkeypatch)
    stack(answers, bucket="ours").deploy(Path("/build/template.yaml"), {}, lambda _: None, plan=True)
    assert after(sam.command, "--s3-bucket") == "ours"
    assert "--resolve-s3" not in sam.command
    assert after(sam.command, "--s3-prefix") == "plans/latchkey-prod"
    assert "--no-execute-changeset" in sam.command


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", "the site runs on as before"),
        ("ROLLBACK_COMPLETE", "Nothing of it is in use"),
        ("UPDATE_COMPLETE", "What stood before stands unchanged"),
        ("UPDATE_ROLLBACK_FAILED", "in the state UPDATE_ROLLBACK_FAILED"),
        (None, "No stack was made"),
    ],
)
def test_a_failure_says_why_and_what_stands(
    answers: Answers, monkeypatch: pytest.MonkeyPatch, status: str | None, words: str
) -> None:
    FakeSam(monkeypatch, 1, ["CREATE_FAILED AWS::SQS::Queue PlanQueue no more queues", "Error: it failed"])
    described(answers, status)
    with pytest.raises(Trouble, match=rf"PlanQueue no more queues\. .*{words}.*deploy\.log"):
        stack(answers).deploy(Path("/build/template.yaml"), {}, lambda _: None)


def test_the_first_resource_that_failed_is_the_reason() -> None:
    lines = ["CREATE_COMPLETE A", "CREATE_FAILED   B   is taken", "CREATE_FAILED C cancelled", "Error: failed"]
    assert reason(lines) == "CREATE_FAILED B is taken."
    assert reason(["Error: no such bucket"]) == "Error: no such bucket."


def test_a_missing_sam_cli_is_said(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_tool", lambda _: None)
    with pytest.raises(Trouble, match="SAM CLI is missing"):
        stack(answers).deploy(Path("/build/template.yaml"), {}, lambda _: None)


def test_only_a_change_set_is_no_stack(answers: Answers) -> None:
    described(answers, "REVIEW_IN_PROGRESS")
    assert stack(answers).find() is None


def test_outputs_of_no_stack_are_none(answers: Answers) -> None:
    described(answers, None)
    described(answers, "CREATE_COMPLETE", Outputs=[{"OutputKey": "Site", "OutputValue": "https://x.example"}])
    assert stack(answers).outputs() == {}
    assert stack(answers).outputs() == {"Site": "https://x.example"}


def test_a_resource_that_is_gone_is_not_owned(answers: Answers) -> None:
    described(answers, "CREATE_COMPLETE")
    kept = {"LogicalResourceId": "ApiAccount", "PhysicalResourceId": "x", "ResourceType": "AWS::ApiGateway::Account"}
    gone = {"LogicalResourceId": "MailIdentityOfSender", "PhysicalResourceId": "y", "ResourceType": "AWS::SES::EmailIdentity"}
    summaries = [
        {**kept, "ResourceStatus": "CREATE_COMPLETE", "LastUpdatedTimestamp": LONG_AGO},
        {**gone, "ResourceStatus": "DELETE_COMPLETE", "LastUpdatedTimestamp": LONG_AGO},
    ]
    answers.add("cloudformation", "list_stack_resources", {"StackResourceSummaries": summaries})
    assert stack(answers).owned() == {"ApiAccount": "x"}


def test_a_first_deploy_that_failed_is_cleared_away(answers: Answers) -> None:
    described(answers, "ROLLBACK_COMPLETE")
    answers.add("cloudformation", "delete_stack", {}, {"StackName": "latchkey-prod"})
    described(answers, None)
    notes: list[str] = []
    stack(answers).clear_the_way(notes.append)
    assert notes == ["removing what a deploy that failed left half made"]
    answers.assert_all_asked()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name latchkey-prod --region eu-west-2"),
        ("DELETE_FAILED", "delete-stack --stack-name latchkey-prod --region eu-west-2"),
        ("UPDATE_IN_PROGRESS", "wait until that has ended"),
    ],
)
def test_a_stack_that_is_stuck_or_busy_is_left_alone(answers: Answers, status: str, words: str) -> None:
    described(answers, status)
    with pytest.raises(Trouble, match=words):
        stack(answers).clear_the_way(lambda _: None)


def test_a_disposable_stack_that_is_stuck_goes(answers: Answers) -> None:
    answers.cloud = Cloud(answers.session, {}, disposable=True)
    described(answers, "UPDATE_ROLLBACK_FAILED")
    unprotected = {"StackName": "latchkey-prod", "EnableTerminationProtection": False}
    answers.add("cloudformation", "update_termination_protection", {}, unprotected)
    answers.add("cloudformation", "delete_stack", {})
    described(answers, None)
    stack(answers).clear_the_way(lambda _: None)
    answers.assert_all_asked()


@pytest.mark.parametrize("status", [None, "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_what_stands_well_is_not_in_the_way(answers: Answers, status: str | None) -> None:
    described(answers, status)
    stack(answers).clear_the_way(lambda _: None)
    answers.assert_all_asked()


def test_it_is_protected(answers: Answers) -> None:
    answers.add("cloudformation", "set_stack_policy", {}, {"StackName": "latchkey-prod", "StackPolicyBody": json.dumps(POLICY)})
    answers.add(
        "cloudformation", "update_termination_protection", {}, {"StackName": "latchkey-prod", "EnableTerminationProtection": True}
    )
    stack(answers).protect()
    answers.assert_all_asked()
