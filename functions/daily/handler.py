"""Once a day, for each school: its figures are kept, who wants to is mailed what has changed in the week, and preflight looks.

The schedule puts one message a school on the queue ``daily``; each message is a school's day. Every five minutes, and when an
admin asks for it, preflight looks at what all schools share. Everything here may be done twice.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from aws_lambda_powertools import Logger

from latchkey.preflight.look import look, site_now
from latchkey.readiness.keep_figures import keep_figures
from latchkey.readiness.start_day import is_due, start_day
from latchkey.readiness.weekly_mail import write_weekly
from latchkey.roll.renew_daily import renew_daily
from latchkey.shared.model.messages import Message
from latchkey.wiring import Wiring, wiring
from measure.metrics import measure
from worker.consume import Consumer, Record, life

logger = Logger()

TASKS: Final[Mapping[str, Callable[[Wiring, str], object]]] = {
    "figures": keep_figures,
    "roll": renew_daily,
    "preflight": look,
    "weekly mail": write_weekly,
}
"""The day's work of a school, in this order. Each is done once a day though it is asked for twice, and none waits for another."""


def system() -> Wiring:
    """The stores that daily may use; tests put their own in its place."""
    return wiring("daily")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: the schedule, or messages. A record that failed comes again, and at last goes to the dead-letter queue."""
    if event.get("kind") == "day":
        return start()
    if event.get("kind") == "site":
        return look_at_all()
    return Consumer("a school's day", logger, system).consume(event, context, partial(of_school), held=life(context))


def start() -> dict[str, int]:
    """Every morning: a message for each school."""
    measure("Ticks")  # an alarm rings when there are none
    schools = start_day(system())
    logger.info("the day has begun", extra={"schools": schools})
    return {"schools": schools}


def look_at_all() -> dict[str, int]:
    """What all schools share, looked at; an alarm rings while something stops mail."""
    found = site_now(system())
    stops = [check.name for check in found if check.state == "stop"]
    measure("SiteStops", len(stops))
    logger.info("the site was looked at", extra={"stops": stops, "warns": [each.name for each in found if each.state == "warn"]})
    return {"stops": len(stops)}


def of_school(record: Record) -> None:
    """One message: one school's day. What fails is done again with the message, and keeps nothing behind it from its turn."""
    message = Message(record["body"])
    if message.one_of("kind", ["school", "site"]) == "site":
        look_at_all()
        return
    school, at = message.slug(), message.time()
    if not is_due(system(), school, at):
        logger.info("a school's day is over", extra={"school": school})
        return
    failed: Exception | None = None
    for name, task in TASKS.items():
        try:
            task(system(), school)
        except Exception as error:
            failed = failed or error
            logger.warning(
                "a part of a school's day failed", extra={"school": school, "task": name, "kind": type(error).__name__}
            )
    if failed is not None:
        raise failed
    logger.info("a school's day is done", extra={"school": school, "tasks": len(TASKS)})
