"""Giving codes: what a student's item holds of them, written only where it still is as it was read."""

from collections.abc import Iterable, Mapping
from typing import Final

from latchkey.codes.model.codes import Kind, state_of
from latchkey.people.model.person import CodeState, Person
from latchkey.people.stores.people import Directory, code_to_value
from latchkey.shared.stores.dynamo import Condition, Table, Update, Value

ATTRIBUTE: Final[Mapping[Kind, str]] = {"pin": "pin", "parent": "parent_code"}
"""Where a student's item holds the state of their code."""


class Codes:
    """The codes of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self._directory = Directory(table, school)

    def give(self, changes: Iterable[tuple[Person, Mapping[Kind, CodeState]]]) -> None:
        """Give each of these people (at most 100) these codes, or nobody any: ``Changed`` if one was given another meanwhile.

        A code of the generation that they have gets a later end; one of the next generation takes its place.
        """
        self._table.transact([self._given(person, codes) for person, codes in changes])

    def _given(self, person: Person, codes: Mapping[Kind, CodeState]) -> Update:
        facts: dict[str, Value] = {}
        when: list[Condition] = []
        for kind, code in codes.items():
            name, known = ATTRIBUTE[kind], state_of(person, kind)
            nobody_was_quicker: Condition = (
                (f"{name}.generation", "=", known.generation) if known is not None else (name, "missing", None)
            )
            when.append(nobody_was_quicker)
            if known is not None and known.generation == code.generation:
                # Only these two are written: a use or a wrong guess meanwhile stays counted.
                facts |= {f"{name}.expires_at": code.expires_at, f"{name}.given_at": code.given_at}
                same_end: Condition = (f"{name}.expires_at", "=", known.expires_at)
                not_ended: Condition = (f"{name}.voided", "missing", None)
                when += [same_end, not_ended]
            else:
                facts[name] = code_to_value(code)
        return self._directory.change_of(person.id, facts, when)
