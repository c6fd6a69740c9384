"""The only wiring: config, clock and rooms become a wire that runs.

The house
    clock         the one place that asks what time it is
    configuring   a config folder, read with the rules and formats of this house
    wire          Wire: the rooms of one config folder, and what can be done with them
    schedule      who is due, and what moves that
    records       polls committed; one that cannot be stored harms no other
    editorial     what the desk makes of an article: headline, whether it stands
    grants        what sources allow, and how they are credited

Polling
    round         what is due, polled once, with a summary
    service       the main job: tick, press, pages and a watched config, until told to stop
    worker        polls beside a scheduler, on another machine perhaps
    polling       the engine of these two; `asked`: who is being asked
    share         which of the due sources this process polls
    beat          ticks whatever goes wrong; `supervisor`: tells systemd how we are
    following     adopts edits of the config folder whole
    timekeeping   a wall clock that jumps; `upkeep`: the store, once a day
    alarm         tells operators what they should know
    tally         counts for the metrics
    hubs          those that tell of news (WebSub)
    pages         the web server; `callers`: its bounds, `console`: what operators may do

Publishing
    press         soon after something changed, with rests in between
    printing      keeps the files of all publications up to date; `faring`: how they fared
    editions      what a publication shows, known before it is read whole
    imprints      what its documents were made of when they were printed last
    shelf         the same as whole reports
    candidates    what either looks through; `ruled`: whose rules the store goes by
    twins         an article of several sources stands once; `near` finds copies
    history       the archived months of publications; `relics`: of former ones
    months        which month a report stands in; `arrivals`: of what comes late
    chronicle     which months were written, and when
    contents      what is found in a month, and the hours in which nothing changed
    binding       what stands in a month; `ledger`: what its file is like
    tombstones    what is left of what was taken back; `burial`: out of which months
    lowering      what months give up where less may be shown than before

What commands and pages ask
    standing      how every source is doing
    explanation   the life of one article
    verification  what differs between raw items, store and files
    rehearsal     what a rule would do
    deciding      what the desk decides about sources and articles
    amending      sources changed in the config folder
    prospect      which feed is behind an address; `handover`: to its first poll
    trial         what sources would bring; `sparing`: who must be left alone
    doctor        whether libraries, clock and folders are fit
"""
