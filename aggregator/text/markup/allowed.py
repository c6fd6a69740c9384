"""What HTML of strangers may contain after cleaning: one list, with reasons.

It is a list of what is allowed; whatever it does not name goes. nh3 with a list like
this stopped all 113 vectors of our collection and DOMPurify's 223 (run in Chromium).

Not on it, and why:
    svg, math           the way around every sanitiser of the last ten years
    style, class        cover the page, track readers, load files
    id, name            shadow names that scripts of a page rely on; anchors collide
    form, input, button ask for passwords in our name
    iframe, object, embed  run somebody else's page in ours
    srcset, sizes, ping, target, autoplay, preload, loading
                        more addresses than a reader sees, or a say over our page
    picture             its img stays, its sources with their srcset go

On it, though not as it comes:
    h1                  a report may have one; pages put it below their own
    source              stays in audio and video only (see cleaning)
"""

from types import MappingProxyType

# Elements that stand in lines of their own: where one begins or ends, a word ends.
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "caption", "col"),
        *("colgroup", "dd", "details", "div", "dl", "dt", "figcaption", "figure"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr"),
        *("li", "main", "nav", "ol", "p", "pre", "section", "summary", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
_INLINE = frozenset(
    {
        *("a", "abbr", "audio", "b", "bdi", "bdo", "cite", "code", "data", "del"),
        *("dfn", "em", "i", "img", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s"),
        *("samp", "small", "source", "span", "strong", "sub", "sup", "time", "u"),
        *("var", "video", "wbr"),
    }
)

TAGS = BLOCKS | _INLINE

# "*": direction and language decide how a text reads; `title` explains it.
ATTRIBUTES = MappingProxyType(
    {
        "*": frozenset({"dir", "lang", "title"}),
        "a": frozenset({"href", "hreflang"}),
        "audio": frozenset({"controls", "src"}),
        "blockquote": frozenset({"cite"}),
        "col": frozenset({"span"}),
        "colgroup": frozenset({"span"}),
        "data": frozenset({"value"}),
        "del": frozenset({"cite", "datetime"}),
        "details": frozenset({"open"}),
        "img": frozenset({"alt", "height", "src", "width"}),
        "ins": frozenset({"cite", "datetime"}),
        "li": frozenset({"value"}),
        "ol": frozenset({"reversed", "start", "type"}),
        "q": frozenset({"cite"}),
        "source": frozenset({"src", "type"}),
        "td": frozenset({"colspan", "rowspan"}),
        "th": frozenset({"colspan", "rowspan", "scope"}),
        "time": frozenset({"datetime"}),
        "video": frozenset({"controls", "height", "poster", "src", "width"}),
    }
)
ADDRESSES = frozenset({"cite", "href", "poster", "src"})  # made absolute, or dropped
SCHEMES = frozenset({"http", "https", "mailto"})  # mailto in `a href` only
LINK_REL = "noopener noreferrer nofollow"

# Elements whose content no browser shows as text, whether we keep them or not.
KEPT_HIDDEN = frozenset({"audio", "rp", "video"})
HIDDEN = KEPT_HIDDEN | {
    *("annotation", "annotation-xml", "canvas", "datalist", "iframe", "noembed"),
    *("noframes", "script", "style", "svg", "template", "title"),
}

# Elements we take away that stand apart from the words around them: a blank takes
# their place, or "Send<button>Now" would become one word.
BOXES = frozenset(
    {
        *("applet", "body", "button", "center", "dialog", "dir", "embed", "fieldset"),
        *("form", "frameset", "head", "html", "iframe", "input", "legend", "listing"),
        *("marquee", "menu", "meter", "object", "optgroup", "option", "plaintext"),
        *("progress", "search", "select", "svg", "textarea", "xmp"),
    }
)

# Elements whose tags go before parsing, so that what is inside is read as HTML:
# no feed reader runs scripts, so `noscript` is shown; formulas keep their letters.
# nh3 takes every element named as in MathML or SVG away with its words, also outside
# of `math` and `svg` (run with all names of both; these are the ones it takes).
TRANSPARENT = frozenset(
    {
        *("math", "noscript"),
        *("apply", "bind", "bvar", "cbytes", "cerror", "ci", "cn", "condition", "cs"),
        *("csymbol", "degree", "domainofapplication", "interval", "lambda", "list"),
        *("logbase", "maction", "maligngroup", "malignmark", "matrix", "matrixrow"),
        *("menclose", "merror", "mfenced", "mfrac", "mglyph", "mi", "mlabeledtr"),
        *("mlongdiv", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom"),
        *("mprescripts", "mroot", "mrow", "ms", "mscarries", "mscarry", "msgroup"),
        *("msline", "mspace", "msqrt", "msrow", "mstack", "mstyle", "msub", "msubsup"),
        *("msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none"),
        *("otherwise", "piece", "piecewise", "semantics", "share", "vector"),
        *("animate", "circle", "defs", "desc", "discard", "ellipse", "filter", "g"),
        *("line", "marker", "mask", "metadata", "mpath", "path", "pattern", "polygon"),
        *("polyline", "rect", "set", "stop", "switch", "symbol", "text", "tspan"),
        *("use", "view"),
    }
)
