"""Break documents as networks, editors and attackers do, the same way for a seed."""

PIECES = (
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x", b"?>", b'"', b"'",
    b"\0", b"\x0b", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"&#xD800;", b"&#x110000;",
    b"&#99999999999999;", b"&nbsp;", b"&nope;", b"<item>", b"</item>", b"<entry/>",
    b"</channel>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b" xmlns:a='b'", b"<a:b c='d'>",
    b"\\1", b"{", b"}", b"[", b"1e999", b"null", b"\xe2\x80\xae", b"\r\n", b"%s" * 9,
)  # fmt: skip


def mutated(document, chance):
    """Return the document after one to eight random edits by `chance` (a Random)."""
    body = bytearray(document)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(body) + 1)
        to = min(len(body), at + chance.choice((1, 1, 2, 5, 40, 400)))
        edit = chance.randrange(6)
        if edit == 0:
            del body[at:to]
        elif edit == 1:
            body[at:at] = chance.choice(PIECES)
        elif edit == 2:
            body[at:to] = chance.randbytes(to - at)
        elif edit == 3:
            body[at:at] = body[at:to] * chance.randint(1, 5)
        elif edit == 4:
            del body[max(at, len(body) // 4) :]
        else:
            body[at:to] = body[at:to].swapcase()
    return bytes(body)
