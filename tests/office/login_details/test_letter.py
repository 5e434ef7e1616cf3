"""The letter for Word, opened by LibreOffice: real merge fields, literal words, instructions on a page of their own."""

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest

from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.mail_merge import Layout
from latchkey.login_details.model.runs import ExportRequest, Rows
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.model.setting import Setting
from latchkey.schools.model.school import School, Settings
from tests.support.office import convert

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
HELP = 'Ask "Mrs O\'Neil" & <the office>: «0117» {496} \\0000'
SCHOOL = School(slug="northbridge", name='North "bridge" & <Co> =1+1', settings=Settings(help_line=HELP))


@pytest.mark.parametrize("rows", ["student", "parent", "family"])
def test_libreoffice_finds_the_fields_of_the_file(tmp_path: Path, rows: Rows) -> None:
    wanted, out = ExportRequest(scope=Scope(), format="mail_merge_docx", rows=rows), io.BytesIO()
    writer = new_writer(Setting(school=SCHOOL, wanted=wanted, origin="https://latchkey.example", now=0), out.write)
    writer.finish()
    (tmp_path / "letter.docx").write_bytes(out.getvalue())
    convert(tmp_path, ["letter.docx"], "fodt")
    body = ElementTree.parse(tmp_path / "letter.fodt").getroot()
    fields = [each.get(f"{TEXT}column-name") for each in body.iter(f"{TEXT}database-display")]
    assert {*fields} <= {*Layout(wanted, "").header}
    assert {"StudentURL", "ParentURL"} <= {*fields}
    paragraphs = ["".join(each.itertext()) for each in [*body.iter(f"{TEXT}h"), *body.iter(f"{TEXT}p")]]
    assert {SCHOOL.name, HELP} <= {*paragraphs}
    assert "How to use this letter" in "".join(body.itertext())
    assert len([each for each in paragraphs if each.startswith(tuple("123456"))]) == 6
