"""The departments of a measure under their full names, and the contacts that they publish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from filings.public import AgencyContact
from policies.eligibility.packs import Department, Measure, Pack

from .wording import say


@dataclass(frozen=True, slots=True)
class Office:
    """A department that answers for a measure, in the reader's language, and how to reach it."""

    name: str
    contacts: tuple[AgencyContact, ...] = ()


def departments_of(pack: Pack, measure: Measure) -> list[Department]:
    """The departments of a measure that the pack knows, whatever form its document prints."""
    found = (pack.department(printed, measure.document) for printed in measure.departments)
    return [department for department in found if department is not None]


def is_meant(agency: str, department: Department) -> bool:
    """Whether an agency of the city or the province is this department.

    A text prints 市财政局 where the agency is called 焦作市财政局. Only for agencies without a
    district: 沁阳市财政局 ends in the same way.
    """
    return agency.endswith(department.name.zh)


def offices_of(
    pack: Pack, measure: Measure, contacts: Iterable[AgencyContact]
) -> tuple[Office, ...]:
    """The departments of a measure, each once, with those of the contacts that are theirs.

    A name that the pack does not explain is shown as its document prints it.
    """
    contacts = list(contacts)
    offices: dict[str, Office] = {}
    for printed in measure.departments:
        department = pack.department(printed, measure.document)
        name = say(department.name) if department else printed
        offices[name] = Office(
            name,
            tuple(
                contact
                for contact in contacts
                if department and is_meant(contact.agency.name, department)
            ),
        )
    return tuple(offices.values())
