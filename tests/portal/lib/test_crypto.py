import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaozuo_portal.lib import crypto

PLACE = "roster.id_number.7"
RESIDENT_ID = "410802199001011234"
OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))


@given(st.text(max_size=200))
def test_sealed_text_comes_back(text):
    assert crypto.unseal(crypto.seal(text, bound_to=PLACE), bound_to=PLACE) == text


def test_sealed_text_does_not_show_and_differs_each_time():
    first, second = (crypto.seal(RESIDENT_ID, bound_to=PLACE) for _ in range(2))

    assert first != second
    assert first.startswith("k1.")
    assert RESIDENT_ID not in base64.urlsafe_b64decode(first[3:]).decode("latin-1")


def test_value_moved_to_another_row_is_unreadable():
    sealed = crypto.seal(RESIDENT_ID, bound_to=PLACE)

    with pytest.raises(crypto.Unreadable):
        crypto.unseal(sealed, bound_to="roster.id_number.8")


@pytest.mark.parametrize("position", [3, 20, -5])
def test_changed_value_is_unreadable(position):
    sealed = crypto.seal(RESIDENT_ID, bound_to=PLACE)
    other = "A" if sealed[position] != "A" else "B"
    changed = sealed[:position] + other + sealed[position:][1:]

    with pytest.raises(crypto.Unreadable):
        crypto.unseal(changed, bound_to=PLACE)


@pytest.mark.parametrize("sealed", ["", "k1", "k1.", "k1.!!!!", "k9.AAAA", "k1.AAAA", RESIDENT_ID])
def test_what_was_never_sealed_is_unreadable(sealed):
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(sealed, bound_to=PLACE)


def test_refusal_names_neither_value_nor_place():
    sealed = crypto.seal(RESIDENT_ID, bound_to=PLACE)

    with pytest.raises(crypto.Unreadable) as refusal:
        crypto.unseal(sealed, bound_to="roster.id_number.8")

    assert sealed not in str(refusal.value)
    assert "roster" not in str(refusal.value)


def test_new_key_writes_and_the_old_one_still_reads(settings):
    settings.PORTAL_FIELD_KEYS = {"k1": OLD_KEY}
    old = crypto.seal(RESIDENT_ID, bound_to=PLACE)
    settings.PORTAL_FIELD_KEYS = {"k2": NEW_KEY, "k1": OLD_KEY}

    new = crypto.seal(RESIDENT_ID, bound_to=PLACE)

    assert new.startswith("k2.")
    assert crypto.unseal(old, bound_to=PLACE) == RESIDENT_ID
    assert (crypto.needs_resealing(old), crypto.needs_resealing(new)) == (True, False)


def test_value_whose_key_is_gone_is_unreadable(settings):
    settings.PORTAL_FIELD_KEYS = {"k1": OLD_KEY}
    sealed = crypto.seal(RESIDENT_ID, bound_to=PLACE)
    settings.PORTAL_FIELD_KEYS = {"k2": NEW_KEY}

    with pytest.raises(crypto.Unreadable, match="PORTAL_FIELD_KEYS"):
        crypto.unseal(sealed, bound_to=PLACE)


def test_index_is_the_same_for_the_same_text_and_purpose():
    first, again, other_text, other_purpose = (
        crypto.blind_index(RESIDENT_ID, purpose="roster"),
        crypto.blind_index(RESIDENT_ID, purpose="roster"),
        crypto.blind_index(RESIDENT_ID[:-1] + "5", purpose="roster"),
        crypto.blind_index(RESIDENT_ID, purpose="user"),
    )

    assert first == again
    assert len({first, other_text, other_purpose}) == 3
    assert len(first) == len("i1.") + 64
    assert RESIDENT_ID not in first


def test_index_does_not_follow_from_the_text_alone(settings):
    settings.PORTAL_INDEX_KEYS = {"k1": OLD_KEY}
    first = crypto.blind_index(RESIDENT_ID, purpose="roster")
    settings.PORTAL_INDEX_KEYS = {"k1": NEW_KEY}

    assert crypto.blind_index(RESIDENT_ID, purpose="roster") != first


def test_look_up_finds_what_either_key_wrote(settings):
    settings.PORTAL_INDEX_KEYS = {"k1": OLD_KEY}
    old = crypto.blind_index(RESIDENT_ID, purpose="roster")
    settings.PORTAL_INDEX_KEYS = {"k2": NEW_KEY, "k1": OLD_KEY}
    new = crypto.blind_index(RESIDENT_ID, purpose="roster")

    assert crypto.blind_indexes(RESIDENT_ID, purpose="roster") == [new, old]
    assert (new[:3], old[:3]) == ("i2.", "i1.")


def test_ids_are_compared_without_blanks_and_in_upper_case():
    assert crypto.normalise_id(" 41080219900101 123x\u3000") == "41080219900101123X"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (RESIDENT_ID, "410***********1234"),
        ("E12345678", "*********"),
        ("EA12345678", "EA1***5678"),
        ("123", "***"),
        ("", ""),
    ],
)
def test_id_is_masked(text, masked):
    assert crypto.mask_id(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"), [("13800001234", "138****1234"), ("8800123", "*******"), ("", "")]
)
def test_mobile_is_masked(text, masked):
    assert crypto.mask_mobile(text) == masked
