"""The engines: who runs the polls that are due.

`local` works in threads of this process. An engine is told which sources are due and
calls back with results; it knows nothing of feeds. `manners` says when a host may be
asked again, and is the same for every engine. `arenas` bounds the memory of many threads.
"""
