"""Schools as a public page needs them: read once a minute, because every visitor asks for the same few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from latchkey.schools.model.search import SchoolIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from latchkey.schools.model.school import School
    from latchkey.schools.stores.schools import Schools
    from latchkey.shared.stores.counters import Place

_FRESH: Final = 60  # seconds
_MOST: Final = 1_000


class KeptSchools:
    """Schools and their list, at most a minute old (``fresh``, seconds). What does not exist is asked for each time."""

    def __init__(self, schools: Schools, clock: Callable[[], int], *, fresh: int = _FRESH) -> None:
        self._schools = schools
        self._clock = clock
        self._fresh = fresh
        self._kept: dict[str, tuple[int, School]] = {}
        self._list: tuple[int, list[dict[str, str]]] | None = None
        self._index: SchoolIndex | None = None

    def get(self, slug: str) -> School | None:
        """The school with this slug."""
        now = self._clock()
        return self._fresh_one(slug, now) or self._keep(slug, self._schools.get(slug), now)

    def get_with(self, slug: str, counter: Place) -> tuple[School | None, int]:
        """The same, and what a counter says now: one call for both."""
        now = self._clock()
        school = self._fresh_one(slug, now)
        if school is not None:
            return school, counter.read()
        school, count = self._schools.get_with(slug, counter)
        return self._keep(slug, school, now), count

    def _fresh_one(self, slug: str, now: int) -> School | None:
        read_at, school = self._kept.get(slug, (0, None))
        return school if now - read_at < self._fresh else None

    def _keep(self, slug: str, found: School | None, now: int) -> School | None:
        if found is not None:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[slug] = (now, found)
        return found

    def all(self) -> list[dict[str, str]]:
        """``slug, name, town, postcode, urn`` of every school."""
        now = self._clock()
        if self._list is None or now - self._list[0] >= self._fresh:
            before = self._list
            self._list = (now, list(self._schools.all()))
            if before is None or before[1] != self._list[1]:
                self._index = None
        return self._list[1]

    def index(self) -> SchoolIndex:
        """Every school by the words that people know it by; made anew only where the list is another."""
        schools = self.all()
        if self._index is None:
            self._index = SchoolIndex(schools)
        return self._index
