"""The API held to its own description by Schemathesis, in process, the same every time.

All of its default checks: no fault of ours, documented statuses, media types, headers
and bodies only; what fits the description is taken, what does not is refused.
"""

import pytest
import schemathesis
from edition import PERSIAN, SOURCES, WIRE, stories
from house import House
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from aggregator.web import application
from aggregator.web.api.site import OPERATIONS


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """The description as the app serves it, with a newspaper behind it."""
    house = House(
        tmp_path_factory.mktemp("api"), publications=(WIRE, PERSIAN), sources=SOURCES
    )
    house.take(*stories(24)).publish()
    return schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", application(house, desk=None)
    )


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_an_operation_keeps_to_its_description(described, operation, mode):
    if mode is GenerationMode.NEGATIVE and not operation.parameters:
        return  # nothing can be said wrongly

    @settings(
        max_examples=15,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described[operation.path]["GET"].as_strategy(generation_mode=mode))
    def keeps_to_it(case):
        case.call_and_validate()

    keeps_to_it()
