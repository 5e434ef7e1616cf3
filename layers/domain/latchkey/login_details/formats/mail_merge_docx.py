"""A letter for Word with the merge fields of the mail merge in place, after a page of instructions. It holds nobody's data."""

from collections.abc import Iterator, Sequence
from typing import Final

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.mail_merge import AT_SCHOOL, MOST_CHILDREN, Layout
from latchkey.login_details.model.setting import Setting, Write, Writer
from latchkey.office_files.docx import DAY, Field, Only, Piece, Text, box, document, paragraph

_CHOOSE_ROWS: Final = {
    "student": "one row for each student",
    "parent": "one row for each parent",
    "family": "one row for each family",
}
_STEPS: Final = (
    ("In Word, choose Mailings, Start Mail Merge, Letters; then Select Recipients, Use an Existing List, and open that file. "
     "If Word asks for the encoding, choose Unicode (UTF-8)."),
    "Change the words of the letter as you like. What stands between « and » is a field: Word fills it in. Leave it whole.",
    "Choose Preview Results and look at a few letters, among them one of a student who uses the school’s own sign-in.",
    ("Delete this page: click its title, then the tab that appears above it, and press Delete. If it stays, it is printed with "
     "every letter."),
    ("Choose Finish & Merge, then Edit Individual Documents or Print Documents. The letters come in the order of the file: "
     "by year, registration group and name."),
)  # fmt: skip
_LIBREOFFICE: Final = (
    "In LibreOffice: Edit, Exchange Database, to say that the fields belong to your file; then File, Print, and answer Yes to "
    "the question about a form letter."
)
_CARE: Final = (
    "Whoever has the file or a letter can set up the account. Keep both where only the right people see them, and delete the "
    "file when the letters are handed out. A new file shows the same codes while they work."
)


class MailMergeDocx(Writer):
    """The same document whoever is in the file: it follows from the school and from what is wanted."""

    def __init__(self, setting: Setting, write: Write) -> None:
        self._write = write
        self._letter = _Letter(setting)

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Students stand in the mail merge file, not in the letter."""

    def finish(self) -> None:
        """Write the document."""
        self._write(document([self._letter.instructions(), *self._letter.paragraphs()]))


class _Letter:
    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._rows = setting.wanted.rows
        self._fields = Layout(setting.wanted, setting.school_url).header

    def instructions(self) -> str:
        """The page that is deleted before printing."""
        file = f"Make a mail merge file (CSV or Excel) with the same choices: {_CHOOSE_ROWS[self._rows]}, for {self._audience()}."
        steps = [f"{number}. {step}" for number, step in enumerate((file, *_STEPS), start=1)]
        words = [*steps, _LIBREOFFICE, _CARE, f"Fields of the file: {', '.join(self._fields)}."]
        title = paragraph(Text("How to use this letter"), style="Heading1")
        return box("Instructions: delete before printing", [title, *[paragraph(Text(each)) for each in words]])

    def paragraphs(self) -> Iterator[str]:
        """The letter. What would need a column that was not chosen is left out."""
        school = self._setting.school
        yield paragraph(Text(school.name), style="Heading1", new_page=True)
        yield from self._salutation()
        children = [""] if self._rows == "student" else [f"Child{number}" for number in range(1, MOST_CHILDREN + 1)]
        for child in children:
            yield from self._child(child)
        for field, words in (
            ("StudentURL", "Students: use your PIN at "),
            ("ParentURL", "Parents and carers: use your code at "),
        ):
            if field in self._fields and self._is_for(field):
                yield paragraph(Text(words), Field(field, bold=True), Text("."))
        if school.settings.help_line:
            yield paragraph(Text(school.settings.help_line))

    def _salutation(self) -> Iterator[str]:
        if self._rows == "parent" and {"ParentForename", "ParentSurname"} <= {*self._fields}:
            nobody = Only("ParentSurname", "", "parent or carer")
            yield paragraph(Text("Dear "), nobody, Field("ParentForename", after=" "), Field("ParentSurname"), Text(","))
        elif self._rows != "student" and "Children" in self._fields:
            yield paragraph(Text("Dear parents and carers of "), Field("Children"), Text(","))
        elif self._rows == "student" and (name := self._name("")):
            parents = self._setting.wanted.audience == "parents"
            yield paragraph(Text("Dear parents and carers of " if parents else "Dear "), *name, Text(","))
        else:
            yield paragraph(Text("Hello,"))

    def _child(self, child: str) -> Iterator[str]:
        """What belongs to one student; the lines of a second child and further ones are empty where there is none."""
        audience, style = self._setting.wanted.audience, "Line" if child else "Normal"
        if child and (name := self._name(child)):
            yield paragraph(*name, style="Line")
        if audience != "parents":
            if f"{child}Username" in self._fields:
                yield paragraph(Field(f"{child}Username", before="Username: "), style=style)
            if f"{child}StudentPIN" in self._fields:
                pin = self._code(f"{child}StudentPIN", "PIN: ", f"{child}PINExpires")
                yield paragraph(*pin, *self._elsewhere(child), style=style)
        if audience != "students" and f"{child}ParentCode" in self._fields:
            yield paragraph(*self._code(f"{child}ParentCode", "Parent code: ", f"{child}ParentCodeExpires"))

    def _code(self, field: str, words: str, expires: str) -> Iterator[Piece]:
        yield Field(field, before=words, bold=True)
        if expires in self._fields:
            yield Field(expires, before=" (works until ", after=")", picture=DAY)

    def _elsewhere(self, child: str) -> Iterator[Piece]:
        if f"{child}LoginMethod" in self._fields:
            words = f"No PIN is needed: sign in with {self._setting.school.settings.sso.label}."
            yield Only(f"{child}LoginMethod", AT_SCHOOL, words)

    def _name(self, child: str) -> tuple[Piece, ...]:
        names = [name for name in (f"{child}Forename", f"{child}Surname") if name in self._fields]
        return tuple(Field(name, before=" " if place else "", bold=bool(child)) for place, name in enumerate(names))

    def _is_for(self, field: str) -> bool:
        return self._setting.wanted.audience != ("parents" if field == "StudentURL" else "students")

    def _audience(self) -> str:
        return {"students": "students", "parents": "parents", "both": "students and parents"}[self._setting.wanted.audience]


make = MailMergeDocx
