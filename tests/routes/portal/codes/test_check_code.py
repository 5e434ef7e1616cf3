"""Looking at a code: what its holder learns, what a guesser learns, and what guessing costs."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latchkey.codes.check_code import PER_SCHOOL, PER_SOURCE, check_code
from latchkey.codes.model import codes
from latchkey.codes.model.codes import ALPHABET, voided
from latchkey.errors import Gone, TooMany
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY, Settings, SingleSignOn
from tests.support.portal import PASSWORD, Portal

ENDS = 1_795_000_000 + 90 * DAY
LIVE = CodeState(3, ENDS)
HERE = "198.51.100.7"
MANY = 200


def pupil(portal: Portal, name: str = "ann", /, number: int = 7, **facts: Any) -> Person:
    return portal.add(name, **{"number": number, "pin": LIVE, "parent_code": LIVE, "password": None, **facts})


def check(portal: Portal, code: object, school: str = "northbridge", **headers: str) -> Any:
    return portal.post(f"/schools/{school}/codes/check", {"code": code}, **headers)


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json_body["code"]


def wrong_codes(kind: codes.Kind, number: int, key: bytes) -> Iterator[str]:
    """Codes with a right check sign that were never made for this student."""
    return (codes.code(kind, number, generation, key) for generation in range(1_000, 10_000))


def shift(code: str, sign: int) -> str:
    """The code with another sign at this place."""
    text = code.replace("-", "")
    return text[:sign] + ALPHABET[ALPHABET.index(text[sign]) - 1] + text[sign + 1 :]


def test_the_holder_of_a_pin_sees_whose_it_is_and_what_to_choose(portal: Portal) -> None:
    ann = pupil(portal)
    answer = check(portal, portal.code(ann, "pin"))
    assert (answer.status_code, answer.json_body) == (
        200,
        {
            "kind": "pin",
            "school": "northbridge",
            "school_name": "Northbridge Academy",
            "student": {"given_name": "Ann"},
            "expires_at": "2027-02-16T11:06:40Z",
            "username": "ann",
            "phone": False,
            "phone_alone": True,
            "password": {"shortest": 10, "longest": 256},
            "email": "optional",
            "has_email": False,
        },
    )


def test_the_holder_of_a_parent_code_sees_whose_it_is_and_how_many_places_are_left(portal: Portal) -> None:
    ann = pupil(portal, parent_code=replace(LIVE, uses=2), email="ann@x.example")
    answer = check(portal, portal.code(ann, "parent"))
    assert answer.status_code == 200
    assert (answer.json_body["student"], answer.json_body["places_left"]) == ({"given_name": "Ann"}, 3)
    assert answer.json_body["password"]["shortest"] == 12
    assert answer.json_body["username"] is None, "a parent code tells nothing of how its student signs in"
    assert "has_email" not in answer.json_body


def test_looking_changes_nothing_however_often(portal: Portal) -> None:
    ann = pupil(portal)
    for _ in range(30):
        assert check(portal, portal.code(ann, "pin").lower().replace("-", " ")).status_code == 200
    assert portal.person(ann).pin == replace(LIVE, failed=0)


def test_a_typing_error_says_so_and_costs_nothing(portal: Portal) -> None:
    ann = pupil(portal)
    right = portal.code(ann, "pin")
    typed = [shift(right, place) for place in range(1, 12)] + [right[:-1], "hello", "P234", right + "2", "🙂" * 12]
    for text in typed * 3:
        answer = check(portal, text)
        assert said(answer) == (422, "mistyped")
        assert "nothing was counted" in answer.json_body["fields"]["code"]
    assert portal.person(ann).pin == LIVE
    assert check(portal, right).status_code == 200


@pytest.mark.parametrize("body", ["{}", '{"code": ""}', '{"code": 7}', '{"code": ["P"]}', '{"code": null}', '{"code": {"a": 1}}'])
def test_what_is_no_code_is_invalid(portal: Portal, body: str) -> None:
    assert portal.post("/schools/northbridge/codes/check", body).status_code == 422


def test_everybody_without_a_genuine_code_gets_the_same_answer(portal: Portal) -> None:
    """Wrong, nobody's number, who left or is switched off or was given no code, another school's code, a dead code."""
    key = portal.wiring.code_key("northbridge")
    ann = pupil(portal)
    pupil(portal, "bob", 8, status="left")
    pupil(portal, "cat", 9, pin=None)
    pupil(portal, "dan", 10, pin=replace(LIVE, failed=10))
    pupil(portal, "eva", 11, is_admin=True)
    pupil(portal, "fay", 12, status="disabled")
    theirs = codes.code("pin", 7, 3, portal.wiring.code_key("southgate"))
    tried = [
        next(wrong_codes("pin", 7, key)),
        *(codes.code("pin", number, 3, key) for number in (8, 9, 10, 11, 12, 6_000_000)),
        theirs,
    ]
    answers = {
        (answer.status_code, answer.body, str(sorted(answer.headers.items())))
        for answer in (check(portal, code) for code in tried)
    }
    assert len(answers) == 1
    assert said(check(portal, tried[0])) == (410, "refused")
    assert b"Ann" not in next(iter(answers))[1]
    assert check(portal, portal.code(ann, "pin")).status_code == 200


@pytest.mark.parametrize("place", [7, 8, 9, 10, 60_000])
@pytest.mark.moto
def test_a_guess_costs_the_same_work_whoever_it_is_about(portal: Portal, place: int) -> None:
    """One with a code, one who left, one without a code, one whose code is dead, nobody."""
    pupil(portal)
    pupil(portal, "bob", 8, status="left")
    pupil(portal, "cat", 9, pin=None)
    pupil(portal, "dan", 10, pin=replace(LIVE, failed=10))
    key = portal.wiring.code_key("northbridge")
    portal.wiring.kept_schools.get("northbridge")
    work: Counter[str] = Counter()
    events = portal.wiring.client("dynamodb").meta.events
    events.register("before-call", lambda model, **_: work.update([model.name]), unique_id="count")
    check(portal, next(wrong_codes("pin", place, key)))
    events.unregister("before-call", unique_id="count")
    assert work == {"UpdateItem": 2, "Query": 1, "BatchGetItem": 1}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (replace(LIVE, uses=1), "used"),
        (CodeState(3, 1_795_000_000), "expired"),
        (voided(LIVE), "voided"),
        (CodeState(4, ENDS), "replaced"),
        (CodeState(6, ENDS), "replaced"),
        (CodeState(7, ENDS), "refused"),
        (replace(LIVE, failed=10), "refused"),
    ],
)
def test_the_holder_of_a_code_that_was_ours_learns_what_became_of_it(portal: Portal, state: CodeState, expected: str) -> None:
    ann = pupil(portal, pin=state)
    answer = check(portal, portal.code(ann, "pin", generation=3))
    assert said(answer) == (410, expected)
    assert "school" in answer.json_body["detail"].lower(), "it says what to do"
    if expected != "refused":
        assert portal.person(ann).pin == state, "and costs nothing"


def test_ten_wrong_guesses_kill_the_code_and_never_the_account(portal: Portal) -> None:
    ann = pupil(portal, password=PASSWORD)
    wrong = wrong_codes("pin", 7, portal.wiring.code_key("northbridge"))
    for _ in range(9):
        assert said(check(portal, next(wrong))) == (410, "refused")
    assert check(portal, portal.code(ann, "pin")).status_code == 200, "its owner gives nothing back to a guesser"
    assert said(check(portal, next(wrong))) == (410, "refused")
    dead = check(portal, portal.code(ann, "pin"))
    assert said(dead) == (410, "refused")
    assert dead.body == check(portal, next(wrong)).body
    now = portal.person(ann)
    assert not codes.works(now.pin, "pin", portal.wiring.now(), 0), "so the school prints another"
    assert codes.works(now.parent_code, "parent", portal.wiring.now(), 0)
    assert portal.sign_in("ann").status_code == 201
    (event,) = [each for each in portal.system.wiring("console").audit("northbridge").page()[0] if each["action"] == "code.dead"]
    assert event["facts"] == {"kind": "pin", "student": ann.id, "generation": 3}


def test_every_door_shares_the_count(portal: Portal) -> None:
    ann = pupil(portal)
    wrong = wrong_codes("pin", 7, portal.wiring.code_key("northbridge"))
    path = "/schools/northbridge/codes"
    doors: list[Callable[[str], Any]] = [
        lambda code: check(portal, code),
        portal.redeem,
        lambda code: portal.submit(f"{path}/check", {"code": code}),
        lambda code: portal.submit(f"{path}/use", {"code": code, "password": PASSWORD}),
        lambda code: portal.redeem(code, password=""),
    ]
    for door in doors * 2:
        assert door(next(wrong)).status_code == 410
    assert (portal.person(ann).pin or LIVE).failed == 10
    assert {door(portal.code(ann, "pin")).status_code for door in doors} == {410}
    assert (portal.person(ann).pin or LIVE).uses == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(typed=st.one_of(st.text(max_size=70), st.text(alphabet=ALPHABET + ALPHABET.lower() + "- ", min_size=10, max_size=20)))
def test_whatever_is_typed_has_an_answer(portal: Portal, typed: str) -> None:
    portal.system.clock.now += 3_600
    for name in ("check", "use"):
        answer = portal.post(f"/schools/northbridge/codes/{name}", {"code": typed, "password": PASSWORD})
        assert answer.status_code in {410, 422}
        assert len(typed) < 3 or typed not in answer.json_body["detail"]


def test_a_new_code_starts_with_a_new_budget(portal: Portal) -> None:
    ann = pupil(portal, pin=CodeState(4, ENDS, failed=0))
    wrong = wrong_codes("pin", 7, portal.wiring.code_key("northbridge"))
    for _ in range(10):
        check(portal, next(wrong))
    portal.wiring.directory("northbridge").change(ann.id, {"pin": {"generation": 5, "expires_at": ENDS, "uses": 0}})
    assert check(portal, portal.code(ann, "pin")).status_code == 200


def test_two_hundred_guesses_at_once_are_compared_ten_times(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = pupil(portal)
    key = portal.wiring.code_key("northbridge")
    wrong = [code for code, _ in zip(wrong_codes("pin", 7, key), range(MANY), strict=False)]
    compared: list[str] = []
    original = codes.generation_of
    monkeypatch.setattr(codes, "generation_of", lambda typed, *rest: (compared.append(typed.text), original(typed, *rest))[1])
    outcomes: Counter[str] = Counter()

    def guess(code: str, number: int) -> None:
        with pytest.raises(Gone) as refused:
            check_code(portal.wiring, "northbridge", code, f"198.51.100.{number % 250}")
        outcomes[refused.value.code] += 1

    threads = [threading.Thread(target=guess, args=(code, number)) for number, code in enumerate(wrong)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"refused": MANY}
    assert len(compared) == 10
    assert said(check(portal, portal.code(ann, "pin"), school="northbridge")) in {(410, "refused"), (429, "too_many")}
    assert len(compared) == 10


def test_one_address_has_fifty_failures_an_hour_and_spoofed_headers_do_not_help(portal: Portal) -> None:
    key = portal.wiring.code_key("northbridge")
    spoofed = {"X_Forwarded_For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X_Real_IP": "203.0.113.9"}
    ann = pupil(portal)
    for number in range(PER_SOURCE.limit):
        answer = check(portal, codes.code("pin", 1_000 + number, 1, key), **spoofed, X_Latchkey_Viewer=f"203.0.113.{number}")
        assert said(answer) == (410, "refused")
    over = check(portal, portal.code(ann, "pin"), **spoofed)
    assert said(over) == (429, "too_many")
    assert 0 < int(over.headers["Retry-After"]) <= 3_600
    assert "Yours still works" in over.json_body["detail"]
    right, elsewhere = portal.code(ann, "pin"), portal.beside("127.0.0.1")
    assert check_code(portal.wiring, "northbridge", right, elsewhere).student.id == ann.id, "others go on"
    with pytest.raises(TooMany):  # one in 256 of them
        check_code(portal.wiring, "northbridge", right, portal.beside("127.0.0.1", same=True))
    refused = portal.wiring.counters("CREDENTIALS_TABLE", "northbridge").read(PER_SCHOOL, "all", portal.wiring.now()).count
    assert refused == PER_SOURCE.limit, "who is over costs the school nothing"
    portal.system.clock.now += 3_600
    assert check(portal, portal.code(ann, "pin")).status_code == 200, "nobody is locked out for ever"


def test_a_school_has_two_hundred_failures_an_hour_and_then_an_alarm(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    key = portal.wiring.code_key("northbridge")
    ann = pupil(portal)
    right = portal.code(ann, "pin")
    for number in range(PER_SCHOOL.limit):
        with pytest.raises(Gone):
            check_code(portal.wiring, "northbridge", codes.code("pin", 1_000 + number, 1, key), f"198.51.{number}.1")
    assert said(check(portal, right)) == (429, "too_many")
    alarms = [record for record in caplog.records if record.message == "codes are being guessed"]
    assert [(record.__dict__["school"], record.__dict__["failures"]) for record in alarms] == [
        ("northbridge", 100),
        ("northbridge", 200),
    ]
    bob = portal.add("bob", "southgate", number=1, parent_code=LIVE, password=None)
    assert check(portal, portal.code(bob, "parent", "southgate"), "southgate").status_code == 200, "another school goes on"
    portal.system.clock.now += 3_600
    assert check(portal, right).status_code == 200


def test_those_who_hold_codes_use_up_no_budget_of_their_school(portal: Portal) -> None:
    ann = pupil(portal)
    right = portal.code(ann, "pin")
    for _ in range(PER_SCHOOL.limit + 10):
        assert check_code(portal.wiring, "northbridge", right, HERE).student.id == ann.id


def test_who_signs_in_elsewhere_is_told_so_before_anything_is_counted(portal: Portal) -> None:
    eve = portal.add("eve", "southgate", number=3, pin=LIVE, password=None)
    for code in (portal.code(eve, "pin", "southgate"), codes.code("pin", 4_000, 1, b"k" * 32)):
        answer = check(portal, code, "southgate")
        assert said(answer) == (410, "elsewhere")
    assert portal.person(eve, "southgate").pin == LIVE


def test_parents_of_a_school_whose_parents_sign_in_elsewhere_need_no_code(portal: Portal) -> None:
    portal.system.school("eastgate", settings=Settings(sso=SingleSignOn(roles=("parent",), help="Use the app.")))
    answer = check(portal, codes.code("parent", 4, 1, b"k" * 32), "eastgate")
    assert said(answer) == (410, "elsewhere")
    assert answer.json_body["detail"] == "Parents use the school's own sign-in and need no code. Use the app."


def test_no_log_holds_a_code_or_an_address(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    ann = pupil(portal)
    tried = [portal.code(ann, "pin"), next(wrong_codes("pin", 7, portal.wiring.code_key("northbridge")))]
    caplog.set_level("DEBUG", "latchkey")
    for code in tried:
        check(portal, code)
    text = " ".join(str(record.__dict__) for record in caplog.records if record.name.startswith("latchkey"))
    assert "code refused" in text
    for secret in (*tried, *(code.replace("-", "") for code in tried), "127.0.0.1"):
        assert secret not in text
