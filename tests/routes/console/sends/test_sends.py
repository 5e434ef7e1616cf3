"""Starting a send, and watching it."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from latchkey.errors import TryLater
from latchkey.people.model.people_filter import parse
from latchkey.sends.model.planning import chunks_of
from latchkey.sends.model.send import with_state
from latchkey.sends.plan_send import plan_send
from tests.support.console import HEAD_TEACHER, Console, make_person

SENDS = "/admin/northbridge/sends"
ANN, BEN, CAT, DAN = make_person(1), make_person(2, email=None), make_person(3, status="left"), make_person(4, role="parent")


@pytest.fixture
def school(console: Console) -> Console:
    console.add([ANN, BEN, CAT, DAN])
    return console


def links(select: object, **more: object) -> dict[str, object]:
    return {"kind": "password_link", "select": select, **more}


def messages(console: Console) -> list[dict[str, Any]]:
    return [json.loads(text) for text in console.system.messages("PLAN_QUEUE")]


def test_a_dry_run_says_how_many_are_sent_and_skipped_and_why_and_does_nothing(school: Console) -> None:
    answer = school.post(SENDS, links({"filter": {}}, dry_run=True))
    assert answer.status_code == 200
    assert (
        answer.json_body.items()
        >= {
            "total": 5,
            "to_send": 3,
            "mails": 3,
            "skipped": [
                {"reason": "no_address", "text": "has no e-mail address", "count": 1},
                {"reason": "left", "text": "has left the school", "count": 1},
            ],
        }.items()
    )
    assert (messages(school), school.get(SENDS).json_body["items"]) == ([], [])


def test_unknown_and_foreign_ids_are_counted_as_unknown(school: Console) -> None:
    theirs = make_person(99)
    school.add([theirs], "southgate")
    ids = [ANN.id, ANN.id, theirs.id, "0" * 20]
    found = school.post(SENDS, links({"ids": ids}, dry_run=True)).json_body
    assert (found["total"], found["to_send"]) == (3, 1)
    assert found["skipped"] == [{"reason": "unknown", "text": "is not a person of this school", "count": 2}]


def test_a_send_is_written_queued_and_told_to_plan_send(school: Console) -> None:
    answer = school.post(SENDS, links({"filter": {"role": "student"}}))
    sent = answer.json_body
    assert (answer.status_code, answer.headers["Location"]) == (202, f"{SENDS}/{sent['id']}")
    assert (sent["state"], sent["created_by"], sent["kind"]) == ("queued", HEAD_TEACHER.id, "password_link")
    assert sent["progress"] == {"done": 0, "total": 0}
    assert messages(school) == [{"v": 1, "kind": "send", "school": "northbridge", "send": sent["id"]}]
    assert school.get(f"{SENDS}/{sent['id']}").json_body == sent
    events = school.get("/admin/northbridge/audit").json_body["items"]
    assert [(event["action"], event["actor"], event["facts"]["send"]) for event in events] == [
        ("send.start", HEAD_TEACHER.id, sent["id"])
    ]


UNUSABLE: list[dict[str, object]] = [
    {},
    {"kind": "password_link"},
    links(None),
    links({}),
    links([]),
    links("all"),
    links({"ids": []}),
    links({"ids": [ANN.id], "filter": {}}),
    links({"ids": ANN.id}),
    links({"ids": [1]}),
    links({"ids": [["a" * 20]]}),
    links({"ids": ["../../etc"]}),
    links({"ids": [f"southgate#P#{ANN.id}"]}),
    links({"ids": ["0" * 20] * 1001}),
    links({"filter": {"school": "southgate"}}),
    links({"filter": {"q": {"$startsWith": "a"}}}),
    links({"filter": []}),
    links({"filter": {}, "school": "southgate"}),
    links({"filter": {}}, school="southgate"),
    links({"filter": {}}, dry_run="yes"),
    links({"filter": {}}, idempotency_key="short"),
    links({"filter": {}}, idempotency_key=["a" * 10]),
    links({"filter": {}}, idempotency_key="a b" * 10),
    {"kind": "parent_invitation", "select": {"refused": {"domain": "x.example"}}},
    {"kind": "parent_invitation", "select": {"contacts": "no id"}},
    links({"contacts": "0" * 26}),
    {"kind": "forgot_password", "select": {"filter": {}}},
    {"kind": ["password_link"], "select": {"filter": {}}},
    links({"filter": {"q": "nobody at all"}}),
    links({"ids": ["0" * 20]}),
]


def test_what_cannot_be_sent_is_refused_and_nothing_is_started(school: Console) -> None:
    for body in UNUSABLE:
        answer = school.post(SENDS, body)
        assert (answer.status_code, bool(answer.json_body["detail"])) == (422, True), body
    assert (messages(school), school.get(SENDS).json_body["items"]) == ([], [])


def test_a_thousand_ids_are_taken(school: Console) -> None:
    ids = [ANN.id, *(f"{number:020d}" for number in range(999))]
    assert school.post(SENDS, links({"ids": ids}, dry_run=True)).json_body["total"] == 1000


def test_the_dry_run_of_nobody_says_so(school: Console) -> None:
    found = school.post(SENDS, links({"filter": {"q": "nobody"}}, dry_run=True))
    assert found.json_body.items() >= {"total": 0, "to_send": 0, "mails": 0, "skipped": []}.items()


def test_the_same_key_starts_one_send(school: Console) -> None:
    body = links({"ids": [ANN.id]}, idempotency_key="key-00000001")
    first, second = school.post(SENDS, body), school.post(SENDS, body)
    assert first.json_body == second.json_body
    assert len(school.get(SENDS).json_body["items"]) == 1
    events = school.get("/admin/northbridge/audit").json_body["items"]
    assert [event["action"] for event in events] == ["send.start"]
    other = school.post(SENDS, links({"ids": [DAN.id]}, idempotency_key="key-00000001"))
    assert other.status_code == 409
    assert school.post(SENDS, links({"ids": [ANN.id]}, idempotency_key="key-00000002")).json_body["id"] != first.json_body["id"]


def test_a_key_of_another_admin_is_another_key(school: Console) -> None:
    body = links({"ids": [ANN.id]}, idempotency_key="key-00000001")
    first = school.post(SENDS, body).json_body["id"]
    other = make_person(50, role="teacher", is_admin=True)
    school.add([other])
    school.token = school.sign_in(other)
    assert school.post(SENDS, body).json_body["id"] != first


def test_a_queue_that_cannot_be_reached_loses_nothing(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    body = links({"ids": [ANN.id]}, idempotency_key="key-00000001")
    with monkeypatch.context() as broken:
        broken.setattr("latchkey.shared.stores.queues.Queue.put", lambda *_: (_ for _ in ()).throw(TryLater()))
        answer = school.post(SENDS, body)
    assert answer.status_code == 503
    assert "Nobody was sent anything" in answer.json_body["detail"]
    (failed,) = school.get(SENDS).json_body["items"]
    assert (failed["state"], failed["reason"]) == ("failed", "not_queued")
    again = school.post(SENDS, body).json_body
    assert (again["id"], again["state"], again["reason"]) == (failed["id"], "queued", None)
    assert [message["send"] for message in messages(school)] == [failed["id"]]


def test_a_request_that_died_before_the_queue_is_finished_by_its_repetition(
    school: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = links({"ids": [ANN.id]}, idempotency_key="key-00000001")
    with monkeypatch.context() as broken:
        broken.setattr("latchkey.sends.stores.sends.Sends.make", lambda *_: (_ for _ in ()).throw(TryLater()))
        assert school.post(SENDS, body).status_code == 503
    assert messages(school) == []
    started = school.post(SENDS, body)
    assert started.status_code == 202
    assert [message["send"] for message in messages(school)] == [started.json_body["id"]]


def plan(console: Console, select: object) -> str:
    """A send that plan_send has planned."""
    send = console.post(SENDS, links(select)).json_body["id"]
    plan_send(console.system.wiring("plan_send"), "northbridge", send)
    return str(send)


def test_numbers_and_progress_of_a_planned_send(school: Console) -> None:
    send = plan(school, {"filter": {}})
    found = school.get(f"{SENDS}/{send}").json_body
    assert (found["state"], found["total"]) == ("running", 5)
    assert {state: count for state, count in found["counts"].items() if count} == {"skipped": 2, "planned": 3}
    assert found["progress"] == {"done": 2, "total": 5}
    assert found["estimate_seconds"] is None


def test_the_estimate_follows_the_rate_so_far(school: Console) -> None:
    send = plan(school, {"filter": {}})
    sends = school.system.wiring("plan_send").sends("northbridge")
    found = sends.get(send)
    assert found is not None
    sends._change(found, {"total": 1002, "counts": {"sent": 200, "skipped": 2, "planned": 800}}, [])
    school.system.clock.now += 30
    assert school.get(f"{SENDS}/{send}").json_body["estimate_seconds"] == 120


GROUP = ("year_group", "registration_group")


def test_recipients_have_one_state_a_reason_and_when_they_set_a_password(school: Console) -> None:
    send = plan(school, {"ids": [ANN.id, BEN.id, CAT.id, DAN.id, "0" * 20]})
    now = school.system.wiring("console").now()
    directory = school.system.wiring("operate").directory("northbridge")
    directory.change(ANN.id, {"password_set_at": now + 60})
    directory.change(DAN.id, {"password_set_at": now - 60})
    items = school.get(f"{SENDS}/{send}/recipients").json_body["items"]
    assert all(
        set(item) == {"person", "name", "email", "state", "reason", "detail", "at", "password_set_at", *GROUP} for item in items
    )
    found = {item["person"]: (item["email"], item["state"], item["reason"], bool(item["password_set_at"])) for item in items}
    assert found == {
        ANN.id: (ANN.email, "planned", None, True),
        DAN.id: (DAN.email, "planned", None, False),
        BEN.id: (None, "skipped", "no_address", False),
        CAT.id: (CAT.email, "skipped", "left", False),
        "0" * 20: (None, "skipped", "unknown", False),
    }


def test_recipients_page_by_page_and_by_state(school: Console) -> None:
    school.add([make_person(number, email=None if number % 7 == 0 else "home@x.example") for number in range(100, 330)])
    send = plan(school, {"filter": {"role": "student"}})

    def walk(**query: str) -> list[str]:
        people = []
        while True:
            found = school.get(f"{SENDS}/{send}/recipients", **query).json_body
            people += [item["person"] for item in found["items"]]
            if found["next"] is None:
                return people
            query["cursor"] = found["next"]

    whole = walk(limit="100")
    assert len(whole) == len(set(whole)) == 233
    assert walk(limit="7") == whole
    skipped = walk(state="skipped", limit="5")
    assert len(skipped) == 35
    assert sorted(walk(state="planned") + skipped) == sorted(whole)
    assert walk(state="failed") == []
    cursor = school.get(f"{SENDS}/{send}/recipients", limit="5").json_body["next"]
    assert school.get(f"{SENDS}/{send}/recipients", cursor=cursor, state="sent").status_code == 422
    other = plan(school, {"ids": [ANN.id]})
    assert school.get(f"{SENDS}/{other}/recipients", cursor=cursor).status_code == 422
    assert school.get(f"{SENDS}/{send}/recipients", state="opened").status_code == 422
    assert school.get(f"{SENDS}/{'0' * 26}/recipients").status_code == 404


def test_a_request_for_recipients_reads_only_so_much(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latchkey.sends.list_recipients._READS", (10,))
    monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 1)
    school.add([make_person(number) for number in range(100, 115)])
    system = school.system.wiring("plan_send")
    send = school.post(SENDS, links({"filter": {"role": "student"}})).json_body["id"]
    found = system.sends("northbridge").get(send)
    settings = system.schools.get("northbridge")
    assert found is not None
    assert settings is not None
    chunks = list(chunks_of(found, system.directory("northbridge").matching(parse({"role": "student"})), settings, 1))
    last = replace(chunks[-1], mails=tuple(with_state(mail, "failed", "refused", 1) for mail in chunks[-1].mails))
    system.ledger("northbridge").write_chunks([*chunks[:-1], last])
    system.sends("northbridge")._change(found, {"state": "running", "total": len(chunks), "chunks": len(chunks)}, [])
    first = school.get(f"{SENDS}/{send}/recipients", state="failed").json_body
    assert (first["items"], first["looked"], first["next"] is not None) == ([], 10, True)
    page = school.page(f"{SENDS}/{send}", state="failed").body.decode()
    assert "Looked through about 10 of 18 people" in page
    assert "Go on looking" in page
    second = school.get(f"{SENDS}/{send}/recipients", state="failed", cursor=first["next"]).json_body
    assert ([item["reason"] for item in second["items"]], second["looked"], second["next"]) == (["refused"], None, None)


def test_sends_are_listed_newest_first_page_by_page(school: Console) -> None:
    made = []
    for _ in range(5):
        made.append(school.post(SENDS, links({"ids": [ANN.id]})).json_body["id"])
        school.system.clock.now += 1
    first = school.get(SENDS, limit="3").json_body
    second = school.get(SENDS, limit="3", cursor=first["next"]).json_body
    assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("form", "total", "to_send"),
    [
        ({"to": "ticked", f"id.{ANN.id}": "on", f"id.{BEN.id}": "on", "page_ids": DAN.id, "filter.role": "parent"}, 2, 1),
        ({"to": "page", "page_ids": f"{ANN.id} {DAN.id}", f"id.{BEN.id}": "on"}, 2, 2),
        ({"to": "filter", "filter.role": "student", "page_ids": DAN.id}, 3, 1),
        ({"to": "filter"}, 5, 3),
        ({"to": "listed", "ids": DAN.id}, 1, 1),
    ],
)
def test_a_form_asks_first_and_sends_after_it_is_confirmed(
    school: Console, form: dict[str, str], total: int, to_send: int
) -> None:
    draft = school.form(SENDS, {"kind": "password_link", **form}).headers["Location"]
    tried = school.get(draft).json_body["dry_run"]
    assert (tried["total"], tried["to_send"]) == (total, to_send)
    assert f"Send to {to_send} pe" in school.page(draft).body.decode()
    assert messages(school) == []
    confirmed = school.form(f"{draft}/send", {"revision": "0", "people": str(to_send)})
    assert confirmed.status_code == 303
    twice = school.form(f"{draft}/send", {"revision": "0", "people": str(to_send)})
    assert twice.headers["Location"] == confirmed.headers["Location"]
    (send,) = school.get(SENDS).json_body["items"]
    assert confirmed.headers["Location"].startswith(f"{SENDS}/{send['id']}")
    plan_send(school.system.wiring("plan_send"), "northbridge", send["id"])
    found = school.get(f"{SENDS}/{send['id']}").json_body
    assert (found["total"], found["counts"]["planned"]) == (total, to_send)


def test_a_form_with_nobody_ticked_says_so(school: Console) -> None:
    answer = school.form(SENDS, {"kind": "password_link", "to": "ticked", "page_ids": ANN.id})
    assert answer.status_code == 422
    assert "Nobody is selected. Nothing was sent." in answer.body.decode()


def test_a_form_for_people_who_can_be_sent_nothing_has_no_button_to_send(school: Console) -> None:
    text = school.led(SENDS, {"kind": "password_link", "to": "listed", "ids": f"{BEN.id} {CAT.id}"})
    assert "Nobody here can be sent a link." in text
    assert 'id="send"' not in text


def test_the_page_of_a_send_keeps_itself_fresh_until_it_is_finished(school: Console) -> None:
    send = plan(school, {"ids": [ANN.id]})
    text = school.page(f"{SENDS}/{send}").body.decode()
    assert 'data-live="running"' in text
    assert "/assets/live.js" in text
    assert "Still to go <strong>1</strong>" in text
    sends = school.system.wiring("plan_send").sends("northbridge")
    found = sends.get(send)
    assert found is not None
    sends._change(found, {"state": "finished", "counts": {"sent": 1}, "finished_at": found.created_at + 5}, [])
    text = school.page(f"{SENDS}/{send}").body.decode()
    assert 'data-live="finished"' in text  # SES has still to tell of the mail
    school.system.clock.now += 606
    text = school.page(f"{SENDS}/{send}").body.decode()
    assert "data-live=" not in text
    assert "Finished" in text


def test_the_page_of_a_finished_send_is_still_once_everything_is_known(school: Console) -> None:
    send = plan(school, {"ids": [ANN.id]})
    sends = school.system.wiring("plan_send").sends("northbridge")
    found = sends.get(send)
    assert found is not None
    sends._change(found, {"state": "finished", "counts": {"delivered": 1}, "finished_at": found.created_at}, [])
    assert "data-live=" not in school.page(f"{SENDS}/{send}").body.decode()


@pytest.mark.parametrize("path", ["/{send}", "/{send}?show=skipped"])
def test_the_figures_of_a_message_stand_before_its_people(school: Console, path: str) -> None:
    send = plan(school, {"filter": {}})
    text = school.page(SENDS + path.format(send=send)).body.decode()
    assert text.index('class="legend"') < text.index("<table")


@pytest.mark.parametrize("asked", [{"state": "skipped", "reason": "no_address"}, {"q": "given"}, {}])
def test_the_page_of_recipients_is_that_of_the_message(school: Console, asked: dict[str, str]) -> None:
    send = plan(school, {"filter": {}})
    answer = school.page(f"{SENDS}/{send}/recipients", **asked)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{SENDS}/{send}" + ("?" + urlencode(asked) if asked else "")
    assert school.page(answer.headers["Location"]).status_code == 200
