"""A section through the front door: fields that save themselves, and the page without scripts."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from filings.domain import drafts
from filings.models import SectionDraft
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def at_nine(clock_at):
    clock_at(NOW)


@pytest.fixture
def filing():
    return make.filing()


@pytest.fixture
def owner(filing, client):
    person = make.owner_of(filing.enterprise)
    client.force_login(person)
    return person


def save(client, filing, field, value, base="", key="scheme"):
    return client.post(
        reverse("field_save", args=[filing.pk, key]),
        {"field": field, "value": value, "base": base},
        **JSON,
    )


def stored(filing, key="scheme"):
    return SectionDraft.objects.get(filing=filing, key=key).data


def test_a_field_saves_itself_and_says_when(client, filing, owner):
    answer = save(client, filing, "duties", "办公室管登记")

    said = answer.json()
    assert answer.status_code == 200
    assert (said["ok"], said["saved_at"], said["value"]) == (True, "09:00:00", "办公室管登记")
    assert said["section"]["state"] == "partly"
    assert "还缺内容" in said["section"]["html"]
    assert "id_duties" not in said["missing_html"]
    assert "#id_leadership" in said["missing_html"]
    assert stored(filing)["duties"] == "办公室管登记"


def test_a_value_that_cannot_be_read_is_kept_and_named(client, filing, owner):
    answer = save(client, filing, "gates_before", "三个")

    assert answer.json()["errors"] == ["请填写 0 到 1000000 之间的整数。"]
    assert stored(filing)["gates_before"] == "三个"
    page = client.get(reverse("section", args=[filing.pk, "scheme"])).content.decode()
    assert 'value="三个"' in page
    assert "请填写 0 到 1000000 之间的整数。" in page


def test_two_people_in_one_field_see_both_texts(client, filing, owner):
    colleague = make.member(filing.enterprise, "clerk")
    drafts.save_field(filing, "scheme", "duties", "同事的", "", by=colleague, at=NOW)

    answer = save(client, filing, "duties", "我的")

    assert answer.status_code == 409
    assert answer.json() == {"conflict": {"theirs": "同事的", "by": colleague.name, "at": "09:00"}}
    assert stored(filing)["duties"] == "同事的"


def test_a_session_that_ended_is_told_as_such(client, filing):
    answer = save(client, filing, "duties", "写到一半")

    assert answer.status_code == 401
    assert not SectionDraft.objects.exists()


def test_a_row_that_a_colleague_removed_is_told_beside_the_field(client, filing, owner):
    answer = save(client, filing, "gates.0123456789ab.name", "东门")

    assert answer.status_code == 422
    assert answer.json() == {"error": "这一行已被删除，请刷新页面。"}


def test_another_enterprise_saves_nothing(client, filing):
    client.force_login(make.owner_of(make.firm()))

    assert save(client, filing, "duties", "x").status_code == 404
    assert not SectionDraft.objects.exists()


def test_a_phone_is_shown_masked_and_stays_when_the_page_is_saved(client, filing, owner):
    save(client, filing, "principal_phone", "13812345678")
    url = reverse("section", args=[filing.pk, "scheme"])
    page = client.get(url)
    marks = page.context["form"].marks
    before = stored(filing)["principal_phone"]

    client.post(url, {"marks": marks, "principal_phone": "138****5678", "duties": "新的"})
    client.post(url, {"marks": "{}", "principal_phone": "13812345678"})

    assert "13812345678" not in page.content.decode()
    assert "138****5678" in page.content.decode()
    assert stored(filing)["principal_phone"] == before
    assert stored(filing)["duties"] == "新的"


def test_without_scripts_the_whole_page_is_saved_and_checked(client, filing, owner):
    url = reverse("section", args=[filing.pk, "plan"])

    answer = client.post(url, {"marks": "{}", "resume_on": "2020-03-09", "then": "check"})
    checked = client.get(answer["Location"]).content.decode()

    assert answer["Location"] == f"{url}?check=1"
    assert stored(filing, "plan")["resume_on"] == "2020-03-09"
    assert "data-error-summary" in checked
    assert 'href="#id_has_orders_0"' in checked
    assert 'href="#id_resume_on"' not in checked


def test_an_unreadable_mark_of_the_page_loses_nothing(client, filing, owner):
    url = reverse("section", args=[filing.pk, "scheme"])

    client.post(url, {"marks": "[1", "duties": "写的", "then": "list"})

    assert stored(filing)["duties"] == "写的"


def test_a_page_that_is_older_than_a_colleague_s_text_shows_both(client, filing, owner):
    url = reverse("section", args=[filing.pk, "scheme"])
    colleague = make.member(filing.enterprise, "clerk")
    drafts.save_field(filing, "scheme", "duties", "同事的", "", by=colleague, at=NOW)

    answer = client.post(url, {"marks": "{}", "duties": "我的", "screening": "排查"})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "我的" in text
    assert "同事的" in text
    assert stored(filing)["duties"] == "同事的"
    assert stored(filing)["screening"] == "排查"


def test_rows_are_added_and_removed_without_scripts_and_keep_what_was_typed(client, filing, owner):
    add = reverse("row_add", args=[filing.pk, "scheme", "gates"])

    added = client.post(add, {"marks": "{}", "duties": "先写的"})
    row = stored(filing)["gates"][0]["id"]
    removed = client.post(
        reverse("row_remove", args=[filing.pk, "scheme", "gates", row]),
        {"marks": "{}", "screening": "后写的"},
    )

    assert added["Location"].endswith(f"/scheme/#id_gates.{row}.name")
    assert removed["Location"].endswith("/scheme/#id_gates")
    assert stored(filing) == {"duties": "先写的", "gates": [], "screening": "后写的"}


def test_a_script_gets_the_row_that_it_added(client, filing, owner):
    add = reverse("row_add", args=[filing.pk, "scheme", "unit_leads"])

    answer = client.post(add, headers={"X-Requested-With": "fetch"})

    row = stored(filing)["unit_leads"][0]["id"]
    assert f'name="unit_leads.{row}.phone"' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    gone = client.post(
        reverse("row_remove", args=[filing.pk, "scheme", "unit_leads", row]),
        headers={"X-Requested-With": "fetch"},
    )
    assert gone.status_code == 204
    assert stored(filing)["unit_leads"] == []


def test_a_list_that_does_not_exist_is_refused(client, filing, owner):
    answer = client.post(reverse("row_add", args=[filing.pk, "scheme", "nothing"]))

    assert answer.status_code == 422


def test_a_correction_stands_beside_its_field(client):
    filing, people = make.filing_in("returned")
    client.force_login(people.owner)

    form = client.get(reverse("section", args=[filing.pk, "scheme"])).context["form"]

    [note] = form.corrections["duties"]
    assert (note.text, note.done) == ("请补充", False)
    assert note.tick_url.endswith("/mend/")


def test_the_prestart_report_is_closed_before_the_approval(client, filing, owner):
    page = client.get(reverse("section", args=[filing.pk, "prestart"])).content.decode()

    assert "准予备案以后才能填写开工前报告" in page
    assert "data-autosave-url" not in page


def test_a_viewer_reads_and_has_no_inputs(client, filing, owner):
    save(client, filing, "duties", "办公室管登记")
    client.force_login(make.member(filing.enterprise, "viewer"))

    page = client.get(reverse("section", args=[filing.pk, "scheme"])).content.decode()

    assert "办公室管登记" in page
    assert "data-autosave-url" not in page
    assert save(client, filing, "duties", "x").status_code == 403


def test_every_input_of_a_full_section_is_on_the_page(client):
    filing, people = make.filing_in("returned")
    client.force_login(people.owner)

    for key in ("scheme", "plan"):
        page = client.get(reverse("section", args=[filing.pk, key]))
        names = set(json.loads(page.context["form"].marks))
        assert names <= set(page.context["form"].fields)
        text = page.content.decode()
        assert all(f'name="{name}"' in text for name in page.context["form"].fields)
        assert ("请补充" in text) == (key == "scheme")


def test_unknown_sections_are_not_there(client, filing, owner):
    assert client.get(f"/filings/{filing.pk}/nothing/").status_code == 404
