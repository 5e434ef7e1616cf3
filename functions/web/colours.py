"""A school's colours for its pages: a stylesheet of variables, made of the colour alone; no page says a style by itself."""

import hashlib
import re
from functools import lru_cache
from typing import Final

from latchkey.schools.model.screen_colours import Shades, by_day, by_night
from web.assets import Asset

_NAME: Final = re.compile(r"colours-([0-9a-f]{6})\.css")


@lru_cache(maxsize=64)
def colours_file(name: str) -> Asset | None:
    """The stylesheet of this name (``colours-1b4d5c.css``): the same for every school of that colour, and nobody's secret."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    code = f"#{found[1]}"
    content = f":root{{{_variables(by_day(code))}}}\n@media(prefers-color-scheme:dark){{:root{{{_variables(by_night(code))}}}}}\n"
    return Asset(content, "text/css; charset=utf-8", hashlib.sha256(content.encode()).hexdigest()[:12])


def colours(code: str) -> str:
    """Where the stylesheet of a colour (``#1b4d5c``) is; nothing where a school has none."""
    found = colours_file(name := f"colours-{code[1:]}.css") if code else None
    return f"/assets/{name}?v={found.fingerprint}" if found else ""


def _variables(shades: Shades) -> str:
    values = {
        "bar": shades.bar,
        "on-bar": shades.on_bar,
        "button": shades.button,
        "button-over": shades.button_over,
        "on-button": shades.on_button,
    }
    return ";".join(f"--{name}:{value}" for name, value in values.items())
