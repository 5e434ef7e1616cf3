"""What a preview asks, and how an admin answers: over HTTP, on the page, and in what the worker reads."""

import json
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import pytest

from latchkey.errors import TryLater
from latchkey.rosters.model import plain_csv
from latchkey.rosters.model.questions import QUESTIONS, Asked, Asks, Concerned, Option, Question, option_of, remembered
from latchkey.shared.stores.queues import Queue
from tests.support.console import Console
from tests.support.rosters import ROSTERS, Desk, plain, row

SHAPE = Question(
    "shape", "1 cat has a shape.", "{count} cats have a shape.", (Option("round", "Round."), Option("square", "Square."))
)
SCALE = Question(
    "grades", "One scale.", "{count} scales.", (Option("uk", "UK."), Option("us", "US.")), rereads=True, remembered=True
)


@pytest.fixture
def desk(console: Console, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A product that asks two things of every table; how it was read stands in the warnings."""
    monkeypatch.delitem(QUESTIONS, "grades")
    monkeypatch.setitem(QUESTIONS, "shape", SHAPE)
    monkeypatch.setitem(QUESTIONS, "grades", SCALE)
    asks = (Asks("shape", 1_234, (Concerned(2, "Tom <b>"), Concerned(0, "Kit", "who is in no row"))), Asks("grades", 1))
    monkeypatch.setattr(plain_csv.PlainCsv, "asks", asks)
    from latchkey.rosters import look_through

    read = look_through.open_roster

    def reading(*given: Any, **named: Any) -> Any:
        warnings = [f"Read with {option_of(given[1].chosen, 'grades')}."]
        monkeypatch.setattr(plain_csv.PlainCsv, "warnings", warnings)
        return read(*given, **named)

    monkeypatch.setattr(look_through, "open_roster", reading)
    return Desk(console, monkeypatch)


def decide(desk: Desk, roster: str, name: Any, option: Any) -> Any:
    return desk.console.post(f"{ROSTERS}/{roster}/decide", {"name": name, "option": option})


def chosen(run: Mapping[str, Any]) -> dict[str, str]:
    return {each["name"]: each["chosen"] for each in run["decisions"] if each["name"] in {"shape", "grades"}}


def test_a_preview_says_what_it_asks_of_whom_and_what_happens_as_things_stand(desk: Desk) -> None:
    run = desk.preview(plain([row(1)]))
    (shape,) = (each for each in run["decisions"] if each["name"] == "shape")
    assert shape == {
        "name": "shape",
        "text": "1,234 cats have a shape.",
        "count": 1_234,
        "people": [
            {"line": 2, "name": "Tom <b>", "text": None},
            {"line": None, "name": "Kit", "text": "who is in no row"},
        ],
        "options": [{"name": "round", "text": "Round."}, {"name": "square", "text": "Square."}],
        "chosen": "round",
        "default": "round",
        "remembered": False,
        "rereads": False,
        "confirm": None,
    }
    assert "decisions" not in desk.console.get(ROSTERS).json_body["items"][0]


def test_an_answer_stands_on_the_run_and_in_the_audit_trail_and_may_be_given_again(desk: Desk) -> None:
    roster = desk.preview(plain([row(1)]))["id"]
    for _ in range(2):
        answer = decide(desk, roster, "shape", "square")
        assert (answer.status_code, answer.json_body["state"]) == (200, "previewed")
        assert chosen(answer.json_body) == {"shape": "square", "grades": "uk"}
    events = [event for event in desk.worker_audit() if event["action"] == "roster.decide"]
    assert [event["facts"] for event in events] == [{"roster": roster, "decision": "shape", "option": "square"}]
    assert chosen(decide(desk, roster, "shape", "round").json_body)["shape"] == "round"
    assert desk.console.system.messages("ROSTER_QUEUE") == []


@pytest.mark.parametrize(
    ("name", "option", "field"),
    [("colour", "round", "name"), ("shape", "uk", "option"), ("", "round", "name"), ("shape", "", "option"), (1, "a", "name")],
)
def test_what_is_not_asked_and_what_is_no_option_is_refused(desk: Desk, name: Any, option: Any, field: str) -> None:
    roster = desk.preview(plain([row(1)]))["id"]
    answer = decide(desk, roster, name, option)
    assert (answer.status_code, [*answer.json_body["fields"]]) == (422, [field])
    assert desk.console.post(f"{ROSTERS}/{roster}/decide", {"name": "shape", "option": "round", "x": "y"}).status_code == 422


def test_only_a_previewed_roster_of_this_school_is_decided(desk: Desk) -> None:
    waiting = desk.start(None)
    assert decide(desk, waiting, "shape", "square").status_code == 422, "it asks nothing yet"
    roster = desk.preview(plain([row(1)]))["id"]
    desk.console.post(f"{ROSTERS}/{roster}/apply", {})
    assert decide(desk, roster, "shape", "square").status_code == 409
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    answer = decide(desk, roster, "shape", "square")
    assert (answer.status_code, answer.json_body["code"]) == (409, "not_previewed")
    assert decide(desk, "0" * 26, "shape", "square").status_code == 404


def test_an_answer_that_comes_while_another_begins_to_apply_is_too_late(desk: Desk) -> None:
    roster = desk.preview(plain([row(1)]))["id"]
    rosters = desk.console.system.wiring("console").rosters("northbridge")
    before = rosters.get(roster)
    assert before is not None
    desk.console.post(f"{ROSTERS}/{roster}/apply", {})
    desk.monkeypatch.setattr(type(rosters), "get", lambda *_: before)
    assert decide(desk, roster, "shape", "square").status_code == 409
    assert not [event for event in desk.worker_audit() if event["action"] == "roster.decide"]


def test_an_answer_about_reading_reads_the_file_again_and_is_remembered_for_the_school(desk: Desk) -> None:
    roster = desk.preview(plain([row(number) for number in range(1, 4)]))["id"]
    assert desk.run(roster)["warnings"][0]["text"] == "Read with uk."
    answer = decide(desk, roster, "grades", "us")
    assert (answer.status_code, answer.json_body["state"], answer.json_body["step"]) == (200, "running", "preview")
    messages = desk.console.system.messages("ROSTER_QUEUE")
    again = {"v": 1, "kind": "read_again", "school": "northbridge", "roster": roster}
    assert [json.loads(message) for message in messages] == [again]
    assert desk.console.post(f"{ROSTERS}/{roster}/apply", {}).status_code == 409
    assert decide(desk, roster, "grades", "uk").status_code == 409
    assert desk.work(*messages, *messages) == 0
    run = desk.run(roster)
    assert (run["state"], run["warnings"][0]["text"], chosen(run)) == (
        "previewed",
        "Read with us.",
        {"shape": "round", "grades": "us"},
    )
    assert desk.apply(roster)["state"] == "finished"
    later = desk.preview(plain([row(9)]))
    assert (later["warnings"][0]["text"], chosen(later)) == ("Read with us.", {"shape": "round", "grades": "us"})
    assert decide(desk, later["id"], "grades", "us").json_body["state"] == "previewed", "it is read that way already"
    assert desk.console.system.messages("ROSTER_QUEUE") == []


def test_a_message_that_never_left_is_put_again_when_the_answer_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    roster = desk.preview(plain([row(1)]))["id"]
    with monkeypatch.context() as broken:

        def never(*_: Any, **__: Any) -> None:
            raise TryLater()

        broken.setattr(Queue, "put", never)
        assert decide(desk, roster, "grades", "us").status_code == 503
    assert desk.run(roster)["state"] == "running"
    assert decide(desk, roster, "grades", "us").status_code == 200
    assert desk.work(*desk.console.system.messages("ROSTER_QUEUE")) == 0
    assert desk.run(roster)["state"] == "previewed"


def test_a_second_reading_replaces_all_that_the_first_has_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(number, role="pirate") for number in range(1, 151)]
    roster = desk.preview(plain([*rows, row(999)]))["id"]
    assert len(desk.run(roster)["rejected"]) == 150
    from latchkey.rosters.model.words import ROLES

    monkeypatch.setitem(ROLES, "pirate", "staff")
    decide(desk, roster, "grades", "us")
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    run = desk.run(roster)
    assert (run["rejected"], run["counts"]["new"], len(run["samples"]["new"])) == ([], 151, 20)


def test_the_page_has_a_form_for_each_question(desk: Desk) -> None:
    roster = desk.preview(plain([row(1)]))["id"]
    body = desk.console.page(f"{ROSTERS}/{roster}").body.decode()
    assert "1,234 cats have a shape." in body
    assert "Tom <b>" not in body
    assert "Row 2: Tom <b>" in unescape(body)
    assert body.count(f'action="{ROSTERS}/{roster}/decide"') >= 2
    assert re.findall(r'name="option" value="(\w+)" checked', body)[-2:] == ["round", "uk"]
    answer = desk.console.form(f"{ROSTERS}/{roster}/decide", {"name": "shape", "option": "square"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ROSTERS}/{roster}")
    assert 'value="square" checked' in desk.console.page(f"{ROSTERS}/{roster}").body.decode()


def test_who_is_not_signed_in_decides_nothing(desk: Desk) -> None:
    roster = desk.preview(plain([row(1)]))["id"]
    desk.console.token = ""
    assert decide(desk, roster, "shape", "square").status_code in {401, 404}


# The rules of questions themselves


def everything() -> Sequence[Question]:
    return [*QUESTIONS.values(), SHAPE, SCALE]


def test_no_default_ends_or_takes_away_anything_and_no_two_options_are_called_the_same() -> None:
    for question in everything():
        assert len({option.name for option in question.options}) == len(question.options) >= 2, question.name
        assert not question.options[0].dangerous, question.name
        assert all(re.fullmatch(r"[a-z_]{1,40}", name) for name in (question.name, *(each.name for each in question.options)))
        assert question.text(1).startswith(("1 ", "One ")), question.text(1)
        assert question.text(2_000).startswith("2,000 "), question.text(2_000)


def test_an_option_that_is_not_known_any_more_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUESTIONS, "grades", SCALE)
    assert option_of({"grades": "old"}, "grades") == option_of({}, "grades") == "uk"
    assert option_of({"grades": "us"}, "grades") == "us"
    assert remembered({"grades": "us", "shape": "round", "gone": "x"}) == {"grades": "us"}


def test_of_many_some_are_shown_and_all_are_counted() -> None:
    asked = Asked({})
    asked.add(Asks("shape", 1, (Concerned(line, f"P{line}"),)) for line in range(1, 51))
    asked.add([Asks("grades", 0)])
    assert asked.counts == {"shape": 50}
    assert [each.line for each in asked.people["shape"]] == [*range(1, 21)]
