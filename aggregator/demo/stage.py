"""The config folder of the demo: the ordinary `run`, pointed at the invented world."""

import json
from pathlib import Path

from aggregator.config import of_sqlite
from aggregator.demo.stories import AGENCIES

SERVICE = """\
base_url: http://{listen}
contact: http://{listen}/about
store: {store}
listen: {listen}
output: {output}
fetch: {{allow_private: [127.0.0.0/8]}}
hosts:
  "127.0.0.1": {{per_host: 4, spacing: 0s}}
"""

PUBLICATIONS = """\
publications:
  - id: wire
    title: Media Wire (demo)
    description: Reports from agencies that do not exist, in their own words.
    disclaimer: >-
      Reports in the Media Wire section are retrieved from other agencies and websites
      and do not necessarily reflect our opinion. Headlines may be changed to fit our
      style; the content is not. The source and the address of every report stand at
      its bottom.
    rules: [house-style]
  - id: english
    title: Media Wire (demo), in English
    select: {languages: [en]}
    rules: [house-style]
rules:
  house-style: {kind: headline, unshout: true, keep: [UN]}
"""


def build(folder: Path, *, origin: str, listen: str) -> Path:
    """Write the demo's config below `folder` and return where it stands."""
    config = folder / "config"
    config.mkdir(parents=True)
    (config / "mediawire.yaml").write_text(
        SERVICE.format(
            listen=listen,
            store=_text(of_sqlite(folder / "data" / "mediawire.db")),
            output=_text(str(folder / "data" / "public")),
        ),
        encoding="utf-8",
    )
    (config / "publications.yaml").write_text(PUBLICATIONS, encoding="utf-8")
    (config / "sources.yaml").write_text(_sources(origin), encoding="utf-8")
    return config


def _text(name: str) -> str:
    """Return a name in quotes: JSON is YAML, too."""
    return json.dumps(name, ensure_ascii=False)


def _sources(origin: str) -> str:
    addresses = {agency.id: f"{origin}/{agency.id}/feed" for agency in AGENCIES}
    addresses["daily-lantern"] = f"{origin}/daily-lantern/old"
    addresses["broken-compass"] = f"{origin}/broken-compass/feed"
    entries = "".join(
        f"  - {{id: {source}, url: '{url}'}}\n" for source, url in addresses.items()
    )
    return f"defaults: {{interval: 5s}}\nsources:\n{entries}"
