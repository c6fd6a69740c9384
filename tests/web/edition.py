"""An edition of a small newspaper, for looking at: five languages, pictures, traps."""

from datetime import timedelta

from builders import NOON, article, attribution, publication
from msgspec.structs import replace

from aggregator.model import Image, Rights, Selection, Source, Tag

DISCLAIMER = (
    "Reports in the Media Wire section are retrieved from other agencies and websites "
    "and do not necessarily reflect our opinion. Headlines may be changed to fit our "
    "style; the content is not. The source and the address of every report stand at "
    "its bottom."
)

LICENSE = "https://license.example/by/4.0/"

AGENCIES = {
    "gazette": ("The Harbour Gazette", "en"),
    "nordlicht": ("Nordlicht Nachrichten", "de"),
    "fanus": ("خبرگزاری فانوس", "fa"),
    "manara": ("وكالة المنارة", "ar"),
    "migdal": ("המגדלור", "he"),
    "kawa": ("川の便り", "ja"),
}

SOURCES = tuple(
    Source(
        id=id_,
        url=f"https://user:pass@{id_}.example/feed.xml?token=s3cret&lang={language}",
        title=title,
        site=f"https://{id_}.example/",
        language=language,
        rights=Rights(holder=title, license=LICENSE),
    )
    for id_, (title, language) in AGENCIES.items()
)

WIRE = publication(
    description="Reports from other agencies, in their own words.",
    disclaimer=DISCLAIMER,
)
PERSIAN = publication(
    id="persian",
    title="رسانه‌های دیگر",
    description="گزارش خبرگزاری‌های دیگر، به زبان خودشان.",
    disclaimer="گزارش‌های این بخش از خبرگزاری‌های دیگر گرفته شده‌اند و لزوماً بازتاب نظر ما نیستند.",
    language="fa",
    select=Selection(languages=("fa",)),
)

STORIES = (
    (
        "gazette",
        "Ferry returns after the longest winter in ten years",
        (
            "The ferry to Gull Island sailed again this morning. Captain Ada Brink said the "
            "ice had left the channel “overnight, like a guest who forgot to say goodbye”."
        ),
    ),
    (
        "fanus",
        "BBC: کشتی پس از طولانی‌ترین زمستان ده سال گذشته بازگشت",
        (
            "کشتی مسافربری جزیره امروز صبح دوباره به راه افتاد. ناخدا گفت یخ‌ها یک‌شبه از آبراه "
            "رفته‌اند، مانند مهمانی که خداحافظی را فراموش کرده باشد."
        ),
    ),
    (
        "nordlicht",
        "Straßenbahn fährt nach acht Monaten Bauzeit wieder über die Donaudampfschifffahrtsbrücke",
        (
            "Nach acht Monaten Bauzeit rollt die Linie 7 wieder. Die ersten Fahrgäste bekamen "
            "Brötchen und eine Ansichtskarte von der Stadt."
        ),
    ),
    (
        "migdal",
        "המעבורת חזרה אחרי החורף הארוך ביותר זה עשר שנים",
        "המעבורת לאי השחפים הפליגה שוב הבוקר. הקברניטה אמרה שהקרח נעלם מהתעלה בן לילה.",
    ),
    (
        "gazette",
        "Council votes to keep the old crane",
        (
            "The crane on Pier 4 will stay. Eleven of fifteen members voted for repairs; the "
            "money comes from mooring fees & last year’s surplus."
        ),
    ),
    (
        "manara",
        "العبّارة تعود بعد أطول شتاء منذ عشر سنوات",
        (
            "أبحرت العبّارة إلى جزيرة النورس من جديد صباح اليوم. وقالت القبطانة إن الجليد "
            "غادر القناة بين ليلة وضحاها."
        ),
    ),
    (
        "kawa",
        "十年で最も長い冬のあと、渡し船が戻る",
        "かもめ島への渡し船が今朝、ふたたび出航した。船長によると、氷は一晩で消えたという。",
    ),
    (
        "fanus",
        "شورای شهر به ماندن جرثقیل قدیمی رأی داد",
        "جرثقیل اسکله ۴ می‌ماند. یازده نفر از پانزده عضو به تعمیر آن رأی دادند.",
    ),
)


def stories(number=8):
    """Articles 1 to `number`, the newest first, telling the stories in turn."""
    return [story(n) for n in range(1, number + 1)]


def story(number):
    source_id, title, text = STORIES[(number - 1) % len(STORIES)]
    name, language = AGENCIES[source_id]
    at = NOON - timedelta(minutes=7 * number**2)
    return article(
        number,
        title=title,
        source_title=title,
        url=f"https://{source_id}.example/reports/{number}",
        body=f"<p>{text}</p>",
        language=language,
        attribution=attribution(
            source_id=source_id,
            title=name,
            feed_url=f"https://{source_id}.example/feed.xml",
            site_url=f"https://{source_id}.example/",
            rights=f"© {name}",
            license=LICENSE,
        ),
        published=at,
        updated=at,
        first_seen=at,
        listed_at=at,
    )


def long_read():
    """The first story as a whole article: picture, another headline, all markup."""
    first = story(1)
    text = STORIES[0][2]
    return replace(
        first,
        source_title="FERRY RETURNS AFTER THE LONGEST WINTER IN TEN YEARS",
        authors=("Ada Brink", "محمد رضایی"),
        tags=(
            Tag(term="shipping"),
            Tag(term="winter", label="Winter"),
            Tag(term="جزیره"),
        ),
        image=Image(
            url="https://gazette.example/ferry.svg",
            width=1200,
            height=675,
            alt="The ferry leaves the harbour",
            credit="Harbour Gazette / A. Brink",
        ),
        body=f"<p>{text}</p><h2>What changed</h2><p>{text} <a href='https://gazette."
        "example/more' rel='noopener'>More on this</a>, and an address that never ends: "
        "https://gazette.example/"
        + "a"
        * 120
        + f"</p><blockquote><p>{text}</p></blockquote>"
        '<figure><img src="https://gazette.example/ice.svg" alt="Ice" width="2400" '
        'height="900"><figcaption>Ice in the channel</figcaption></figure>'
        "<ul><li>One ferry</li><li>Two herrings</li></ul>"
        "<table><tr><th>Year</th><th>Days of ice</th><th>Ferries</th></tr>"
        "<tr><td>2025</td><td>61</td><td>0</td></tr></table>"
        f"<pre>    {'wide ' * 60}</pre><p>{text}</p>",
    )
