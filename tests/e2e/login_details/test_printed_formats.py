"""Printed login details on the deployed stack: the layer with fonts and shaping is where the function looks for it."""

import time
from pathlib import Path

import pytest

from latchkey.login_details.model.runs import Format
from tests.e2e.client import Product
from tests.e2e.school import Group, download, enrol, made, new_group
from tests.support.paper import Paper

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def five(admin: Product) -> Group:
    """A group of five: nothing here changes them."""
    mine = new_group(5)
    enrol(admin, mine.rows)
    return mine


def printed(admin: Product, kind: Format, group: Group, folder: Path) -> Paper:
    done = made(admin, "exports", scope={"registration_group": group.name}, format=kind, audience="both")
    assert done["rows"] == 5
    file = download(admin, done["download"])
    assert file.headers["Content-Type"] == "application/pdf"
    return Paper(file.content, 0, folder)


@pytest.mark.parametrize("kind", ["slips", "letters", "pin_table"])
def test_a_group_is_printed(admin: Product, five: Group, tmp_path: Path, kind: Format) -> None:
    paper = printed(admin, kind, five, tmp_path)
    assert f"Registration group {five.name}" in paper.text
    pins = {code.partition("#P")[2] for page in paper.codes() for code in page if "#P" in code}
    assert len(pins) == (0 if kind == "pin_table" else 5)


def test_printing_again_prints_the_same_codes(admin: Product, five: Group, tmp_path: Path) -> None:
    first = printed(admin, "slips", five, tmp_path)
    time.sleep(1.1)  # the file says when it was made, to the second
    again = printed(admin, "slips", five, tmp_path)
    assert first.codes() == again.codes()
    assert first.text == again.text
