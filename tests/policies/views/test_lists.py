"""The pages of official lists and announced values."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from filings.models import Agency, AuditEntry, Notice
from jiaozuo_portal.lib.refusals import Refused
from policies.domain import kept
from policies.domain.packs import load_folder
from policies.models import Announced, ListEntry, OfficialList
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

URL = "/lists/on_city_key_supplies_list/"
HEAD = "统一社会信用代码,企业名称,列入日期,有效期至,依据文件,文件日期\n"


@pytest.fixture(autouse=True)
def _pack(clock_at, settings):
    clock_at(NOW)
    load_folder(settings.BASE_DIR / "policies" / "packs" / "jiaozuo-2020", at=NOW)


@pytest.fixture
def keeper(client):
    client.force_login(make.officer("policy"))
    return client


@pytest.fixture
def line():
    filing = make.filing()
    return {
        "uscc": filing.enterprise.uscc,
        "name": "甲厂",
        "valid_from": "2020-02-20",
        "valid_until": "",
        "source": "市名单",
        "source_date": "2020-02-18",
    }


def upload(client, text):
    return client.post(f"{URL}import/", {"file": SimpleUploadedFile("a.csv", text.encode())})


def row(line):
    return ",".join(line.values()) + "\n"


def test_every_list_of_the_policies_is_named(keeper):
    text = keeper.get("/lists/").content.decode()

    assert "列入市疫情防控重点物资生产企业名单" in text
    assert text.count("还不完整") == 8


def test_an_enterprise_is_added_corrected_and_taken_off(keeper, line):
    keeper.post(f"{URL}entry/", line)
    first = ListEntry.objects.get()
    keeper.post(f"{URL}entry/?entry={first.pk}", line | {"valid_until": "2020-03-31"})
    second = ListEntry.objects.get(ended_at=None)
    keeper.post(f"{URL}entries/{second.pk}/take-off/")

    assert (second.valid_until, ListEntry.objects.count()) == (date(2020, 3, 31), 2)
    assert not ListEntry.objects.filter(ended_at=None).exists()
    assert keeper.get(URL).content.decode().count("甲厂") >= 2


def test_a_wrong_line_is_told_beside_its_field(keeper, line):
    answer = keeper.post(f"{URL}entry/", line | {"uscc": "123", "valid_until": "2020-01-01"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"uscc", "valid_until"}


def test_a_file_is_shown_first_and_written_when_confirmed(keeper, line):
    shown = upload(keeper, HEAD + row(line))
    before = ListEntry.objects.count()
    keeper.post(f"{URL}import/", {"lines": shown.context["lines"]})

    assert (shown.status_code, before, ListEntry.objects.count()) == (200, 0, 1)


def test_a_file_with_one_bad_cell_writes_nothing_and_names_it(keeper, line):
    answer = upload(keeper, HEAD + row(line) + row(line | {"uscc": "1"}))

    assert answer.status_code == 422
    assert "第 3 行" in answer.content.decode()
    assert ListEntry.objects.count() == 0


def test_a_preview_that_was_tampered_with_or_is_anothers_is_not_written(keeper, line, client):
    shown = upload(keeper, HEAD + row(line)).context["lines"]
    tampered = keeper.post(f"{URL}import/", {"lines": shown + "x"})
    client.force_login(make.officer("policy"))
    others = client.post(f"{URL}import/", {"lines": shown})

    assert (tampered.status_code, others.status_code) == (422, 404)
    assert ListEntry.objects.count() == 0


def test_a_file_that_is_no_table_is_refused(keeper):
    answer = keeper.post(f"{URL}import/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")})

    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_a_list_of_another_agency_is_read_and_not_written(keeper, line, client):
    keeper.post(f"{URL}entry/", line)
    client.force_login(make.officer("city"))
    entry = ListEntry.objects.get()

    answers = [
        client.post(f"{URL}entry/", line | {"name": "别名"}),
        client.post(f"{URL}entries/{entry.pk}/take-off/"),
        client.post(f"{URL}complete/", {"complete_from": "2020-03-01"}),
        upload(client, HEAD + row(line)),
    ]
    text = client.get(URL).content.decode()

    assert [one.status_code for one in answers] == [403] * 4
    assert "由别的部门维护" in text
    assert list(ListEntry.objects.values_list("name", flat=True)) == ["甲厂"]


@pytest.mark.parametrize("kind", ["bureau", "health"])
def test_other_officers_do_not_open_lists(client, kind):
    client.force_login(make.officer(kind))

    assert client.get(URL).status_code == 403


def test_a_list_is_declared_complete(keeper):
    keeper.post(f"{URL}complete/", {"complete_from": "2020-03-01"})

    assert OfficialList.objects.get().complete_from == date(2020, 3, 1)
    assert "按“否”判断" in keeper.get(URL).content.decode()


def test_template_and_export_are_workbooks(keeper, line):
    keeper.post(f"{URL}entry/", line)

    for name in ("template", "export"):
        assert keeper.get(f"{URL}{name}/").content[:2] == b"PK"


def test_what_is_no_list_is_not_found(keeper):
    assert keeper.get("/lists/insured/").status_code == 404
    assert keeper.get("/announced/insured/").status_code == 404


def test_a_long_list_costs_no_more_queries(keeper, line, django_assert_max_num_queries):
    for _number in range(3):
        keeper.post(f"{URL}entry/", line | {"uscc": make.filing().enterprise.uscc})
    keeper.get(URL)

    with django_assert_max_num_queries(13):
        keeper.get(URL)


def test_a_value_is_announced_and_taken_back(keeper):
    given = {"value": "4.05", "since": "2020-02-20", "source": "公告", "source_date": "2020-02-20"}
    wrong = keeper.post("/announced/lpr_1y_pct/", given | {"value": "很高"})
    keeper.post("/announced/lpr_1y_pct/", given)
    shown = keeper.get("/announced/").content.decode()
    keeper.post(f"/announced/{Announced.objects.get().pk}/take-back/")

    assert wrong.status_code == 422
    assert "今天适用：4.05" in shown
    assert Announced.objects.get().ending == "withdrawn"


def test_an_enterprise_sees_which_list_says_so(keeper, line, client):
    keeper.post(f"{URL}entry/", line)
    from filings.public import Enterprise
    from policies.queries.support import support_of

    firm = Enterprise.objects.get(uscc=line["uscc"])
    shown = support_of(firm.filings.first(), NOW).given("on_city_key_supplies_list")

    assert (shown.value, shown.source) == ("是", "官方名单（市名单，2020年2月20日列入）")


def test_a_list_is_handed_over_and_the_other_department_hears_of_it(keeper, client):
    keeper.post(f"{URL}complete/", {"complete_from": "2020-03-01"})
    other = make.officer("city")
    city = other.postings.get().agency

    page = keeper.get(f"{URL}keeper/").content.decode()
    answer = keeper.post(f"{URL}keeper/", {"to": city.pk}, follow=True)

    assert str(city) in page
    assert "移交给" in answer.content.decode()
    assert OfficialList.objects.get().keeper == city
    assert AuditEntry.objects.filter(action="list.keeper").count() == 1
    assert Notice.objects.filter(kind="list_keeper", to=other).count() == 1
    # From then on the first one only reads.
    assert keeper.get(f"{URL}keeper/").status_code == 403
    assert keeper.post(f"{URL}complete/", {"complete_from": ""}).status_code == 403


@pytest.mark.parametrize("kind", ["bureau", "health", "zone"])
def test_a_list_goes_to_no_agency_that_keeps_none(keeper, kind):
    keeper.post(f"{URL}complete/", {"complete_from": "2020-03-01"})
    before = OfficialList.objects.get().keeper
    agency = Agency.objects.filter(kind=kind).first()

    answer = keeper.post(f"{URL}keeper/", {"to": agency.pk})

    assert answer.status_code == 422
    with pytest.raises(Refused):
        kept.hand_list_over(
            "on_city_key_supplies_list", agency, by=before.postings.first().user, at=NOW
        )
    assert OfficialList.objects.get().keeper == before
