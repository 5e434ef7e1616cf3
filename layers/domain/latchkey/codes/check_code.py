"""What a typed code opens. Looking uses nothing up; a wrong guess is counted before anything is compared.

Only who holds a code that we made learns what became of it. Everybody else gets one answer, after the same work: for a wrong
code, for a student who does not exist, has left or was given no code, and for a code that was guessed at too often.
A typing error, which the check sign tells from a guess, costs nothing.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

from latchkey.codes.model import codes
from latchkey.codes.model.codes import MOST_FAILURES, Code, Fault
from latchkey.codes.model.pasted import codes_in
from latchkey.codes.needs import System
from latchkey.errors import Gone, Invalid, TooMany
from latchkey.people.model.person import NOBODY, CodeState, Person, Role
from latchkey.schools.find_school import the_school_now
from latchkey.schools.model.school import School
from latchkey.shared.model.addresses import visitor
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Budget, Tally

PER_SOURCE: Final = Budget("code-from", 50, 3_600)
PER_SCHOOL: Final = Budget("code", 200, 3_600)
ALARM_AT: Final = (PER_SCHOOL.limit // 2, PER_SCHOOL.limit)  # failures of a school within an hour; each mark is told once
WHOSE: Final[Mapping[codes.Kind, Role | None]] = {"pin": "student", "parent": "parent", "read_out": None}
"""Whom a code of each kind lets in; None: anybody but an admin."""
log = logging.getLogger(__name__)

Why = Fault | Literal["refused", "replaced", "elsewhere"]
_GONE: Final[dict[Why, str]] = {
    "refused": said(
        "This code does not work here. Check that it is the newest one that your school gave you, and that this is your "
        "school. If it still does not work: ask your school for a new one. Your account is as it was."
    ),
    "expired": said("This code is too old. Ask your school for a new one."),
    "voided": said("Your school has ended this code. Ask your school for a new one."),
    "replaced": said("There is a newer code than this one. Look for the newest letter from your school, or ask for it again."),
}
_USED: Final[dict[codes.Kind, str]] = {
    "pin": said(
        "This PIN has been used, and a PIN works once. If that was you, sign in with the password that you chose. "
        "If it was not you, tell your school and ask for a new PIN."
    ),
    "read_out": said(
        "This code has been used, and it works once. If that was you, sign in with the password that you chose. "
        "If it was not you, ring your school at once."
    ),
    "parent": said("As many parents have registered with this code as it lets in. Ask your school for a new one."),
}
MISTYPED: Final = said(
    "This code is not complete: a character is wrong or missing. Look at the letter again; nothing was counted against you."
)
SEVERAL: Final = said("There are two codes in this. Type only the one that you want to use; nothing was counted against you.")


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that works, and the person whose it is, as they were when it was compared: a student, unless it was read out."""

    code: Code
    school: School
    student: Person
    state: CodeState

    @property
    def places(self) -> int:
        """How often the code can still be used."""
        return codes.USES[self.code.kind] - self.state.uses


def check_code(system: System, slug: str, typed: str, source_ip: str) -> OpenCode:
    """What a code that works opens.

    ``Invalid``: a typing error. ``Gone``: it does not work, with the reason. ``TooMany``: over the school's or address's budget.
    """
    school = the_school_now(system, slug)
    found = codes_in(typed)
    if len(found) != 1:
        raise Invalid(fields={"code": SEVERAL if found else MISTYPED}, code="mistyped")
    (code,) = found
    whose = WHOSE[code.kind]
    if whose in school.settings.sso.roles:  # by the school's settings alone, so it tells of no account
        raise Gone(_elsewhere(whose, school.settings.sso.help), code="elsewhere")
    return _Guess(system, school, code, source_ip).made()


def _elsewhere(whose: Role | None, help_line: str) -> str:
    if whose == "parent":
        return said("Parents use the school's own sign-in and need no code. {help}", help=help_line)
    return said("Students use the school's own sign-in and need no code. {help}", help=help_line)


def opened(school: School, code: Code, student: Person, generation: int, now: int) -> OpenCode:
    """The code of this generation, if it works for the student as they now are; ``Gone`` if it does not."""
    state = codes.state_of(student, code.kind)
    if state is None:
        refuse("refused", code)
    if generation < state.generation:
        refuse("replaced", code)
    if fault := codes.fault(state, code.kind, now, school.code_epoch):
        refuse("refused" if fault == "dead" else fault, code)
    return OpenCode(code, school, student, state)


def refuse(why: Why, code: Code) -> NoReturn:
    """Say why the code does not work."""
    raise Gone(_USED[code.kind] if why == "used" else _GONE[why], code=why)


class _Guess:
    """One try at a code: counted three times, compared, and taken out of the counts again if the code is one of ours."""

    def __init__(self, system: System, school: School, code: Code, source_ip: str) -> None:
        self._system, self._school, self._code = system, school, code
        self._now = system.now()
        self._counters = system.counters("CREDENTIALS_TABLE", school.slug)
        self._uses = system.code_uses(school.slug)
        self._source = visitor(system.lookup_key(school.slug, school.lookup_epoch), source_ip)
        self._key = system.code_key(school.slug, school.code_epoch)

    def made(self) -> OpenCode:
        """The open code; ``Gone`` or ``TooMany`` otherwise."""
        failures = self._spend()
        found = self._guessed_at()
        student, generation = (found[0].id, found[1].generation) if found else (NOBODY, 0)
        guesses = self._uses.count(student, self._code.kind, generation)
        if found is None or guesses is None:
            self._fail(failures)
        if guesses > MOST_FAILURES:
            self._uses.take_back(student, self._code.kind, generation)
            self._fail(failures)
        genuine = codes.generation_of(self._code, generation, self._key)
        if genuine is None:
            if guesses == MOST_FAILURES:
                self._tell_the_school(student, generation)
            self._fail(failures)
        self._uses.take_back(student, self._code.kind, generation)
        for budget, key in self._budgets():
            self._counters.count(budget, key, self._now, -1)
        return opened(self._school, self._code, found[0], genuine, self._now)

    def _budgets(self) -> tuple[tuple[Budget, str], ...]:
        return (PER_SOURCE, self._source), (PER_SCHOOL, "all")

    def _spend(self) -> Tally:
        """Count the try for its address and for the school; what the school has had in this hour."""
        failures = Tally(0)
        for budget, key in self._budgets():
            failures = self._counters.tally(budget, key, self._now)
            if failures.count > budget.limit:
                if budget == PER_SCHOOL:
                    self._alarm(failures)
                log.warning("codes over budget", extra={"school": self._school.slug, "budget": budget.name})
                raise TooMany(
                    said("Too many codes that do not work were tried here. Yours still works: try it again in an hour."),
                    retry_after=budget.window - self._now % budget.window,
                )
        return failures

    def _guessed_at(self) -> tuple[Person, CodeState] | None:
        """The person with this number and the state of their code; None for whom no code can be right."""
        directory = self._system.directory(self._school.slug)
        student = directory.by_number(self._code.number)
        if student is None:
            directory.by_ids([NOBODY])  # reading nobody costs what reading a student costs
            return None
        state = codes.state_of(student, self._code.kind)
        if student.status != "active" or student.is_admin or state is None or state.failed >= MOST_FAILURES:
            return None
        if self._code.kind == "read_out" and self._school.uses_sso(student):  # since it was read out
            return None
        return student, state

    def _fail(self, failures: Tally) -> NoReturn:
        log.info("code refused", extra={"school": self._school.slug, "kind": self._code.kind})
        self._alarm(failures)
        refuse("refused", self._code)

    def _alarm(self, failures: Tally) -> None:
        """Tell a mark that the school's failures have reached, unless somebody has told it in this hour."""
        if self._counters.reached(PER_SCHOOL, "all", self._now, failures, ALARM_AT):
            facts = {"school": self._school.slug, "failures": failures.count, "metric": "CodesGuessed"}
            log.error("codes are being guessed", extra=facts)

    def _tell_the_school(self, student: str, generation: int) -> None:
        facts: dict[str, str | int] = {"kind": self._code.kind, "student": student, "generation": generation}
        log.warning("code guessed at too often", extra={"school": self._school.slug, **facts})
        self._system.audit(self._school.slug).record("portal", "code.dead", self._now, facts)
