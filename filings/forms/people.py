"""The forms of sign-in, accounts, members and invitations."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from filings.models import Agency, Membership, Posting, User
from filings.sheets import identity
from filings.sheets.words import BadValue

from .fields import KnownMobileField, LineField, MobileField, Plain


def helper() -> FormHelper:
    """Crispy renders the fields; the page writes the form element around them."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    return made


class SignInForm(Plain):
    """User name or mobile number, and password. It asks nothing of the database."""

    username = forms.CharField(
        label=gettext_lazy("用户名或手机号码"),
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    @property
    def helper(self) -> FormHelper:
        return helper()

    def mobile(self) -> str:
        """The typed name as a mobile number of eleven digits, or "" when it is none."""
        try:
            return identity.mobile(self.cleaned_data["username"])
        except BadValue:
            return ""


def _language_field() -> forms.ChoiceField:
    languages: Any = User._meta.get_field("language").choices
    return forms.ChoiceField(
        label=gettext_lazy("通知和邮件的语言"),
        choices=languages,
        widget=forms.RadioSelect,
    )


class NewPasswordMixin(Plain):
    """Two boxes for a new password, checked by Django's validators."""

    password = forms.CharField(
        label=gettext_lazy("密码"),
        strip=False,
        max_length=200,
        help_text=gettext_lazy("至少 10 位，不能全是数字，不要用容易猜到的词。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=gettext_lazy("再输一次密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def check_password(self, user: User) -> None:
        """Put every fault of the typed password beside its box."""
        first, again = self.cleaned_data.get("password"), self.cleaned_data.get("password_again")
        if first and again and first != again:
            self.add_error("password_again", _("两次输入的密码不一样。"))
            return
        if first:
            try:
                password_validation.validate_password(first, user)
            except forms.ValidationError as faults:
                self.add_error("password", faults)


class RegisterForm(NewPasswordMixin, forms.ModelForm):
    """An account for somebody who registers by themselves or follows an invitation."""

    mobile = MobileField(
        label=gettext_lazy("手机号码"),
        required=False,
        help_text=gettext_lazy("可以用来登录。号码加密保存，页面上只显示前三位和后四位。"),
    )
    field_order = ("name", "username", "email", "mobile", "password", "password_again", "language")

    class Meta:
        model = User
        fields = ("name", "username", "email", "language")
        help_texts = {
            "name": gettext_lazy("请填真实姓名，审核人员会看到。"),
            "username": gettext_lazy("3 到 40 个字，可用汉字、字母、数字和 . @ - _。"),
            "email": gettext_lazy("用来接收通知和找回密码。"),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "username": forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args: Any, fixed_email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed_email = fixed_email
        self.fields["email"].required = True
        self.fields["language"] = _language_field()
        self.fields["language"].initial = get_language() or "zh-hans"
        if fixed_email:
            del self.fields["email"]
        self.say_plainly()

    @property
    def helper(self) -> FormHelper:
        return helper()

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("这个用户名已经有人使用，请换一个。"))
        return username

    def clean(self) -> dict[str, Any]:
        super().clean()
        email = self.fixed_email or self.cleaned_data.get("email", "")
        self.check_password(
            User(
                username=self.cleaned_data.get("username", ""),
                name=self.cleaned_data.get("name", ""),
                email=email,
            )
        )
        return self.cleaned_data

    def account(self) -> dict[str, Any]:
        """What `domain.people.register_account` takes."""
        wanted = ("username", "name", "password", "mobile", "language")
        given = {field: self.cleaned_data[field] for field in wanted}
        return given | {"email": self.fixed_email or self.cleaned_data["email"]}


class AccountForm(Plain, forms.ModelForm):
    """One's own account. E-mail and mobile number open it, so they ask for the password."""

    password = forms.CharField(
        label=gettext_lazy("当前密码"),
        required=False,
        strip=False,
        help_text=gettext_lazy("修改电子邮箱或手机号码时要填。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    class Meta:
        model = User
        fields = ("name", "email", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email_before = self.instance.email
        self.fields["email"].required = True
        self.fields["mobile"] = KnownMobileField(
            masked=self.instance.mobile_masked,
            label=_("手机号码"),
            required=False,
            initial=self.instance.mobile_masked,
            help_text=_("要换号码，请整个删掉再填新的；留空就是不再使用手机号登录。"),
        )
        self.fields["language"] = _language_field()
        self.order_fields(("name", "email", "mobile", "password", "language"))
        self.say_plainly()

    @property
    def helper(self) -> FormHelper:
        return helper()

    def clean(self) -> dict[str, Any]:
        super().clean()
        mobile = self.cleaned_data.get("mobile")
        mobile_changed = mobile is not None and mobile != self.instance.mobile_plain()
        email_changed = self.cleaned_data.get("email") != self.email_before
        if mobile_changed or email_changed:
            self._require_password()
        return self.cleaned_data

    def _require_password(self) -> None:
        if not self.instance.check_password(self.cleaned_data.get("password") or ""):
            self.add_error("password", _("请输入当前密码，再修改电子邮箱或手机号码。"))

    def changes(self) -> dict[str, Any]:
        """What `domain.people.change_account` takes."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "language", "mobile")}

    def _post_clean(self) -> None:
        """The instance stays as it was: the domain writes, not the form."""


class OwnPasswordForm(Plain, PasswordChangeForm):
    """Another password for oneself, with the old one."""

    @property
    def helper(self) -> FormHelper:
        return helper()


class NewPasswordForm(Plain, SetPasswordForm):
    """A new password behind a link that was sent by e-mail."""

    @property
    def helper(self) -> FormHelper:
        return helper()


class ResetForm(Plain):
    """The address to which the link for a new password goes."""

    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        help_text=gettext_lazy("填注册时的邮箱。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    @property
    def helper(self) -> FormHelper:
        return helper()


class CodeForm(Plain):
    """A one-time code of six digits, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("动态口令"),
        max_length=20,
        help_text=gettext_lazy("手机应用里当前显示的 6 位数字，或一个备用码。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    @property
    def helper(self) -> FormHelper:
        return helper()


class FirstCodeForm(CodeForm):
    """The first code after the picture was scanned."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("手机应用里当前显示的 6 位数字。")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AgencyInvitationForm(Plain):
    """A colleague for an agency."""

    agency = forms.ModelChoiceField(label=gettext_lazy("部门"), queryset=Agency.objects.none())
    name = LineField(label=gettext_lazy("姓名"), max_length=40)
    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        help_text=gettext_lazy("邀请链接发到这个邮箱，7 天内有效，只能用一次。"),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("角色"),
        choices=Posting.Role.choices,
        initial=Posting.Role.REVIEWER,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("负责人可以准予、暂停、撤销备案，也可以邀请同事。"),
    )

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agency"]
        field.queryset = agencies
        only = list(agencies[:2])
        if len(only) == 1:
            field.initial, field.empty_label = only[0], None

    @property
    def helper(self) -> FormHelper:
        return helper()


class MemberInvitationForm(Plain):
    """A colleague for an enterprise."""

    name = LineField(label=gettext_lazy("姓名"), max_length=40)
    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        help_text=gettext_lazy("邀请链接发到这个邮箱，7 天内有效，只能用一次。"),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("角色"),
        choices=Membership.Role.choices,
        initial=Membership.Role.CLERK,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("负责人管理成员，可以撤回备案；经办人填写和提交；只读只能查看。"),
    )

    @property
    def helper(self) -> FormHelper:
        return helper()
