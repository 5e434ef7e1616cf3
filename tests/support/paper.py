"""Printed formats in tests: files made by their writers, looked at with Poppler and ZXing, which had no part in making them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from latchkey.codes.model import codes
from latchkey.codes.model.audience import Audience
from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.runs import ExportRequest, Format
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.model.setting import Setting
from latchkey.people.model.person import Person
from latchkey.schools.model.logo import Logo
from latchkey.schools.model.school import School, Settings, SingleSignOn

ORIGIN = "https://latchkey.example"
NOW = 1_795_000_000
ENDS = 1_803_513_600  # 25 February 2027, 00:00 UTC: the day before is the last
KEY = b"k" * 32
HELP = "Ring the office on 01632 960000."
SCHOOL = School(
    slug="northbridge",
    name="Northbridge Academy",
    settings=Settings(help_line=HELP, sso=SingleSignOn(roles=(), label="Sign in with Northbridge ID", help="Ask Mr Jones.")),
)
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def details(number: int, given: str = "Amelia", family: str = "Hughes", group: str | None = "7A", **facts: Any) -> LoginDetails:
    """A student with both codes, or what ``facts`` say."""
    student = Person(
        id=f"{number:020d}",
        role="student",
        given_name=given,
        family_name=family,
        email="amelia@home.example",
        upn="B801200005001",
        mis_id=f"MIS{number}",
        username=f"user{number}",
        registration_group=group,
        number=number,
    )
    both = {
        "pin": codes.code("pin", number, 1, KEY),
        "pin_ends": ENDS,
        "parent_code": codes.code("parent", number, 1, KEY),
        "parent_code_ends": ENDS,
        "places": 5,
    }
    return LoginDetails(student=student, **{**both, **facts})


class Paper:
    """A finished file."""

    def __init__(self, data: bytes, unprintable: int, folder: Path) -> None:
        self.data, self.unprintable = data, unprintable
        self._folder = folder
        self._path = folder / "file.pdf"
        self._path.write_bytes(data)

    def ask(self, program: str, *arguments: str) -> str:
        """What a program of Poppler says of the file; anything on its error output is a fault of the file."""
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=300, check=True)
        assert done.stderr == ""
        return done.stdout

    def facts(self) -> dict[str, str]:
        """The file's facts."""
        lines = self.ask("pdfinfo", str(self._path)).splitlines()
        return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def structure(self) -> str:
        """The structure with its texts, as a screen reader walks through it."""
        return self.ask("pdfinfo", "-struct-text", str(self._path))

    def pages(self) -> list[str]:
        """The text of each page, without the marks by which Poppler shows directions."""
        return [_DIRECTIONS.sub("", page) for page in self.ask("pdftotext", str(self._path), "-").split("\f")[:-1]]

    @property
    def text(self) -> str:
        """The text of all pages."""
        return "\n".join(self.pages())

    def pictures(self) -> list[Image.Image]:
        """The pages as Poppler draws them, in grey."""
        self.ask("pdftoppm", "-r", "130", "-gray", str(self._path), str(self._folder / "page"))
        return [Image.open(path) for path in sorted(self._folder.glob("page*.pgm"))]

    def codes(self) -> list[list[str]]:
        """The texts of the QR codes on each page, from top to bottom and left to right."""
        return [
            [
                found.text
                for found in sorted(
                    zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode),
                    key=lambda found: (found.position.top_left.y // 40, found.position.top_left.x),
                )
            ]
            for page in self.pictures()
        ]


def printed(
    folder: Path,
    students: list[LoginDetails],
    kind: Format = "slips",
    audience: Audience = "students",
    *,
    school: School = SCHOOL,
    large: bool = False,
    scope: Scope | None = None,
    logo: Logo | None = None,
    origin: str = ORIGIN,
) -> Paper:
    """The file of a format, its students given some at a time."""
    if not shutil.which("pdftotext"):
        pytest.skip("Poppler is missing (Debian: apt-get install poppler-utils)")
    parts: list[bytes] = []
    wanted = ExportRequest(scope=scope or Scope(), format=kind, audience=audience, large_print=large)
    writer: Any = new_writer(Setting(school=school, wanted=wanted, origin=origin, now=NOW, logo=logo), parts.append)
    for start in range(0, len(students), 7):
        writer.add(students[start : start + 7])
    writer.finish()
    return Paper(b"".join(parts), writer.unprintable, folder)
