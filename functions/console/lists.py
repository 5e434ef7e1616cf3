"""What all lists share: which parameters they take, and how long a page may be."""

from collections.abc import Iterable

from latchkey.errors import Invalid
from web.request import Request


def page_of(request: Request, longest: int, usual: int, *others: str) -> tuple[str | None, int]:
    """``(cursor, limit)`` of a request; ``Invalid`` for a parameter that is neither of these nor one of ``others``."""
    only(request.query, ("cursor", "limit", *others))
    text = request.query.get("limit") or str(usual)
    limit = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
    if not 1 <= limit <= longest:
        raise Invalid(fields={"limit": f"Choose 1 to {longest}."})
    return request.query.get("cursor") or None, limit


def only(given: Iterable[str], known: Iterable[str]) -> None:
    """``Invalid`` names every field that is not known."""
    strange = sorted(set(given) - set(known))
    if strange:
        raise Invalid("The request has a field that we do not know.", fields=dict.fromkeys(strange, "There is no such field."))
