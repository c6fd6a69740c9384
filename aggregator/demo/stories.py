"""The agencies of the invented world and what they report: text only."""

from typing import Literal

from msgspec import Struct

Dialect = Literal["rss", "rdf", "atom", "json"]


class Agency(Struct, frozen=True, kw_only=True):
    """One invented publisher: how it writes, and its (headline, text) pairs."""

    id: str
    title: str
    dialect: Dialect
    language: str
    encoding: str = "utf-8"
    stories: tuple[tuple[str, str], ...]


AGENCIES = (
    Agency(
        id="harbour-gazette",
        title="The Harbour Gazette",
        dialect="rss",
        language="en",
        stories=(
            (
                "FERRY RETURNS AFTER THE LONGEST WINTER IN TEN YEARS",
                (
                    "The ferry to Gull Island sailed again this morning. Captain Ada Brink "
                    "said the ice had left the channel “overnight, like a guest who "
                    "forgot to say goodbye”."
                ),
            ),
            (
                "Council votes to keep the old crane",
                (
                    "The crane on Pier 4 will stay. Eleven of fifteen members voted for "
                    "repairs; the money comes from mooring fees & last year’s surplus."
                ),
            ),
            (
                "Fishermen land first herring of the season",
                (
                    "Three boats came in with 1 < 2 tonnes each, as the harbour master "
                    "wrote on the board. Prices are expected to fall by Friday."
                ),
            ),
            (
                "UN OBSERVERS PRAISE HARBOUR SCHOOL",
                (
                    "Pupils who learn to read charts before they learn to read novels "
                    "impressed a group of visitors on Tuesday."
                ),
            ),
        ),
    ),
    Agency(
        id="nordlicht",
        title="Nordlicht Nachrichten",
        dialect="rdf",
        language="de",
        encoding="iso-8859-1",
        stories=(
            (
                "Straßenbahn fährt wieder über die Brücke",
                (
                    "Nach acht Monaten Bauzeit rollt die Linie 7 wieder. Die ersten "
                    "Fahrgäste bekamen Brötchen und eine Ansichtskarte."
                ),
            ),
            (
                "Bücherei öffnet auch am Sonntag",
                (
                    "Die Stadt übernimmt die Kosten für ein Jahr. Danach soll über die "
                    "Öffnungszeiten neu entschieden werden."
                ),
            ),
            (
                "Größter Kürbis des Landes wiegt 612 Kilogramm",
                (
                    "Gezüchtet hat ihn ein pensionierter Lehrer. Er möchte ihn nicht "
                    "essen, sondern aushöhlen und damit über den See rudern."
                ),
            ),
        ),
    ),
    Agency(
        id="peyk-e-karvan",
        title="پیک کاروان",
        dialect="atom",
        language="fa",
        stories=(
            (
                "باران پس از سه ماه به دشت رسید",
                (
                    "کشاورزان می‌گویند این باران برای کشت پاییزه کافی است. هواشناسی "
                    "برای روزهای آینده نیز بارش پیش‌بینی کرده است."
                ),
            ),
            (
                "کتابخانهٔ سیار به روستاهای کوهستان می‌رود",
                (
                    "این کتابخانه هر هفته به دوازده روستا سر می‌زند و بیش از دو هزار جلد "
                    "کتاب با خود می‌برد."
                ),
            ),
            (
                "پل تاریخی شهر دوباره گشوده شد",
                "بازسازی پل دو سال طول کشید. از امروز پیاده‌ها می‌توانند از آن بگذرند.",
            ),
        ),
    ),
    Agency(
        id="sada-al-waha",
        title="صدى الواحة",
        dialect="rss",
        language="ar",
        encoding="windows-1256",
        stories=(
            (
                "افتتاح سوق التمور في الواحة",
                "شارك في السوق أكثر من ستين مزارعا، وتستمر الفعاليات حتى نهاية الأسبوع.",
            ),
            (
                "مدرسة القرية تستقبل طلابها بعد الترميم",
                "استغرقت أعمال الترميم عاما كاملا، وشملت الفصول والمكتبة والملعب.",
            ),
        ),
    ),
    Agency(
        id="severny-telegraf",
        title="Северный телеграф",
        dialect="rss",
        language="ru",
        encoding="windows-1251",
        stories=(
            (
                "Ледокол «Полярник» вернулся в порт",
                (
                    "Экипаж провёл в море сто двадцать дней. На берегу моряков встречали "
                    "семьи и школьный оркестр."
                ),
            ),
            (
                "В городе открыли музей старых карт",
                "Самой старой карте больше трёхсот лет. Вход свободный до конца месяца.",
            ),
        ),
    ),
    Agency(
        id="orbit-weekly",
        title="Orbit Weekly",
        dialect="json",
        language="en",
        stories=(
            (
                "Telescope finds a quiet corner of the sky",
                (
                    "Astronomers pointed the instrument at nothing for nine nights and "
                    "were not disappointed."
                ),
            ),
            (
                "Students build a satellite the size of a loaf of bread",
                (
                    "It weighs 1.3 kilograms, has no moving parts and will measure the "
                    "glow of cities at night."
                ),
            ),
        ),
    ),
    Agency(
        id="daily-lantern",
        title="The Daily Lantern",
        dialect="rss",
        language="en",
        stories=(
            (
                "Street lamps to be dimmed after midnight",
                (
                    "The town expects to save a third of the electricity, and hopes for "
                    "more moths. Emergency lighting is not affected."
                ),
            ),
            (
                "Night market moves to the station square",
                (
                    "Traders asked for more room and better light; from next week they "
                    "will have both."
                ),
            ),
        ),
    ),
)
