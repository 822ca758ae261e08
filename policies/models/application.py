"""Applications for support measures, and the desks that decide them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from filings.public import Filing, User, filings_by_id
from policies.states import STANDING, ApplicationState

#: How `given_to` begins for one case of several until it is granted.
NEXT_CASE = "next:"


class DepartmentDesk(models.Model):
    """Which agency of the portal works for a department that the texts name."""

    department = models.CharField(_("责任部门（全称）"), max_length=80, unique=True)
    agency = models.ForeignKey(
        "filings.Agency", models.PROTECT, related_name="+", verbose_name=_("经办部门")
    )

    class Meta:
        verbose_name = _("部门对应")
        verbose_name_plural = _("部门对应")
        ordering = ("department",)

    def __str__(self) -> str:
        return f"{self.department} → {self.agency}"


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Reads of applications."""

    def visible_to(self, user: User) -> ApplicationQuerySet:
        """Those of the enterprises that the person works for, and those sent to their agencies.

        SECURITY: an officer reads the application alone, never the filing it came from; one that
        was not sent, or withdrawn before it was, is nobody's but the enterprise's.
        """
        agencies = [post.agency_id for post in user.posts]
        return self.filter(
            models.Q(enterprise_id__in=list(user.roles))
            | models.Q(agency_id__in=agencies, sent_at__isnull=False)
        )


class Application(models.Model):
    """An application of a filing's enterprise for one measure.

    `content` is what the department decides on, frozen while it is prepared and again when it is
    sent: the facts that the measure rests on with their sources, the reasons, the amount with its
    formula, the enterprise's name, code and contact. `benefit` is what is given only once: the
    topic, or the measure itself; `given_to` is who gets it once: `enterprise:<id>`, `site:<id>`, or
    `next:<id of the site>` for one case of several, which becomes `case:<own id>` when it is
    granted and makes room for the next.
    `outside_on` is the day on which it was handed in elsewhere, if it was, and `outside_number`
    what the other side gave for it.
    """

    filing = models.ForeignKey(
        "filings.Filing", models.PROTECT, related_name="applications", verbose_name=_("备案")
    )
    enterprise = models.ForeignKey(
        "filings.Enterprise", models.PROTECT, related_name="applications", verbose_name=_("企业")
    )
    measure = models.CharField(_("措施编号"), max_length=40)
    benefit = models.CharField(max_length=80)
    given_to = models.CharField(max_length=40, editable=False)
    agency = models.ForeignKey(
        "filings.Agency", models.PROTECT, related_name="+", verbose_name=_("经办部门")
    )
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ApplicationState.choices,
        default=ApplicationState.DRAFT,
        editable=False,
    )
    state_since = models.DateTimeField(_("状态起始"))
    revision = models.PositiveIntegerField(default=1, editable=False)
    content = models.JSONField(_("申请内容"))
    asked_yuan = models.DecimalField(
        _("申请金额（元）"), max_digits=30, decimal_places=2, null=True, blank=True
    )
    granted_yuan = models.DecimalField(
        _("同意金额（元）"), max_digits=30, decimal_places=2, null=True, blank=True
    )
    created_at = models.DateTimeField(_("建立时间"))
    sent_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    outside_on = models.DateField(_("在平台外申请的日期"), null=True, blank=True)
    outside_number = models.CharField(_("回执编号"), max_length=60, blank=True)
    last_day = models.DateField(_("申请末日"), null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("政策申请")
        verbose_name_plural = _("政策申请")
        ordering = ("-pk",)
        constraints = [
            # One benefit is given once: the constraint stands behind the lock.
            models.UniqueConstraint(
                fields=("given_to", "benefit"),
                condition=models.Q(state__in=STANDING),
                name="one_standing_application",
            )
        ]
        indexes = [
            models.Index(fields=("agency", "state", "sent_at"), name="application_desk"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.state}"

    @property
    def is_next_case(self) -> bool:
        """Whether it is one case of several, which has to be granted before the next begins."""
        return self.given_to.startswith(NEXT_CASE)

    def close_case(self) -> None:
        """Make room for the next case, where this is one of several. The caller saves it."""
        if self.is_next_case:
            self.given_to = f"case:{self.pk}"

    @property
    def names_no_papers(self) -> bool:
        """Whether the text names no papers; what was sent before they were told does not say."""
        return self.content.get("papers") == []

    def filing_with_places(self) -> Filing:
        """The filing as the judging reads it."""
        return filings_by_id([self.filing_id])[self.filing_id]


class ApplicationStep(models.Model):
    """One move of an application: who, when, from where to where and why. Append-only."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="steps", verbose_name=_("申请")
    )
    move = models.CharField(_("办理事项"), max_length=10)
    source = models.CharField(
        _("原状态"), max_length=10, choices=ApplicationState.choices, blank=True
    )
    target = models.CharField(_("新状态"), max_length=10, choices=ApplicationState.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )
    at = models.DateTimeField(_("时间"))
    remark = models.TextField(_("说明"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("申请办理记录")
        verbose_name_plural = _("申请办理记录")
        ordering = ("application", "pk")

    def __str__(self) -> str:
        return f"{self.application_id} {self.move}"
