r"""`kind: headline`: bring headlines to house style.

    house-style:
      kind: headline
      languages: [en]                     # only headlines in these; without: all
      strip_suffix: [" | Example"]
      strip_prefix: ["BREAKING: "]
      cut: ["^UPDATE \\d+-", "\\(video\\)$"]   # regular expressions that go
      replace: {"\\s+[–-]\\s+live$": ""}   # regular expression: replacement
      unshout: true                       # ALL CAPS to `case`
      untitle: true                       # Title Case Of Everything to `case`
      case: sentence                      # or title
      keep: [UN, NATO, iPhone, "U.S."]    # written just like this wherever case changes
      quotes: typographic                 # of the language; or straight
      dashes: en                          # or em, spaced-em, hyphen
      prefix: "{source}: "                # before it; {source} is the name we credit
      length: 120                         # characters; cut at a word, with an ellipsis

The parts run in this order. A headline that a part would leave empty stays as it was
before that part, and one that a part changed has single blanks and no line breaks.
Nothing here touches scripts without case but quotes and dashes.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from aggregator.editing.casing import is_titled, sentence_case, shouts, title_case
from aggregator.editing.options import Options
from aggregator.editing.patterns import Pattern
from aggregator.editing.punctuation import DASHES, QUOTES, dashed, quoted
from aggregator.editing.selection import speaks
from aggregator.editing.subject import Subject
from aggregator.text import markup

ELLIPSIS = "…"
SHORTEST = 10
_LOOSE_ENDS = " ,;:–—-"
# Not those that keep words together.
_BLANKS = re.compile(r"[ \t\n\r\v\f\u0085\u2028\u2029]+")
SOURCE = "{source}"  # in a prefix: the name we credit


class Headline(Struct, frozen=True, kw_only=True):
    """House style for headlines. The original stays with the article."""

    id: str
    languages: tuple[str, ...]
    strip_prefix: tuple[str, ...]
    strip_suffix: tuple[str, ...]
    replacements: tuple[tuple[Pattern, str], ...]
    unshout: bool
    untitle: bool
    case: str
    keep: dict[str, str]
    quotes: str | None
    dashes: str | None
    prefix: str
    length: int | None

    def __call__(self, subject: Subject) -> Subject:
        """Return the subject with its headline in house style."""
        if self.languages and not speaks(subject.language, self.languages):
            return subject
        title = subject.title
        for part in self._parts(subject.language, subject.credited):
            changed = part(title)
            if changed != title:
                title = _BLANKS.sub(" ", changed).strip() or title
        if title == subject.title:
            return subject
        # What was cut off may have closed a change of direction.
        return replace(subject, title=markup.printable(title))

    def _parts(self, language: str, credited: str) -> Iterator[Callable[[str], str]]:
        """Yield what is done to a headline, in order."""
        for suffix in self.strip_suffix:
            yield partial(_without_end, suffix)
        for prefix in self.strip_prefix:
            yield partial(_without_start, prefix)
        for pattern, replacement in self.replacements:
            yield partial(pattern.replaced, replacement)
        yield partial(self._cased, language)
        if self.quotes:
            yield partial(quoted, self.quotes, language)
        if self.dashes:
            yield partial(dashed, self.dashes)
        if self.prefix:
            yield partial(_marked, self.prefix.replace(SOURCE, credited))
        if self.length:
            yield partial(shortened, self.length)

    def _cased(self, language: str, title: str) -> str:
        shouted = shouts(title)
        if not (shouted and self.unshout) and not (self.untitle and is_titled(title)):
            return title
        change = title_case if self.case == "title" else sentence_case
        return change(title, self.keep, language, shouted=shouted)


def _without_start(prefix: str, title: str) -> str:
    return title.removeprefix(prefix)


def _marked(prefix: str, title: str) -> str:
    """Return a headline with a mark before it, once if it has it already."""
    return title if title.startswith(prefix) else prefix + title


def _without_end(suffix: str, title: str) -> str:
    return title.removesuffix(suffix)


def shortened(length: int, title: str) -> str:
    """Return at most so many characters of a headline, cut at a word where there is one."""
    if len(title) <= length:
        return title
    most = length - len(ELLIPSIS)
    room = title[: most + 1]
    head = room.rpartition(" ")[0] if " " in room[length // 2 :] else title
    whole = markup.printable(head.rstrip(_LOOSE_ENDS))
    return markup.cap(whole, most).rstrip(_LOOSE_ENDS) + ELLIPSIS


def read(rule_id: str, options: Options) -> Headline:
    """Return the rule these options describe."""
    options.only(
        {
            *("languages", "strip_suffix", "strip_prefix", "cut", "replace", "unshout"),
            *("untitle", "case", "keep", "quotes", "dashes", "prefix", "length"),
        }
    )
    cut = tuple((pattern, "") for pattern in options.patterns("cut"))
    length = options.number("length", low=SHORTEST, high=1000)
    rule = Headline(
        id=rule_id,
        languages=options.languages("languages"),
        strip_prefix=options.words("strip_prefix"),
        strip_suffix=options.words("strip_suffix"),
        replacements=(*cut, *options.replacements("replace")),
        unshout=options.flag("unshout"),
        untitle=options.flag("untitle"),
        case=options.choice("case", ("sentence", "title")) or "sentence",
        keep={word.casefold(): word for word in options.words("keep")},
        quotes=options.choice("quotes", QUOTES),
        dashes=options.choice("dashes", DASHES),
        prefix=_BLANKS.sub(" ", options.text("prefix", places=(SOURCE,))),
        length=int(length) if length else None,
    )
    _doubt_what_is_idle(rule, options)
    return rule


def _doubt_what_is_idle(rule: Headline, options: Options) -> None:
    """Mention options that change no headline as they stand."""
    recases = rule.unshout or rule.untitle
    cuts = rule.strip_prefix or rule.strip_suffix or rule.replacements or rule.length
    writes = rule.quotes or rule.dashes or rule.prefix
    if not (recases or cuts or writes):
        options.doubt("", "changes no headline; write what to do, or take the rule out")
        return
    for name in ("case", "keep"):
        if name in options and not recases:
            options.doubt(
                name, "counts only beside unshout or untitle; write one, or take it out"
            )
