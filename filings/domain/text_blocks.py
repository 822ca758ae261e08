"""The text blocks of a bureau: kept by its lead, counted where they are used."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from filings import access
from filings.models import Agency, TextBlock, User
from jiaozuo_portal.lib.refusals import Refused

from . import audit


def add_block(
    agency: Agency, *, by: User, title: str, text: str, rule: str = "", section: str = ""
) -> TextBlock:
    """Add a text block. Raises Refused where the bureau has one of this title."""
    access.may_arrange(by, agency).require()
    return _keep(TextBlock(agency=agency), by, "add_block", title, text, rule, section)


def change_block(
    block: TextBlock,
    *,
    by: User,
    title: str,
    text: str,
    rule: str = "",
    section: str = "",
    is_active: bool = True,
) -> TextBlock:
    """Change a block or take it out of use; corrections that were written keep their words."""
    access.may_arrange(by, block.agency).require()
    block.is_active = is_active
    return _keep(block, by, "change_block", title, text, rule, section)


def _keep(
    block: TextBlock, by: User, action: str, title: str, text: str, rule: str, section: str
) -> TextBlock:
    block.title, block.text = title.strip(), text.strip()
    block.rule, block.section = rule.strip(), section
    try:
        with transaction.atomic():
            # Not `used`: somebody may be counting one up at this moment.
            kept = ["title", "text", "rule", "section", "is_active"]
            block.save(update_fields=kept if block.pk else None)
            audit.record(action, block, by=by)
    except IntegrityError as double:
        raise Refused(_("已经有名为“%(title)s”的常用意见。") % {"title": block.title}) from double
    return block


def count_use(block: TextBlock) -> None:
    """Count one more correction that began with the block, in the caller's transaction."""
    TextBlock.objects.filter(pk=block.pk).update(used=F("used") + 1)


def count_back(block_pk: int | None) -> None:
    """Count one less: the correction was taken back before it was sent."""
    TextBlock.objects.filter(pk=block_pk or 0, used__gt=0).update(used=F("used") - 1)
