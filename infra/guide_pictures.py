"""Pictures of the admins' guide and of the page for families: python -m infra.guide_pictures FOLDER.

What belongs together of another firm's page and of ours is drawn (infra/guide_steps.py): their pages are theirs.

FOLDER has what tests have kept: LATCHKEY_PICTURES=FOLDER python -m pytest tests/pages tests/browser. Each picture is cut to what
the guide speaks of and packed, because it stands inside its page.
"""

import sys
from pathlib import Path
from typing import Final

from PIL import Image

from infra.guide_steps import STEPS, draw

GUIDE: Final = Path(__file__).parents[1] / "docs" / "guide" / "pictures"
PRINTED: Final = Path(__file__).parents[1] / "docs" / "pictures"
WIDTH: Final = 760
QUALITY: Final = 62
TALLEST: Final = 900  # pixels, of what the browser has seen; of a sheet, its upper slips
PAGES: Final = {
    "contacts": "contacts-joined",
    "doubles": "doubles",
    "emails": "emails",
    "person": "person-history",
    "roster": "roster",
    "send": "send",
    "sso-google": "sso-google-registration-desk",
    "sso-provider": "sso-google-desk",
}


FAMILIES: Final = PRINTED / "families"
PHONES: Final = {"family-account": 800, "family-pin": 690}
"""Pages on a phone, and how much of each is shown, in pixels."""
PHONE: Final = 260


def main(folder: Path) -> None:
    """Writes all pictures."""
    GUIDE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        _write(name, folder / f"{page}.png")
    FAMILIES.mkdir(exist_ok=True)
    for name, tallest in PHONES.items():
        _write(name, folder / f"{name}.png", tallest, out=FAMILIES, width=PHONE)
    for name, (there, lines) in STEPS.items():
        draw(there, lines).save(GUIDE / f"{name}.webp", quality=QUALITY, method=6)
    _write("slips", PRINTED / "slips.png", tallest=400)


def _write(name: str, source: Path, tallest: int = TALLEST, *, out: Path = GUIDE, width: int = WIDTH) -> None:
    picture = Image.open(source).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, tallest)))
    height = round(picture.height * width / picture.width)
    if picture.width > width:
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    picture.save(out / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
