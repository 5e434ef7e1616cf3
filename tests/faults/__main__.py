"""python -m tests.faults [seed]: the figures of docs/reliability.md."""

import sys
import time
from unittest.mock import patch

from tests.faults.report import report
from tests.faults.world import World, without_real_waiting


def main() -> None:
    """Run the world of ten thousand people and print what became of them."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    begun = time.monotonic()
    world = World(seed, 10_000)
    without_real_waiting(world, lambda name, value: patch(name, value).start())  # type: ignore[no-any-return]
    world.run()
    found = report(world)
    states = ", ".join(f"{count:,} {state}" for state, count in sorted(found.states.items()))
    rows = {
        "recipients": f"{found.people:,}: {states}; the send is {found.state}",
        "marked as sent and never accepted by SES": found.lost,
        "mails accepted by SES whose result was never written": found.ambiguous,
        "mails sent twice": found.twice,
        "people who got two different links": found.other_links,
        "fullest second, at a rate of " + f"{found.rate:g}/s": found.fullest_second,
    } | dict(sorted(found.faults.items()))
    for name, value in rows.items():
        sys.stdout.write(f"| {name} | {value} |\n")
    sys.stdout.write(f"seed {seed}, {time.monotonic() - begun:.0f} s\n")


main()
