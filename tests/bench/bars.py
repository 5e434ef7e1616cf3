"""The bars: what has to be reached, in the words of docs/performance.md, which a test compares with these."""

from dataclasses import dataclass
from typing import Any, Final

Row = dict[str, Any]
"""A line of the table: ``what`` was measured, its ``bar`` ("" where there is none), what was ``got``, whether it was ``met``
(None: not measured, or no bar), its ``value``, and ``of``, the key of the bar that it decides ("" where it decides none)."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, the benches that decide it, and what its figure leaves out; several rows may have to meet it."""

    what: str
    bar: str
    group: str
    without: str


_LINK = "what SES tells afterwards, the roll, and calls that are throttled or lost"
_COST = (
    "mails that bounce; empty receives, alarms and metrics; EventBridge, if it charges for SES's events; cancelled transactions"
)
_START = (
    "the start of the interpreter and of Lambda; the bare side renders no page and decides nothing; this processor, not Lambda's"
)
_ROSTER = "looking for duplicates, on both sides; polars, which takes several threads, decides nothing"

BARS: Final = {
    "calls_fast": Bar(
        "AWS calls per link, plan and delivery, at 20,000 people and 50 mails a second or more", "≤ 0.06", "links", _LINK
    ),
    "calls_slow": Bar("the same at 14 mails a second, of which SES's own are 0.071", "≤ 0.12", "links", _LINK),
    "cpu": Bar(
        "CPU per link, to a plain Django loop over SMTP",
        "≤ 0.25 x",
        "links",
        "TLS, of both sides; where instructions decide, the kernel's part of both; what SES tells afterwards, and the roll",
    ),
    "growth": Bar("CPU per link at 100,000 people, to that at 2,000", "≤ 1.1 x", "links", "as in the row above"),
    "cost_slow": Bar(
        "cost of 100,000 links beside SES's own $10, everything counted, at 14 mails a second", "≤ $0.15", "links", _COST
    ),
    "cost_fast": Bar("the same at 200 mails a second", "≤ $0.10", "links", _COST),
    "rate": Bar(
        "how much of SES's rate a send uses",
        "≥ 98 %, never more than the rate in a second",
        "links",
        "what goes wrong, and others who use the account; a simulated clock, on which a mail takes 0.2 ms of a whole processor",
    ),
    "argon2": Bar(
        "argon2id (19 MiB, two passes)", "none for a link", "links", "passwords that people choose, each of which takes one"
    ),
    "cold_portal": Bar(
        "cold start of portal to its first answer, to a bare stack with the same calls", "≤ 0.65 x", "cold_start", _START
    ),
    "cold_console": Bar("the same of console", "≤ 0.75 x", "cold_start", _START),
    "cold_workers": Bar("the same of every worker", "≤ 0.75 x", "cold_start", _START),
    "pages": Bar(
        "any page or answer of portal and console at 100,000 people",
        "≤ 8 calls, ≤ 50 RRU, ≤ 150 ms CPU",
        "pages",
        "botocore's CPU, of which a call takes about 0.5 ms and a megabyte read about 80; a refusal counts as one",
    ),
    "no_empty": Bar("lists at 100,000 people", "no empty page with a next one", "pages", "pages after the first"),
    "forgot": Bar(
        "forgot password: AWS calls before the answer, whatever the account",
        "≤ 2",
        "pages",
        "a container's first look at a school",
    ),
    "weight": Bar("weight of a page, as it stands and gzipped", "≤ 60 kB, ≤ 20 kB", "pages", "what the page links to"),
    "csv": Bar(
        "CSV with the formula guard, to csv.writer of ready rows without",
        "≥ 2 x",
        "export",
        "codes and reading people, which take most of an export's time",
    ),
    "memory": Bar(
        "peak memory of exports and imports at 1,000,000 rows, to 10,000",
        "≤ 1.1 x",
        "export, roster",
        "formats other than CSV, whose rows at 100,000 stand in the tables of their benches, and an apply",
    ),
    "xlsx": Bar("XLSX of ready rows, to xlsxwriter in constant memory", "≥ 10 x", "xlsx", "codes and reading people"),
    "slips": Bar(
        "slips with QR codes, to reportlab with zxing-cpp and inline masks",
        "≥ 2.5 x",
        "slips",
        "codes and reading people; the peer neither shapes, tags nor embeds, as ours does",
    ),
    "slips_memory": Bar("peak memory of slips for 10,000 students", "≤ 100 MB", "slips", "codes, reading people, and the upload"),
    "slips_read": Bar("QR codes read from drawn pages", "all", "slips", "paper and cameras: pages are drawn at 130 dots an inch"),
    "roster_quick": Bar("a roster read and checked, to csv.reader with msgspec", "≥ 1 x", "roster", _ROSTER),
    "roster_usual": Bar("the same, to csv.DictReader with pydantic", "≥ 2.5 x", "roster", _ROSTER),
    "roster_memory": Bar(
        "memory over the start of a preview of 1,000,000 rows", "≤ 30 MB", "roster", "a school that has its people already"
    ),
    "roster_again": Bar(
        "a roster of which nothing has changed, applied again",
        "≤ 1 write unit for 100 rows",
        "roster_again",
        "what is read; botocore",
    ),
}


def row(what: str, got: str, value: Any, *, bar: str = "", met: bool | None = None, of: str = "") -> Row:
    """A line of the table; one that decides a bar has its words."""
    return {"what": what, "bar": BARS[of].bar if of else bar, "got": got, "met": met, "value": value, "of": of}


def not_here(what: str, why: object, of: str = "") -> Row:
    """What could not be measured here."""
    return row(what, f"not measured here: {why}", None, of=of)
