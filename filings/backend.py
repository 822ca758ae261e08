"""How a session finds the person it belongs to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from filings.models import User
from filings.models.reader import read_user


class PeopleBackend(ModelBackend):
    """Django's own, but the person comes with roles, posts and unread notices in one query."""

    def get_user(self, user_id: Any) -> User | None:
        """The person with this number, while they may sign in."""
        user = read_user(int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None
