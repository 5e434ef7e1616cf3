"""Printed login details on the deployed stack: the layer with fonts and shaping is where the function looks for it."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from latchkey.login_details.model.runs import Format
from tests.e2e.client import Product
from tests.support.paper import Paper

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def admin(stack: Any) -> Product:
    return Product(stack).admin()


def export(admin: Product, kind: Format, folder: Path) -> tuple[Paper, int]:
    wanted = {"scope": {"registration_group": "7A"}, "format": kind, "audience": "both"}
    answer = admin.http.post(admin.console("exports"), json=wanted)
    assert answer.status_code == 202, answer.text
    done = admin.finished(admin.console(f"exports/{answer.json()['id']}"))
    assert done["state"] == "finished", done
    link = admin.http.get(admin.console(f"exports/{done['id']}/download"))
    file = httpx.get(link.headers["Location"], timeout=60)
    assert file.headers["Content-Type"] == "application/pdf"
    return Paper(file.content, 0, folder), done["rows"]


@pytest.mark.parametrize("kind", ["slips", "letters", "pin_table"])
def test_a_group_is_printed(admin: Product, tmp_path: Path, kind: Format) -> None:
    paper, rows = export(admin, kind, tmp_path)
    assert rows > 0
    assert "Registration group 7A" in paper.text
    pins = {code.partition("#P")[2] for page in paper.codes() for code in page if "#P" in code}
    assert len(pins) == (0 if kind == "pin_table" else rows)


def test_printing_again_prints_the_same_codes(admin: Product, tmp_path: Path) -> None:
    first, _ = export(admin, "slips", tmp_path)
    time.sleep(1.1)  # the file says when it was made, to the second
    again, _ = export(admin, "slips", tmp_path)
    assert first.codes() == again.codes()
    assert first.text == again.text
