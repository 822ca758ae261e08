"""What the tests of policies share."""

from pathlib import Path

import pytest

from policies.models import Pack
from tests.factories.policies import publish_pack


@pytest.fixture
def pack(db, tmp_path: Path) -> Pack:
    """The small pack, published."""
    return publish_pack(tmp_path)
