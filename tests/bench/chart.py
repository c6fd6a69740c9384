"""A chart of rows: one bar each, how much of its target it takes. Shorter is better."""

from html import escape

WIDTH, BAR, GAP, LABELS = 860, 16, 10, 430


def svg(rows):
    bounded = [row for row in rows if row.target()]
    height = len(bounded) * (BAR + GAP) + 40
    scale = (WIDTH - LABELS - 70) / max([2.0, *map(share, bounded)])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<g font-family="sans-serif" font-size="12">',
    ]
    for place, row in enumerate(bounded):
        y = place * (BAR + GAP) + 10
        colour = "#2a7" if row.holds() else "#c55"
        text = f"{row.value():.3g}{row.suffix()}"
        length = share(row) * scale
        parts += [
            f'<text x="{LABELS - 8}" y="{y + 12}" text-anchor="end">{escape(row.name)}</text>',
            f'<rect x="{LABELS}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{colour}"/>',
            f'<text x="{LABELS + length + 5:.1f}" y="{y + 12}">{escape(text)}</text>',
        ]
    line = LABELS + scale
    parts.append(
        f'<path d="M{line:.1f} 0V{height - 25}" stroke="#333" stroke-dasharray="3"/>'
        f'<text x="{line:.1f}" y="{height - 10}" text-anchor="middle">target</text></g></svg>'
    )
    return "\n".join(parts)


def share(row):
    """Return how much of its bound a row takes: 1 is the target itself."""
    if row.most is not None:
        return row.value() / row.most
    return row.least / row.value()
