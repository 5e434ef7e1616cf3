"""How sends and their chunks stand in the table ``activity``.

One item holds up to 50 mails, so a link costs 1/50 of a write; they stand there as compressed JSON, because DynamoDB charges
by size for each write and each of a send's mails is written three times (planned, leased, recorded).
"""

import zlib
from collections.abc import Iterable
from dataclasses import astuple
from typing import Final

import orjson

from latchkey.mail.model.account import MailAccount
from latchkey.sends.model.ledger import open_of
from latchkey.sends.model.send import Chunk, Mail, Origin, Refused, Selection, Send, Tally
from latchkey.shared.stores.dynamo import Item, Value

KEPT: Final = 400 * 86_400  # a school year and the summer; the ledger names people, so it must end
REFUSED: Final = ("refused_dead", "refused_filter", "refused_ours")
TALLY: Final = ("mails_out", "mails_hard", "mails_complained")


def send_pk(school: str, origin: Origin) -> str:
    """Where a send stands: with admins' sends, or with one person's own requests."""
    return f"{school}#SENDS" if origin == "admin" else f"{school}#REQUESTS"


def selection_to_values(selection: Selection) -> dict[str, Value]:
    """What the item of a send or a draft holds of who is meant."""
    wanted: dict[str, Value] = {
        name: value if isinstance(value, str) else [*value] for name, value in (selection.filter or {}).items()
    }
    return {
        "ids": list(selection.ids) or None,
        "filter": wanted if selection.filter is not None else None,
        "source": selection.source,
        "pick": selection.pick,
        "domain": selection.domain,
        "contacts": selection.contacts,
        "chosen": selection.chosen,
        "chosen_count": selection.count or None,
        "skip_signed_in": selection.skip_signed_in or None,
        "skip_sent_within": selection.skip_sent_within or None,
    }


def selection_from_item(item: Item) -> Selection:
    """Who is meant, as the item of a send or a draft says it."""
    return Selection(
        ids=tuple(item.get("ids") or ()),
        filter=item.get("filter"),
        source=item.get("source"),
        pick=item.get("pick"),
        domain=item.get("domain"),
        contacts=item.get("contacts"),
        chosen=item.get("chosen"),
        count=item.get("chosen_count") or 0,
        skip_signed_in=item.get("skip_signed_in") or False,
        skip_sent_within=item.get("skip_sent_within") or 0,
    )


def send_to_item(school: str, send: Send) -> dict[str, Value]:
    """A send as it is first written; what comes later is set by updates."""
    return {
        "pk": send_pk(school, send.origin),
        "sk": send.id,
        "id": send.id,
        "kind": send.kind,
        "state": send.state,
        "listed": send.origin == "admin",
        "created_at": send.created_at,
        "created_by": send.created_by,
        **selection_to_values(send.selection),
        "ids": list(send.selection.ids),
        "total": send.total,
        "chunks": send.chunks,
        "counts": dict(send.counts),
        "open": open_of(send.counts),
        **dict(zip(TALLY, astuple(send.tally), strict=True)),
        "braked": list(astuple(send.braked)),
        **{name: count or None for name, count in zip(REFUSED, astuple(send.refused), strict=True)},
        "retries": list(send.retries) or None,
        "replans": list(send.replans) or None,
        "rests": list(send.rests) or None,
        "changed": send.changed or None,
        "revoke": send.revoke or None,
        "moving_since": send.moving_since,
        "moved_before": send.moved_before,
        "start_at": send.start_at,
        "approval": send.approval,
        "need": send.need,
        "approve_by": send.approve_by,
        "finished_at": send.finished_at,
        "reason": send.reason,
        "planning_until": 0,
        "whom": send.whom or None,
        "expires_at": send.created_at + KEPT,
    }


def send_from_item(item: Item) -> Send:
    """The send of an item."""
    return Send(
        id=item["id"],
        kind=item["kind"],
        state=item["state"],
        origin="admin" if item["listed"] else "person",
        created_at=item["created_at"],
        created_by=item["created_by"],
        selection=selection_from_item(item),
        total=item.get("total", 0),
        chunks=item.get("chunks", 0),
        counts=item.get("counts") or {},
        finished_at=item.get("finished_at"),
        reason=item.get("reason"),
        waiting=item.get("waiting"),
        waiting_since=item.get("waiting_since"),
        tally=Tally(*(item.get(name, 0) for name in TALLY)),
        braked=Tally(*item.get("braked", ())),
        refused=Refused(*(item.get(name, 0) for name in REFUSED)),
        refused_before=Refused(*item.get("refused_before", ())),
        retries=tuple(item.get("retries") or ()),
        revoke=item.get("revoke", False),
        moving_since=item.get("moving_since"),
        moved_before=item.get("moved_before", 0),
        start_at=item.get("start_at"),
        approval=item.get("approval"),
        need=item.get("need"),
        approved_by=item.get("approved_by"),
        approve_by=item.get("approve_by"),
        skips=item.get("skips") or {},
        whom=item.get("whom", ""),
        planning_until=item.get("planning_until", 0),
        changed=item.get("changed", 0),
        replans=tuple(item.get("replans") or ()),
        rests=tuple(item.get("rests") or ()),
    )


def pack_mails(mails: Iterable[Mail]) -> bytes:
    """Mails as they stand in a chunk's item: rows in JSON, compressed."""
    rows = [
        (
            mail.to,
            mail.state,
            mail.reason,
            mail.at,
            [_account_row(each) for each in mail.accounts],
            *((mail.detail,) if mail.detail else ()),
        )
        for mail in mails
    ]
    return zlib.compress(orjson.dumps(rows))


def _account_row(account: MailAccount) -> tuple[str | int, ...]:
    row = (account.person, account.name, account.role, account.login, account.version, account.stamp)
    return (*row, 1) if account.unconfirmed else row


def unpack_mails(blob: bytes) -> tuple[Mail, ...]:
    """The mails of a chunk's item."""
    return tuple(
        Mail(
            to=to,
            state=state,
            reason=reason,
            at=at,
            accounts=tuple(
                MailAccount(
                    person=person, name=name, role=role, login=login, version=version, stamp=stamp, unconfirmed=bool(unconfirmed)
                )
                for person, name, role, login, version, stamp, *unconfirmed in accounts
            ),
            detail=more[0] if more else "",
        )
        for to, state, reason, at, accounts, *more in orjson.loads(zlib.decompress(blob))
    )


def chunk_from_item(item: Item) -> Chunk:
    """The chunk of an item."""
    return Chunk(
        send=item["send"],
        number=item["number"],
        origin="admin" if item["listed"] else "person",
        mail=item["mail"],
        language=item.get("language", "en"),
        expires_at=item["links_expire_at"],
        mails=unpack_mails(item["mails"]),
        state=item["state"],
        lease_until=item.get("lease_until", 0),
        attempt=item.get("attempt", 0),
        revision=item.get("revision", 0),
        test=item.get("test", False),
        notice=item.get("notice"),
    )


def chunk_key(school: str, send: str, number: int) -> tuple[str, str]:
    """The key of a chunk."""
    return f"{school}#SEND#{send}", f"CHUNK#{number:05d}"


def chunk_to_item(school: str, chunk: Chunk) -> dict[str, Value]:
    """A chunk as it is written when its send is planned."""
    pk, sk = chunk_key(school, chunk.send, chunk.number)
    return {
        "pk": pk,
        "sk": sk,
        "send": chunk.send,
        "number": chunk.number,
        "listed": chunk.origin == "admin",
        "mail": chunk.mail,
        "language": chunk.language,
        "links_expire_at": chunk.expires_at,
        "state": chunk.state,
        "lease_until": chunk.lease_until,
        "attempt": chunk.attempt,
        "revision": chunk.revision or None,
        "test": chunk.test or None,
        "notice": dict(chunk.notice) if chunk.notice is not None else None,
        "mails": pack_mails(chunk.mails),
        "expires_at": chunk.expires_at + KEPT,
    }
