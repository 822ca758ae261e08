"""A policy officer changes a rule in the browser, and a second one publishes it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from policies.domain import pack_drafts
from policies.models import Pack
from policies.queries.packs import published_rules
from tests import factories as make
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REBATE = "豫政9-17b"


@pytest.mark.parametrize("width", [1280, 360])
def test_a_rule_is_changed_checked_and_published_by_two(window, city_with_policies, width):
    editor, second = make.officer("policy"), make.officer("policy")
    base = Pack.objects.published().get()
    draft = pack_drafts.start_draft(base, name="三月修订", by=editor, at=NOW)
    officer = window(width=width)
    officer.sign_in(editor.username)
    page = officer.go(f"/packs/drafts/{draft.pk}/items/{REBATE}/")
    assert officer.faults() == []
    assert not officer.scrolls_sideways()

    figure = page.locator('[name="w-2-1-1-0.value"]')
    expect(figure).to_have_value("5.5")
    figure.fill("1")
    figure.blur()
    expect(page.locator("#editor .check-line.is-good")).to_be_visible()
    page.locator('[name="w-0.value"]').select_option("false")
    expect(page.locator("#editor .check-line.is-bad")).to_be_visible()
    expect(page.locator('[name="w-0.value"]')).to_be_focused()
    assert officer.faults() == []
    page.locator('[name="w-0.value"]').select_option("true")
    expect(page.locator("#editor .check-line.is-good")).to_be_visible()
    page.locator('[value="add:w:fact"]').click()
    page.locator('[name="w-3.fact"]').fill("没有的事")
    page.locator('[name="w-3.fact"]').blur()
    expect(page.locator("#w-3-error")).to_contain_text("没有的事")
    page.locator('[value="remove:w-3"]').click()
    expect(page.locator('[name="w-3.fact"]')).to_have_count(0)
    page.get_by_role("button", name="保存到草稿").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    page.goto(f"/packs/drafts/{draft.pk}/")
    page.get_by_role("button", name="提请复核发布").click()
    expect(page.get_by_text("须由另一位政策人员复核发布")).to_be_visible()
    assert officer.faults() == []
    assert not officer.scrolls_sideways()

    colleague = window(width=width)
    colleague.sign_in(second.username)
    page = colleague.go(f"/packs/drafts/{draft.pk}/")
    page.get_by_role("button", name="复核无误，发布").click()
    expect(page.get_by_text("所有备案重新判断")).to_be_visible()
    assert colleague.faults() == []
    assert published_rules().row.version == 2
    assert officer.troubles == colleague.troubles == []
