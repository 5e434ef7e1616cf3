"""An admin answers a question of a preview: what becomes of some people, or how the file is to be read."""

from latchkey.errors import Changed, Conflict, Invalid
from latchkey.people.model.person import Person
from latchkey.rosters.model.gone import MANY, MISSING
from latchkey.rosters.model.questions import QUESTIONS, option_of
from latchkey.rosters.model.runs import Run
from latchkey.rosters.needs import System
from latchkey.rosters.watch_roster import roster_of


def decide_roster(system: System, school: str, by: Person, roster: str, *, name: str, option: str, confirm: str = "") -> Run:
    """The run with the answer. Answering the same again changes nothing; ``Conflict`` once the run is not previewed any more.

    Where many people would leave, ``confirm`` has to be their number: nobody types that by mistake. An answer that
    makes the file be read again lets the run go back to reading.
    """
    run = roster_of(system, school, roster).run
    question = QUESTIONS.get(name)
    if question is None or name not in run.asked:
        raise Invalid(fields={"name": "This roster does not ask that."})
    if not question.has(option):
        raise Invalid(fields={"option": "Choose one of the options."})
    if (number := number_to_confirm(run, name)) and option != question.default and _digits(confirm) != str(number):
        raise Invalid(fields={"confirm": f"Type {number:,}, the number of people who would leave."})
    if run.state == "running" and run.step == "preview" and question.rereads and run.chosen.get(name) == option:
        if run.lease_until <= system.now():
            _tell(system, school, roster)  # the first message may never have left; a second one does no harm
        return run
    if run.state != "previewed":
        raise _gone_on()
    if run.chosen.get(name) == option:
        return run
    rereads = question.rereads and option_of(run.chosen, name) != option
    event = system.audit(school).record_of(
        by.id, "roster.decide", system.now(), {"roster": roster, "decision": name, "option": option}
    )
    try:
        run = system.rosters(school).choose(run, name, option, event, rereads=rereads, remember=question.remembered)
    except Changed:
        raise _gone_on() from None
    if rereads:
        _tell(system, school, roster)
    return run


def number_to_confirm(run: Run, name: str) -> int:
    """The number that has to be typed for an answer that ends so many accounts; 0 where none has to be."""
    count = run.asked.get(name, 0) if name == MISSING else 0
    return count if count > MANY or count * 10 > run.total else 0


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())


def _gone_on() -> Conflict:
    return Conflict("This roster has gone on meanwhile: look at it again. Nothing was changed.", code="not_previewed")


def _tell(system: System, school: str, roster: str) -> None:
    system.queue("ROSTER_QUEUE").put({"kind": "read_again", "school": school, "roster": roster})
