"""Media Wire: polls other agencies' feeds and republishes them, attributed.

A report walks through the rooms in this order: `fetching` (one polite conditional
GET), `reading` (bytes to articles, in a process that can be killed), `editing`
(headline and selection rules, which never see a body), `store`, `publishing`
(combined feeds), `web`. `poll` conducts the walk for one source, `engines` decide who
walks when, `app` wires it together, `cli` is the operator's side of the door.
"""

__version__ = "0.1.0"
