"""The assets: the few files beside the pages, the same for everyone."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "assets"
_MEDIA: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, its type, and a fingerprint of its text."""

    text: str
    media: str
    fingerprint: str


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.suffix in _MEDIA)


@cache
def _read(name: str) -> Asset:
    content = (FOLDER / name).read_bytes()
    return Asset(content.decode(), _MEDIA[Path(name).suffix], hashlib.sha256(content).hexdigest()[:12])


def asset_file(name: str) -> Asset | None:
    """The asset with this name; only what lies in the folder is one, whatever the name looks like."""
    return _read(name) if name in _names() else None


def asset(name: str) -> str:
    """The URL of an asset, with its fingerprint, so that browsers may keep it for ever."""
    return f"/assets/{name}?v={_read(name).fingerprint}"
