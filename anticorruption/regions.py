"""Who is compared: codes, names, aliases, and the way from a written name to a code."""

import re
import unicodedata
from functools import lru_cache

import pandas as pd
from rapidfuzz import fuzz, process

from anticorruption import tables, texts
from anticorruption.errors import RefusedInput

COUNTRY = "00"
LEVELS = ("province", "kabupaten", "kota")

_CODE = re.compile(r"\d{2}(\.\d{2})?")
_UNDOTTED_CODE = re.compile(r"(\d{2})(\d{2})")
#: Words that say which kind of government a name means.
_KINDS = {
    "kabupaten": "kabupaten",
    "kab": "kabupaten",
    "pemkab": "kabupaten",
    "regency": "kabupaten",
    "kota": "kota",
    "pemkot": "kota",
    "kotamadya": "kota",
    "kodya": "kota",
    "city": "kota",
    "provinsi": "province",
    "prov": "province",
    "propinsi": "province",
    "pemprov": "province",
    "province": "province",
}
#: Words that name no region: "Pemerintah Kota Blitar", "Kota Administrasi Jakarta Pusat".
_FILLERS = {"pemerintah", "pemda", "daerah", "administrasi", "adm", "of"}
#: Spellings that differ between publishers inside a name.
_SPELLINGS = {"kep": "kepulauan", "dki": "daerahkhususibukota", "di": "daerahistimewa"}
#: Similarity (0-100) from which an unknown name is worth a question. Below it "Sekretariat
#: Kabinet" would be asked about as if it were a region.
_ASK_FROM = 82
_MOST_CANDIDATES = 5
#: Letters of a name in the name of a file; systems take some 250 for the whole.
_LONGEST_SLUG = 60


def table() -> pd.DataFrame:
    """Every region, indexed by ``region_code``.

    Returns
    -------
    DataFrame
        552 rows: 38 provinces, 416 kabupaten and 98 kota, of which the six areas of DKI Jakarta
        have no government of their own (``has_government`` is False).
    """
    return _table().copy(deep=False)


@tables.derived("regions")
def _table() -> pd.DataFrame:
    frame = tables.read("regions").set_index("region_code")
    return frame[frame["level"].isin(LEVELS)]


def governments(level: str | None = None) -> pd.DataFrame:
    """Regions that have a government: 508 kabupaten and kota, 38 provinces.

    Parameters
    ----------
    level : {"province", "local"}, optional
        ``"local"`` keeps kabupaten and kota; by default all are returned.
    """
    return _governments(level).copy(deep=False)


@tables.derived("regions")
def _governments(level: str | None) -> pd.DataFrame:
    frame = table()
    frame = frame[frame["has_government"]]
    if level is None:
        return frame
    return frame[(frame["level"] == "province") == (level == "province")]


def name(region_code: str, language: str = "id") -> str:
    """Official name of a region, with its kind ("Kota Blitar", "Blitar City")."""
    if region_code == COUNTRY:
        return "Indonesia"
    return _official(language == "en")[region_code]


@tables.derived("regions")
def _official(english: bool) -> dict[str, str]:
    """Official name of every region by its code."""
    return {
        code: str(name) for code, name in table()["name_eng" if english else "name_ind"].items()
    }


def slug(region_code: str) -> str:
    """Name of a region for files: ASCII letters and hyphens ("kota-blitar")."""
    return slug_of(name(region_code))


def slug_of(official: str) -> str:
    """Name for files of an Indonesian official name."""
    plain = unicodedata.normalize("NFKD", official).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:_LONGEST_SLUG].strip("-")


def resolve(text: str, year: int | None = None) -> str | list[str]:
    """Find the region that a written name or code means.

    Parameters
    ----------
    text : str
        A code ("35.72") or a name in any usual spelling ("KAB. KULON PROGO", "Pemkot Blitar").
    year : int, optional
        Year the name was used in; old names count only inside their years. By default every
        old name counts.

    Returns
    -------
    str or list of str
        The one region code that is meant. Otherwise the codes worth asking about, best first:
        several where the name is shared ("Blitar" is a kabupaten and a kota) or only similar,
        none where the text is nobody's name. A similar name is never taken for an answer.

    Examples
    --------
    >>> resolve("Kulonprogo")
    '34.01'
    >>> resolve("Blitar")
    ['35.05', '35.72']
    >>> resolve("Sekretariat Kabinet")
    []
    """
    text = text.strip()
    codes = _official(False)
    if _CODE.fullmatch(text):
        return text if text in codes else []
    if undotted := _UNDOTTED_CODE.fullmatch(text):
        # 3171 is Jakarta Pusat to Kemendagri and Jakarta Selatan to BPS: ask.
        dotted = ".".join(undotted.groups())
        return [dotted] if dotted in codes else []
    readings = _readings(text)
    exact = _exact(readings, year)
    if len(exact) == 1:
        return exact[0]
    return exact or _wrong_kind(readings, year) or _similar(readings)


def require(text: str, year: int | None = None) -> str:
    """Region code of a name, or a question as the refusal.

    Raises
    ------
    RefusedInput
        If the name is shared, only similar to a known one, unknown, or no text at all: as a
        number, 34.10 has already become 34.1.
    """
    if not isinstance(text, str):
        raise RefusedInput(
            f"region code {text!r} is not text; quote it ('35.72'), or with papermill use -r."
        )
    found = resolve(text, year)
    if isinstance(found, str):
        return found
    if not found:
        raise RefusedInput(
            f"'{texts.shown(text)}' is not the name or code of a province, kabupaten or kota; "
            f"look it up with: anticorruption region NAME."
        )
    meant = "; ".join(f"{code} {name(code)}" for code in found)
    raise RefusedInput(f"'{texts.shown(text)}' could mean: {meant}. Which one? Give the code.")


def index(year: int | None = None) -> dict[str, list[tuple[str, str, bool]]]:
    """Known names by their :func:`key`, for many look-ups with :func:`exact`.

    Returns
    -------
    dict
        Key of a name without its kind, to (region code, level, whether the kind must be said).
    """
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for known, code, level, needs_kind in _names(year):
        found.setdefault(known, []).append((code, level, needs_kind))
    return found


def exact(text: str, names: dict[str, list[tuple[str, str, bool]]]) -> list[str]:
    """Codes of every region that carries exactly this name; similar names do not count.

    Parameters
    ----------
    text : str
        A name in any usual spelling, with or without its kind.
    names : dict
        As :func:`index` gives it.
    """
    return sorted(
        {
            code
            for kind, wanted in _readings(text)
            for code, level, needs_kind in names.get(wanted, ())
            if kind == level or (kind is None and not needs_kind)
        }
    )


def key(text: str) -> str:
    """Letters of a name without case, accents, blanks or marks, spellings levelled."""
    return "".join(_SPELLINGS.get(word, word) for word in _words(text))


def known_keys() -> dict[str, list[str]]:
    """Every name of each region as :func:`key` writes it, the official one first."""
    found: dict[str, list[str]] = {}
    for known, code, _, _ in _names(None):
        found.setdefault(code, [])
        if known not in found[code]:
            found[code].append(known)
    official = {code: _bare(text) for code, text in table()["name_ind"].items()}
    return {
        code: sorted(known, key=lambda k, first=official[code]: k != first)
        for code, known in found.items()
    }


def vocabulary() -> dict[str, dict[str, str] | list[str]]:
    """Words by which a written name is read, for readers that are not written in Python.

    Returns
    -------
    dict
        ``kinds`` (word to level), ``spellings`` (word to what it is short for) and ``fillers``
        (words that name no region).
    """
    return {"kinds": dict(_KINDS), "spellings": dict(_SPELLINGS), "fillers": sorted(_FILLERS)}


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z]+|\d+", plain)


def _readings(text: str) -> list[tuple[str | None, str]]:
    """Ways to split a text into (kind, key of the name).

    "Kota Baru" may be a kota called Baru or the name Kotabaru, so both are returned.
    """
    words = _words(text)
    readings = [(None, words)]
    while words and words[0] in _FILLERS:
        words = words[1:]
        readings.append((None, words))
    if len(words) > 1 and words[0] in _KINDS:
        readings.append((_KINDS[words[0]], words[1:]))
    if len(words) > 1 and words[-1] in _KINDS:
        readings.append((_KINDS[words[-1]], words[:-1]))
    stripped = []
    for kind, rest in readings:
        while len(rest) > 1 and rest[0] in _FILLERS - {"daerah"}:
            rest = rest[1:]
        stripped.append((kind, "".join(_SPELLINGS.get(word, word) for word in rest)))
    return [reading for reading in stripped if reading[1]]


def _exact(readings: list[tuple[str | None, str]], year: int | None) -> list[str]:
    names = _names(year)
    return sorted(
        {
            code
            for kind, wanted in readings
            for known, code, level, needs_kind in names
            if known == wanted and (kind == level or (kind is None and not needs_kind))
        }
    )


def _wrong_kind(readings: list[tuple[str | None, str]], year: int | None) -> list[str]:
    """Regions whose name fits although the kind does not ("Kota Kulon Progo")."""
    return _exact([(None, wanted) for kind, wanted in readings if kind], year)


def _similar(readings: list[tuple[str | None, str]]) -> list[str]:
    found: dict[str, float] = {}
    for kind, wanted in readings:
        known = [(k, code) for k, code, level, _ in _names(None) if kind in (None, level)]
        hits = process.extract(
            wanted, [k for k, _ in known], scorer=fuzz.ratio, score_cutoff=_ASK_FROM, limit=20
        )
        for _, score, position in hits:
            code = known[position][1]
            found[code] = max(score, found.get(code, 0))
    return sorted(found, key=lambda code: (-found[code], code))[:_MOST_CANDIDATES]


@tables.derived("regions", "region_aliases")
def _names(year: int | None) -> list[tuple[str, str, str, bool]]:
    """Known names as (key, region code, level, whether the kind must be said).

    An old name such as "Kabupaten Pontianak" (now Mempawah) is written with its kind in the
    alias table: without it the name belongs to another region today.
    """
    aliases = tables.read("region_aliases")
    if year is not None:
        begun = aliases["valid_from"].isna() | (aliases["valid_from"] <= year)
        lasting = aliases["valid_to"].isna() | (aliases["valid_to"] >= year)
        aliases = aliases[begun & lasting]
    frame = table()
    levels = frame["level"]
    written = zip(frame["name_ind"], frame["name_eng"], frame.index, strict=True)
    names = [
        (reading, code, str(levels[code]), False)
        for official, english, code in written
        for reading in sorted({_bare(official), _bare(english)})
    ]
    for alias, code in zip(aliases["alias"], aliases["region_code"], strict=True):
        with_kind = bool(_KINDS.keys() & set(_words(alias)[:1]))
        for reading in sorted({_bare(alias), key(alias)}):
            names.append((reading, code, str(levels[code]), with_kind))
    return names


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    """Key of a name without its kind."""
    words = _words(text)
    if len(words) > 1 and words[0] in _KINDS:
        words = words[1:]
    elif len(words) > 1 and words[-1] in _KINDS:
        words = words[:-1]
    return "".join(_SPELLINGS.get(word, word) for word in words if word not in {"administrasi"})
