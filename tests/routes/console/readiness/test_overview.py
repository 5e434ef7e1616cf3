"""The first page of the console, and the audit trail."""

import re

import pytest

from latchkey.errors import TryLater
from latchkey.preflight.model.kept import Kept
from latchkey.preflight.stores.kept_looks import KeptLooks
from latchkey.sends.plan_send import plan_send
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.exports import student

HOME = "/admin/northbridge"
NONE = dict.fromkeys(("total", "left", "missing_email", "never_logged_in", "not_mine", "unconfirmed"), 0)


def test_an_empty_school_is_told_to_load_people(console: Console) -> None:
    found = console.get(HOME).json_body
    assert found["people"]["student"] == NONE
    assert (found["next"], found["sends"], found["complete"]) == (["load_people"], [], True)
    assert [(each["role"], each["total"]) for each in found["readiness"]] == [
        ("student", 0), ("teacher", 0), ("staff", 1), ("parent", 0)]  # fmt: skip
    assert "Upload a roster" in console.page(HOME).body.decode()


def test_numbers_count_the_active_and_lead_to_what_helps(console: Console) -> None:
    ready = make_person(3, last_login_at=5, password_set_at=4)
    console.add([make_person(1), make_person(2, email=None), ready, make_person(4, status="left")])
    found = console.get(HOME).json_body
    assert found["people"]["student"] == NONE | {"total": 3, "left": 1, "missing_email": 1, "never_logged_in": 2}
    assert found["next"] == ["send_links", "print_details"]
    text = console.page(HOME).body.decode()
    assert text.index("<strong>1 of 3 students can log in.</strong>") < text.index('<ul class="reasons">') < text.index("<table")
    assert "Print slips for this one" in text
    console.post(HOME + "/sends", {"kind": "password_link", "select": {"filter": {}}})
    found = console.get(HOME).json_body
    assert found["next"] == ["watch_send", "print_details"]
    assert [send["state"] for send in found["sends"]] == ["queued"]


def test_who_has_not_confirmed_an_address_is_counted_and_found(console: Console) -> None:
    typed = {"role": "parent", "mis_id": None, "username": None, "year_group": None, "password_set_at": 5}
    console.add(
        [
            make_person(1, last_login_at=5),
            make_person(2, **typed, last_login_at=5),
            make_person(3, **typed, last_login_at=5),
            make_person(4, **typed, last_login_at=5, status="left"),
        ]
    )
    found = console.get(HOME).json_body
    by_role = {role: numbers["unconfirmed"] for role, numbers in found["people"].items() if numbers["unconfirmed"]}
    assert (found["unconfirmed"], by_role) == (2, {"parent": 2})
    assert "ask_unconfirmed" in found["next"]
    text = console.page(HOME).body.decode()
    (link,) = re.findall(r'href="([^"]+)">2 people have typed an e-mail address<', text)
    page = console.page(link).body.decode()
    assert "2 people have typed an address" in page
    assert "Ask everybody for it again" in page
    narrowed = console.page(link + "&role=parent").body.decode()
    assert "These people have typed an address" in narrowed, "the button asks all of the school, not those who are shown"


def test_the_latest_runs_stand_on_the_overview(console: Console) -> None:
    console.add([student(1)])
    export = {"scope": "school", "format": "mail_merge_csv", "audience": "both"}
    made = console.post(HOME + "/exports", export).json_body["id"]
    assert [each["id"] for each in console.get(HOME).json_body["exports"]] == [made]
    roster = console.post(HOME + "/rosters", {"filename": "people.csv"}).json_body["id"]
    assert [each["id"] for each in console.get(HOME).json_body["rosters"]] == [roster]
    text = console.page(HOME).body.decode()
    assert f'href="{HOME}/exports/{made}"' in text, "it is the latest activity"


def test_a_school_where_everyone_is_in_has_nothing_to_do(console: Console) -> None:
    console.add([make_person(1, last_login_at=5, password_set_at=4)])
    facts = {"last_login_at": 5, "password_set_at": 4}
    console.system.wiring("operate").directory("northbridge").change(HEAD_TEACHER.id, facts)
    assert "The one student can log in." in console.page(HOME).body.decode()
    assert console.get(HOME).json_body["next"] == ["nothing"]


def test_the_audit_trail_names_people_on_the_page_and_ids_in_the_data(console: Console) -> None:
    console.add([make_person(1)])
    send = console.post(HOME + "/sends", {"kind": "password_link", "select": {"filter": {}}}).json_body["id"]
    console.system.clock.now += 1
    plan_send(console.system.wiring("plan_send"), "northbridge", send)
    first = console.get(HOME + "/audit", limit="1").json_body
    second = console.get(HOME + "/audit", limit="1", cursor=first["next"]).json_body
    assert [item["actor"] for item in first["items"] + second["items"]] == ["plan_send", HEAD_TEACHER.id]
    assert set(first["items"][0]) == {"id", "actor", "action", "at", "facts", "visitor"}
    assert "Ada" not in str(second)
    text = console.page(HOME + "/audit").body.decode()
    assert f'<a href="/admin/northbridge/people/{HEAD_TEACHER.id}"><bdi>Ada Admin</bdi></a>' in text
    assert "started a message" in text


@pytest.mark.parametrize("path", ["", "/people", "/sends", "/exports", "/settings"])
def test_each_section_says_where_one_is(console: Console, path: str) -> None:
    text = console.page(HOME + path).body.decode()
    assert text.count('aria-current="page"') == 1
    assert f'<a href="{HOME}{path}" aria-current="page">' in text
    assert text.count("<h1") == 1
    assert "<script>" not in text
    assert " style=" not in text


def test_what_preflight_says_would_stop_tonight_stands_on_top(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = console.system.wiring("console").kept_looks
    words = "would stop mail or sign-in tonight"
    assert words not in console.page(HOME).body.decode(), "nobody has looked yet"
    looks.put("northbridge", Kept(at=1, warns=("dmarc",)))
    assert words not in console.page(HOME).body.decode()
    looks.put("northbridge", Kept(at=2, stops=("identity", "sandbox")))
    text = console.page(HOME).body.decode()
    assert "2 things would stop mail or sign-in tonight" in text
    assert f'href="{HOME}/preflight">See what, and who can mend it' in text
    looks.put("northbridge", Kept(at=3, stops=("identity",)))
    assert "1 thing would stop" in console.page(HOME).body.decode()

    def busy(*_: object) -> dict[str, Kept]:
        raise TryLater()

    monkeypatch.setattr(KeptLooks, "of", busy)
    assert console.page(HOME).status_code == 200, "the page is as good without"
