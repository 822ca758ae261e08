"""The tables of the policies app."""

from .application import Application, ApplicationStep, DepartmentDesk
from .application_file import ApplicationFile
from .declaration import Declaration
from .draft import DraftFile, PackDraft
from .kept import Announced, ListEntry, OfficialList
from .match import Match, SupportLink
from .pack import Clause, Document, Measure, Pack
from .reasoning import FactSheet, Reasoning
from .rematch import Rematch
from .reminder import DeadlineReminder
from .text import OfficialText, TextClause, TextFile
from .token import ApiToken

__all__ = [
    "Announced",
    "ApiToken",
    "Application",
    "ApplicationFile",
    "ApplicationStep",
    "Clause",
    "DeadlineReminder",
    "Declaration",
    "DepartmentDesk",
    "Document",
    "DraftFile",
    "FactSheet",
    "ListEntry",
    "Match",
    "Measure",
    "OfficialList",
    "OfficialText",
    "Pack",
    "PackDraft",
    "Reasoning",
    "Rematch",
    "SupportLink",
    "TextClause",
    "TextFile",
]
