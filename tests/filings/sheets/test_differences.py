from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.sheets.differences import Change, compare


@dataclass
class Person:
    index: str
    name: str
    team: str


def people(*rows):
    return {row[0]: Person(*row) for row in rows}


def differences(old, new):
    return compare(old, new, key=lambda row: row.index, fields=("name", "team"))


def test_every_row_falls_into_one_group():
    old = people(("a", "张三", "甲"), ("b", "李四", "甲"), ("c", "王五", "甲"))
    new = people(("d", "赵六", "乙"), ("b", "李四", "乙"), ("a", "张三", "甲"))

    found = differences(old, new.values())

    assert found.added == [("d", new["d"])]
    assert found.changed == [("b", old["b"], new["b"], [Change("team", "甲", "乙")])]
    assert found.removed == [("c", old["c"])]
    assert found.same == [("a", old["a"], new["a"])]
    assert found.counts == {"added": 1, "changed": 1, "removed": 1, "same": 1}
    assert not found.nothing


def test_the_same_list_changes_nothing():
    old = people(("a", "张三", "甲"))

    assert differences(old, old.values()).nothing


def test_mappings_and_objects_may_be_compared():
    found = differences({"a": {"name": "张三", "team": "甲"}}, [Person("a", "张三", "乙")])

    assert found.changed[0][3] == [Change("team", "甲", "乙")]


def test_two_new_rows_with_one_key_are_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="share a key"):
        differences({}, [Person("a", "张三", "甲"), Person("a", "李四", "甲")])


rows = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.sampled_from("xy"), st.sampled_from("xy"))
)


@given(rows, rows)
def test_applying_the_differences_gives_the_new_list(before, after):
    old = {index: Person(index, *rest) for index, rest in before.items()}
    new = {index: Person(index, *rest) for index, rest in after.items()}

    found = differences(old, new.values())

    result = {index: (row.name, row.team) for index, row in old.items()}
    for index, _row in found.removed:
        del result[index]
    for index, row in found.added:
        assert index not in result
        result[index] = (row.name, row.team)
    for index, _before, _after, changes in found.changed:
        values = dict(zip(("name", "team"), result[index], strict=True))
        for change in changes:
            assert values[change.field] == change.old
            values[change.field] = change.new
        result[index] = (values["name"], values["team"])
    assert result == after
