"""Drawn steps of the guide: which field of a provider's page goes into which of ours, as two columns and arrows between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont


@dataclass(frozen=True, slots=True)
class Line:
    """What is called so there and so here, and which way it is copied."""

    there: str
    here: str
    way: Literal["to us", "to them"]


STEPS: Final[Mapping[str, tuple[str, Sequence[Line]]]] = {
    "sso-google-steps": (
        "Google Cloud console, Clients",
        (
            Line("Authorised redirect URIs", "Redirect address", "to them"),
            Line("Client ID", "Client ID", "to us"),
            Line("Client secret", "Client secret", "to us"),
        ),
    ),
    "sso-microsoft-steps": (
        "Microsoft Entra, App registrations",
        (
            Line("Redirect URI (Web)", "Redirect address", "to them"),
            Line("Directory (tenant) ID", "Directory (tenant) ID", "to us"),
            Line("Application (client) ID", "Application (client) ID", "to us"),
            Line("Client secret: Value", "Client secret", "to us"),
            Line("Client secret: Expires", "The secret ends on", "to us"),
        ),
    ),
    "sso-rm-unify-steps": (
        "RM Unify, by RM",
        (
            Line("Your metadata", "Our entity ID and metadata", "to them"),
            Line("Address of RM's metadata", "Address of the metadata", "to us"),
        ),
    ),
}
"""By the name of the picture: what stands above the provider's column, and the lines."""
_WIDTH: Final = 760
_MARGIN, _BOX, _ROW, _TOP = 20, 290, 62, 64  # pixels
_INK, _PAPER, _EDGE, _ARROW = "#17202a", "#f3f6f7", "#1b4d5c", "#1b4d5c"


def draw(there: str, lines: Sequence[Line]) -> Image.Image:
    """The picture."""
    picture = Image.new("RGB", (_WIDTH, _TOP + _ROW * len(lines) + _MARGIN // 2), "white")
    pen = ImageDraw.Draw(picture)
    head, plain = ImageFont.load_default(19), ImageFont.load_default(17)
    right = _WIDTH - _MARGIN - _BOX
    pen.text((_MARGIN, 22), there, _INK, head)
    pen.text((right, 22), "Latchkey, Settings", _INK, head)
    for number, line in enumerate(lines):
        top = _TOP + _ROW * number
        for left, words in ((_MARGIN, line.there), (right, line.here)):
            pen.rounded_rectangle((left, top, left + _BOX, top + 44), 6, _PAPER, _EDGE, 2)
            pen.text((left + 14, top + 11), words, _INK, plain)
        _arrow(pen, _MARGIN + _BOX + 12, right - 12, top + 22, to_us=line.way == "to us")
    return picture


def _arrow(pen: ImageDraw.ImageDraw, left: int, right: int, at: int, *, to_us: bool) -> None:
    pen.line((left, at, right, at), _ARROW, 3)
    tip, back = (right, right - 13) if to_us else (left, left + 13)
    pen.polygon(((tip, at), (back, at - 8), (back, at + 8)), _ARROW)
