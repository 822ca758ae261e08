"""Where the official texts do not lie beside the project there is nothing to hold against them.

All that they do to a reader is also in the invented texts of the other tests.
"""

from pathlib import Path

SOURCES = Path(__file__).parents[4] / "shared" / "policy" / "sources"

collect_ignore = [] if SOURCES.is_dir() else ["test_sources.py"]
