"""Overrides: an item that takes the place of another one from a day on.

The texts of a pack stand side by side and none cuts what another gives (readings.md P1, P2), so
nothing is overridden unless an item says so, with the day and the words it rests on. What is
overridden keeps its own verdict, which is what its clause says; it only no longer counts in its
topic, where benefits are put together and shown.

Two effects: ``replaces`` holds for good, also after the later text has itself run out, since an
ended repeal brings nothing back; ``limits`` holds while the later item is in force. Neither asks
for the verdict of the later item: one more fact never takes a decided benefit away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from .packs import Document, Effect, Measure, Override, PackError
from .words import Words, _

#: From the highest rank down: a text never overrides one of a higher rank (P2).
RANKS = ("nation", "province", "city", "county")


def overridden_on(measures: Mapping[str, Measure], day: date) -> dict[str, tuple[str, Override]]:
    """What is overridden on a day: by its id, the id of the item that does it and its words."""
    found: dict[str, tuple[str, Override]] = {}
    for measure in measures.values():
        for override in measure.overrides:
            if override.first <= day and (
                override.effect is Effect.REPLACES or measure.validity.holds_on(day)
            ):
                found.setdefault(override.target, (measure.id, override))
    return found


def override_faults(
    measures: Mapping[str, Measure], documents: Mapping[str, Document], *, is_whole: bool = True
) -> Iterator[PackError]:
    """Every override that cannot be, with its place.

    ``is_whole``: no item was left out for a fault of its own, so a target that is not there is
    none.
    """
    for measure in measures.values():
        for override in measure.overrides:
            problem = _problem(measure, override, measures, documents, is_whole=is_whole)
            if problem is not None:
                yield PackError(f"{measure.file}:{override.line}", problem)
    yield from _circles(measures)


def _problem(
    measure: Measure,
    override: Override,
    measures: Mapping[str, Measure],
    documents: Mapping[str, Document],
    *,
    is_whole: bool,
) -> Words | None:
    if override.target == measure.id:
        return _("一项措施不能取代它自己")
    if override is not next(o for o in measure.overrides if o.target == override.target):
        return _("%(key)s 写了两次").with_values(key=override.target)
    target = measures.get(override.target)
    if target is None:
        if not is_whole:
            return None
        return _("要取代的 %(id)s 不在政策包中").with_values(id=override.target)
    own, other = documents[measure.document], documents[target.document]
    if RANKS.index(own.level) > RANKS.index(other.level):
        return _("下级文件不能取代上级文件的 %(id)s").with_values(id=override.target)
    if override.first < own.date:
        return _("取代的开始日期早于文件的日期 %(day)s").with_values(day=own.date.isoformat())
    return None


def _circles(measures: Mapping[str, Measure]) -> Iterator[PackError]:
    """Each circle once, at the override that closes it; without recursion, however long."""
    done: set[str] = set()
    for start in measures:
        path: dict[str, int] = {}
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            name, is_left = waiting.pop()
            if is_left:
                del path[name]
                done.add(name)
                continue
            if name in done or name not in measures:
                continue
            path[name] = len(path)
            waiting.append((name, True))
            for override in measures[name].overrides:
                if override.target == name:
                    continue
                if override.target in path:
                    yield _circle(measures[name], override, path)
                elif override.target not in done:
                    waiting.append((override.target, False))


def _circle(closing: Measure, override: Override, path: Mapping[str, int]) -> PackError:
    names = list(path)[path[override.target] :]
    shown = " → ".join([*names, override.target])
    return PackError(
        f"{closing.file}:{override.line}",
        _("取代关系成了一个圈：%(items)s").with_values(items=shown),
    )
