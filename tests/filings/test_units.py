import pytest
from django.utils.translation import override

from filings.queries.answers import answers_of
from filings.sections import SCHEME


@pytest.mark.parametrize(
    ("language", "units"),
    [("zh-hans", {"3": "个", "1": "个"}), ("en", {"3": "entrances", "1": "entrance"})],
)
def test_the_unit_agrees_with_its_number_in_the_readers_language(language, units):
    with override(language):
        parts = answers_of(SCHEME, {"gates_before": "3", "gates_after": "1"})
        answers = {
            item.path: item for part in parts for item in part.items if hasattr(item, "unit")
        }

    assert {
        answers[path].value: answers[path].unit for path in ("gates_before", "gates_after")
    } == (units)
    assert answers["duties"].unit == ""
