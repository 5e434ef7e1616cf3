"""Which requests of the console ask an admin to confirm again that it is they, and which do not, and why.

Asked are what takes many people's details out of the school, what ends codes, settings, and rights of others. Each way in which
the console changes anything stands in one of the two tables; a test compares them with the routes.
"""

from collections.abc import Mapping
from typing import Final

_SCHOOL: Final = "/admin/{school}"

ASKED: Final[Mapping[str, str]] = {
    f"POST {_SCHOOL}/exports": "login details of many people on paper or in a file",
    f"GET {_SCHOOL}/exports/{{id}}/download": "the same",
    f"POST {_SCHOOL}/contacts/{{id}}/files": "parents' addresses and codes in a file",
    f"POST {_SCHOOL}/contacts/{{id}}/slips": "parents' codes on paper",
    f"GET {_SCHOOL}/contacts/{{id}}/download": "parents' addresses and codes in a file",
    f"GET {_SCHOOL}/sends/{{id}}/recipients/download": "addresses of many people in a file",
    f"GET {_SCHOOL}/sends/{{id}}/recipients/files/{{file}}/download": "the same",
    f"GET {_SCHOOL}/audit/download": "names and deeds of many people in a file",
    f"GET {_SCHOOL}/people/download": "addresses of many people in a file",
    f"GET {_SCHOOL}/readiness/download": "names of many people in a file",
    f"GET {_SCHOOL}/readiness/figures/download": "figures of the whole school in a file",
    f"GET {_SCHOOL}/people/{{id}}/everything": "all that is kept about a person",
    f"POST {_SCHOOL}/codes/void": "ends codes of many people at once",
    f"PUT {_SCHOOL}/settings": "settings",
    f"POST {_SCHOOL}/settings": "settings",
    f"POST {_SCHOOL}/settings/{{page}}": "settings",
    f"PUT {_SCHOOL}/settings/sso": "whom the school trusts to say who somebody is",
    f"POST {_SCHOOL}/settings/sso": "the same",
    f"POST {_SCHOOL}/settings/sso/{{name}}/registration": "the same",
    f"POST {_SCHOOL}/settings/sso/{{name}}/people": "the same",
    f"DELETE {_SCHOOL}/settings/sso/{{name}}": "the same",
    f"POST {_SCHOOL}/settings/sso/{{name}}/delete": "the same",
    f"POST {_SCHOOL}/settings/waiting/{{id}}/approve": "settings",
    f"POST {_SCHOOL}/closure": "puts words of its own on the school's pages",
    f"POST {_SCHOOL}/admins": "gives rights",
    f"DELETE {_SCHOOL}/admins/{{id}}": "takes rights",
    f"POST {_SCHOOL}/admins/{{id}}/delete": "takes rights",
    f"POST {_SCHOOL}/admins/waiting/{{id}}/approve": "who reads an admin's mail can become that admin",
    f"DELETE {_SCHOOL}/people/{{id}}": "cannot be undone",
    f"POST {_SCHOOL}/people/{{id}}/delete": "cannot be undone",
    f"DELETE {_SCHOOL}/people/{{id}}/parents/{{parent}}": "takes a parent's rights",
    f"POST {_SCHOOL}/people/{{id}}/parents/{{parent}}/delete": "takes a parent's rights",
    f"POST {_SCHOOL}/people/{{id}}/read-out": "opens an account to whoever is on the telephone",
    f"POST {_SCHOOL}/people/{{id}}/reset-factors": "leaves an account with its password alone",
    f"DELETE {_SCHOOL}/people/{{id}}/sso": "opens an account to another account of the school's own sign-in",
    f"POST {_SCHOOL}/people/{{id}}/sso/delete": "opens an account to another account of the school's own sign-in",
    f"POST {_SCHOOL}/people/merge": "gives one account what another one could see",
}
"""Route, and what it does that a stolen session must not do alone."""

_MAILS: Final = "mails go to the addresses on file, links are never shown; a new admin must be able to send at once"
_STOPS: Final = "stops something or takes it back: the safe way must be quick"
_UNDONE: Final = "can be undone, and both addresses hear of a new one"
_FILE: Final = "reads a file and shows what it would do"
_DRAFT: Final = "a draft is only choices; nothing goes out"
_ONE: Final = "one person, all day at the office's desk; it is recorded"

NOT_ASKED: Final[Mapping[str, str]] = {
    f"POST {_SCHOOL}/sends": _MAILS,
    f"POST {_SCHOOL}/sends/drafts": _DRAFT,
    f"POST {_SCHOOL}/sends/drafts/new": _DRAFT,
    f"POST {_SCHOOL}/sends/drafts/{{id}}": _DRAFT,
    f"POST {_SCHOOL}/sends/drafts/{{id}}/who": _DRAFT,
    f"POST {_SCHOOL}/sends/drafts/{{id}}/when": _DRAFT,
    f"POST {_SCHOOL}/sends/drafts/{{id}}/keep": _DRAFT,
    f"POST {_SCHOOL}/sends/drafts/{{id}}/discard": _DRAFT,
    f"POST {_SCHOOL}/sends/drafts/{{id}}/send": _MAILS,
    f"POST {_SCHOOL}/sends/test": _MAILS,
    f"POST {_SCHOOL}/sends/{{id}}/rest": _MAILS,
    f"POST {_SCHOOL}/sends/{{id}}/copy": _DRAFT,
    f"POST {_SCHOOL}/sends/{{id}}/time": "the same mails go to the same people at another time",
    f"POST {_SCHOOL}/sends/{{id}}/pause": _STOPS,
    f"POST {_SCHOOL}/sends/{{id}}/resume": _MAILS,
    f"POST {_SCHOOL}/sends/{{id}}/cancel": _STOPS,
    f"POST {_SCHOOL}/sends/{{id}}/retry": _MAILS,
    f"POST {_SCHOOL}/sends/{{id}}/replan": _MAILS,
    f"POST {_SCHOOL}/sends/{{id}}/again": _MAILS,
    f"POST {_SCHOOL}/sends/{{id}}/approve": _MAILS,
    f"POST {_SCHOOL}/preflight": "only looks",
    f"POST {_SCHOOL}/mail/tests": "three mails at most, without a link or a code, to addresses of the school",
    f"POST {_SCHOOL}/settings/{{page}}/preview": "shows what would come of a form, and saves nothing",
    f"POST {_SCHOOL}/settings/sso/check": "only looks",
    f"POST {_SCHOOL}/settings/sso/{{name}}/try": "links nobody, and signs nobody in",
    f"POST {_SCHOOL}/readiness/weekly": "a mail to oneself, without names",
    f"POST {_SCHOOL}/mail/trust": "mail goes to the addresses on file again",
    f"POST {_SCHOOL}/settings/waiting/{{id}}/decline": _STOPS,
    f"POST {_SCHOOL}/settings/waiting/{{id}}/withdraw": _STOPS,
    f"POST {_SCHOOL}/admins/waiting/{{id}}/decline": _STOPS,
    f"POST {_SCHOOL}/admins/waiting/{{id}}/withdraw": _STOPS,
    f"POST {_SCHOOL}/people": "a new account has nothing yet that others could see",
    f"PATCH {_SCHOOL}/people/{{id}}": _UNDONE,
    f"POST {_SCHOOL}/people/{{id}}": _UNDONE,
    f"POST {_SCHOOL}/people/emails": _UNDONE,
    f"POST {_SCHOOL}/people/find": "only looks",
    f"POST {_SCHOOL}/people/selection": "chooses people and does nothing with them",
    f"POST {_SCHOOL}/people/emails/{{id}}/undo": _STOPS,
    f"POST {_SCHOOL}/people/confirmations": _MAILS,
    f"POST {_SCHOOL}/people/leaving": "can be undone",
    f"POST {_SCHOOL}/people/returning": "can be undone",
    f"POST {_SCHOOL}/people/leaving/{{id}}/undo": _STOPS,
    f"POST {_SCHOOL}/people/{{id}}/sign-out": _STOPS,
    f"POST {_SCHOOL}/people/{{id}}/reset-factors/stop": _STOPS,
    f"POST {_SCHOOL}/people/{{id}}/codes": _ONE,
    f"POST {_SCHOOL}/people/{{id}}/parents/{{parent}}/pin": _ONE,
    f"POST {_SCHOOL}/people/{{id}}/parents/{{parent}}/keep": "keeps things as they are",
    f"POST {_SCHOOL}/people/duplicates": "only looks",
    f"POST {_SCHOOL}/people/duplicates/apart": "changes nobody",
    f"POST {_SCHOOL}/people/merge/{{id}}/undo": _STOPS,
    f"POST {_SCHOOL}/rosters": _FILE,
    f"POST {_SCHOOL}/rosters/{{id}}/map": _FILE,
    f"POST {_SCHOOL}/rosters/{{id}}/decide": _FILE,
    f"POST {_SCHOOL}/rosters/{{id}}/apply": "can be undone; it gives nobody rights",
    f"POST {_SCHOOL}/rosters/{{id}}/undo": _STOPS,
    f"POST {_SCHOOL}/contacts": _FILE,
    f"POST {_SCHOOL}/contacts/{{id}}/map": _FILE,
    f"POST {_SCHOOL}/contacts/{{id}}/invite": _MAILS,
}
"""Every other request with which the console changes something, and why it does not ask."""
