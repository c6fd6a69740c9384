"""The second look: what feedparser loses, read from the same document by lxml.

feedparser says what an entry is, in every dialect and however broken. It also rewrites
bare guids against the feed's address, keeps one skipped hour of many, forgets which of
three texts was the article and merges the sources of an aggregate. This room looks at
the same bytes once more and finds, for the n-th entry, what was written.

names      element names across namespaces and decades, and an element's children by name
texts      text constructs: the characters, how to read them, their base and language
bases      addresses under an `xml:base` of their own, made absolute
links      which of the links is the entry's own; its guid
media      enclosures and pictures, from six vocabularies
people     authors, and the source an aggregate names
head       what the feed says of itself: rhythm, language, licence, deletions
entries    one entry, refined
strict     plain entries: title, categories, dates and rights as feedparser would say
strict_head  a plain head: dialect, title, rights and picture, likewise
lean       the document without what the others read, for feedparser
document   the tree itself, and its items aligned with feedparser's entries
guarded    the one way in which lxml reads what strangers wrote

Nothing here resolves entities, loads a DTD or opens an address.
"""
