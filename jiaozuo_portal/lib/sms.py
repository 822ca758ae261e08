"""Text messages through whichever service the city has; a dotted path in the settings names it."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from jiaozuo_portal.lib.crypto import mask_mobile

logger = logging.getLogger(__name__)


def is_on() -> bool:
    """Whether the city has a service for text messages."""
    return bool(settings.PORTAL_SMS_ADAPTER)


def send(mobile: str, text: str, *, key: str) -> None:
    """Send `text` to a mobile number of eleven digits.

    `key` is the same for a repetition, so that the service can drop it. Raises what the adapter
    raises; the outbox then tries again.
    """
    adapter: Callable[..., None] = import_string(settings.PORTAL_SMS_ADAPTER)
    adapter(mobile, text, key=key)


def console(mobile: str, text: str, *, key: str) -> None:
    """An adapter for demonstrations: writes what would be sent into the log, the number masked."""
    logger.info("SMS to %s (%s): %s", mask_mobile(mobile), key, text)
