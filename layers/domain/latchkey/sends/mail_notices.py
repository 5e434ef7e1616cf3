"""Mail a school's admins what they are to be told: settings that changed or wait, a send that waits, approval that went off.

A notice is written together with what it tells of, and stands with what is due until its mails are written down. Whoever comes
twice writes the same mails once: the notice's id is their send's.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from latchkey.mail.model.account import CHUNK_MAILS, account_of
from latchkey.schools.model.school import DAY
from latchkey.schools.model.waiting import Notice
from latchkey.schools.name_people import names_of
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.sends.needs import System
from latchkey.shared.model.ids import is_id


def mail_notice(system: System, slug: str, notice: Notice) -> int:
    """Write the mails of a notice and put them on the queue; how many. None for admins without an address, or after a week."""
    school, now = system.schools.get(slug), system.now()
    if school is None or notice.at + 7 * DAY <= now:
        return 0
    admins = system.admins(slug).all()
    told = [admin for admin in admins if admin.email is not None and (notice.kind != "send_waiting" or admin.id != notice.by)]
    facts = _facts(notice, names_of(system, school, _who(notice)))
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


def _who(notice: Notice) -> list[str]:
    return [each for each in (notice.by, notice.approved_by) if each is not None and is_id(each)]


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
    }
