"""Numbers of a workbook as the text that a person sees: leading zeros, dates and times by the cell's number format.

A whole date always comes as 2026-10-07 (where the format begins with the year) or 07/10/2026, whatever its order in the cell:
one that is written month first would be read as another day. Signs that only part a number (1,901) or shorten it (1.9E+03) are
left out: what the cell holds counts.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

Shown = Callable[[str], str]

_BUILT_IN: Final = {
    2: "0.00", 4: "0.00", 9: "0%", 10: "0.00%", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm", 45: "mm:ss", 46: "h:mm:ss", 47: "mm:ss",
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
}  # fmt: skip
_LONGEST_CODE: Final = 255
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<one>.)|(?P<skip>[_*].)|\[(?P<bracket>[^\]]*)\]|(?P<half>AM/PM|A/P)|(?P<time>y+|m+|d+|h+|s+)|(?P<sign>.)',
    re.IGNORECASE | re.DOTALL,
)
_PLACES: Final = frozenset("0#?")
_CALCULATED: Final = frozenset(",.%Ee/")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LATEST: Final = 2_958_466  # the serial number of 1 January 10000
_DAY: Final = 86_400
Token = tuple[str, str]


def plain(text: str) -> str:
    """A number without a format: no ``.0``, and no exponent for anything that a school writes."""
    if text.isdecimal() and text.isascii():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}"


def shown_by(number: int, code: str | None, *, from_1904: bool) -> Shown:
    """How a number format shows numbers. ``number`` is the format's, ``code`` its text where the file has one."""
    code = code if code is not None else _BUILT_IN.get(number, "")
    if not code or len(code) > _LONGEST_CODE or code.casefold() == "general":
        return plain
    tokens = _tokens(code)
    kinds = {kind for kind, _ in tokens}
    if "time" in kinds:
        return _date(tokens, from_1904=from_1904)
    signs = "".join(text for kind, text in tokens if kind == "sign")
    if not _PLACES & {*signs}:
        return plain
    if not _CALCULATED & {*signs}:
        return lambda text: _filled(tokens, text)
    decimals = re.fullmatch(r"[#?0,]*(?:\.(0+))?(%?)", signs)
    if decimals is None or not (decimals[1] or decimals[2]):
        return plain
    return lambda text: _rounded(text, len(decimals[1] or ""), decimals[2])


def _tokens(code: str) -> list[Token]:
    """The first section of a format, which is for positive numbers: ``(kind, text)``."""
    found: list[Token] = []
    for match in _TOKEN.finditer(code):
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "sign" and text == ";":
            break
        if kind == "bracket":
            if text.casefold().strip("hms") == "":  # [h]:mm counts hours on
                found.append(("time", text.casefold()))
        elif kind in {"quoted", "one"}:
            found.append(("literal", text))
        elif kind != "skip":
            found.append((kind, text.casefold() if kind == "time" else text))
    return found


def _filled(tokens: list[Token], text: str) -> str:
    """A whole number in the places of a format: 000-000 makes 001-901 of 1901."""
    digits = plain(text)
    if not (digits.isdecimal() and digits.isascii()):
        return digits
    left, made = [*digits], []
    places = sum(kind == "sign" and sign in _PLACES for kind, sign in tokens)
    for kind, sign in reversed(tokens):
        if kind != "sign" or sign not in _PLACES:
            made.append(sign if kind != "half" else "")
            continue
        places -= 1
        if not places:
            made.append("".join(left) or ("0" if sign == "0" else ""))
            left = []
        elif left:
            made.append(left.pop())
        elif sign == "0":
            made.append("0")
    return "".join(reversed(made)).strip()


def _rounded(text: str, decimals: int, percent: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return text
    if abs(number) >= 1e15:
        return plain(text)
    return f"{number * 100 if percent else number:.{decimals}f}{percent}"


def _date(tokens: list[Token], *, from_1904: bool) -> Shown:
    parts = _minutes(tokens)
    times = [text for kind, text in parts if kind == "time"]
    firsts = {text[0] for text in times}
    is_whole, has_time = {"y", "m", "d"} <= firsts, bool({"h", "n", "s"} & firsts)
    day = "%Y-%m-%d" if times[0][0] == "y" else "%d/%m/%Y"
    clock = "" if not has_time else " %H:%M:%S" if "s" in firsts else " %H:%M"
    halves = any(kind == "half" for kind, _ in parts)

    def shown(text: str) -> str:
        moment = _moment(text, from_1904=from_1904)
        if moment is None:
            return plain(text)
        if is_whole:
            return moment.strftime(f"{day}{clock}").rjust(10, "0")
        return "".join(_part(kind, sign, moment, halves=halves) for kind, sign in parts).strip()

    return shown


def _minutes(tokens: list[Token]) -> list[Token]:
    """The same, minutes called ``n``: an m after hours, or before seconds."""
    places = [place for place, (kind, _) in enumerate(tokens) if kind == "time"]
    found = [*tokens]
    for before, place, after in zip([None, *places], places, [*places[1:], None], strict=False):
        text = tokens[place][1]
        is_after = before is not None and tokens[before][1][0] == "h"
        is_before = after is not None and tokens[after][1][0] == "s"
        if text[0] == "m" and len(text) <= 2 and (is_after or is_before):
            found[place] = ("time", "n" * len(text))
    return found


def _moment(text: str, *, from_1904: bool) -> datetime | None:
    try:
        serial = float(text)
    except ValueError:
        return None
    if not 0 <= serial < _LATEST - 1462 * from_1904:
        return None
    # Excel takes 1900 for a leap year, so its first sixty days are one further on.
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if serial < 60 else 30)  # noqa: DTZ001 - no time zone
    try:
        return start + timedelta(seconds=round(serial * _DAY))
    except OverflowError:
        return None


def _part(kind: str, sign: str, moment: datetime, *, halves: bool) -> str:
    if kind == "half":
        return "AM" if moment.hour < 12 else "PM"
    if kind != "time":
        return sign
    long = len(sign)
    if sign[0] == "y":
        return f"{moment.year:04}" if long > 2 else f"{moment.year % 100:02}"
    if sign[0] in "md" and long > 2:
        name = _MONTHS[moment.month - 1] if sign[0] == "m" else _DAYS[moment.weekday()]
        return name[:1] if long == 5 else name if long == 4 else name[:3]
    hour = (moment.hour % 12 or 12) if halves else moment.hour
    number = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second}[sign[0]]
    return f"{number:02}" if long > 1 else str(number)
