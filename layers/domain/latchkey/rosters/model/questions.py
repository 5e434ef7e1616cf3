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

    ``rereads``: an answer changes what the file says or whom its rows mean, so the file is read and previewed again.
    """

    name: str
    one: str
    many: str
    options: tuple[Option, ...]
    rereads: bool = False
    remembered: bool = False

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
_ALL: Final[tuple[Question, ...]] = (_GRADES, _MISSING, _GONE_LINKS, _GONE_FACTS)
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


def remembered(chosen: Mapping[str, str]) -> dict[str, str]:
    """Those of these answers that hold for the school's next rosters."""
    return {name: option for name, option in chosen.items() if name in QUESTIONS and QUESTIONS[name].remembered}
