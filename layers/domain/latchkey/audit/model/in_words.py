"""The audit trail in words: what each event says, who did it, and its facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from latchkey.shared.model.ids import is_id

Kind = Literal["deeds", "sign_ins", "all"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
KIND_NAMES: Final[Mapping[Kind, str]] = {
    "deeds": "What people did",
    "sign_ins": "Sign-ins, refusals and passwords",
    "all": "Everything",
}
SIGN_INS: Final = frozenset(
    {
        "sign_in.done",
        "sign_in.refused",
        "password.set",
        "code.use",
        "invitation.use",
        "mail.requested",
        "page.not_theirs",
        "password.not_current",
        "second_factor.refused",
        "person.language",
        "sessions.end_own",
        "sso.linked",
        "sso.refused",
    },
)
"""What comes in hundreds on a school's first morning, and is kept apart from what admins and Latchkey do."""
WORDS: Final[Mapping[str, str]] = {
    "account.unconfirmed": "ended an account: nobody had confirmed its address within 28 days",
    "address.ask_all": "asked everybody again who has not confirmed their address",
    "address.ask": "asked for another e-mail address of their own",
    "address.cancel": "took back that they asked for another e-mail address",
    "address.change": "confirmed another e-mail address of their own",
    "address.confirm": "confirmed their e-mail address",
    "address.join": "added the children of another account of the same address to their own",
    "activity.download": "downloaded the activity",
    "admin.email_agree": "agreed to another address of an admin",
    "admin.email_ask": "asked for another address of an admin, which waits for 24 hours or a second admin",
    "admin.email_done": "changed the address of an admin: nobody objected within 24 hours",
    "admin.email_drop": "dropped a new address of an admin that waited",
    "admin.email_object": "objected to another address of an admin",
    "admin.email_withdraw": "withdrew a new address of an admin",
    "admin.end": "ended an admin’s rights",
    "admin.invite": "invited an admin",
    "approval.off": "switched approval off: one admin is left",
    "child.add": "added a child to their account with a code",
    "child.leave": "took a child off their account",
    "child.link": "asked for a link for a child of theirs",
    "code.dead": "ended a code: too many wrong guesses",
    "code.read_out": "had a code to read out on the telephone",
    "code.use": "set a password with a code",
    "codes.end": "ended all codes",
    "codes.reveal": "looked at a student’s codes",
    "codes.void": "asked to void codes",
    "codes.voided": "voided codes",
    "contacts.again": "had the files of parents’ contacts made again",
    "closure.begin": "began to prepare for a closure: put up the notice",
    "closure.rehearse": "had the closure rehearsed",
    "contacts.columns": "said which column of parents’ contacts is which",
    "contacts.download": "downloaded parents’ contacts",
    "contacts.files": "made files of parents’ contacts with parent codes",
    "contacts.read": "read parents’ contacts",
    "contacts.refused": "could not use a file of parents’ contacts",
    "contacts.start": "uploaded parents’ contacts",
    "data.restore": "put back what was lost",
    "doubles.apart": "said that two accounts are two people’s",
    "doubles.look": "had the school looked through for doubles",
    "email.told": "told people at both addresses that their e-mail address was changed",
    "emails.apply": "changed the e-mail addresses of people",
    "emails.undo": "put e-mail addresses back",
    "export.download": "downloaded login details",
    "export.failed": "could not make a file of login details",
    "export.finish": "made a file of login details",
    "export.start": "asked for login details",
    "invitation.by_student": "invited a parent by e-mail",
    "invitation.take_back": "took back an invitation of a parent",
    "invitation.use": "used an invitation: made a parent’s account, or joined children to one",
    "links.end": "ended all password links",
    "lookup.rotate": "replaced the key under which addresses and usernames are found",
    "mail.requested": "asked for a mail",
    "mail.test": "tried mailboxes with a test mail",
    "mail.trust": "trusted addresses that mail came back from",
    "mail.trusted": "took the marks of a domain’s addresses",
    "name.guessed": "saw 100 wrong tries in a row for a name that nobody has",
    "page.not_theirs": "asked for something that this school does not have",
    "parent.mine": "said that an adult and a student belong together",
    "parent.not_mine": "said that an adult is not their parent",
    "parent_code.show": "looked at the code for their parents",
    "parent.unlink": "unlinked a parent from a student",
    "password.not_current": "gave a wrong current password in their account",
    "password.set": "set a password",
    "password.stopped": "stopped a password: 100 wrong tries in a row; a link or a code sets a new one",
    "pin.hide": "said that a parent does not see a student’s PIN",
    "pin.show": "looked at the PIN of a child of theirs",
    "pin.unhide": "said that a parent sees a student’s PIN again",
    "people.back": "brought people back who had left",
    "people.left": "marked people as left",
    "people.left_undone": "undid marking people as left",
    "person.add": "added a person",
    "person.change": "changed a person",
    "person.erase": "erased a person",
    "person.everything": "looked at everything held about a person",
    "person.language": "chose the language of their pages and mails",
    "person.merge": "merged two accounts of one person",
    "person.unmerge": "undid a merge of two accounts",
    "readiness.download": "downloaded who can log in and who cannot",
    "readiness.weekly": "began or ended the weekly mail to themselves",
    "roster.applied": "took over a file of people",
    "roster.apply": "asked to take over a file of people",
    "roster.decide": "answered what a file of people asks",
    "roster.map": "chose which columns of a file of people are which",
    "roster.preview": "read a file of people and showed what it would change",
    "roster.refused": "could not use a file of people",
    "roster.missing": "downloaded who is not in a file of people",
    "roster.rejected": "downloaded rows of a file of people to mend",
    "roster.start": "uploaded a file of people",
    "roster.undo": "asked to undo a file of people",
    "roster.undone": "undid a file of people",
    "school.export": "exported the school to files",
    "school.make": "made the school",
    "second_factor.add": "added a second factor",
    "second_factor.codes": "made new recovery codes",
    "second_factor.counter": "refused a passkey that counted backwards: there may be a copy of it",
    "second_factor.refused": "showed a wrong second factor",
    "second_factor.reset": "took away a second step that was lost",
    "second_factor.reset_ask": "asked to take away a second step that was lost, which waits for 24 hours",
    "second_factor.reset_lapse": "did not take away a second step: something has changed since it was asked for",
    "second_factor.reset_stop": "stopped that a second step is taken away",
    "second_factor.remove": "removed a second factor",
    "sso.settings_changed": "changed a provider of single sign-on",
    "send.again": "sent again to those without a password",
    "send.approve": "approved a message",
    "send.brake": "paused a message: too much came back",
    "send.cancel": "stopped a message",
    "people.download": "downloaded a list of people",
    "send.download": "downloaded who got a message",
    "send.not_approved": "stopped a message that nobody approved",
    "send.pause": "paused a message",
    "send.planned": "worked out who gets a message",
    "send.replan": "looked again at those who had changed since a message was worked out",
    "send.rest": "sent to those who got nothing because a message was stopped",
    "send.resume": "went on with a message",
    "send.retry": "tried again what failed in a message",
    "send.revoked": "stopped the links of a message from working",
    "send.start": "started a message",
    "send.test": "sent a test mail to themselves",
    "send.time": "changed when a message starts",
    "sessions.end": "signed a person out everywhere",
    "sessions.end_own": "ended sign-ins of their own",
    "settings.approve": "approved a change of settings",
    "settings.ask": "asked for a change of settings that a second admin has to approve",
    "settings.change": "changed settings",
    "settings.decline": "declined a change of settings",
    "settings.drop": "dropped a change of settings: one admin is left",
    "settings.withdraw": "withdrew a change of settings",
    "sso.linked": "signed in by the school’s own sign-in for the first time: the account there is theirs from now on",
    "sso.person_made": "was added by signing in with the school’s own sign-in",
    "sso.refused": "came from the school’s own sign-in and was not let in",
    "sso.unlinked": "unlinked a person from their account at the school’s own sign-in",
    "sign_in.done": "signed in",
    "sign_in.refused": "could not sign in",
}
_ACTORS: Final[Mapping[str, str]] = {"operator": "the operator", "portal": "a visitor"}
_PLACES: Final[Mapping[str, str]] = {
    "send": "sends", "retry": "sends", "again": "sends", "replan": "sends", "emails": "people/emails",
    "export": "exports", "roster": "rosters", "contacts": "contacts", "person": "people",
    "student": "people", "parent": "people",
}  # fmt: skip
_VALUES: Final[Mapping[tuple[str, str | int], str]] = {
    ("purpose", "welcome"): "the first link that the school sent",
    ("purpose", "reset"): "a later link that the school sent",
    ("purpose", "forgot"): "a link that they asked for",
    ("purpose", "account"): "the password that they had",
    ("language", "school"): "the school’s",
    ("kind", "pin"): "a PIN",
    ("kind", "parent"): "a parent code",
    ("kind", "read_out"): "a code that was read out",
    ("people", "others"): "students, and names that cannot sign in here",
    ("where", "school"): "another school",
}
_NAMES: Final[Mapping[str, str]] = {
    "purpose": "with",
    "tries": "times within the hour",
    "people": "who",
    "send": "message",
    "export": "file",
    "roster": "file of people",
    "new_pins": "new PINs",
}
_PERSON_NAMES: Final[Mapping[str, str]] = {
    "person": "person",
    "student": "student",
    "parent": "parent",
    "other": "and",
    "by": "asked by",
    "restored": "back again",
    "removed": "merged into it",
}
"""Facts that may be the id of a person, and what they are called then."""
GONE: Final = "somebody who is no longer here"
_OF_A_FILE: Final = frozenset({"export", "what", "format", "audience", "rows_for", "scope", "value"})
_WAS, _NOW = ".was", ".now"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: what it is, what it says, and the part of the console that has a page about it (empty: none) with its id."""

    name: str
    text: str
    place: str = ""
    id: str = ""


def actor(who: str, names: Mapping[str, str]) -> str:
    """Who did it; ``names`` has the names of people by their ids."""
    if is_id(who):
        return names.get(who, GONE)
    return _ACTORS.get(who, "Latchkey")


def facts(found: Mapping[str, str | int], names: Mapping[str, str]) -> list[Fact]:
    """The facts of an event in their order; a setting with what it was and what it is now.

    What has a name is said by it, not by what it is made of; an id of what nobody can open is left out.
    """
    named, within = _named(found)
    said = [named] if named else []
    for name, value in found.items():
        if name in within or name.endswith(_NOW):
            continue
        if name.endswith(_WAS):
            setting = name.removesuffix(_WAS)
            now = found.get(setting + _NOW, "")
            label = setting.replace("_", " ").replace(".", ", ")
            said.append(Fact(label, f"was {value if value != '' else 'empty'}, is now {now if now != '' else 'empty'}"))
            continue
        fact = _fact(name, value, names)
        said += [fact] if fact else []
    return said


def _fact(name: str, value: str | int, names: Mapping[str, str]) -> Fact | None:
    text, place = str(value), _PLACES.get(name, "")
    if text in names:
        return Fact(_PERSON_NAMES.get(name, name), names[text], place or "people", text)
    if is_id(text) and name in _PERSON_NAMES:
        return Fact(_PERSON_NAMES[name], GONE)
    if is_id(text) and not place:
        return None
    said = "open it" if place else _VALUES.get((name, value), text)
    return Fact(_NAMES.get(name, name.replace("_", " ")), said, place, text if place else "")


def _named(found: Mapping[str, str | int]) -> tuple[Fact | None, frozenset[str]]:
    """A message or a file by its name, and the facts that are said with it."""
    if "send" in found and found.get("to"):  # whom it goes to
        to = str(found["to"])
        what = "invitation" if found.get("kind") == "parent_invitation" else "password link"
        return Fact("", f"{what}{'s' if to != '1 person' else ''} to {to}", "sends", str(found["send"])), frozenset(
            {"send", "to"}
        )
    if "export" in found and found.get("what"):
        return Fact("", str(found["what"]), "exports", str(found["export"])), _OF_A_FILE
    return None, frozenset()


def people_in(events: list[dict[str, object]]) -> set[str]:
    """The ids of people in these events: who did it, and whom it is about."""
    found = set()
    for event in events:
        about = event["facts"]
        ids = [event["actor"], *([about.get(name) for name in _PERSON_NAMES] if isinstance(about, dict) else ())]
        found |= {each for each in ids if isinstance(each, str) and is_id(each)}
    return found
