"""The inbox's pages: plain HTML, everything that came from a mail escaped."""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

from infra.inbox.store import Mail

PER_PAGE = 50

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


def list_page(mails: Sequence[Mail], to: str, page: int) -> str:
    """The list, newest first, PER_PAGE at a time; `to` is the address searched for, or nothing."""
    shown = mails[(page - 1) * PER_PAGE : page * PER_PAGE]
    rows = "".join(
        f'<li><span class="quiet">{escape(mail.recipients)}</span>'
        f'<a href="/mails/{quote(mail.id, safe="")}">{escape(mail.subject) or "(no subject)"}</a>'
        f'<time datetime="{mail.sent_at}">{_moment(mail)}</time></li>'
        for mail in shown
    )
    count = f"{len(mails)} {'mail' if len(mails) == 1 else 'mails'}"
    title = f"{count} to {escape(to)}" if to else count
    body = f"<ol>{rows}</ol>" if rows else "<p>Nothing here yet. Mails that Latchkey sends appear on this page.</p>"
    steps = [
        _step(to, page - 1, "Newer", 'rel="prev"') if page > 1 else "",
        _step(to, page + 1, "Older", 'rel="next"') if page * PER_PAGE < len(mails) else "",
    ]
    return _page(
        "Inbox",
        f"""<main><h1>Inbox <span class="quiet">{title}</span></h1>
<form role="search"><label>Address <input name="to" type="search" value="{escape(to)}" autocomplete="off"></label>
<button>Show</button></form>{body}<nav aria-label="Pages">{"".join(steps)}</nav></main>""",
    )


def mail_page(mail: Mail) -> str:
    """One mail: head, HTML in a sandboxed frame, text with its links."""
    subject = escape(mail.subject) or "(no subject)"
    frame = (
        f'<h2>HTML</h2><iframe title="The mail as HTML" src="/mails/{quote(mail.id, safe="")}/html" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        if mail.html
        else ""
    )
    return _page(
        subject,
        f"""<nav><a href="/">Inbox</a></nav><main><h1>{subject}</h1>
<dl><dt>To</dt><dd>{escape(mail.recipients)}</dd><dt>Sent</dt><dd><time datetime="{mail.sent_at}">{_moment(mail)}</time></dd></dl>
{frame}<h2>Text</h2><pre>{_with_links(mail.text)}</pre></main>""",
    )


def mail_html(mail: Mail) -> str:
    """The mail's own HTML, for the frame; its links open in a new tab, because no page of ours lets itself be framed."""
    return f'<!doctype html><meta charset="utf-8"><base target="_blank">{mail.html}'


def missing_page() -> str:
    """There is no such mail."""
    return _page("Not found", '<main><h1>Not found</h1><p><a href="/">Back to the inbox</a></p></main>')


def _step(to: str, page: int, word: str, rel: str) -> str:
    query = urlencode({"page": page, **({"to": to} if to else {})})
    return f'<a {rel} href="/?{escape(query)}">{word}</a>'


def _with_links(text: str) -> str:
    parts, end = [], 0
    for found in _LINK.finditer(text):
        link = escape(found.group())
        parts += [escape(text[end : found.start()]), f'<a href="{link}" target="_blank" rel="noopener">{link}</a>']
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def _moment(mail: Mail) -> str:
    return mail.sent_at[:19].replace("T", " ") + " UTC"


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} – Latchkey inbox</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">'
        f"</head><body>{body}</body></html>\n"
    )
