"""The boards of the city and its districts, the lists behind their figures, and the daily brief."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from filings.domain import picture
from filings.forms.board import BoardForm
from filings.models import DeskEntry, District, Picture
from filings.papers.brief import brief_pdf
from filings.queries import board as reads
from filings.queries import desk
from filings.queries.figures import condition_of, people_behind, yuan_behind
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.files import CSV, XLSX

from .sheet_files import sheet_file, workbook_file


def _places(user: Any) -> tuple[list[District], bool]:
    """The districts whose boards the person may open, and whether the city's."""
    if user.posts_of("city"):
        return list(District.objects.all()), True
    return list(District.objects.filter(pk__in=desk.districts_of(user))), False


def _asked(request: HttpRequest) -> tuple[BoardForm, reads.Board | None]:
    user: Any = request.user
    districts, has_city = _places(user)
    now = clock.now()
    form = BoardForm(request.GET, districts=districts, has_city=has_city)
    given = form.given()
    district = form.districts.get(given["place"])
    if district is None and not has_city:
        raise Http404
    day = given["day"] or clock.day_of(now)
    pictures = reads.pictures_of(user, district, day)
    if not pictures and day == clock.day_of(now) and not Picture.objects.exists():
        # Nobody has asked for pictures yet: this one is the first, and asks for the next.
        picture.take_picture(at=now)
        picture.keep_taking(now=clock.real_now())
        pictures = reads.pictures_of(user, district, day)
    form.initial = {"place": given["place"], "day": day, "hour": given["hour"]}
    board = reads.board_of(pictures, hour=given["hour"], district=district, now=now)
    return form, board


@open_to("bureau", "city")
def board(request: HttpRequest) -> HttpResponse:
    """The picture of a district or the city, now or at an hour of any day."""
    form, found = _asked(request)
    # The form shows what was taken, where the address bar asked for something else.
    shown = BoardForm(form.initial, districts=form.districts.values(), has_city=_has_city(request))
    context = {"form": shown, "board": found}
    return render(request, "filings/board/board.html", context)


def _has_city(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.posts_of("city"))


@open_to("bureau", "city")
def board_list(request: HttpRequest) -> HttpResponse:
    """The filings behind a figure, as they are at this moment."""
    user: Any = request.user
    at = clock.now()
    key = request.GET.get("figure", "")
    condition = condition_of(key, at)
    if condition is None:
        raise Http404
    entries = _entries(user).filter(condition)
    district = District.objects.filter(code=request.GET.get("district", "")).first()
    if district is not None:
        entries = entries.filter(district=district)
    asked = desk.Asked(view="all", after=request.GET.get("after", ""))
    queue = desk.queue(entries, asked, user=user, at=at)
    context = {
        "queue": queue,
        "label": reads.label_of(key),
        "people": people_behind(key, entries),
        "yuan": yuan_behind(key, entries),
        "district": district,
        "at": at,
    }
    return render(request, "filings/board/list.html", context)


def _entries(user: Any) -> Any:
    entries = DeskEntry.objects.visible_to(user)
    if user.posts_of("city"):
        return entries
    # SECURITY: somebody of a bureau may belong to an enterprise too; the board is the bureau's.
    return entries.filter(district_id__in=desk.districts_of(user))


@open_to("bureau", "city")
def board_brief(request: HttpRequest) -> HttpResponse:
    """The board as a paper to print and hand round."""
    _form, found = _asked(request)
    if found is None:
        raise Http404
    local = timezone.localtime(clock.now())
    printed = _("打印于 %(time)s") % {"time": f"{local:%Y-%m-%d %H:%M}"}
    facts = reads.brief_of(found, printed=printed)
    name = f"brief-{found.day:%Y%m%d}-{found.hour:02}.pdf"
    return HttpResponse(
        brief_pdf(facts),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@open_to("bureau", "city")
def board_download(request: HttpRequest, kind: str) -> HttpResponse:
    """Everything that a board tells as csv, or as a workbook with a sheet for each subject."""
    _form, found = _asked(request)
    if found is None or kind not in (CSV.name, XLSX.name):
        raise Http404
    name = f"board-{found.day:%Y%m%d}-{found.hour:02}"
    answer: HttpResponse = (
        sheet_file(reads.board_table(found), kind, name)
        if kind == CSV.name
        else workbook_file(reads.board_sheets(found), name)
    )
    return answer
