"""What browsers call downloads."""

import pytest

from latchkey.shared.model.file_names import file_name, file_part

DAY = 1795651200  # 26 November 2026, midnight (UTC)


def test_a_name_says_school_what_whose_and_when() -> None:
    assert file_name("northbridge", ["slips", "", "7A"], DAY, "pdf") == "northbridge-slips-7A-2026-11-26.pdf"
    assert file_name("northbridge", ["slips"], "2026-11-26-180000", "csv") == "northbridge-slips-2026-11-26-180000.csv"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("7A", "7A"),
        ("Tŷ Coch", "Ty-Coch"),
        ('7"; filename="x.exe', "7-filename-x-exe"),
        ("../../etc", "etc"),
        ("學", ""),
        ("7/A\r\n", "7-A"),
        ("x" * 200, "x" * 60),
        ("", ""),
    ],
)
def test_a_part_is_safe_everywhere(text: str, part: str) -> None:
    assert file_part(text) == part
