"""The views of the desk that reviewers keep: named, changed, shared, taken away."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from filings import access
from filings.models import Agency, DeskPreference, SavedView, User
from jiaozuo_portal.lib.refusals import Refused

from . import audit

#: Each view is counted whenever its owner looks at the desk.
MOST_VIEWS = 12


def save_view(
    *, by: User, name: str, query: str, shared_with: Agency | None = None, is_default: bool = False
) -> SavedView:
    """Keep a state of the address bar under a name.

    Raises Refused where the person has one of this name or has too many, NotAllowed where somebody
    but the lead shares it.
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        if SavedView.objects.filter(owner=by).count() >= MOST_VIEWS:
            raise Refused(_("最多保存 %(count)s 个视图，请先删除一个。") % {"count": MOST_VIEWS})
        view = SavedView(owner=by, query=query)
        return _keep(view, by, "save_view", name, shared_with, is_default=is_default)


def change_view(
    view: SavedView,
    *,
    by: User,
    name: str,
    shared_with: Agency | None = None,
    is_default: bool = False,
) -> SavedView:
    """Name a view anew, share it or keep it to oneself. The same refusals as for a new one."""
    access.may_change_view(by, view).require()
    return _keep(view, by, "change_view", name, shared_with, is_default=is_default)


def remove_view(view: SavedView, *, by: User) -> None:
    """Take a view away; whose desk began with it begins as it did before."""
    access.may_change_view(by, view).require()
    with transaction.atomic():
        audit.record("remove_view", view, by=by)
        view.delete()


def begin_with(view: SavedView | None, *, by: User) -> None:
    """Let the person's desk begin with this view, or as everybody's."""
    DeskPreference.objects.update_or_create(user=by, defaults={"begins_with": view})


def _keep(
    view: SavedView,
    by: User,
    action: str,
    name: str,
    shared_with: Agency | None,
    *,
    is_default: bool,
) -> SavedView:
    if shared_with is not None and shared_with.pk != view.shared_with_id:
        access.may_arrange(by, shared_with).require()
    view.name, view.shared_with = name.strip(), shared_with
    try:
        with transaction.atomic():
            view.save()
            audit.record(action, view, by=by)
            if is_default:
                begin_with(view, by=by)
            else:
                DeskPreference.objects.filter(user=by, begins_with=view).update(begins_with=None)
    except IntegrityError as double:
        raise Refused(_("已经有名为“%(name)s”的视图。") % {"name": view.name}) from double
    return view
