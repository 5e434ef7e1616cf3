"""What mails to admins tell, line by line: which setting, from what to what, by whom and when; or which send waits.

Values of settings stand here as an admin has typed them, on one line and without any mark that turns the direction of writing;
no other mail holds what somebody typed into a form.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from latchkey.mail.messages.phrases import escape, isolated, phrases, words
from latchkey.mail.messages.words import _
from latchkey.mail.model.mail_html import plain
from latchkey.shared.catalogues import catalogue
from latchkey.shared.model.clock import ZONE

SETTINGS: Final[Mapping[str, str]] = {
    "approval.above": _("Messages to more people than this wait for another admin"),
    "approval.staff": _("Every send to teachers or staff waits for another admin"),
    "sso.roles": _("Who uses the school’s own sign-in"),
    "sso.provider": _("Provider of the school’s own sign-in"),
    "sso.label": _("Words on the button of the school’s own sign-in"),
    "sso.url": _("Address of the school’s own sign-in"),
    "sso.help": _("What to do if the school’s own sign-in does not work"),
    "sso.connections": _("Providers of single sign-on"),
    "sso.admins": _("Whether admins use single sign-on"),
    "sso.local_admins": _("How many admins keep a password beside single sign-on"),
    "reply_to": _("Replies to mails go to"),
    "welcome_life": _("How long first password links work"),
    "reset_life": _("How long new password links work"),
    "forgot_life": _("How long links work that people ask for themselves"),
    "second_factor": _("Whether admins must confirm their sign-in with a second step"),
}
"""The settings of whose changes admins are told, in words."""
BEFORE: Final = _("Before: {value}")
AFTER: Final = _("After: {value}")
BY: Final = _("By: {value}")
APPROVED_BY: Final = _("Approved by: {value}")
WHEN: Final = _("When: {value}")
PEOPLE: Final = _("People: {value}")
WHO: Final = _("Who: {value}")
MESSAGE: Final = _("Message: {value}")
WENT_OUT: Final = _("Went out to: {value}")
CAME_BACK: Final = _("Came back: {value}")
LEFT_OUT: Final = _("Got none: {value}")
UNTIL: Final = _("Done if nobody objects until: {value}")
OUTCOME: Final = _("What became of it: {value}")
OPERATOR: Final = _("whoever runs this site")
ADMINS: Final[Mapping[str, str]] = {
    "no": _("never"),
    "may": _("if they like"),
    "must": _("always, but for admins who keep a second way in"),
}
"""Whether admins use single sign-on."""
OUTCOMES: Final[Mapping[str, str]] = {
    "done": _("done"),
    "declined": _("declined"),
    "withdrawn": _("withdrawn"),
    "lapsed": _("lapsed"),
}
STOPS: Final[Mapping[str, str]] = {
    "mail_sandbox": _("The mail service sends to a few addresses only: it is in its sandbox."),
    "mail_paused": _("The mail service has paused this site’s mail."),
    "mail_quota": _("The mail service’s quota for today is used up."),
    "mail_rate": _("The mail service sends nothing: its rate or its quota is nought."),
    "sender": _("The mail service does not let mail go from this site’s address."),
    "dkim": _("Mail is not signed (DKIM), so many mail servers refuse it."),
    "mail_from": _("The return path of mail cannot be used (MAIL FROM)."),
    "mail_events": _("Nobody hears what becomes of mail, or none can go out."),
    "alignment": _("Mail servers do not believe that mail is from the school (DMARC)."),
    "sso": _("People cannot sign in with single sign-on: a provider does not work."),
    "messages": _("A message has stopped, or the mail service holds it back."),
}
"""What would stop mail, by the names of preflight's checks."""
STOPPED: Final = _("Something would stop the school’s mail.")
HERE: Final = _("Look at it here:")
YES: Final = _("yes")
NO: Final = _("no")
OFF: Final = _("off")
NOTHING: Final = _("nothing")
_PAGES: Final[Mapping[str, str]] = {
    "settings_waiting": "settings",
    "settings_changed": "settings",
    "approval_off": "sends",
    "send_waiting": "sends/{send}",
    "send_done": "sends/{send}",
    "send_braked": "sends/{send}",
    "settings_decided": "settings",
    "email_waiting": "admins",
    "email_decided": "admins",
    "admin_invited": "admins",
    "admin_ended": "admins",
    "factors_waiting": "",
    "factors_kept": "",
    "factors_reset": "admins",
    "preflight_stop": "preflight",
}
_FIGURES: Final = ((WENT_OUT, "went_out"), (CAME_BACK, "came_back"), (LEFT_OUT, "left_out"))
_LIVES: Final = ("welcome_life", "reset_life", "forgot_life")


def value_in_words(setting: str, value: Any, language: str = "en") -> str:
    """The value of a setting as people say it: "14 days", "off", "student, parent"."""
    if setting in _LIVES:
        return words(value, language)
    texts = catalogue(language)[1]
    if setting == "second_factor":
        value = value == "required"
    if setting == "sso.admins":
        value = texts.gettext(ADMINS[value])
    if isinstance(value, bool):
        return texts.gettext(YES if value else NO)
    if value is None and setting == "approval.above":
        return texts.gettext(OFF)
    if isinstance(value, list):
        return _list_in_words(setting, value, language) or texts.gettext(NOTHING)
    return plain(str(value)) if value not in {None, ""} else texts.gettext(NOTHING)


def _list_in_words(setting: str, values: Sequence[Any], language: str) -> str:
    if setting == "sso.local_admins":
        return str(len(values)) if values else ""
    if setting == "sso.connections":
        return "; ".join(_connection(each, language) for each in values)
    roles = phrases(language).roles
    return ", ".join(roles.get(role, role) for role in values)


def _connection(connection: Mapping[str, Any], language: str) -> str:
    """A provider as an admin who is to approve it must know it: who comes from where, and which version that is."""
    roles = phrases(language).roles
    whose = f" ({', '.join(connection['tenant'])})" if connection["tenant"] else ""
    who = ", ".join(roles.get(role, role) for role in connection["roles"]) or catalogue(language)[1].gettext(NOTHING)
    return plain(f"{connection['label']} [{connection['name']}, {connection['version']}]: {who}, {connection['issuer']}{whose}")


def notice_variables(kind: str, notice: Mapping[str, Any], console: str, language: str) -> dict[str, str]:
    """What a mail to admins tells, in the variables where other mails list accounts. ``console``: where the school is there."""
    if kind == "weekly_mail":
        from latchkey.mail.messages.weekly_mail import weekly_variables

        return weekly_variables(notice.get("figures") or {}, console, language)
    right_to_left = phrases(language).right_to_left
    blocks = [_rows_of_change(change, language) for change in notice.get("changes") or ()]
    if notice.get("stops"):
        blocks.append(_rows_of_stops(notice["stops"], language))
    blocks.append(_rows_of_all(notice, language))
    text = "\n".join("".join(f"{_text(row, right_to_left=right_to_left)}\n" for row in rows) for rows in blocks)
    html = "".join(f'<div class="a"><p>{"<br>".join(map(_html, rows))}</p></div>' for rows in blocks)
    if kind == "factors_waiting_own":  # a link would teach people to follow one
        return {"accounts_text": f"{text}\n", "accounts_html": html}
    link = f"{console}/{_PAGES[kind].format(send=notice.get('send'))}".rstrip("/")
    here, shown = catalogue(language)[1].gettext(HERE), escape(link)
    return {
        "accounts_text": f"{text}\n{here}\n{link}\n",
        "accounts_html": f'{html}<p>{escape(here)}<br><a href="{shown}"><bdi dir="ltr">{shown}</bdi></a></p>',
    }


_Row = tuple[str, str]
"""A pattern with ``{value}``, and the value; or what stands alone, and nothing."""


def _rows_of_change(change: Mapping[str, Any], language: str) -> list[_Row]:
    texts, setting = catalogue(language)[1], change["setting"]
    old, new = (value_in_words(setting, change[each], language) for each in ("old", "new"))
    return [(texts.gettext(SETTINGS.get(setting, setting)), ""), (texts.gettext(BEFORE), old), (texts.gettext(AFTER), new)]


def _rows_of_stops(stops: Sequence[str], language: str) -> list[_Row]:
    """Each once; of messages that stand still all kinds are one."""
    said = dict.fromkeys(STOPS.get(_kind_of_stop(name), STOPPED) for name in stops)
    return [(catalogue(language)[1].gettext(each), "") for each in said]


def _kind_of_stop(name: str) -> str:
    """A check's kind: of messages and of single sign-on there are several."""
    return next((kind for kind in ("messages", "sso") if name.startswith(f"{kind}_")), name)


def _rows_of_all(notice: Mapping[str, Any], language: str) -> list[_Row]:
    texts = catalogue(language)[1]
    people = notice.get("people") or 0
    outcome = OUTCOMES.get(notice.get("outcome") or "", "")
    by = texts.gettext(OPERATOR) if notice.get("operator") else plain(notice.get("by") or "")
    rows = [
        (MESSAGE, plain(notice.get("message") or "")),
        *((pattern, str(notice[name])) for pattern, name in _FIGURES if name in notice),
        (WHO, plain(notice.get("who") or "")),
        (BEFORE, plain(notice.get("old") or "")),
        (AFTER, plain(notice.get("new") or "")),
        (OUTCOME, texts.gettext(outcome) if outcome else ""),
        (UNTIL, _local(notice["until"]) if notice.get("until") else ""),
        (BY, by),
        (APPROVED_BY, plain(notice.get("approved_by") or "")),
        (PEOPLE, str(people) if people else ""),
        (WHEN, _local(notice["at"])),
    ]
    return [(texts.gettext(pattern), value) for pattern, value in rows if value]


def _local(at: int) -> str:
    """A time by the clock of schools in the United Kingdom, written the same in every language."""
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(at, ZoneInfo(ZONE)).strftime("%Y-%m-%d, %H:%M")


def _text(row: _Row, *, right_to_left: bool) -> str:
    return row[0].replace("{value}", isolated(row[1], right_to_left=right_to_left))


def _html(row: _Row) -> str:
    pattern, value = row
    if not value:
        return f"<b>{escape(pattern)}</b>"
    return escape(pattern).replace(escape("{value}"), f"<bdi>{escape(value)}</bdi>")
