"""Pairs of reports that are, or are not, one agency report: labelled by hand, invented.

Each story is told once in full. `copies` are what papers make of agency copy; `others`
are different reports that share much of their form: forecasts, markets, quakes, scores.
"""

STORIES = {
    "harbour": (
        "The harbour of Port Ellery will close for six weeks in spring while divers "
        "repair the western sea wall, the port authority said on Tuesday. Ferries to "
        "the outer islands will leave from the fishing quay instead. About two hundred "
        "small boats have to find another berth before the first of March, and owners "
        "who cannot will be towed free of charge. The wall was damaged in the storms of "
        "last November, when waves of nine metres broke over the lighthouse."
    ),
    "library": (
        "The town library of Marsh End is lending out seeds as well as books, and "
        "expects its readers to bring some back. Gardeners may take five packets each, "
        "grow the plants through the summer, and return seeds of their own in autumn. "
        "Librarian Odile Brandt said that more than four hundred people had joined in "
        "the first month, many of whom had never held a library card. Beans are the "
        "most popular, followed by tomatoes and an old kind of spinach."
    ),
    "tunnel": (
        "Engineers have broken through the last three metres of rock in the tunnel "
        "under Mount Sarn, eleven years after work began. The tunnel, nineteen "
        "kilometres long, will cut the train journey between the two valleys from "
        "ninety minutes to twenty. Track and signals have still to be laid, and the "
        "first passengers are expected in three years. The project cost four billion "
        "crowns, twice as much as was planned, mostly because of water in the rock."
    ),
    "choir": (
        "A choir that had sung in the same village church for three hundred years gave "
        "its last concert on Sunday, with two singers left. The younger of them, who is "
        "seventy eight, said they had tried everything, from posters to free supper, "
        "but that nobody under sixty had come. The notes, some of them written by hand "
        "before the church had an organ, go to the archive of the province. The church "
        "has offered the gallery to a brass band from the next village."
    ),
    "quake one": (
        "A magnitude 4.5 earthquake struck 23 kilometres north of Karsa at a depth of "
        "10 kilometres on Monday, the national centre of seismology said. There were no "
        "immediate reports of casualties or of damage. The quake was felt in villages "
        "around the town. Karsa lies in a region where such tremors are frequent."
    ),
    "market one": (
        "Shares in Norhaven closed higher on Wednesday, led by banks and shipping. The "
        "main index gained 0.8 percent to 2,315 points. Turnover was thin before the "
        "holiday. The crown was little changed against the dollar at 7.42, and oil rose "
        "to 81 dollars a barrel after two days of losses."
    ),
    "weather one": (
        "It will be mostly cloudy in the north on Thursday with rain at times, and dry "
        "with sunny spells in the south. Highs of 9 to 13 degrees, lows of 2 to 5 "
        "degrees, with light to moderate winds from the west. Friday will be brighter "
        "everywhere, with a chance of fog in the morning."
    ),
}

# Reports of the same form about something else: never one report with the above.
OTHERS = {
    "quake two": (
        "A magnitude 5.1 earthquake struck 61 kilometres east of Dolen at a depth of "
        "33 kilometres on Friday, the national centre of seismology said. Two people "
        "were hurt by falling tiles and a school was closed. The quake was felt in the "
        "capital, and trains were stopped for an hour while bridges were inspected."
    ),
    "market two": (
        "Shares in Norhaven closed lower on Friday, dragged down by retailers. The "
        "main index lost 1.4 percent to 2,283 points in heavy trading. The crown fell "
        "to 7.55 against the dollar after the central bank left rates as they were, and "
        "oil slipped to 78 dollars a barrel."
    ),
    "weather two": (
        "It will be wet and windy in the south on Saturday, with snow on high ground, "
        "and cold and clear in the north. Highs of 1 to 4 degrees, lows of minus 6 to "
        "minus 1 degrees, with strong winds from the east. Sunday will be calmer, with "
        "snow showers in the hills."
    ),
    "tunnel strike": (
        "Workers in the tunnel under Mount Sarn have stopped work over pay, a week "
        "before the last rock was to be cut. Their union wants an extra allowance for "
        "the wet sections of the tunnel, which is nineteen kilometres long. The builder "
        "said that the train service would still begin in three years as planned."
    ),
}


def _edited(text):
    """A few words changed: four of about seventy."""
    words = text.split()
    for at in (5, 23, 41, 52):
        if at < len(words):
            words[at] = "indeed"
    return " ".join(words)


COPIES = {
    "as it was": lambda text: text,
    "dateline": lambda text: f"PORT ELLERY (Agency) - {text}",
    "capitals and signs": lambda text: text.upper().replace(",", " -"),
    "some words changed": _edited,
    "last sentence cut": lambda text: text.rpartition(". ")[0] + ".",
    "a line added": lambda text: (
        f"{text} Additional reporting by our own desk in town."
    ),
}


def pairs():
    """Yield (one text, other text, whether they are one report)."""
    told = list((STORIES | OTHERS).values())
    for text in STORIES.values():
        for copy in COPIES.values():
            yield text, copy(text), True
    for n, one in enumerate(told):
        for other in told[n + 1 :]:
            for copy in (COPIES["as it was"], COPIES["dateline"]):
                yield one, copy(other), False
