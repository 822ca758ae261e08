"""What a filing asks for, as data: the sections, their fields, and what is still missing."""

from .plan import PLAN
from .prestart import PRESTART
from .scheme import SCHEME, SCHEME_PARTS
from .spec import Field, Gap, Group, NotReadable, Rows, Section, gaps, read, shown, standing

SECTIONS = {section.key: section for section in (SCHEME, PLAN, PRESTART)}

__all__ = [
    "PLAN",
    "PRESTART",
    "SCHEME",
    "SCHEME_PARTS",
    "SECTIONS",
    "Field",
    "Gap",
    "Group",
    "NotReadable",
    "Rows",
    "Section",
    "gaps",
    "read",
    "shown",
    "standing",
]
