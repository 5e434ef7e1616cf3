"""The roster routes: who may, what is asked for, what pages show."""

import re
from html import unescape
from itertools import count
from typing import Any

import pytest

from latchkey.errors import TryLater
from latchkey.rosters.model.runs import LONGEST_FILE
from latchkey.rosters.stores.rosters import Rosters
from latchkey.shared.await_file import UPLOAD_LIFE
from latchkey.shared.stores.uploads import Uploads
from tests.support.console import Console, make_person
from tests.support.rosters import ROSTERS, Desk, parent, plain, row


@pytest.fixture
def desk(console: Console, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(console, monkeypatch)


def test_the_form_of_an_upload_is_for_one_key_one_size_and_a_quarter_of_an_hour(console: Console) -> None:
    import base64
    import json

    answer = console.post(ROSTERS, {"filename": "people.csv"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{ROSTERS}/{answer.json_body['id']}"
    upload = answer.json_body["upload"]
    fields = upload["fields"]
    assert re.fullmatch(rf"rosters/northbridge/{answer.json_body['id']}/[0-9a-f]{{32}}", fields["key"])
    policy = json.loads(base64.b64decode(fields["policy"]))
    assert {"key": fields["key"]} in policy["conditions"]
    assert ["content-length-range", 1, LONGEST_FILE] in policy["conditions"]
    assert upload["url"].startswith("https://uploads-bucket.s3.eu-west-2.amazonaws.com"), "the bucket's own host"


@pytest.mark.parametrize(
    "body", [{}, {"filename": ""}, {"filename": "people.exe"}, {"filename": 1}, {"filename": "x\n.csv"}, {"a": "b"}]
)
def test_a_file_of_another_kind_is_refused_before_it_is_sent(console: Console, body: dict[str, Any]) -> None:
    assert console.post(ROSTERS, body).status_code == 422


def test_a_browser_posts_the_file_to_s3_and_comes_back(console: Console) -> None:
    assert "No roster has been uploaded" in console.page(ROSTERS).body.decode()
    answer = console.form(ROSTERS, {})
    assert answer.status_code == 201
    body = answer.body.decode()
    assert 'enctype="multipart/form-data"' in body
    assert "form-action 'self' https://uploads-bucket.s3.eu-west-2.amazonaws.com;" in answer.headers["Content-Security-Policy"]
    back = re.search(r'name="success_action_redirect" value="https://latchkey.test(/[^"]*)"', body)
    assert back
    landed = console.page(back[1], bucket="b", key="k", etag="e")
    assert (landed.status_code, landed.headers["Location"]) == (303, back[1])
    assert "We have not seen the file yet" in console.page(back[1]).body.decode()


def test_pages_show_numbers_reasons_and_no_markup_of_the_file(desk: Desk) -> None:
    hostile = '<a href="//evil">{{7*7}}'
    rows = [row(1, given_name=hostile, family_name="</title>"), row(2, email="<b>x</b>"), parent(1, "S1")]
    run = desk.preview(plain(rows))
    body = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert hostile not in body
    assert hostile in unescape(body)
    assert "<b>x" not in body
    assert "Apply this roster" in body
    applied = desk.console.form(f"{ROSTERS}/{run['id']}/apply", {})
    assert (applied.status_code, applied.headers["Location"]) == (303, f"{ROSTERS}/{run['id']}")
    assert 'data-live="running"' in desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    assert "The roster is applied" in desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert f"{ROSTERS}/{run['id']}" in desk.console.page(ROSTERS).body.decode()
    again = desk.preview(plain(rows[2:]))
    assert "Apply this roster" in desk.console.page(f"{ROSTERS}/{again['id']}").body.decode() or again["links"] == 0


def test_a_form_that_is_posted_twice_starts_one_roster(desk: Desk) -> None:
    """A double click, or Back: each page that offers an upload gives its form a key of its own."""
    failed = desk.preview(b"people\nAnn\n")
    for page in (ROSTERS, f"{ROSTERS}/{failed['id']}"):
        before = len(desk.console.get(ROSTERS).json_body["items"])
        keys = [hidden_key(desk.console.page(page).body.decode()) for _ in range(2)]
        assert keys[0] != keys[1]
        answers = [desk.console.form(ROSTERS, {"idempotency_key": key}) for key in (keys[0], keys[0], keys[1])]
        assert [answer.status_code for answer in answers] == [201] * 3
        assert len(desk.console.get(ROSTERS).json_body["items"]) == before + 2


def hidden_key(page: str) -> str:
    found = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_failed_run_says_why_and_what_was_kept(desk: Desk) -> None:
    run = desk.preview(b"people\nAnn\n")
    assert (run["state"], run["progress"]["total"]) == ("failed", 0)
    body = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert "mis_id" in body
    assert "Nothing was changed" in body


KEY = {"filename": "people.csv", "idempotency_key": "one-upload"}


def test_the_same_key_starts_one_roster_and_has_a_fresh_form_while_its_file_is_awaited(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, form = count(1), Uploads.form

    def numbered(uploads: Uploads, key: str, **options: Any) -> dict[str, Any]:
        made = form(uploads, key, **options)
        return {**made, "fields": {**made["fields"], "number": str(next(numbers))}}

    monkeypatch.setattr(Uploads, "form", numbered)
    first = console.post(ROSTERS, KEY)
    console.system.clock.now += UPLOAD_LIFE - 1
    again = console.post(ROSTERS, KEY)
    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    forms = [answer.json_body["upload"]["fields"] for answer in (first, again)]
    assert forms[0]["key"] == forms[1]["key"]
    assert [each["number"] for each in forms] == ["1", "2"], "the first one may have run out"
    assert [each["id"] for each in console.get(ROSTERS).json_body["items"]] == [first.json_body["id"]]
    events, _ = console.system.wiring("console").audit("northbridge").page()
    assert [event["action"] for event in events].count("roster.start") == 1
    console.system.clock.now += 1
    late = console.post(ROSTERS, KEY)
    assert (late.status_code, "another key" in late.json_body["detail"]) == (409, True)


def test_the_same_key_has_no_form_once_the_file_has_come(desk: Desk) -> None:
    answer = desk.console.post(ROSTERS, KEY)
    roster = answer.json_body["id"]
    desk.keys[roster] = answer.json_body["upload"]["fields"]["key"]
    desk.put(roster, plain([row(1)]))
    assert desk.work(desk.came(roster)) == 0
    again = desk.console.post(ROSTERS, KEY)
    assert (again.status_code, again.json_body) == (200, {"id": roster, "upload": None})
    page = desk.console.form(ROSTERS, {**KEY, "filename": "people.csv"})
    assert (page.status_code, page.headers["Location"]) == (303, f"{ROSTERS}/{roster}")
    assert desk.run(roster)["state"] == "previewed"


def test_another_file_another_admin_or_another_key_is_another_roster(console: Console) -> None:
    first = console.post(ROSTERS, KEY).json_body["id"]
    other = console.post(ROSTERS, {**KEY, "filename": "others.csv"})
    assert (other.status_code, other.json_body["code"]) == (409, "conflict")
    assert console.post(ROSTERS, {**KEY, "idempotency_key": "two-uploads"}).json_body["id"] != first
    colleague = make_person(2, role="staff", is_admin=True)
    console.add([colleague])
    console.token = console.sign_in(colleague)
    assert console.post(ROSTERS, KEY).json_body["id"] != first
    assert console.post(ROSTERS, {**KEY, "idempotency_key": "short"}).status_code == 422


def test_a_start_that_broke_off_is_ended_by_the_same_key(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Rosters, "make", busy)
        assert console.post(ROSTERS, KEY).status_code == 503
    assert console.get(ROSTERS).json_body["items"] == []
    assert console.post(ROSTERS, KEY).status_code == 201
    assert len(console.get(ROSTERS).json_body["items"]) == 1


def busy(*_: object) -> bool:
    raise TryLater()


def test_lists_are_paged_newest_first(console: Console) -> None:
    made = []
    for _ in range(3):
        console.system.clock.now += 1
        made.append(console.post(ROSTERS, {"filename": "a.csv"}).json_body["id"])
    first = console.get(ROSTERS, limit="2").json_body
    assert [each["id"] for each in first["items"]] == made[:0:-1]
    assert [each["id"] for each in console.get(ROSTERS, limit="2", cursor=first["next"]).json_body["items"]] == made[:1]
    assert first["next"] != made[1], "the cursor is sealed"
    for cursor in ("../x", made[1], f"{first['next']}A"):
        refused = console.get(ROSTERS, cursor=cursor)
        assert (refused.status_code, *refused.json_body["fields"]) == (422, "cursor")
    for limit in ("0", "101"):
        assert console.get(ROSTERS, limit=limit).status_code == 422
    assert "key" not in first["items"][0]


def test_only_admins_of_the_school_and_the_same_404_for_everybody_else(console: Console) -> None:
    teacher = make_person(1, role="teacher")
    console.add([teacher])
    roster = console.post(ROSTERS, {"filename": "a.csv"}).json_body["id"]
    unknown = console.get(f"{ROSTERS}/{'0' * 26}")
    assert console.get(f"{ROSTERS}/..%2F").status_code == 404
    for token in (console.sign_in(teacher), None):
        console.token = token
        for answer in (
            console.get(ROSTERS),
            console.get(f"{ROSTERS}/{roster}"),
            console.post(ROSTERS, {"filename": "a.csv"}),
            console.post(f"{ROSTERS}/{roster}/apply", {}),
        ):
            assert (answer.status_code, answer.body) == (404, unknown.body)


def test_a_roster_without_a_preview_cannot_be_applied(console: Console) -> None:
    roster = console.post(ROSTERS, {"filename": "a.csv"}).json_body["id"]
    answer = console.post(f"{ROSTERS}/{roster}/apply", {})
    assert (answer.status_code, answer.json_body["code"]) == (409, "not_previewed")
    assert console.system.messages("ROSTER_QUEUE") == []


def test_a_roster_that_the_database_takes_slowly_says_so_while_it_runs(console: Console, desk: Desk) -> None:
    run = desk.preview(plain([row(1)]))
    path = f"{ROSTERS}/{run['id']}"
    assert console.post(f"{path}/apply", {}).status_code == 202
    rosters = console.system.wiring("read_roster").rosters("northbridge")
    found = rosters.get(run["id"])
    assert found is not None
    assert console.get(path).json_body["slow"] is False
    taken = rosters.take(found, int(console.system.clock.now), 60)
    written = rosters.note_written(taken, {"new": 1}, 1, slow=True)
    assert console.get(path).json_body["slow"] is True
    assert "takes so many people only slowly" in console.page(path).body.decode()
    rosters.finish(written, {"new": 1}, int(console.system.clock.now))
    assert console.get(path).json_body["slow"] is False
    assert "slowly" not in console.page(path).body.decode()
