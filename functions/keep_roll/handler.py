"""Consumer of the streams of the tables directory and activity: keeps each school's roll, and the outlines of its large sends."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from latchkey.errors import LatchkeyError, TryLater
from latchkey.roll.follow_tables import follow_tables
from latchkey.roll.keep_roll import renew, take_changes
from latchkey.wiring import Wiring, wiring
from measure.metrics import kind_of, measure

logger = Logger()


def system() -> Wiring:
    """The stores that keep_roll may use; tests put their own in its place."""
    return wiring("keep_roll")


def handle(event: Mapping[str, Any], _context: Any) -> None:
    """Lambda's entry: a batch of one shard. If it fails it comes again whole; what was done of it is done again."""
    seen = follow_tables(system(), event["Records"])
    if seen.unread:
        logger.error("records could not be read", extra={"records": seen.unread})
        measure("Failed", seen.unread, reason="unread")
    failed: LatchkeyError | None = None
    outlines = _outlines(event["Records"])
    for school in {**seen.changes, **dict.fromkeys(seen.asked), **dict.fromkeys(outlines)}:
        try:
            if school in seen.changes:
                take_changes(system(), school, seen.changes[school])
            elif school in seen.asked:
                renew(system(), school)
            if school in outlines:
                outlines[school]()
        except LatchkeyError as error:  # one school's must not hold up the others'
            logger.warning("a roll has to wait", extra={"school": school, "reason": error.code})
            measure("Waits", 1, reason=kind_of(error))
            failed = error
        else:
            measure("Done")
    if failed is not None:
        raise TryLater() from failed


def _outlines(records: Iterable[Mapping[str, Any]]) -> dict[str, Callable[[], None]]:
    """What a batch has to keep of each school's messages; how that is done is loaded where a batch has any."""
    of_sends = [each for each in records if "#SEND#" in str(each.get("dynamodb", {}).get("Keys", {}).get("pk"))]
    if not of_sends:
        return {}
    from latchkey.sends.keep_outline import keep_outlines, outlines_in

    return {school: partial(keep_outlines, system(), school, said) for school, said in outlines_in(of_sends).items()}
