import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OWN_STATIC = [
    path
    for path in sorted((ROOT / "jiaozuo_portal" / "static").rglob("*"))
    if path.suffix in {".css", ".js", ".svg"} and "vendor" not in path.parts
]


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_holds_no_inline_script_or_style(path):
    source = path.read_text("utf-8")

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", source, re.IGNORECASE) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", source) if "src=" not in tag] == []
    assert re.findall(r"\|\s*safe\b|autoescape off", source) == []


@pytest.mark.parametrize("path", OWN_STATIC, ids=named)
def test_a_static_file_names_no_other_host(path):
    hosts = set(re.findall(r"https?://([\w.-]+)", path.read_text("utf-8")))

    assert hosts <= {"www.w3.org"}


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_an_error_page_needs_neither_request_nor_database(name):
    html = get_template(name).render()

    assert "<h1>" in html
    assert 'href="/"' in html


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "429.html"])
def test_an_error_page_says_that_nothing_was_lost_and_what_to_do(name, ui_settings, rf):
    html = get_template(name).render({}, rf.get("/"))

    assert html.count("<p>") >= 1
    assert 'class="btn btn-primary" href="/"' in html


def test_only_colours_of_the_tokens_are_used():
    loose = re.compile(r"#[0-9a-f]{3,8}\b|rgba?\(", re.IGNORECASE)
    found = []
    for name in ("portal.css", "components.css"):
        lines = (ROOT / "jiaozuo_portal" / "static" / "css" / name).read_text("utf-8").splitlines()
        in_print = False
        for line in lines:
            in_print = in_print or line.startswith("@media print")
            if loose.search(line) and "url(" not in line and not in_print:
                found.append(line.strip())
            in_print = in_print and line != "}"

    assert found == []
