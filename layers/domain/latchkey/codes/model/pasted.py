"""The code in what somebody typed or pasted: a line of a letter, a cell of a list, the whole address of a slip.

Around a code may stand anything; inside it what people, lists and word processors put between its groups. A code is taken only
where all of its signs follow each other and its check sign is right, so that nothing is put together out of other words. What has
the look of a printed code comes before what only could be one.
"""

import re
from html import unescape
from typing import Final
from urllib.parse import unquote

from latchkey.codes.model.codes import ALPHABET, Code, read

LONGEST: Final = 1_000
"""Of a text that is looked through, in characters."""
_SIGN: Final = f"[{ALPHABET}]"
# White space, every kind of hyphen, dash and quotation mark, dots and underscores, and marks that nobody sees.
_BETWEEN: Final = r"[\s\-._'\"\u00ad\u200b-\u200d\u2010-\u2015\u2018-\u201f\u2060\u2212\ufeff]{0,4}"
_PRINTED: Final = re.compile(
    rf"(?<![A-Z0-9])(?:[PV]{_SIGN}{{3}}({_BETWEEN}){_SIGN}{{4}}\1{_SIGN}{{4}}"
    rf"|F{_SIGN}{{3}}({_BETWEEN}){_SIGN}{{4}}\2{_SIGN}{{4}}\2{_SIGN}{{4}})(?![A-Z0-9])"
)
_SPREAD: Final = re.compile(rf"(?<![A-Z0-9])(?:[PV](?:{_BETWEEN}{_SIGN}){{11}}|F(?:{_BETWEEN}{_SIGN}){{15}})(?![A-Z0-9])")
_OTHER: Final = re.compile("[^A-Z0-9]+")
_CAPITALS: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Letters of ASCII alone: of some others ``upper`` would make signs of ours."""


def codes_in(typed: object) -> tuple[Code, ...]:
    """The codes in a text, each once, in their order; one of them where nothing but it was typed."""
    if not isinstance(typed, str) or len(typed) > LONGEST:
        return ()
    alone = read(typed)
    if alone is not None:
        return (alone,)
    text = _plain(typed).translate(_CAPITALS)
    return _matching(_PRINTED, text) or _matching(_SPREAD, text)


def _matching(pattern: re.Pattern[str], text: str) -> tuple[Code, ...]:
    found: dict[str, Code] = {}
    at = 0
    while match := pattern.search(text, at):
        code = read(_OTHER.sub("", match.group()))
        if code is not None:
            found[code.text] = code
        at = match.end() if code is not None else match.start() + 1
    return tuple(found.values())


def _plain(text: str) -> str:
    """What was written before a browser or a mail program escaped it, once or again."""
    for _ in range(5):
        before = text
        text = unescape(unquote(text, errors="replace"))
        if text == before:
            break
    return text
