"""Doors of rooms that load what is behind them when it is first asked for.

In: a package, and in which of its modules each thing stands that it offers. Out: the
package's `__getattr__`. So a command that publishes nothing loads no writer, and a round
of polls that brings nothing no cleaner.

Source: PEP 562.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def opening_late(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return what a package answers where it is asked for a name it does not hold yet.

    `modules` are names of modules of the package, by what stands there. None of them may
    have the name of what is offered: once it is loaded, the package would answer with
    the module. What was found is held from then on: importing within a function, some
    ask thousands of times, and to look here takes 8 us. AttributeError for other names.
    """

    def found(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of any type
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        behind = getattr(import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, behind)
        return behind

    return found
