"""Pictures of all mails in all languages, for docs/pictures/mails: python -m infra.mail_pictures [FOLDER].

Needs Chromium and fonts that know every script; it says what is missing.
"""

import re
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Final, get_args

from playwright.sync_api import sync_playwright

from latchkey.mail.messages.template import VARIABLES, template
from latchkey.mail.model.account import NOTICES, MailAccount, MailName
from latchkey.schools.model.school import DAY, School, Settings
from latchkey.shared.model.languages import LANGUAGES

FOLDER = Path(__file__).parent.parent / "docs" / "pictures" / "mails"
FONTS: Final = {"cy": "Noto Sans", "pl": "Noto Sans", "ur": "Noto Nastaliq Urdu"}
QUIET: Final = ["--no-sandbox", "--disable-gpu", "--disable-lcd-text", "--font-render-hinting=none", "--no-first-run"]
LIVES: Final[dict[MailName, int]] = {
    "welcome": 14 * DAY,
    "reset": 3 * DAY,
    "forgot": 3_600,
    "password_changed": 0,
    "email_replaced": 0,
    "email_given": 0,
    "confirm_address": 14 * DAY,
    "address_known": 14 * DAY,
    "pin_shown": 0,
    "factor_added": 0,
    "factor_removed": 0,
    "parent_invitation": 28 * DAY,
    "parent_code_ready": 0,
    "test_mail": 0,
}
LINK: Final = "https://northbridge.example/set-password#1.w.northbridge.k7m2q9.1765000000.0."
SCHOOL: Final = School(
    slug="northbridge", name="Northbridge Academy", settings=Settings(help_line="Ring the office on 01632 960000.")
)
PEOPLE: Final = {
    "en": (("Amelia Hughes", "student"), ("Oliver Hughes", "student")),
    "cy": (("Ffion Llŷr-Davies", "student"), ("Siân Llŷr-Davies", "parent")),
    "pl": (("Zofia Wiśniewska", "student"), ("Łukasz Wiśniewski", "parent")),
    "ur": (("Aisha Khan", "student"), ("محمد عثمان خان", "parent")),
}


def rendered(name: MailName, language: str) -> str:
    """A mail's HTML as SES would send it."""
    people = PEOPLE[language][: 1 if name in NOTICES else 2]
    children = _children(name, people)
    accounts = [(_account(place, said, role, children), f"{LINK}{place}") for place, (said, role) in enumerate(people, 1)]
    values = VARIABLES[name](SCHOOL, accounts, LIVES[name], language)
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], template(name, language).html)


def _account(place: int, name: str, role: str, children: tuple[str, ...]) -> MailAccount:
    login = f"person.{place}"
    return MailAccount(person=str(place), name=name, role=role, login=login, version=0, stamp="", children=children)


def _children(name: MailName, people: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Whom an invitation is for, by first names."""
    return tuple(said.split()[0] for said, _ in people) if name == "parent_invitation" else ()


def missing() -> list[str]:
    """What has to be installed first."""
    found = [] if shutil.which("chromium") else ["Chromium (Debian: apt-get install chromium)"]
    if shutil.which("fc-list"):
        known = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True).stdout
        fonts = sorted({font for font in FONTS.values() if font not in known})
        found += [f"the font {font} (Debian: apt-get install fonts-noto-core)" for font in fonts]
    return found


def small(png: bytes) -> bytes:
    """The same picture in 32 greys and colours for each channel and one palette, a quarter of its size."""
    width, height = struct.unpack(">II", png[16:24])
    channels = {2: 3, 6: 4}[png[25]]
    content, place = b"", 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            content += png[place + 8 : place + 8 + length]
        place += length + 12
    rows = list(_unfiltered(zlib.decompress(content), width * channels, channels))
    pixels = [
        [tuple(min(255, (row[at + part] + 8) // 17 * 17) for part in range(3)) for at in range(0, len(row), channels)]
        for row in rows
    ]
    counts: dict[tuple[int, ...], int] = {}
    for line in pixels:
        for pixel in line:
            counts[pixel] = counts.get(pixel, 0) + 1
    palette = sorted(counts, key=lambda pixel: -counts[pixel])[:256]
    index = {pixel: place for place, pixel in enumerate(palette)}
    for pixel in counts:
        if pixel not in index:
            index[pixel] = min(range(256), key=lambda at: sum((a - b) ** 2 for a, b in zip(palette[at], pixel, strict=True)))
    packed = zlib.compress(b"".join(b"\0" + bytes(index[pixel] for pixel in line) for line in pixels), 9)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(bytes(pixel) for pixel in palette)),
        (b"IDAT", packed),
        (b"IEND", b""),
    )
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def _unfiltered(content: bytes, stride: int, step: int) -> list[bytearray]:
    rows = [bytearray(stride)]
    for place in range(0, len(content), stride + 1):
        kind, row, above = content[place], bytearray(content[place + 1 : place + 1 + stride]), rows[-1]
        for at in range(stride):
            left, up, corner = (row[at - step], above[at], above[at - step]) if at >= step else (0, above[at], 0)
            row[at] = (row[at] + _guess(kind, left, up, corner)) & 255
        rows.append(row)
    return rows[1:]


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        far = [abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)]
        return (left, up, corner)[far.index(min(far))]
    return (0, left, up, (left + up) // 2)[kind]


def main(folder: Path) -> None:
    """Write ``<mail>-<language>.png`` for all."""
    if lacking := missing():
        sys.exit("Missing: " + "; ".join(lacking) + ".")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": 560, "height": 400}, java_script_enabled=False)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for name in get_args(MailName):
            for language in LANGUAGES:
                page.set_content(rendered(name, language))
                path = folder / f"{name}-{language}.png"
                path.write_bytes(small(page.screenshot(full_page=True)))
                print(path.name, path.stat().st_size)
        browser.close()
    if asked:
        sys.exit(f"A mail loads something: {asked}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
