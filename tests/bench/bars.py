"""The bars: what has to be reached, in the words of docs/performance.md, which a test compares with these."""

from dataclasses import dataclass
from typing import Any, Final

Row = dict[str, Any]
"""A line of the table: ``what`` was measured, its ``bar`` ("" where there is none), what was ``got``, whether it was ``met``
(None: not measured, or no bar), its ``value``, and ``of``, the key of the bar that it decides ("" where it decides none)."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, and the benches that decide it; several rows may have to meet it."""

    what: str
    bar: str
    group: str


BARS: Final = {
    "calls_fast": Bar("AWS calls per link, plan and delivery, at 20,000 people and 50 mails a second or more", "≤ 0.06", "links"),
    "calls_slow": Bar("the same at 14 mails a second, of which SES's own are 0.071", "≤ 0.12", "links"),
    "cpu": Bar("CPU per link, to a plain Django loop over SMTP", "≤ 0.25 x", "links"),
    "growth": Bar("CPU per link at 100,000 people, to that at 2,000", "≤ 1.1 x", "links"),
    "cost_slow": Bar("cost of 100,000 links beside SES's own $10, everything counted, at 14 mails a second", "≤ $0.15", "links"),
    "cost_fast": Bar("the same at 200 mails a second", "≤ $0.10", "links"),
    "rate": Bar("how much of SES's rate a send uses", "≥ 98 %, never more than the rate in a second", "links"),
    "argon2": Bar("argon2id (19 MiB, two passes)", "none for a link", "links"),
    "cold_portal": Bar("cold start of portal to its first answer, to a bare stack with the same calls", "≤ 0.65 x", "cold_start"),
    "cold_console": Bar("the same of console", "≤ 0.75 x", "cold_start"),
    "cold_workers": Bar("the same of every worker", "≤ 0.75 x", "cold_start"),
    "pages": Bar("any page or answer of portal and console at 100,000 people", "≤ 8 calls, ≤ 50 RRU, ≤ 150 ms CPU", "pages"),
    "no_empty": Bar("lists at 100,000 people", "no empty page with a next one", "pages"),
    "forgot": Bar("forgot password: AWS calls before the answer, whatever the account", "≤ 2", "pages"),
    "weight": Bar("weight of a page, as it stands and gzipped", "≤ 60 kB, ≤ 20 kB", "pages"),
    "csv": Bar("CSV with the formula guard, to csv.writer of ready rows without", "≥ 2 x", "export"),
    "memory": Bar("peak memory of exports and imports at 1,000,000 rows, to 10,000", "≤ 1.1 x", "export, roster"),
    "xlsx": Bar("XLSX of ready rows, to xlsxwriter in constant memory", "≥ 10 x", "xlsx"),
    "slips": Bar("slips with QR codes, to reportlab with zxing-cpp and inline masks", "≥ 2.5 x", "slips"),
    "slips_memory": Bar("peak memory of slips for 10,000 students", "≤ 100 MB", "slips"),
    "slips_read": Bar("QR codes read from drawn pages", "all", "slips"),
    "roster_quick": Bar("a roster read and checked, to csv.reader with msgspec", "≥ 1 x", "roster"),
    "roster_usual": Bar("the same, to csv.DictReader with pydantic", "≥ 2.5 x", "roster"),
    "roster_memory": Bar("memory over the start of a preview of 1,000,000 rows", "≤ 30 MB", "roster"),
    "roster_again": Bar("a roster of which nothing has changed, applied again", "≤ 1 write unit for 100 rows", "roster_again"),
}  # fmt: skip


def row(what: str, got: str, value: Any, *, bar: str = "", met: bool | None = None, of: str = "") -> Row:
    """A line of the table; one that decides a bar has its words."""
    return {"what": what, "bar": BARS[of].bar if of else bar, "got": got, "met": met, "value": value, "of": of}


def not_here(what: str, why: object, of: str = "") -> Row:
    """What could not be measured here."""
    return row(what, f"not measured here: {why}", None, of=of)
