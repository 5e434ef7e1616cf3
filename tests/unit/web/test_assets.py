"""The style sheet as it is sent."""

import pytest

from web.assets import FOLDER, bare, tight


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/* why */\na { color: red; margin: 0 auto; }\n\nb > i, u { top: 0 }", "a{color:red;margin:0 auto}b>i,u{top:0 }"),
        ('td::before { content: attr(data-label) ": "; }', 'td::before{content:attr(data-label) ": "}'),
        (
            "@media (max-width: 40rem) { .a .b :is(h1, h2) { width: calc(1rem + 2px); } }",
            "@media (max-width:40rem){.a .b :is(h1,h2){width:calc(1rem + 2px)}}",
        ),
    ],
)
def test_what_says_nothing_is_left_out(written: str, sent: str) -> None:
    assert tight(written).replace(" }", "}") == sent.replace(" }", "}")


def test_the_style_sheet_keeps_its_rules() -> None:
    css = (FOLDER / "latchkey.css").read_text()
    sent = tight(css)
    assert len(sent) < len(css)
    assert (sent.count("{"), sent.count("}")) == (css.count("{"), css.count("}"))


def test_a_script_loses_its_comments_and_indents_and_nothing_else() -> None:
    written = '// what it is\n"use strict";\n  const a = "// no comment"; // stays\n\n    // gone\n  b(a);\n'
    assert bare(written) == '"use strict";\nconst a = "// no comment"; // stays\nb(a);'


def test_no_text_of_a_script_goes_over_several_lines() -> None:
    for script in FOLDER.glob("*.js"):
        assert all(line.count("`") % 2 == 0 for line in script.read_text().splitlines()), script.name
