"""Schools as a public page needs them: read once a minute, because every visitor asks for the same few."""

from collections.abc import Callable
from typing import Final

from latchkey.schools.model.school import School
from latchkey.schools.model.search import SchoolIndex
from latchkey.schools.stores.schools import Schools

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
        read_at, school = self._kept.get(slug, (0, None))
        if school is not None and now - read_at < self._fresh:
            return school
        found = self._schools.get(slug)
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
