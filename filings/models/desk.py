"""The row of a filing in the lists of the authorities: one table answers a whole desk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from filings.states import WITH_BUREAU, State

from .enterprise import Enterprise
from .filing import Filing, filing_scope
from .place import District, Zone

if TYPE_CHECKING:
    from .people import User

#: The end of a time limit that none runs to: behind every other, and a value to begin a page at.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class DeskEntryQuerySet(models.QuerySet["DeskEntry"]):
    """Reads of entries."""

    def visible_to(self, user: User) -> DeskEntryQuerySet:
        """The entries of the filings this person may know of."""
        return self.filter(filing_scope(user))


class DeskEntry(models.Model):
    """What a list shows and asks of one filing, written anew whenever the filing changes.

    Everything here follows from the filing (`domain.desk.refresh_entry`) and may be made again from
    it at any time; nothing decides by it. A list of 100 000 filings is filtered and sorted in this
    one table, because five joined tables can't be.

    `shut` and `provinces` are words between blanks, so that a whole word is found by ` word `:
    the gates that do not stand open, and the provinces that people of the last version come from
    (`filings.provinces`).
    A draft names no gate: until it is submitted it is the enterprise's own, and authorities
    neither read nor judge it.
    `origins` has the people of the last version's roster by province, `planned` how many its plan
    says will return, `heads` how many the roster has.
    `queued_at` is when it was submitted, or while it never was, when it was opened, and `ends_at`
    when the bureau's time limit ends, or NEVER while none runs: what a list is sorted by has a
    value in every row, for a page that begins behind NULLs can't use an index.
    `cover_days` is the lowest of the days of cover (R3.1), None while none is known. `size` is
    "open" while an indicator is missing. `search` is in lower case. What the texts hold is bounded
    by the columns that they come from, below the 2,704 bytes that a row of an index may have.
    """

    filing = models.OneToOneField(
        Filing, models.CASCADE, primary_key=True, related_name="desk_entry", verbose_name=_("备案")
    )
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, related_name="+", db_index=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices)
    state_since = models.DateTimeField(_("状态起始"))
    version = models.PositiveIntegerField(_("版本"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    queued_at = models.DateTimeField(_("排队时间"))
    ends_at = models.DateTimeField(_("办结期限"), default=NEVER)
    time_left = models.DurationField(_("剩余时限"), null=True)
    returns = models.PositiveSmallIntegerField(_("退回次数"))
    name = models.CharField(_("企业名称"), max_length=120)
    site = models.CharField(_("厂区名称"), max_length=80)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    number = models.CharField(_("备案号"), max_length=40)
    pinyin = models.CharField(max_length=200)
    search = models.TextField()
    industry = models.CharField(_("划型行业"), max_length=24)
    size = models.CharField(_("规模"), max_length=8)
    heads = models.PositiveIntegerField(_("返岗人数"))
    cover_days = models.DecimalField(_("物资可用天数"), max_digits=12, decimal_places=1, null=True)
    shut = models.CharField(_("没有通过的核对"), max_length=200)
    provinces = models.TextField(_("返岗人员来源省"))
    origins = models.JSONField(_("各来源省人数"), default=dict)
    planned = models.PositiveIntegerField(_("计划返岗人数"), default=0)

    objects = DeskEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("备案清单")
        verbose_name_plural = _("备案清单")
        ordering = ("pk",)
        # EXPLAIN (ANALYZE) on PostgreSQL with 100,000 entries, warm: milliseconds of a page of 26
        # with the index, and without it the plan that takes its place. In a large district an index
        # of the whole city is nearly as good; in the smallest one, with 3,474 entries, it is not.
        #   entry_desk          0.02   0.80  a rare state in a small district: bitmap heap scan
        #   entry_oldest        0.02   0.41  entry_city_oldest, passing over the other districts
        #   entry_since         0.02   0.21  entry_city_since, the same
        #   entry_name          0.02   0.35  entry_city_name, the same
        #   entry_due           0.02   0.20  entry_city_due, the same; counts what is overdue too
        #   entry_city_oldest   0.02    71   parallel sequential scan, sort
        #   entry_city_since    0.02    81   the same
        #   entry_city_name     0.04    75   the same
        #   entry_city_due      0.03    72   the same
        #   entry_held          0.3    2.9   bitmap heap scan of what is with the bureaus; without
        #                                    the district in it, 18 among a million entries
        #   entry_with_bureau   0.05   6.4   entry_oldest, passing over what is decided
        #   entry_unowned       0.09   3.3   counting them: bitmap heap scan of a state
        #   entry_zone          1.7     14   bitmap heap scan by state
        #   entry_sought        5.8     13   bitmap heap scan of the district, text and all
        indexes = [
            # The queue of a bureau in its usual order, with and without a state.
            models.Index(fields=("district", "state", "queued_at", "filing"), name="entry_desk"),
            models.Index(fields=("district", "queued_at", "filing"), name="entry_oldest"),
            models.Index(fields=("district", "state_since", "filing"), name="entry_since"),
            models.Index(fields=("district", "pinyin", "filing"), name="entry_name"),
            models.Index(fields=("district", "ends_at", "filing"), name="entry_due"),
            # The same for the city, which has no district.
            models.Index(fields=("queued_at", "filing"), name="entry_city_oldest"),
            models.Index(fields=("state_since", "filing"), name="entry_city_since"),
            models.Index(fields=("pinyin", "filing"), name="entry_city_name"),
            models.Index(fields=("ends_at", "filing"), name="entry_city_due"),
            # What a reviewer holds, and what waits too long: few rows of many, listed and counted.
            models.Index(
                fields=("holder", "district", "state", "queued_at", "filing"),
                condition=models.Q(state__in=WITH_BUREAU),
                name="entry_held",
            ),
            models.Index(
                fields=("district", "queued_at", "returns", "filing"),
                condition=models.Q(state__in=WITH_BUREAU),
                name="entry_with_bureau",
            ),
            # What is nobody's, listed and counted; no other index knows that there is no holder.
            models.Index(
                fields=("district", "queued_at", "filing"),
                condition=models.Q(state=State.SUBMITTED, holder__isnull=True),
                name="entry_unowned",
            ),
            models.Index(fields=("zone", "state"), name="entry_zone"),
            # What is searched for, and filters that few entries meet: all that conditions and
            # orders ask stands in the index itself, a seventh of what the entries' pages hold.
            models.Index(
                fields=("district", "queued_at", "filing"),
                include=(
                    "state",
                    "search",
                    "shut",
                    "cover_days",
                    "provinces",
                    "industry",
                    "size",
                    "zone",
                    "holder",
                    "returns",
                    "ends_at",
                    "state_since",
                    "pinyin",
                ),
                name="entry_sought",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.name}"

    @property
    def due_at(self) -> datetime | None:
        """When the bureau's time limit ends; None while none runs."""
        return None if self.ends_at == NEVER else self.ends_at


class DeskCountQuerySet(models.QuerySet["DeskCount"]):
    """Reads of counts."""

    def visible_to(self, user: User) -> DeskCountQuerySet:
        """The counts of the city, or of the districts whose bureau this person works in."""
        if user.posts_of("city"):
            return self.all()
        return self.filter(district_id__in=[post.district_id for post in user.posts_of("bureau")])


class DeskCount(models.Model):
    """How many entries a district has in a state, with and without a return so far.

    A count is the sum of its rows. Whoever changes an entry adds to a row that nobody else is just
    adding to, or begins another (`domain.desk_counts`): so nobody waits for a count, and there are
    as many rows as transactions ever met. A row by itself means nothing and may fall below zero.
    """

    district = models.ForeignKey(District, models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices)
    was_returned = models.BooleanField()
    entries = models.IntegerField()

    objects = DeskCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("备案清单计数")
        verbose_name_plural = _("备案清单计数")
        indexes = [models.Index(fields=("district", "state", "was_returned"), name="desk_count")]

    def __str__(self) -> str:
        return f"{self.district_id} {self.state} {self.entries}"
