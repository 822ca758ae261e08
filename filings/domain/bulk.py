"""One action on many filings: each rechecked and locked by itself, each with its own result.

A batch is written down first and worked off by the outbox a few items at a time. An item's change
and its result are one transaction, so a process that dies leaves nothing half done, and who goes
on does nothing twice. Decisions are not among the kinds: nobody approves what they have not read.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from filings.models import Batch, BatchItem, Filing, User
from filings.queries.desk import districts_of
from jiaozuo_portal.lib.refusals import NotAllowed, Refused, Stale
from jiaozuo_portal.outbox.queue import enqueue

from . import audit, moves, review

#: How many filings one batch takes, and how many one step of it works off.
MOST_ITEMS = 500
STEP = 20

logger = logging.getLogger(__name__)


def start_batch(
    kind: str,
    revisions: Mapping[int, int],
    *,
    by: User,
    at: datetime,
    key: uuid.UUID,
    to: User | None = None,
    text: str = "",
) -> Batch:
    """Write down what is to be done to which filings, in their order, and ask for the first step.

    `revisions` leads from each filing's id to the revision that the page showed. `key` comes from
    the page: pressing twice gives the same batch. Raises Refused for an unknown kind, nothing or
    too much chosen, a batch that is still running, and NotAllowed where a filing is not of the
    person's bureau.
    """
    _require_whole(kind, revisions, to, text)
    with transaction.atomic():
        # Whoever presses twice waits here; the constraint `one_open_batch_a_person` stands behind.
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        begun = Batch.objects.filter(key=key, person=by).first()
        if begun:
            return begun
        if Batch.objects.filter(person=by).still_open().exists():
            raise Refused(_("您还有一批正在办理，办完或停止以后才能开始下一批。"))
        _require_own(revisions, by)
        batch = Batch.objects.create(
            key=key, person=by, kind=kind, to=to, text=text.strip(), made_at=at
        )
        BatchItem.objects.bulk_create(
            BatchItem(batch=batch, position=place, filing_id=pk, revision=revision)
            for place, (pk, revision) in enumerate(revisions.items(), start=1)
        )
        audit.record("start_batch", batch, by=by, field=f"{kind} {len(revisions)}")
        _ask_for_step(batch, 1)
    return batch


def _require_whole(kind: str, revisions: Mapping[int, int], to: User | None, text: str) -> None:
    if kind not in Batch.Kind.values:
        raise Refused(_("这件事不能批量办理。"))
    if not revisions:
        raise Refused(_("请先选择备案。"))
    if len(revisions) > MOST_ITEMS:
        raise Refused(_("一批最多 %(count)s 件。") % {"count": MOST_ITEMS})
    if kind == Batch.Kind.NOTICE and not text.strip():
        raise Refused(_("请写明通知的内容。"))
    if kind != Batch.Kind.NOTICE and to is None:
        raise Refused(_("请选择交给哪位同事。"))


def _require_own(revisions: Mapping[int, int], by: User) -> None:
    """SECURITY: nothing of another bureau gets into a batch, and no answer tells that it exists."""
    own = Filing.objects.visible_to(by).filter(district_id__in=districts_of(by))
    if own.filter(pk__in=revisions).count() != len(revisions):
        raise NotAllowed(_("只能选择本部门的备案。"))


def run_step(batch: Batch, *, at: datetime, size: int = STEP) -> int:
    """Work off the next `size` items and ask for the step after them; gives how many were done.

    Safe to run again and beside itself: an item that has its result is passed over. A fault of the
    database comes through, so that the outbox tries again; any other is that item's result.
    """
    waiting = BatchItem.objects.filter(batch=batch, result="").order_by("position")
    items = list(waiting.values_list("pk", "position")[:size])
    person = User.objects.get(pk=batch.person_id)
    with translation.override(person.language):
        done = sum(_do_item(pk, batch, person, at) for pk, _place in items)
    with transaction.atomic():
        locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        left = waiting.values_list("position", flat=True).first()
        if left is not None:
            _ask_for_step(locked, left)
        elif locked.finished_at is None:
            locked.finished_at = at
            locked.save(update_fields=["finished_at"])
    return done


def stop_batch(batch: Batch, *, by: User, at: datetime) -> None:
    """Leave undone what has no result yet. Raises NotAllowed for anybody but the batch's person."""
    if batch.person_id != by.pk:
        raise NotAllowed(_("只有本人可以停止。"))
    _end(batch, BatchItem.Result.STOPPED, at)


def fail_batch(batch: Batch, *, at: datetime) -> None:
    """Say of what has no result yet that it failed, when the work of a batch is given up.

    So nobody waits for it, and its person can choose the same filings again.
    """
    _end(batch, BatchItem.Result.FAILED, at)


def _end(batch: Batch, result: str, at: datetime) -> None:
    with transaction.atomic():
        locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        BatchItem.objects.filter(batch=locked, result="").update(result=result)
        if locked.finished_at is None:
            locked.finished_at = at
            locked.save(update_fields=["finished_at"])


def _ask_for_step(batch: Batch, position: int) -> None:
    # By the place it begins at: asking twice is asking once.
    enqueue("desk.bulk", batch.pk, key=f"desk.bulk:{batch.pk}:{position}")


def _do_item(pk: int, batch: Batch, person: User, at: datetime) -> int:
    """Do one item and write its result, in one transaction; 1 when this call did it."""
    with transaction.atomic():
        item = (
            BatchItem.objects.select_for_update(of=("self",))
            .select_related("filing")
            .filter(pk=pk, result="")
            .first()
        )
        if item is None:
            return 0
        item.result, item.detail = _outcome(item, batch, person, at)
        item.save(update_fields=["result", "detail"])
    return 1


def _outcome(item: BatchItem, batch: Batch, person: User, at: datetime) -> tuple[str, str]:
    try:
        # A refusal takes back whatever its action had written, and nothing else.
        with transaction.atomic():
            _act(item, batch, person, at)
    except Stale as stale:
        return BatchItem.Result.CHANGED, stale.message[:500]
    except Refused as refusal:
        return BatchItem.Result.REFUSED, refusal.message[:500]
    except OperationalError:
        raise
    except Exception as fault:  # noqa: BLE001 - one filing that breaks holds up nobody else's
        logger.error("batch item %s failed: %s", item.pk, type(fault).__name__)
        return BatchItem.Result.FAILED, ""
    return BatchItem.Result.DONE, ""


def _act(item: BatchItem, batch: Batch, person: User, at: datetime) -> None:
    """What the single action does, with its own checks and its own lock on the filing."""
    if not person.is_active:
        raise NotAllowed(_("账号已停用。"))
    # Posts may change while a batch runs: each item asks anew.
    person.forget_standing()
    if batch.kind == Batch.Kind.NOTICE:
        review.tell_enterprise(
            item.filing, text=batch.text, by=person, at=at, revision=item.revision
        )
        return
    give = {
        Batch.Kind.ASSIGN: moves.assign_filing,
        Batch.Kind.HAND_OVER: moves.hand_over_filing,
    }[Batch.Kind(batch.kind)]
    to = User.objects.filter(pk=batch.to_id or 0, is_active=True).first()
    if to is None:
        raise Refused(_("选定的同事已经不能登录。"))
    give(item.filing, by=person, to=to, at=at, remark=batch.text, revision=item.revision)
