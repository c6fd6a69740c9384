"""The repr of nouns that hold secrets: it stands in tracebacks, which people send around."""

from msgspec import Struct


def repr_without(noun: Struct, *secrets: str) -> str:
    """Return the usual repr of a noun, without these of its fields."""
    shown = [name for name in noun.__struct_fields__ if name not in secrets]
    fields = ", ".join(f"{name}={getattr(noun, name)!r}" for name in shown)
    return f"{type(noun).__name__}({fields})"
