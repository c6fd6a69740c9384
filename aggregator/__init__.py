"""Media Wire: polls other agencies' feeds and republishes them, attributed.

A report walks through the rooms in this order: `fetching` (one polite conditional
GET), `reading` (bytes to articles, in a process that can be killed), `editing`
(headline and selection rules, which never see a body), `store`, `publishing`
(combined feeds), `web`. `poll` conducts the walk for one source, `engines` decide who
walks when, `app` wires it together, `cli` is the operator's side of the door.
`alerting` tells operators what they should know, `demo` is a world to watch all of it in.

What the rooms speak of and go by:

model          the nouns: every value that crosses a room's door
config         from what an operator wrote to a Config
text           what words, addresses and dates of strangers go through
identity       which article an entry is; `recognition`: an entry of another name
corrections    what becomes of an article that its source changed
returned       which of the new ones were pruned; `discretion`: no secrets in sentences
suspicion      whether a source is itself no more
websub         what hubs are asked for, and when they are believed
errors, events what can go wrong, as one tree; what is told to the log
doors, modules what is loaded late; what is found by itself in a folder
deflate        how what we write is compressed; `epoch`: times as numbers and text
"""

__version__ = "0.1.0"
