"""Keys: those that a person looks after, and whom a key that came in stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from filings.public import Agency, Enterprise, Post, User
from policies.models import ApiToken
from policies.models.token import looked_after_by


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a key stands for: it may know what `roles` and `posts` may know of (`visible_to`).

    The same questions are put to it as to a person who signed in, so pages and interface can't
    part. It has no rights of its own beyond reading.
    """

    token: ApiToken
    roles: dict[int, str] = field(default_factory=dict)
    posts: tuple[Post, ...] = ()

    def posts_of(self, *kinds: str) -> tuple[Post, ...]:
        """The posts in agencies of these kinds."""
        return tuple(post for post in self.posts if post.kind in kinds)

    def may(self, scope: str) -> bool:
        """Whether the key was made for this."""
        return scope in self.token.scopes


def bearer_of(sha256: str, at: datetime) -> Bearer | None:
    """Whom the key with this digest stands for at a moment; None where it opens nothing.

    SECURITY: it ends with the standing of its maker. Who left the enterprise or the agency, or may
    no longer sign in, leaves no key behind that still opens.
    """
    token = (
        ApiToken.objects.filter(sha256=sha256, revoked_at=None, expires_at__gt=at)
        .select_related("enterprise", "agency", "created_by")
        .first()
    )
    if token is None or not token.created_by.is_active:
        return None
    maker: User = token.created_by
    if token.enterprise_id is not None:
        if token.enterprise_id not in looked_after_by(maker)[0]:
            return None
        return Bearer(token, roles={token.enterprise_id: "viewer"})
    posts = tuple(
        post for post in maker.posts if post.agency_id == token.agency_id and post.role == "lead"
    )
    return Bearer(token, posts=posts) if posts else None


def holders_of(user: User) -> list[Enterprise | Agency]:
    """The enterprises and agencies whose keys this person looks after."""
    owned, led = looked_after_by(user)
    return [
        *Enterprise.objects.filter(pk__in=owned).order_by("pk"),
        *Agency.objects.filter(pk__in=led).order_by("pk"),
    ]
