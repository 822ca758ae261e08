"""The one way in which a filing changes its state."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings import access, gates
from filings.models import (
    Correction,
    Decision,
    Filing,
    FilingVersion,
    GateWaiver,
    PreStartReport,
    Receipt,
    SectionDraft,
    Step,
    User,
)
from filings.states import MOVES, GateSet, Move, Remark, State
from jiaozuo_portal.lib.punctuation import labelled, listed, remarked
from jiaozuo_portal.lib.refusals import Refused, Stale
from jiaozuo_portal.outbox.queue import enqueue

from . import assignment, audit, desk, notices, receipts, timing, versions


def lock_filing(pk: int) -> Filing:
    """The filing, locked until the transaction ends.

    Races end here: whoever comes second reads what the first one wrote. On SQLite every write
    transaction begins IMMEDIATE, which locks the whole database instead.
    """
    return (
        Filing.objects.select_for_update(of=("self",))
        .select_related("enterprise", "site", "district", "zone")
        .get(pk=pk)
    )


def waivers_of(filing: Filing) -> dict[str, str]:
    """The approval gates that the lead has waived, with the reasons."""
    return dict(GateWaiver.objects.filter(filing=filing).values_list("gate", "reason"))


def start_content(filing: Filing, *, draft: bool) -> dict[str, Any]:
    """What the start gates judge: the approved version and the pre-start report.

    `draft` takes the report as it is being filled in; else the last one filed for this version.
    """
    approved = filing.approved_version or 0
    if draft:
        typed = SectionDraft.objects.filter(filing=filing, key="prestart").first()
        told = typed.data if typed else {}
    else:
        filed = PreStartReport.objects.filter(filing=filing, version=approved).last()
        told = filed.content if filed else {}
    return _for_start(filing, versions.content_of(filing, approved), told)


def _for_start(
    filing: Filing, content: Mapping[str, Any], prestart: Mapping[str, Any]
) -> dict[str, Any]:
    return {**content, "approved_version": filing.approved_version, "prestart": prestart}


def approval_gates(
    filing: Filing,
    *,
    draft: bool,
    content: dict[str, Any] | None = None,
    waivers: Mapping[str, str] | None = None,
) -> list[gates.GateResult]:
    """The approval gates of the draft, or of the last frozen version.

    Who has read the version's content, or the waived gates with their reasons, gives them.
    """
    if content is None:
        content = versions.snapshot(filing) if draft else versions.content_of(filing)
    return gates.judge(
        GateSet.APPROVAL, content, waivers_of(filing) if waivers is None else waivers
    )


def start_gates(filing: Filing, *, draft: bool) -> list[gates.GateResult]:
    """The start gates of R2.9 and R2.8."""
    return gates.judge(GateSet.START, start_content(filing, draft=draft))


def start_gates_from(
    filing: Filing, version: FilingVersion, report: PreStartReport | None
) -> list[gates.GateResult]:
    """The same of what was filed, where the last version and the last report have been read."""
    if version.number != filing.approved_version:
        return start_gates(filing, draft=False)
    told = report.content if report and report.version == version.number else {}
    return gates.judge(GateSet.START, _for_start(filing, version.content, told))


def _require_gates(results: list[gates.GateResult], move: Move) -> None:
    shut = gates.failing(results)
    if shut:
        raise Refused(
            _("还不能%(move)s：%(gates)s没有通过。")
            % {"move": move.label, "gates": listed(result.label for result in shut)},
            rule=shut[0].rule,
            details=[
                labelled(remarked(result.label, result.rule), reason)
                for result in shut
                for reason in result.why
            ],
        )


def _require_remark(move: Move, remark: str) -> None:
    if move.remark == Remark.REQUIRED and not remark:
        raise Refused(_("请写明“%(move)s”的理由。") % {"move": move.label}, rule=move.rule)


def require_fresh(filing: Filing, revision: int | None) -> None:
    """Raise Stale when the page that carried `revision` is older than the locked filing."""
    if revision is not None and revision != filing.revision:
        raise Stale(
            _("这份备案刚才已有变化，现在的状态是“%(state)s”。请看过最新内容后再决定。")
            % {"state": filing.get_state_display()}
        )


#: After these moves somebody else has the filing; the step says who.
_GIVES = frozenset({"assign", "hand_over"})


@contextmanager
def moving(
    filing: Filing,
    name: str,
    *,
    by: User,
    at: datetime,
    revision: int | None = None,
    remark: str = "",
    facts: Mapping[str, Any] | None = None,
    apart: Collection[User] = (),
) -> Iterator[Filing]:
    """Take a filing one move on; the body does what belongs to the move, under the lock.

    Checks state, actor, revision and remark before the body runs and writes state, step and
    notices after it, all in one transaction. Raises NotAllowed, Stale or Refused with a message
    for the person; then nothing is written. `revision` is the one that the page carried; who stands
    in `apart` hears of the move in words of its own. The body may add to `facts` and `apart`.
    """
    move = MOVES[name]
    remark = remark.strip()
    with transaction.atomic():
        locked = lock_filing(filing.pk)
        require_fresh(locked, revision)
        access.may_move(by, locked, name).require()
        _require_remark(move, remark)
        acting = min(access.actors(by, locked) & move.actors)
        yield locked
        source, locked.state = locked.state, move.target
        locked.state_since = at
        locked.revision += 1
        timing.turn_clock(locked, name, at=at)
        locked.save()
        desk.refresh_entry(locked)
        step = Step.objects.create(
            filing=locked,
            move=name,
            source=source,
            target=move.target,
            version=locked.version,
            by=by,
            as_actor=acting,
            at=at,
            remark=remark,
            to=locked.holder if name in _GIVES else None,
        )
        circles = notices.audience(notices.AUDIENCE[name], locked, but=by)
        notices.send(
            name,
            [person for person in circles if person not in apart],
            at=at,
            filing=locked,
            step=step,
            **{"by": by.get_full_name(), "remark": remark, **(facts or {})},
        )
        enqueue("support.match", str(locked.pk), key=f"support:{locked.pk}:{locked.revision}")
    filing.refresh_from_db()


def submit_filing(
    filing: Filing,
    *,
    by: User,
    at: datetime,
    key: uuid.UUID,
    revision: int | None = None,
    remark: str = "",
) -> FilingVersion:
    """Freeze the draft and hand it to the bureau (R1.5).

    `key` comes from the page: pressing twice, or again after a time-out, gives the same version.
    Raises Refused with the gates that are shut, or with the corrections that are not ticked off.
    """
    with transaction.atomic():
        # SECURITY: looked up under the lock and within the filing, so a key tells nobody anything.
        locked = lock_filing(filing.pk)
        sent = FilingVersion.objects.filter(submission_key=key, filing=locked).first()
        if sent:
            return sent
        apart: list[User] = []
        with moving(
            locked, "submit", by=by, at=at, revision=revision, remark=remark, apart=apart
        ) as moved:
            content = versions.snapshot(moved)
            waivers = waivers_of(moved)
            _require_gates(gates.judge(GateSet.APPROVAL, content, waivers), MOVES["submit"])
            _require_corrections_mended(moved)
            content["waivers"] = waivers
            version = versions.freeze(moved, content, key=key, by=by, at=at)
            assigned = assignment.assign_by_rule(moved, at=at)
            moved.holder = assigned.person
            if assigned.is_new and assigned.person:
                apart.append(assigned.person)
        assignment.record(moved, assigned, at=at)
    filing.refresh_from_db()
    return version


def _require_corrections_mended(filing: Filing) -> None:
    left = Correction.objects.filter(filing=filing, status=Correction.Status.SENT)
    if left.exists():
        raise Refused(
            _("还有 %(count)s 项补正意见没有勾选“已补正”。") % {"count": left.count()},
            rule="R1.5",
            details=[labelled(correction.place, correction.text) for correction in left],
        )


def withdraw_filing(
    filing: Filing, *, by: User, at: datetime, remark: str, revision: int | None = None
) -> None:
    """The owner takes the filing back, an approved version of it too."""
    with moving(filing, "withdraw", by=by, at=at, revision=revision, remark=remark) as moved:
        moved.holder = None
        moved.approved_version = None


def reopen_filing(filing: Filing, *, by: User, at: datetime, revision: int | None = None) -> None:
    """Fill in again after withdrawing, or after the filing was revoked."""
    name = "revise" if filing.state == State.REVOKED else "reopen"
    with moving(filing, name, by=by, at=at, revision=revision) as moved:
        moved.holder = None


def claim_filing(filing: Filing, *, by: User, at: datetime, revision: int | None = None) -> None:
    """One reviewer takes the filing; from then on it is theirs."""
    with moving(filing, "claim", by=by, at=at, revision=revision) as moved:
        moved.holder = by


def assign_filing(
    filing: Filing,
    *,
    by: User,
    to: User,
    at: datetime,
    remark: str = "",
    revision: int | None = None,
) -> None:
    """The lead gives a filing that nobody has claimed to somebody, whatever the rules said."""
    with moving(filing, "assign", by=by, at=at, revision=revision, remark=remark) as moved:
        _give(moved, to, by=by)


def hand_over_filing(
    filing: Filing,
    *,
    by: User,
    to: User,
    at: datetime,
    remark: str = "",
    revision: int | None = None,
) -> None:
    """Give the filing to a colleague of the same bureau."""
    with moving(filing, "hand_over", by=by, at=at, revision=revision, remark=remark) as moved:
        _give(moved, to, by=by)


def _give(filing: Filing, to: User, *, by: User) -> None:
    if not access.actors(to, filing) & MOVES["claim"].actors:
        raise Refused(_("只能移交给本县区工信部门的审核人员。"), rule="R1.5")
    filing.holder = to
    audit.record("assign", to, by=by, filing=filing, field="by_hand")


def _decide(filing: Filing, kind: str, *, by: User, at: datetime, remark: str, passed: Any) -> None:
    if Decision.objects.filter(filing=filing, version=filing.version).exists():
        raise Stale(_("这一版已经有决定，不能再作第二个决定。"))
    Decision.objects.create(
        filing=filing,
        version=filing.version,
        kind=kind,
        by=by,
        at=at,
        remark=remark,
        gates=[result.as_json() for result in passed],
    )


def return_filing(
    filing: Filing, *, by: User, at: datetime, remark: str = "", revision: int | None = None
) -> int:
    """Send the collected corrections to the enterprise, all together; how many there were.

    Raises Refused when nothing was collected: who returns must say what to mend.
    """
    facts: dict[str, Any] = {}
    with moving(
        filing, "return", by=by, at=at, revision=revision, remark=remark, facts=facts
    ) as moved:
        collected = Correction.objects.filter(
            filing=moved, status=Correction.Status.COLLECTED, version=moved.version
        )
        facts["count"] = count = collected.update(status=Correction.Status.SENT, sent_at=at)
        if not count:
            raise Refused(_("请至少写一条补正意见，再退回。"), rule="R1.5")
        _decide(moved, "return", by=by, at=at, remark=remark, passed=())
    return count


def approve_filing(
    filing: Filing, *, by: User, at: datetime, remark: str = "", revision: int | None = None
) -> Receipt:
    """Register the last version and issue its receipt.

    The approval gates are asked again, of the frozen version. Raises Refused while corrections
    that were collected have not been sent or dropped, and NotAllowed for who reviewed this
    version when the bureau demands four eyes.
    """
    with moving(filing, "approve", by=by, at=at, revision=revision, remark=remark) as moved:
        access.may_approve_alone(by, moved).require()
        results = approval_gates(moved, draft=False)
        _require_gates(results, MOVES["approve"])
        open_points = Correction.objects.filter(
            filing=moved, status=Correction.Status.COLLECTED, version=moved.version
        ).count()
        if open_points:
            raise Refused(
                _("还有 %(count)s 条补正意见没有发出，请退回补正或先删除。")
                % {"count": open_points},
                rule="R1.5",
            )
        _decide(moved, "approve", by=by, at=at, remark=remark, passed=results)
        Correction.objects.filter(filing=moved, status=Correction.Status.MENDED).update(
            status=Correction.Status.SETTLED
        )
        moved.approved_version = moved.version
        return receipts.issue_receipt(moved, at=at)


def report_prestart(
    filing: Filing, *, by: User, at: datetime, key: uuid.UUID, revision: int | None = None
) -> PreStartReport:
    """File the pre-start report (R2.8); the start gates must all pass, with no way round."""
    with transaction.atomic():
        locked = lock_filing(filing.pk)
        filed = PreStartReport.objects.filter(submission_key=key, filing=locked).first()
        if filed:
            return filed
        with moving(locked, "report", by=by, at=at, revision=revision) as moved:
            content = start_content(moved, draft=True)
            _require_gates(gates.judge(GateSet.START, content), MOVES["report"])
            report = PreStartReport.objects.create(
                filing=moved,
                version=moved.approved_version or 0,
                submission_key=key,
                content=content["prestart"],
                by=by,
                at=at,
            )
    filing.refresh_from_db()
    return report


def start_work(filing: Filing, *, by: User, at: datetime, revision: int | None = None) -> None:
    """Begin production. The three gates of R2.9 and the report of R2.8 are asked once more."""
    with moving(filing, "start", by=by, at=at, revision=revision) as moved:
        _require_gates(start_gates(moved, draft=False), MOVES["start"])


def suspend_filing(
    filing: Filing, *, by: User, at: datetime, remark: str, revision: int | None = None
) -> None:
    """The lead suspends the filing; its receipt no longer stands."""
    with moving(filing, "suspend", by=by, at=at, revision=revision, remark=remark):
        pass


def resume_filing(
    filing: Filing, *, by: User, at: datetime, remark: str, revision: int | None = None
) -> None:
    """The lead lifts a suspension; the start gates are asked again before work begins."""
    with moving(filing, "resume", by=by, at=at, revision=revision, remark=remark):
        pass


def revoke_filing(
    filing: Filing, *, by: User, at: datetime, remark: str, revision: int | None = None
) -> None:
    """The lead revokes the filing for good; the enterprise may fill in anew."""
    with moving(filing, "revoke", by=by, at=at, revision=revision, remark=remark) as moved:
        moved.approved_version = None


def waive_gate(
    filing: Filing, gate: str, *, by: User, at: datetime, reason: str, revision: int | None = None
) -> GateWaiver:
    """Let the filing pass one approval gate, for a reason that is shown and logged.

    Raises Refused for a start gate: R2.9 knows no exception.
    """
    if gate not in {known.name for known in gates.APPROVAL_GATES}:
        raise Refused(_("开工的禁止性要求不能免于核对。"), rule="R2.9")
    if not reason.strip():
        raise Refused(_("请写明免于核对的理由。"))
    with transaction.atomic():
        locked = lock_filing(filing.pk)
        require_fresh(locked, revision)
        access.may_waive(by, locked).require()
        waiver, __ = GateWaiver.objects.update_or_create(
            filing=locked, gate=gate, defaults={"reason": reason.strip(), "by": by, "at": at}
        )
        desk.refresh_entry(locked)
        label = next(known.label for known in gates.APPROVAL_GATES if known.name == gate)
        notices.send(
            "waived",
            notices.audience(("enterprise",), locked),
            at=at,
            filing=locked,
            remark=reason.strip(),
            gate=str(label),
        )
        audit.record("waive", waiver, by=by, filing=locked, field=gate, reason=reason.strip())
    return waiver
