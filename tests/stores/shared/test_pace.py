"""The pace of one worker: as fast as the table takes it, slower where it refuses, and an end to patience."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from latchkey.errors import TryLater
from latchkey.shared.stores.dynamo import Put, Table, Update
from latchkey.shared.stores.pace import Pace


class Partition:
    """A table whose writes all go to one partition: so many a second, and five minutes' worth of nothing saved up."""

    def __init__(self, each_second: float, *, refuses_all_until: float = 0.0) -> None:
        self.now = 0.0
        self.each_second = each_second
        self.refuses_all_until = refuses_all_until
        self.room = each_second
        self.filled_at = 0.0
        self.written: list[Any] = []
        self.calls = 0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803 - botocore's name
        ((name, requests),) = RequestItems.items()
        taken = self._take(len(requests))
        self.written += requests[:taken]
        if not taken:
            raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "x"}}, "BatchWriteItem")
        return {"UnprocessedItems": {name: requests[taken:]} if taken < len(requests) else {}}

    def transact_write_items(self, *, TransactItems: list[Any]) -> None:  # noqa: N803
        if self._take(len(TransactItems)) < len(TransactItems):
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "x"}}, "TransactWriteItems")
        self.written += TransactItems

    def _take(self, wanted: int) -> int:
        self.calls += 1
        self.now += 0.005
        if self.now < self.refuses_all_until:
            return 0
        self.room = min(self.each_second, self.room + (self.now - self.filled_at) * self.each_second)
        self.filled_at = self.now
        taken = min(wanted, int(self.room))
        self.room -= taken
        return taken


def table(partition: Partition, monkeypatch: pytest.MonkeyPatch) -> Table:
    clock = SimpleNamespace(sleep=partition.sleep, monotonic=lambda: partition.now)
    monkeypatch.setattr("latchkey.shared.stores.pace.time", clock)
    monkeypatch.setattr("latchkey.shared.stores.dynamo.time", clock)
    return Table(partition, "people")


def items(count: int) -> list[dict[str, Any]]:
    return [{"pk": f"p{number}", "sk": "PERSON"} for number in range(count)]


def test_a_table_that_takes_everything_is_never_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    partition, pace = Partition(1e6), Pace()
    table(partition, monkeypatch).write_many(items(5_000), pace)
    assert (len(partition.written), partition.calls) == (5_000, 200)
    assert partition.now == pytest.approx(200 * 0.005)
    assert not pace.is_slow


@pytest.mark.parametrize("each_second", [1_000.0, 300.0, 60.0])
def test_a_partition_is_used_without_asking_it_in_vain(each_second: float, monkeypatch: pytest.MonkeyPatch) -> None:
    partition, pace = Partition(each_second), Pace()
    count = int(each_second * 100)
    table(partition, monkeypatch).write_many(items(count), pace)
    assert len({str(each) for each in partition.written}) == len(partition.written) == count
    assert partition.now < 100 / 0.7, "at least 70 % of what it takes"
    assert partition.calls < 1.7 * count / 25, "which takes some more calls than there are batches"
    assert pace.is_slow


def test_the_pace_grows_again_when_the_partition_has_been_split(monkeypatch: pytest.MonkeyPatch) -> None:
    partition, pace = Partition(100.0), Pace()
    store = table(partition, monkeypatch)
    store.write_many(items(3_000), pace)
    slow = partition.now
    partition.each_second = 1e6
    store.write_many(items(30_000), pace)
    assert partition.now - slow < 30_000 / 500


def test_ten_seconds_of_refusals_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    partition = Partition(1e6, refuses_all_until=10.0)
    table(partition, monkeypatch).write_many(items(100))
    assert len(partition.written) == 100
    assert partition.now < 20


def test_who_knows_no_end_gives_up_after_a_minute_in_which_nothing_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    partition = Partition(1e6, refuses_all_until=1e6)
    with pytest.raises(TryLater):
        table(partition, monkeypatch).write_many(items(100))
    assert 50 < partition.now < 65


def test_who_has_an_end_goes_on_until_half_a_minute_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    partition = Partition(1e6, refuses_all_until=1e6)
    with pytest.raises(TryLater):
        table(partition, monkeypatch).write_many(items(100), Pace(lambda: 600 - partition.now))
    assert 560 < partition.now <= 570


def test_transactions_are_paced_too(monkeypatch: pytest.MonkeyPatch) -> None:
    partition, pace = Partition(200.0, refuses_all_until=10.0), Pace(lambda: 600 - partition.now)
    store = table(partition, monkeypatch)
    for start in range(0, 2_000, 100):
        store.transact([Update(pk=f"p{start + number}", sk="PERSON", set={"a": 1}) for number in range(100)], pace)
    assert len(partition.written) == 2_000
    assert partition.now < 30
    with pytest.raises(TryLater):  # without a pace a table that stays busy is the caller's to wait for
        Table(Partition(0.0), "people").transact([Put(item={"pk": "p", "sk": "PERSON"})])
