"""The house keeps its own rules: each of them is a test."""

import ast
import re
from pathlib import Path

import pytest

from bee.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [*ROOT.glob("bee/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"]
PAGES = sorted(ROOT.glob("pages/*/*.py"))
QUERIES = sorted(path for path in ROOT.glob("sql/*/*.sql") if path.parent.name != "migrations")


def variables() -> list[str]:
    return sorted(field.alias or f"BEE_{name.upper()}" for name, field in Settings.model_fields.items())


def test_no_page_lies_where_a_fresh_process_would_serve_it_without_the_gate() -> None:
    assert list(ROOT.glob("pages/*.py")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_the_first_statement_of_a_page_is_the_guard(page: Path) -> None:
    body = ast.parse(page.read_text(encoding="utf-8")).body
    statements = [
        node
        for node in body
        if not isinstance(node, (ast.Import, ast.ImportFrom))
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    assert "guard(" in ast.unparse(statements[0])


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.parent.name}/{query.stem}")
def test_every_query_has_a_caller_and_says_what_a_row_is(query: Path) -> None:
    name = f'"{query.parent.name}/{query.stem}"'
    assert any(name in source.read_text(encoding="utf-8") for source in SOURCES), f"nobody runs {name}"
    assert query.read_text(encoding="utf-8").startswith("-- "), "the header is missing"


@pytest.mark.parametrize("variable", variables())
def test_every_setting_is_in_the_readme_and_in_the_example(variable: str) -> None:
    assert f"`{variable}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.search(rf"^#? ?{variable}=", example, re.MULTILINE)


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"os\.(environ\b(?!\s*\|)|getenv)", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"bee/settings.py"}


def test_nothing_outside_the_dashboard_imports_streamlit() -> None:
    importers = {
        path.relative_to(ROOT).parts[:2]
        for path in ROOT.glob("bee/**/*.py")
        if re.search(r"^\s*(import|from) streamlit", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert importers <= {("bee", "ui")}


def test_every_pin_says_why_it_is_there() -> None:
    lists = (path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("requirements*.txt")))
    for line in "".join(lists).splitlines():
        assert line.startswith(("#", "-r ")) or re.fullmatch(r"[\w\[\]-]+==[\w.+]+ +# .+", line), line
