"""The tables of the filings app, one module a subject."""

from .assignment import Absence, AssignmentRule
from .audit import AuditEntry
from .batch import Batch, BatchItem
from .desk import DeskCount, DeskEntry
from .desk_use import DeskPreference, SavedView
from .enterprise import Enterprise, Site
from .filing import Attachment, Filing, FilingVersion, SectionDraft, Step
from .notice import Delivery, Notice
from .people import Invitation, JoinRequest, Membership, Posting, User
from .picture import Picture
from .place import Agency, AgencyContact, CitySetting, District, Zone
from .review import (
    Correction,
    Decision,
    GateWaiver,
    Opinion,
    PreStartReport,
    Receipt,
    ReceiptCounter,
    ZoneReceipt,
)
from .roster import RosterImport, RosterRow
from .supplies import LedgerEntry, SupplyItem
from .text_block import TextBlock
from .timing import ClockAlert, ClockPause, ReviewClock, TimeLimit

__all__ = [
    "Absence",
    "Agency",
    "AgencyContact",
    "AssignmentRule",
    "Attachment",
    "AuditEntry",
    "Batch",
    "BatchItem",
    "CitySetting",
    "ClockAlert",
    "ClockPause",
    "Correction",
    "Decision",
    "Delivery",
    "DeskCount",
    "DeskEntry",
    "DeskPreference",
    "District",
    "Enterprise",
    "Filing",
    "FilingVersion",
    "GateWaiver",
    "Invitation",
    "JoinRequest",
    "LedgerEntry",
    "Membership",
    "Notice",
    "Opinion",
    "Picture",
    "Posting",
    "PreStartReport",
    "Receipt",
    "ReceiptCounter",
    "ReviewClock",
    "RosterImport",
    "RosterRow",
    "SavedView",
    "SectionDraft",
    "Site",
    "Step",
    "SupplyItem",
    "TextBlock",
    "TimeLimit",
    "User",
    "Zone",
    "ZoneReceipt",
]
