"""A source that lists its archive again, after it was pruned here."""

from newsdesk import DAY, HOUR, MINUTE, rss


def test_reports_that_were_pruned_do_not_come_again_as_news(desk_of, origin):
    """Nor at the next poll, nor after a restart; what is new beside them does come."""
    for listed in [(1, 2), (3,), (3, 2, 1), (3, 2, 1), (4, 3, 2, 1)]:
        origin.answers("/feed", rss(*listed))
    desk = desk_of("/feed")
    desk.poll()
    desk.now += HOUR + MINUTE
    desk.poll()
    desk.now += 100 * DAY
    assert desk.wire.prune(desk.wire.clock()) == 2

    brought = []
    for _ in range(3):
        (result,) = desk.poll().values()
        brought.append((result.outcome.new, list(result.notes)))
        desk.restart(down=DAY)

    note = "2 entries left out: they were here before, and were pruned"
    assert brought == [(0, [note]), (0, []), (1, [])]
    assert set(desk.articles()) == {"Report 3", "Report 4"}
    assert set(desk.published()) == {"Report 3", "Report 4"}
