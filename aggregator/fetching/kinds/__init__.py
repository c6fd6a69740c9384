"""The kinds of sources: one file each. A kind answers for the schemes of its addresses.

A kind is a module with what `Module` lists; it is found by itself, and the contract suite
(`tests/contracts/test_kinds.py`) runs on it. Its libraries are imported by `opened`.
"""

import importlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from aggregator.fetching.dialling import Resolver
from aggregator.model import Fetched, FetchLimits, FetchRequest, NotModified
from aggregator.modules import names_in


class Kind(Protocol):
    """One way to get a document; shared by all threads."""

    def fetch(self, request: FetchRequest, *, now: datetime) -> Fetched | NotModified:
        """Return the document or that it did not change; FetchError if neither came."""
        ...

    def close(self) -> None:
        """Let go of what was kept open."""
        ...


class Module(Protocol):
    """A file in this folder. `schemes` are in small letters, without the colon."""

    schemes: tuple[str, ...]

    def opened(self, limits: FetchLimits, *, contact: str, resolver: Resolver) -> Kind:
        """Return the kind, ready to fetch within these limits."""
        ...


@cache
def by_scheme() -> Mapping[str, Module]:
    """Return the kinds by the schemes they answer for; MediaWireError if none is seen."""
    modules = (
        cast("Module", importlib.import_module(f"{__name__}.{name}"))
        for name in names_in(__path__)
    )
    return {scheme: module for module in modules for scheme in module.schemes}
