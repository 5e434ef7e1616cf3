"""Mail a school's admins what they are to be told: settings that changed or wait, a send that waits, approval that went off.

A notice is written together with what it tells of, and stands with what is due until its mails are written down. Whoever comes
twice writes the same mails once: the notice's id is their send's.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from latchkey.mail.model.account import CHUNK_MAILS, account_of
from latchkey.people.model.person import Person
from latchkey.schools.model.school import DAY, School
from latchkey.schools.model.waiting import Notice
from latchkey.schools.name_people import names_of
from latchkey.sends.model.figures import figures
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.sends.model.send_names import titled, whom_of
from latchkey.sends.model.views import counted
from latchkey.sends.needs import System
from latchkey.sends.request_mail import Asked, Outcome
from latchkey.shared.model.ids import is_id

_TO_MAKER: Final = frozenset({"send_done", "send_braked"})


def mail_notice(system: System, slug: str, notice: Notice) -> int:
    """Write the mails of a notice and put them on the queue; how many. None for admins without an address, or after a week."""
    school, now = system.schools.get(slug), system.now()
    if school is None or notice.at + 7 * DAY <= now:
        return 0
    about = system.directory(slug).person(notice.person) if notice.person else None
    if not _is_so(school, notice, about):
        return 0
    told = _addresses_of(about) if notice.kind == "factors_waiting_own" else _whom(system.admins(slug).all(), notice, about)
    facts = _facts(notice, names_of(system, school, _who(notice))) | _of_message(system, slug, notice)
    by_language: dict[str, list[Mail]] = {}
    for admin in told:  # each has an address of their own, and the mail names nobody else's account
        mail = Mail(to=admin.email or "", accounts=(account_of(admin, school),), at=notice.at)
        by_language.setdefault(admin.language or school.settings.language, []).append(mail)
    parts = [
        (language, alike[at : at + CHUNK_MAILS])
        for language, alike in sorted(by_language.items())
        for at in range(0, len(alike), CHUNK_MAILS)
    ]
    chunks = [_chunk(notice, facts, number, *part) for number, part in enumerate(parts, start=1)]
    if not chunks:
        return 0
    counts = {"planned": sum(len(chunk.mails) for chunk in chunks)}
    send = Send(
        id=notice.id,
        kind="notice",
        state="running",
        origin="person",
        created_at=notice.at,
        created_by="portal",
        total=counts["planned"],
        chunks=len(chunks),
        counts=counts,
    )
    system.sends(slug).make_planned(send, chunks)
    for chunk in chunks:
        message = {"school": slug, "send": notice.id, "chunk": chunk.number, "listed": False}
        system.queue("URGENT_QUEUE").put(message, group=slug)
    return counts["planned"]


def reset_stopped(system: System, asked: Asked, person: str) -> Outcome:
    """Somebody has stopped that their second step is taken away: put the notice. The same message twice is one mail."""
    if system.schools.get(asked.school) is None:
        return "nobody"
    notice = Notice(id=asked.id, kind="factors_kept", at=asked.at, by=person, person=person)
    system.notices(asked.school).put(notice)
    return "planned"


def _chunk(notice: Notice, facts: Mapping[str, Any], number: int, language: str, mails: list[Mail]) -> Chunk:
    return Chunk(
        send=notice.id,
        number=number,
        origin="person",
        mail=notice.kind,
        language=language,
        expires_at=notice.at + 7 * DAY,
        mails=tuple(mails),
        notice=facts,
    )


def _is_so(school: School, notice: Notice, about: Person | None) -> bool:
    """Whether what a notice says has come true: some are put before it is known."""
    if notice.kind == "admin_invited":
        return about is not None and about.is_admin and about.status == "active"
    return notice.waits is None or (school.waiting is not None and school.waiting.id == notice.waits)


def _whom(admins: list[Person], notice: Notice, about: Person | None) -> list[Person]:
    """Who gets the mail: all admins with an address but who has just been invited or waits, and who is no admin any more.

    Of a message its maker alone; of one that stands still, where its maker is no admin any more, all of them.
    """
    if notice.kind in _TO_MAKER:
        mine = [admin for admin in admins if admin.email is not None and admin.id == notice.person]
        return mine or [admin for admin in admins if admin.email is not None and notice.kind == "send_braked"]
    silent = {"send_waiting": notice.by, "admin_invited": notice.person, "factors_waiting": notice.person}.get(notice.kind)
    told = [admin for admin in admins if admin.email is not None and admin.id != silent and _asked(admin, notice)]
    ended = (
        notice.kind in {"admin_ended", "factors_kept", "factors_reset"}
        and about is not None
        and about.email is not None
        and about.status == "active"
    )
    return [*told, about] if ended and about is not None and about.id not in {admin.id for admin in told} else told


def _asked(admin: Person, notice: Notice) -> bool:
    """Whether a notice is for this admin, where only some asked for it; who has become an admin anew since has not."""
    return notice.to is None or (admin.id in notice.to and (admin.admin_since or 0) <= notice.to[admin.id])


def _addresses_of(person: Person | None) -> list[Person]:
    """Somebody once for each address that is on file for them: also the one before, of which they may have been robbed just now.

    Nothing goes to an address that was typed and never confirmed.
    """
    if person is None or person.status != "active":
        return []
    former = person.former_email.email if person.former_email is not None else None
    now = None if person.address_is_unconfirmed else person.email
    return [replace(person, email=each) for each in dict.fromkeys((now, former)) if each]


def _of_message(system: System, school: str, notice: Notice) -> dict[str, Any]:
    """The figures of a message as its page has them, and its name without anybody's."""
    send = system.sends(school).get(notice.send) if notice.send and notice.kind in _TO_MAKER else None
    if send is None:
        return {}
    shown, seen = figures(send.counts), counted(send.counts, None)
    name = titled(whom_of(send), send.selection, kind=send.kind)
    return {
        "message": name,
        "who": "",
        "went_out": shown.went_out,
        "came_back": seen["came_back"],
        "left_out": sum(send.counts.values()) - shown.went_out - shown.to_go,
    }


def _who(notice: Notice) -> list[str]:
    return [each for each in (notice.by, notice.approved_by, notice.person) if each is not None and is_id(each)]


def _facts(notice: Notice, names: Mapping[str, str]) -> dict[str, Any]:
    """What a mail says, frozen: names as they are now, values of settings as they were and are."""
    approved_by = notice.approved_by
    return {
        "at": notice.at,
        "by": names.get(notice.by, ""),
        "approved_by": names.get(approved_by, "") if approved_by else "",
        "changes": [asdict(change) for change in notice.changes],
        "send": notice.send,
        "people": notice.people,
        "operator": notice.by == "operator",
        "who": names.get(notice.person or "", ""),
        "old": notice.old,
        "new": notice.new,
        "until": notice.until,
        "outcome": notice.outcome,
        "stops": list(notice.stops),
        "figures": dict(notice.figures) if notice.figures is not None else None,
    }
