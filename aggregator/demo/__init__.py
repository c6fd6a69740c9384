"""A small invented world on loopback, to watch Media Wire at its job without a network.

`world` writes the documents of a few agencies that do not exist, as a pure function of
how many reports each has published. `origin` serves them the way real publishers do,
with one address that moved and one that is broken. `stage` is the config folder that
points the ordinary `run` at them.
"""
