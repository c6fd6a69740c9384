"""What a shell offers when somebody presses tab.

click makes the scripts (`_MEDIAWIRE_COMPLETE=bash_source mediawire`, or zsh_source, or
fish_source) and completes commands and options; here are the words it cannot know.
"""

import click

from aggregator.errors import ConfigError


def source_ids(
    context: click.Context, _parameter: click.Parameter, begun: str
) -> list[str]:
    """Return the ids of sources that begin so; none if the config cannot be read."""
    from aggregator.config.edit import places

    try:
        known = places(context.find_root().params["folder"])
    except ConfigError:
        return []
    return [source_id for source_id in known if source_id.startswith(begun)]
