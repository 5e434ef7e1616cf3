"""What the pages of settings say of the school's public page: whether the notice is shown, and what leads there."""

from typing import Any

from console.system import system
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import School
from latchkey.shared.model.clock import in_day_and_time
from latchkey.shared.model.languages import LANGUAGES
from web.qr import qr, qr_files
from web.request import Request
from web.website import file_of, words


def notice_in_words(school: School, now: int) -> str:
    """Whether people read the notice at this moment, and until when; nothing where there is none."""
    notice = PageNotice.of(school.settings)
    if not notice.text:
        return ""
    if notice.is_over(now):
        return f"It is over: it went on {in_day_and_time(notice.ends_at or now)}. Choose a later end to show it again."
    if not notice.is_shown(now):
        return f"Nobody sees it yet: it appears on {in_day_and_time(notice.starts_at or now)}."
    if notice.ends_at is not None:
        return f"Everybody can read it now. It goes by itself on {in_day_and_time(notice.ends_at)}."
    return "Everybody can read it now, until you empty the field and save."


def website(request: Request, school: School) -> dict[str, Any]:
    """The link, the words and the code for a school's own website, in the language that is asked for, else the school's."""
    origin = system().settings["ORIGIN"]
    asked = request.query.get("in", "")
    code = asked if asked in LANGUAGES else school.settings.language
    link = f"{origin}/schools/{school.slug}"
    found = words(school, origin, code)
    return {
        "link": link,
        "words": found,
        "words_in": code,
        "text_file": file_of(found.text, "text/plain"),
        "form_file": file_of(found.form, "text/html"),
        "picture": qr(link, f"QR code that opens {link}"),
        "files": qr_files(link),
    }
