"""Tables that are built on the click: what stands in the file, and where it is put."""

import io
import zipfile
from contextlib import contextmanager
from typing import Any

import pytest

from latchkey.errors import Invalid
from latchkey.office_files.save_tables import Sheet, check_form, save_tables, url_of


class Bucket:
    """A bucket in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    @contextmanager
    def upload(self, key: str, media_type: str) -> Any:
        """What is written between the lines appears at the end."""
        file = Written()
        yield file
        assert file.finished
        assert media_type
        self.kept[key] = file.getvalue()

    def url(self, key: str, seconds: int, *, name: str, media_type: str) -> str:
        """What a URL would say."""
        return f"{key}?{seconds}&{name}&{media_type}"


class Written(io.BytesIO):
    finished = False

    def finish(self) -> None:
        """The file is whole."""
        self.finished = True


def saved(form: str, *sheets: Sheet) -> bytes:
    bucket: Any = Bucket()
    return bytes(bucket.kept[save_tables(bucket, "recipients/a", form, sheets)])


GROUPS = Sheet("7A", ("Group", "Name"), iter([("7A", "Ann"), ("7A", "=1+1")])), Sheet("7B", ["Group", "Name"], [("7B", "Bob")])


def test_sheets_of_one_header_are_one_table_in_csv() -> None:
    other = Sheet("Why", ("Why", "People"), [("No address", "3")])
    text = saved("csv", *GROUPS, other).decode("utf-8-sig")
    assert text == 'Group,Name\r\n7A,Ann\r\n7A,"\'=1+1"\r\n7B,Bob\r\n\r\nWhy,People\r\nNo address,3\r\n'


def test_a_workbook_has_them_apart_and_holds_more_rows_than_are_written_at_once() -> None:
    data = saved("xlsx", Sheet("7A", ("Name",), ([f"n{number}"] for number in range(1_201))), Sheet("7/B", ("Name",), []))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"n1200<" in book.read("xl/worksheets/sheet1.xml")
        assert b"7-B" in book.read("xl/workbook.xml")


def test_no_two_keys_are_one_and_the_url_says_what_the_file_is() -> None:
    bucket: Any = Bucket()
    keys = {save_tables(bucket, "activity/a", "csv", []) for _ in range(9)}
    assert len(keys) == 9
    key = keys.pop()
    assert key.startswith("activity/a/")
    assert url_of(bucket, key, "a-activity.csv") == f"{key}?300&a-activity.csv&text/csv; charset=utf-8"


@pytest.mark.parametrize("form", ["", "pdf", "CSV", "../x"])
def test_other_forms_are_refused(form: str) -> None:
    with pytest.raises(Invalid):
        check_form(form)
