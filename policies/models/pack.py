"""Policy packs as they were loaded: immutable versions, and what lists and links need of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class PackQuerySet(models.QuerySet["Pack"]):
    """Reads of packs."""

    def published(self) -> PackQuerySet:
        """The pack that verdicts rest on; there is at most one."""
        return self.filter(status=Pack.Status.PUBLISHED)


class Pack(models.Model):
    """One version of a policy pack.

    `content` holds the text of every file by its path in the pack, so that each process rebuilds
    the same rules; `sha256` is its digest. Both never change once the row is written: what is
    wrong is mended by a new version. `edition` is the number that the pack gives itself.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        WITHDRAWN = "withdrawn", _("已撤下")

    key = models.CharField(_("政策包"), max_length=60)
    version = models.PositiveIntegerField(_("版本"))
    edition = models.CharField(_("包内版本号"), max_length=20)
    title = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300)
    status = models.CharField(_("状态"), max_length=9, choices=Status.choices, default=Status.DRAFT)
    sha256 = models.CharField(max_length=64, editable=False)
    content = models.JSONField(editable=False)
    loaded_at = models.DateTimeField(_("载入时间"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    objects = PackQuerySet.as_manager()

    class Meta:
        verbose_name = _("政策包")
        verbose_name_plural = _("政策包")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("key", "version"), name="pack_version_once"),
            models.UniqueConstraint(
                fields=("status",),
                condition=models.Q(status="published"),
                name="one_published_pack",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"

    @property
    def local_title(self) -> str:
        """The title in the reader's language."""
        return _in_language(self.title, self.title_en)


class Document(models.Model):
    """One official text of a pack."""

    pack = models.ForeignKey(Pack, models.CASCADE, related_name="documents")
    key = models.CharField(_("简称"), max_length=40)
    number = models.CharField(_("文号"), max_length=60)
    title = models.CharField(_("标题"), max_length=300)
    title_en = models.CharField(_("英文标题"), max_length=400)
    issuer = models.CharField(_("发文机关"), max_length=120)
    level = models.CharField(_("层级"), max_length=10)
    date = models.DateField(_("成文日期"))
    valid_from = models.DateField(_("施行首日"))
    valid_until = models.DateField(_("施行末日"), null=True, blank=True)

    class Meta:
        verbose_name = _("政策文件")
        verbose_name_plural = _("政策文件")
        ordering = ("pack", "pk")
        constraints = [
            models.UniqueConstraint(fields=("pack", "key"), name="document_once_per_pack")
        ]

    def __str__(self) -> str:
        return self.number


class Clause(models.Model):
    """One numbered point of a document, with our own summary."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="clauses")
    number = models.PositiveIntegerField(_("条"))
    summary = models.TextField(_("摘要"))
    summary_en = models.TextField(_("英文摘要"))

    class Meta:
        verbose_name = _("政策条款")
        verbose_name_plural = _("政策条款")
        ordering = ("document", "number")
        constraints = [
            models.UniqueConstraint(fields=("document", "number"), name="clause_once_per_document")
        ]

    def __str__(self) -> str:
        return f"{self.document.key}-{self.number}"


class Measure(models.Model):
    """One independent benefit, service, information or duty inside a clause.

    `key` is its id in the pack (`<document>-<clause><letter>`); validity counts both days.
    """

    pack = models.ForeignKey(Pack, models.CASCADE, related_name="measures")
    clause = models.ForeignKey(Clause, models.CASCADE, related_name="measures")
    key = models.CharField(_("编号"), max_length=40)
    label = models.CharField(_("名称"), max_length=200)
    label_en = models.CharField(_("英文名称"), max_length=300)
    kind = models.CharField(_("种类"), max_length=30)
    strength = models.CharField(_("力度"), max_length=20)
    topic = models.CharField(_("主题"), max_length=80)
    departments = models.JSONField(_("责任部门"), default=list)
    valid_from = models.DateField(_("施行首日"))
    valid_until = models.DateField(_("施行末日"), null=True, blank=True)

    class Meta:
        verbose_name = _("支持措施")
        verbose_name_plural = _("支持措施")
        ordering = ("pack", "pk")
        constraints = [
            models.UniqueConstraint(fields=("pack", "key"), name="measure_once_per_pack")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def local_label(self) -> str:
        """The label in the reader's language."""
        return _in_language(self.label, self.label_en)


def _in_language(chinese: str, english: str) -> str:
    return chinese if (get_language() or "zh").startswith("zh") else english
