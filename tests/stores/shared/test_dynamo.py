"""The table: wire format, conditions, pages, batches and transactions, on moto."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.shared.stores.dynamo import ConditionFailed, Put, Table, Update, pack, pack_item, transact
from latchkey.shared.stores.dynamo_wire import unpack
from tests.support.system import TestSystem

values = st.recursive(
    st.text() | st.integers() | st.booleans() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def table(system: TestSystem) -> Table:
    return system.wiring("portal").table("CREDENTIALS_TABLE")


@given(values)
def test_every_value_survives_the_wire(value: object) -> None:
    assert unpack(pack(value)) == value  # type: ignore[arg-type]


def test_attributes_that_are_none_are_left_out() -> None:
    assert pack_item({"a": None, "b": ""}) == {"b": {"S": ""}}


def test_a_put_under_a_condition_happens_once(table: Table) -> None:
    put = Put(item={"pk": "a", "sk": "b", "n": 1}, when=[("pk", "missing", None)])
    table.put(put)
    with pytest.raises(ConditionFailed) as caught:
        table.put(Put(item={"pk": "a", "sk": "b", "n": 2}, when=[("pk", "missing", None)]))
    assert caught.value.item == {"pk": "a", "sk": "b", "n": 1}
    assert table.get("a", "b") == {"pk": "a", "sk": "b", "n": 1}


def test_an_update_sets_adds_and_removes_at_once(table: Table) -> None:
    table.put(Put(item={"pk": "a", "sk": "b", "old": "x", "n": 1, "map": {"k": 1}}))
    after = table.update(Update(pk="a", sk="b", set={"new": [1, "y"], "old": None}, add={"n": 2}))
    assert after == {"pk": "a", "sk": "b", "new": [1, "y"], "n": 3, "map": {"k": 1}}


def test_a_list_grows_whether_it_was_there_or_not(table: Table) -> None:
    table.put(Put(item={"pk": "a", "sk": "b", "old": ["x"]}))
    after = table.update(Update(pk="a", sk="b", append={"old": ["y"], "new": ["z"]}))
    assert after == {"pk": "a", "sk": "b", "old": ["x", "y"], "new": ["z"]}


def test_members_of_a_map_are_counted_whether_they_were_there_or_not(table: Table) -> None:
    table.put(Put(item={"pk": "a", "sk": "b", "map": {"old": 5}}))
    table.update(Update(pk="a", sk="b", add={"map.old": -2, "map.new": 3}))
    assert table.get("a", "b") == {"pk": "a", "sk": "b", "map": {"old": 3, "new": 3}}


def test_bytes_come_back_from_every_read(table: Table) -> None:
    blob = bytes(range(256))
    table.put(Put(item={"pk": "a", "sk": "b", "blob": blob, "deep": {"list": [blob]}}))
    read = {"pk": "a", "sk": "b", "blob": blob, "deep": {"list": [blob]}}
    assert table.get("a", "b") == read
    assert table.get_many([("a", "b")]) == [read]
    assert table.page("a").items == [read]
    assert table.update(Update(pk="a", sk="b", set={"n": 1})) == read | {"n": 1}
    with pytest.raises(ConditionFailed) as caught:
        table.put(Put(item=read, when=[("pk", "missing", None)]))
    assert caught.value.item == read | {"n": 1}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (("n", "=", 1), True),
        (("n", "=", None), False),
        (("gone", "=", None), True),
        (("n", "<=", 1), True),
        (("n", "<>", 1), False),
        (("n", "exists", None), True),
        (("gone", "exists", None), False),
    ],
)
def test_conditions(table: Table, condition: tuple[str, str, object], holds: bool) -> None:
    table.put(Put(item={"pk": "a", "sk": "b", "n": 1}))
    update = Update(pk="a", sk="b", set={"hit": True}, when=[condition])
    if holds:
        assert table.update(update)["hit"] is True
    else:
        with pytest.raises(ConditionFailed):
            table.update(update)


def test_pages_give_everything_in_order_once(table: Table) -> None:
    table.write_many({"pk": "a", "sk": f"{n:03d}"} for n in range(60))
    table.write_many([{"pk": "b", "sk": "other"}])
    first = table.page("a", limit=25)
    assert [item["sk"] for item in first.items] == [f"{n:03d}" for n in range(25)]
    assert first.next is not None
    second = table.page("a", limit=25, start=first.next)
    assert second.items[0]["sk"] == "025"
    assert [item["sk"] for page in table.pages("a", limit=7) for item in page] == [f"{n:03d}" for n in range(60)]
    assert [item["sk"] for item in table.page("a", limit=2, newest_first=True).items] == ["059", "058"]
    assert len(table.page("a", prefix="00").items) == 10


def test_many_are_read_at_once_and_missing_ones_are_left_out(table: Table) -> None:
    table.write_many({"pk": "a", "sk": f"{n:03d}"} for n in range(120))
    found = table.get_many([("a", f"{n:03d}") for n in range(130)] + [("a", "000")])
    assert sorted(item["sk"] for item in found) == [f"{n:03d}" for n in range(120)]


def test_a_transaction_happens_whole_or_not_at_all(system: TestSystem, table: Table) -> None:
    table.put(Put(item={"pk": "a", "sk": "1", "n": 1}))
    client = system.wiring("portal").client("dynamodb")
    wrong = Update(pk="a", sk="1", set={"n": 2}, when=[("n", "=", 7)])
    with pytest.raises(ConditionFailed) as caught:
        transact(client, [(table, Put(item={"pk": "a", "sk": "2"})), (table, wrong)])
    assert caught.value.item == {"pk": "a", "sk": "1", "n": 1}
    assert table.get("a", "2") is None
    right = Update(pk="a", sk="1", set={"n": 2}, when=[("n", "=", 1)])
    transact(client, [(table, Put(item={"pk": "a", "sk": "2"})), (table, right)])
    assert table.get("a", "2") is not None


def test_a_counter_raised_by_many_at_once_loses_nothing(table: Table) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: table.update(Update(pk="a", sk="b", add={"n": 1})), range(100)))
    item = table.get("a", "b")
    assert item is not None
    assert item["n"] == 100
