"""What docs/login-details.md and docs/mis.md say of the tables is what the tables are."""

import csv
import io
import re
from typing import Any, get_args

import pytest

from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.mail_merge import COLUMNS, MOST_CHILDREN, known_columns
from latchkey.login_details.model.runs import ExportRequest, Rows
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.model.setting import Setting
from latchkey.office_files.xlsx import MOST_ROWS
from latchkey.schools.model.school import School
from tests.support.sam import ROOT

LOGIN_DETAILS = (ROOT / "docs" / "login-details.md").read_text(encoding="utf-8")
MIS = (ROOT / "docs" / "mis.md").read_text(encoding="utf-8")


def header(kind: Any) -> str:
    out = io.BytesIO()
    setting = Setting(
        school=School(slug="a", name="A"), wanted=ExportRequest(scope=Scope(), format=kind), origin="https://a.example", now=0
    )
    writer = new_writer(setting, out.write)
    writer.finish()
    return ",".join(next(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig")))))


def test_the_header_of_the_mail_merge_stands_there() -> None:
    assert f"    {','.join(COLUMNS)}\n" in LOGIN_DETAILS
    assert header("mail_merge_csv") == ",".join(COLUMNS)


@pytest.mark.parametrize("rows", get_args(Rows))
def test_every_column_is_explained(rows: Rows) -> None:
    assert {*known_columns(rows)} <= {*re.findall(r"`(\w+)`", LOGIN_DETAILS)}


def test_the_limits_stand_there() -> None:
    assert f"`Child{MOST_CHILDREN}...`" in LOGIN_DETAILS
    assert f"{MOST_ROWS:,}" in LOGIN_DETAILS


@pytest.mark.parametrize("kind", ["sims_aspect", "mis_codes"])
def test_the_headers_of_the_mis_files_stand_there(kind: str) -> None:
    assert header(kind) in MIS
