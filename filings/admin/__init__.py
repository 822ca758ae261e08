"""The admin site of filings: places, people and enterprises are kept; the record is looked at."""

from . import enterprise, people, places, record

__all__ = ["enterprise", "people", "places", "record"]
