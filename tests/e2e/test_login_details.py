"""Login details on the deployed stack: a file behind a presigned link, and codes that survive printing again."""

import csv
import io
from typing import Any

import httpx
import pytest

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
