"""The translation catalogue, kept with Babel alone: no gettext has to be on the machine.

`python -m jiaozuo_portal.messages update` collects the marked texts into the English .po file;
`compile` makes the .mo files that Django reads; `check` names what is not translated yet.
"""

import ast
import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
LOCALE_DIR = BASE_DIR / "jiaozuo_portal" / "locale"
ENGLISH = LOCALE_DIR / "en" / "LC_MESSAGES" / "django.po"
#: The language that the texts in code and templates are written in.
SOURCE = "zh_Hans"
CODE = ("jiaozuo_portal", "filings", "policies")

# What each function takes: the place of the text, of its plural, and of its context.
_Places = tuple[int | tuple[int, str], ...] | None
KEYWORDS: dict[str, _Places] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(
    rf"(?<!\w)(?P<function>_|n?p?gettext)\((?P<texts>{_LITERAL}(?:,\s*{_LITERAL})*)", re.DOTALL
)


def collect() -> Catalog:
    """Every text that is marked for translation in Python code and templates."""
    catalog = Catalog(project="portal", charset="utf-8")
    for text, context in marked():
        catalog.add(text, context=context)
    return catalog


def marked() -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """The marked texts as they stand, each as (text or (singular, plural), context or None)."""
    for path in _files(CODE, "*.py"):
        for found in extract("python", io.BytesIO(path.read_bytes()), keywords=KEYWORDS):
            _, text, _, context = found
            yield text, context
    for path in _files(("templates", *CODE), "*.html"):
        yield from texts_of_template(path.read_text("utf-8"))
    for path in _files(("templates",), "*.jinja"):
        yield from texts_of_jinja(path.read_text("utf-8"))


def texts_of_template(source: str) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """The texts of one template, each as (text or (singular, plural), context or None)."""
    for call in _CALL.finditer(templatize(source)):
        # SECURITY: literal_eval reads a quoted string and runs nothing.
        texts = [ast.literal_eval(found) for found in re.findall(_LITERAL, call["texts"])]
        context = texts.pop(0) if "p" in call["function"].replace("gettext", "") else None
        yield (texts[0], texts[1]) if call["function"].startswith("n") else texts[0], context


def texts_of_jinja(source: str) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """The same for a template of the quicker engine."""
    options = {"silent": "false"}
    file = io.BytesIO(source.encode())
    for _, text, _, context in extract("jinja2", file, keywords=KEYWORDS, options=options):
        yield text, context


def update(path: Path = ENGLISH) -> None:
    """Bring a .po file up to date: new texts come in empty, texts that are gone go out."""
    catalog = _read(path) if path.exists() else Catalog(locale="en", charset="utf-8")
    catalog.update(collect(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalog, width=100, no_location=True, sort_output=True)


def compile_all() -> None:
    """Make the .mo file beside every .po file, and that of the language they are written in.

    There every text is its own translation. Without it each look-up of a page would search all
    catalogues twice before it gave the text back.
    """
    for path in LOCALE_DIR.rglob("*.po"):
        _compile(_read(path), path.with_suffix(".mo"))
    own = Catalog(locale=SOURCE, charset="utf-8")
    for message in _read(ENGLISH):
        if message.id:
            said = message.id if isinstance(message.id, str) else (message.id[1],)
            own.add(message.id, said, context=message.context)
    _compile(own, LOCALE_DIR / SOURCE / "LC_MESSAGES" / "django.mo")


def _compile(catalog: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_mo(target, catalog)


def untranslated(path: Path = ENGLISH) -> list[str]:
    """The marked texts that a .po file lacks, leaves empty or calls fuzzy."""
    known = _read(path) if path.exists() else Catalog(locale="en")
    return sorted(
        str(message.id)
        for message in collect()
        if message.id and not _is_complete(known.get(message.id, message.context))
    )


def _is_complete(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(texts)


def _read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source)


def _files(folders: tuple[str, ...], pattern: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((BASE_DIR / folder).rglob(pattern)):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def check() -> None:
    """Print what is not translated; ends with 1 where something is missing."""
    missing = untranslated()
    sys.stdout.writelines(f"{text}\n" for text in missing)
    sys.exit(1 if missing else 0)


def main(arguments: list[str]) -> None:
    """Run one of the commands by its name."""
    commands: dict[str, Callable[[], None]] = {
        "update": update,
        "compile": compile_all,
        "check": check,
    }
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.exit(f"usage: python -m jiaozuo_portal.messages {'|'.join(commands)}")
    commands[arguments[0]]()


if __name__ == "__main__":
    main(sys.argv[1:])
