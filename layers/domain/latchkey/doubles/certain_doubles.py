"""The pairs of accounts that the last look found to be almost certainly one person's."""

from latchkey.doubles.model.looks import LIFE
from latchkey.doubles.needs import System
from latchkey.people.model.likeness import CERTAIN


def certain_doubles(system: System, school: str) -> frozenset[tuple[str, str]]:
    """Pairs of ids, without those that an admin has told apart. Of a school that nobody has looked through: none."""
    looks = system.looks(school)
    recent = (look for look in looks.latest() if system.now() < look.created_at + LIFE)
    last = next((look for look in recent if look.state == "finished"), None)
    if last is None:
        return frozenset()
    certain = [pair for pairs in looks.pairs(last.id) for pair in pairs if pair.rank == CERTAIN]
    return frozenset({pair.ids for pair in certain} - looks.parted_among(certain))
