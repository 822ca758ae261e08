"""People: accounts with their postings and memberships, and who was invited."""

from __future__ import annotations

from typing import Any

from axes.utils import reset as unlock
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from filings.domain import audit, second_factor
from filings.domain.people import user_by_mobile
from filings.forms.fields import KnownMobileField, MobileField
from filings.models import Invitation, JoinRequest, Membership, Posting, User
from jiaozuo_portal.admin_site import ReadOnlyAdmin, RecordedAdmin
from jiaozuo_portal.lib import visitors


class _MobileForm(forms.ModelForm):
    """Sets the sealed mobile number through a field of the form."""

    instance: User

    def clean_mobile(self) -> str | None:
        mobile: str | None = self.cleaned_data["mobile"]
        owner = user_by_mobile(mobile) if mobile else None
        if owner is not None and owner.pk != self.instance.pk:
            raise forms.ValidationError(_("这个手机号码已经有人使用。"))
        return mobile

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        mobile = self.cleaned_data.get("mobile")
        if mobile is not None and "mobile" in self.cleaned_data:
            self.instance.set_mobile(mobile)


class NewUserForm(_MobileForm, AdminUserCreationForm):
    """An account made by an administrator; its password is changed at the first sign-in."""

    mobile = MobileField(label=_("手机号码"), required=False)

    class Meta:
        model = User
        fields = ("username", "name", "email", "language")

    def _post_clean(self) -> None:
        super()._post_clean()
        self.instance.must_change_password = True


class ChangeUserForm(_MobileForm, UserChangeForm):
    """An account. The mobile number shows masked; typed over, it changes."""

    mobile = KnownMobileField(
        label=_("手机号码"),
        required=False,
        help_text=_("只显示前三位和后四位。要换号码，请整个删掉再填新的。"),
    )

    class Meta:
        model = User
        fields = "__all__"  # noqa: DJ007 - the admin class names the fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mobile: Any = self.fields.get("mobile")
        if mobile is not None:
            mobile.masked = mobile.initial = self.instance.mobile_masked


class GivenPasswordForm(AdminPasswordChangeForm):
    """A password that an administrator gives: the person has to choose an own one."""

    def save(self, commit: bool = True) -> User:
        self.user.must_change_password = True
        return super().save(commit)


class PostingInline(admin.TabularInline):
    """In which agencies somebody works."""

    model = Posting
    extra = 0
    fields = ("agency", "role")
    autocomplete_fields = ("agency",)


class MembershipInline(admin.TabularInline):
    """For which enterprises somebody works."""

    model = Membership
    extra = 0
    fields = ("enterprise", "role")
    autocomplete_fields = ("enterprise",)


@admin.register(User)
class PersonAdmin(RecordedAdmin, UserAdmin):
    """Accounts. Who has left is closed and not deleted: the record keeps its names."""

    form = ChangeUserForm
    add_form = NewUserForm
    change_password_form = GivenPasswordForm
    list_display = ("username", "name", "mobile_masked", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "postings__agency__kind")
    search_fields = ("username", "name", "email")
    ordering = ("username",)
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    inlines = (PostingInline, MembershipInline)
    actions = ("take_second_factor", "lift_lock")
    fieldsets = (
        (None, {"fields": ("username", "password", "must_change_password")}),
        (_("个人"), {"fields": ("name", "email", "mobile", "language")}),
        (
            _("权限"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups")},
        ),
        (_("时间"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "name",
                    "email",
                    "mobile",
                    "language",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
    #: SECURITY: only an administrator of everything gives rights, or nobody could be kept small.
    RIGHTS = ("is_staff", "is_superuser", "groups")

    def formfield_for_manytomany(self, db_field: Any, request: Any, **options: Any) -> Any:
        """Groups as ticks; rights are given by group and not one by one."""
        if db_field.name == "groups":
            options["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights are read-only for whoever is no administrator of everything."""
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *self.RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody below changes an administrator of everything (or the password of one)."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The record names people for good."""
        return False

    @admin.action(description=_("停用所选人员的动态口令（手机丢失时）"), permissions=["change"])
    def take_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Take the second factor of people whose identity was checked."""
        allowed = self._changeable(request, queryset)
        for person in allowed:
            second_factor.turn_off(person, by=self._by(request))
        self._say(request, len(allowed))

    @admin.action(description=_("解除所选人员的登录锁定"), permissions=["change"])
    def lift_lock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let people try to sign in again at once."""
        allowed = self._changeable(request, queryset)
        for person in allowed:
            unlock(username=visitors.index_of_name(person.username))
            audit.record("unlock", person, by=self._by(request))
        self._say(request, len(allowed))

    def _changeable(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        return [person for person in queryset if self.has_change_permission(request, person)]

    @staticmethod
    def _by(request: HttpRequest) -> Any:
        return request.user

    def _say(self, request: HttpRequest, number: int) -> None:
        said = ngettext("已处理 %(count)s 人。", "已处理 %(count)s 人。", number)
        self.message_user(request, said % {"count": number}, messages.SUCCESS)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited where; the link itself is kept nowhere."""

    list_display = ("email", "agency", "enterprise", "role", "invited_by", "expires_at", "used_at")
    list_select_related = ("agency", "enterprise", "invited_by")
    exclude = ("token_hash",)


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnlyAdmin):
    """Who asked to join where, and who decided."""

    list_display = ("user", "enterprise", "status", "asked_at", "decided_by", "decided_at")
    list_filter = ("status",)
    list_select_related = ("user", "enterprise", "decided_by")
