"""The config room: what an operator wrote, checked as a whole and made into a Config.

In: a folder of YAML (and OPML), the environment, flags. Out: a `model.Config` with every
default applied, or one ConfigError with everything that is wrong: file, line, column,
path, and a sentence that says what to write instead.

    folder                    what is read of a folder
    written, nodes, opml      a file → texts, lists and mappings that know their place
    files                     all files of a folder, read
    units, names, addresses   what single words mean; `masking`: what is shown of them
    fields, service, schema   the keys, their types and defaults; reference derived
    sentences, agreement      what is wrong, in words
    overrides, secret         flags, environment, env:NAME and file:PATH
    empties                   keys that stand there without a value
    fold, cautions, load      all of it together
    cache                     what all of it came to last time

Besides, each imported by itself where it is needed:

    show                      settings with their origin, secrets masked
    edit, spans, draft        changes that keep comments, tried before anybody sees them
    intake                    the feeds of a subscription list, each by itself
    watch                     tells when the folder changed
    starter                   a folder to begin with

What is behind this door is imported when it is first asked for: who takes a config from
the cache needs neither YAML nor the schema.
"""

from typing import TYPE_CHECKING

from aggregator.doors import opening_late

if TYPE_CHECKING:
    from aggregator.config.addresses import of_sqlite
    from aggregator.config.agreement import Checker
    from aggregator.config.load import Loaded, listening, load_files
    from aggregator.config.masking import masked

__all__ = ["Checker", "Loaded", "listening", "load_files", "masked", "of_sqlite"]

__getattr__ = opening_late(
    __name__,
    {
        "Checker": "agreement",
        "Loaded": "load",
        "listening": "load",
        "load_files": "load",
        "masked": "masking",
        "of_sqlite": "addresses",
    },
)
