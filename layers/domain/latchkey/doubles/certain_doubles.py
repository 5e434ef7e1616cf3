"""The pairs of accounts that the last look found to be almost certainly one person's."""

from latchkey.doubles.model.looks import newest_finished
from latchkey.doubles.needs import System
from latchkey.people.model.likeness import CERTAIN


def certain_doubles(system: System, school: str) -> frozenset[tuple[str, str]]:
    """Pairs of ids, without those that an admin has told apart. Of a school that nobody has looked through: none."""
    looks = system.looks(school)
    last = newest_finished(looks.latest(), system.now())
    if last is None:
        return frozenset()
    certain = [pair for pairs in looks.pairs(last.id) for pair in pairs if pair.rank == CERTAIN]
    return frozenset({pair.ids for pair in certain} - looks.parted_among(certain))
