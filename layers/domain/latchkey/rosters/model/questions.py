"""What a preview asks an admin before anything is made ("decisions" in the API), and what may be answered.

Each question stands in ``QUESTIONS`` under its name. Whoever finds a reason to ask says so with ``Asks``: a row's decision, a
file's source, or a look at the whole. Nobody has to answer: the default is an option that does no harm, and the page says it.
A run keeps the answers (``chosen``); an answer to a question that is ``remembered`` holds for the school's next rosters too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

SHOWN_CONCERNED: Final = 20


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``dangerous``: it ends or takes away something, so it is never the default."""

    name: str
    text: str
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """``one`` and ``many`` say in words what was found ("{count}" in ``many``); the first option is the default.

    ``unasked``: the option where applying meets what its preview did not ask, because people have changed (empty: the default).
    ``rereads``: an answer changes what the file says or whom its rows mean, so the file is read and previewed again.
    """

    name: str
    one: str
    many: str
    options: tuple[Option, ...]
    rereads: bool = False
    remembered: bool = False
    unasked: str = ""

    @property
    def default(self) -> str:
        """What happens if nobody answers."""
        return self.options[0].name

    def text(self, count: int) -> str:
        """The question in words."""
        return self.one if count == 1 else self.many.format(count=f"{count:,}")

    def has(self, option: str) -> bool:
        """Whether this is one of its options."""
        return any(each.name == option for each in self.options)


class Concerned(NamedTuple):
    """Somebody whom a question is about: their row (0: they are in no row), their name, and what to know of them."""

    line: int
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Asks:
    """A reason to ask a question: of how many, and some of them."""

    question: str
    count: int
    people: tuple[Concerned, ...] = ()


_LATER: Final = Option("leave_out", "Leave these rows out for now.")
_SAME: Final = Option(
    "take_over", "They are the same people: each keeps the account, with its password, codes and history, and gets the new id."
)
_ANEW: Final = Option("as_new", "They are other people: make new accounts for them.")

_GRADES: Final = Question(
    "grades",
    "1 student has a grade. Which year does a grade mean?",
    "{count} students have grades. Which years do grades mean?",
    (
        Option("years", "Grade 07 is Year 7, as schools in England and Wales count."),
        Option("ceds", "Grade 06 is Year 7, and KG is Year 1: codes of CEDS. In Scotland KG is P2 and 06 is S1."),
    ),
    rereads=True,
    remembered=True,
)
_MISSING: Final = Question(
    "missing",
    "1 person of your school is not in this file. Have they left?",
    "{count} people of your school are not in this file. Have they left?",
    (
        Option("keep", "Keep them: nothing happens to them."),
        Option("leave", "They have left: their accounts, links and sessions end at once.", dangerous=True),
    ),
)
_GONE_LINKS: Final = Question(
    "gone_links",
    "1 link between a parent and a child is no longer in the file, though both are.",
    "{count} links between parents and children are no longer in the file, though both people are.",
    (
        Option("keep", "Keep these links."),
        Option("take", "Take them away: these parents no longer see these children.", dangerous=True),
    ),
)
_GONE_FACTS: Final = Question(
    "gone_facts",
    "1 person has an address or a username here, and none in the file.",
    "{count} people have an address or a username here, and none in the file.",
    (
        Option("keep", "Keep them as they are here."),
        Option(
            "take",
            "Take these addresses and usernames away. Who has set a password hears of it at the old address.",
            dangerous=True,
        ),
    ),
)
_ROLES: Final = Question(
    "roles_here",
    "1 person is a teacher here and staff in the file, or the other way round.",
    "{count} people are teachers here and staff in the file, or the other way round.",
    (
        Option("keep", "Leave these rows out: nothing of these people changes."),
        Option("take", "Change their role as the file says. Their links and sessions end; they sign in again.", dangerous=True),
    ),
    rereads=True,
)
_EDITED: Final = Question(
    "edited_here",
    "1 person was edited here, and the file says otherwise. Whose word counts?",
    "{count} people were edited here, and the file says otherwise. Whose word counts?",
    (
        Option("keep", "Ours: keep what was edited here. All else in their rows is taken."),
        Option("take", "The file’s: take what it says, and lose what was edited here."),
    ),
    rereads=True,
)
_ALL: Final[tuple[Question, ...]] = (
    _GRADES,
    Question(
        "new_ids",
        "1 person has a new id: take them over?",
        "{count} people have new ids: take them over?",
        (_SAME, _ANEW, _LATER),
        rereads=True,
        unasked="leave_out",
    ),
    Question(
        "returners",
        "1 person who had left is back under a new id: take them over?",
        "{count} people who had left are back under new ids: take them over?",
        (_SAME, _ANEW, _LATER),
        rereads=True,
        unasked="leave_out",
    ),
    Question(
        "lost_zeros",
        "1 person’s id has lost or gained zeros, as a spreadsheet does it: take them over?",
        "{count} people’s ids have lost or gained zeros, as a spreadsheet does it: take them over?",
        (_SAME, _ANEW, _LATER),
        rereads=True,
        unasked="leave_out",
    ),
    Question(
        "unclear_people",
        "1 row may mean one of several people of the same name: what is it?",
        "{count} rows may each mean one of several people of the same name: what are they?",
        (_LATER, _ANEW),
        rereads=True,
    ),
    Question(
        "other_people",
        "1 id now stands for somebody else: another name, and another UPN, username or address.",
        "{count} ids now stand for somebody else: another name, and another UPN, username or address.",
        (
            _LATER,
            Option("rename", "They are the same people: change their accounts to what the file says."),
        ),
        rereads=True,
    ),
    Question(
        "also_parent",
        "1 person who works here is also a parent: link the children to their account?",
        "{count} people who work here are also parents: link the children to their accounts?",
        (
            Option("link", "Link the children to the account that they have: one account, one sign-in."),
            Option("apart", "Make a second account as a parent."),
        ),
        rereads=True,
        unasked="apart",
    ),
    Question(
        "one_parent",
        "1 more row is about a parent of the same name and address: one account?",
        "{count} more rows are about parents of the same name and address: one account for each parent?",
        (
            Option("together", "They are the same people, written once for each child: one account with all children."),
            Option("apart", "They are other people: make an account for each row."),
        ),
        rereads=True,
        unasked="apart",
    ),
    Question(
        "freed_usernames",
        "1 username belonged to somebody who has left: give it to the person who has it in the file?",
        "{count} usernames belonged to people who have left: give them to those who have them in the file?",
        (
            Option("leave_out", "Leave these usernames out: those who left keep them."),
            Option("give", "Give them on. The accounts of those who left stay, without a username.", dangerous=True),
        ),
        rereads=True,
    ),
    _EDITED,
    _ROLES,
    _MISSING,
    _GONE_LINKS,
    _GONE_FACTS,
)
QUESTIONS: Final[dict[str, Question]] = {question.name: question for question in _ALL}
NOTHING_CHOSEN: Final[Mapping[str, str]] = {}


class Asked:
    """What a preview has to ask: how many each question is about, and the first of these; ``chosen`` is how the file was read."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self.chosen = chosen
        self.counts: dict[str, int] = {}
        self.people: dict[str, list[Concerned]] = {}

    def add(self, asks: Iterable[Asks]) -> None:
        """Note some reasons to ask."""
        for each in asks:
            if each.count:
                self.counts[each.question] = self.counts.get(each.question, 0) + each.count
                shown = self.people.setdefault(each.question, [])
                shown += each.people[: SHOWN_CONCERNED - len(shown)]


def option_of(chosen: Mapping[str, str], question: str) -> str:
    """What was chosen, or the default; also where an older release knew an option that there is no more."""
    known, option = QUESTIONS[question], chosen.get(question, "")
    return option if known.has(option) else known.default


def unasked(asked: Mapping[str, int], chosen: Mapping[str, str]) -> dict[str, str]:
    """How to apply a run: its answers, and where its preview did not ask a question that comes up now, the careful option."""
    careful = {name: question.unasked for name, question in QUESTIONS.items() if question.unasked and name not in asked}
    return {**chosen, **careful}


def remembered(chosen: Mapping[str, str]) -> dict[str, str]:
    """Those of these answers that hold for the school's next rosters."""
    return {name: option for name, option in chosen.items() if name in QUESTIONS and QUESTIONS[name].remembered}
