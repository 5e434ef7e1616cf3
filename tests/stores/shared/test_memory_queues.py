"""The queues in memory do as moto's where the product and the tests ask them."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.system import TestSystem, running_system


@pytest.fixture(params=["memory", "moto"])
def system(request: pytest.FixtureRequest) -> Iterator[TestSystem]:
    with running_system(moto=request.param == "moto", real=False) as made:
        assert (made.queues is None) == (request.param == "moto")
        yield made


@pytest.fixture
def url(system: TestSystem) -> str:
    return system.environment["PLAN_QUEUE"]


def received(system: TestSystem, url: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = (
        system.clients("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    )
    return messages


def test_messages_come_once_whether_put_alone_or_together(system: TestSystem, url: str) -> None:
    sqs = system.clients("sqs")
    assert sqs.send_message(QueueUrl=url, MessageBody="one", MessageGroupId="a")["MessageId"]
    entries = [{"Id": str(number), "MessageBody": f"of many {number}", "MessageGroupId": "a"} for number in range(10)]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [each["Id"] for each in answer["Successful"]] == [each["Id"] for each in entries]
    assert not answer.get("Failed")
    first, rest = received(system, url), received(system, url)
    assert sorted(each["Body"] for each in first + rest) == sorted(["one", *(each["MessageBody"] for each in entries)])
    assert len({each["ReceiptHandle"] for each in first + rest}) == len({each["MessageId"] for each in first + rest}) == 11
    assert received(system, url) == []


def test_other_queues_have_none_of_them(system: TestSystem, url: str) -> None:
    system.clients("sqs").send_message(QueueUrl=url, MessageBody="one")
    assert received(system, system.environment["DAILY_QUEUE"]) == []


def test_one_message_at_a_time_unless_more_are_asked_for(system: TestSystem, url: str) -> None:
    sqs = system.clients("sqs")
    for body in ("one", "two"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    assert [each["Body"] for each in sqs.receive_message(QueueUrl=url)["Messages"]] == ["one"]


def test_a_delayed_message_is_not_seen_yet(system: TestSystem, url: str) -> None:
    sqs = system.clients("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "later, too", "DelaySeconds": 60}])
    assert received(system, url) == []


def test_what_was_received_is_hidden_until_it_is_shown_again_or_deleted(system: TestSystem, url: str) -> None:
    sqs = system.clients("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="one")
    (message,) = received(system, url)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=60)
    assert received(system, url) == []
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    (again,) = received(system, url)
    assert (again["Body"], again["MessageId"]) == ("one", message["MessageId"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    assert received(system, url) == []


def test_what_no_queue_has_is_an_error(system: TestSystem, url: str) -> None:
    sqs = system.clients("sqs")
    with pytest.raises(ClientError) as unknown:
        sqs.send_message(QueueUrl=url + "x", MessageBody="one")
    with pytest.raises(ClientError) as lost:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle="handle", VisibilityTimeout=0)
    codes = [each.value.response["Error"]["Code"] for each in (unknown, lost)]
    assert codes == ["AWS.SimpleQueueService.NonExistentQueue", "ReceiptHandleIsInvalid"]


def test_a_key_of_a_label_is_the_same_each_time_and_no_others(system: TestSystem) -> None:
    """KMS's MACs, too."""
    kms, made = system.clients("kms"), []
    for key in ("LINK_KEY", "CODE_KEY"):
        for label in (b"a", b"a", b"b"):
            asked = {"KeyId": system.environment[key], "MacAlgorithm": "HMAC_SHA_256", "Message": label}
            made.append(kms.generate_mac(**asked)["Mac"])
    assert [len(each) for each in made] == [32] * 6
    assert made[0] == made[1]
    assert made[3] == made[4]
    assert len(set(made)) == 4
