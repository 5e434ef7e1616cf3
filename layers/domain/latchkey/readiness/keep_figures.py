"""Keep the figures of a day: once a day for each school, by the function ``daily``."""

from latchkey.readiness.model.figures import Figures, figures_of
from latchkey.readiness.needs import System
from latchkey.roll.read_roll import read_roll


def keep_figures(system: System, school: str) -> Figures | None:
    """Count everybody and keep it as today's figures; twice on a day keeps the later ones. None if there is no such school."""
    found = system.schools.get(school)
    if found is None:
        return None
    figures = figures_of(read_roll(system, school), found)
    system.figures(school).put(figures, system.now())
    return figures
