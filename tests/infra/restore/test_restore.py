"""A school that was deleted comes back from copies of the tables: people sign in, nothing that had ended works again.

On moto, whose restored tables are of the moment at which they are asked for; so the copies are made before the loss.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.trouble import Trouble
from infra.restore import __main__ as command
from infra.restore.copies import Copies, choose_moment, read_moment
from infra.restore.put_back import Walk, _progress
from infra.restore.rules import PASSED
from latchkey.operator.delete_school import delete_school
from latchkey.people.model.person import CodeState, Person
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.stores.items import send_to_item
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.dynamo import pack_item
from tests.support import sam
from tests.support.portal import PASSWORD, Portal, open_portal
from tests.support.system import TestSystem, running_system

AT = "2026-11-20T14:30:00Z"
TABLES = {each: f"{each.title()}Table" for each in ("directory", "credentials", "sessions", "activity")}


@dataclass
class FakeCloud:
    """The test's own services, and a stack that names them. Copies are of now, as with MiniStack."""

    system: TestSystem
    endpoint_url: str | None = "http://moto"
    key_state: str = "Enabled"

    def client(self, service: str) -> Any:
        """A client; of CloudFormation and KMS only what a restore asks."""
        return self if service in {"cloudformation", "kms"} else self.system.clients(service)

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        """The outputs."""
        assert StackName == "latchkey-prod"
        outputs = {name: name for name in TABLES.values()} | {name: name for name in ("LinkKey", "CodeKey", "LookupKey")}
        return {"Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]}]}

    def describe_key(self, KeyId: str) -> Any:  # noqa: N803 - boto3's name
        """A key."""
        return {"KeyMetadata": {"KeyState": self.key_state, "KeyId": KeyId}}


@dataclass
class Drill:
    """A portal, its people, and the command."""

    portal: Portal
    cloud: FakeCloud

    def run(self, **asked: Any) -> int:
        """The command's exit code."""
        options = {"name": "prod", "at": AT, "school": "", "overwrite": False, "yes": False, "remove": False}
        return command.restore(self.cloud, "latchkey-prod", argparse.Namespace(**options | asked))  # type: ignore[arg-type]

    def lose(self, school: str = "northbridge") -> None:
        """The operator has deleted the wrong school."""
        operate = self.portal.system.wiring("operate")
        while (piece := delete_school(operate, school, school, None, lambda: 900.0)).next is not None:
            assert piece

    def items(self, table: str) -> dict[tuple[str, str], dict[str, Any]]:
        """What stands in a table."""
        found = self.portal.system.clients("dynamodb").scan(TableName=table)["Items"]
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in found}

    def tables(self) -> list[str]:
        """All tables that there are."""
        names: list[str] = self.portal.system.clients("dynamodb").list_tables()["TableNames"]
        return names


@pytest.fixture
def drill(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    with running_system(moto=True) as system, open_portal(system, monkeypatch) as portal:
        for name in TABLES.values():
            on = {"PointInTimeRecoveryEnabled": True}
            system.clients("dynamodb").update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=on)
        monkeypatch.setattr("infra.restore.put_back.time.time", system.clock)
        yield Drill(portal, FakeCloud(system))


def pupil(drill: Drill, name: str = "ann", **facts: Any) -> Person:
    return drill.portal.add(name, email=f"{name}@x.example", **facts)


def running(drill: Drill) -> Send:
    made = Send(
        id=new_id(drill.portal.wiring.now()),
        kind="password_link",
        state="running",
        origin="admin",
        created_at=drill.portal.wiring.now(),
        created_by="a" * 20,
        selection=Selection(filter={}),
        chunks=1,
        counts={"planned": 2},
    )
    drill.portal.system.wiring("console").sends("northbridge").make(made)
    return made


def test_a_school_that_was_deleted_comes_back_and_its_people_sign_in(drill: Drill, capsys: pytest.CaptureFixture[str]) -> None:
    ann = pupil(drill, number=7, pin=CodeState(generation=1, expires_at=2_000_000_000))
    other = drill.portal.add("ben", "southgate", role="teacher")
    send, pin = running(drill), drill.portal.code(ann, "pin")
    session = drill.portal.sign_in("ann@x.example").json_body["token"]
    link = drill.portal.token(drill.portal.person(ann))
    assert drill.run() == 0, "the copies, while all is well"
    over = replace(send, state="finished", finished_at=send.created_at + 60)
    drill.portal.system.clients("dynamodb").put_item(TableName="ActivityTable", Item=pack_item(send_to_item("northbridge", over)))
    drill.lose()
    drill.portal.system.clock.now += 61  # a portal knows its schools for a minute
    assert drill.portal.sign_in("ann@x.example").status_code == 404
    before = {name: drill.items(name) for name in TABLES.values()}

    assert drill.run(school="northbridge") == 0
    said = capsys.readouterr().out
    assert {name: drill.items(name) for name in TABLES.values()} == before, "without YES nothing is changed"
    assert "1  people missing" in said
    assert "Nothing was changed" in said
    assert f"AT={AT} SCHOOL=northbridge YES=1" in said

    assert drill.run(school="northbridge", yes=True) == 0
    drill.portal.system.clock.now += 61
    assert drill.portal.sign_in("ann@x.example", PASSWORD).status_code == 201
    assert drill.portal.get("/account", authorization=f"Bearer {session}").status_code == 401, "sessions stay ended"
    refused = drill.portal.post("/password-links/check", {"token": link})
    assert (refused.status_code, refused.json_body["code"]) == (410, "replaced"), "older links stay dead"
    assert drill.portal.redeem(pin).status_code == 201, "paper that is out goes on working"
    found = drill.portal.system.wiring("console").sends("northbridge").get(send.id)
    assert found is not None
    assert (found.state, found.reason) == ("paused", "restored"), "nobody is mailed again by itself"
    assert drill.portal.person(other, "southgate").version == other.version, "the other school is left alone"
    events = drill.portal.system.wiring("console").audit("northbridge").page()[0]
    (event,) = (each for each in events if each["action"] == "data.restore")
    assert event["facts"]["people"] == 1
    assert not drill.portal.system.messages("PLAN_QUEUE")


def test_run_again_it_goes_on_and_puts_nothing_back_twice(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [pupil(drill, f"pupil{number}", password=None) for number in range(30)]
    drill.run()
    drill.lose()
    honest, left = Walk._write, [20]

    def breaks(self: Walk, write: Any) -> bool:
        left[0] -= 1
        if left[0] < 0:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "x"}}, "PutItem")
        return honest(self, write)

    with monkeypatch.context() as broken:
        broken.setattr(Walk, "_write", breaks)
        with pytest.raises(ClientError):
            drill.run(yes=True)
    assert ("northbridge", "SCHOOL") not in drill.items("DirectoryTable"), "the school comes last"
    assert drill.run(yes=True) == 0
    assert {drill.portal.person(each).version for each in people} == {PASSED}
    after = drill.items("DirectoryTable")
    assert drill.run(yes=True) == 0
    assert drill.items("DirectoryTable") == after


def test_whoever_is_there_is_left_alone_unless_facts_are_to_be_overwritten(drill: Drill) -> None:
    ann, head = pupil(drill, year_group="7"), pupil(drill, "head", role="teacher", is_admin=True)
    drill.run()
    directory = drill.portal.system.clients("dynamodb")
    for person, facts in ((ann, {"year_group": "8", "status": "left"}), (head, {"is_admin": False})):
        for name, value in facts.items():
            directory.update_item(
                TableName="DirectoryTable",
                Key={"pk": {"S": f"northbridge#P#{person.id}"}, "sk": {"S": "PERSON"}},
                UpdateExpression="SET #n = :v, last_login_at = :l",
                ExpressionAttributeNames={"#n": name},
                ExpressionAttributeValues={":v": {"BOOL": value} if isinstance(value, bool) else {"S": value}, ":l": {"N": "5"}},
            )
    later = pupil(drill, "later")
    assert drill.run(yes=True) == 0
    assert drill.portal.person(ann).status == "left"
    assert drill.run(yes=True, overwrite=True) == 0
    found = drill.portal.person(ann)
    assert (found.status, found.year_group, found.last_login_at, found.version) == ("active", "7", 5, ann.version + 1)
    assert drill.portal.person(head).is_admin is False, "nobody becomes an admin by it"
    assert drill.portal.person(later) == later, "nobody is taken away"


@pytest.mark.parametrize("slug", ["northbrigde", "north"])
def test_a_school_that_was_not_there_is_said_before_anything_is_written(drill: Drill, slug: str) -> None:
    with pytest.raises(Trouble, match=f"no school '{slug}'.*northbridge, southgate"):
        drill.run(school=slug, yes=True)


def test_a_key_that_does_not_compute_stops_it(drill: Drill, capsys: pytest.CaptureFixture[str]) -> None:
    drill.cloud.key_state = "PendingDeletion"
    assert drill.run(yes=True) == 1
    assert "cancel-key-deletion" in capsys.readouterr().out


def test_copies_go_only_when_the_stacks_own_tables_can_be_restored(drill: Drill) -> None:
    drill.run()
    copies = [name for name in drill.tables() if "restore" in name]
    assert sorted(copies) == [f"latchkey-prod-restore-20261120T143000Z-{each}" for each in sorted(TABLES)]
    off = {"PointInTimeRecoveryEnabled": False}
    change = drill.portal.system.clients("dynamodb").update_continuous_backups
    change(TableName="ActivityTable", PointInTimeRecoverySpecification=off)
    with pytest.raises(Trouble, match="the copy of activity stays"):
        drill.run(remove=True)
    assert drill.run() == 1, "and nothing is put back, for it could not be taken back"
    change(TableName="ActivityTable", PointInTimeRecoverySpecification=off | {"PointInTimeRecoveryEnabled": True})
    assert drill.run(remove=True) == 0
    assert sorted(drill.tables()) == sorted(TABLES.values())


def test_a_table_that_is_gone_keeps_the_copies(drill: Drill) -> None:
    drill.run()
    drill.portal.system.clients("dynamodb").delete_table(TableName="ActivityTable")
    with pytest.raises(Trouble, match="the copy of activity stays"):
        drill.run(remove=True)


@pytest.mark.parametrize("said", ["yesterday", "2026-11-20 14:30", "2026-11-20T14:30:00+01:00", "2026-13-20T14:30:00Z", ""])
def test_a_moment_is_said_in_one_way(said: str) -> None:
    with pytest.raises(Trouble):
        read_moment(said)


@dataclass
class Windows:
    """Four tables and the moments to which they can be restored."""

    last: dict[str, datetime]
    endpoint_url: None = None

    def client(self, _service: str) -> "Windows":
        """DynamoDB."""
        return self

    def describe_continuous_backups(self, TableName: str) -> Any:  # noqa: N803 - boto3's name
        """Point-in-time recovery."""
        on = TableName in self.last
        first, last = datetime(2026, 11, 1, tzinfo=UTC), self.last.get(TableName)
        window = {"EarliestRestorableDateTime": first, "LatestRestorableDateTime": last} if on else {}
        state = {"PointInTimeRecoveryStatus": "ENABLED" if on else "DISABLED", **window}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": state}}


def test_the_moment_is_one_that_all_four_tables_can_be_restored_to() -> None:
    last = {name: datetime(2026, 11, 20, 14, minute, 3, 7, tzinfo=UTC) for minute, name in enumerate(TABLES.values(), 30)}
    cloud: Any = Windows(last)
    assert choose_moment(cloud, TABLES, None) == datetime(2026, 11, 20, 14, 30, 3, tzinfo=UTC)
    assert choose_moment(cloud, TABLES, datetime(2026, 11, 2, tzinfo=UTC)) == datetime(2026, 11, 2, tzinfo=UTC)
    for wanted in (datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 20, 14, 31, tzinfo=UTC)):
        with pytest.raises(Trouble, match="2026-11-01T00:00:01Z to 2026-11-20T14:30:03Z"):
            choose_moment(cloud, TABLES, wanted)
    del last["ActivityTable"]
    with pytest.raises(Trouble, match="ActivityTable has no point-in-time recovery"):
        choose_moment(cloud, TABLES, None)


def test_tables_that_are_being_made_are_waited_for(drill: Drill) -> None:
    copies: Any = Copies(drill.cloud, "latchkey-prod", TABLES, read_moment(AT))  # type: ignore[arg-type]
    copies.make()
    dynamodb, states, notes = drill.portal.system.clients("dynamodb"), ["CREATING", "ACTIVE"], list[str]()

    class Slow:
        def describe_table(self, TableName: str) -> Any:  # noqa: N803 - boto3's name
            found = dynamodb.describe_table(TableName=TableName)
            found["Table"]["TableStatus"] = states[0] if TableName.endswith("activity") else "ACTIVE"
            return found

    copies.__dict__["_dynamodb"] = Slow()
    copies.wait(notes.append, lambda _: states.pop(0) and None)
    assert len(notes) == 1
    assert "activity" in notes[0]


@pytest.mark.parametrize(
    ("done", "seconds", "said"),
    [
        (50, 1, "50 of 9,000 items put back"),
        (3000, 30, "3,000 of 9,000 items put back, about 60 seconds left"),
        (1000, 60, "1,000 of 9,000 items put back, about 8 minutes left"),
        (9000, 60, "9,000 of 9,000 items put back"),
    ],
)
def test_progress_says_how_long_the_rest_takes(done: int, seconds: float, said: str) -> None:
    assert _progress(done, 9_000, seconds) == said


def test_every_table_of_the_template_has_a_copy_and_recovery() -> None:
    tables = sam.resources("AWS::DynamoDB::Table")
    assert sorted(tables) == sorted(TABLES.values())
    assert all(each["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True} for each in tables.values())


def test_the_example_policy_allows_what_a_restore_does_and_no_more(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside it stands what AWS itself asks of whoever restores a table: to be allowed to fill the copy."""
    made, client = set(), drill.portal.system.clients("dynamodb")

    def note(model: Any, params: Any, **_: Any) -> None:
        made.add(("restore" if "-restore-" in str(params.get("body")) else "own", f"dynamodb:{model.name}"))

    client.meta.events.register("before-call.dynamodb", note, unique_id="restore")
    try:
        ann = pupil(drill)
        made.clear()
        drill.run()
        key = {"pk": {"S": f"northbridge#P#{ann.id}"}, "sk": {"S": "PERSON"}}
        change, values = "SET given_name = :v", {":v": {"S": "Anna"}}
        client.meta.events.unregister("before-call.dynamodb", unique_id="restore")
        client.update_item(TableName="DirectoryTable", Key=key, UpdateExpression=change, ExpressionAttributeValues=values)
        drill.lose("southgate")
        client.meta.events.register("before-call.dynamodb", note, unique_id="restore")
        drill.run(yes=True, overwrite=True)
        drill.run(remove=True)
    finally:
        client.meta.events.unregister("before-call.dynamodb", unique_id="restore")
    policy = json.loads((sam.ROOT / "docs/examples/restorer-policy.json").read_text())
    allowed = {
        each["Sid"]: set(each["Action"] if isinstance(each["Action"], list) else [each["Action"]]) for each in policy["Statement"]
    }
    copying, copies, own = allowed["Copy"], allowed["FillAndReadAndDeleteCopies"], allowed["PutBackAndNeverDelete"]
    assert {action for whose, action in made if whose == "own"} <= copying | own
    assert {action for whose, action in made if whose == "restore"} <= copying | copies
    asked_by_aws = {f"dynamodb:{each}" for each in ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")}
    assert copying | own | (copies - asked_by_aws) <= {action for _, action in made} | {"dynamodb:DescribeContinuousBackups"}
    assert not any("Delete" in action for action in own)
