"""Find out where an answer ends, of the header lines that say so.

In: header lines as they came. Out: the fields of framing among them, by name, and how
many bytes the body has.

Source: RFC 9112 section 6.3.
"""

from http import HTTPStatus
from typing import Any, Final

BODILESS: Final = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
_FRAMING = {
    name.encode(): name
    for name in (
        *("connection", "keep-alive", "proxy-connection"),
        *("content-length", "transfer-encoding"),
    )
}


def framing(lines: list[bytes]) -> "Framing":
    """Return the fields that say where an answer and its connection end.

    Lines of one name are one list: urllib3 refuses two lengths that differ. A line that
    stands there twice is said once: a server and its proxy may both say `chunked`.
    """
    found = Framing()
    for line in lines:
        name, _, value = line.partition(b":")
        if key := _FRAMING.get(name.lower()):
            said = value.strip().decode("latin-1")
            earlier = found.get(key, said)
            same = earlier.lower() == said.lower()
            found[key] = said if same else f"{earlier}, {said}"
    return found


class Framing(dict[str, str]):
    """Header fields by lower-case name, as `_check_close` and urllib3 ask for them."""

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as a dict's
        """Return a field, whatever its name is written like."""
        return super().get(name.lower(), default)


def announces_body(framing: "Framing") -> bool:
    """Return whether an answer says that a body follows."""
    said = framing.get("content-length", "").strip()
    return "transfer-encoding" in framing or said.strip("0") != ""


def length(framing: "Framing", status: int) -> int | None:
    """Return how many bytes the body has, None if only its end tells."""
    if status in BODILESS:
        return 0
    if "transfer-encoding" in framing:
        return None
    lengths = {each.strip() for each in framing.get("content-length", "").split(",")}
    said = lengths.pop()
    return int(said) if said.isdecimal() and not lengths else None
