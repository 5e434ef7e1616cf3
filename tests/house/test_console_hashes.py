"""The console reaches usernames in the table of password hashes, and no hash: by AWS's rules, which emulators know in part."""

import pytest

from tests.support.iam import roles
from tests.support.iam.evaluator import decide

TABLE = roles.arn("CredentialsTable")
ACTIONS = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "ConditionCheckItem")


def allowed(action: str, key: str, *attributes: str, beside: tuple[str, ...] = ()) -> bool:
    """``beside``: other keys of the same call."""
    named = {"dynamodb:LeadingKeys": (key, *beside), "dynamodb:Attributes": ("pk", "sk", *attributes)}
    return decide(roles.roles()["console"], f"dynamodb:{action}", TABLE, named).allowed


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("key", ["northbridge#P#01234567890000000001", "northbridge#T#sign-in-row#ab", "northbridge"])
def test_nothing_that_can_give_back_or_write_a_hash(action: str, key: str) -> None:
    assert not allowed(action, key)


def test_a_batch_deletes_by_key_and_writes_nothing_more() -> None:
    assert allowed("BatchWriteItem", "northbridge#P#01234567890000000001")
    assert not allowed("BatchWriteItem", "northbridge#P#01234567890000000001", "hash")
    assert not allowed("BatchWriteItem", "northbridge#T#sign-in#ab")


def test_usernames_are_read_and_written() -> None:
    assert all(allowed(action, "northbridge#U#0123") for action in ("GetItem", "PutItem", "BatchGetItem"))
    assert not allowed("BatchGetItem", "northbridge#U#0123", beside=("northbridge#P#01234567890000000001",))
