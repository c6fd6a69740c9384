"""The alerting room: what an operator should be told without asking, and telling it.

In: how sources, documents and disks are. Out: Alerts, and those of them that a channel
has not been told of within a day, told.

matters    which matters stand now: pure                       → matters
memory     what was told to whom, and what is to be told now: pure
telling    an alert in words, for programs and for people
webhook, mail      the channels: each raises MediaWireError if it could not tell

To add a matter: a function in `matters` and its word in `model.AlertKind`. To add a
channel: a module like `mail`, its keys in `config.service`, its name in `app.alarm`.
"""

from aggregator.alerting.matters import Disk, Watched, matters, may_be_quiet
from aggregator.alerting.memory import Told, due, forgetting, remembering

__all__ = [
    "Disk",
    "Told",
    "Watched",
    "due",
    "forgetting",
    "matters",
    "may_be_quiet",
    "remembering",
]
