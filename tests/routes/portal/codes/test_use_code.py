"""Using a code: all or nothing, once or as often as there are places, and nobody learns who else is here."""

import re
import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from latchkey.codes.check_code import check_code
from latchkey.codes.model.codes import voided
from latchkey.codes.use_code import Wishes, use_code
from latchkey.errors import Gone, Invalid, TryLater
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import CodeState, FormerEmail, Person
from latchkey.schools.model.school import DAY, Settings
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.dynamo import ConditionFailed
from latchkey.shared.stores.queues import Queue
from latchkey.sign_in import hashing
from tests.support import sam
from tests.support.portal import PASSWORD, Portal

ENDS = 1_795_000_000 + 90 * DAY
LIVE = CodeState(3, ENDS)
HERE = "198.51.100.7"
NEW = "violet-kettle-77-north"
MUM = {"email": "mum@home.example", "given_name": "Maya", "family_name": "Okafor"}
AT_ONCE = 50


def pupil(portal: Portal, name: str = "ann", /, number: int = 7, **facts: Any) -> Person:
    return portal.add(name, **{"number": number, "pin": LIVE, "parent_code": LIVE, "password": None, **facts})


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json_body["code"]


def events(portal: Portal, school: str = "northbridge") -> list[dict[str, Any]]:
    return portal.system.wiring("console").audit(school).page()[0]


def everything(portal: Portal) -> Any:
    """All items of the three tables that a use writes to, but for counters."""
    dynamodb = portal.wiring.client("dynamodb")
    found = []
    for table in ("DIRECTORY_TABLE", "CREDENTIALS_TABLE", "ACTIVITY_TABLE"):
        items = dynamodb.scan(TableName=portal.system.environment[table])["Items"]
        found += [item for item in items if "#T#" not in item["pk"]["S"]]
    return sorted(map(str, found))


def test_a_pupil_claims_an_account_with_a_username(portal: Portal) -> None:
    ann = pupil(portal, username=None)
    answer = portal.redeem(portal.code(ann, "pin"), username="Ann.O", password=NEW)
    assert answer.status_code == 201
    assert answer.json_body == {
        "kind": "pin",
        "person": {
            "id": ann.id,
            "role": "student",
            "given_name": "Ann",
            "family_name": "Okafor",
            "is_admin": False,
            "email": None,
            "username": "ann.o",
        },
        "sign_in": "/schools/northbridge/sessions",
    }
    assert "Set-Cookie" not in answer.headers, "nobody is signed in by a code"
    now = portal.person(ann)
    assert (now.pin, now.version, now.password_set_at) == (replace(LIVE, uses=1, failed=0), 1, portal.wiring.now())
    assert portal.sign_in("ann.o", NEW).json_body["person"]["id"] == ann.id
    (event,) = events(portal)
    assert (event["actor"], event["action"]) == (ann.id, "code.use")
    assert event["facts"] == {"kind": "pin", "student": ann.id, "generation": 3}
    assert said(portal.redeem(portal.code(ann, "pin"), password=NEW)) == (410, "used")


def test_recovery_ends_older_sessions_and_links_and_tells_the_old_address(portal: Portal) -> None:
    ann = pupil(portal, password=PASSWORD, email="old@home.example")
    session = {"Authorization": f"Bearer {portal.sign_in('ann').json_body['token']}"}
    link = portal.token(portal.person(ann))
    portal.requests()
    assert portal.redeem(portal.code(ann, "pin"), email="New@Home.example", password=NEW).status_code == 201
    assert portal.get("/account", **session).status_code == 401
    assert portal.post("/password-links/check", {"token": link}).status_code == 410
    assert portal.sign_in("ann", PASSWORD).status_code == 401
    assert portal.sign_in("new@home.example", NEW).status_code == 201
    assert portal.sign_in("old@home.example", NEW).status_code == 401
    now = portal.person(ann)
    assert now.stamp != ann.stamp
    assert now.former_email == FormerEmail("old@home.example", portal.wiring.now())
    asked = portal.requests()
    facts = [(request["kind"], request["person"], request["at"]) for request in asked]
    assert facts == [(kind, ann.id, portal.wiring.now()) for kind in ("confirm_address", "password_changed")]
    assert "home.example" not in str(asked)


def test_the_former_address_is_forgotten_after_a_day(portal: Portal) -> None:
    ann = pupil(portal, email="old@home.example")
    portal.redeem(portal.code(ann, "pin"), email="new@home.example", password=NEW)
    portal.system.clock.now += DAY - 10
    assert portal.sign_in("ann", NEW).status_code == 201
    assert portal.person(ann).former_email is not None
    portal.system.clock.now += 20
    assert portal.sign_in("ann", NEW).status_code == 201
    assert portal.person(ann).former_email is None


def test_without_an_address_the_one_on_file_stays(portal: Portal) -> None:
    ann = pupil(portal, email="ann@home.example")
    assert portal.redeem(portal.code(ann, "pin"), password=NEW).status_code == 201
    now = portal.person(ann)
    assert (now.email, now.former_email) == ("ann@home.example", None)


def test_siblings_share_an_address(portal: Portal) -> None:
    ann = pupil(portal, email="home@home.example")
    bob = pupil(portal, "bob", 8)
    assert portal.redeem(portal.code(bob, "pin"), email="home@home.example", password=NEW).status_code == 201
    assert portal.redeem(portal.code(ann, "pin"), password=PASSWORD).status_code == 201
    found = {portal.sign_in("home@home.example", each).json_body["person"]["id"] for each in (NEW, PASSWORD)}
    assert found == {ann.id, bob.id}


@pytest.mark.parametrize(
    ("rule", "email", "username", "wrong"),
    [
        ("optional", "", "", "username"),
        ("optional", "ann@home.example", "", None),
        ("optional", "", "ann", None),
        ("optional", "nonsense", "ann", "email"),
        ("optional", "a@x.example, b@x.example", "ann", "email"),
        ("required", "", "ann", "email"),
        ("required", "ann@home.example", "", None),
        ("none", "", "ann", None),
        ("none", "ann@home.example", "ann", "email"),
        ("none", "", "", "username"),
        ("none", "", "an n", "username"),
        ("none", "", "ann@home.example", "username"),
    ],
)
def test_the_school_decides_whether_students_give_an_address(
    portal: Portal, rule: Any, email: str, username: str, wrong: str | None
) -> None:
    portal.wiring.kept_schools._kept.clear()
    portal.system.wiring("console").schools.change(replace(portal.schools["northbridge"], settings=Settings(student_email=rule)))
    ann = pupil(portal, username=None)
    answer = portal.redeem(portal.code(ann, "pin"), email=email, username=username, password=NEW)
    if wrong is None:
        assert answer.status_code == 201
    else:
        assert answer.status_code == 422
        assert list(answer.json_body["fields"]) == [wrong]
        assert "still works" in answer.json_body["detail"]
        assert portal.person(ann).pin == replace(LIVE, failed=0)


def test_a_username_of_the_school_stays(portal: Portal) -> None:
    ann = pupil(portal)
    assert list(portal.redeem(portal.code(ann, "pin"), username="other").json_body["fields"]) == ["username"]
    assert portal.redeem(portal.code(ann, "pin"), username="ANN").status_code == 201


def test_a_username_that_is_taken_leaves_the_pin_as_it_was(portal: Portal) -> None:
    portal.add("sam", role="teacher")
    ann = pupil(portal, username=None)
    for taken in ("sam", "SAM"):
        answer = portal.redeem(portal.code(ann, "pin"), username=taken, password=NEW)
        assert said(answer) == (422, "username_taken")
        assert list(answer.json_body["fields"]) == ["username"]
    assert portal.redeem(portal.code(ann, "pin"), username="sam2", password=NEW).status_code == 201
    assert said(portal.redeem(portal.code(pupil(portal, "bob", 8, username=None), "pin"), username="sam2")) == (
        422,
        "username_taken",
    )


def test_a_username_that_nobody_has_any_more_is_free(portal: Portal) -> None:
    ann = pupil(portal, username=None)
    assert portal.redeem(portal.code(ann, "pin"), username="kit", password=NEW).status_code == 201
    portal.system.wiring("console").directory("northbridge").change(ann.id, {"username": None, "username_key": None})
    bob = pupil(portal, "bob", 8, username=None)
    assert portal.redeem(portal.code(bob, "pin"), username="kit", password=NEW).status_code == 201


def test_of_many_who_choose_one_username_at_once_one_gets_it(portal: Portal) -> None:
    people = [pupil(portal, f"p{number}", number, username=None) for number in range(1, 9)]
    outcomes = at_once(portal, [portal.code(person, "pin") for person in people], lambda _: Wishes(password=NEW, username="star"))
    assert outcomes == {"used": 1, "username_taken": 7}
    assert sum(portal.person(person).username == "star" for person in people) == 1
    assert sum((portal.person(person).pin or LIVE).uses for person in people) == 1


@pytest.mark.parametrize("password", ["short", "password12", "annokafor northbridge", "x" * 300])
def test_a_weak_password_leaves_the_code_as_it_was(portal: Portal, password: str) -> None:
    ann = pupil(portal)
    for kind, more in (("pin", {}), ("parent", MUM)):
        answer = portal.redeem(portal.code(ann, kind), password=password, **more)  # type: ignore[arg-type]
        assert said(answer) == (422, "weak_password")
    now = portal.person(ann)
    assert (now.version, now.parents, (now.pin or LIVE).uses, (now.parent_code or LIVE).uses) == (0, (), 0, 0)
    assert events(portal) == portal.requests() == []
    assert portal.redeem(portal.code(ann, "pin"), password=NEW).status_code == 201


def test_a_parent_registers_and_is_linked_both_ways(portal: Portal) -> None:
    ann = pupil(portal)
    answer = portal.redeem(portal.code(ann, "parent"), password=NEW, **MUM)
    assert answer.status_code == 201
    made = answer.json_body["person"]
    assert (answer.json_body["kind"], made["role"], made["given_name"], made["is_admin"]) == ("parent", "parent", "Maya", False)
    now = portal.person(ann)
    assert now.parents == (made["id"],)
    assert now.parent_code == replace(LIVE, uses=1, failed=0)
    assert (now.version, now.pin) == (ann.version, LIVE), "the student's own account is as it was"
    parent = portal.wiring.directory("northbridge").person(made["id"])
    assert parent is not None
    assert (parent.children, parent.email, parent.status, parent.is_admin) == ((ann.id,), "mum@home.example", "active", False)
    assert portal.sign_in("mum@home.example", NEW).json_body["person"]["id"] == made["id"]
    listed = list(portal.system.wiring("console").directory("northbridge").matching(PeopleFilter(roles=("parent",))))
    assert [person.id for person in listed] == [made["id"]]
    (used,) = (event for event in events(portal) if event["action"] == "code.use")
    assert used["facts"] == {"kind": "parent", "student": ann.id, "generation": 3}
    assert [request["person"] for request in portal.requests()] == [made["id"]], "the address hears of it"


def test_five_parents_register_and_the_sixth_is_told_so(portal: Portal) -> None:
    ann = pupil(portal, parents=("p" * 20,))
    for number in range(5):
        answer = portal.redeem(portal.code(ann, "parent"), password=NEW, **MUM | {"email": f"p{number}@home.example"})
        assert answer.status_code == 201
    assert said(portal.redeem(portal.code(ann, "parent"), password=NEW, **MUM)) == (410, "used")
    assert len(portal.person(ann).parents) == 6


@pytest.mark.parametrize("missing", [("email",), ("given_name", "family_name")])
def test_a_parent_gives_a_name_and_an_address(portal: Portal, missing: tuple[str, ...]) -> None:
    ann = pupil(portal)
    for nothing in ("", " "):
        answer = portal.redeem(portal.code(ann, "parent"), password=NEW, **MUM | dict.fromkeys(missing, nothing))
        assert (answer.status_code, list(answer.json_body["fields"])) == (422, [missing[0]])
    assert portal.person(ann).parent_code == replace(LIVE, failed=0)


@pytest.mark.moto
def test_whether_an_address_is_known_cannot_be_told(portal: Portal) -> None:
    """A parent code makes a new account, whoever else has the address."""
    portal.add("head", role="staff", email="head@x.example", is_admin=True)
    ann = pupil(portal)
    portal.get("/schools/northbridge")  # schools are kept for a minute
    work: list[Counter[str]] = []
    client = portal.wiring.client("dynamodb")
    answers = []
    for address in ("head@x.example", "nobody@x.example"):
        work.append(Counter())
        client.meta.events.register("before-call", lambda model, **_: work[-1].update([model.name]), unique_id="count")
        answer = portal.redeem(portal.code(ann, "parent"), password=NEW, **MUM | {"email": address})
        client.meta.events.unregister("before-call", unique_id="count")
        answers.append((answer.status_code, sorted(answer.json_body["person"]), answer.json_body["sign_in"]))
    assert answers[0] == answers[1]
    assert work[0] == work[1]
    assert portal.sign_in("head@x.example").json_body["person"]["is_admin"]


def test_nobody_is_pushed_out_of_their_own_address_by_registrations(portal: Portal) -> None:
    head = portal.add("head", role="staff", email="head@x.example", is_admin=True)
    dad = portal.add("dad", role="parent", email="dad@x.example")
    for number, address in enumerate(["head@x.example", "dad@x.example"]):
        child = pupil(portal, f"c{number}", 20 + number)
        for _ in range(5):
            answer = portal.redeem(portal.code(child, "parent"), password=NEW, **MUM | {"email": address})
            assert answer.status_code == 201
    assert portal.sign_in("head@x.example").json_body["person"]["id"] == head.id
    assert portal.sign_in("dad@x.example").json_body["person"]["id"] == dad.id


def test_a_registration_gives_no_sign_in_budget_back(portal: Portal) -> None:
    portal.add("head", role="staff", email="head@x.example")
    for _ in range(10):
        portal.sign_in("head@x.example", "wrong password here")
    ann = pupil(portal)
    assert portal.redeem(portal.code(ann, "parent"), password=NEW, **MUM | {"email": "head@x.example"}).status_code == 201
    assert portal.redeem(portal.code(ann, "pin"), password=NEW, email="head@x.example").status_code == 201
    assert portal.sign_in("head@x.example", "wrong password here").status_code == 429


def at_once(portal: Portal, typed: list[str], wishes: Any) -> Counter[str]:
    """Use these codes at the same time; what became of each."""
    outcomes: Counter[str] = Counter()
    ready = threading.Barrier(len(typed))
    found = [check_code(portal.wiring, "northbridge", each, HERE) for each in typed]

    def run(number: int) -> None:
        ready.wait()
        try:
            use_code(portal.wiring, found[number], wishes(number))
            outcome = "used"
        except (Gone, Invalid) as error:
            outcome = error.code if isinstance(error, Invalid) else f"gone: {error.code}"
        outcomes[outcome] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(typed))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_fifty_uses_of_a_pin_at_once_have_one_winner(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "hash_of", lambda password: f"hash of {password}")
    ann = pupil(portal, username=None)
    outcomes = at_once(
        portal, [portal.code(ann, "pin")] * AT_ONCE, lambda number: Wishes(password=f"{NEW}-{number}", username=f"ann{number}")
    )
    assert outcomes == {"used": 1, "gone: used": AT_ONCE - 1}
    now = portal.person(ann)
    assert (now.version, now.pin) == (1, replace(LIVE, uses=1, failed=0))
    number = (now.username or "").removeprefix("ann")
    assert portal.wiring.credentials("northbridge").password_hash(ann.id) == f"hash of {NEW}-{number}", "all of it is one use's"
    assert len(events(portal)) == len(portal.requests()) == 1


def test_fifty_parents_at_once_get_as_many_places_as_there_are(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "hash_of", lambda password: f"hash of {password}")
    ann = pupil(portal, parent_code=replace(LIVE, uses=2))
    outcomes = at_once(
        portal,
        [portal.code(ann, "parent")] * AT_ONCE,
        lambda number: Wishes(password=NEW, **MUM | {"email": f"p{number}@home.example"}),
    )
    assert outcomes == {"used": 3, "gone: used": AT_ONCE - 3}
    parents = list(portal.system.wiring("console").directory("northbridge").matching(PeopleFilter(roles=("parent",))))
    assert {person.id for person in parents} == set(portal.person(ann).parents)
    assert len(parents) == len(events(portal)) == 3
    hashes = [item for item in everything(portal) if "hash of" in item]
    assert len(hashes) == 3, "losers leave nothing"


@pytest.mark.parametrize("kind", ["pin", "parent"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"{}.voided": True}, "voided"),
        ({"{}": {"generation": 4, "expires_at": ENDS, "uses": 0}}, "replaced"),
        ({"{}.expires_at": 1_795_000_000}, "expired"),
        ({"status": "left"}, "refused"),
        ({"status": "disabled"}, "refused"),
    ],
)
def test_what_happens_to_a_code_between_looking_and_using_counts(
    portal: Portal, kind: Any, change: dict[str, Any], expected: str
) -> None:
    ann = pupil(portal)
    found = check_code(portal.wiring, "northbridge", portal.code(ann, kind), HERE)
    name = {"pin": "pin", "parent": "parent_code"}[kind]
    portal.system.wiring("console").directory("northbridge").change(ann.id, {key.format(name): to for key, to in change.items()})
    before = everything(portal)
    with pytest.raises(Gone) as gone:
        use_code(portal.wiring, found, Wishes(password=NEW, **MUM))
    assert gone.value.code == expected
    assert everything(portal) == before


def test_what_else_changes_meanwhile_costs_another_round(portal: Portal) -> None:
    ann = pupil(portal)
    found = check_code(portal.wiring, "northbridge", portal.code(ann, "pin"), HERE)
    key = lookup(portal.wiring.lookup_key("northbridge"), "email", "school@x.example")
    console = portal.system.wiring("console").directory("northbridge")
    console.change(ann.id, {"version": 5, "email": "school@x.example", "email_key": key})
    use_code(portal.wiring, found, Wishes(password=NEW, email="new@x.example"))
    now = portal.person(ann)
    assert (now.version, now.email) == (6, "new@x.example")
    assert now.former_email == FormerEmail("school@x.example", portal.wiring.now())


@pytest.mark.parametrize("kind", ["pin", "parent"])
def test_a_write_that_fails_leaves_nothing(portal: Portal, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = pupil(portal)
    found = check_code(portal.wiring, "northbridge", portal.code(ann, kind), HERE)
    before = everything(portal)
    audit = portal.wiring.audit("northbridge")
    table, put = audit.record_of("x", "code.use", portal.wiring.now())
    table.put(put)
    monkeypatch.setattr(type(audit), "record_of", lambda *_: (table, put))  # an event with this id stands already: cancelled
    with pytest.raises(TryLater):
        use_code(portal.wiring, found, Wishes(password=NEW, **MUM))
    assert len(everything(portal)) == len(before) + 1
    now = portal.person(ann)
    assert (now.version, now.parents, now.pin, now.parent_code) == (
        0,
        (),
        *(replace(LIVE, failed=0) if k == kind else LIVE for k in ("pin", "parent")),
    )


def test_a_queue_that_is_down_takes_nothing_back(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = pupil(portal)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(Queue, "put", broken)
    assert portal.redeem(portal.code(ann, "pin"), password=NEW).status_code == 201
    assert portal.sign_in("ann", NEW).status_code == 201


def test_voided_in_the_model_is_what_the_door_reads(portal: Portal) -> None:
    ann = pupil(portal, pin=voided(LIVE))
    assert said(portal.redeem(portal.code(ann, "pin"), password=NEW)) == (410, "voided")


@pytest.mark.moto
def test_all_that_the_portal_writes_is_what_its_role_may_write(portal: Portal) -> None:
    """On AWS the role's conditions decide; no emulator here judges writes by them, so this does."""
    statements = {each["Sid"]: each for each in sam.statements(sam.functions()["PortalFunction"])}
    may = set(statements["UpdateOwnPerson"]["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"])
    named: set[str] = set()
    added: set[str] = set()

    def look(params: dict[str, Any], **_: Any) -> None:
        for write in params.get("TransactItems") or [{"Update": params} if "UpdateExpression" in params else {"Put": params}]:
            for kind, request in write.items():
                if request.get("TableName") == portal.system.environment["DIRECTORY_TABLE"] and kind == "Update":
                    # Top-level attributes: those that begin a path of the expressions, and the key.
                    text = f"{request.get('UpdateExpression', '')} {request.get('ConditionExpression', '')}"
                    names = request.get("ExpressionAttributeNames", {})
                    named.update(names[alias] for alias in re.findall(r"(?<![.\w])#\d+", text))
                    named.update(request["Key"])
                elif request.get("TableName") == portal.system.environment["ACTIVITY_TABLE"]:
                    added.add(request["Item"]["pk"]["S"])

    events = portal.wiring.client("dynamodb").meta.events
    ann = pupil(portal, username=None, email="old@x.example")
    for operation in ("UpdateItem", "TransactWriteItems", "PutItem"):
        events.register(f"provide-client-params.dynamodb.{operation}", look, unique_id=f"look-{operation}")
    try:
        assert portal.redeem(portal.code(ann, "pin"), username="ann", email="new@x.example", password=NEW).status_code == 201
        assert portal.redeem(portal.code(ann, "parent"), password=NEW, **MUM).status_code == 201
        assert portal.redeem(portal.code(ann, "pin", generation=50)).status_code == 410
        portal.system.clock.now += 2 * DAY
        assert portal.sign_in("ann", NEW).status_code == 201
    finally:
        for operation in ("UpdateItem", "TransactWriteItems", "PutItem"):
            events.unregister(f"provide-client-params.dynamodb.{operation}", unique_id=f"look-{operation}")
    assert {"pin", "parent_code", "parents", "people_pk", "former_email", "username"} <= named, "all of it was seen"
    assert named <= may
    assert added == {"northbridge#SIGNINS"}


class TestPages:
    def test_the_short_address_leads_to_the_page(self, portal: Portal) -> None:
        for path in ("/r/northbridge", "/r/Northbridge"):
            for answer in (portal.page(path), portal.get(path)):
                assert (answer.status_code, answer.headers["Location"]) == (303, "/schools/northbridge/redeem")
        assert portal.page("/r/nowhere").status_code == 404
        assert portal.page("/schools/northbridge/redeem").status_code == 200
        assert portal.page("/schools/nowhere/redeem").status_code == 404

    @pytest.mark.parametrize("path", ["", "/sessions", "/forgot-password"])
    def test_every_page_on_the_way_in_names_it(self, portal: Portal, path: str) -> None:
        assert b'href="/schools/northbridge/redeem"' in portal.page(f"/schools/northbridge{path}").body

    def test_a_browser_goes_from_the_code_to_an_account(self, portal: Portal) -> None:
        ann = pupil(portal, username=None)
        code = portal.code(ann, "pin")
        asked = portal.submit("/schools/northbridge/codes/check", {"code": code.lower()})
        assert asked.status_code == 200
        body = asked.body.decode()
        assert "This PIN is for <strong>Ann</strong>" in body
        assert f'name="code" value="{code.replace("-", "")}"' in body
        fields = {"code": code, "username": "<ann>", "password": NEW}
        wrong = portal.submit("/schools/northbridge/codes/use", fields)
        assert wrong.status_code == 422
        assert 'value="&lt;ann&gt;"' in wrong.body.decode(), "what was typed stays"
        assert NEW not in wrong.body.decode()
        assert f'name="code" value="{code.replace("-", "")}"' in wrong.body.decode()
        fields["username"] = "ann"
        done = portal.submit("/schools/northbridge/codes/use", fields)
        assert done.status_code == 201
        assert "the username <strong>ann</strong>" in done.body.decode()
        assert code.replace("-", "") not in done.body.decode()
        again = portal.submit("/schools/northbridge/codes/use", fields)
        assert again.status_code == 410
        assert "This PIN has been used" in again.body.decode()
        assert 'name="code" type="text" value=""' in again.body.decode(), "the form for another code"

    def test_a_typing_error_and_a_wrong_code_show_the_form_again(self, portal: Portal) -> None:
        ann = pupil(portal)
        for typed, status, kept in (("P9 99", 422, "P9 99"), ("", 422, ""), (portal.code(ann, "pin", generation=50), 410, "")):
            answer = portal.submit("/schools/northbridge/codes/check", {"code": typed})
            assert answer.status_code == status
            assert "PIN or parent code" in answer.body.decode()
            assert f'name="code" type="text" value="{kept}"' in answer.body.decode(), (
                "one wrong sign is put right, not typed anew"
            )

    def test_a_form_of_another_site_is_refused(self, portal: Portal) -> None:
        ann = pupil(portal)
        for path in ("check", "use"):
            answer = portal.submit(
                f"/schools/northbridge/codes/{path}",
                {"code": portal.code(ann, "pin"), "password": NEW},
                Sec_Fetch_Site="cross-site",
            )
            assert answer.status_code == 403
        assert portal.person(ann).pin == LIVE

    def test_a_parents_page_asks_for_a_name(self, portal: Portal) -> None:
        ann = pupil(portal)
        page = portal.submit("/schools/northbridge/codes/check", {"code": portal.code(ann, "parent")}).body.decode()
        assert "parents and carers of <strong>Ann</strong>" in page
        assert 'name="given_name"' in page
        done = portal.submit("/schools/northbridge/codes/use", {"code": portal.code(ann, "parent"), "password": NEW, **MUM})
        assert done.status_code == 201
        assert "Sign in with the e-mail address <strong>" in done.body.decode()


def test_the_condition_that_failed_is_never_shown(portal: Portal) -> None:
    """ConditionFailed carries the item as it was; nothing of it may get into an answer."""
    ann = pupil(portal)
    found = check_code(portal.wiring, "northbridge", portal.code(ann, "pin"), HERE)
    use_code(portal.wiring, found, Wishes(password=NEW))
    event = portal.wiring.audit("northbridge").record_of(ann.id, "code.use", portal.wiring.now())
    with pytest.raises(ConditionFailed):
        portal.wiring.code_uses("northbridge").claim("pin", ann, ann, "hash", portal.wiring.now(), event=event)
    answer = portal.redeem(portal.code(ann, "pin"))
    assert b"Okafor" not in answer.body
