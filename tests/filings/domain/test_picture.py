"""Taking pictures: one an hour of each district and the city, later one a day; each minute anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from filings.domain import picture
from filings.models import District, Picture
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxRow
from jiaozuo_portal.outbox.queue import drain
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing():
    make.city()
    return make.filing_in("submitted")[0]


def state_counts(picture: Picture) -> dict[str, int]:
    return {key: n for key, n in picture.figures["counts"].items() if n and key[:5] == "state"}


def test_the_picture_of_an_hour_is_the_last_one(filing):
    picture.take_picture(at=NOW)
    make.filing_in("submitted")
    later = NOW + timedelta(minutes=30)
    picture.take_picture(at=later)

    city = Picture.objects.get(district=None)
    assert (city.hour, city.taken_at, city.day) == (9, later, clock.day_of(NOW))
    assert state_counts(city) == {"state-submitted": 2}
    assert Picture.objects.count() == District.objects.count() + 1


def test_each_district_has_its_own_and_those_without_filings_too(filing):
    picture.take_picture(at=NOW)

    here = Picture.objects.get(district=filing.district)
    assert state_counts(here) == {"state-submitted": 1}
    elsewhere = Picture.objects.exclude(district=None).exclude(district=filing.district).first()
    assert state_counts(elsewhere) == {}
    assert elsewhere.figures["decided"] == {"n": 0, "median": None, "p90": None}


def test_hours_that_are_long_past_become_one_picture_a_day(filing):
    for hours in (0, 3, 26):
        picture.take_picture(at=NOW + timedelta(hours=hours))
    kept = picture.HOURS_LAST + timedelta(days=1)

    assert picture.thin_out(at=NOW + kept - timedelta(days=1)) == 0
    given_up = picture.thin_out(at=NOW + kept)

    assert given_up == District.objects.count() + 1
    assert [one.hour for one in Picture.objects.filter(district=None)] == [12, 11]


def test_each_picture_asks_for_the_next_one_within_a_minute(filing, clock_at):
    clock_at(NOW)
    begun = clock.real_now()
    picture.keep_taking(now=begun - picture.EVERY)
    assert OutboxRow.objects.filter(kind="filings.picture").count() == 1
    drain()

    assert Picture.objects.filter(district=None).count() == 1
    following = OutboxRow.objects.get(kind="filings.picture", done_at=None)
    assert begun < following.due_at <= begun + timedelta(seconds=60)


def test_another_apps_part_is_in_every_picture(filing, monkeypatch):
    rows = {filing.district_id: [{"key": "a", "name": "甲", "n": 2, "yuan": 10}]}
    other = District.objects.exclude(pk=filing.district_id)[0]
    rows[other.pk] = [{"key": "a", "name": "甲", "n": 3, "yuan": 5}]
    monkeypatch.setattr(picture, "_parts", {"measures": lambda at: rows})

    picture.take_picture(at=NOW)

    of_city = Picture.objects.get(district=None).figures["measures"]
    assert of_city == [{"key": "a", "name": "甲", "n": 5, "yuan": 15}]
    assert Picture.objects.get(district=other).figures["measures"] == rows[other.pk]


def test_no_hour_has_two_pictures_of_the_city(filing):
    picture.take_picture(at=NOW)
    made = Picture.objects.get(district=None)
    made.pk = None
    with pytest.raises(IntegrityError):
        made.save()


def test_bureaus_see_their_districts_and_the_city_sees_all(filing):
    picture.take_picture(at=NOW)
    bureau = make.officer("bureau", district=filing.district.code)

    own = Picture.objects.visible_to(bureau)
    assert [one.district_id for one in own] == [filing.district_id]
    assert Picture.objects.visible_to(make.officer("city")).count() == Picture.objects.count()
    assert not Picture.objects.visible_to(make.officer("health")).exists()
