"""The few files that pages need, each under a name that changes with its content.

So a browser may keep them for a year and still sees a new design at once. They are
read when the room is entered and stay in memory.
"""

from importlib.resources import files

from aggregator.web.answers import Document, document

_TYPES = {
    "wire.css": "text/css; charset=utf-8",
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml; charset=utf-8",
}


class Assets:
    """Static files by the paths they are served under."""

    def __init__(self) -> None:
        folder = files("aggregator.web") / "static"
        self._by_path: dict[str, Document] = {}
        self._paths: dict[str, str] = {}
        for name, media_type in _TYPES.items():
            asset = document((folder / name).read_bytes(), media_type)
            stem, _, ending = name.partition(".")
            path = f"/static/{stem}.{asset.tag}.{ending}"
            self._by_path[path] = asset
            self._paths[name] = path

    def path(self, name: str) -> str:
        """Return the path of a file; raises KeyError for one we do not have."""
        return self._paths[name]

    def at(self, path: str) -> Document | None:
        """Return the file at a path, None if there is none."""
        return self._by_path.get(path)
