import pytest
from django.test import RequestFactory

from jiaozuo_portal.lib.visitors import address_of, index_of_name, name_at_sign_in

FORGED = "6.6.6.6, 203.0.113.9, 10.0.0.2"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, FORGED, "10.0.0.1"),
        (1, FORGED, "10.0.0.2"),
        (2, FORGED, "203.0.113.9"),
        (1, "", "10.0.0.1"),
        (4, FORGED, "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_address_is_what_our_outermost_proxy_saw(settings, proxies, forwarded, address):
    settings.PORTAL_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert address_of(request) == address


def test_typed_name_is_never_kept_as_it_was_typed():
    request = RequestFactory().post("/", {"username": "13800001234"})

    name = name_at_sign_in(request)

    assert name == index_of_name("13800001234")
    assert "13800001234" not in name


def test_name_that_was_looked_up_counts_before_the_typed_one():
    request = RequestFactory().post("/", {"username": "13800001234"})

    assert name_at_sign_in(request, {"username": "clerk"}) == index_of_name("clerk")


@pytest.mark.parametrize("typed", ["Clerk", " clerk ", "cl erk", "CLERK"])
def test_blanks_and_case_do_not_make_a_new_name(typed):
    assert index_of_name(typed) == index_of_name("clerk")
