"""Official lists and announced values: dated, corrected, withdrawn, and read by the judge."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from filings.public import NotAllowed, Refused, Stale
from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain import kept, list_sheets
from policies.domain.declarations import declare
from policies.models import Announced, ListEntry, OfficialList, Rematch
from policies.queries.facts import gather
from policies.queries.kept import kept_for
from policies.queries.packs import published_rules
from policies.queries.rematch_progress import waiting
from tests import factories as make
from tests.factories import NOW
from tests.factories.policies import FACTS, publish_pack

pytestmark = pytest.mark.django_db

LISTED = "on_city_key_supplies_list"
DAY = date(2020, 3, 2)


@pytest.fixture(autouse=True)
def _pack(clock_at, tmp_path, monkeypatch):
    clock_at(NOW)
    fact = {
        "name": LISTED,
        "type": "bool",
        "source": "list",
        "label": {"zh": "市级名单", "en": "City list"},
        "question": {"zh": "在市级名单上？", "en": "On the city list?"},
    }
    monkeypatch.setitem(FACTS, "facts", [*FACTS["facts"], fact])
    publish_pack(tmp_path)


@pytest.fixture
def keeper():
    return make.officer("policy")


@pytest.fixture
def filing():
    return make.filing()


def line(filing, **more):
    return kept.Line(
        **{
            "uscc": filing.enterprise.uscc,
            "name": filing.enterprise.name,
            "valid_from": date(2020, 2, 20),
            "valid_until": None,
            "source": "市名单第1批",
            "source_date": date(2020, 2, 18),
        }
        | more
    )


def known(filing, day=DAY):
    read = kept_for([filing.enterprise.uscc], day)
    return gather(filing, published_rules().pack.registry, kept=read)


def test_who_is_on_a_list_has_the_fact_on_its_days_only(filing, keeper):
    kept.enter(LISTED, [line(filing, valid_until=date(2020, 3, 10))], by=keeper, at=NOW)

    days = [date(2020, 2, 19), date(2020, 2, 20), date(2020, 3, 10), date(2020, 3, 11)]
    assert [known(filing, day).values.get(LISTED) for day in days] == [None, True, True, False]
    assert known(filing).origins[LISTED].source == "list"


def test_who_is_not_on_a_list_is_unknown_until_the_list_is_complete(filing, keeper):
    kept.enter(LISTED, [line(make.filing())], by=keeper, at=NOW)
    before = known(filing).values.get(LISTED)

    kept.declare_complete(LISTED, DAY, by=keeper, at=NOW)

    assert before is None
    assert known(filing).values[LISTED] is False
    assert known(filing, DAY - timedelta(days=1)).values.get(LISTED) is None


def test_a_list_wins_over_an_answer_and_an_open_list_leaves_the_answer(filing, keeper):
    owner = make.owner_of(filing.enterprise)
    declare(filing, LISTED, False, by=owner, at=NOW)
    answered = known(filing).values[LISTED]

    kept.enter(LISTED, [line(filing)], by=keeper, at=NOW)

    found = known(filing)
    assert (answered, found.values[LISTED]) == (False, True)
    assert [one.fact for one in found.unused] == [LISTED]


def test_a_change_asks_for_the_filings_of_those_enterprises_alone(filing, keeper):
    make.filing()
    OutboxRow.objects.all().delete()

    kept.enter(LISTED, [line(filing)], by=keeper, at=NOW)

    asked = OutboxRow.objects.filter(kind="support.match").values_list("subject", flat=True)
    assert list(asked) == [str(filing.pk)]


def test_a_corrected_entry_keeps_the_one_before_it(filing, keeper):
    kept.enter(LISTED, [line(filing)], by=keeper, at=NOW)

    done = kept.enter(LISTED, [line(filing, valid_until=DAY)], by=keeper, at=NOW)
    again = kept.enter(LISTED, [line(filing, valid_until=DAY)], by=keeper, at=NOW)

    assert (done, again) == (kept.Entered(0, 1, 0), kept.Entered(0, 0, 1))
    rows = ListEntry.objects.order_by("pk").values_list("valid_until", "ending")
    assert list(rows) == [(None, "corrected"), (DAY, "")]


def test_an_entry_is_taken_off_once(filing, keeper):
    kept.enter(LISTED, [line(filing)], by=keeper, at=NOW)
    entry = ListEntry.objects.get()

    kept.take_off(entry, by=keeper, at=NOW)

    assert known(filing).values.get(LISTED) is None
    with pytest.raises(Stale):
        kept.take_off(entry, by=keeper, at=NOW)


def test_another_agency_and_an_enterprise_write_to_no_list(filing, keeper):
    kept.enter(LISTED, [line(filing)], by=keeper, at=NOW)

    for stranger in (
        make.officer("city"),
        make.officer("bureau"),
        make.owner_of(filing.enterprise),
    ):
        with pytest.raises(NotAllowed):
            kept.enter(LISTED, [line(make.filing())], by=stranger, at=NOW)
    assert OfficialList.objects.get().keeper_id == keeper.posts[0].agency_id
    assert ListEntry.objects.count() == 1


def test_a_fact_that_is_no_list_is_refused(filing, keeper):
    with pytest.raises(Refused):
        kept.enter("insured", [line(filing)], by=keeper, at=NOW)
    assert OfficialList.objects.count() == 0


def rate(keeper, value, since):
    return kept.announce(
        "lpr_1y_pct",
        Decimal(value),
        since=since,
        source="公告",
        source_date=since,
        by=keeper,
        at=NOW,
    )


def test_the_value_of_the_day_that_is_judged_counts(filing, keeper):
    rate(keeper, "4.15", date(2019, 11, 20))
    rate(keeper, "4.05", date(2020, 2, 20))

    days = [date(2019, 11, 19), date(2020, 2, 19), date(2020, 2, 20)]
    found = [known(filing, day).values.get("lpr_1y_pct") for day in days]
    assert [None if one is None else str(one) for one in found] == [None, "4.15", "4.05"]
    assert known(filing).origins["lpr_1y_pct"].source == "setting"


def test_a_value_is_corrected_for_its_day_and_taken_back(filing, keeper):
    rate(keeper, "4.15", date(2019, 11, 20))
    wrong = rate(keeper, "5.04", date(2020, 2, 20))
    right = rate(keeper, "4.05", date(2020, 2, 20))
    wrong.refresh_from_db()

    kept.take_back(right, by=keeper, at=NOW)

    assert wrong.ending == "corrected"
    assert str(known(filing).values["lpr_1y_pct"]) == "4.15"
    assert Announced.objects.count() == 3


def test_an_announcement_asks_for_every_filing(filing, keeper):
    other = make.filing()
    OutboxRow.objects.all().delete()

    rate(keeper, "4.05", DAY)

    last = Rematch.objects.first()
    assert last.cause == "kept"
    assert set(waiting(last.pk)) == {filing, other}
    assert set(OutboxRow.objects.values_list("kind", flat=True)) == {"support.rematch"}


def test_what_is_kept_for_many_takes_three_queries(filing, keeper, django_assert_num_queries):
    kept.enter(LISTED, [line(filing)], by=keeper, at=NOW)
    codes = [filing.enterprise.uscc, *(make.filing().enterprise.uscc for _ in range(3))]

    with django_assert_num_queries(3):
        found = kept_for(codes, DAY)
        told = [found.of(code) for code in codes]

    assert [len(one) for one in told] == [1, 0, 0, 0]


def test_an_exported_list_is_read_again_the_same(filing, keeper):
    kept.enter(LISTED, [line(filing), line(make.filing(), valid_until=DAY)], by=keeper, at=NOW)
    entries = list(ListEntry.objects.all())

    sheet = list_sheets.read_list(list_sheets.export("名单", entries), "a.xlsx")

    assert sheet.faults == ()
    assert kept.enter(LISTED, sheet.lines, by=keeper, at=NOW) == kept.Entered(0, 0, 2)
    assert list_sheets.uncarried(list_sheets.carried(sheet.lines)) == sheet.lines


def test_every_bad_cell_is_named_with_what_would_be_right(filing):
    code = filing.enterprise.uscc
    rows = [
        "统一社会信用代码,企业名称,列入日期,有效期至,依据文件,文件日期",
        f"{code},甲厂,2020-02-20,,名单,2020-02-18",
        f"{code},甲厂,2020-02-20,,名单,2020-02-18",
        "123,,2020-02-30,,名单,2020-02-18",
    ]

    sheet = list_sheets.read_list("\n".join(rows).encode(), "a.csv")

    assert sheet.lines == ()
    assert [(one.row, one.column) for one in sheet.faults] == [
        (3, "A"),
        (4, "A"),
        (4, "B"),
        (4, "C"),
    ]
    assert all(one.message and one.expected for one in sheet.faults)


def test_the_template_can_be_filled_in_and_an_empty_one_is_no_list():
    sheet = list_sheets.read_list(list_sheets.template(), "a.xlsx")

    assert [one.message for one in sheet.faults] == ["表里没有企业"]
