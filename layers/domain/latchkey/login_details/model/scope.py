"""Which students a run means.

A scope is a group (the school, years, registration groups), which means whoever is in it when the worker comes there; or people
who were chosen (one, a list, those of a reason, a selection, those of an earlier run). Those are noted by id when the run is
asked for: what the run itself does, giving codes, changes who has which reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self

from latchkey.people.model import people_filter
from latchkey.people.model.people_filter import PeopleFilter

ScopeKind = Literal["school", "year_group", "registration_group", "person", "ids", "filter", "selection", "export"]
SCOPE_KINDS: Final[tuple[ScopeKind, ...]] = (
    "school",
    "year_group",
    "registration_group",
    "person",
    "ids",
    "filter",
    "selection",
    "export",
)
_GROUP: Final = {"role", "year_group", "registration_group"}


@dataclass(frozen=True, slots=True)
class Scope:
    """``value`` is the year group, the registration group, or the id of the person, the selection or the earlier run; ``filter``
    is what ``PeopleFilter.as_mapping`` gives. ``ids`` are those of a list, and of all that were chosen once they have been
    noted (then in list order); ``count`` says how many that were.
    """

    kind: ScopeKind = "school"
    value: str = ""
    ids: tuple[str, ...] = ()
    filter: Mapping[str, Any] = field(default_factory=dict)
    count: int = field(default=0, compare=False)

    @classmethod
    def of_filter(cls, wanted: PeopleFilter) -> Self:
        """The scope of a filter."""
        return cls("filter", filter=wanted.as_mapping())

    def as_mapping(self) -> dict[str, Any]:
        """The scope as it stands in a request and an answer; ``request.parse_scope`` gives it back."""
        if self.kind == "ids":
            return {"ids": list(self.ids)}
        if self.kind == "filter":
            return {"filter": dict(self.filter)}
        return {"school": True} if self.kind == "school" else {self.kind: self.value}

    @property
    def is_noted(self) -> bool:
        """Whether its people are noted by id beside the run; those of a list stand in it."""
        return self.kind in {"selection", "export"} or (self.kind == "filter" and not set(self.filter) <= _GROUP)

    @property
    def is_wide(self) -> bool:
        """Whether it can mean more than one registration group."""
        one_group = len(people_filter.values_of(self.filter, "registration_group")) == 1
        return self.kind not in {"registration_group", "person"} and not (self.kind == "filter" and one_group)

    @property
    def people(self) -> tuple[str, ...] | None:
        """The ids of a scope that means people who were chosen; None where it is a group."""
        if self.kind == "person":
            return (self.value,)
        return self.ids if self.kind == "ids" or self.is_noted else None

    @property
    def group(self) -> PeopleFilter:
        """The students of a scope that is a group."""
        years, groups = self._values("year_group"), self._values("registration_group")
        return PeopleFilter(roles=("student",), year_groups=years, registration_groups=groups)

    def noted(self, ids: Sequence[str]) -> Self:
        """The scope with the people whom it means."""
        return replace(self, ids=tuple(ids), count=len(ids))

    @property
    def as_kept(self) -> Self:
        """The scope as its run keeps it: who was noted stands beside it."""
        return replace(self, ids=()) if self.is_noted else self

    def _values(self, name: ScopeKind) -> tuple[str, ...]:
        if self.kind == "filter":
            return people_filter.values_of(self.filter, name)
        return (self.value,) if self.kind == name else ()
