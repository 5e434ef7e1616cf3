"""Giving codes: what a student's item holds of them, written only where it still is as it was read."""

from collections.abc import Iterable, Mapping
from typing import Final

from latchkey.codes.model.codes import Kind, state_of
from latchkey.people.model.person import CodeState, Person
from latchkey.people.stores.items import code_to_value, number_key
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.dynamo import Condition, Table, Update, Value

ATTRIBUTE: Final[Mapping[Kind, str]] = {"pin": "pin", "parent": "parent_code", "read_out": "read_out"}
"""Where a person's item holds the state of their code."""

NO_ADMIN: Final[Condition] = ("is_admin", "<>", True)


class Codes:
    """The codes of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self._school = school
        self._directory = Directory(table, school)

    def give(self, changes: Iterable[tuple[Person, Mapping[Kind, CodeState]]]) -> None:
        """Give each of these people (at most 100) these codes, or nobody any: ``Changed`` if one was given another meanwhile.

        A code of the generation that they have gets a later end; one of the next generation takes its place.
        """
        self._table.transact([self._given(person, codes) for person, codes in changes])

    # Two admins read a code out to the same person; only the newest may work, and each must know whether theirs does:
    #
    #     A: generation 3 ── give 4, if it is 3 ──▶ done, and A reads out 4
    #     B: generation 3 ───── give 4, if it is 3 ──▶ ✗ Changed; read again ── give 5 ──▶ 4 is replaced
    #
    # And the person becomes an admin, leaves or is switched off between the look and the write: then there is no code.

    def read_out(self, person: Person, code: CodeState, number: int) -> None:
        """Give this person a code of the next generation to be read out; ``Changed`` if they are not as they were read."""
        state: dict[str, Value] = {ATTRIBUTE["read_out"]: code_to_value(code)}
        nobody_was_quicker: Condition = (
            ("read_out.generation", "=", person.read_out.generation) if person.read_out else ("read_out", "missing", None)
        )
        when: list[Condition] = [nobody_was_quicker, ("status", "=", "active"), ("role", "=", person.role), NO_ADMIN]
        if person.number is None:
            state |= {"number": number, "number_key": number_key(self._school, number)}
            when.append(("number", "missing", None))
        self._table.transact([self._directory.change_of(person.id, state, when)])

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
