"""Recognising another version of a text, and what differs between two."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiaozuo_portal.lib.scripts import traditional
from policies.domain.packs import load_folder
from policies.models import OfficialText
from tests import factories as make
from tests.factories import NOW
from tests.factories.texts import official_text, text_file

pytestmark = pytest.mark.django_db

SOURCES = Path(__file__).parents[4] / "shared" / "policy" / "sources"


@pytest.fixture
def keeper(client, clock_at):
    clock_at(NOW)
    client.force_login(make.officer("policy"))
    return client


def copy_of(official: bytes, **changes: str) -> bytes:
    """A web copy in Traditional script, without title, issuer and number."""
    text = official.decode()
    for before, after in changes.items():
        text = text.replace(before, after)
    return traditional(text[text.index("各县") :]).encode()


def compared(client, text, other):
    return client.get(f"/texts/{text.pk}/compare/{other.pk}/")


def link(client, text, other):
    sent = {"revision": text.revision, "other": other.pk if other else ""}
    return client.post(f"/texts/{text.pk}/parallel/", sent)


def test_a_copy_without_number_is_recognised_and_linked(keeper):
    official = official_text()
    copy = official_text(copy_of(text_file()))
    page = keeper.get(f"/texts/{copy.pk}/").content.decode()
    link(keeper, copy, official)
    copy.refresh_from_db()

    assert "看来和这份是同一个文件" in page
    assert "条款有 100% 一致" in page
    assert (copy.parallel_of, copy.number, copy.script) == (official, official.number, "hant")


def test_a_link_can_be_taken_back(keeper):
    official = official_text()
    copy = official_text(copy_of(text_file()))
    link(keeper, copy, official)
    copy.refresh_from_db()
    link(keeper, copy, None)
    copy.refresh_from_db()

    assert copy.parallel_of is None


def test_another_text_is_not_taken_for_the_same(keeper):
    official_text()
    other = official_text(
        "1. 放风筝。（责任单位：市风筝局）\n2. 买线。（责任单位：市线局）".encode()
    )

    assert "看来" not in keeper.get(f"/texts/{other.pk}/").content.decode()


def test_a_document_of_the_pack_is_recognised_by_its_departments(keeper, settings):
    load_folder(settings.BASE_DIR / "policies" / "packs" / "jiaozuo-2020", at=NOW)
    pack_text = _departments_of("焦政办4")
    text = official_text(pack_text.encode())
    page = keeper.get(f"/texts/{text.pk}/").content.decode()
    form = keeper.get(f"/texts/{text.pk}/about/?document=jiaozhengban-2020-4")

    assert "看来是政策包里的这份文件" in page
    assert "焦政办〔2020〕4号" in page
    assert form.context["form"].initial["number"] == "焦政办〔2020〕4号"


def _departments_of(key: str) -> str:
    """A text of our own with the departments that a document of the pack has."""
    from policies.queries.packs import published_rules

    rules = published_rules()
    named: dict[int, list[str]] = {}
    for measure in rules.pack.measures.values():
        if measure.document == key:
            named.setdefault(measure.number, []).extend(measure.departments)
    return "\n".join(
        f"{number}. 灯笼的事。（责任单位：{'、'.join(dict.fromkeys(names))}）"
        for number, names in sorted(named.items())
    )


def test_differences_of_substance_stand_side_by_side_and_format_below(keeper):
    official = official_text()
    changed = copy_of(text_file(), 三元五角="四元", 市风筝局="市纸鸢局")
    copy = official_text(changed.replace("。".encode(), "。 ".encode()))
    answer = compared(keeper, copy, official)
    found = answer.context["compared"].substance

    assert [(one.left, one.right) for one in found] == [
        (official.title, ""),
        (official.number, ""),
        (official.issuer, ""),
        ("三元五角", "四元"),
        ("市风筝局", "市紙鳶局"),
    ]
    assert "市紙鳶局" in answer.content.decode()


def test_two_equal_texts_have_no_differences(keeper):
    official = official_text()

    assert "内容没有差别。" in compared(keeper, official, official).content.decode()


@pytest.mark.parametrize("what", ["itself", "a copy", "withdrawn"])
def test_a_version_belongs_to_a_text_that_stands_on_its_own(keeper, what):
    official = official_text()
    copy = official_text(copy_of(text_file()))
    other = {"itself": copy, "a copy": official, "withdrawn": official}[what]
    if what == "a copy":
        OfficialText.objects.filter(pk=official.pk).update(parallel_of=copy)
    if what == "withdrawn":
        OfficialText.objects.filter(pk=official.pk).update(status="withdrawn")
    answer = link(keeper, copy, other)

    assert answer.status_code == 422


def test_the_official_copy_is_recognised_with_every_difference_and_no_false_one(keeper):
    for path in sorted(SOURCES.glob("*.txt")):
        keeper.post("/texts/new/", {"file": SimpleUploadedFile(path.name, path.read_bytes())})
    if not SOURCES.is_dir():
        return
    copy = OfficialText.objects.get(script="hant")
    official = OfficialText.objects.get(number="焦政〔2020〕4号")
    page = keeper.get(f"/texts/{copy.pk}/").content.decode()
    found = compared(keeper, copy, official).context["compared"]

    assert "看来和这份是同一个文件" in page
    assert f'href="/texts/{official.pk}/">焦政〔2020〕4号' in page
    assert [(one.part, one.label) for one in found.substance] == [
        ("title", ""),
        ("number", ""),
        ("issuer", ""),
        ("preamble", ""),
        *[("measure", str(n)) for n in (3, 3, 7, 8, 10, 12, 13, 13, 17, 19, 19, 24)],
    ]
    assert {one.kind for one in found.format} == {"variant", "punctuation", "format"}
