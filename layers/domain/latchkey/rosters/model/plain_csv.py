"""One table, one row for each person: our own columns, or an MIS's report under its own words (docs/rosters.md)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from latchkey.office_files.model.table_files import AnyTable, TableFile
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.people.model.upn import all_upns
from latchkey.rosters.model import full_names, words
from latchkey.rosters.model.columns import Chosen, Column, Proposal, columns_of, fingerprint, propose, telling
from latchkey.rosters.model.leaving import Leavers
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.rows import COMMON, Checker
from latchkey.rosters.model.runs import Batch
from latchkey.rosters.model.shapes import NAMES, AccountsFile, accounts_of

FILE: Final = "The file"
HEADER: Final = (*COMMON, "children")
_READ: Final = frozenset((*HEADER, "preferred_given_name", "preferred_family_name"))
_SAMPLE: Final = 5  # names that show whether an old encoding was read rightly
_SAMPLED: Final = 20  # batches whose cells are looked at for the samples of columns
_TOTAL: Final = re.compile(
    r"(?:grand |sub-?)?(?:totals?|counts?|records|rows)\b.*|(?:number|no\.|end) of .*|(?:page|printed|pupils|students)\b.*\d.*"
    r"|\d+ (?:pupils?|students?|records?|rows?|people)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_Rows = tuple[list[int], list[list[str]]]


def nothing_remembered(header: str) -> Chosen | None:
    """Nobody has ever said anything about this header."""
    return None


class ColumnsMissing(Unusable):
    """The file has columns, but not those that people need: an admin can say which are which."""

    code = "columns_missing"

    def __init__(self, detail: str, table: "PlainCsv") -> None:
        super().__init__(detail)
        self.table = table


class PlainCsv:
    """A table in a file; ``school`` are the names (slug, URN) under which a column ``school`` may name this school.

    ``remembered`` says by a header's fingerprint what was chosen for its columns. ``chosen`` is what is read; where it has
    something missing there are no rows, and an admin has to choose.
    """

    format: Final = "plain_csv"
    whole: Final = True
    asks: Sequence[Asks] = ()

    def __init__(
        self,
        file: TableFile,
        school: frozenset[str],
        today: date,
        remembered: Callable[[str], Chosen | None] = nothing_remembered,
    ) -> None:
        self._file = file
        self._school = school
        table = self._table()
        self.header: Sequence[str] = table.header
        self.header_row = table.header_row
        accounts = accounts_of(self.header)
        if accounts is not None:
            raise AccountsFile(accounts)
        self.fingerprint = fingerprint(self.header)
        self.proposal: Proposal = propose(self.header)
        self.chosen: Chosen = self._fitting(remembered(self.fingerprint)) or self._with_state_id(self.proposal.chosen)
        self._places = self.chosen.columns
        self._leavers = Leavers(self._places, today)
        self.names: Mapping[str, str] = {_ours(name): self.header[place] for name, place in self._places.items()}
        whole = self._places.get("full_name")
        self._family_first = whole is not None and full_names.is_family_first(words.plain(self.header[whole]))
        if whole is not None:
            self.names = {"given_name": self.names["full_name"], **self.names}
        if self.chosen.missing and len([word for word in self.header if word]) < 2:
            raise Unusable(self._lacks())
        self._totals = 0
        self._repeated = 0

    @property
    def shape(self) -> str:
        """What was seen."""
        found = NAMES[self.proposal.shape] if self.proposal.shape is not None else "a table"
        return found[:1].upper() + found[1:]

    @property
    def warnings(self) -> list[str]:
        """What to note about the whole file; complete once its rows have been read."""
        found = [*self._file.warnings, *self._encoding_warning(), *self._names_taken_apart(), *self._unread()]
        if self.proposal.contacts_from is not None:
            found.append("Columns about contacts were not read: for parents, upload this file under Contacts as well.")
        if self._totals:
            found.append(f"{self._totals:,} row{'s' if self._totals > 1 else ''} of totals or counts were left out.")
        if self._repeated:
            found.append(
                f"There is a row for each pupil and contact: pupils are taken once ({self._repeated:,} rows say the same again)."
            )
        return found

    @property
    def reading(self) -> dict[str, Any]:
        """How the columns are read, as a run keeps it."""
        found = {"fingerprint": self.fingerprint, "missing": list(self.chosen.missing), **self.chosen.as_value()}
        return found | {
            name: value
            for name, value in (("shape", self.proposal.shape), ("proposed_role", self.proposal.proposed_role))
            if value
        }

    def columns(self) -> list[Column]:
        """All columns, with samples of those that are read: what is not read is not shown either."""
        places = sorted({*self._places.values()})
        cells: dict[int, list[str]] = {place: [] for place in places}
        for _, rows, _ in islice(self._table().batches(), _SAMPLED):
            for place in places:
                cells[place] += {row[place] for row in rows}
        samples = {place: telling(sorted(texts)) for place, texts in cells.items()}
        whys = {place: why for place, why in self.proposal.whys.items() if place not in self._places.values()}
        return columns_of(self.header, self.chosen, whys, samples)

    def batches(self) -> Iterator[Batch]:
        """The rows of the file, in order; may be called again. ``ColumnsMissing`` where an admin has to choose first."""
        if self.chosen.missing:
            raise ColumnsMissing(self._lacks(), self)
        checker = Checker(words.ROLES, self.names)
        places = {_ours(name): at for name, at in self._places.items() if name in _READ}
        school, several = self._places.get("school"), self.proposal.contacts_from is not None
        names = [at for name, at in self._places.items() if name.endswith("_name")]
        wanted = itemgetter(*dict.fromkeys(self._places.values())) if several else None
        self._totals = self._repeated = 0
        before: Any = None
        for numbers, found, too_long in self._table().batches():
            lines, rows = self._without_totals(numbers, found, names)
            if wanted is not None and rows:
                lines, rows, before = self._once(lines, rows, wanted, before)
            if school is not None:
                self._check_school(map(itemgetter(school), rows))
            columns = list(zip(*rows, strict=True))
            chosen: dict[str, Sequence[str]] = {name: columns[place] for name, place in places.items()} if rows else {}
            if rows:
                self._add_made(chosen, columns, len(rows))
            yield checker.batch(lines, chosen, self._leavers.of(columns, len(rows)), [], too_long)

    def _lacks(self) -> str:
        return (
            f"The header (row {self.header_row:,}) lacks {', '.join(self.chosen.missing)}. It was looked for in the first 20 "
            "rows; it must have an id, a role and a name, under the words of docs/rosters.md."
        )

    def _add_made(self, chosen: dict[str, Sequence[str]], columns: Sequence[Sequence[str]], count: int) -> None:
        """What no column has as it stands: the role of everybody, and names out of one cell."""
        if self.chosen.role is not None:
            chosen["role"] = [self.chosen.role] * count
        place = self._places.get("full_name")
        if place is not None:
            chosen["given_name"], chosen["family_name"] = zip(*map(self._taken_apart, columns[place]), strict=True)

    def _taken_apart(self, cell: str) -> tuple[str, str]:
        return full_names.taken_apart(cell, family_first=self._family_first)

    def _without_totals(self, lines: list[int], rows: list[list[str]], names: Sequence[int]) -> _Rows:
        """Rows without those that count the others: a total, perhaps a number, and nothing else."""
        if all(all(map(itemgetter(place), rows)) for place in (*names, self._places["mis_id"])):
            return lines, rows
        kept = [(line, row) for line, row in zip(lines, rows, strict=True) if not _is_total(row)]
        self._totals += len(rows) - len(kept)
        return [line for line, _ in kept], [row for _, row in kept]

    def _once(
        self, lines: list[int], rows: list[list[str]], wanted: Callable[[Any], Any], before: Any
    ) -> tuple[list[int], list[list[str]], Any]:
        """Rows without those that say of the pupil what the row above says: there is one for each contact."""
        kept_lines, kept = [], []
        for line, row in zip(lines, rows, strict=True):
            says = wanted(row)
            if says != before:
                kept_lines.append(line)
                kept.append(row)
            before = says
        self._repeated += len(rows) - len(kept)
        return kept_lines, kept, before

    def _with_state_id(self, chosen: Chosen) -> Chosen:
        """The proposal, with a column "State ID" as the UPN where what stands in it is one: in England it mostly is."""
        places = [place for place, word in enumerate(self.header) if words.plain(word) == "state_id"]
        if len(places) != 1 or "upn" in chosen.columns:
            return chosen
        cells = (row[places[0]].strip().upper() for _, rows, _ in islice(self._table().batches(), 1) for row in rows)
        found = [cell for cell in cells if cell]
        return replace(chosen, columns={**chosen.columns, "upn": places[0]}) if found and all_upns(found) else chosen

    def _fitting(self, chosen: Chosen | None) -> Chosen | None:
        """A remembered choice, if its places are there: a fingerprint says so, and a stored item may be anything."""
        fits = chosen is not None and all(0 <= place < len(self.header) for place in chosen.columns.values())
        return chosen if fits else None

    def people(self) -> AnyTable:
        """The table as it stands in the file."""
        return self._table()

    def _table(self) -> AnyTable:
        return self._file.open(words.is_known)

    def _check_school(self, cells: Iterator[str]) -> None:
        for cell in {*cells}:
            if cell.strip() and cell.strip().casefold() not in self._school:
                raise Unusable(f"The column school names another school ({excerpt(cell)}). Nothing of this file was taken.")

    def _encoding_warning(self) -> list[str]:
        if self._file.encoding != "cp1252":
            return []
        places = [place for name, place in self._places.items() if name.endswith("_name")]
        shown: list[str] = []
        for _, rows, _ in self._table().batches():
            names = (" ".join(row[place].strip() for place in places) for row in rows)
            shown += [name for name in dict.fromkeys(names) if not name.isascii() and name.isprintable() and name not in shown]
            if len(shown) >= _SAMPLE:
                break
        sample = f" Are these names right? {'; '.join(map(excerpt, shown[:_SAMPLE]))}." if shown else ""
        return [f"The file is not in UTF-8; it was read as Windows-1252, as Excel and SIMS write it.{sample}"]

    def _names_taken_apart(self) -> list[str]:
        """How whole names were taken apart, with some of those that could be taken apart otherwise."""
        if "full_name" not in self._places:
            return []
        cells = [row[self._places["full_name"]] for _, rows, _ in islice(self._table().batches(), 1) for row in rows]
        shown = sorted(dict.fromkeys(cells), key=lambda cell: min(len(cell.split()), 3), reverse=True)[:_SAMPLE]
        parts = "; ".join(excerpt(" | ".join(filter(None, self._taken_apart(cell)))) for cell in shown if cell.strip())
        return [f"First and last names stand in one cell, and were taken apart: {parts}."] if parts else []

    def _unread(self) -> list[str]:
        """The columns that were not read, in one sentence; the reasons stand with the columns."""
        read = {*self._places.values()}
        unread = [excerpt(word) for place, word in enumerate(self.header) if word and place not in read]
        if not unread:
            return []
        more = f" and {len(unread) - 20:,} more" if len(unread) > 20 else ""
        return [f"Not read: {', '.join(unread[:20])}{more}."]


def _ours(name: str) -> str:
    return "links" if name == "children" else name


def _is_total(row: Sequence[str]) -> bool:
    filled = [cell for cell in map(str.strip, row) if cell]
    return 0 < len(filled) <= 2 and _TOTAL.fullmatch(filled[0]) is not None and (len(filled) == 1 or filled[1].isdecimal())
