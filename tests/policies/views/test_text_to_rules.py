"""An official text of a document that the pack does not know, from its import to an enterprise."""

import pytest
from lxml import html

from policies.models import OfficialText, Pack, PackDraft
from policies.queries.packs import published_rules
from policies.queries.support import support_of
from tests import factories as make
from tests.factories import NOW
from tests.factories.texts import text_file

pytestmark = pytest.mark.django_db

NUMBER = "丙政〔2020〕3号"
INSURED = "参加失业保险"
EDITOR = "//form[@id='editor']"


@pytest.fixture(autouse=True)
def march(clock_at, pack):
    clock_at(NOW)


def typed(answer, form="//form[@method='post'][.//input[@name='csrfmiddlewaretoken']]"):
    """What a browser without a script would send of the page's form."""
    found = html.fromstring(answer.content.decode()).xpath(f"({form})[last()]")[0]
    data = {}
    for name, value in found.form_values():
        data.setdefault(name, []).append(value.removeprefix("\n"))
    data.pop("csrfmiddlewaretoken")
    return data


def fill(client, address, **words):
    """Open a page, fill its form in and send it; where it leads, with the page there."""
    data = typed(client.get(address)) | words
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer.url


def in_both(**names):
    return {
        f"{name}_{code}": text
        for name, (zh, en) in names.items()
        for code, text in (("zh", zh), ("en", en))
    }


def imported(client) -> OfficialText:
    client.post("/texts/new/", {"pasted": text_file(NUMBER).decode()})
    text = OfficialText.objects.get()
    client.post(f"/texts/{text.pk}/accept/", {"revision": text.revision})
    return text


def begun(client, text) -> str:
    """Document and clause in a new draft; the address of the editor of its first item."""
    clause = text.clauses.get(number=1)
    rules = f"/texts/{text.pk}/clauses/{clause.pk}/rules/"
    assert rules in client.get(f"/texts/{text.pk}/").content.decode()
    begin = fill(client, rules, draft="", name="点灯")
    document = client.get(begin).url
    titles = in_both(title=("点灯意见", "Opinions on lamps"), issuer=("灯笼市政府", "Lantern City"))
    begin = fill(client, document, **titles)
    return fill(
        client,
        begin,
        **in_both(
            label=("点灯补贴", "Lamp subsidy"),
            summary=("参保企业每盏补三元五角。", "Insured firms get 3.5 yuan a lamp."),
            apply=("向市灯笼局申请。", "Apply to the Lantern Bureau."),
            topic=("点灯", "Lamps"),
        ),
        topic="+",
        kind="enterprise benefit",
        strength="application",
        departments=["市税务局"],
        more_en="Lantern Bureau\nFinance Bureau",
    )


def with_rules(client, editor) -> None:
    """A condition and the cases that the check of a pack asks for, one press after the other."""
    data = typed(client.get(editor), EDITOR)

    def press(do, **changes):
        nonlocal data
        data = typed(client.post(editor, data | changes | {"do": do}), EDITOR)

    press("start:w:fact")
    press("", **{"w.fact": INSURED})
    data["w.value"] = "true"
    for number, (expect, value) in enumerate((("eligible", "true"), ("not_eligible", "false"))):
        press("add:c:case")
        press("", **{f"c-{number}-0.fact": INSURED})
        data |= {f"c-{number}.name": expect, f"c-{number}.expect": expect}
        data[f"c-{number}-0.value"] = value
    press("add:c:case")
    press("remove:c-2-0", **{"c-2.name": "没有说", "c-2.expect": "unknown"})
    assert client.post(editor, data | {"do": "save"}).status_code == 302


def publish(client, draft) -> None:
    page = f"/packs/drafts/{draft.pk}/"
    assert "整个政策包没有问题" in client.get(page).content.decode()
    client.post(f"{page}ask/")
    own = client.get(page).content.decode()
    client.force_login(make.officer("policy"))
    draft.refresh_from_db()
    client.post(f"{page}publish/", {"revision": draft.revision})
    assert "须由另一位政策人员复核发布" in own


def test_from_an_imported_text_to_an_eligible_enterprise(client):
    from policies.domain.declarations import declare

    client.force_login(make.officer("policy"))
    text = imported(client)

    editor = begun(client, text)
    draft = PackDraft.objects.get()
    hint = client.get(editor).content.decode()
    with_rules(client, editor)
    publish(client, draft)

    assert "条件只能用现有的事实" in hint
    assert Pack.objects.published().get().version == 2
    rules = published_rules()
    assert rules.pack.documents["丙政3"].title.zh == "点灯意见"
    made = make.filing()
    owner = make.owner_of(made.enterprise)
    declare(made, "insured", True, by=owner, at=NOW)
    card = support_of(made, NOW).cards["丙政3-1"]
    assert (card.verdict, card.departments) == (
        "eligible",
        ("市税务局", "市灯笼局", "市财政局"),
    )
    client.force_login(owner)
    assert "点灯补贴" in client.get(f"/filings/{made.pk}/support/").content.decode()
    client.logout()
    library = client.get("/policies/", {"q": "点灯"}).content.decode()
    document = client.get(rules.pack.documents["丙政3"].folder.join(("/policies/texts/", "/")))
    page = document.content.decode()
    assert "/policies/texts/bingzheng-2020-3/1/" in library
    assert "每盏灯笼补贴三元五角" in page
    assert "还没有整理成措施" in page
    assert "点灯意见" in client.get("/policies/").content.decode()


def test_a_document_is_written_into_a_draft_once(client, pack):
    client.force_login(make.officer("policy"))
    text = imported(client)
    begun(client, text)
    draft = PackDraft.objects.get()
    second = text.clauses.get(number=2)

    to_clause = client.post(f"/texts/{text.pk}/clauses/{second.pk}/rules/", {"draft": draft.pk})
    page = client.get(to_clause.url)
    again = client.get(f"/packs/drafts/{draft.pk}/documents/new/?line={second.pk}")

    assert page.status_code == 200
    assert page.context["form"].initial["document"] == "丙政3"
    assert again.url == to_clause.url
    shown = client.get(f"/packs/drafts/{draft.pk}/").content.decode()
    assert "文件目录" in shown
    assert "部门表" in shown
    assert "点灯意见" in shown


def test_an_item_is_added_beside_another_and_taken_out_again(client, pack):
    client.force_login(make.officer("policy"))
    client.post(f"/packs/{pack.pk}/draft/", {"name": "修订"})
    draft = PackDraft.objects.get()
    items = f"/packs/drafts/{draft.pk}/items"
    words = in_both(label=("灯油", "Lamp oil"), summary=("另发灯油。", "Lamp oil as well."))
    more = {"kind": "information", "strength": "n/a", "topic": "rebate"}
    made = fill(client, f"{items}/甲1-1/new/", **words, **more)
    beside = client.get(f"{items}/甲1-1/").content.decode()
    after = client.post(f"{items}/甲1-1b/remove/", follow=True).content.decode()
    kept = client.post(f"{items}/甲1-1/remove/", follow=True).content.decode()

    assert made == f"{items}/%E7%94%B21-1b/"
    assert "灯油" in beside
    assert "已从草稿里去掉 甲1-1b" in after
    assert "至少要留一项" in kept
    assert client.post(f"{items}/甲1-9/new/").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": "+", "topic_zh": "灯会"}, "topic_en"),
        ({"departments": []}, "departments"),
        ({"more_zh": "市灯笼局"}, "more_en"),
        ({"kind": "gift"}, "kind"),
        ({"document": "丁9"}, "document"),
    ],
)
def test_what_a_clause_lacks_is_said_beside_the_field(client, pack, change, field):
    client.force_login(make.officer("policy"))
    client.post(f"/packs/{pack.pk}/draft/", {"name": "修订"})
    address = f"/packs/drafts/{PackDraft.objects.get().pk}/new/"
    words = in_both(label=("甲", "A"), summary=("乙", "B"), apply=("丙", "C"))
    given = {"number": "9", "departments": ["市税务局"]} | words
    data = typed(client.get(address)) | given | change

    answer = client.post(address, data)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_document_ends_no_sooner_than_it_begins(client, pack):
    client.force_login(make.officer("policy"))
    client.post(f"/packs/{pack.pk}/draft/", {"name": "修订"})
    address = f"/packs/drafts/{PackDraft.objects.get().pk}/documents/new/"
    words = in_both(title=("甲", "A"), issuer=("乙", "B"), basis=("丙", "C"))
    days = {"number": NUMBER, "dated": "2020-02-06", "last": "2020-02-05"}

    answer = client.post(address, typed(client.get(address)) | words | days)

    assert list(answer.context["form"].errors) == ["last"]


@pytest.mark.parametrize("kind", ["city", "bureau"])
def test_other_officers_have_no_part_in_it(client, pack, kind):
    client.force_login(make.officer("policy"))
    client.post(f"/packs/{pack.pk}/draft/", {"name": "修订"})
    root = f"/packs/drafts/{PackDraft.objects.get().pk}"
    client.force_login(make.officer(kind))

    pages = ("documents/new/", "new/", "items/甲1-1/new/")
    assert {client.get(f"{root}/{page}").status_code for page in pages} <= {403, 404}
    assert client.post(f"{root}/items/甲1-1/remove/").status_code in {403, 404}
