"""The figures of a school over time, with those of this moment as the last."""

from typing import Final

from latchkey.errors import Invalid
from latchkey.people.model.person import ROLES, Role
from latchkey.readiness.model.figures import Figures, day_of, figures_of
from latchkey.readiness.model.over_time import SPANS, OverTime, over_time
from latchkey.readiness.needs import System
from latchkey.roll.read_roll import read_roll

EVERYBODY: Final = "everybody"


def read_figures(system: System, school: str, role: str, year: str, days: str) -> OverTime:
    """What the page of figures shows. ``Invalid`` names what there is none of."""
    wrong: dict[str, str] = {}
    found: Role | None = next((each for each in ROLES if each == role), None)
    if found is None and role != EVERYBODY:
        wrong["role"] = "Choose student, teacher, staff, parent or everybody."
    if year and found != "student":
        wrong["year_group"] = "Only students have year groups."
    span = next((each for each in SPANS if str(each) == days), None)
    if span is None:
        wrong["days"] = f"Choose {', '.join(map(str, SPANS))}."
    if wrong or span is None:
        raise Invalid(fields=wrong)
    today = figures_now(system, school)
    if year and year not in today.years:
        raise Invalid(fields={"year_group": "There is no such year group."})
    return over_time(kept_since(system, school, span), today, role=found, year=year or None, span=span)


def figures_now(system: System, school: str) -> Figures:
    """The figures of this moment."""
    return figures_of(read_roll(system, school))


def kept_since(system: System, school: str, days: int) -> list[Figures]:
    """The figures that were kept within so many days, the oldest first."""
    now = system.now()
    return system.figures(school).since(day_of(now - days * 86_400), now)
