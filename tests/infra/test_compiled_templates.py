"""The templates that the build compiles (functions/build/templates.py) make the same pages as those that Jinja reads."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import FileSystemLoader, ModuleLoader, UndefinedError

from tests.support.sam import ROOT
from web import pages

PACKAGES = str(Path(jinja2.__file__).parents[1])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All templates, compiled as the Makefile does it."""
    folder = tmp_path_factory.mktemp("made")
    script = ROOT / "functions" / "build" / "templates.py"
    subprocess.run([sys.executable, "-B", str(script), str(folder), PACKAGES], check=True)
    return folder


@pytest.fixture
def compiled(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The environment as it is where the build was."""
    monkeypatch.setattr(pages, "MADE", made)
    pages.environment.cache_clear()
    yield pages.environment()
    pages.environment.cache_clear()


def test_development_reads_the_files() -> None:
    pages.environment.cache_clear()
    assert isinstance(pages.environment().loader, FileSystemLoader)


def test_every_template_is_there_and_none_is_read(compiled: Any) -> None:
    assert isinstance(compiled.loader, ModuleLoader)
    folder = pages.FOLDER / "templates"
    for path in folder.rglob("*.html"):
        assert (
            Path(compiled.get_template(path.relative_to(folder).as_posix()).root_render_func.__code__.co_filename).suffix == ".py"
        )


def test_a_page_is_the_same_in_every_language(compiled: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values: dict[str, Any] = {
        "problem": {"status": 404, "detail": "No <such> page", "fields": {}},
        "typed": {},
        "person": None,
        "school": None,
        "here": "/",
    }
    languages = ("en", "cy", "pl", "ur")
    sooner = [pages.render("error.html", values, language) for language in languages]
    monkeypatch.setattr(pages, "MADE", tmp_path / "nowhere")
    pages.environment.cache_clear()
    assert [pages.render("error.html", values, language) for language in languages] == sooner
    assert "No &lt;such&gt; page" in sooner[0]


def test_what_is_missing_in_a_page_is_an_error_there_too(compiled: Any) -> None:
    with pytest.raises(UndefinedError):
        pages.render("schools/school.html", {})


def test_a_template_that_cannot_be_compiled_ends_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken.html").write_text("{% if %}")
    environment: Any = pages.environment()
    monkeypatch.setattr(environment, "loader", FileSystemLoader(tmp_path))
    with pytest.raises(jinja2.TemplateSyntaxError):
        environment.compile_templates(str(tmp_path), zip=None, ignore_errors=False)


def test_templates_are_loaded_before_somebody_asks(compiled: Any) -> None:
    pages.load(("base.html", "parts.html"))
    assert len(compiled.cache) == 2
