"""What a school puts on its own website: the words that lead here, and a form that asks for a link, in one of our languages."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import escape

from latchkey.schools.model.school import School
from latchkey.shared.catalogues import catalogue
from latchkey.shared.model.texts import said, translated

WHO: Final = said("E-mail address or username")
SEND: Final = said("Send me a link")
ASKS: Final = said("Forgot your password, or have none yet?")


@dataclass(frozen=True, slots=True)
class Words:
    """``text`` is plain; ``form`` is HTML without a script or a style, for a website that the school has named."""

    text: str
    form: str


def words(school: School, origin: str, code: str) -> Words:
    """Both in the language of this code."""
    language, texts = catalogue(code)
    link = f"{origin}/schools/{school.slug}"
    text = translated(
        said(
            "Your account at {school}: sign in, use the code of your letter, or choose a new password here.",
            school=school.name,
        ),
        texts,
    )
    ask = translated(said("No code, and no e-mail address at the school? Ask the school’s office."), texts)
    direction = ' dir="rtl"' if language.right_to_left else ""
    who, send, asks = (escape(translated(each, texts)) for each in (WHO, SEND, ASKS))
    form = (
        f'<form method="post" action="{escape(link)}/forgot-password" lang="{escape(language.code)}"{direction}>\n'
        f'  <p><label for="latchkey-identifier">{asks}<br>\n'
        f"  {who}</label><br>\n"
        '  <input id="latchkey-identifier" name="identifier" required maxlength="320"\n'
        '    autocomplete="username" autocapitalize="none" spellcheck="false"></p>\n'
        f"  <p><button>{send}</button></p>\n"
        "</form>\n"
    )
    return Words(f"{text}\n{link}\n{ask}\n", form)


def file_of(text: str, media: str) -> str:
    """The address of a text that is a file to download, without another request."""
    return f"data:{media};charset=utf-8,{quote(text)}"
