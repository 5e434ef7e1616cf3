"""A school is deleted with all that it has, and nothing of any other school; a crash costs nothing but time."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import operate.handler as door
from latchkey.codes.model.codes import code
from latchkey.people.model.person import Person
from latchkey.sends.model.domains import DomainCounts
from latchkey.sends.model.trust import Trust
from latchkey.shared.stores.counters import Budget
from latchkey.shared.stores.dynamo import Table
from latchkey.sign_in.stores.sessions import Session
from latchkey.sso.model.connection import Connection, SecretRef
from tests.support.mail_road import Context, MailRoad
from tests.support.system import START

pytestmark = pytest.mark.moto


TABLES = ("directory", "credentials", "sessions", "activity")


@pytest.fixture
def operate(road: MailRoad) -> Any:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))

    def ask(seconds: float = 120, **event: Any) -> Any:
        given = {"command": "delete_school", "school": "northbridge", **event}
        return json.loads(json.dumps(door.handle(given, Context(seconds))))

    return ask


def fill(road: MailRoad, school: str) -> None:
    """Something of every kind that a school has."""
    portal, console = road.system.wiring("portal"), road.system.wiring("console")
    ann = Person(id="a" * 20, role="student", given_name="Ann", family_name="Lee", number=1, email_key="e" * 32)
    road.system.wiring("read_roster").directory(school).put_new([ann])
    credentials = portal.credentials(school)
    for table, put in (credentials.password_of(ann.id, "$argon2id$", START), credentials.name_of("f" * 32, ann.id, None)):
        table.put(put)
    portal.sessions(school).put(
        Session(person=ann.id, hash="a" * 64, version=0, stamp="s", created_at=START, seen_at=START, expires_at=START + 60)
    )
    portal.counters("CREDENTIALS_TABLE", school).count(Budget("sign-in", 10, 900), "key", START)
    console.audit(school).record("x", "send.start", START)
    portal.audit(school).record("x", "sign_in.done", START)
    portal.audit(school).tally("portal", "sign_in.refused", START, {"people": "others"})
    feedback = road.system.wiring("mail_feedback")
    feedback.mail_domains(school).add([{"x.example": DomainCounts(sent=1)}], START)
    console.trusts(school).make(Trust(id="01jhm6qk00zzzzzzzzzzzzzzzz", domain="x.example", created_at=START, created_by=ann.id))
    secret = console.client_secrets.name(school, "01jhm6qk00zzzzzzzzzzzzzzzz")
    google = Connection(name="google", kind="google", label="Google", roles=(), secret=SecretRef(name=secret))
    console.connections(school).add(google)
    console.client_secrets.put(secret, "of the client")
    console.claims(school).claim("send", "k" * 32, "01jhm6qk00zzzzzzzzzzzzzzzz", START)
    s3 = console.client("s3")
    for setting, key in (
        ("EXPORTS_BUCKET", f"exports/{school}/1/a.csv"),
        ("EXPORTS_BUCKET", f"recipients/{school}/1/a.csv"),
        ("EXPORTS_BUCKET", f"schools/{school}/1/README.txt"),
        ("UPLOADS_BUCKET", f"rosters/{school}/1/a"),
        ("PAGES_BUCKET", f"schools/{school}"),
    ):
        s3.put_object(Bucket=road.system.environment[setting], Key=key, Body=b"x")


def test_the_secrets_of_its_providers_go_too_and_no_other_schools(road: MailRoad, operate: Any) -> None:
    road.system.school("southgate")
    fill(road, "northbridge")
    fill(road, "southgate")
    kept = road.system.clients("secretsmanager").kept
    assert len(kept) == 2
    assert operate()["ok"]
    assert len(kept) == 2, "it only counts"
    assert operate(confirm="northbridge")["ok"]
    assert list(kept) == ["latchkey/sso/southgate/01jhm6qk00zzzzzzzzzzzzzzzz"]


def keys(road: MailRoad, school: str) -> list[str]:
    """The keys of all items and files that name a school, whichever way."""
    dynamodb, s3 = road.system.wiring("operate").client("dynamodb"), road.system.wiring("operate").client("s3")
    found = []
    for name in TABLES:
        items = dynamodb._client.scan(TableName=road.system.environment[f"{name.upper()}_TABLE"])["Items"]
        found += [f"{item['pk']['S']}|{item['sk']['S']}" for item in items]
    for setting in ("EXPORTS_BUCKET", "UPLOADS_BUCKET", "PAGES_BUCKET"):
        listed = s3._client.list_objects_v2(Bucket=road.system.environment[setting]).get("Contents", [])
        found += [each["Key"] for each in listed]
    return sorted(key for key in found if school in key.replace("#", "/").replace("|", "/").split("/"))


def pieces(operate: Any, **event: Any) -> Iterator[dict[str, Any]]:
    """All answers of a command that is repeated until it is done."""
    following = None
    while True:
        answer = operate(next=following, **event)
        assert answer["ok"], answer
        yield answer
        following = answer["next"]
        if following is None:
            return


def total(answers: Iterator[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for answer in answers:
        counts.update(answer["counts"])
    return counts


@pytest.fixture
def both(road: MailRoad) -> None:
    road.system.school("northbridge-2")
    for school in ("northbridge", "northbridge-2"):
        fill(road, school)


@pytest.mark.usefixtures("both")
def test_all_of_one_school_goes_and_nothing_of_another(road: MailRoad, operate: Any) -> None:
    theirs = keys(road, "northbridge-2")
    assert len(theirs) == 18
    assert total(pieces(operate, confirm="northbridge"))["people"] == 1
    assert keys(road, "northbridge") == ["northbridge|ENDED"]
    assert keys(road, "northbridge-2") == theirs
    assert total(pieces(operate, confirm="northbridge")) == {}


@pytest.mark.usefixtures("both")
def test_without_its_name_typed_it_only_counts(road: MailRoad, operate: Any) -> None:
    before = keys(road, "northbridge")
    counts = total(pieces(operate))
    assert counts == {
        "schools": 1,
        "people": 1,
        "passwords": 1,
        "usernames": 1,
        "single sign-on": 1,
        "sessions": 1,
        "counters": 1,
        "events": 3,
        "counts of mail by domain": 1,
        "trusted domains": 1,
        "other items": 1,
        "files of login details": 1,
        "files of recipients": 1,
        "files of exported schools": 1,
        "uploaded files": 1,
        "copies of pages": 1,
    }
    assert keys(road, "northbridge") == before
    for typed in ("northbridge-2", "Northbridge", "yes", True, ""):
        assert not operate(confirm=typed)["ok"]
    assert keys(road, "northbridge") == before


@pytest.mark.usefixtures("both")
def test_a_crash_anywhere_leaves_what_the_same_command_finishes(road: MailRoad, operate: Any) -> None:
    """Each delete of a batch breaks off once after it was made; the command is given again from the start."""
    original, broken = Table.delete_many, []

    def break_once(self: Table, found: Any) -> None:
        original(self, found)
        if self.name not in broken:
            broken.append(self.name)
            raise KeyboardInterrupt

    road.monkeypatch.setattr(Table, "delete_many", break_once)
    for _ in range(len(TABLES)):
        with pytest.raises(KeyboardInterrupt):
            total(pieces(operate, confirm="northbridge"))
    total(pieces(operate, confirm="northbridge"))
    assert sorted(broken) == sorted(road.system.environment[f"{name.upper()}_TABLE"] for name in TABLES)
    assert keys(road, "northbridge") == ["northbridge|ENDED"]


@pytest.mark.usefixtures("both")
def test_a_call_without_time_says_where_to_go_on(operate: Any) -> None:
    answer = operate(seconds=1, confirm="northbridge")
    assert (answer["places"], answer["next"]) == (0, {"place": 0, "start": None})


@pytest.mark.parametrize("cursor", [7, "x", [], {"place": -1}, {"place": 99}, {"place": "0"}])
def test_a_place_that_no_call_gave_is_refused(operate: Any, cursor: Any) -> None:
    assert "earlier call" in operate(next=cursor)["error"]


def test_a_school_whose_send_is_not_over_is_not_deleted(road: MailRoad, operate: Any) -> None:
    road.person(1)
    road.start()
    assert "Cancel it" in operate(confirm="northbridge")["error"]
    assert road.system.wiring("operate").schools.get("northbridge") is not None


@pytest.mark.parametrize("school", ["nowhere", None, "SCHOOLS", {"S": "x"}])
def test_a_school_that_never_was_is_refused(operate: Any, school: Any) -> None:
    assert operate(school=school, confirm=school)["error"] == "There is no such school."


def test_what_a_deleted_school_has_mailed_and_printed_opens_nothing_of_the_next_one(road: MailRoad, operate: Any) -> None:
    """The same roster makes the same ids and numbers again, from version 0 and generation 1 on."""
    portal = road.system.wiring("portal")
    total(pieces(operate, confirm="northbridge"))
    again = {"command": "make_school", "school": {"slug": "northbridge", "name": "Northbridge"}}
    assert door.handle(again, Context())["ok"]
    school = portal.schools.get("northbridge")
    assert school is not None
    assert (school.link_epoch, school.code_epoch) == (1, 1)
    assert code("pin", 1, 1, portal.code_key("northbridge", 1)) != code("pin", 1, 1, portal.code_key("northbridge", 0))
