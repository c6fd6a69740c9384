"""Make a report's body fit for a page that asks strangers for nothing before its time.

In: the body of a Report: cleaned HTML, as serialised by a parser, so that every tag is
well-formed and every attribute quoted. Out: the same, its pictures loaded when they are
scrolled to, its films and sounds when they are started. A page has one main part and
one first heading, and they are its own: those of a body are told as less.
"""

import re
from html import escape

# Whole tags with their quoted attributes: what looks like a tag inside of an attribute
# is passed over.
_TAG = re.compile(r"""<(/?[a-zA-Z][a-zA-Z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>""")
# Wider than the page, they scroll by themselves: also for who has a keyboard only.
_SCROLLED = {"pre", "table"}
_VALUES = re.compile("""\"[^\"]*\"|'[^']*'""")
_NAMED = re.compile(r"\salt(?=[\s=/]|$)", re.IGNORECASE)
_CONTROLS = re.compile(r"\scontrols(?=[\s=/]|$)")


def unhurried(html: str, picture: str) -> str:
    """Return a body whose pictures, films and sounds load only when wanted.

    A picture of which its source says nothing is called `picture`, so that who cannot
    see it, or the link that it is, knows that there is one.
    """
    said = picture.rstrip(" :\u00a0\u202f")  # French puts a narrow blank before it
    named = f' alt="{escape(said)}"'
    return _TAG.sub(lambda tag: _eased(tag, named), html)


def _eased(tag: re.Match[str], named: str) -> str:
    name, rest = tag[1].lower(), tag[2]
    if name == "img":
        alt = "" if _NAMED.search(_VALUES.sub("", rest)) else named
        return f'<{name} loading="lazy" decoding="async"{alt}{rest}>'
    if name in {"main", "/main"}:
        return f"<{name.replace('main', 'div')}{rest}>"
    if name == "h1":
        return f'<{name} aria-level="2"{rest}>'
    if name in _SCROLLED and not tag[1].startswith("/"):
        return f'<{name} tabindex="0"{rest}>'
    if name in {"audio", "video"}:
        controls = "" if _CONTROLS.search(rest) else " controls"
        return f'<{name}{controls} preload="none"{rest}>'
    return tag[0]
