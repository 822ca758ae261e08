"""Eligibility rules: pure Python, dated, exact; Django is not needed to judge.

``load_pack(path) -> Pack`` and ``judge(pack, facts, as_of, measures=None) -> Judgement``.
"""

from .facts import FactError, Facts
from .loading import cached_pack, load_pack
from .packs import Kind, Measure, Pack, PackError
from .verdicts import Basis, Judgement, Result, Verdict, judge

__all__ = [
    "Basis",
    "FactError",
    "Facts",
    "Judgement",
    "Kind",
    "Measure",
    "Pack",
    "PackError",
    "Result",
    "Verdict",
    "cached_pack",
    "judge",
    "load_pack",
]
