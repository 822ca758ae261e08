"""The tables of the policies app."""

from .declaration import Declaration
from .match import Match, SupportLink
from .pack import Clause, Document, Measure, Pack

__all__ = ["Clause", "Declaration", "Document", "Match", "Measure", "Pack", "SupportLink"]
