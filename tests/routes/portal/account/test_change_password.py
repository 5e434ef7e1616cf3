"""Changing one's own password: with the current one, which is guessed at within a budget; all other sessions end."""

import threading
from collections import Counter
from typing import Any

import pytest

from latchkey.accounts.change_password import change_password
from latchkey.errors import Conflict
from latchkey.people.model.person import LentPassword
from latchkey.schools.model.school import DAY
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.queues import Queue
from latchkey.sign_in import hashing
from latchkey.sign_in.budgets import IN_A_ROW, PER_PERSON
from latchkey.sign_in.session import ABSOLUTE, SignedIn
from latchkey.sign_in.stores.failures import Row
from latchkey.sign_in.stores.sessions import Session
from tests.support.portal import PASSWORD, Portal

NEW = "violet-kettle-77-north"
COOKIE = "__Host-latchkey"


def token_in(answer: Any) -> str:
    """The token that the answer's cookie holds."""
    said = str(answer.headers["Set-Cookie"])
    assert said.startswith(f"{COOKIE}=")
    return said.partition("=")[2].partition(";")[0]


def signed_in(portal: Portal, name: str, password: str = PASSWORD) -> str:
    answer = portal.sign_in(name, password)
    assert answer.status_code == 201
    return str(answer.json_body["token"])


def change(portal: Portal, token: str, current: Any = PASSWORD, password: Any = NEW) -> Any:
    return portal.post("/account/password", {"current": current, "password": password}, Authorization=f"Bearer {token}")


def works(portal: Portal, token: str) -> bool:
    return portal.get("/account", Authorization=f"Bearer {token}").status_code == 200


@pytest.mark.parametrize("facts", [{}, {"email": "ann@northbridge.example"}, {"role": "teacher"}], ids=str)
def test_everybody_changes_their_own_and_stays_signed_in_here_alone(portal: Portal, facts: dict[str, Any]) -> None:
    ann = portal.add("ann", **facts)
    here, there = signed_in(portal, "ann"), signed_in(portal, "ann")
    link = portal.token(portal.person(ann))
    portal.system.clock.now += 600
    answer = change(portal, here)
    assert (answer.status_code, answer.body) == (204, b"")
    fresh = token_in(answer)
    assert f"Max-Age={ABSOLUTE - 600};" in answer.headers["Set-Cookie"], "it ends when the sign-in would have ended"
    assert [works(portal, each) for each in (fresh, here, there)] == [True, False, False]
    after = portal.person(ann)
    assert (after.version, after.password_set_at) == (2, portal.wiring.now())
    assert portal.sign_in("ann").status_code == 401
    assert portal.sign_in("ann", NEW).status_code == 201
    assert portal.post("/password-links/check", {"token": link}).json_body["code"] == "replaced"
    told = portal.requests()
    assert [(each["kind"], each["person"]) for each in told] == [("password_changed", ann.id)]
    assert NEW not in str(told)


def test_the_session_that_goes_on_is_the_same_sign_in(portal: Portal) -> None:
    ann = portal.add("ann")
    here = signed_in(portal, "ann")
    portal.system.clock.now += 900
    fresh = token_in(change(portal, here))
    (kept,) = [each for each in portal.wiring.sessions("northbridge").all_of(ann.id) if each.expires_at > portal.wiring.now()]
    assert (kept.created_at, kept.seen_at) == (portal.wiring.now() - 900, portal.wiring.now())
    portal.system.clock.now = kept.expires_at
    assert not works(portal, fresh)


@pytest.mark.parametrize(
    ("current", "password", "wrong"),
    [
        ("", "", {"current": "Enter the password that you have now.", "password": "Enter a new password."}),
        ("nonsense", NEW, {"current": "This is not the password that you have now."}),
        (PASSWORD, PASSWORD, {"password": "This is the password that you have now. Choose another."}),
        (PASSWORD, "test@example.com", {"password": "e-mail"}),
        (PASSWORD, "short", {"password": "too short"}),
        ("nonsense", "short", {"current": "not the password", "password": "too short"}),
        (None, NEW, {"current": "Enter the password that you have now."}),
        ("a" * 1025, NEW, {"current": "too long"}),
    ],
)
def test_all_that_is_wrong_is_said_at_once_and_nothing_changes(
    portal: Portal, current: Any, password: Any, wrong: dict[str, str]
) -> None:
    ann = portal.add("ann")
    here = signed_in(portal, "ann")
    before = portal.person(ann)
    answer = change(portal, here, current, password)
    assert answer.status_code == 422
    fields = answer.json_body["fields"]
    assert list(fields) == list(wrong)
    for name, text in wrong.items():
        assert text in fields[name]
    assert portal.person(ann) == before
    assert works(portal, here)
    assert portal.requests() == []


def test_a_form_is_shown_again_with_what_is_wrong_and_no_password(portal: Portal) -> None:
    portal.add("ann")
    cookie = {"Cookie": f"{COOKIE}={signed_in(portal, 'ann')}"}
    answer = portal.submit("/account/password", {"current": "nonsense-of-mine", "password": "tiny"}, **cookie)
    page = answer.body.decode()
    assert answer.status_code == 422
    assert "<title>Error: Your account" in page
    assert page.count("This is not the password that you have now.") == 2, "in the summary and at the field"
    assert '<a href="#current">' in page
    assert '<a href="#password">' in page
    assert "nonsense-of-mine" not in page
    assert "tiny" not in page
    done = portal.submit("/account/password", {"current": PASSWORD, "password": NEW}, **cookie)
    assert (done.status_code, done.headers["Location"]) == (303, "/account?done=password")
    page = portal.page("/account?done=password", Cookie=f"{COOKIE}={token_in(done)}").body.decode()
    assert "Your password is changed. Everywhere else you are signed out." in page


def test_what_was_done_is_said_in_words_of_ours_alone(portal: Portal) -> None:
    portal.add("ann")
    cookie = {"Cookie": f"{COOKIE}={signed_in(portal, 'ann')}"}
    page = portal.page("/account?done=Ring%200900%20123456", **cookie).body.decode()
    assert "0900" not in page
    assert 'class="done"' not in page


def test_a_sign_that_phones_make_is_pointed_out(portal: Portal) -> None:
    portal.add("ann")
    fields = {"current": PASSWORD, "password": "violet’s kettle north"}
    done = portal.submit("/account/password", fields, Cookie=f"{COOKIE}={signed_in(portal, 'ann')}")
    assert done.headers["Location"] == "/account?done=password-sign"
    page = portal.page("/account?done=password-sign", Cookie=f"{COOKIE}={token_in(done)}").body.decode()
    assert "a character that phones make by themselves" in page
    assert "violet" not in page


def test_whoever_signs_in_elsewhere_is_pointed_there(portal: Portal) -> None:
    head = portal.add("head", "southgate", role="staff", is_admin=True)
    here = portal.sign_in("head", school="southgate").json_body["token"]
    assert change(portal, here).status_code == 204, "an admin keeps a password, to get in when that is down"
    assert portal.person(head, "southgate").version == 2
    sam = portal.add("sam", "southgate")
    session = Session(person=sam.id, hash="0" * 64, version=1, stamp=sam.stamp, created_at=1, seen_at=1, expires_at=2)
    with pytest.raises(Conflict) as refused:
        change_password(portal.wiring, SignedIn(portal.schools["southgate"], sam, session), PASSWORD, NEW)
    assert refused.value.code == "elsewhere"


def test_whoever_has_no_password_gives_none_with_the_same_work(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = portal.add("ann")
    here = signed_in(portal, "ann")
    verified: list[str | None] = []
    verify = hashing.verify
    monkeypatch.setattr(hashing, "verify", lambda kept, typed: verified.append(kept) or verify(kept, typed))
    monkeypatch.setattr(portal.wiring.credentials("northbridge").__class__, "password_hash", lambda *_: None)
    assert list(change(portal, here).json_body["fields"]) == ["current"]
    assert verified == [None]
    portal.wiring.directory("northbridge").change(ann.id, {"password_set_at": None})
    page = portal.page("/account", Cookie=f"{COOKIE}={here}").body.decode()
    assert "You have not chosen a password here." in page
    assert 'name="current"' not in page


def test_a_password_of_an_account_that_was_merged_is_the_current_one(portal: Portal) -> None:
    ann, old = portal.add("ann"), portal.add("old", password=NEW)
    here = signed_in(portal, "ann")
    lent = {"person": old.id, "set_at": portal.person(ann).password_set_at}
    portal.wiring.directory("northbridge").change(ann.id, {"lent_password": lent})
    assert portal.person(ann).lent_password == LentPassword(old.id, lent["set_at"] or 0)
    assert change(portal, here, NEW, "marble-lantern-52-otter").status_code == 204
    assert portal.sign_in("ann", "marble-lantern-52-otter").status_code == 201
    assert portal.sign_in("old", NEW).status_code == 201


def test_an_address_that_was_typed_stays_unconfirmed(portal: Portal) -> None:
    ann = portal.add("ann", role="parent", email="mum@home.example")
    portal.wiring.directory("northbridge").change(ann.id, {"email_typed": ann.email_key})
    assert change(portal, signed_in(portal, "ann")).status_code == 204
    assert portal.person(ann).address_is_unconfirmed


def test_of_changes_at_once_one_wins(portal: Portal) -> None:
    ann = portal.add("ann")
    here = signed_in(portal, "ann")
    answers, lock, start = Counter[Any](), threading.Lock(), threading.Barrier(8)

    def go(number: int) -> None:
        start.wait()
        answer = change(portal, here, password=f"{NEW}-{number}")
        with lock:
            answers[answer.status_code if answer.status_code != 409 else answer.json_body["code"]] += 1

    threads = [threading.Thread(target=go, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers[204] == 1
    assert set(answers) <= {204, "changed", 401, 422, 429}
    assert portal.person(ann).version == 2
    assert sum(portal.sign_in("ann", f"{NEW}-{number}").status_code == 201 for number in range(8)) == 1


def test_a_session_that_was_ended_meanwhile_changes_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = portal.add("ann")
    here = signed_in(portal, "ann")
    hash_of = hashing.hash_of

    def ended_first(password: str) -> str:
        portal.wiring.sessions("northbridge").end_all(ann.id)
        return hash_of(password)

    monkeypatch.setattr(hashing, "hash_of", ended_first)
    assert change(portal, here).json_body["code"] == "changed"
    assert portal.sign_in("ann").status_code == 201


def test_of_two_hundred_guesses_at_once_ten_are_compared(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.add("ann")
    here = signed_in(portal, "ann")
    compared: list[str] = []
    monkeypatch.setattr(hashing, "verify", lambda _, typed: bool(compared.append(typed)))
    answers, lock = Counter[int](), threading.Lock()

    def guess(first: int) -> None:
        for number in range(first, 200, 8):
            status = change(portal, here, f"guess-{number}").status_code
            with lock:
                answers[status] += 1

    threads = [threading.Thread(target=guess, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(compared) == PER_PERSON[0].limit
    assert answers == {422: PER_PERSON[0].limit, 429: 200 - PER_PERSON[0].limit}


def test_a_hundred_wrong_ones_in_a_row_stop_the_password_at_every_door(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = portal.add("ann")
    row = Row(*portal_row(portal, ann.id))
    for _ in range(IN_A_ROW - 1):
        portal.wiring.failures("northbridge").count(row, portal.wiring.now())
    here = signed_in(portal, "ann")
    assert portal.wiring.failures("northbridge").count(row, portal.wiring.now(), 0).count == 0, "the right one begins a new row"
    for _ in range(IN_A_ROW - 1):
        portal.wiring.failures("northbridge").count(row, portal.wiring.now())
    with monkeypatch.context() as patch:
        patch.setattr(hashing, "verify", lambda *_: False)
        assert change(portal, here, "wrong").status_code == 422
    assert list(change(portal, here).json_body["fields"]) == ["current"]
    events = [each["action"] for each in portal.system.wiring("console").audit("northbridge").page(limit=100)[0]]
    assert events.count("password.stopped") == 1
    assert events.count("password.not_current") == 1, "counted within the hour"


def portal_row(portal: Portal, person: str) -> tuple[str, int]:
    return lookup(portal.wiring.lookup_key("northbridge"), "person", person), portal.wiring.now() - 1000


def test_right_ones_cost_nothing_and_the_budget_comes_back(portal: Portal) -> None:
    portal.add("ann")
    portal.system.clock.now += DAY - portal.system.clock.now % DAY
    here = signed_in(portal, "ann")
    for _ in range(PER_PERSON[0].limit + 2):
        assert change(portal, here, password="short").status_code == 422
    for _ in range(PER_PERSON[0].limit):
        assert change(portal, here, "wrong").status_code == 422
    answer = change(portal, here)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    portal.system.clock.now += PER_PERSON[0].window
    assert change(portal, here).status_code == 204


def test_nobody_changes_anything_without_a_session_or_from_another_site(portal: Portal) -> None:
    portal.add("ann")
    here = signed_in(portal, "ann")
    assert portal.post("/account/password", {"current": PASSWORD, "password": NEW}).status_code == 401
    assert portal.page("/account/password").headers["Location"] == "/"
    fields = {"current": PASSWORD, "password": NEW}
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Cookie": f"{COOKIE}={here}"}
    assert portal.submit("/account/password", fields, **evil).status_code == 403
    assert portal.sign_in("ann").status_code == 201


def test_the_mail_may_fail_and_the_password_stands(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.add("ann")
    here = signed_in(portal, "ann")
    monkeypatch.setattr(Queue, "put", lambda *_, **__: 1 / 0)
    assert change(portal, here).status_code == 204
    assert portal.sign_in("ann", NEW).status_code == 201
