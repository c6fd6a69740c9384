"""Take a store back to an earlier schema, as if newer programs had never opened it.

for statement in back_to("0005"):
    connection.execute(text(statement))
"""

from aggregator.store.migrations import VERSION_TABLE, VERSIONS

# What takes away what a version brought.
UNDOING = {
    "0002": ("DROP TABLE IF EXISTS search_index", "DROP TABLE search"),
    "0003": (),
    "0004": ("ALTER TABLE documents DROP COLUMN passage",),
    "0005": ("DROP TABLE grants",),
    "0006": (
        "ALTER TABLE articles DROP COLUMN stand_in",
        "ALTER TABLE articles DROP COLUMN seal_stand_in",
    ),
    "0007": (
        "ALTER TABLE articles DROP COLUMN taken_by",
        "ALTER TABLE articles DROP COLUMN seal_taken_by",
    ),
    "0008": ("DROP TABLE pruned",),
    "0009": ("DROP TABLE hours",),
    "0010": (),
}


def back_to(version, *, but=()):
    """Return the statements that undo what came after a version, newest first.

    `but` are versions of which nothing is undone: the caller has done it.
    """
    later = VERSIONS[VERSIONS.index(version) + 1 :]
    undone = [each for each in reversed(later) if each not in but]
    return [
        *(statement for each in undone for statement in UNDOING[each]),
        f"UPDATE {VERSION_TABLE} SET version_num = '{version}'",
    ]
