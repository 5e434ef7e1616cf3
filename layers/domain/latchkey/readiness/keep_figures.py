"""Keep the figures of a day: once a day for each school, by the function ``daily``."""

from latchkey.readiness.model.figures import Figures, figures_of
from latchkey.readiness.needs import System
from latchkey.roll.read_roll import read_roll


def keep_figures(system: System, school: str) -> Figures:
    """Count everybody and keep it as today's figures; twice on a day keeps the later ones."""
    figures = figures_of(read_roll(system, school))
    system.figures(school).put(figures, system.now())
    return figures
