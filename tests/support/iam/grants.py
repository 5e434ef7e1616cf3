"""What roles allow, one action on one resource each, and which of it a record of calls has used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.local.calls import Part
from tests.support.iam.evaluator import decide, like
from tests.support.iam.judge import Judge, keys
from tests.support.iam.roles import Statement

LAMBDAS_OWN = (
    "logs:",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)  # done in the role's name, unseen


@dataclass(frozen=True, order=True)
class Grant:
    """An action that a function's role allows on a resource (by its ARN's last part), by a statement."""

    function: str
    sid: str
    action: str
    resource: str


def grants(roles: Mapping[str, tuple[Statement, ...]]) -> dict[Grant, tuple[Statement, str]]:
    """All grants, each with its statement and its whole resource; without what Lambda itself does in a role's name."""
    return {
        Grant(function, each.sid, action, resource.split(":", 5)[-1]): (each, resource)
        for function, statements in roles.items()
        for each in statements
        for action in each.actions
        for resource in each.resources
        if not action.startswith(LAMBDAS_OWN)
    }


def used(grant: Grant, statement: Statement, resource: str, judge: Judge, calls: Iterable[tuple[str, Part]]) -> bool:
    """Whether one of these calls was allowed by this grant."""
    return any(
        function == grant.function
        and part.action == grant.action
        and (arn := judge.arn(part.resource)) is not None
        and like(resource, arn)
        and decide([statement], part.action, arn, keys(part)).allowed
        for function, part in calls
    )
