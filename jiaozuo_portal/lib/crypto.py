"""Sealed fields, blind indexes and masks for personal data.

A value is sealed with AES-256-GCM and bound to its place (table.column.primary key), so that a
sealed value copied to another row cannot be read there. Exact look-up goes through a keyed index.
Keys come from the settings, one set per purpose, each key with an id so that keys rotate.
"""

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12
_ID_SHOWN_BEFORE, _ID_SHOWN_AFTER = 3, 4


class Unreadable(Exception):
    """The sealed value was changed, moved to another place, or its key is gone."""


def seal(text: str, *, bound_to: str) -> str:
    """Seal `text` for the place `bound_to` ("table.column.pk"); gives "<key id>.<base64>".

    The same text sealed twice gives two different values: look-up needs `blind_index`.
    """
    key_id, raw = _encrypt(text.encode(), bound_to)
    return f"{key_id}.{base64.urlsafe_b64encode(raw).decode()}"


def seal_bytes(content: bytes, *, bound_to: str) -> bytes:
    """Seal the bytes of a file; gives the key's id, a full stop, and the sealed bytes."""
    key_id, raw = _encrypt(content, bound_to)
    return key_id.encode() + b"." + raw


def unseal_bytes(sealed: bytes, *, bound_to: str) -> bytes:
    """The bytes that `seal_bytes` sealed for `bound_to`; raises Unreadable."""
    key_id, _, raw = sealed.partition(b".")
    return _decrypt(key_id.decode("ascii", "replace"), raw, bound_to)


def _encrypt(content: bytes, bound_to: str) -> tuple[str, bytes]:
    key_id, key = _writing_key(settings.PORTAL_FIELD_KEYS)
    nonce = os.urandom(_NONCE_BYTES)
    return key_id, nonce + _cipher(key).encrypt(nonce, content, _associated_data(key_id, bound_to))


def _decrypt(key_id: str, raw: bytes, bound_to: str) -> bytes:
    key = settings.PORTAL_FIELD_KEYS.get(key_id)
    if key is None:
        raise Unreadable("The key of the sealed value is not among PORTAL_FIELD_KEYS.")
    try:
        return _cipher(key).decrypt(
            raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _associated_data(key_id, bound_to)
        )
    except (InvalidTag, ValueError) as error:
        # SECURITY: the message names neither the value nor its place.
        raise Unreadable("The sealed value was changed or belongs to another place.") from error


def unseal(sealed: str, *, bound_to: str) -> str:
    """The text that was sealed for `bound_to`; raises Unreadable where it cannot be had."""
    key_id, _, encoded = sealed.partition(".")
    try:
        raw = base64.b64decode(encoded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("The sealed value is damaged.") from error
    return _decrypt(key_id, raw, bound_to).decode()


def needs_resealing(sealed: str) -> bool:
    """Whether a value was sealed with a key that no longer writes."""
    return sealed.partition(".")[0] != _writing_key(settings.PORTAL_FIELD_KEYS)[0]


def blind_index(text: str, *, purpose: str) -> str:
    """A keyed index of `text` for exact look-up within one `purpose` ("roster.id_number").

    The same text has another index for another purpose, so two tables cannot be joined by it. The
    caller trims and normalises first. Gives "i<n>.<64 hex digits>", n being the number of the key.
    """
    return _index_with(*_writing_key(settings.PORTAL_INDEX_KEYS), text, purpose)


def blind_indexes(text: str, *, purpose: str) -> list[str]:
    """The index of `text` under every key, the writing one first.

    A look-up during a change of keys takes all of them: `index__in=blind_indexes(…)`.
    """
    return [
        _index_with(key_id, key, text, purpose)
        for key_id, key in settings.PORTAL_INDEX_KEYS.items()
    ]


def normalise_id(text: str) -> str:
    """An identity number as it is compared: no blanks, letters in upper case."""
    return "".join(text.split()).upper()


def mask_id(text: str) -> str:
    """An identity number with its middle hidden: 410802199001011234 → 410***********1234.

    A short number is hidden whole, since its two ends would give it away.
    """
    hidden = len(text) - _ID_SHOWN_BEFORE - _ID_SHOWN_AFTER
    if hidden < _ID_SHOWN_BEFORE:
        return "*" * len(text)
    return f"{text[:_ID_SHOWN_BEFORE]}{'*' * hidden}{text[-_ID_SHOWN_AFTER:]}"


def mask_mobile(text: str) -> str:
    """A telephone number with its middle hidden: 13800001234 → 138****1234."""
    return mask_id(text)


def _writing_key(keys: dict[str, bytes]) -> tuple[str, bytes]:
    return next(iter(keys.items()))


def _associated_data(key_id: str, bound_to: str) -> bytes:
    return f"{key_id}|{bound_to}".encode()


def _index_with(key_id: str, key: bytes, text: str, purpose: str) -> str:
    mac = _mac(key, purpose).copy()
    mac.update(text.encode())
    return f"i{key_id.removeprefix('k')}.{mac.hexdigest()}"


# A roster of 10,000 people is sealed and indexed in one go: a key is prepared once and not 30,000
# times. The few keys there are live in the settings for as long as the process anyway.
@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=128)
def _mac(key: bytes, purpose: str) -> hmac.HMAC:
    """The start of every index of one purpose; copied before text is added."""
    return hmac.new(key, f"{purpose}\0".encode(), hashlib.sha256)
