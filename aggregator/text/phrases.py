"""Our own words on pages and in documents, in the languages we speak.

In: the language of a publication. Out: the Phrases of what shows it. A publication in
another language gets pages in English around its reports. To add a language, add its
Phrases: a missing one does not pass the type checker.
"""

from msgspec import Struct


class Phrases(Struct, frozen=True, kw_only=True):
    """What pages about reports say in one language; `{}` is a name, or a number."""

    language: str
    skip: str
    sections: str
    all_sections: str
    further: str
    in_their_words: str
    sources: str
    about: str
    opml: str
    all_of: str
    no_reports: str
    no_older: str
    newest: str
    older: str
    about_section: str
    follow: str
    copying: str
    original: str
    updated: str
    comma: str
    picture: str
    files: str
    topics: str
    license: str
    digest: str
    recent: str
    also: str
    via: str
    search: str
    search_for: str
    searching: str
    found: str
    found_nothing: str


ENGLISH = Phrases(
    language="en",
    skip="Skip to content",
    sections="Sections",
    all_sections="All sections",
    further="Further sections",
    in_their_words="Reports from other agencies, in their own words.",
    sources="Sources",
    about="About",
    opml="Our feeds as OPML",
    all_of="All of {}",
    no_reports="No reports yet. They appear here as soon as a source has been read.",
    no_older="There are no older reports.",
    newest="Newest reports",
    older="Older reports",
    about_section="About this section",
    follow="Follow this section",
    copying="One click on an address selects all of it, ready to be copied into a feed reader.",
    original="Original headline:",
    updated="updated",
    comma=", ",
    picture="Picture:",
    files="Files",
    topics="Topics",
    license="Licence",
    digest="Digest of the source’s text",
    recent="Recent posts",
    also="Also",
    via="via",
    search="Search",
    search_for="Search all reports",
    searching='All the words are looked for in headlines and texts, however they are written. "Several words" in quotes stand side by side; flood* is a beginning; -sport leaves out.',
    found="Reports found: {}",
    found_nothing="No report here holds all of these words. Fewer words, or the beginning of one with a * behind it, may find more.",
)

_ALL = (
    ENGLISH,
    Phrases(
        language="fa",
        skip="رفتن به متن",
        sections="بخش‌ها",
        all_sections="همهٔ بخش‌ها",
        further="بخش‌های دیگر",
        in_their_words="گزارش‌های خبرگزاری‌های دیگر، به زبان خودشان.",
        sources="منابع",
        about="دربارهٔ ما",
        opml="خوراک‌های ما (OPML)",
        all_of="همهٔ {}",
        no_reports="هنوز گزارشی نیست. با خواندن نخستین منبع، گزارش‌ها این‌جا می‌آیند.",
        no_older="گزارش قدیمی‌تری نیست.",
        newest="تازه‌ترین گزارش‌ها",
        older="گزارش‌های قدیمی‌تر",
        about_section="دربارهٔ این بخش",
        follow="دنبال کردن این بخش",
        copying="با یک کلیک، همهٔ نشانی برای کپی در خبرخوان انتخاب می‌شود.",
        original="تیتر اصلی:",
        updated="به‌روزرسانی",
        comma="، ",
        picture="عکس:",
        files="پرونده‌ها",
        topics="موضوع‌ها",
        license="پروانه",
        digest="اثر انگشت متن منبع",
        recent="تازه‌ترین مطالب",
        also="همچنین",
        via="به نقل از",
        search="جست‌وجو",
        search_for="جست‌وجو در همهٔ گزارش‌ها",
        searching='همهٔ واژه‌ها در تیترها و متن‌ها جست‌وجو می‌شوند، هرگونه که نوشته شده باشند. واژه‌های میان "…" کنار هم می‌آیند؛ سیل* آغاز واژه است؛ ‎-ورزش کنار می‌گذارد.',
        found="گزارش‌های یافته‌شده: {}",
        found_nothing="هیچ گزارشی همهٔ این واژه‌ها را ندارد. با واژه‌های کمتر، یا با آغاز یک واژه و * پس از آن، شاید چیزی پیدا شود.",
    ),
    Phrases(
        language="ar",
        skip="انتقل إلى المحتوى",
        sections="الأقسام",
        all_sections="كل الأقسام",
        further="أقسام أخرى",
        in_their_words="تقارير وكالات أخرى بكلماتها هي.",
        sources="المصادر",
        about="من نحن",
        opml="خلاصاتنا (OPML)",
        all_of="كل ما في {}",
        no_reports="لا تقارير بعد. ستظهر هنا بعد قراءة أول مصدر.",
        no_older="لا توجد تقارير أقدم.",
        newest="أحدث التقارير",
        older="تقارير أقدم",
        about_section="عن هذا القسم",
        follow="تابع هذا القسم",
        copying="بنقرة واحدة يُحدَّد العنوان كله لنسخه إلى قارئ الخلاصات.",
        original="العنوان الأصلي:",
        updated="آخر تحديث",
        comma="، ",
        picture="الصورة:",
        files="ملفات",
        topics="مواضيع",
        license="الرخصة",
        digest="بصمة نص المصدر",
        recent="أحدث المنشورات",
        also="أيضًا",
        via="عبر",
        search="بحث",
        search_for="ابحث في كل التقارير",
        searching='يُبحث عن كل الكلمات في العناوين والنصوص كيفما كُتبت. الكلمات بين "…" متجاورة؛ و* بعد الكلمة تعني بدايتها؛ و- قبلها تستثنيها.',
        found="التقارير التي وُجدت: {}",
        found_nothing="لا تقرير هنا يضم كل هذه الكلمات. قد تجد أكثر بكلمات أقل، أو ببداية كلمة تتبعها *.",
    ),
    Phrases(
        language="de",
        skip="Zum Inhalt",
        sections="Rubriken",
        all_sections="Alle Rubriken",
        further="Weitere Rubriken",
        in_their_words="Meldungen anderer Agenturen, in deren eigenen Worten.",
        sources="Quellen",
        about="Über diese Seiten",
        opml="Unsere Feeds als OPML",
        all_of="Alles aus {}",
        no_reports="Noch keine Meldungen. Sie erscheinen hier, sobald eine Quelle gelesen ist.",
        no_older="Ältere Meldungen gibt es nicht.",
        newest="Neueste Meldungen",
        older="Ältere Meldungen",
        about_section="Über diese Rubrik",
        follow="Dieser Rubrik folgen",
        copying="Ein Klick wählt die ganze Adresse aus, zum Kopieren in einen Feedreader.",
        original="Originaltitel:",
        updated="geändert",
        comma=", ",
        picture="Bild:",
        files="Dateien",
        topics="Themen",
        license="Lizenz",
        digest="Prüfsumme des Quelltextes",
        recent="Neueste Beiträge",
        also="Auch bei",
        via="über",
        search="Suchen",
        search_for="Alle Meldungen durchsuchen",
        searching='Gesucht werden alle Wörter in Titeln und Texten, wie auch immer sie geschrieben sind. "Mehrere Wörter" in Anführungszeichen stehen nebeneinander; hochwasser* ist ein Anfang; -sport schließt aus.',
        found="Gefundene Meldungen: {}",
        found_nothing="Keine Meldung enthält alle diese Wörter. Weniger Wörter, oder der Anfang eines Wortes mit * dahinter, finden vielleicht mehr.",
    ),
    Phrases(
        language="fr",
        skip="Aller au contenu",
        sections="Rubriques",
        all_sections="Toutes les rubriques",
        further="Autres rubriques",
        in_their_words="Des articles d’autres agences, dans leurs propres mots.",
        sources="Sources",
        about="À propos",
        opml="Nos flux en OPML",
        all_of="Tout {}",
        no_reports="Pas encore d’articles. Ils paraîtront dès qu’une source aura été lue.",
        no_older="Il n’y a pas d’articles plus anciens.",
        newest="Articles récents",
        older="Articles plus anciens",
        about_section="À propos de cette rubrique",
        follow="Suivre cette rubrique",
        copying="Un clic sélectionne toute l’adresse, prête à être copiée dans un lecteur de flux.",
        original="Titre original :",
        updated="modifié",
        comma=", ",
        picture="Image :",
        files="Fichiers",
        topics="Sujets",
        license="Licence",
        digest="Empreinte du texte de la source",
        recent="Derniers articles",
        also="Aussi",
        via="via",
        search="Rechercher",
        search_for="Rechercher dans tous les articles",
        searching='Tous les mots sont cherchés dans les titres et les textes, de quelque manière qu’ils soient écrits. "Plusieurs mots" entre guillemets se suivent ; crue* est un début ; -sport exclut.',
        found="Articles trouvés : {}",
        found_nothing="Aucun article ne contient tous ces mots. Moins de mots, ou le début d’un mot suivi de *, en trouveront peut-être plus.",
    ),
)
_BY_LANGUAGE = {phrases.language: phrases for phrases in _ALL}


def phrases(language: str | None) -> Phrases:
    """Return the words for a language tag: its own, else English."""
    base = (language or "").partition("-")[0].lower()
    return _BY_LANGUAGE.get(base, ENGLISH)
