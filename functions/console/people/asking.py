"""Which people a page of the console is about, in its address: a filter, whose search may be sealed.

A UPN or an e-mail address never stands in a URL, so the console posts what is typed and goes on to an address in which a search
for one is sealed (``search``). Scripts give ``q``.
"""

from typing import Final
from urllib.parse import urlencode

from console.system import system
from latchkey.errors import Invalid
from latchkey.people import kept_search
from latchkey.people.model.people_filter import FIELDS, PeopleFilter, parse
from web.request import Request

SEARCH: Final = "search"
ASKED: Final = (*FIELDS, SEARCH)


def asked_for(request: Request, school: str) -> PeopleFilter:
    """The filter of a request's address."""
    given, sealed = request.asked(FIELDS), request.query.get(SEARCH)
    if sealed:
        if given.get("q"):
            raise Invalid(fields={SEARCH: "Give q or search, not both."})
        given["q"] = kept_search.unseal(sealed, school, system().cursor_key(school))
    return parse(given)


def query_of(wanted: PeopleFilter, school: str, **others: str) -> str:
    """The filter as a query string, with what else is given and not empty."""
    pairs = wanted.as_mapping()
    if kept_search.is_private(wanted.q):
        pairs[SEARCH] = kept_search.seal(wanted.q, school, system().cursor_key(school))
        del pairs["q"]
    return urlencode({**pairs, **{name: value for name, value in others.items() if value}}, doseq=True)


def list_of(wanted: PeopleFilter, school: str, **others: str) -> str:
    """The address of the list of these people."""
    query = query_of(wanted, school, **others)
    return f"/admin/{school}/people" + (f"?{query}" if query else "")
