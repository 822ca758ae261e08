"""What authorities write on a filing besides decisions: corrections, opinions, zone receipts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from filings import access
from filings.models import Correction, Filing, Opinion, TextBlock, User, ZoneReceipt
from jiaozuo_portal.lib.refusals import NotAllowed, Refused, Stale

from . import audit, notices, text_blocks
from .moves import lock_filing, require_fresh


def collect_correction(
    filing: Filing,
    *,
    section: str,
    text: str,
    by: User,
    at: datetime,
    path: str = "",
    label: str = "",
    rule: str = "",
    block: TextBlock | None = None,
    revision: int | None = None,
) -> Correction:
    """Note one point to mend, tied to the version under review, its section and row.

    The enterprise sees it only when the filing is returned. `revision` is the one that the page
    carried: a point about content that is no longer under review raises Stale. `block` is the text
    block of the district's bureau that it began with; its clause goes before `rule`.
    """
    if not text.strip():
        raise Refused(_("请写明需要补正的内容。"))
    with transaction.atomic():
        locked = lock_filing(filing.pk)
        require_fresh(locked, revision)
        access.may_correct(by, locked).require()
        if block is not None:
            _require_own(block, locked)
            text_blocks.count_use(block)
        return Correction.objects.create(
            filing=locked,
            version=locked.version,
            section=section,
            path=path,
            label=label,
            text=text.strip(),
            rule=(block.rule if block else "") or rule,
            block=block,
            by=by,
            at=at,
        )


def _require_own(block: TextBlock, filing: Filing) -> None:
    if block.agency.district_id != filing.district_id:
        raise Refused(_("这条常用意见不是本部门的。"))


def drop_correction(correction: Correction, *, by: User, revision: int | None = None) -> None:
    """Take back a point that has not been sent yet."""
    with transaction.atomic():
        locked = lock_filing(correction.filing_id)
        require_fresh(locked, revision)
        access.may_correct(by, locked).require()
        gone, __ = Correction.objects.filter(
            pk=correction.pk, status=Correction.Status.COLLECTED
        ).delete()
        if not gone:
            raise Refused(_("这条意见已经发出，不能删除。"))
        text_blocks.count_back(correction.block_id)


def mend_correction(
    correction: Correction, *, by: User, at: datetime, answer: str = "", mended: bool = True
) -> Correction:
    """The enterprise ticks a point off, or unticks it before it submits again."""
    access.may_edit(by, correction.filing).require()
    if correction.status not in {Correction.Status.SENT, Correction.Status.MENDED}:
        raise Refused(_("这条意见现在不能勾选。"))
    correction.status = Correction.Status.MENDED if mended else Correction.Status.SENT
    correction.mended_at = at if mended else None
    correction.mended_by = by if mended else None
    correction.answer = answer.strip()[:500]
    correction.save(update_fields=["status", "mended_at", "mended_by", "answer"])
    return correction


def settle_correction(
    correction: Correction, *, by: User, revision: int | None = None
) -> Correction:
    """The reviewer has looked at the mended point and is content."""
    with transaction.atomic():
        locked = lock_filing(correction.filing_id)
        require_fresh(locked, revision)
        access.may_correct(by, locked).require()
        Correction.objects.filter(pk=correction.pk, status=Correction.Status.MENDED).update(
            status=Correction.Status.SETTLED
        )
    correction.refresh_from_db()
    return correction


def _require_version(filing: Filing, version: int | None) -> None:
    """Moves of the bureau don't disturb zone and health; only a newer version makes a page old."""
    if version is not None and version != filing.version:
        raise Stale(
            _("企业刚刚提交了第 %(version)s 版，请看过后再办理。") % {"version": filing.version}
        )


def give_opinion(
    filing: Filing, *, text: str, by: User, at: datetime, version: int | None = None
) -> Opinion:
    """The health authority of the district writes its guidance (R1.6). It never blocks.

    `version` is the one that the page showed: a newer one raises Stale.
    """
    agency = access.health_agency(by, filing)
    if agency is None:
        raise NotAllowed(_("只有本县区的卫生防疫部门可以提出指导意见。"))
    if not text.strip():
        raise Refused(_("请写明指导意见。"), rule="R1.6")
    with transaction.atomic():
        filing = lock_filing(filing.pk)
        _require_version(filing, version)
        opinion = Opinion.objects.create(
            filing=filing,
            version=filing.version,
            agency_id=agency,
            text=text.strip(),
            by=by,
            at=at,
        )
        circles = notices.audience(("enterprise", "bureau"), filing, but=by)
        notices.send("opinion", circles, at=at, filing=filing)
        audit.record("opinion", opinion, by=by, filing=filing)
    return opinion


def tell_enterprise(
    filing: Filing, *, text: str, by: User, at: datetime, revision: int | None = None
) -> None:
    """The bureau writes a notice in words of its own to owners and clerks of the enterprise.

    `revision` is the one that the page carried: what was written of another state raises Stale.
    Raises Refused where there are no words, or nobody at the enterprise to read them.
    """
    text = text.strip()
    if not text:
        raise Refused(_("请写明通知的内容。"))
    with transaction.atomic():
        locked = lock_filing(filing.pk)
        require_fresh(locked, revision)
        access.may_tell(by, locked).require()
        told = notices.audience(("enterprise",), locked, but=by)
        if not told:
            raise Refused(_("企业没有可以接收通知的人。"))
        notices.send("told", told, at=at, filing=locked, remark=text)
        audit.record("tell", locked, by=by, filing=locked)


def handle_opinion(opinion: Opinion, *, by: User, at: datetime, answer: str = "") -> Opinion:
    """The enterprise marks an opinion as handled."""
    access.may_edit(by, opinion.filing).require()
    if opinion.handled_at:
        return opinion
    with transaction.atomic():
        opinion.handled_at, opinion.handled_by = at, by
        opinion.answer = answer.strip()[:500]
        opinion.save(update_fields=["handled_at", "handled_by", "answer"])
        notices.send("opinion_handled", [opinion.by], at=at, filing=opinion.filing)
    return opinion


def receive_for_zone(
    filing: Filing, *, by: User, at: datetime, version: int | None = None
) -> ZoneReceipt:
    """The cluster zone records that it has received the current version (R1.5); once a version.

    `version` is the one that the page showed: a newer one raises Stale.
    """
    agency = access.zone_agency(by, filing)
    if agency is None:
        raise NotAllowed(_("只有本集聚区的管理机构可以登记接收。"))
    with transaction.atomic():
        filing = lock_filing(filing.pk)
        _require_version(filing, version)
        receipt, is_new = ZoneReceipt.objects.get_or_create(
            filing=filing,
            version=filing.version,
            defaults={"agency_id": agency, "by": by, "at": at},
        )
        if is_new:
            circles = notices.audience(("enterprise", "bureau"), filing, but=by)
            notices.send("zone_received", circles, at=at, filing=filing)
    return receipt
