"""The admin site shows packs, answers and verdicts, and changes none of them."""

import pytest
from django.urls import reverse

from filings.models import User
from policies.domain.declarations import declare
from policies.models import Declaration, SupportLink
from tests.factories import NOW, PASSWORD, filing, owner_of

pytestmark = pytest.mark.django_db

MODELS = ("pack", "document", "clause", "measure", "declaration", "match", "supportlink")


@pytest.fixture
def admin_client(client):
    client.force_login(User.objects.create_superuser("root", PASSWORD, name="管理员"))
    return client


@pytest.fixture
def answered(pack):
    made = filing()
    declare(made, "premium_yuan", 7654321, by=owner_of(made.enterprise), at=NOW)
    return made


@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_page_opens_and_offers_no_change(model, admin_client, answered):
    page = admin_client.get(reverse(f"admin:policies_{model}_changelist"))
    row = page.context["cl"].queryset[0]
    one = admin_client.get(reverse(f"admin:policies_{model}_change", args=[row.pk]))

    assert (page.status_code, one.status_code) == (200, 200)
    assert not one.context["has_change_permission"]
    assert not one.context["has_delete_permission"]
    add = admin_client.get(reverse(f"admin:policies_{model}_add"))
    assert add.status_code == 403


def test_what_was_answered_is_not_shown(admin_client, answered):
    declaration = Declaration.objects.get()
    link = SupportLink.objects.filter(measure="甲1-2").first()

    pages = [
        admin_client.get(reverse("admin:policies_declaration_change", args=[declaration.pk])),
        admin_client.get(reverse("admin:policies_supportlink_change", args=[link.pk])),
    ]

    assert [b"7654321" in page.content for page in pages] == [False, False]


def test_a_pack_cannot_be_changed_by_post(admin_client, pack):
    answer = admin_client.post(
        reverse("admin:policies_pack_change", args=[pack.pk]), {"status": "withdrawn"}
    )

    pack.refresh_from_db()
    assert answer.status_code == 403
    assert pack.status == "published"
