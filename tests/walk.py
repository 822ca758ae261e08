"""Every route of the portal, and two sides to walk them with.

A side is one enterprise with a filing in every state, and the officers of its district.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver

from filings.domain import (
    assignment,
    attachments,
    bulk,
    enterprise,
    people,
    review,
    roster,
    saved_views,
    text_blocks,
)
from filings.models import (
    Agency,
    Correction,
    Enterprise,
    Filing,
    LedgerEntry,
    Membership,
    Notice,
    RosterRow,
    User,
)
from filings.sheets.samples import planted_workbook
from policies.domain import declarations, pack_drafts, tokens
from policies.models import (
    Announced,
    Application,
    ApplicationFile,
    ListEntry,
    OfficialList,
    OfficialText,
    Pack,
    PackDraft,
)
from tests import factories as make
from tests.factories import NOW
from tests.factories.texts import official_text, text_file

#: Public on purpose; each tells nothing but what everybody may know.
PUBLIC_ROUTES = {
    "healthz": "a plain yes",
    "readyz": "a plain yes",
    "metrics": "figures, kept to an allowed address or token",
    "set_language": "the reader's own choice",
    "home": "for a stranger the landing page",
    "contacts": "R2.6: published contacts",
    "help": "how it works",
    "reopened": "P41: who has reopened, by name, place, trade and day",
    "reopened_xlsx": "P41: the same as a workbook",
    "check": "the self-check: answers stay in the visitor's own page",
    "library": "the published texts",
    "library_document": "the published texts",
    "library_clause": "the published texts",
    "library_file": "the file of an accepted official text",
    "api_reference": "how the interface is called",
    "sign_in": "the door itself",
    "sign_out": "the reader's own session",
    "register": "the door itself",
    "password_reset": "the door itself",
    "password_reset_sent": "the door itself",
    "password_reset_link": "a secret link",
    "password_reset_new": "a secret link",
    "invitation_accept": "a secret link",
    "public_receipt": "the receipt's public page: enterprise, district, number, dates, standing",
}

#: The state in which a route's move would be possible, were it not somebody else's filing.
STATE_FOR = {
    "submit": "draft",
    "check_answers": "draft",
    "claim": "submitted",
    "assign": "submitted",
    "withdraw": "submitted",
    "corrections": "returned",
    "correction_mend": "returned",
    "correction_unmend": "returned",
    "start": "approved",
    "report_prestart": "approved",
    "start_work": "ready",
    "suspend": "approved",
    "revoke": "approved",
    "receipt_pdf": "approved",
    "public_receipt": "approved",
    "resume": "suspended",
    "reopen": "withdrawn",
}
STATES = (
    "draft",
    "submitted",
    "in_review",
    "returned",
    "approved",
    "ready",
    "suspended",
    "withdrawn",
)


@dataclass
class Side:
    """One enterprise with filings in every state, and the officers of its district."""

    enterprise: Enterprise
    filings: dict[str, Filing]
    parts: dict[str, Any]
    roles: dict[str, User]


def side(district: str, name: str) -> Side:
    filings, roles = {}, {}
    for state in STATES:
        filings[state], __ = make.filing_in(
            state, district=district, zone=True, name=f"{name}{state}厂"
        )
    firm = filings["in_review"].enterprise
    owner = make.owner_of(firm)
    for filing in filings.values():
        Membership.objects.get_or_create(
            user=owner, enterprise=filing.enterprise, defaults={"role": "owner"}
        )
    roles["owner"] = make.fresh(owner)
    roles["clerk"], roles["viewer"] = make.member(firm, "clerk"), make.member(firm, "viewer")
    for kind in ("bureau", "health", "zone", "city", "policy"):
        roles[kind] = make.officer(kind, district=district)
    roles["lead"] = make.officer("bureau", district=district, role="lead")
    roles["administrator"] = make.user(is_staff=True, is_superuser=True)
    roles["nobody_yet"] = make.user()
    return Side(firm, filings, _parts(filings, firm, roles, name), roles)


def _parts(
    filings: dict[str, Filing], firm: Enterprise, roles: dict[str, User], name: str
) -> dict[str, Any]:
    filing = filings["in_review"]
    owner = roles["owner"]
    RosterRow.objects.filter(filing=filing).update(name=f"{name}员工")
    point = review.collect_correction(
        filing, section="plan", text=f"{name}补正", by=roles["lead"], at=NOW
    )
    opinion = review.give_opinion(filing, text=f"{name}意见", by=roles["health"], at=NOW)
    file = attachments.attach_file(
        filing, "plan", SimpleUploadedFile(f"{name}.pdf", _PDF), by=owner, at=NOW
    )
    job = roster.start_import(
        filing, SimpleUploadedFile(f"{name}.xlsx", planted_workbook()[0]), by=owner, at=NOW
    )
    asked = enterprise.ask_to_join(firm, by=make.user(), at=NOW)
    invitation = people.invite(
        email="someone@example.org", role="clerk", by=owner, enterprise=firm, name=name
    )
    return {
        "correction": point,
        "returned": Correction.objects.get(filing=filings["returned"]),
        "opinion": opinion,
        "attachment": file,
        "job": job,
        "join": asked,
        "invitation": invitation,
        "notice": Notice.objects.filter(to=owner).first(),
        "draft": _draft(roles["policy"]),
        "text": _text("测政〔2020〕7号"),
        "other_text": _text("测政〔2020〕8号", 三元五角="四元"),
        "application": _application(filing, name),
        **_kept(roles["policy"]),
        "token": tokens.make_token(
            firm, name=name, scopes=["filings"], days=30, by=make.fresh(owner), at=NOW
        )[0],
        "declared": declarations.declare(filing, "affected_by_epidemic", True, by=owner, at=NOW),
        **_assignment(filing, roles),
        "block": text_blocks.add_block(
            Agency.objects.get(kind="bureau", district=filing.district),
            by=roles["lead"],
            title=name[:20],
            text=name,
        ),
        "batch": bulk.start_batch(
            "notice",
            {filing.pk: filing.revision},
            by=roles["lead"],
            at=NOW,
            key=uuid.uuid4(),
            text=name,
        ),
        "view": saved_views.save_view(
            by=roles["lead"],
            name=name,
            query="view=all",
            shared_with=Agency.objects.get(kind="bureau", district=filing.district),
        ),
    }


def _assignment(filing: Filing, roles: dict[str, User]) -> dict[str, Any]:
    """A rule of the bureau, and one of its people who is away."""
    agency, lead = Agency.objects.get(kind="bureau", district=filing.district), roles["lead"]
    rule = assignment.add_rule(agency, by=lead, people=[roles["bureau"]], most=1)
    absence = assignment.add_absence(
        agency, user=roles["bureau"], first=NOW.date(), last=NOW.date(), stand_in=None, by=lead,
        at=NOW,
    )  # fmt: skip
    return {"bureau": agency, "rule": rule, "absence": absence}


def _draft(by: User) -> PackDraft:
    """A draft of the published pack; the pages of drafts belong to every policy officer."""
    return pack_drafts.start_draft(Pack.objects.published().get(), name="Spring", by=by, at=NOW)


def _text(number: str, **changes: str) -> OfficialText:
    """A draft of an official text, which belongs to every policy officer; kept once a test."""
    found = OfficialText.objects.filter(number=number).first()
    return found or official_text(text_file(number, **changes))


_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    view: Any


def routes(resolver: Any = None, prefix: str = "") -> Iterator[Route]:
    """Every route of the portal; the admin site and the interface have tests of their own."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name not in {"admin", "ninja"}:
                yield from routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and not prefix.startswith(("static/", "media/")):
            yield Route(str(entry.name), prefix + str(entry.pattern), entry.callback)


def arguments(route: Route, side: Side) -> dict[str, Any]:
    """The objects of `side` that the address of a route takes."""
    filing = side.filings[STATE_FOR.get(route.name, "in_review")]
    parts = side.parts
    entry = LedgerEntry.objects.filter(filing=filing).first()
    values: dict[str, Any] = {
        "pk": filing.pk,
        "number": 1,
        "section": "scheme",
        "rows": "unit_leads",
        "row": RosterRow.objects.filter(filing=filing).first(),
        "item": getattr(entry, "item_id", 0),
        "entry": getattr(entry, "pk", 0),
        "key": parts["job"].key,
        "member": Membership.objects.filter(enterprise=side.enterprise, role="clerk").first(),
        "gate": "roster",
        "token": uuid.uuid4().hex,
        "uid": "MQ",
        "field": "id",
        "measure": "豫政9-17b",
        "kind": "csv",
        "folder": "yuzheng-2020-9",
        "fact": "on_city_key_supplies_list",
        "line": parts["line"].pk,
        "announced": parts["announced"].pk,
        "answer": parts["declared"].pk,
        "rule": parts["rule"].pk,
        "absence": parts["absence"].pk,
        "block": parts["block"].pk,
    }
    values["row"] = "x" if route.name == "row_remove" else values["row"].pk
    values["member"] = values["member"].pk
    if route.name.startswith(("enterprise", "site_", "member")):
        values["pk"] = side.enterprise.pk
    if route.name.startswith(("policy_draft", "policy_clause", "policy_document", "policy_item")):
        values["pk"] = parts["draft"].pk
    if route.name.startswith(("assignment", "text_block")):
        values["pk"] = parts["bureau"].pk
    if route.name.startswith("saved_view"):
        values["pk"] = parts["view"].pk
    if route.name in ("policy_draft_new", "policy_withdraw", "policy_restore"):
        values["pk"] = parts["draft"].base_id
    if route.name.startswith("official_text"):
        values |= {"other": parts["other_text"].pk}
        values |= {"pk": parts["text"].pk, "line": parts["text"].clauses.first().pk}
    if route.name == "announced_add":
        values["fact"] = "lpr_1y_pct"
    special = {
        "correction_mend": ("pk", parts["returned"].pk),
        "correction_unmend": ("pk", parts["returned"].pk),
        "correction_drop": ("pk", parts["correction"].pk),
        "correction_settle": ("pk", parts["correction"].pk),
        "opinion_handle": ("pk", parts["opinion"].pk),
        "join_decide": ("pk", parts["join"].pk),
        "invitation_withdraw": ("pk", parts["invitation"].pk),
        "attachment": ("key", parts["attachment"].key),
        "attachment_remove": ("key", parts["attachment"].key),
        "batch": ("key", parts["batch"].key),
        "batch_progress": ("key", parts["batch"].key),
        "batch_stop": ("key", parts["batch"].key),
        "notice_open": ("key", parts["notice"].key),
    }
    if route.name.startswith("application") and route.name != "application_prepare":
        file = parts["application"].files.get()
        values |= {"pk": parts["application"].pk, "move": "withdraw", "key": file.key}
    if route.name.startswith("api_token"):
        values["token"] = parts["token"].pk
    if route.name in special:
        name, value = special[route.name]
        values[name] = value
    wanted = get_resolver().reverse_dict.getlist(route.name)[0][0][0][1]
    return {name: values[name] for name in wanted}


def payload(route: Route, side: Side) -> dict[str, Any]:
    """A body that the route would take, so that only its policy stands in the way."""
    filing = side.filings[STATE_FOR.get(route.name, "in_review")]
    return {
        "revision": filing.revision,
        "submission_key": str(uuid.uuid4()),
        "remark": "理由理由",
        "reason": "理由理由",
        "text": "意见意见",
        "answer": "说明",
        "section": "plan",
        "path": "logistics",
        "field": "duties",
        "value": "改过",
        "base": "",
        "decision": "accept",
        "accept": "1",
        "role": "owner",
        "email": "x@example.org",
        "name": "新名字",
        "district": filing.district_id,
        "zone": "none",
        "address": "别处",
        "fact": "affected_by_epidemic",
        "to": getattr(side.roles["lead"], "pk", ""),
        "title": "常用",
        "people": [getattr(side.roles["lead"], "pk", "")],
        "user": getattr(side.roles["lead"], "pk", ""),
        "first": "2020-04-01",
        "last": "2020-04-02",
    }


def _application(filing: Filing, name: str) -> Application:
    """One that was sent with a file, with the side's name in it."""
    made = Application.objects.create(
        filing=filing,
        enterprise=filing.enterprise,
        measure="豫政9-17b",
        benefit="walk",
        given_to=f"enterprise:{filing.enterprise_id}",
        agency=Agency.objects.get(kind="bureau", district=filing.district),
        state="sent",
        state_since=NOW,
        created_at=NOW,
        sent_at=NOW,
        content={
            "label": name,
            "clause": "9-17",
            "enterprise": name,
            "uscc": filing.enterprise.uscc,
            "contact": "",
            "contact_phone": "",
            "amount_name": "",
            "formula": "",
            "apply": "",
            "day": "2020-03-02",
            "departments": [],
            "facts": [],
            "missing": [],
            "reasons": [],
        },
    )
    file = ApplicationFile(
        application=made, name=f"{name}.pdf", media_type="application/pdf", size=len(_PDF),
        sha256="0" * 64, uploaded_by=make.owner_of(filing.enterprise),
        uploaded_at=NOW,
    )  # fmt: skip
    file.file.save(str(file.key), ContentFile(_PDF))
    return made


def _kept(by: User) -> dict[str, Any]:
    """A line of an official list and an announced value, which are the whole city's."""
    told = {"source": "walk", "source_date": NOW.date(), "by": by, "at": NOW}
    official, __ = OfficialList.objects.get_or_create(fact="on_city_key_supplies_list")
    line = {"name": "walk", "valid_from": NOW.date(), **told}
    value = {"value": "4.05", "since": NOW.date(), **told}
    return {
        "line": ListEntry.objects.get_or_create(
            official_list=official, uscc="91410800MA9F4K2C7X", defaults=line
        )[0],
        "announced": Announced.objects.get_or_create(fact="lpr_1y_pct", defaults=value)[0],
    }


#: What an address asks for behind its question mark, where it can't do without.
ASKS = {
    "board_list": {"figure": "state-submitted"},
    "bulk_new": {"kind": "notice"},
    "reveal_phone": {"section": "scheme", "path": "principal_phone"},
    "review_reveal": {"section": "scheme", "path": "principal_phone"},
    "correction_add": {"section": "scheme", "path": "duties"},
}
