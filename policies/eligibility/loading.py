"""From the files of a pack to a ``Pack``, refusing the first fault with file and line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from .amounts import Amount, AmountError, parse_formula
from .conditions import ALWAYS, Condition, ConditionError, both, parse_condition
from .facts import (
    Absent,
    DerivedKind,
    DerivedSpec,
    FactError,
    FactSpec,
    FactType,
    Registry,
    SizeInputs,
    SourceKind,
    Text,
    parse_day,
)
from .overriding import override_faults
from .packs import (
    GIVEN_ONCE,
    Clause,
    Combine,
    Department,
    Document,
    Effect,
    GivenPer,
    Jurisdiction,
    Kind,
    Measure,
    Note,
    Override,
    Pack,
    PackCase,
    PackError,
    Scope,
    Term,
    Topic,
    Validity,
)
from .size import Bounds, SizeStandard
from .words import Words, _
from .yaml_files import FileError, Located, parse_yaml

PACKS = Path(__file__).resolve().parent.parent / "packs"
SCHEMA = PACKS / "pack.schema.json"
WHOLE_PACK = {
    "pack.yaml": "pack_file",
    "documents.yaml": "documents_file",
    "facts.yaml": "facts_file",
    "topics.yaml": "topics_file",
    "sme_standard.yaml": "sme_standard_file",
    "departments.yaml": "departments_file",
}


@dataclass(frozen=True)
class ClauseFile:
    """The content of one clause file and its path inside the pack."""

    path: str
    content: Located


@dataclass(frozen=True)
class PackFiles:
    """The content of every file of a pack, each already held against the schema."""

    path: Path | None
    whole: Mapping[str, Located]
    clauses: tuple[ClauseFile, ...]


def default_pack_path() -> Path:
    """The only pack beside this code.

    Raises:
        PackError: none or several; then it has to be named.
    """
    found = sorted(path.parent for path in PACKS.glob("*/pack.yaml"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found)
        raise PackError(
            str(PACKS), _("应恰好有一个政策包，现有：%(names)s").with_values(names=names)
        )
    return found[0]


def pack_path(name: str | Path | None) -> Path:
    """The folder of a pack given by path, by name beside this code, or by nothing at all."""
    if name is None or not str(name):
        return default_pack_path()
    path = Path(name)
    beside = PACKS / path
    return beside if beside.is_dir() and not path.is_dir() else path


def load_pack(path: str | Path | None = None) -> Pack:
    """Read a pack.

    Args:
        path: its folder, or its name beside this code; the only pack there when None.

    Raises:
        PackError, FileError: with file and line of the first fault.
    """
    folder = pack_path(path)
    return build_pack(read_pack_files(folder_content(folder), path=folder))


@lru_cache(maxsize=4)
def cached_pack(path: str | None = None) -> Pack:
    """``load_pack``, read once in a process."""
    return load_pack(path)


def folder_content(folder: Path) -> dict[str, bytes]:
    """Every YAML file of a pack folder, byte for byte, by its path in the folder.

    Raises:
        PackError: there is no such folder, or a file of it cannot be read.
    """
    if not folder.is_dir():
        raise PackError(str(folder), _("没有这个政策包文件夹"))
    content = {}
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        try:
            content[name] = path.read_bytes()
        except OSError as error:
            raise PackError(name, error.strerror or str(error)) from error
    return content


def read_pack_files(
    content: Mapping[str, bytes], faults: list[PackError] | None = None, path: Path | None = None
) -> PackFiles:
    """Every file of a pack, each held against the schema.

    Args:
        content: the files of the pack by their path in it, as ``folder_content`` gives them.
        faults: when given, faulty clause files are noted there and left out instead of refused.
        path: where they were found, if anywhere.

    Raises:
        PackError: with file and line of the first fault.
    """
    whole = {name: _read(content, name, kind) for name, kind in WHOLE_PACK.items()}
    clauses = []
    for document in whole["documents.yaml"]["documents"]:
        for name in clause_files(content, document["folder"]):
            try:
                clauses.append(ClauseFile(name, _read(content, name, "clause_file")))
            except PackError as fault:
                if faults is None:
                    raise
                faults.append(fault)
    return PackFiles(path, whole, tuple(clauses))


def clause_files(content: Iterable[str], folder: str) -> list[str]:
    """The paths of the clause files of one document, in order."""
    return sorted(n for n in content if n.rpartition("/")[0] == folder and n.endswith(".yaml"))


def read_clause(raw: bytes, name: str) -> Located:
    """One clause file, held against the schema; never to be changed, for it is kept.

    Raises:
        PackError: with file and line.
    """
    return _parsed(raw, name, "clause_file")


def _read(content: Mapping[str, bytes], name: str, kind: str) -> Located:
    if name not in content:
        raise PackError(name, _("没有这个文件"))
    return _parsed(content[name], name, kind)


@lru_cache(maxsize=256)  # a pack is read again after an edit to one of its many files
def _parsed(raw: bytes, name: str, kind: str) -> Located:
    try:
        content = parse_yaml(raw, name)
    except FileError as refused:
        raise PackError(refused.place, refused.reason) from None
    error = best_match(_validator(kind).iter_errors(content))
    if error is not None:
        raise PackError(f"{name}:{_line_of(content, error.absolute_path)}", _why(error))
    return content


@lru_cache(maxsize=16)
def _validator(kind: str) -> Draft202012Validator:
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    return Draft202012Validator(_inlined(definitions[kind], definitions))


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with its references written out: they cost most of the time of a check."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(value, definitions) for key, value in schema.items()}


def _why(error: Any) -> Words:
    place = ".".join(str(step) for step in error.absolute_path) or "."
    return _("%(place)s 不合格式：%(problem)s").with_values(
        place=place, problem=error.message[:300]
    )


def _line_of(content: Any, path: Any) -> int:
    line = getattr(content, "line", 1)
    for step in path:
        if isinstance(content, Located) and isinstance(step, str):
            line = content.line_of(step)
        content = content[step]
        line = getattr(content, "line", line)
    return int(line)


# --- building ------------------------------------------------------------------------------------


def build_pack(files: PackFiles, faults: list[PackError] | None = None) -> Pack:
    """A pack from files that fit the schema.

    Args:
        files: what ``read_pack_files`` gave.
        faults: when given, faulty items are noted there and left out instead of refused.

    Raises:
        PackError: what the schema cannot see: unknown names, wrong conditions, two of a kind.
    """
    whole = files.whole
    registry = _registry(whole["facts.yaml"])
    jurisdictions = _jurisdictions(whole["documents.yaml"], registry)
    documents = _documents(whole["documents.yaml"], registry, jurisdictions)
    head = whole["pack.yaml"]
    case_day = _day(head, "case_day", "pack.yaml")
    builder = _Builder(registry, documents, jurisdictions, case_day, faults)
    for file in files.clauses:
        builder.add_clause(file)
    for fault in override_faults(builder.measures, documents, is_whole=not faults):
        if faults is None:
            raise fault
        faults.append(fault)
    return Pack(
        id=head["id"],
        version=head["version"],
        title=_text(head["title"]),
        path=files.path,
        registry=registry,
        size_standard=_size_standard(whole["sme_standard.yaml"], registry),
        jurisdictions=jurisdictions,
        documents=documents,
        departments=_departments(whole["departments.yaml"]),
        clauses=builder.clauses,
        measures=builder.measures,
        topics=_topics(whole["topics.yaml"], builder.measures),
    )


def _text(data: Mapping[str, Any]) -> Text:
    return Text(data["zh"], data["en"])


def _optional_text(data: Mapping[str, Any] | None) -> Text | None:
    return None if data is None else _text(data)


def _day(data: Located, key: str, file: str) -> date:
    return parse_day(data[key], f"{file}:{data.line_of(key)}")


def _registry(data: Located) -> Registry:
    facts: dict[str, FactSpec] = {}
    for entry in data["facts"]:
        _refuse_second(entry["name"], facts, f"facts.yaml:{entry.line}")
        facts[entry["name"]] = _fact(entry)
    derived: dict[str, DerivedSpec] = {}
    for entry in data.get("derived", []):
        _refuse_second(entry["name"], {**facts, **derived}, f"facts.yaml:{entry.line}")
        derived[entry["name"]] = _derived(entry, facts)
    size = data.get("size")
    inputs = (
        SizeInputs(size["class"], size["industry"], tuple(size["indicators"])) if size else None
    )
    return Registry(facts, derived, inputs)


def _refuse_second(name: str, seen: Mapping[str, Any], place: str) -> None:
    if name in seen:
        raise PackError(place, _("%(key)s 写了两次").with_values(key=name))


def _fact(entry: Located) -> FactSpec:
    place = f"facts.yaml:{entry.line}"
    kind = FactType(entry["type"])
    values = {key: _text(label) for key, label in entry.get("values", {}).items()}
    if (kind is FactType.ENUM) != bool(values):
        raise PackError(place, _("只有 enum 类型有取值列表，且必须有"))
    default = entry.get("default")
    if default is not None and default not in values:
        raise PackError(place, _("默认值不在取值列表中"))
    unit = entry.get("unit")
    return FactSpec(
        name=entry["name"],
        type=kind,
        label=_text(entry["label"]),
        question=_text(entry["question"]),
        source=SourceKind(entry["source"]),
        unit=_optional_text(unit),
        values=values,
        minimum=_fraction(entry.get("min")),
        maximum=_fraction(entry.get("max")),
        absent=Absent(entry.get("absent", "unknown")),
        default=default,
        line=entry.line,
    )


def _fraction(value: int | Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _derived(entry: Located, facts: Mapping[str, FactSpec]) -> DerivedSpec:
    place = f"facts.yaml:{entry.line}"
    kind = DerivedKind(entry["kind"])
    inputs = tuple(entry["from"])
    members = frozenset(entry.get("members", ()))
    for name in inputs:
        if name not in facts:
            raise PackError(place, _("没有名为 %(fact)s 的事实").with_values(fact=name))
    if (kind is DerivedKind.MEMBER) != bool(members):
        raise PackError(place, _("只有 member 有成员列表，且必须有"))
    if len(inputs) != (1 if kind is DerivedKind.MEMBER else 2):
        raise PackError(place, _("%(word)s 的项数不对").with_values(word="from"))
    if kind is DerivedKind.MEMBER:
        stray = set(members) - set(facts[inputs[0]].values)
    else:
        stray = {n for n in inputs if facts[n].type not in (FactType.INT, FactType.NUMBER)}
    if stray:
        raise PackError(place, _("不认识 %(word)s").with_values(word=min(stray)))
    return DerivedSpec(
        entry["name"],
        kind,
        inputs,
        _text(entry["label"]),
        _optional_text(entry.get("unit")),
        members,
        entry.line,
    )


def _size_standard(data: Located, registry: Registry) -> SizeStandard | None:
    inputs = registry.size_inputs
    if inputs is None:
        return None
    industries: dict[str, dict[str, Bounds]] = {}
    for entry in data["industries"]:
        place = f"sme_standard.yaml:{entry.line}"
        _refuse_second(entry["key"], industries, place)
        industries[entry["key"]] = {
            name: _bounds(bounds, name, inputs, place) for name, bounds in entry["bounds"].items()
        }
    if set(industries) != set(registry.facts[inputs.industry].values):
        place = f"sme_standard.yaml:{data.line_of('industries')}"
        raise PackError(place, _("行业与事实表中划型行业的取值不一致"))
    return SizeStandard(industries, inputs.industry, data["citation"]["zh"])


def _bounds(data: Located, name: str, inputs: SizeInputs, place: str) -> Bounds:
    bounds = Bounds(*(Fraction(data[grade]) for grade in ("small", "medium", "large")))
    if name not in inputs.indicators:
        raise PackError(place, _("没有名为 %(fact)s 的事实").with_values(fact=name))
    if not bounds.small < bounds.medium < bounds.large:
        raise PackError(place, _("小型、中型、大型的下限应依次增大"))
    return bounds


def _jurisdictions(data: Located, registry: Registry) -> dict[str, Jurisdiction]:
    found: dict[str, Jurisdiction] = {}
    for entry in data["jurisdictions"]:
        place = f"documents.yaml:{entry.line}"
        spec = registry.facts.get(entry["fact"])
        if spec is None or not set(entry["inside"]) <= set(spec.values):
            raise PackError(place, _("辖区的事实或取值不在事实表中"))
        _refuse_second(entry["key"], found, place)
        found[entry["key"]] = Jurisdiction(
            entry["key"], _text(entry["label"]), entry["fact"], frozenset(entry["inside"])
        )
    return found


def _documents(
    data: Located, registry: Registry, jurisdictions: Mapping[str, Jurisdiction]
) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for entry in data["documents"]:
        place = f"documents.yaml:{entry.line}"
        _refuse_second(entry["key"], found, place)
        if entry["jurisdiction"] not in jurisdictions:
            word = entry["jurisdiction"]
            raise PackError(place, _("不认识 %(word)s").with_values(word=word))
        day = _day(entry, "date", "documents.yaml")
        scope = entry.get("scope")
        found[entry["key"]] = Document(
            key=entry["key"],
            folder=entry["folder"],
            number=entry["number"],
            title=_text(entry["title"]),
            issuer=_text(entry["issuer"]),
            level=entry["level"],
            date=day,
            jurisdiction=entry["jurisdiction"],
            validity=_validity(entry["valid"], "documents.yaml", day),
            scope=None if scope is None else _scope(scope, registry, entry["key"]),
            scope_note=_optional_text(entry.get("scope_note")),
        )
    return found


def _scope(data: Located, registry: Registry, document: str) -> Condition:
    try:
        return parse_condition(data, registry, document, "scope")
    except ConditionError as refused:
        place = f"documents.yaml:{data.line}"
        raise PackError(place, f"{refused.place}: {refused.reason}") from refused


def _validity(data: Located, file: str, first: date) -> Validity:
    last = _day(data, "until", file) if "until" in data else None
    return Validity(
        first=_day(data, "from", file) if "from" in data else first,
        last=last,
        term=Term(data["term"]),
        basis=_text(data["basis"]),
        inferred=data.get("inferred", False),
    )


def _departments(data: Located) -> tuple[Department, ...]:
    return tuple(
        Department(
            _text(entry["name"]),
            entry["level"],
            {document: tuple(names) for document, names in entry.get("printed", {}).items()},
        )
        for entry in data["departments"]
    )


def _topics(data: Located, measures: Mapping[str, Measure]) -> dict[str, Topic]:
    """The topics of the file, and one of its own for every measure that shares none."""
    found: dict[str, Topic] = {}
    for entry in data["topics"]:
        _refuse_second(entry["topic"], found, f"topics.yaml:{entry.line}")
        combine = Combine(entry["combine"])
        found[entry["topic"]] = Topic(
            key=entry["topic"],
            label=_text(entry["label"]),
            combine=combine,
            members=tuple(entry["members"]),
            money_once=combine in GIVEN_ONCE or entry.get("money") == "once",
            preferred=tuple(entry.get("prefer", ())),
            note=_text(entry["rule"]),
            line=entry.line,
        )
    for measure in measures.values():
        if measure.topic not in found:
            found[measure.topic] = Topic(
                measure.topic, measure.label, Combine.ANY_ONE, (measure.id,), money_once=True
            )
    return found


class _Builder:
    """Collects clauses and measures file by file."""

    def __init__(
        self,
        registry: Registry,
        documents: Mapping[str, Document],
        jurisdictions: Mapping[str, Jurisdiction],
        case_day: date,
        faults: list[PackError] | None,
    ) -> None:
        self.registry = registry
        self.documents = documents
        self.jurisdictions = jurisdictions
        self.case_day = case_day
        self.faults = faults
        self.clauses: dict[str, Clause] = {}
        self.measures: dict[str, Measure] = {}

    def add_clause(self, file: ClauseFile) -> None:
        data = file.content
        document = self.documents.get(data["document"])
        if document is None or not file.path.startswith(f"{document.folder}/"):
            place = f"{file.path}:{data.line_of('document')}"
            self._fault(PackError(place, _("文件不在这份文件的文件夹中")))
            return
        clause = f"{document.key}-{data['clause']}"
        try:
            _refuse_second(clause, self.clauses, f"{file.path}:{data.line_of('clause')}")
        except PackError as fault:
            self._fault(fault)
            return
        self.clauses[clause] = Clause(
            document.key,
            data["clause"],
            _text(data["summary"]),
            tuple(item["id"] for item in data["items"]),
            file.path,
        )
        for item in data["items"]:
            self._add_item(item, file, document)

    def _add_item(self, item: Located, file: ClauseFile, document: Document) -> None:
        try:
            _refuse_second(item["id"], self.measures, f"{file.path}:{item.line}")
            self.measures[item["id"]] = self._measure(item, file, document)
        except PackError as fault:
            self._fault(fault)
        except FactError as fault:
            self._fault(PackError(fault.place, fault.reason))

    def _fault(self, fault: PackError) -> None:
        if self.faults is None:
            raise fault
        self.faults.append(fault)

    def _measure(self, item: Located, file: ClauseFile, document: Document) -> Measure:
        data = file.content
        clause = f"{document.key}-{data['clause']}"
        place = f"{file.path}:{item.line}"
        if not item["id"].startswith(clause):
            raise PackError(place, _("编号应以 %(clause)s 开头").with_values(clause=clause))
        apply = item.get("apply") or data.get("apply")
        if apply is None:
            raise PackError(place, _("没有写明如何办理（apply）"))
        own = self._condition(item, clause, file)
        scope, scope_note = _scope_of(item, document, place)
        is_scoped = scope in (Scope.APPLIED, Scope.DOUBTFUL) and document.scope is not None
        valid = item.get("valid") or data.get("valid")
        return Measure(
            id=item["id"],
            document=document.key,
            number=data["clause"],
            label=_text(item["label"]),
            summary=_text(item.get("summary") or data["summary"]),
            kind=Kind(item["kind"]),
            strength=item["strength"],
            topic=item["topic"],
            benefit_types=tuple(item["benefit_types"]),
            departments=tuple(item.get("departments") or data["departments"]),
            apply=_text(apply),
            validity=(
                _validity(valid, file.path, document.validity.first) if valid else document.validity
            ),
            jurisdiction=self.jurisdictions[document.jurisdiction],
            scope=scope,
            scope_note=scope_note,
            own_condition=own,
            when=both(document.scope, own) if is_scoped and document.scope else own,
            amount=self._amount(item, file),
            notes=tuple(Note(_text(n), n.get("reading")) for n in item.get("notes", ())),
            cases=tuple(self._case(case, file.path) for case in item.get("cases", ())),
            overrides=tuple(
                Override(
                    entry["id"],
                    Effect(entry.get("effect", "replaces")),
                    _day(entry, "from", file.path),
                    _text(entry["basis"]),
                    entry.line,
                )
                for entry in item.get("overrides", ())
            ),
            file=file.path,
            line=item.line,
            papers=tuple(_text(one) for one in item.get("papers") or data.get("papers", ())),
            needs_application=item.get("needs_application", item["kind"] == Kind.BENEFIT.value),
            given_per=GivenPer(item.get("given_per", "enterprise")),
        )

    def _condition(self, item: Located, clause: str, file: ClauseFile) -> Condition:
        if "when" not in item:
            return ALWAYS
        try:
            return parse_condition(item["when"], self.registry, clause)
        except ConditionError as refused:
            place = f"{file.path}:{_line_in(item, refused.place)}"
            raise PackError(place, f"{refused.place}: {refused.reason}") from refused

    def _amount(self, item: Located, file: ClauseFile) -> Amount | None:
        data = item.get("amount")
        if data is None:
            return None
        try:
            return Amount(_text(data["name"]), parse_formula(data["formula"], self.registry))
        except AmountError as refused:
            place = f"{file.path}:{_line_in(item, refused.place)}"
            raise PackError(place, f"{refused.place}: {refused.reason}") from refused

    def _case(self, case: Located, file: str) -> PackCase:
        amount = case.get("amount")
        missing = case.get("missing")
        return PackCase(
            name=case["name"],
            facts=dict(case["facts"]),
            as_of=_day(case, "as_of", file) if "as_of" in case else self.case_day,
            verdict=case["expect"],
            amount=None if amount is None else Decimal(amount),
            checks_amount="amount" in case,
            missing=None if missing is None else frozenset(missing),
            line=case.line,
        )


def _scope_of(item: Located, document: Document, place: str) -> tuple[Scope, Text | None]:
    data = item.get("scope_clause")
    if (data is None) != (document.scope is None):
        raise PackError(place, _("文件有适用对象一节时，应写明是否适用（scope_clause），否则不写"))
    if data is None:
        return Scope.NONE, None
    return Scope(data["applies"]), _optional_text(data.get("reason"))


def _line_in(item: Located, place: str) -> int:
    """The line of a place such as ``when.all[1].fact`` inside an item, as near as it is known."""
    current: Any = item
    line = item.line
    for step in place.replace("[", ".[").split("."):
        if isinstance(current, Located):
            if step not in current:
                break
            line = current.line_of(step)
            current = current[step]
        elif isinstance(current, list) and step.startswith("["):
            current = current[int(step[1:-1])]
        line = getattr(current, "line", line)
    return line
