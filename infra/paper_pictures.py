"""Pictures of the printed login details, for docs/pictures: python -m infra.paper_pictures [FOLDER]. Needs Poppler."""

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.demo_names import FAMILY, GIVEN
from infra.mail_pictures import small
from latchkey.codes.model import codes
from latchkey.codes.model.audience import Audience
from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.runs import ExportRequest, Format
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.model.setting import Setting
from latchkey.people.model.person import Person
from latchkey.people.model.register import sort_key
from latchkey.schools.model.school import DAY, School, Settings

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
NOW: Final = 1_795_000_000
ENDS: Final = NOW // DAY * DAY + 91 * DAY
KEY: Final = b"not the key of any school at all"
SCHOOL: Final = School(
    slug="northbridge", name="Northbridge Academy", settings=Settings(help_line="Ring the office on 01632 960000.")
)
OTHERS: Final = (("محمد", "خان"), ("अर्जुन", "शर्मा"), ("Сергій", "Коваль"), ("小明", "王"))
PICTURES: Final[tuple[tuple[str, Format, Audience], ...]] = (
    ("slips", "slips", "both"),
    ("letter", "letters", "students"),
    ("pin-table", "pin_table", "both"),
)


def students() -> Iterator[LoginDetails]:
    """A group of 28: names as in the demo school, four in other scripts."""
    pick = random.Random(4)  # noqa: S311 - names, not secrets
    names = [OTHERS[place // 7] if place % 7 == 1 else (pick.choice(GIVEN), pick.choice(FAMILY)) for place in range(28)]
    people = [
        Person(
            id=f"{number:020d}",
            role="student",
            given_name=given,
            family_name=family,
            year_group="7",
            registration_group="7A",
            number=number,
        )
        for number, (given, family) in enumerate(names, 1)
    ]
    for person in sorted(people, key=sort_key):
        number = person.number or 0
        yield LoginDetails(
            student=person,
            pin=codes.code("pin", number, 1, KEY),
            pin_ends=ENDS,
            parent_code=codes.code("parent", number, 1, KEY),
            parent_code_ends=ENDS,
            places=5,
        )


def picture(kind: Format, audience: Audience) -> bytes:
    """The first page of a file, as PNG."""
    wanted = ExportRequest(scope=Scope("registration_group", "7A"), format=kind, audience=audience)
    parts: list[bytes] = []
    writer = new_writer(Setting(school=SCHOOL, wanted=wanted, origin="https://latchkey.example", now=NOW), parts.append)
    writer.add(list(students()))
    writer.finish()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(b"".join(parts))
        subprocess.run(["pdftoppm", "-r", "90", "-png", "-singlefile", str(path), f"{folder}/page"], check=True)
        return small((Path(folder) / "page.png").read_bytes())


def main(folder: Path) -> None:
    """Write ``<name>.png`` for all."""
    if not shutil.which("pdftoppm"):
        sys.exit("Missing: Poppler (Debian: apt-get install poppler-utils).")
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind, audience in PICTURES:
        path = folder / f"{name}.png"
        path.write_bytes(picture(kind, audience))
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
