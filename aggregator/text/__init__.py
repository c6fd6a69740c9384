"""What words, addresses and dates of strangers go through before anybody uses them.

urls     an address as a feed wrote it → absolute and legal, its identity, its host
dates    every dialect of writing a date → an aware UTC datetime, or None
markup   HTML of strangers → harmless HTML with the same words; text; excerpts
challenges  a page that wants proof of a human → whether it is one
folding  text in any script → the words it is searched by; a query → the same words
likeness how much two texts have in common, from sketches of a few hundred bytes
phrases  and our own words: a language → what pages and documents say in it

Everything here is a pure function of its arguments: no network, no clock, no store.
Callers import from these directly, so that who needs only a date loads no HTML.
"""
