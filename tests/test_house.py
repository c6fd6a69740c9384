"""The house stays as easy to walk through as it was built."""

import ast
import re
from pathlib import Path
from pkgutil import iter_modules

ROOMS = Path(__file__).parent.parent / "aggregator"
MOST = 350
# What is in these is found by itself: a map would have to be kept beside it.
PLUGINS = {
    ROOMS / folder
    for folder in ("editing/rules", "fetching/kinds", "publishing/formats")
}


def test_no_module_has_outgrown_its_name():
    """One that has asks for a new word."""
    lines = {
        str(path.relative_to(ROOMS)): path.read_text().count("\n")
        for path in ROOMS.rglob("*.py")
    }

    assert {name: count for name, count in lines.items() if count > MOST} == {}


def test_at_the_door_of_every_room_stands_what_is_in_it():
    """Its docstring names each module, for whoever comes in for the first time."""
    doors = {path.parent: path for path in ROOMS.rglob("__init__.py")}
    unnamed = {
        f"{room.relative_to(ROOMS)}: {module.name}"
        for room in doors.keys() - PLUGINS
        for module in iter_modules([str(room)])
        if not re.search(rf"\b{module.name}\b", said_at(doors[room]))
    }

    assert unnamed - {".: __main__"} == set()


def said_at(door: Path) -> str:
    return ast.get_docstring(ast.parse(door.read_text())) or ""
