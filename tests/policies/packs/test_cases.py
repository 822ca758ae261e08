"""Every case that stands beside an item in the pack comes out as it says."""

import pytest

from policies.eligibility import judge, load_pack
from policies.eligibility.packs import Measure, PackCase

PACK = load_pack()
CASES = list(PACK.cases())


@pytest.mark.parametrize(
    ("measure", "case"), CASES, ids=[f"{m.file}:{c.line}-{c.name}" for m, c in CASES]
)
def test_case_comes_out_as_written(measure: Measure, case: PackCase) -> None:
    result = judge(PACK, case.facts, case.as_of, [measure.id]).results[measure.id]

    assert result.verdict == case.verdict
    if case.checks_amount:
        assert result.amount == case.amount
    if case.missing is not None:
        assert set(result.missing) == case.missing
