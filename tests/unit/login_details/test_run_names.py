"""What runs of login details and their files are called."""

from itertools import product

import pytest

from latchkey.login_details.model.run_names import file_name, name_of
from latchkey.login_details.model.runs import FORMATS, ROWS, Export, ExportRequest, RunKind, misfits
from latchkey.login_details.model.scope import Scope

DAY = 1795651200  # 26 November 2026, midnight (UTC)
GROUP = Scope("registration_group", "7A")


def run(wanted: ExportRequest, kind: RunKind = "file") -> Export:
    return Export(id="e", state="queued", created_at=1, created_by="a", wanted=wanted, kind=kind)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (ExportRequest(scope=GROUP, format="slips"), "Slips for 7A"),
        (ExportRequest(scope=Scope(), format="letters", large_print=True), "Letters for the whole school, large print"),
        (ExportRequest(scope=Scope("year_group", "7"), format="sims_aspect"), "SIMS aspect for year 7"),
        (
            ExportRequest(scope=Scope("person", "a"), format="slips", audience="parents"),
            "Slips for one student, parent codes only",
        ),
        (
            ExportRequest(scope=Scope("ids", ids=("a", "b")), never_logged_in=True, expiring_within=1),
            "Mail merge, CSV for 2 students, never logged in, codes that end within 1 day",
        ),
        (ExportRequest(scope=Scope("ids", ids=("a",)), rows="family"), "Mail merge, CSV for families of 1 student"),
    ],
)
def test_a_file_is_called_by_what_it_is_and_whose(wanted: ExportRequest, name: str) -> None:
    assert name_of(run(wanted)) == name


def test_voided_codes_say_so() -> None:
    assert name_of(run(ExportRequest(scope=GROUP, audience="students"), "void")) == "Voided PINs of 7A"


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (ExportRequest(scope=GROUP, format="slips"), "northbridge-slips-7A-2026-11-26.pdf"),
        (
            ExportRequest(scope=GROUP, format="pin_table", audience="students"),
            "northbridge-pin-table-pins-7A-2026-11-26.pdf",
        ),
        (ExportRequest(scope=Scope(), rows="family"), "northbridge-mail-merge-families-all-2026-11-26.csv"),
        (ExportRequest(scope=Scope("year_group", "7"), format="mis_codes"), "northbridge-codes-by-upn-year-7-2026-11-26.csv"),
    ],
)
def test_a_files_name_says_what_it_is(wanted: ExportRequest, name: str) -> None:
    assert file_name("northbridge", wanted, DAY) == name


def test_two_different_files_of_one_group_and_day_have_two_names() -> None:
    asked = [
        ExportRequest(scope=GROUP, format=format_, audience=audience, rows=rows, large_print=large)
        for format_, rows, large in product(FORMATS, ROWS, (False, True))
        for audience in FORMATS[format_].audiences
    ]
    possible = [each for each in asked if not misfits(each)]
    assert len({file_name("northbridge", each, DAY) for each in possible}) == len(possible)
    assert len({each.format for each in possible}) == 9
