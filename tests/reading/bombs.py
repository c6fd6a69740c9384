"""Documents whose entities expand without end, or fetch what is not theirs."""


def document(subset, body, *, doctype="rss"):
    text = (
        f"<?xml version='1.0'?>\n<!DOCTYPE {doctype} [\n{subset}\n]>\n<rss>{body}</rss>"
    )
    return text.encode()


NEST = "\n".join(
    ['<!ENTITY a0 "lol">']
    + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
)
LARGE = '<!ENTITY big "' + "x" * 100_000 + '">'
PARAMETER = '<!ENTITY % p SYSTEM "http://127.0.0.1:1/canary.dtd">\n%p;'

BOMBS = {
    "nest on one line": document(NEST.replace("\n", ""), "&a9;"),
    "nest on lines of their own": document(NEST, "&a9;"),
    "one large, well-formed": document(LARGE, "&big;" * 3000),
    "one large, not well-formed": document(LARGE, "<t>" + "&big;" * 3000),
    "external file": document('<!ENTITY c SYSTEM "file:///etc/hostname">', "&c;"),
    "external address": document(
        '<!ENTITY c PUBLIC "x" "http://127.0.0.1:1/c">', "&c;"
    ),
    "parameter, external": document(PARAMETER, "x"),
    "mark-up": document('<!ENTITY m "<item/>">', "&m;"),
}
