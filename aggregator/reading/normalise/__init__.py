"""From what a source said to what we may publish: Feed and Source to Articles.

articles   the conductor: one Article or Rejected for every entry
words      headline, body, summary
beginnings whether a text is only an excerpt of another
credit     what a feed says of itself; attribution; the first source of an aggregate
people     names of authors, categories, languages
media      enclosures and the picture
times      published and updated
scope      what all entries of a document share
caps       how much is enough
"""

from aggregator.reading.normalise.articles import Normalised, Rejected, articles

__all__ = ["Normalised", "Rejected", "articles"]
