"""One call of the stack's operate function.

boto3's own retries are off: they would invoke again after a timeout, whatever the command is. Here a call is made again only if
it cannot have begun, or if doing it twice is as good as once (events.is_repeatable).
"""

import json
import time
from collections.abc import Mapping
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from infra.local.trouble import Trouble
from infra.operator.events import is_repeatable

FUNCTION: Final = "OperateFunction"
LONGEST: Final = 120  # seconds that the function may take, as template.yaml says
CONFIG: Final = Config(connect_timeout=10, read_timeout=LONGEST + 30, retries={"mode": "standard", "total_max_attempts": 1})
TRIES: Final = 4
PAUSE: Final = 3.0  # seconds before the second try; each later one waits twice as long
_NOT_BEGUN: Final = (EndpointConnectionError, ConnectTimeoutError)
_UNKNOWN: Final = (ReadTimeoutError, ConnectionClosedError)
_THROTTLED: Final = {"TooManyRequestsException", "ThrottlingException"}
_SERVER: Final = 500


class Refusal(Trouble):
    """The function has said no, in a sentence; ``again``: a service was busy."""

    def __init__(self, sentence: str, *, again: bool = False) -> None:
        super().__init__(sentence)
        self.again = again


def operate(session: boto3.Session, stack: str, event: Mapping[str, Any], endpoint_url: str | None = None) -> dict[str, Any]:
    """Invoke the stack's operate function with {"command": ..., ...} and answer what it answers.

    Raises Trouble where the stack, the function or the right to invoke it is missing, or where the answer is a refusal.
    """
    try:
        name = _function_name(session, stack, endpoint_url)
    except (ClientError, BotoCoreError) as error:
        raise Trouble(f"The stack {stack!r} could not be asked: {error}") from error
    client, pause = session.client("lambda", endpoint_url=endpoint_url, config=CONFIG), PAUSE
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            return _once(client, name, event)
        except (ClientError, BotoCoreError) as error:
            if not tries_left or not _may_repeat(error, event):
                raise Trouble(_sentence(stack, error, event)) from error
        except Refusal as refusal:
            if not tries_left or not refusal.again or not is_repeatable(event):
                raise
        time.sleep(pause)
        pause *= 2
    raise AssertionError  # the last try answers or raises


def _once(client: Any, name: str, event: Mapping[str, Any]) -> dict[str, Any]:
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    result = json.loads(answer["Payload"].read() or "null")
    if answer.get("FunctionError") or not isinstance(result, dict):
        raise Trouble(f"The function {name} failed; its log says why.")
    if not result.get("ok"):
        sentence = result.get("error") or f"The function {name} refused without a reason; its log may say more."
        raise Refusal(sentence, again=result.get("again") is True)
    return result


def _may_repeat(error: Exception, event: Mapping[str, Any]) -> bool:
    if isinstance(error, _NOT_BEGUN):
        return True
    if isinstance(error, ClientError):
        if error.response["Error"].get("Code") in _THROTTLED:
            return True
        return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER and is_repeatable(event)
    return isinstance(error, _UNKNOWN) and is_repeatable(event)


def _sentence(stack: str, error: Exception, event: Mapping[str, Any]) -> str:
    if isinstance(error, _UNKNOWN) and not is_repeatable(event):
        return (
            f"The stack {stack!r} did not answer in time, so nobody can tell whether it was done. Look before you give the "
            f"command again: {error}"
        )
    return f"The stack {stack!r} could not be asked: {error}"


def _function_name(session: boto3.Session, stack: str, endpoint_url: str | None) -> str:
    formation = session.client("cloudformation", endpoint_url=endpoint_url)
    found = formation.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    named = outputs.get(FUNCTION) or outputs.get(f"{FUNCTION}Name")
    if named:
        return str(named)
    resource = formation.describe_stack_resource(StackName=stack, LogicalResourceId=FUNCTION)
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])
