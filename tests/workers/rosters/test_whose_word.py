"""Whose word counts: somebody is edited in the console, and the next file says otherwise."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.rosters import apply_roster
from latchkey.shared.model.ids import person_id
from tests.support.console import HEAD_TEACHER, running_console
from tests.support.rosters import ROSTERS, SCHOOL, Crash, Desk, dying, plain, row

OURS, THEIRS = "ours@pupils.northbridge.example", "s1@pupils.northbridge.example"
ROWS = [row(1), row(2)]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A school whose first student was edited after the first roster."""
    with running_console(monkeypatch) as console:
        desk = Desk(console, monkeypatch)
        desk.load(ROWS)
        edit(desk, email=OURS)
        yield desk


def edit(desk: Desk, **values: str) -> None:
    answer = desk.console.post(f"/admin/{SCHOOL}/people/{person_id(SCHOOL, 'S1')}", values, "patch")
    assert answer.status_code == 200, answer.json_body


def set_word(desk: Desk, **words: str) -> None:
    assert desk.console.post(f"/admin/{SCHOOL}/settings", {"words": words}, "put").status_code == 200


def one(desk: Desk) -> Person:
    found = desk.person("S1")
    assert found is not None
    return found


def state(desk: Desk) -> tuple[str | None, tuple[str, ...]]:
    return one(desk).email, one(desk).edited


def question(run: dict[str, Any]) -> dict[str, Any] | None:
    return next((each for each in run["decisions"] if each["name"] == "edited_here"), None)


def counts(run: dict[str, Any]) -> tuple[int, int]:
    return run["counts"]["changed"], run["counts"]["unchanged"]


def answer(desk: Desk, run: dict[str, Any], option: str) -> dict[str, Any]:
    """Answer on the page, as a browser without JavaScript does; the preview is then made again."""
    form = {"name": "edited_here", "option": option}
    assert desk.console.form(f"{ROSTERS}/{run['id']}/decide", form).status_code == 303
    assert desk.work(*desk.console.system.messages("ROSTER_QUEUE")) == 0
    return desk.run(run["id"])


def undo(desk: Desk, run: dict[str, Any]) -> dict[str, Any]:
    assert desk.console.post(f"{ROSTERS}/{run['id']}/undo", {}).status_code == 202
    assert desk.work(*desk.console.system.messages("ROSTER_QUEUE")) == 0
    found: dict[str, Any] = desk.run(run["id"])["undo"]
    return found


def test_nobody_answers_and_what_was_edited_stays(desk: Desk) -> None:
    assert state(desk) == (OURS, ("email",))
    for _ in range(2):  # and the next file asks again
        run = desk.preview(plain(ROWS))
        found = question(run)
        assert found is not None
        assert (found["count"], found["chosen"], found["default"]) == (1, "keep", "keep")
        said = f"e-mail address {OURS} here, {THEIRS} in the file"
        assert [(each["name"], each["text"]) for each in found["people"]] == [("Given1 Family1", said)]
        assert counts(run) == counts(desk.apply(run["id"])) == (0, 2)
        assert state(desk) == (OURS, ("email",))


def test_the_rest_of_the_row_is_taken(desk: Desk) -> None:
    run = desk.load([row(1, family_name="Other", year_group="8"), row(2)])
    assert counts(run) == (1, 1)
    assert (one(desk).family_name, one(desk).year_group, state(desk)) == ("Other", "8", (OURS, ("email",)))


def test_the_files_word_is_taken_and_undone(desk: Desk) -> None:
    run = desk.preview(plain(ROWS))
    text = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert "1 person was edited here, and the file says otherwise." in text
    assert f"e-mail address {OURS} here, {THEIRS} in the file" in text
    run = answer(desk, run, "take")
    assert counts(run) == counts(desk.apply(run["id"])) == (1, 1)
    assert state(desk) == (THEIRS, ())
    assert question(desk.preview(plain(ROWS))) is None, "now they agree"
    assert undo(desk, run)["counts"]["restored"] == 1
    assert state(desk) == (OURS, ("email",))
    again = desk.preview(plain(ROWS))
    assert question(again) is not None
    back = answer(desk, answer(desk, again, "take"), "keep")
    assert counts(desk.apply(back["id"])) == (0, 2)
    assert state(desk) == (OURS, ("email",))


def test_ours_and_theirs_are_not_asked(desk: Desk) -> None:
    set_word(desk, email="ours")
    run = desk.preview(plain(ROWS))
    assert (question(run), counts(run)) == (None, (0, 2))
    desk.apply(run["id"])
    assert state(desk) == (OURS, ("email",))
    set_word(desk, email="mis")
    run = desk.preview(plain(ROWS))
    assert (question(run), counts(run)) == (None, (1, 1))
    desk.apply(run["id"])
    assert state(desk) == (THEIRS, ())


def test_where_the_mis_comes_to_agree_its_word_counts_from_then_on(desk: Desk) -> None:
    agreed = desk.load([row(1, email=OURS), row(2)])
    assert counts(agreed) == (0, 2), "nobody is changed by it"
    assert state(desk) == (OURS, ())
    assert undo(desk, agreed)["kept"] == []
    assert state(desk) == (OURS, ("email",))
    desk.load([row(1, email=OURS), row(2)])
    run = desk.preview(plain(ROWS))
    assert (question(run), counts(run)) == (None, (1, 1))


def test_an_edit_between_preview_and_its_undoing_stays_marked(desk: Desk) -> None:
    run = answer(desk, desk.preview(plain(ROWS)), "take")
    desk.apply(run["id"])
    edit(desk, email="third@pupils.northbridge.example", language="cy")
    assert [each["fields"] for each in undo(desk, run)["kept"]] == [["email"]]
    assert state(desk) == ("third@pupils.northbridge.example", ("email", "language"))


def test_an_address_that_the_file_has_no_more_is_taken_with_its_mark(desk: Desk) -> None:
    run = desk.preview(plain([row(1, email=""), row(2)]))
    assert desk.console.post(f"{ROSTERS}/{run['id']}/decide", {"name": "gone_facts", "option": "take"}).status_code == 200
    desk.apply(run["id"])
    assert state(desk) == (None, ())
    undo(desk, run)
    assert state(desk) == (OURS, ("email",))


def test_who_was_edited_in_another_way_is_marked_too(desk: Desk) -> None:
    """By a list of new addresses; undoing it leaves the mark, which goes with the next file that says the same."""
    items = [{"id": person_id(SCHOOL, "S2"), "email": "new2@northbridge.example"}]
    done = desk.console.post(f"/admin/{SCHOOL}/people/emails", {"items": items})
    assert done.status_code == 200, done.json_body
    found = desk.person("S2")
    assert found is not None
    assert (found.email, found.edited) == ("new2@northbridge.example", ("email",))
    asked = question(desk.preview(plain(ROWS)))
    assert asked is not None
    assert asked["count"] == 2


def test_a_mark_of_this_moment_is_not_overwritten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An admin edits the name while the worker has decided to take another one."""
    run = desk.preview(plain([row(1, email=OURS, given_name="File"), row(2)]))
    write = apply_roster._write

    def first_the_admin(*args: Any, **more: Any) -> int:
        edit(desk, given_name="Admin")
        return write(*args, **more)

    monkeypatch.setattr(apply_roster, "_write", first_the_admin)
    done = desk.apply(run["id"])
    assert (one(desk).given_name, one(desk).edited) == ("Admin", ("given_name", "email"))
    assert counts(done) == (0, 1)


def test_a_worker_that_dies_after_any_write_leaves_no_other_marks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One field's word is taken, of the other both agree; applied and undone, each with a death after every write in turn."""
    edit(desk, given_name="Anne")
    before = one(desk)
    for step in range(1, 40):
        run = answer(desk, desk.preview(plain([row(1, given_name="Anne"), row(2)])), "take")
        deaths = 0
        for kind in ("apply", "undo"):
            desk.console.post(f"{ROSTERS}/{run['id']}/{kind}", {})
            desk.console.system.messages("ROSTER_QUEUE")
            message = {"v": 1, "kind": kind, "school": SCHOOL, "roster": run["id"]}
            with monkeypatch.context() as patch:
                count = dying(desk.worker.client("dynamodb"), patch, step)
                with suppress(Crash):
                    desk.work(message)
            deaths += count[0] >= step
            desk.console.system.clock.now += 3600
            desk.console.token = desk.console.sign_in(HEAD_TEACHER)
            assert desk.work(message) == 0
            if kind == "apply":
                assert state(desk) == (THEIRS, ()), step
        assert (state(desk), one(desk).given_name) == ((OURS, ("given_name", "email")), "Anne"), step
        if not deaths:
            break
    else:
        pytest.fail("it never came to its end")
    assert replace(one(desk), former_email=None, last_login_at=None) == replace(before, former_email=None, last_login_at=None)
