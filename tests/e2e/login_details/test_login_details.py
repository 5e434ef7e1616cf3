"""Login details on the deployed stack: a file behind a presigned link, and codes that survive printing again."""

from typing import Any

import httpx
import pytest

from latchkey.login_details.model.runs import FORMATS, Format
from latchkey.shared.model.folding import folded
from tests.e2e.client import Product
from tests.e2e.school import Group, download, enrol, export, made, new_group, people

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def five(admin: Product) -> Group:
    """A group of five, with a code each: nothing here changes them."""
    mine = new_group(5)
    enrol(admin, mine.rows)
    return mine


@pytest.mark.parametrize("scope", ["year_group", "registration_group"])
def test_printing_twice_gives_the_same_codes(admin: Product, scope: str) -> None:
    mine = new_group(5, year="5")
    enrol(admin, mine.rows)
    value = {"year_group": "5", "registration_group": mine.name}[scope]
    done, first = export(admin, {scope: value})
    _, second = export(admin, {scope: value})
    assert done["progress"]["done"] == done["progress"]["total"] == len(first)
    assert first == second
    assert len({row["StudentPIN"] for row in first}) == len(first)
    assert {row["Year"] for row in first} == {"5"}
    assert len([row for row in first if row["RegGroup"] == mine.name]) == 5


def test_the_link_lives_five_minutes_and_only_admins_get_one(admin: Product, stack: Any, five: Group) -> None:
    done, _ = export(admin, {"registration_group": five.name})
    path = admin.console(f"exports/{done['id']}/download")
    location = admin.http.get(path).headers["Location"]
    expires = int(httpx.URL(location).params.get("X-Amz-Expires", "0"))
    assert 0 < expires <= 300
    assert Product(stack).http.get(path).status_code == 404
    tampered = location.replace("X-Amz-Expires=" + str(expires), "X-Amz-Expires=9000")
    assert httpx.get(tampered).status_code in {400, 403}
    assert httpx.get(location.partition("?")[0]).status_code == 403


def test_the_whole_school(admin: Product) -> None:
    _, rows = export(admin, {"school": True})
    assert len({row["ParentCode"] for row in rows}) == len(rows) > 50
    places = [(int(row["Year"]), row["RegGroup"], folded(row["Surname"]), folded(row["Forename"])) for row in rows]
    assert places == sorted(places, key=lambda place: (*place[:2], f"{place[2]}#{place[3]}"))


def test_what_an_export_would_do_is_what_it_does(admin: Product) -> None:
    mine = new_group(3)  # not one that was there before, whom an export of the whole school has given codes
    enrol(admin, mine.rows)
    asked = {"scope": {"registration_group": mine.name}, "format": "mail_merge_csv", "audience": "both"}
    tried = admin.http.post(admin.console("exports"), json={**asked, "dry_run": True})
    assert tried.status_code == 200, tried.text
    found = tried.json()
    assert found["total"] == sum(group["students"] for group in found["groups"]) == 3
    assert found["new_codes"] == {"pin": 3, "parent_code": 3}
    done = made(admin, "exports", **asked)
    assert done["rows"] == found["total"]
    assert done["codes"] == found["new_codes"]
    again = admin.http.post(admin.console("exports"), json={**asked, "dry_run": True}).json()
    assert (again["new_codes"], again["kept"]["parent_code"]) == ({"pin": 0, "parent_code": 0}, found["total"])


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_made_and_downloaded(admin: Product, five: Group, format: Format) -> None:  # noqa: A002 - its name
    done = made(admin, "exports", scope={"registration_group": five.name}, format=format)
    assert done["rows"] == 5
    file = download(admin, done["download"])
    assert file.headers["Content-Type"] == FORMATS[format].media_type
    assert f".{FORMATS[format].suffix}" in file.headers["Content-Disposition"]
    start = {"pdf": b"%PDF-", "xlsx": b"PK", "docx": b"PK"}.get(FORMATS[format].suffix, b"")
    assert file.content.startswith(start)
    assert len(file.content) > 100


def test_codes_on_the_screen_are_those_on_paper_until_they_are_voided(admin: Product, student: dict[str, Any]) -> None:
    scope = {"person": student["id"]}
    path = admin.console(f"people/{student['id']}/codes")
    shown = admin.http.post(path, json={})
    assert shown.status_code == 200, shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    _, (row,) = export(admin, scope)
    codes = {"pin": row["StudentPIN"], "parent_code": row["ParentCode"]}
    assert {name: shown.json()[name] for name in codes} == codes
    hit = admin.http.post(admin.console("codes/void"), json={"scope": scope, "kind": "both", "dry_run": True}).json()
    assert hit == {"codes": 2, "by_kind": {"pin": 1, "parent_code": 1}, "complete": True}
    void = made(admin, "codes/void", scope=scope, kind="both", codes=2)
    assert (void["kind"], void["codes"]) == ("void", {"pin": 1, "parent_code": 1})
    nothing = admin.http.post(admin.console("codes/void"), json={"scope": scope, "kind": "both"})
    assert nothing.status_code == 422
    visitor = Product(admin.stack)
    checked = visitor.http.post(f"/schools/{admin.school}/codes/check", json={"code": codes["pin"]})
    assert checked.status_code == 410, checked.text
    after = admin.http.post(path, json={}).json()
    assert after["new"] is True
    assert not {after["pin"], after["parent_code"]} & set(codes.values())
    audit = [each["action"] for each in admin.get(admin.console("audit"))["items"]]
    assert {"codes.reveal", "codes.void", "codes.voided", "export.start", "export.finish", "export.download"} <= set(audit)


def test_a_selection(admin: Product, five: Group) -> None:
    chosen = people(admin, five)[:3]
    _, rows = export(admin, {"ids": [each["id"] for each in chosen]})
    assert sorted(row["Surname"] for row in rows) == sorted(each["family_name"] for each in chosen)
