"""Each kind of fault is found in a spoilt copy of the pack, by file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from policies.eligibility import PackError, load_pack
from policies.eligibility.checking import Fault, check_pack
from policies.eligibility.loading import default_pack_path, pack_path

RENT = "yuzheng-2020-9/12.yaml"
REBATE = "yuzheng-2020-9/17.yaml"
Spoil = Callable[[str, str, str], list[Fault]]


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """`spoil(file, old, new)`: the faults of a copy in which one text is replaced."""
    copy = tmp_path / "pack"
    shutil.copytree(default_pack_path(), copy)

    def replace(file: str, old: str, new: str) -> list[Fault]:
        path = copy / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return check_pack(copy)

    return replace


def line_of(file: str, text: str) -> int:
    lines = (default_pack_path() / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_the_pack_of_the_portal_is_fit() -> None:
    assert check_pack() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (RENT, "fact: cannot_operate_normally", "fact: cannot_operate", "没有名为 cannot_operate"),
        (RENT, "{ fact: is_sme, eq: true }", "{ fact: is_sme, eq: 1 }", "应为 true 或 false"),
        (RENT, "{ fact: is_sme, eq: true }", "{ fact: is_sme, lt: true }", "没有大小之分"),
        (RENT, "{ fact: is_sme, eq: true }", "{ fact: enterprise_size, in: [] }", "非空"),
        (RENT, "{ fact: is_sme, eq: true }", "{ fact: enterprise_size, eq: tiny }", "取值"),
        (RENT, "{ fact: monthly_rent_yuan }", "{ fact: is_sme }", "不是数字"),
        (RENT, "{ figure: 1, clause: 豫政9-12 }", "{ figure: 1 }", "数字没有注明条款"),
        (RENT, "{ figure: 1, clause: 豫政9-12 }", "{ figure: 1, clause: 豫政9-77 }", "没有条款"),
        (RENT, "monthly_rent_yuan: 10000 }", "monthly_rent_yuan: -5 }", "不能小于 0"),
        (RENT, "facts: { enterprise_size: small, rents_state", "facts: { size: small, rents_state",
         "没有这个事实名称"),
        (RENT, 'amount: "20000.00"', 'amount: "20000.01"', "不成立"),
        (RENT, "missing: [rents_state_owned_premises]", "missing: []", "不成立"),
        (RENT, "topic: rent\n", "topic: rental\n", "不属于这个主题"),
        (RENT, "departments: [省政府国资委", "departments: [省国资委员会", "部门表中没有"),
        (RENT, "kind: information", "kind: duty of government only", "政府职责"),
        (RENT, "kind: information", "kind: gift", "不合格式"),
        (RENT, "kind: information", "needs_application: true\n    kind: duty of government only",
         "政府职责不能申请"),
        (RENT, "kind: information", "needs_application: maybe\n    kind: information", "不合格式"),
        (RENT, "given_per: site", "given_per: firm", "不合格式"),
        (RENT, "    kind: information", "    given_per: site\n    kind: information",
         "不写每个厂区或每笔一次"),
        ("yuzheng-2020-9/14.yaml", "    topic: housing_fund\n",
         "    topic: housing_fund\n    given_per: site\n", "有的按企业、有的按厂区"),
        (RENT, "    strength: entitlement\n", "", "不合格式"),
        (RENT, "  - id: 豫政9-12b", "  - id: 豫政9-12a", "写了两次"),
        (RENT, "  - id: 豫政9-12b", "  - id: 豫政9-13c", "应以"),
        (RENT, "clause: 12\n", "clause: 14\n", ""),
        (REBATE, "le: 5.5, clause: 豫政9-17 }", "le: 5.5 }", "数字没有注明条款"),
        (REBATE, "      until: 2020-12-31\n", "", "没有截止日期"),
        (REBATE, "      term: dated\n", "      term: open\n", "没有写明是有期限的"),
        (REBATE, "until: 2020-12-31", "until: 2020-01-31", "早于开始日期"),
        (REBATE, "until: 2020-12-31", "until: 2020-12-32", "没有这一天"),
        (REBATE, "as_of: 2021-01-01", "as_of: 2021-13-01", "没有这一天"),
        ("yuzheng-2020-9/13.yaml", "term: event", "term: open", "随事件结束"),
        ("topics.yaml", "    prefer: [豫政9-12a]\n", "", "prefer_firm_rule"),
        ("topics.yaml", "prefer: [豫政9-12a]", "prefer: [豫政9-12b]", "不在成员之中"),
        ("topics.yaml", "members: [豫政9-14b, 豫政9-14c]", "members: [豫政9-14b]", "如何合并"),
        ("topics.yaml", "combine: choose_one", "combine: best", "不合格式"),
        ("facts.yaml", "type: bool", "type: flag", "不合格式"),
        ("facts.yaml", "  - name: employees\n", "  - name: district\n", "写了两次"),
        ("facts.yaml", "default: enterprise", "default: company", "默认值"),
        ("facts.yaml", "members: [medium,", "members: [middle,", "不认识 middle"),
        ("facts.yaml", "from: [layoff_count,", "from: [layoffs,", "没有名为 layoffs"),
        ("facts.yaml", "from: [layoff_count,", "from: [district,", "不认识 district"),
        ("documents.yaml", "jurisdiction: henan", "jurisdiction: hebei", "不认识 hebei"),
        ("documents.yaml", "fact: is_sme, eq: true", "fact: sme, eq: true", "没有名为 sme"),
        ("sme_standard.yaml", "key: retail", "key: retailing", "不一致"),
        ("sme_standard.yaml", "small: 500, medium: 1000", "small: 5000, medium: 1000", "依次增大"),
        ("jiaozhengban-2020-4/09.yaml", "    scope_clause: { applies: applied }\n", "", "适用对象"),
    ],
)  # fmt: skip
def test_a_fault_is_named(file: str, old: str, new: str, says: str, spoil: Spoil) -> None:
    faults = spoil(file, old, new)

    assert faults
    assert all(fault.line > 0 for fault in faults)
    assert any(says in str(fault) for fault in faults), [str(fault) for fault in faults]


CONDITION = "{ fact: is_sme, eq: true }"
RENT_OF = "{ fact: monthly_rent_yuan, le: %s, clause: 豫政9-12 }"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (CONDITION, "{not: " * 10_000 + "{}" + "}" * 10_000, "嵌套过深"),
        (CONDITION, "[" * 10_000 + "]" * 10_000, "嵌套过深"),
        (CONDITION, "{not: " * 14 + CONDITION + "}" * 14, "嵌套过深"),
        (CONDITION, '{ fact: "a\\0b\\u202e", eq: true }', "没有名为"),
        (CONDITION, "!!python/object/apply:os.system [id]", "could not determine"),
        (CONDITION, "{ fact: is_sme, eq: true, eq: false }", "写了两次"),
        (CONDITION, RENT_OF % "-1", "不能小于 0"),
        (CONDITION, RENT_OF % "1e999999999", "应为"),
        (CONDITION, RENT_OF % ".nan", "应为"),
        ("monthly_rent_yuan: 10000 }", "monthly_rent_yuan: -0.01 }", "不能小于 0"),
        ("monthly_rent_yuan: 10000 }", "monthly_rent_yuan: " + "9" * 5000 + " }", ""),
        ('amount: "20000.00"', 'amount: "-20000.00"', "不合格式"),
        ('amount: "20000.00"', "as_of: 2020-02-30", "没有这一天"),
        ('amount: "20000.00"', "as_of: 9999-12-31", "1900"),
        ("clause: 12\n", "clause: " + "1" * 5000 + "\n", ""),
    ],
)  # fmt: skip
def test_hostile_input_is_refused_with_its_place(
    old: str, new: str, says: str, spoil: Spoil
) -> None:
    faults = spoil(RENT, old, new)

    assert faults
    assert {fault.file for fault in faults} <= {RENT, "topics.yaml"}
    assert all(fault.line > 0 for fault in faults)
    assert any(says in str(fault) for fault in faults), [str(fault) for fault in faults]


def test_the_line_is_the_line_of_the_fault(spoil: Spoil) -> None:
    wanted = line_of(REBATE, "layoff_rate_pct, le: 5.5, clause: 豫政9-17")

    faults = spoil(REBATE, "le: 5.5, clause: 豫政9-17 }", "le: many, clause: 豫政9-17 }")

    assert (faults[0].file, faults[0].line) == (REBATE, wanted)


def test_a_missing_case_is_named_by_its_verdict(tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(default_pack_path(), copy)
    path = copy / "yuzheng-2020-9" / "14.yaml"
    text = path.read_text("utf-8")
    start = text.index("      - name: 没有困难的不符合")
    end = text.index("      - name:", start + 10)
    path.write_text(text[:start] + text[end:], "utf-8")

    assert [(f.file, str(f.problem)) for f in check_pack(copy)] == [
        ("yuzheng-2020-9/14.yaml", "缺少结论为 not_eligible 的案例")
    ]


def test_a_tie_in_a_topic_is_named(spoil: Spoil) -> None:
    faults = spoil(REBATE, "{ percent: 50, clause: 豫政9-17 }", "{ percent: 60, clause: 豫政9-17 }")

    assert ("topics.yaml", line_of("topics.yaml", "topic: ui_rebate")) in [
        (fault.file, fault.line) for fault in faults
    ]


def test_several_faults_are_all_named(spoil: Spoil) -> None:
    spoil(RENT, "kind: information", "kind: gift")
    faults = spoil(REBATE, "fact: recovery_hopeful", "fact: recovery")

    assert {RENT, REBATE} <= {fault.file for fault in faults}


def test_an_alias_that_could_make_a_circle_is_refused(spoil: Spoil) -> None:
    faults = spoil(RENT, "      all:\n", "      all: &circle\n        - *circle\n")

    assert (faults[0].file, str(faults[0].problem)) == (RENT, "不能使用别名")


def test_a_pack_that_is_spoilt_is_not_loaded(tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(default_pack_path(), copy)
    (copy / RENT).write_text("document: 豫政9\n", "utf-8")

    with pytest.raises(PackError, match=r"^yuzheng-2020-9/12\.yaml:1: "):
        load_pack(copy)


def test_a_pack_is_found_by_path_or_by_name(tmp_path: Path) -> None:
    assert pack_path(None) == pack_path("jiaozuo-2020") == default_pack_path()
    assert pack_path(tmp_path) == tmp_path
    with pytest.raises(PackError):
        load_pack(tmp_path / "nowhere")
    with pytest.raises(PackError, match=r"pack\.yaml"):
        load_pack(tmp_path)
