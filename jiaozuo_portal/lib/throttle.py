"""How often somebody may do something, counted across all processes."""

from datetime import timedelta

from django.core.cache import cache

from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.crypto import blind_index


def allow(action: str, who: str, *, limit: int, per: timedelta) -> bool:
    """Whether `who` may do `action` once more: at most `limit` times in each period `per`.

    `who` is an address, a user name or whatever is counted; the cache keeps its index only. Each
    time takes one of `limit` places, and the cache gives a place to one process alone, so requests
    at the same moment do not slip through together.
    """
    seconds = int(per.total_seconds())
    period = int(clock.real_now().timestamp()) // seconds
    who_index = blind_index(who, purpose=f"throttle.{action}")
    places = [f"throttle:{action}:{who_index}:{period}:{place}" for place in range(limit)]
    taken = cache.get_many(places)
    return any(cache.add(place, 1, timeout=seconds) for place in places if place not in taken)


def seconds_left(per: timedelta) -> int:
    """How many seconds until the current period `per` ends and places are free again."""
    seconds = int(per.total_seconds())
    return seconds - int(clock.real_now().timestamp()) % seconds
