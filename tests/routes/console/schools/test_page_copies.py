"""The copy of a school's public page is the page, and follows the school."""

import base64
from typing import Any

import pytest

import operate.handler
import portal.system
from latchkey.errors import TryLater
from latchkey.schools import publish_page
from latchkey.schools.stores.page_copies import PageCopies
from portal.app import app as portal_app
from tests.support.console import Console
from tests.support.gateway import Gateway
from tests.support.pictures import png
from tests.support.portal import PAGE

SETTINGS = "/admin/northbridge/settings"


@pytest.fixture
def command(console: Console, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An operator's command."""
    monkeypatch.setattr(operate.handler, "system", lambda: console.system.wiring("operate"))
    return lambda event: operate.handler.handle(event, None)


def copy(console: Console, slug: str = "northbridge") -> Any:
    """What lies in the bucket under the path of a school's page."""
    s3 = console.system.wiring("console").client("s3")
    return s3.get_object(Bucket=console.system.environment["PAGES_BUCKET"], Key=f"schools/{slug}")


def copies(console: Console) -> list[str]:
    s3 = console.system.wiring("console").client("s3")
    return [each["Key"] for each in s3.list_objects_v2(Bucket=console.system.environment["PAGES_BUCKET"]).get("Contents", [])]


def test_a_school_that_is_made_has_a_copy_of_its_page_byte_for_byte(
    console: Console, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal.system, "wiring", console.system.wiring)
    school = {"slug": "riverside", "name": "Riverside <b>High</b>", "settings": {"notice": "Closed: snow"}}
    assert command({"command": "make_school", "school": school})["ok"]
    found = copy(console, "riverside")
    page = Gateway(portal_app).get("/schools/riverside", headers=PAGE)
    assert found["Body"].read() == page.body
    assert found["ContentType"] == page.headers["Content-Type"]
    assert found["CacheControl"] == page.headers["Cache-Control"]
    assert copies(console) == ["schools/riverside"]


def test_a_change_of_settings_changes_the_copy_and_shows_no_admin(console: Console) -> None:
    assert console.post(SETTINGS, {"notice": "Closed: snow"}, "put").status_code == 200
    assert b"Closed: snow" in copy(console)["Body"].read()
    assert console.form(SETTINGS, {"notice": "Open again"}).status_code == 303
    text = copy(console)["Body"].read()
    assert b"Open again" in text
    assert b"snow" not in text
    for admins in (b"Ada", b"/account", b"Sign out", b"/admin"):
        assert admins not in text


def test_the_copy_holds_the_logo_itself_because_nothing_else_may_answer(console: Console) -> None:
    logo = base64.b64encode(png(30, 12)).decode()
    assert console.post(SETTINGS, {"logo_png": logo, "colour": "#7a1f2b"}, "put").status_code == 200
    text = copy(console)["Body"].read().decode()
    assert '<img class="logo" src="data:image/png;base64,' in text
    assert "/pictures/logos" not in text
    assert "/assets/colours-7a1f2b.css" in text
    console.post(SETTINGS, {"logo_png": ""}, "put")
    assert b'class="logo"' not in copy(console)["Body"].read()


def test_a_change_that_is_refused_changes_no_copy(console: Console) -> None:
    assert console.post(SETTINGS, {"notice": "x" * 10_000}, "put").status_code == 422
    console.token = None
    assert console.post(SETTINGS, {"notice": "Hacked"}, "put").status_code == 404
    assert copies(console) == []


def test_settings_change_also_while_s3_is_down_and_the_operator_writes_the_copies_after(
    console: Console, command: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down(*_: object) -> None:
        raise TryLater()

    with monkeypatch.context() as broken:
        broken.setattr(PageCopies, "put", down)
        assert console.post(SETTINGS, {"notice": "Closed: snow"}, "put").json_body["notice"] == "Closed: snow"
        assert command({"command": "publish_pages"}) == {"ok": True, "written": 0, "failed": 2, "next": None}
    assert "copy of a page not written" in caplog.messages
    assert copies(console) == []
    assert command({"command": "publish_pages"}) == {"ok": True, "written": 2, "failed": 0, "next": None}
    assert b"Closed: snow" in copy(console)["Body"].read()


def test_copies_are_written_so_many_at_once(console: Console, command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_page, "AT_ONCE", 2)
    for slug in ("aston", "barton", "west"):
        console.system.school(slug)
    written: list[str] = []
    after: str | None = ""
    while after is not None:
        answer = command({"command": "publish_pages", "after": after})
        assert answer["written"] <= 2
        written, after = copies(console), answer["next"]
    assert written == [f"schools/{slug}" for slug in ("aston", "barton", "northbridge", "southgate", "west")]
