"""The tables of the policies app."""

from .application import Application, ApplicationStep, DepartmentDesk
from .application_file import ApplicationFile
from .declaration import Declaration
from .draft import DraftFile, PackDraft
from .kept import Announced, ListEntry, OfficialList
from .match import Match, SupportLink
from .pack import Clause, Document, Measure, Pack
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
    "ListEntry",
    "Match",
    "Measure",
    "OfficialList",
    "OfficialText",
    "Pack",
    "PackDraft",
    "SupportLink",
    "TextClause",
    "TextFile",
]
