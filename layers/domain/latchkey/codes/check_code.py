"""What a typed code opens. Looking uses nothing up; a wrong guess is counted before anything is compared.

Only who holds a code that we made learns what became of it. Everybody else gets one answer, after the same work: for a wrong
code, for a student who does not exist, has left or was given no code, and for a code that was guessed at too often.
A typing error, which the check sign tells from a guess, costs nothing.

    counted for visitor and school ──▶ looked up ──▶ counted for the person, who is read by it ──▶ the school as it is now,
    in one write                                     (nobody: the same write, refused)             and what else is needed
                                                                                                              │
    taken back by the use itself, or where nothing is used ◀── one of ours ◀── compared ◀─────────────────────┘

Limits go by the school as it was within the last minute; what the code opens goes by the school as it is now.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, NoReturn

from latchkey.codes.model import codes
from latchkey.codes.model.codes import MOST_FAILURES, Code, Fault
from latchkey.codes.model.pasted import codes_in
from latchkey.codes.needs import System
from latchkey.codes.stores.codes import ATTRIBUTE
from latchkey.codes.stores.uses import Beside
from latchkey.errors import Gone, Invalid, NotFound, TooMany
from latchkey.people.model.person import NOBODY, CodeState, Person, Role
from latchkey.schools.find_school import the_school, the_school_now
from latchkey.schools.model.school import School
from latchkey.shared.model.addresses import visitor
from latchkey.shared.model.identifiers import lookup, username
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Budget, Share, Tally

PER_SOURCE: Final = Budget("code-from", 50, 3_600)
"""Of a visitor's address, with those others, one of 256, that share its place in the school's counter (``Share``)."""
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
    """A code that works, and the person whose it is, as they were when it was compared: a student, unless it was read out.

    ``counted``: the guess that has found it counts as wrong still; using the code takes it back, or ``unless_used`` does.
    ``beside``: what was read with it.
    """

    code: Code
    school: School
    student: Person
    state: CodeState
    counted: bool = False
    beside: Beside = field(default_factory=Beside)

    @property
    def places(self) -> int:
        """How often the code can still be used."""
        return codes.USES[self.code.kind] - self.state.uses


def check_code(system: System, slug: str, typed: str, source_ip: str) -> OpenCode:
    """What a code that works opens, to be looked at only.

    ``Invalid``: a typing error. ``Gone``: it does not work, with the reason. ``TooMany``: over the school's or address's budget.
    """
    found = code_to_use(system, slug, typed, source_ip)
    take_back(system, found)
    return replace(found, counted=False)


def code_to_use(system: System, slug: str, typed: str, source_ip: str, *, wish: str = "", made: str = "") -> OpenCode:
    """The same, to be used at once, in ``unless_used``.

    ``wish``: a username that is to be chosen with it. ``made``: the id of a parent's account that is to be made with it.
    """
    school = the_school(system, slug)
    found = codes_in(typed)
    if len(found) != 1:
        raise Invalid(fields={"code": SEVERAL if found else MISTYPED}, code="mistyped")
    (code,) = found
    whose = WHOSE[code.kind]
    if whose in school.settings.sso.roles:  # as it was a minute ago; nothing is counted where that is so still
        _let_in_here(the_school_now(system, slug), whose)
    return _Guess(system, school, code, source_ip, _Wanted(wish, made if is_id(made) else NOBODY)).made()


def take_back(system: System, found: OpenCode) -> None:
    """Take the guess that has found a code out of the count again, if it counts."""
    if not found.counted:
        return
    system.code_uses(found.school.slug).take_back(found.student.id, found.code.kind, found.state.generation)


@contextmanager
def unless_used(system: System, found: OpenCode) -> Iterator[None]:
    """Take the guess back if what is done with the code comes to nothing."""
    try:
        yield
    except Exception:  # whatever it was: the code was right, so the guess must not count as wrong
        take_back(system, found)
        raise


def _let_in_here(school: School, whose: Role | None) -> None:
    """``Gone`` where they use the school's own sign-in: by its settings alone, so it tells of no account."""
    if whose not in school.settings.sso.roles:
        return
    if whose == "parent":
        what = said("Parents use the school's own sign-in and need no code. {help}", help=school.settings.sso.help)
    else:
        what = said("Students use the school's own sign-in and need no code. {help}", help=school.settings.sso.help)
    raise Gone(what, code="elsewhere")


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


def opened_again(found: OpenCode, student: Person, now: int) -> OpenCode:
    """The same code for the student as they now are, its own guess still counted; ``Gone`` if it no longer works."""
    kind = found.code.kind
    state = codes.state_of(student, kind)
    if state is not None:
        student = _with_state(student, kind, replace(state, failed=state.failed - found.counted))
    again = opened(found.school, found.code, student, found.state.generation, now)
    return replace(again, counted=found.counted, beside=replace(found.beside, holders={}))


def refuse(why: Why, code: Code) -> NoReturn:
    """Say why the code does not work."""
    raise Gone(_USED[code.kind] if why == "used" else _GONE[why], code=why)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a code is to be used for: a username, the id of an account."""

    name: str
    account: str


class _Guess:
    """One try at a code: counted three times, compared, and taken out of the counts again if the code is one of ours.

    ``school``: as it was within the last minute, until the guess was counted.
    """

    def __init__(self, system: System, school: School, code: Code, source_ip: str, wanted: _Wanted) -> None:
        self._system, self._school, self._code, self._wanted = system, school, code, wanted
        self._now = system.now()
        self._counters = system.counters("CREDENTIALS_TABLE", school.slug)
        self._uses = system.code_uses(school.slug)
        source = visitor(system.lookup_key(school.slug, school.lookup_epoch), source_ip)
        self._share = Share(source[:2], PER_SOURCE.limit)

    def made(self) -> OpenCode:
        """The open code; ``Gone`` or ``TooMany`` otherwise."""
        failures = self._spend()
        student = self._guessed_at()
        beside = self._uses.beside(self._whose(student), self._names())
        if beside.school is None:
            raise NotFound()
        self._school = beside.school
        self._not_elsewhere()
        state = self._state_of(student)
        if student is None or state is None or state.failed > MOST_FAILURES:
            self._fail(failures)
        key = self._system.code_key(self._school.slug, self._school.code_epoch)
        genuine = codes.generation_of(self._code, state.generation, key)
        if genuine is None:
            if state.failed == MOST_FAILURES:
                self._tell_the_school(student.id, state.generation)
            self._fail(failures)
        self._counters.give_back_within(PER_SCHOOL, "all", self._share, self._now)
        before = replace(state, failed=state.failed - 1)  # as it is without this guess
        student = _with_state(student, self._code.kind, before)
        found = OpenCode(self._code, self._school, student, before, counted=True, beside=beside)
        with unless_used(self._system, found):
            opened(self._school, self._code, student, genuine, self._now)
        return found

    def _spend(self) -> Tally:
        """Count the try for its address and for the school; what the school has had in this hour."""
        failures = self._counters.tally_within(PER_SCHOOL, "all", self._share, self._now)
        if failures is not None and failures.count <= PER_SCHOOL.limit:
            return failures
        if failures is not None:
            self._alarm(failures)
        over = PER_SCHOOL if failures is not None else PER_SOURCE
        log.warning("codes over budget", extra={"school": self._school.slug, "budget": over.name})
        raise TooMany(
            said("Too many codes that do not work were tried here. Yours still works: try it again in an hour."),
            retry_after=over.window - self._now % over.window,
        )

    def _guessed_at(self) -> Person | None:
        """The person with this number, for whose code the guess is counted; None for whom no code can be right."""
        directory = self._system.directory(self._school.slug)
        ids = directory.ids_by_number(self._code.number)
        if len(ids) > 1:  # of two the index knows one by an older number
            ids = [each.id for each in directory.by_ids(ids) if each.number == self._code.number]
        person = self._uses.count(ids[0] if ids else NOBODY, self._code.kind)  # counting for nobody costs the same
        return person if person is not None and person.number == self._code.number and not person.is_admin else None

    def _state_of(self, student: Person | None) -> CodeState | None:
        """The state of their code, this guess counted in it; None where no code can be right, by the school as it is now."""
        if student is None or (self._code.kind == "read_out" and self._school.uses_sso(student)):  # since it was read out
            return None
        return codes.state_of(student, self._code.kind)

    def _not_elsewhere(self) -> None:
        """Refuse the code, and give the visitor their try back, if its school has gone over to its own sign-in a moment ago."""
        try:
            _let_in_here(self._school, WHOSE[self._code.kind])
        except Gone:
            self._counters.give_back_within(PER_SCHOOL, "all", self._share, self._now)
            raise

    def _whose(self, student: Person | None) -> str:
        """Whose second factors are read: those of who gets a way in, a parent not of their child."""
        if self._code.kind == "parent":
            return self._wanted.account
        return student.id if student is not None else NOBODY

    def _names(self) -> dict[str, int]:
        """The look-up keys of the username that is wished for, and their epochs: who has them is read with all else."""
        name = username(self._wanted.name) if self._wanted.name and self._code.kind != "parent" else None
        if name is None:
            return {}
        slug = self._school.slug
        return {lookup(self._system.lookup_key(slug, each), "username", name): each for each in self._school.lookup_epochs}

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


def _with_state(person: Person, kind: codes.Kind, state: CodeState) -> Person:
    facts: Any = {ATTRIBUTE[kind]: state}
    return replace(person, **facts)
