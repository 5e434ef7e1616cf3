"""The assets: the few files beside the pages, the same for everyone."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "assets"
_MEDIA: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_PICTURES: Final = {".png": "image/png", ".webp": "image/webp"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, its type, and a fingerprint of its content."""

    content: str | bytes
    media: str
    fingerprint: str


@cache
def _names(folder: Path, *suffixes: str) -> frozenset[str]:
    return frozenset(path.name for path in folder.iterdir() if path.suffix in suffixes)


def tight(css: str) -> str:
    """A style sheet without comments and without blanks that say nothing: every page waits for it. Strings stay as they are."""
    parts = re.split(r'("[^"]*")', re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    for place in range(0, len(parts), 2):
        text = re.sub(r"\s+", " ", parts[place])
        text = re.sub(r" ?([{};>]) ?", r"\1", text)
        parts[place] = re.sub(r"([:,]) ", r"\1", text).replace(";}", "}")
    return "".join(parts).strip()


def bare(script: str) -> str:
    """A script without lines of comment and without indents; its lines stay lines, and no text of ours goes over several."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


_SENT: Final = {".css": tight, ".js": bare}


@cache
def _read(name: str, folder: Path = FOLDER) -> Asset:
    suffix = Path(name).suffix
    content, media = (folder / name).read_bytes(), _MEDIA.get(suffix)
    if suffix in _SENT:
        content = _SENT[suffix](content.decode()).encode()
    return Asset(content.decode() if media else content, media or _PICTURES[suffix], hashlib.sha256(content).hexdigest()[:12])


def asset_file(name: str) -> Asset | None:
    """The asset with this name, a text; only what lies in the folder is one, whatever the name looks like."""
    return _read(name) if name in _names(FOLDER, *_MEDIA) else None


def picture_file(name: str, folder: Path = FOLDER) -> Asset | None:
    """The picture with this name. Pictures have addresses of their own: API Gateway passes no other bytes through."""
    return _read(name, folder) if name in _names(folder, *_PICTURES) else None


def asset(name: str) -> str:
    """The URL of an asset or picture, with its fingerprint, so that browsers may keep it for ever."""
    return f"/{'pictures' if name.endswith('.png') else 'assets'}/{name}?v={_read(name).fingerprint}"
