"""The rules of the house that a machine can hold."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiaozuo_portal.outbox.queue import handled_kinds

BASE_DIR = Path(__file__).resolve().parents[1]
KINDS = ("html", "jinja")
PACKAGES = ("jiaozuo_portal", "filings", "policies")
TOP_LEVEL = {
    "manage.py", "jiaozuo_portal", "filings", "policies", "templates", "requirements.txt", "tests",
    "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", ".ci",
    ".gitignore", ".gitattributes", ".editorconfig",
}  # fmt: skip
# Put together here, so that this file does not name them itself.
PACKAGE_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("npmjs", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "cloudflare", "com"),
        ("deb", "debian", "org"),
        ("proxy", "golang", "org"),
    )
]
MAY_KNOW_CELERY = {
    "jiaozuo_portal/__init__.py",
    "jiaozuo_portal/celery.py",
    "jiaozuo_portal/health.py",
    "jiaozuo_portal/outbox/tasks.py",
}
PURE = ("filings/sheets/", "filings/sections/", "policies/eligibility/", "policies/texts/")
PURE_MAY_USE = {"django.utils.translation", "django.utils.functional"}


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows, or would know, by pattern; what is ignored stays out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=BASE_DIR,
        capture_output=True,
        check=True,
        text=True,
    )
    found = (BASE_DIR / name for name in listed.stdout.split("\0") if name)
    return [path for path in found if path.is_file()]


def code() -> list[Path]:
    """The Python files of the portal itself."""
    return [
        path
        for path in tracked(*(f"{package}/**.py" for package in PACKAGES), "manage.py")
        if "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(BASE_DIR))


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def found_in(paths: list[Path], pattern: str, flags: int = 0) -> list[str]:
    """Where a pattern stands, as file:line."""
    return [
        f"{name_of(path)}:{path.read_text('utf-8').count(chr(10), 0, match.start()) + 1}"
        for path in paths
        for match in re.finditer(pattern, path.read_text("utf-8"), flags)
    ]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_imports_go_down_only():
    answer = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 0, answer.stdout
    assert "0 broken" in answer.stdout


def test_top_level_is_the_agreed_one():
    assert {path.relative_to(BASE_DIR).parts[0] for path in tracked()} <= TOP_LEVEL


def test_no_file_names_a_package_host():
    named = [
        f"{name_of(path)}: {host}"
        for path, text in texts()
        for host in PACKAGE_HOSTS
        if host in text
    ]

    assert named == []


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt", ".ci/uv.txt"])
def test_requirements_are_pinned_and_hashed_and_carry_no_address(name):
    text = (BASE_DIR / name).read_text("utf-8")

    blocks = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]

    assert blocks
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
    assert "//" not in text


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("inline script", r"<script(?![^>]*\bsrc=)[^>]*>"),
        ("inline style", r"<style\b|\sstyle\s*="),
        ("event attribute", r"<[^>]*\son[a-z]+\s*="),
        ("other host", r"""\b(?:src|href|action)\s*=\s*["']?(?:https?:)?//"""),
        ("javascript address", r"""=\s*["']?javascript:"""),
        ("unescaped value", r"\|\s*safe\b|{%\s*autoescape\s+(?:off|false)|\bMarkup\b"),
        ("htmx event attribute", r"\bhx-on\b"),
    ],
)
def test_templates_keep_to_the_content_security_policy(rule, pattern):
    folders = ("templates", *PACKAGES)
    templates = tracked(*(f"{folder}/**.{kind}" for folder in folders for kind in KINDS))

    assert found_in(templates, pattern, re.IGNORECASE) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"<script(?![^>]*\bsrc=)[^>]*>", "<script nonce=a>"),
        (r"<style\b|\sstyle\s*=", '<p class="a" style="x">'),
        (r"<[^>]*\son[a-z]+\s*=", '<a href="#" onclick="x()">'),
        (r"""\b(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", '<link href="//cdn/x.css">'),
    ],
)
def test_the_patterns_of_the_policy_see_what_they_look_for(pattern, text):
    assert re.search(pattern, text, re.IGNORECASE)


def test_own_scripts_make_no_inline_code():
    scripts = [
        path
        for path in tracked("jiaozuo_portal/static/**.js", "jiaozuo_portal/static/**.css")
        if "vendor" not in path.parts
    ]

    pattern = r"\beval\(|new Function\(|document\.write|(?:https?:)//(?!www\.w3\.org)"
    assert found_in(scripts, pattern) == []


def test_nothing_goes_round_escaping_forgery_checks_or_sql():
    pattern = r"\bmark_safe\b|\bcsrf_exempt\b|\bRawSQL\b|\.extra\(|\bpickle\b|(?<![\w.])eval\("

    assert found_in(code(), pattern) == []


def test_time_is_asked_from_the_portals_clocks():
    pattern = r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|timezone\.now\(|time\.time\("
    others = [path for path in code() if name_of(path) not in {
        "jiaozuo_portal/lib/clock.py",
        # It makes the environment of the clock.
        "jiaozuo_portal/demo.py",
    }]  # fmt: skip

    assert found_in(others, pattern) == []


def test_only_the_moves_assign_a_state():
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in code()
        if path.parts[-3:] != ("filings", "domain", "moves.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "state"
    ]

    assert wrong == []


def test_only_the_frame_knows_celery():
    knowing = {
        name_of(path)
        for path in code()
        if any(name.split(".")[0] in ("celery", "kombu") for name in imports_of(path))
    }

    assert knowing <= MAY_KNOW_CELERY


def test_rules_sheets_and_sections_are_free_of_django():
    wrong = [
        f"{name_of(path)}: {name}"
        for path in code()
        if name_of(path).startswith(PURE)
        for name in imports_of(path)
        if name.split(".")[0] == "django" and name not in PURE_MAY_USE
    ]

    assert wrong == []


def test_every_kind_of_work_has_somebody_who_does_it():
    asked = {
        node.args[0].value
        for path in code()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "enqueue"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert asked - handled_kinds() == set()


def test_nothing_is_left_for_later():
    pattern = (
        r"\b(?:TO"
        r"DO|FIX"
        r"ME|XX"
        r"X)\b|raise NotImplemented"
        r"Error|pragma: no"
        " cover"
    )

    assert found_in([*code(), *tracked("tests/**.py")], pattern) == []


def test_no_test_is_skipped():
    pattern = r"mark\.(?:skip|xfail)" + r"|pytest\.(?:skip|xfail|importorskip)\("

    assert found_in(tracked("tests/**.py"), pattern) == []
