"""Words of the languages in which tracks and artists are called."""

from typing import Final

# ruff: noqa: SIM905 - a hundred quoted words read worse than a sentence of them

MOODS: Final[dict[str, tuple[str, ...]]] = {
    "en": tuple(
        "Golden Broken Silent Electric Hollow Crimson Gentle Wild Paper Velvet Midnight Summer Winter Lonely Distant "
        "Burning Frozen Little Holy Neon Rusty Secret Sleeping Restless Silver Tender Bitter Sacred Northern Fading "
        "Endless Careless Marble Hidden Lucky Naked Quiet Reckless Salty Second Slow Sudden Perfect Violet "
        "Wicked".split()
    ),
    "es": tuple("Dulce Perdida Eterna Roja Secreta Triste Nueva Loca Blanca Dorada Lejana Sola Ardiente Rota".split()),
    "pt": tuple("Doce Perdida Eterna Vermelha Secreta Triste Nova Louca Branca Dourada Distante Sozinha".split()),
    "de": tuple("Leise Ewige Rote Wilde Ferne Goldene Kalte Stille Letzte Neue Blaue Schwere Helle Müde".split()),
    "fr": tuple("Douce Perdue Éternelle Rouge Secrète Triste Nouvelle Folle Blanche Dorée Lointaine Seule".split()),
    "hi": tuple("मीठी खोई गहरी लाल नई पागल सुनहरी दूर अकेली मेरी तेरी पुरानी".split()),
    "ja": tuple("青い 赤い 静かな 遠い 白い 小さな 最後の 夜の 夏の 新しい 優しい 透明な".split()),
    "sv": tuple("Stilla Evig Röd Vild Gyllene Kall Sista Ny Blå Ensam Ljus Vacker".split()),
    "nl": tuple("Stille Eeuwige Rode Wilde Gouden Koude Laatste Nieuwe Blauwe Verre Eenzame Mooie".split()),
    "pl": tuple("Cicha Wieczna Czerwona Dzika Złota Zimna Ostatnia Nowa Błękitna Daleka Samotna Piękna".split()),
}
THINGS: Final[dict[str, tuple[str, ...]]] = {
    "en": tuple(
        "Heart River Fire Rain Moon City Road Dream Shadow Ocean Light Mirror Garden Star Bridge Storm Window Letter "
        "Island Ghost Crown Feather Harbor Machine Mountain Summer Angel Radio Engine Honey Diamond Desert Highway "
        "Rose Thunder Valley Wolf Anthem Ashes Ballroom Canyon Clouds Country Daylight Devil Echo Evening Flower "
        "Forest Girl Gravity Holiday Home Hotel Kingdom Lantern Lover Meadow Memory Morning Motel Night Orchid "
        "Paradise Planet Poison Promise Sailor Satellite Sea Season Signal Sister Skyline Snow Soldier Sparrow "
        "Stranger Sunday Sugar Tiger Tide Tomorrow Tower Train Traveler Water Whisper Wonder Yesterday".split()
    ),
    "es": tuple("Luna Noche Calle Vida Playa Lluvia Estrella Ciudad Rosa Flor Boca Canción Sombra Isla Piel".split()),
    "pt": tuple("Lua Noite Rua Vida Praia Chuva Estrela Cidade Rosa Flor Saudade Canção Sombra Ilha Alma".split()),
    "de": tuple("Nacht Straße Liebe Stadt Sonne Welt Zeit Nähe Wolke Stimme Insel Tür Reise Sehnsucht Wand".split()),
    "fr": tuple("Lune Nuit Rue Vie Plage Pluie Étoile Ville Rose Fleur Chanson Ombre Île Mer Âme".split()),
    "hi": tuple("रात बारिश ज़िंदगी दुनिया याद राह हवा बात नज़र मोहब्बत शाम कहानी धूप".split()),
    "ja": tuple("夜 雨 月 街 星 海 花 空 夢 道 風 駅 雪 島".split()),
    "sv": tuple("Natt Gata Kärlek Stad Sol Värld Tid Vind Stjärna Ros Dröm Ö Resa Längtan".split()),
    "nl": tuple("Nacht Straat Liefde Stad Zon Wereld Tijd Wind Ster Roos Droom Zee Reis Stem".split()),
    "pl": tuple("Noc Ulica Miłość Zima Gwiazda Róża Droga Rzeka Łąka Chwila Pieśń Burza Wyspa Cisza".split()),
}
VERBS: Final = tuple("Leave Follow Remember Burn Chase Forget Hold Carry Lose Call Find Feel".split())
TAILS: Final = (" (Live)", " (Acoustic)", " - Radio Edit", "", " II", " (Interlude)", " (Demo)")
"""What honest titles end with now and then; with nothing, a guest is named."""
