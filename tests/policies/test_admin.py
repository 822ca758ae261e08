"""The admin site shows packs, answers and verdicts, and changes none of them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filings.models import AuditEntry, User
from policies.domain.declarations import declare
from policies.eligibility.archives import write_archive
from policies.eligibility.loading import folder_content
from policies.models import Declaration, Pack, SupportLink
from tests.factories import NOW, PASSWORD, filing, officer, owner_of, user
from tests.factories.policies import write_pack

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


def _send(client, raw: bytes, name: str = "pack.zip"):
    file = SimpleUploadedFile(name, raw)
    return client.post(reverse("admin:policies_pack_load"), {"file": file})


def test_a_pack_is_loaded_from_a_zip_and_comes_back_the_same(admin_client, pack, tmp_path):
    archive = write_archive(folder_content(write_pack(tmp_path / "new", edition="2")))

    page = admin_client.get(reverse("admin:policies_pack_load"))
    answer = _send(admin_client, archive)

    fresh = Pack.objects.published().get()
    assert (page.status_code, fresh.version) == (200, 2)
    assert answer.url == reverse("admin:policies_pack_change", args=[fresh.pk])
    assert AuditEntry.objects.get(action="pack.load").by.username == "root"
    shown = admin_client.get(answer.url)
    export = reverse("admin:policies_pack_export", args=[fresh.pk])
    assert export in shown.content.decode()
    exported = admin_client.get(export)
    assert exported.content == archive
    assert exported["Content-Disposition"] == 'attachment; filename="small-v2.zip"'
    assert _send(admin_client, archive).status_code == 302
    assert Pack.objects.count() == 2


def test_every_fault_of_a_zip_is_listed_with_file_and_line_and_nothing_is_loaded(
    admin_client, pack, tmp_path
):
    content = folder_content(write_pack(tmp_path / "new"))
    content["a/03.yaml"] = b"document: \xe7\x94\xb21\nclause: one\n"
    content["b/01.yaml"] = content["b/01.yaml"].replace(b"is_sme", b"is_some")

    answer = _send(admin_client, write_archive(content))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "<td>a/03.yaml</td><td>" in text
    assert "<td>b/01.yaml</td><td>" in text
    assert "is_some" in text
    assert Pack.objects.get() == pack


@pytest.mark.parametrize(
    "raw", [b"", b"text", write_archive({"../../x.yaml": b"x"}), b"PK\x03\x04 broken"]
)
def test_what_is_no_pack_is_refused_in_words(admin_client, pack, raw):
    answer = _send(admin_client, raw)

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode() or "路径不能用" in answer.content.decode()
    assert Pack.objects.get() == pack


def test_only_administrators_load_and_export(client, pack):
    for person in (officer("policy"), officer("city"), user(is_staff=True)):
        client.force_login(person)
        answers = [
            client.get(reverse("admin:policies_pack_load")),
            _send(client, write_archive({"pack.yaml": b""})),
            client.get(reverse("admin:policies_pack_export", args=[pack.pk])),
        ]

        assert {answer.status_code for answer in answers} <= {302, 403}, person
    assert Pack.objects.get() == pack
