"""Signing in and out: one answer for every failure, budgets before any look-up, sessions that end."""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from latchkey.sign_in import budgets, hashing
from tests.support.portal import PASSWORD, Portal
from web import way_back


@contextmanager
def counted(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """AWS calls and hashes."""
    work: Counter[str] = Counter()
    clients = {name: portal.wiring.client(name) for name in ("dynamodb", "kms", "sqs")}
    for client in clients.values():
        client.meta.events.register("before-call", lambda model, **_: work.update([model.name]), unique_id="count")
    verify = hashing.verify
    with monkeypatch.context() as patch:
        patch.setattr(hashing, "verify", lambda kept, typed: (work.update(["hash"]), verify(kept, typed))[1])
        yield work
    for client in clients.values():
        client.meta.events.unregister("before-call", unique_id="count")


def facts(answer: Any) -> tuple[Any, ...]:
    return answer.status_code, answer.body, sorted(answer.headers.items())


def test_a_person_signs_in_with_a_username_or_an_address_in_any_case(portal: Portal) -> None:
    ann = portal.add("ann", email="ann@northbridge.example")
    hidden = ("\u00a0ann", "ann\t", "ann\r\n", "\u200bann", "mailto:ann@northbridge.example")
    for typed in ("ann", "ANN", " ann ", "Ann@Northbridge.example", *hidden):
        answer = portal.sign_in(typed)
        assert answer.status_code == 201
        assert answer.json_body["person"]["id"] == ann.id
        assert answer.headers["Set-Cookie"].startswith(f"__Host-latchkey={answer.json_body['token']}; Path=/; Max-Age=43200;")
        assert "Secure; HttpOnly; SameSite=Lax" in answer.headers["Set-Cookie"]
        assert (
            portal.get("/account", Authorization=f"Bearer {answer.json_body['token']}").json_body["person"]["given_name"] == "Ann"
        )
    assert portal.person(ann).last_login_at == portal.wiring.now()


def test_a_browser_goes_to_its_account_and_an_admin_to_the_console(portal: Portal) -> None:
    portal.add("ann")
    portal.add("head", role="staff", is_admin=True)
    form = {"identifier": "ann", "password": PASSWORD}
    answer = portal.submit("/schools/northbridge/sessions", form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    assert b"Hello, Ann" in portal.page("/account", Cookie=cookie).body
    answer = portal.submit("/schools/northbridge/sessions", form | {"identifier": "head"})
    assert answer.headers["Location"] == "/admin/northbridge"


def test_a_browser_goes_where_it_wanted_to_go_and_forgets_it(portal: Portal) -> None:
    portal.add("head", role="staff", is_admin=True)
    portal.add("ann")
    wanted = "/admin/northbridge/people?year_group=7"
    form = {"identifier": "head", "password": PASSWORD}
    answer = portal.submit("/schools/northbridge/sessions", form, Cookie=f"{way_back.COOKIE}={wanted}")
    assert answer.headers["Location"] == wanted
    assert any(each.startswith(f"{way_back.COOKIE}=; Path=/; Max-Age=0") for each in answer.headers["Set-Cookie"])
    answer = portal.submit("/schools/northbridge/sessions", form | {"identifier": "ann"}, Cookie=f"{way_back.COOKIE}={wanted}")
    assert answer.headers["Location"] == "/account", "no admin"


@pytest.mark.moto
def test_every_failure_gets_the_same_answer_for_the_same_work(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.add("ann", email="ann@northbridge.example")
    portal.add("new", password=None)
    portal.add("gone", status="left")
    portal.add("off", status="disabled")
    portal.add("elsewhere", "southgate")
    portal.add("neighbour", "southgate", role="teacher")
    tries = [
        ("ann", "northbridge"),
        ("ann@northbridge.example", "northbridge"),
        ("new", "northbridge"),
        ("gone", "northbridge"),
        ("off", "northbridge"),
        ("nobody", "northbridge"),
        ("nobody@northbridge.example", "northbridge"),
        ("neighbour", "northbridge"),
        ("elsewhere", "southgate"),
        ("nobody", "southgate"),
        ("ﬁnn", "northbridge"),
        ("{}", "northbridge"),
    ]
    for school in ("northbridge", "southgate"):
        portal.sign_in("warm", "up", school)
    answers, works = set(), set()
    for identifier, school in tries:
        with counted(portal, monkeypatch) as work:
            answer = portal.sign_in(identifier, "not the password", school)
        answers.add(str(facts(answer)))
        works.add(str(sorted(work.items())))
        assert answer.status_code == 401
        assert work["hash"] == 1
    assert len(answers) == 1
    assert works == {"[('BatchGetItem', 1), ('GetItem', 1), ('Query', 1), ('UpdateItem', 5), ('hash', 1)]"}


def test_a_right_password_does_not_help_those_who_may_not_sign_in_here(portal: Portal) -> None:
    portal.add("gone", status="left")
    portal.add("elsewhere", "southgate")
    portal.add("boss", "southgate", role="staff", is_admin=True)
    portal.add("off", status="disabled")
    assert portal.sign_in("gone").status_code == 401
    assert portal.sign_in("off").status_code == 401
    assert portal.sign_in("elsewhere", school="southgate").status_code == 401
    assert portal.sign_in("boss", school="southgate").status_code == 201, "an admin keeps a password"


def test_who_shares_an_address_is_told_apart_by_the_password(portal: Portal) -> None:
    family = {"email": "family@home.example", "role": "parent"}
    portal.add("mum", **family, password="tulip-harbour-94-first")
    dad = portal.add("dad", **family, password="tulip-harbour-94-second")
    answer = portal.sign_in("family@home.example", "tulip-harbour-94-second")
    assert answer.json_body["person"]["id"] == dad.id
    assert portal.sign_in("family@home.example", "tulip-harbour-94-third").status_code == 401


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.moto
def test_the_budget_of_an_identifier_runs_out_for_known_and_unknown_alike(
    portal: Portal, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if known:
        portal.add("ann")
    statuses = [portal.sign_in("ann", f"wrong {n}", x_forwarded_for=f"10.0.0.{n}").status_code for n in range(10)]
    assert statuses == [401] * 10
    with counted(portal, monkeypatch) as work:
        answer = portal.sign_in("ANN", x_forwarded_for="10.9.9.9")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(900 - portal.wiring.now() % 900)
    assert b"ann" not in answer.body.lower()
    assert not work["hash"]
    assert not work["Query"]
    assert portal.sign_in("ben").status_code == 401, "another identifier has its own budget"
    portal.system.clock.now += 900
    assert portal.sign_in("ann").status_code == (201 if known else 401), "and it comes back"


def test_an_answer_over_the_budget_does_not_tell_who_exists(portal: Portal) -> None:
    portal.add("ann")
    for name in ("ann", "nobody"):
        for _ in range(10):
            portal.sign_in(name, "wrong")
    assert facts(portal.sign_in("ann")) == facts(portal.sign_in("nobody"))


def test_success_gives_the_budget_back(portal: Portal) -> None:
    portal.add("ann")
    for _ in range(3):
        for _ in range(9):
            portal.sign_in("ann", "wrong")
        assert portal.sign_in("ann").status_code == 201


def test_a_day_has_its_own_budget(portal: Portal) -> None:
    portal.add("ann")
    portal.system.clock.now -= portal.system.clock.now % 86_400
    for _ in range(10):
        for _ in range(10):
            assert portal.sign_in("ann", "wrong").status_code == 401
        portal.system.clock.now += 900
    assert portal.sign_in("ann").status_code == 429


def test_one_address_has_a_budget_for_all_identifiers(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latchkey.sign_in.budgets.PER_ADDRESS", replace(budgets.PER_ADDRESS, limit=3))
    answers = [portal.sign_in(f"user{n}", x_forwarded_for=f"10.0.0.{n}", forwarded=f"for=10.0.0.{n}") for n in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, 1.5, [], ["ann"], {}, {"S": "ann"}, {"$gt": ""}),
    *("", "a" * 1025, "a\r\nBcc: b", "a\0"),
)


@pytest.mark.parametrize("field", ["identifier", "password"])
@pytest.mark.moto
def test_hostile_values_are_refused_before_any_work(portal: Portal, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in HOSTILE:
        with counted(portal, monkeypatch) as work:
            answer = portal.post("/schools/northbridge/sessions", {"identifier": "ann", "password": "x", field: value})
        assert answer.status_code == 422, value
        assert list(answer.json_body["fields"]) == [field]
        assert not work["hash"]
        assert not work["UpdateItem"]


def test_a_body_that_cannot_be_read_is_refused(portal: Portal) -> None:
    for body in ("[]", '{"identifier": "ann", "identifier": "ben", "password": "x"}', '{"identifier": NaN}', "{"):
        assert portal.post("/schools/northbridge/sessions", body).status_code == 400, body
    assert portal.post("/schools/northbridge/sessions", "").status_code == 422


def test_letters_that_only_look_alike_are_nobody(portal: Portal) -> None:
    portal.add("mike")
    for typed in ("m\u0131ke", "mi\u212ae", "\uff4dike", "mi\u200bke", "míke", "mike@x", "mike,ann", "mike;ann", "<mike>"):
        assert portal.sign_in(typed).status_code == 401, typed


def test_half_a_character_is_refused(portal: Portal) -> None:
    for body in ('{"identifier": "ann", "password": "\\ud800"}', '{"identifier": "\\ud800", "password": "x"}'):
        assert portal.post("/schools/northbridge/sessions", body).status_code == 422


def test_a_password_may_be_typed_in_another_unicode_form(portal: Portal) -> None:
    portal.add("zoe", password="Zoë’s tulip harbour")
    assert portal.sign_in("zoe", "Zoe\u0308’s tulip harbour").status_code == 201
    assert portal.sign_in("zoe", "zoë’s tulip harbour").status_code == 401
    assert portal.sign_in("zoe", "Zoë’s tulip harbour ").status_code == 401


def test_signing_in_ends_the_session_that_was_presented_and_never_adopts_one(portal: Portal) -> None:
    portal.add("ann")
    portal.add("ben")
    first = portal.sign_in("ann").json_body["token"]
    made = portal.submit(
        "/schools/northbridge/sessions", {"identifier": "ben", "password": PASSWORD}, Cookie=f"__Host-latchkey={first}"
    )
    second = made.headers["Set-Cookie"].split(";")[0].partition("=")[2]
    assert second != first
    assert portal.get("/account", Authorization=f"Bearer {first}").status_code == 401
    assert portal.get("/account", Authorization=f"Bearer {second}").json_body["person"]["username"] == "ben"


def test_a_failed_try_leaves_the_session_alone(portal: Portal) -> None:
    portal.add("ann")
    token = portal.sign_in("ann").json_body["token"]
    assert portal.sign_in("ann", "wrong", Authorization=f"Bearer {token}").status_code == 401
    assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 200


def test_signing_out_ends_the_session_and_takes_the_cookie_away(portal: Portal) -> None:
    portal.add("ann")
    token = portal.sign_in("ann").json_body["token"]
    answer = portal.http.delete("/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 204
    assert answer.headers["Set-Cookie"].startswith("__Host-latchkey=; Path=/; Max-Age=0;")
    assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 401
    assert portal.http.delete("/sessions/current", headers={}).status_code == 204, "twice is no error"


def test_a_browser_signs_out_to_its_schools_page(portal: Portal) -> None:
    portal.add("ann")
    token = portal.sign_in("ann").json_body["token"]
    answer = portal.submit("/sessions/current/delete", {}, Cookie=f"__Host-latchkey={token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/schools/northbridge")
    page = portal.page("/account", Cookie=f"__Host-latchkey={token}")
    assert (page.status_code, page.headers["Location"]) == (303, "/schools/northbridge/sessions")
    for hostile in ("//evil.example.x.y", "/\\evil.x.y", "https:evil.x.y", "javascript:1.x.y", "a b.c.d", ""):
        answer = portal.submit("/sessions/current/delete", {}, Cookie=f"__Host-latchkey={hostile}")
        assert answer.headers["Location"] == "/"


def test_other_sites_can_neither_sign_anyone_in_nor_out(portal: Portal) -> None:
    portal.add("ann")
    form = {"identifier": "ann", "password": PASSWORD}
    token = portal.sign_in("ann").json_body["token"]
    for said in (
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://latchkey.test.evil.example"},
    ):
        cookie = {"Cookie": f"__Host-latchkey={token}"}
        assert portal.submit("/schools/northbridge/sessions", form, **said).status_code == 403
        assert portal.submit("/sessions/current/delete", {}, **cookie, **said).status_code == 403
    assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 200


def test_a_hash_with_older_parameters_is_renewed(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    hashing._hasher.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(hashing, "ROUNDS", 1)
        ann = portal.add("ann")
    hashing._hasher.cache_clear()
    before = portal.wiring.credentials("northbridge").password_hash(ann.id)
    assert portal.sign_in("ann").status_code == 201
    after = portal.wiring.credentials("northbridge").password_hash(ann.id)
    assert before is not None
    assert after is not None
    assert before != after
    assert not hashing.is_dated(after)
    assert portal.sign_in("ann").status_code == 201


def test_the_form_comes_back_with_what_was_typed_but_not_the_password(portal: Portal) -> None:
    answer = portal.submit("/schools/northbridge/sessions", {"identifier": '"><b>ann', "password": "hunter2-hunter2"})
    assert answer.status_code == 401
    assert b'value="&#34;&gt;&lt;b&gt;ann"' in answer.body
    assert b"hunter2" not in answer.body
    assert b"We could not sign you in" in answer.body


def test_what_is_logged_names_nobody(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    portal.add("ann", email="ann@northbridge.example")
    with caplog.at_level(0):
        token = portal.sign_in("ann@northbridge.example").json_body["token"]
        portal.sign_in("ann@northbridge.example", "wrong-wrong")
    records = [record for record in caplog.records if record.name.startswith("latchkey")]
    said = " ".join(handler.format(record) for record in records for handler in logging.getLogger("latchkey").handlers)
    assert {"message": "sign-in refused", "school": "northbridge", "level": "INFO"}.items() <= json.loads(
        logging.getLogger("latchkey").handlers[0].format(records[-1])
    ).items()
    assert "signed in" in said
    assert "sign-in refused" in said
    for secret in ("ann@", "Ann", PASSWORD, "wrong-wrong", token.rpartition(".")[2]):
        assert secret not in said
