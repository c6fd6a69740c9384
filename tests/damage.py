"""A value in a store becomes what nobody wrote, as after a flipped bit on a disk."""

import sqlite3
from contextlib import closing


def put(folder, place, article_id, value="f"):
    """Put a value at a place (`articles.tags`) of an article; return what stood there.

    The store is `folder/wire.db`, which others may have open.
    """
    table, column = place.split(".")
    of_it = f"WHERE article_id = '{article_id}'"
    with closing(sqlite3.connect(folder / "wire.db")) as store, store:
        [(before,)] = store.execute(f"SELECT {column} FROM {table} {of_it}")
        store.execute(f"UPDATE {table} SET {column} = ? {of_it}", (value,))
    return before


def flip(folder, place, article_id):
    """Let the text at a place begin with a byte that is no UTF-8, as one bit can."""
    table, column = place.split(".")
    flipped = f"cast(x'd2' || substr(cast({column} as blob), 2) as text)"
    with closing(sqlite3.connect(folder / "wire.db")) as store, store:
        store.execute(
            f"UPDATE {table} SET {column} = {flipped} WHERE article_id = ?",
            (article_id,),
        )


def spoil_source(folder, source_id, **values):
    """Put values into the row of a source, by column."""
    with closing(sqlite3.connect(folder / "wire.db")) as store, store:
        for column, value in values.items():
            store.execute(
                f"UPDATE sources SET {column} = ? WHERE source_id = ?",
                (value, source_id),
            )
