"""LibreOffice as a second opinion on the files that we write. It reads them; nothing of ours does."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_XLINK = "{http://www.w3.org/1999/xlink}"
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1"
"""Every sheet as CSV: commas, quoted text, UTF-8, cells as they are stored."""
COMMAS = "CSV:44,34,76,1,,2057,false,false,true,false,false,0,true"
"""Read a CSV as a double click in Britain does in Excel: commas, UTF-8, numbers found, formulas evaluated."""


@dataclass(frozen=True)
class Cell:
    """A cell as LibreOffice understood it. ``kind`` is ``string``, ``float``, ``date``, ... or empty."""

    text: str
    kind: str
    formula: str | None
    links: int


def program() -> str:
    """LibreOffice's command; the test is skipped where there is none, and fails in CI."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing; install it (Debian: apt-get install libreoffice-calc libreoffice-writer).")
        pytest.skip("LibreOffice is missing (Debian: apt-get install libreoffice-calc libreoffice-writer)")
    return found


def convert(folder: Path, files: Sequence[str], form: str, *, reading: str | None = None) -> None:
    """Convert files of a folder, in one start of LibreOffice (some seconds), into the same folder."""
    profile = (folder / "profile").as_uri()
    filters = [f"--infilter={reading}"] if reading else []
    command = [program(), "--headless", f"-env:UserInstallation={profile}", *filters, "--convert-to", form, *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def sheets(path: Path) -> dict[str, list[list[Cell]]]:
    """The sheets of a flat ODS (.fods), without the empty rows and cells that fill it up."""
    body = ElementTree.parse(path).getroot().iter(f"{_TABLE}table")
    return {table.get(f"{_TABLE}name", ""): [list(_cells(row)) for row in _rows(table)] for table in body}


def _rows(table: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for row in table.iter(f"{_TABLE}table-row"):
        if any(_cells(row)):
            yield from [row] * int(row.get(f"{_TABLE}number-rows-repeated", "1"))


def _cells(row: ElementTree.Element) -> Iterator[Cell]:
    found: list[Cell] = []
    for cell in row.iter(f"{_TABLE}table-cell"):
        paragraphs = cell.findall(f"{_TEXT}p")
        links = len(cell.findall(f".//{_TEXT}a")) + sum(1 for each in cell.iter() if each.get(f"{_XLINK}href"))
        text = "\n".join("".join(_words(each)) for each in paragraphs)
        made = Cell(text, cell.get(f"{_OFFICE}value-type", ""), cell.get(f"{_TABLE}formula"), links)
        found += [made] * min(int(cell.get(f"{_TABLE}number-columns-repeated", "1")), 200)
    while found and not found[-1].text and not found[-1].kind:
        found.pop()
    return iter(found)


def _words(element: ElementTree.Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * int(child.get(f"{_TEXT}c", "1"))
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        else:
            yield from _words(child)
        yield child.tail or ""
