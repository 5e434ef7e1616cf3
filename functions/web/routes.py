"""Which route an address belongs to.

API Gateway has one proxy resource for each function and hands every path of it on; the routes stand in the Chalice apps alone.
Chalice looks a route up by its exact text and keeps whatever text it was asked for, so the route is found here, before Chalice
sees the event, and an address that nobody has is always the same one: ``NOWHERE``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote

NOWHERE: Final = "/{proxy+}"
"""The route of every address that no route has."""
_LONGEST_FRAGMENT: Final = 1_000
# Slugs, ids and names of files. Whatever else stands in a path names nothing, and never gets as far as a key of a table.
_VALUE: Final = re.compile(r"[A-Za-z0-9._~-]{1,128}")
# A "#" that a mail program or a filter has escaped, once or again, so that it and what follows became a part of the path.
_ESCAPED_HASH: Final = re.compile(r"#|%(?:25){0,3}23")


@dataclass(frozen=True, slots=True)
class Found:
    """A route and the values of its places; ``moved_to`` is where the address leads once its fragment is one again."""

    route: str
    values: Mapping[str, str] = field(default_factory=dict)
    moved_to: str | None = None


class Routes:
    """The routes of an app; the pages of ``fragments`` read a secret from the fragment of their address."""

    def __init__(self, routes: Iterable[str], fragments: Iterable[str] = ()) -> None:
        self._by_length: dict[int, list[tuple[list[str], str]]] = defaultdict(list)
        self._fragments = frozenset(fragments)
        # A literal comes before a place, from the left: "preview" before "{id}".
        for route in sorted(routes, key=lambda each: [part.startswith("{") for part in _parts(each)]):
            self._by_length[len(_parts(route))].append((_parts(route), route))

    def find(self, path: str) -> Found:
        """The route of a path as it stands in the request: percent-encoded, with or without a slash at its end."""
        if escaped := _ESCAPED_HASH.search(path):
            page = self._match(path[: escaped.start()])
            return self._moved(page, path[escaped.end() :]) if page.route in self._fragments else Found(NOWHERE)
        return self._match(path)

    def _match(self, path: str) -> Found:
        try:
            parts = [unquote(part, errors="strict") for part in _parts(path)]  # split first: an escaped slash parts nothing
        except UnicodeDecodeError:
            return Found(NOWHERE)
        for wanted, route in self._by_length.get(len(parts), ()):
            values = _values(wanted, parts)
            if values is not None:
                return Found(route, values)
        return Found(NOWHERE)

    def _moved(self, page: Found, escaped: str) -> Found:
        place = page.route.format_map(page.values)
        fragment = quote(unquote(escaped, errors="replace")[:_LONGEST_FRAGMENT], safe="")
        return Found(page.route, page.values, moved_to=f"{place}#{fragment}" if fragment else place)


def _parts(path: str) -> list[str]:
    below = path.removeprefix("/")
    return (below if below == "/" else below.removesuffix("/")).split("/")


def _values(wanted: list[str], parts: list[str]) -> dict[str, str] | None:
    """What stands at the places of a route, a school's slug in lower case; None where the path is not of this route."""
    values: dict[str, str] = {}
    for want, part in zip(wanted, parts, strict=True):
        if want.startswith("{"):
            if not _VALUE.fullmatch(part):
                return None
            name = want[1:-1]
            values[name] = part.lower() if name == "school" else part  # phones write the first letter large
        elif want != part.lower():
            return None
    return values
