"""What a file is to be: the four cards, their formats and options, as fields of the form and of its addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from console.login_details.whom import scope_fields, scope_in
from latchkey.codes.model.audience import Audience
from latchkey.errors import Invalid
from latchkey.login_details.model import mail_merge
from latchkey.login_details.model.request import parse_wanted
from latchkey.login_details.model.runs import FORMATS, ExportRequest, Format

Card = Literal["slips", "letters", "list", "files"]


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A card: what it is called and for what it is; ``formats`` are those that it makes, the usual one first."""

    name: str
    text: str
    formats: tuple[Format, ...]
    guide: str

    @property
    def prints(self) -> bool:
        """Whether large print can be chosen."""
        return any(FORMATS[each].prints for each in self.formats)

    @property
    def merges(self) -> bool:
        """Whether rows and columns can be chosen."""
        return any(FORMATS[each].merges for each in self.formats)


CARDS: Final[Mapping[Card, CardFacts]] = {
    "slips": CardFacts("Slips", "To cut out and hand out: 8 on a page, with a code to scan", ("slips",), "login-details"),
    "letters": CardFacts("Letters", "To post or send home: a page for each", ("letters",), "login-details"),
    "list": CardFacts(
        "List for tutors", "To read from: a list for each registration group", ("pin_table", "pin_table_xlsx"), "login-details"
    ),
    "files": CardFacts(
        "Files",
        "For letters of your own (mail merge), or to load into your MIS",
        ("mail_merge_csv", "mail_merge_xlsx", "mail_merge_docx", "sims_aspect", "mis_codes"),
        "mail-merge",
    ),
}
_LONGEST: Final = 4_000
"""Signs of an address that every browser and gateway takes."""


def card_of(fields: Mapping[str, Any]) -> Card | None:
    """The card that fields name, or the one that makes their format."""
    named = next((card for card in CARDS if card == fields.get("as")), None)
    return named or next((card for card, facts in CARDS.items() if fields.get("format") in facts.formats), None)


def wanted_in(fields: Mapping[str, Any], scope: object = None) -> ExportRequest:
    """What the fields of a form or of an address want; ``Invalid`` names what is wrong with each."""
    card = card_of(fields)
    columns = [name.removeprefix("column.") for name in fields if name.startswith("column.")] or None
    given = {**fields, "columns": columns, "scope": scope if scope is not None else scope_in(fields)}
    if not given.get("format") and card is not None:
        given["format"] = CARDS[card].formats[0]
    if not given.get("format"):
        raise Invalid(fields={"format": "Choose what you want to make."})
    given["audience"] = given.get("audience") or "both"
    return parse_wanted(given, never_logged_in=_ticked(given, "never_logged_in"), large_print=_ticked(given, "large_print"))


def as_fields(wanted: ExportRequest) -> dict[str, str]:
    """What is wanted as fields of the form and of its addresses; ``wanted_in`` gives it back."""
    more = {
        "never_logged_in": "on" if wanted.never_logged_in else "",
        "expiring_within": str(wanted.expiring_within or ""),
        "rows": wanted.rows if wanted.rows != "student" else "",
        "large_print": "on" if wanted.large_print else "",
        **{f"column.{name}": "on" for name in wanted.columns},
    }
    chosen = {"format": wanted.format, "audience": wanted.audience, **{name: value for name, value in more.items() if value}}
    return {"as": str(card_of({"format": wanted.format})), **chosen, **scope_fields(wanted.scope)}


def address(school: str, page: str, fields: Mapping[str, str]) -> str | None:
    """The address of a page of the form, filled in; None where it would be too long for one."""
    found = f"/admin/{school}/exports/{page}?{urlencode(fields)}"
    return found if len(found) <= _LONGEST else None


def usual_audience(card: Card) -> Audience:
    """Whose codes a card is for at first."""
    return "students" if card == "list" else "both"


def columns() -> list[str]:
    """All columns of mail merges, whatever their rows."""
    names = (*mail_merge.known_columns("student"), *mail_merge.OF_THE_PARENT, *mail_merge.OF_THE_FAMILY)
    return list(dict.fromkeys(names))


def _ticked(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    if value in (None, "", False, "false", "0"):
        return False
    if value in (True, "on", "true", "1"):
        return True
    raise Invalid(fields={name: "This must be true or false."})
