"""A small invented world on loopback, to watch Media Wire at its job without a network.

stories  agencies that do not exist and what they report: text only
world    their documents, as a pure function of how many reports each has published
origin   serves them as real publishers do: one address moved, one is broken
stage    the config folder that points the ordinary `run` at them
"""
