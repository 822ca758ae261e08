import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from jiaozuo_portal import messages

# Characters and the marks that only Chinese writes.
HAN = re.compile(r"[\u3400-\u9fff\u3001-\u301f\uff01-\uff20]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# The name of a language is written in that language everywhere.
NEVER_TRANSLATED = {"简体中文"}
# Headings and their aliases are matched against what a workbook holds, in Chinese and English;
# the marks of official texts against what those print.
DATA_IN_CODE = (
    "filings/sheets/",
    "policies/texts/",
)
MARKS = {*messages.KEYWORDS}


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('{% load i18n %}{% translate "您好" %}', [("您好", None)]),
        ('{% translate "月" context "calendar" %}', [("月", "calendar")]),
        ("{% blocktranslate with n=x %}还剩 {{ n }} 小时{% endblocktranslate %}",
         [("还剩 %(n)s 小时", None)]),
        ("{% blocktranslate trimmed %}\n  甲\n  乙\n{% endblocktranslate %}", [("甲 乙", None)]),
        ("{% blocktranslate count n=n %}{{ n }} 项{% plural %}{{ n }} 项{% endblocktranslate %}",
         [(("%(n)s 项", "%(n)s 项"), None)]),
        ('{% include "a.html" with title=_("标题") %}{{ v|default:_("无") }}',
         [("标题", None), ("无", None)]),
        ("<p>{{ value }} gettext of life</p>", []),
    ],
)  # fmt: skip
def test_texts_of_a_template(source, texts):
    assert list(messages.texts_of_template(source)) == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('{{ _("您好") }}', [("您好", None)]),
        ('{{ pgettext("calendar", "月") }}', [("月", "calendar")]),
        ('{{ _("还剩 %(n)s 小时", n=x) }}', [("还剩 %(n)s 小时", None)]),
        ('{{ ngettext("%(n)s 项", "%(n)s 项", n, n=n) }}', [(("%(n)s 项", "%(n)s 项"), None)]),
        ('{{ npgettext("unit", "人", "人", n) }}', [(("人", "人"), "unit")]),
        ("<p aria-label=\"{{ _('标题') }}\">{# 注释 #}", [("标题", None)]),
    ],
)
def test_texts_of_a_template_of_the_quicker_engine(source, texts):
    assert list(messages.texts_of_jinja(source)) == texts


def test_update_adds_new_texts_keeps_translations_and_drops_what_is_gone(tmp_path, monkeypatch):
    path = tmp_path / "django.po"
    found = Catalog()
    found.add("提交")
    found.add("撤回")
    monkeypatch.setattr(messages, "collect", lambda: found)
    old = Catalog(locale="en")
    old.add("提交", "Submit")
    old.add("没有了", "Gone")
    with path.open("wb") as target:
        write_po(target, old)

    messages.update(path)

    with path.open("rb") as source:
        texts = {message.id: message.string for message in read_po(source) if message.id}
    assert texts == {"提交": "Submit", "撤回": ""}


def test_untranslated_texts_are_named(tmp_path, monkeypatch):
    path = tmp_path / "django.po"
    known, found = Catalog(locale="en"), Catalog()
    known.add("提交", "Submit")
    known.add("空的", "")
    known.add("猜的", "Guessed", flags=["fuzzy"])
    known.add(("%d 项", "%d 项"), ("%d item", ""))
    with path.open("wb") as target:
        write_po(target, known)
    for text in ("提交", "空的", "猜的", "新的", ("%d 项", "%d 项")):
        found.add(text)
    monkeypatch.setattr(messages, "collect", lambda: found)

    assert messages.untranslated(path) == ["('%d 项', '%d 项')", "新的", "猜的", "空的"]


def test_compiled_catalogue_is_what_django_reads(tmp_path, monkeypatch):
    import gettext

    monkeypatch.setattr(messages, "LOCALE_DIR", tmp_path)
    catalog = Catalog(locale="en")
    catalog.add("提交", "Submit")
    with (tmp_path / "django.po").open("wb") as target:
        write_po(target, catalog)

    messages.compile_all()

    with (tmp_path / "django.mo").open("rb") as source:
        assert gettext.GNUTranslations(source).gettext("提交") == "Submit"


def test_english_is_complete():
    assert messages.untranslated() == []


def test_english_holds_nothing_that_is_gone():
    with messages.ENGLISH.open("rb") as source:
        known = {(message.id, message.context) for message in read_po(source) if message.id}

    assert known - {(message.id, message.context) for message in messages.collect()} == set()


def test_each_text_is_its_own_translation_in_the_language_it_is_written_in(tmp_path, monkeypatch):
    for folder in ("en", messages.SOURCE):
        (tmp_path / folder / "LC_MESSAGES").mkdir(parents=True)
    monkeypatch.setattr(messages, "LOCALE_DIR", tmp_path)

    messages.compile_all()

    with (tmp_path / messages.SOURCE / "LC_MESSAGES" / "django.mo").open("rb") as source:
        made = GNUTranslations(source)
    made.add_fallback(Missing())
    for text, context in messages.marked():
        one, many = text if isinstance(text, tuple) else (text, text)
        if context and one == many and isinstance(text, str):
            assert made.pgettext(context, one) == one
        elif isinstance(text, str):
            assert made.gettext(one) == one
        elif context:
            assert made.npgettext(context, one, many, 2) == many
        else:
            assert made.ngettext(one, many, 2) == many


class Missing(NullTranslations):
    """A text that the catalogue has not."""

    def gettext(self, message):
        raise KeyError(message)

    pgettext = ngettext = npgettext = gettext


def test_no_text_is_marked_both_with_and_without_a_plural():
    found = set(messages.marked())
    counted = {(text[0], context) for text, context in found if isinstance(text, tuple)}

    assert counted & found == set()


def test_placeholders_are_the_same_in_both_languages():
    with messages.ENGLISH.open("rb") as source:
        wrong = [
            message.id
            for message in read_po(source)
            if message.id and not _keeps_placeholders(message)
        ]

    assert wrong == []


def _keeps_placeholders(message) -> bool:
    if isinstance(message.id, str):
        return _placeholders(message.id) == _placeholders(message.string)
    # The English singular may say "one" and leave the number out.
    return _placeholders(message.id[1]) == _placeholders(message.string[1])


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def test_english_holds_no_chinese():
    with messages.ENGLISH.open("rb") as source:
        wrong = [message.id for message in read_po(source) if HAN.search(str(message.string))]

    assert wrong == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('"""文档。"""\n# 注释\nx = _("标题")', []),
        ('def f():\n    """文档。"""\n    return gettext_lazy("标题") % {"a": 1}', []),
        ('x = "标题"', [1]),
        ('x = _(\n    "标题"\n    "续行"\n)', []),
        ("x = f'共 {n} 项，{_(\"好\")}'", [1]),
        ('x = ngettext("%d 项", "%d 项", n)', []),
        ('x = {"a": _("标题"), "b": "值"}', [1]),
        ('x = f"{label}：{text}"', [1]),
    ],
)
def test_the_look_for_unmarked_chinese_sees_it(source, lines):
    assert sorted(set(_unmarked_chinese(source))) == lines


def test_every_chinese_text_in_code_is_marked_for_translation():
    unmarked = [
        f"{path.relative_to(messages.BASE_DIR)}:{line}"
        for path in _code()
        for line in _unmarked_chinese(path.read_text("utf-8"))
    ]

    assert unmarked == []


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ('{% translate "您好" %}{# 注释 #}<p lang="zh">{{ name }}</p>', ""),
        ("{% blocktranslate %}还剩 {{ n }} 小时{% endblocktranslate %}", ""),
        ('{% include "a.html" with title=_("标题") %}{{ v|default:_("无") }}', ""),
        ("{% comment %}注释{% endcomment %}<!-- 注释 -->", ""),
        ('<a lang="zh-hans">简体中文</a>', ""),
        ("<p>标题</p>", "标题"),
        ('<p title="标题">', "标题"),
        ('{% include "a.html" with title="标题" %}', "标题"),
        ('{{ v|default:"无" }}', "无"),
        ('{{ rows|join:"、" }}', "、"),
        ('{{ ngettext("共 %(n)s 项", "共 %(n)s 项", n) }}{{ pgettext("意见", "提") }}', ""),
        ('{{ pgettext("x", y) }}标题{{ f("值") }}', "标题值"),
    ],
)
def test_the_look_for_unmarked_chinese_in_templates_sees_it(source, bare):
    assert _unmarked_in_template(source) == bare


def test_every_chinese_text_in_templates_is_marked_for_translation():
    unmarked = {
        str(path.relative_to(messages.BASE_DIR)): text
        for path in (messages.BASE_DIR / "templates").rglob("*.*")
        if (text := _unmarked_in_template(path.read_text("utf-8")))
    }

    assert unmarked == {}


def _unmarked_in_template(source: str) -> str:
    for marked in (
        r"{%-?\s*(blocktrans|comment).*?{%\s*end\1\w*\s*%}",
        r"{%\s*trans.*?%}|{#.*?#}|<!--.*?-->",
        r"""\b(_|n?p?gettext)\((\s*(".*?"|'.*?'),?)+""",
        *NEVER_TRANSLATED,
    ):
        source = re.sub(marked, "", source, flags=re.DOTALL)
    return "".join(HAN.findall(source))


def _code() -> Iterator[Path]:
    for path in messages._files(messages.CODE, "*.py"):
        if not str(path.relative_to(messages.BASE_DIR)).startswith(DATA_IN_CODE):
            yield path


def _unmarked_chinese(source: str) -> Iterator[int]:
    tree = ast.parse(source)
    allowed = {id(node) for node in _docstrings(tree)} | {id(node) for node in _marked(tree)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and HAN.search(node.value)
            and node.value not in NEVER_TRANSLATED
            and id(node) not in allowed
        ):
            yield node.lineno


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _marked(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node.func) in MARKS:
            for argument in node.args:
                yield from ast.walk(argument)


def _name_of(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))
