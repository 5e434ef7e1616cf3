"""Sentences for people: English wherever they go, and in the reader's language where a page or a mail shows them.

``said("Enter your {name}.", name="username")`` is a ``str`` that remembers its message and values. Errors, JSON and logs take it
as the English sentence that it is; ``translated`` gives it in another language. The first argument must be a literal: the
catalogues are made out of the code (docs/translating.md), and a test refuses anything else.
"""

from collections.abc import Mapping
from typing import Protocol


class Catalogue(Protocol):
    """What gettext gives."""

    def gettext(self, message: str) -> str:
        """The message in the catalogue's language."""
        ...

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of the message that this number needs."""
        ...


class Text(str):
    """An English sentence that can be said in other languages; copied or pickled it is a plain ``str``."""

    __slots__ = ("many", "message", "number", "values")
    message: str
    many: str | None
    number: int
    values: Mapping[str, object]

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)

    def __str__(self) -> str:
        return "".join(self)

    def __copy__(self) -> "Text":
        return self

    def __deepcopy__(self, _: object) -> "Text":
        return self


def _(message: str) -> str:
    """Marks a message for translation and leaves it a plain ``str``: for what is stored, and looked up when it is shown."""
    return message


def said(message: str, /, **values: object) -> Text:
    """The message with its ``{places}`` filled in; a value may be another ``Text``."""
    return _text(message, None, 1, values)


def said_count(one: str, many: str, count: int, /, **values: object) -> Text:
    """The same of a number, which fills ``{count}``: each language takes the form that the number needs."""
    return _text(one, many, count, {"count": count, **values})


def translated(text: str, texts: Catalogue) -> str:
    """The sentence in the catalogue's language; a plain ``str`` is looked up as it is."""
    if not isinstance(text, Text):
        return texts.gettext(text) if text else ""  # the empty message is a catalogue's header
    message = texts.gettext(text.message) if text.many is None else texts.ngettext(text.message, text.many, text.number)
    return _filled(
        message, {name: translated(each, texts) if isinstance(each, Text) else each for name, each in text.values.items()}
    )


def _text(message: str, many: str | None, count: int, values: Mapping[str, object]) -> Text:
    made = Text(_filled(message if many is None or count == 1 else many, values))
    made.message, made.many, made.number, made.values = message, many, count, values
    return made


def _filled(message: str, values: Mapping[str, object]) -> str:
    return message.format_map(values) if values else message
