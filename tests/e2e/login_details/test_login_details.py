"""Login details on the deployed stack: a file behind a presigned link, and codes that survive printing again."""

import csv
import io
from typing import Any

import httpx
import pytest

from latchkey.login_details.model.runs import FORMATS, Format
from tests.e2e.client import Product

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def admin(stack: Any) -> Product:
    return Product(stack).admin()


def export(admin: Product, scope: Any) -> tuple[dict[str, Any], list[dict[str, str]]]:
    answer = admin.http.post(admin.console("exports"), json={"scope": scope, "format": "mail_merge_csv", "audience": "both"})
    assert answer.status_code == 202, answer.text
    done = admin.finished(admin.console(f"exports/{answer.json()['id']}"))
    assert done["state"] == "finished", done
    link = admin.http.get(admin.console(f"exports/{done['id']}/download"))
    assert link.status_code == 303
    file = httpx.get(link.headers["Location"], timeout=60)
    assert file.status_code == 200
    assert "attachment" in file.headers["Content-Disposition"]
    return done, list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def test_printing_twice_gives_the_same_codes(admin: Product) -> None:
    done, first = export(admin, {"year_group": "7"})
    _, second = export(admin, {"year_group": "7"})
    assert first
    assert done["progress"]["done"] == done["progress"]["total"] == len(first)
    assert first == second
    assert len({row["StudentPIN"] for row in first}) == len(first)
    assert {row["Year"] for row in first} == {"7"}


def test_the_link_lives_five_minutes_and_only_admins_get_one(admin: Product, stack: Any) -> None:
    done, _ = export(admin, {"registration_group": "7A"})
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
    assert rows == sorted(
        rows, key=lambda row: (int(row["Year"]), row["RegGroup"], row["Surname"].casefold(), row["Forename"].casefold())
    )


def started(admin: Product, path: str, **body: Any) -> dict[str, Any]:
    """A run that has ended."""
    answer = admin.http.post(admin.console(path), json=body)
    assert answer.status_code == 202, answer.text
    done: dict[str, Any] = admin.finished(answer.headers["Location"])
    assert done["state"] == "finished", done
    return done


def test_what_an_export_would_do_is_what_it_does(admin: Product) -> None:
    asked = {"scope": {"year_group": "8"}, "format": "mail_merge_csv", "audience": "both"}
    tried = admin.http.post(admin.console("exports"), json={**asked, "dry_run": True})
    assert tried.status_code == 200, tried.text
    found = tried.json()
    assert found["total"] == sum(group["students"] for group in found["groups"]) > 0
    done = started(admin, "exports", **asked)
    assert done["rows"] == found["total"]
    assert done["codes"] == found["new_codes"]
    again = admin.http.post(admin.console("exports"), json={**asked, "dry_run": True}).json()
    assert (again["new_codes"], again["kept"]["parent_code"]) == ({"pin": 0, "parent_code": 0}, found["total"])


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_made_and_downloaded(admin: Product, format: Format) -> None:  # noqa: A002 - its name
    done = started(admin, "exports", scope={"registration_group": "7A"}, format=format)
    assert done["rows"] > 0
    link = admin.http.get(done["download"]).headers["Location"]
    file = httpx.get(link, timeout=60)
    assert file.status_code == 200
    assert file.headers["Content-Type"] == FORMATS[format].media_type
    assert f".{FORMATS[format].suffix}" in file.headers["Content-Disposition"]
    start = {"pdf": b"%PDF-", "xlsx": b"PK", "docx": b"PK"}.get(FORMATS[format].suffix, b"")
    assert file.content.startswith(start)
    assert len(file.content) > 100


def test_codes_on_the_screen_are_those_on_paper_until_they_are_voided(admin: Product) -> None:
    student = admin.person(role="student", year_group="9")
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
    void = started(admin, "codes/void", scope=scope, kind="both", codes=2)
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


def test_a_selection(admin: Product) -> None:
    people = admin.get(admin.console("people"), role="student", year_group="10")["items"][:3]
    _, rows = export(admin, {"ids": [each["id"] for each in people]})
    assert sorted(row["Surname"] for row in rows) == sorted(each["family_name"] for each in people)
