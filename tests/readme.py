"""Write the config reference into README.md: `python -m tests.readme`.

The table comes from the classes that read the config, so it cannot be wrong; a test
fails when the README has another one.
"""

import re
from pathlib import Path

from aggregator.config.reference import reference

README = Path(__file__).parent.parent / "README.md"
TABLE = re.compile(r"(<!-- reference: [^\n]*-->\n).*?(<!-- /reference -->)", re.DOTALL)


def table():
    """Return the reference as Markdown: one table per file, a row per key."""
    lines = []
    file = None
    for key in reference():
        if key.path.startswith(("defaults.", "groups.")):
            continue
        if key.file != file:
            file = key.file
            lines += [
                "",
                f"**`{file}`**",
                "",
                "| key | value | default | |",
                "|---|---|---|---|",
            ]
        default = "required" if key.default is None else f"`{key.default}`"
        shown = "" if key.default == "" else default
        kind = key.type.replace("|", "\\|")
        lines.append(f"| `{key.path}` | {kind} | {shown} | {key.description} |")
    return "\n".join([*lines[1:], ""])


def written():
    """Return the README as it should be."""
    text = README.read_text(encoding="utf-8")
    return TABLE.sub(lambda match: f"{match[1]}{table()}{match[2]}", text)


if __name__ == "__main__":
    README.write_text(written(), encoding="utf-8")
