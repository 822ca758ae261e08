"""What the interface answers is what its description says, whatever is asked of it."""

from __future__ import annotations

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jiaozuo_portal.lib import clock
from policies.domain import matching, packs, tokens
from tests import factories as make
from tests.factories import NOW

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 40


@pytest.fixture
def keys(db, clock_at, monkeypatch) -> dict[str, str]:
    """No key, one of an enterprise, one of an agency; nobody is slowed down."""
    clock_at(NOW.isoformat())
    monkeypatch.setattr("policies.api.keys.throttle.allow", lambda *_, **__: True)
    packs.load_folder(None, at=NOW)
    filing, people = make.filing_in("approved")
    matching.match_filing(filing.pk, at=NOW)
    every = ("match", "filings", "links")
    made = {"nobody": ""}
    for role, holder, by in (
        ("enterprise", filing.enterprise, make.fresh(people.owner)),
        ("agency", people.lead.postings.get().agency, people.lead),
    ):
        made[role] = tokens.make_token(
            holder, name=role, scopes=every, days=30, by=by, at=clock.real_now()
        )[1]
    return made


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _answer(client, case, key: str) -> Response:
    """What the portal answers, in the form that the checks read.

    The requests go through the test's own client, so that they see the test's transaction.
    """
    asked = case.as_transport_kwargs(base_url="http://testserver", headers=_headers(key))
    known = ("method", "url", "headers", "params", "data", "json", "cookies")
    prepared = requests.Request(**{k: v for k, v in asked.items() if k in known}).prepare()
    body = prepared.body or b""
    sent = dict(prepared.headers)
    client.raise_request_exception = False
    told = client.generic(
        prepared.method,
        prepared.path_url,
        body if isinstance(body, bytes) else body.encode(),
        content_type=sent.pop("Content-Type", ""),
        headers={name: value for name, value in sent.items() if name != "Content-Length"},
    )
    headers = {name: [value] for name, value in told.headers.items()}
    return Response(told.status_code, headers, told.content, prepared, 0.0, True)


@pytest.mark.parametrize("role", ["nobody", "enterprise", "agency"])
def test_no_answer_breaks_its_description(client, keys, role):
    description = client.get("/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(description)
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        @schema_given(operation)
        def ask(case) -> None:
            nonlocal tried
            tried += 1
            case.validate_response(_answer(client, case, keys[role]), checks=CHECKS)

        ask()

    assert tried >= EXAMPLES


def schema_given(operation):
    """A test of one operation: cases that fit its description, and some that do not."""
    from hypothesis import given, strategies
    from schemathesis.generation import GenerationMode

    return given(
        case=strategies.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )
    )
