"""Personal data: how they are recognised wherever a text may be kept, so that none is.

Numbers of persons and addresses have a form of their own. A name has none; it is recognised where
names of officials stand in practice, behind an office ("Bupati …"), a form of address ("Bapak …")
or a religious or academic title, or before one. A bare name without any of these cannot be told
from other words, which is why every place that could keep one is short or has a list of values.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from anticorruption import tables, texts
from anticorruption.errors import RefusedInput
from anticorruption.language import Language, deferred

#: Digits of identity numbers stand in groups that blanks, points or hyphens part, or in none. What
#: continues a word, a number or its decimals is a part of something else.
_BEFORE, _AFTER = r"(?<![\w.,/=-])", r"(?![\w/-]|[.,]\d)"
_PART = r"[ .\u00a0-]?"


def _digits(*groups: int) -> str:
    return _PART.join(rf"\d{{{group}}}" for group in groups)


_PATTERNS = {
    "mail": re.compile(
        # Begun where a word begins, or a text of one long word would be tried from every letter.
        r"(?<![\w.+%-])[\w.+%-]+\s?(?:@|[(\[]\s?at\s?[)\]])\s?[\w-]+\s?(?:\.|[(\[]\s?(?:dot|titik)\s?[)\]])"
        r"\s?[a-z]{2,}",
        re.IGNORECASE,
    ),
    "tax": re.compile(
        rf"{_BEFORE}\d\d\.\d{{3}}\.\d{{3}}\.\d[-.]\d{{3}}\.\d{{3}}{_AFTER}"
        rf"|\bNPWP\b\W{{0,3}}\d[\d .-]{{13,22}}\d",
        re.IGNORECASE,
    ),
    "servant": re.compile(
        rf"{_BEFORE}{_digits(8, 6, 1, 3)}{_AFTER}|\b(?:NIP|NRP)\b\W{{0,3}}\d[\d .-]{{6,24}}\d",
        re.IGNORECASE,
    ),
    "identity": re.compile(
        rf"{_BEFORE}(?:{_digits(6, 6, 4)}|(?:\d[ -]){{15}}\d"
        # four groups of four are a number of identity, unless they are a row of years
        rf"|(?!20\d\d[ .-]20\d\d){_digits(4, 4, 4, 4)}){_AFTER}"
        rf"|\b(?:NIK|KTP|KK)\b\W{{0,3}}\d[\d .-]{{13,22}}\d",
        re.IGNORECASE,
    ),
    "phone": re.compile(
        rf"(?<![\w.,/-])(?:\(?\+\s?62\)?|0062|62(?=[ -]?8))[ .-]?\(?"
        rf"\d(?:[ .()-]{{0,2}}\d){{7,12}}{_AFTER}"
        rf"|(?<![\w.,/-])08\d{{1,2}}(?:[ .-]?\d{{3,4}}){{2}}(?:[ .-]?\d{{1,4}})?{_AFTER}"
        rf"|(?<![\w.,/-])\(0\d{{2,3}}\)[ -]?\d(?:[ -]?\d){{5,8}}{_AFTER}"
        r"|\b(?:telp?|telepon|phone|hp|wa|whatsapp|fax|faks)\b[\W_]{0,3}0\d(?:[ .()-]?\d){6,12}",
        re.IGNORECASE,
    ),
}
#: What each kind is called in a refusal.
KINDS = {
    "mail": deferred("an e-mail address"),
    "tax": deferred("a taxpayer's number (NPWP)"),
    "servant": deferred("a civil servant's number (NIP)"),
    "identity": deferred("an identity number (NIK)"),
    "phone": deferred("a telephone number"),
    "name": deferred("the name of a person"),
}

_OFFICES = (
    r"(?:wakil\s+|wk\.?\s+|mantan\s+|eks\s+|penjabat\s+|pj\.?\s+|plt\.?\s+|plh\.?\s+|vice\s+"
    r"|deputy\s+|acting\s+)?"
    r"(?:wa(?:li|\.)\s?kota|walikota|bupati|gubernur|regent|mayor|governor|sekda|sekretaris\s+daerah"
    r"|inspektur|kepala\s+(?:dinas|badan|bagian|daerah)|camat|lurah|kapolres|kajari)"
)
_TITLES = r"(?:bapak|bpk\.?|ibu|sdr\.?|sdri\.?|saudara|saudari|mr\.?|mrs\.?|ms\.?)"
_WORD = r"[^\W\d_][\w'\u2019.-]*"
_OFFICE = re.compile(rf"\b(?P<office>{_OFFICES})(?P<colon>\s*[:,(\u2013-]\s*|\s+)(?P<rest>{_WORD}"
                     rf"(?:\s+{_WORD}){{0,5}})", re.IGNORECASE)  # fmt: skip
_ADDRESSED = re.compile(
    rf"\b(?P<office>{_TITLES})(?P<colon>\s+)(?P<rest>{_WORD}(?:\s+{_WORD}){{0,3}})", re.IGNORECASE
)
#: "Drs. Budi", "H. Budi Santoso", "Hj. Siti Aminah": single letters need two words behind them.
_TITLED = re.compile(
    r"(?<![\w.])(?:(?:Prof|Drs?|Dra|drg?|Ir|Hj|KH|Tgk|Tgh|Ust)\.\s?(?:(?:Prof|Drs?|Dra|Ir|Hj?|KH|R)"
    r"\.\s?)*(?P<one>[A-Z][\w'\u2019]+)|(?:H|R|DRS|IR|DR)\.\s?(?P<two>[A-Z][\w'\u2019]+\s+[A-Z][\w'\u2019]+))"
)
_DEGREE = (
    r"(?:S\.\s?(?:E|H|T|P|Si|Sos|Pd|Kom|Ag|Ked|Psi|KM|STP|IP|I\.?\s?P|I\.?\s?Kom|Kep|Farm|Hut|Pi|Pt|Ap"
    r"|AP|H\.?I|E\.?I)|M\.\s?(?:M|H|T|P|Si|Pd|Kom|Ag|Kes|Hum|AP|Ak|Sc|Kn|E|Eng|Tr\.?\s?IP|I\.?\s?Kom)"
    r"|A\.\s?Md|Ph\.\s?D|B\.\s?Sc|Lc|(?:SE|SH|ST|SSos|SIP|SPd|SKom|SAg|SKM|SSTP)(?=\s*,\s*(?:M|S)))\b\.?"
)
_BEARER = re.compile(
    rf"(?<![\w'\u2019.])(?P<one>[^\W\d_][\w'\u2019.]*(?:\s+{_WORD}){{0,3}})\s*,\s*{_DEGREE}"
)

#: Words that stand behind an office in headlines and remarks and are nobody's name.
_ORDINARY_WORDS = """
agustus ajak ajukan akan akui and anggap anggaran antar antikorupsi apresiasi april as aset asks at
atas atau audiensi august badan bagian bapenda bappeda barang belum benar bentuk beri berikan
bersaing bersama bidang bkd bpkad buat buka bukan by capai city daerah dalam dan dapat dari
december dengan desa desak desember di dilantik diminta dinas dinilai diskominfo ditangkap dorong
dprd dukung februari february for general hadir hadiri hands hanya harap harapkan has her hingga
his hukum ibukota imbau in informatika ingatkan ingin inspektorat instruksikan integritas is jadi
januari january jasa jelang jelaskan juga juli july june juni kabupaten kami kawal ke kecamatan
kelurahan kembali kepada kepegawaian kesehatan ketua keuangan klaim kominfo komitmen komunikasi
kota kukuhkan lantik launching luncurkan makin manajemen march maret masuk maupun may mei menerima
mengajak menyerahkan menyetujui meraih minta modal mulai naik negara nilai november nyatakan
october of office offices oktober on opd opens optimis optimistis or organisasi pada pajak paling
paparkan pastikan pekerjaan pelayanan pembangunan pemda pemerintahan pemkab pemkot pemprov
penanaman pendidikan pengadaan penganggaran pengawasan perangkat percontohan perencanaan
peringatkan perintahkan perizinan perkuat perumahan pimpin province provinsi puas publik raih rakor
rapat regency resmi resmikan saat said saksikan sampaikan says se sebagai sebut sebutkan secara
segera sekaligus sekda selaku sepakati september serahkan serta setda siap skpd sosial sudah
sumringah tak tanda tandatangani targetkan tegaskan tekan tekankan telah temukan tentang terima
terus tetap the tidak tinjau to tolak tuntut turun ucapkan umum ungkap untuk usai usul usulkan
wakil wali walikota was who with yang
"""
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
#: Short names of provinces and regions in headlines.
_SHORT_WORDS = """
abdya aceh agara babel bali banten batola batubara bengkulu bolmong bolsel boltim busel buteng
butur diy dki gorontalo hss hst hsu indonesia jabar jakarta jambi jateng jatim jogja jogjakarta
kalbar kalsel kaltara kalteng kaltim kepri klu koltim kolut konsel konut ksb kubar kukar kutim
labura labusel lampung lobar loteng lotim madina mahulu maluku malut matim minut mitra muba mura
muratara ntb ntt oku okus palas pali paluta papua ppu riau sbd sergai solo sulbar sulsel sulteng
sultra sulut sumbar sumsel sumut tala tanbu tapsel tapteng taput tts ttu
"""
_SHORT = frozenset(_SHORT_WORDS.split())

#: Headings of columns that would hold persons: whole headings, their words parted by underscores.
_COLUMN = re.compile(
    r"(?:.*_)?(?:nik|nip|nrp|npwp|ktp|no_kk|nomor_kk|kartu_keluarga)(?:_.*)?"
    r"|(?:.*_)?(?:phone|telepon|telp|hp|handphone|ponsel|whatsapp|wa|e?_?mail|surel|e_mail)(?:_.*)?"
    r"|(?:.*_)?(?:birth_?date|date_of_birth|birth_?place|(?:tanggal|tgl|tempat)_lahir|ttl)"
    r"|(?:home_)?address|alamat(?:_rumah|_tinggal|_lengkap|_email)?"
    r"|nama|person|persons?_name|full_name|first_name|last_name|jenis_kelamin|agama|gender|religion"
    r"|(?:nama|name_of)_(?:the_)?(?:lengkap|pejabat|pegawai|orang|bupati|wali_?kota|gubernur|wakil.*|"
    r"kepala.*|ketua.*|sekda|inspektur|responden|penilai|asesor|wl|wajib_lapor|pelapor|terlapor|tersangka"
    r"|pimpinan|pic|kontak|narahubung|official|person|regent|mayor|governor|head|respondent)(?:_.*)?"
    r"|(?:bupati|wali_?kota|gubernur|regent|mayor|governor|respondent|tersangka|terlapor|suspect)"
    r"(?:_name|_nama)?"
)
#: In a file of others a column called just so may name regions; it is told by what it holds.
_OF_REGIONS_TOO = ("nama", "alamat", "address")


@dataclass(frozen=True)
class Personal:
    """Something personal in a text.

    Attributes
    ----------
    kind : str
        Key of :data:`KINDS`.
    start, end : int
        Where it stands.
    masked : str
        Its first letters, the rest hidden, so that a refusal can point at it and not repeat it.
    """

    kind: str
    start: int
    end: int
    masked: str

    def told(self, say: Language | None = None) -> str:
        """What it is, in words ("an e-mail address")."""
        message = KINDS[self.kind]
        return say(message) if say else message


def is_column(heading: str, *, of_others: bool = False) -> bool:
    """Whether a column of this heading would hold persons.

    Parameters
    ----------
    heading : str
        As written; case and punctuation do not matter.
    of_others : bool
        The heading stands in a file of others, where "Nama" may head the names of regions.
    """
    plain = re.sub(r"[^a-z0-9]+", "_", heading.casefold()).strip("_")
    if of_others and plain in _OF_REGIONS_TOO:
        return False
    return _COLUMN.fullmatch(plain) is not None


def found(text: str) -> Personal | None:
    """First thing in a text that belongs to a person, None if there is nothing of the kind.

    What no reader sees is passed over: it could part the digits of a number.
    """
    text = texts.seen(text)
    if len(text) < 6 or (len(text) < 10 and text.replace(".", "", 1).isdigit()):
        return None
    if any(character.isdigit() or character in "@[(" for character in text):
        for kind, pattern in _PATTERNS.items():
            if hit := pattern.search(text):
                return _at(kind, text, hit.start(), hit.end())
    return _name(text)


def masked(text: str) -> str:
    """Text with what is personal in it hidden, safe to repeat."""
    hit, text = found(text), texts.seen(text)
    return text if hit is None else f"{text[: hit.start]}{hit.masked}"


def refusal(hit: Personal, say: Language) -> str:
    """Why a text is refused, in one sentence that does not repeat what is personal in it."""
    return say(
        "'{start}' looks like {kind}; no personal data are kept, take it out (rule: personal data)",
        start=hit.masked,
        kind=hit.told(say),
    )


def first(cells: Iterable[str]) -> dict[str, Personal]:
    """Every distinct text with something personal in it, and what it is."""
    return {text: hit for text in dict.fromkeys(cells) if (hit := found(text))}


def _at(kind: str, text: str, start: int, end: int) -> Personal:
    return Personal(kind, start, end, f"{text[start : start + 2].strip()}…")


def _name(text: str) -> Personal | None:
    for pattern in (_OFFICE, _ADDRESSED):
        for hit in pattern.finditer(text):
            if hit["office"] == "BPK":  # the audit board, not the form of address
                continue
            shouted = hit["office"].isupper() and len(hit["office"]) > 3
            if _is_name(hit["rest"], shouted):
                return _at("name", text, hit.start("rest"), hit.end("rest"))
    for hit in _TITLED.finditer(text):
        group = "one" if hit["one"] else "two"
        if not any(_known(word) for word in hit[group].split()):
            return _at("name", text, hit.start(group), hit.end(group))
    for hit in _BEARER.finditer(text):
        words = hit["one"].split()
        if words[-1][:1].isupper() and not _known(words[-1]):
            return _at("name", text, hit.start("one"), hit.end("one"))
    return None


def _is_name(rest: str, shouted: bool) -> bool:
    """Whether the words behind an office go on with a name, before any ordinary word."""
    for word in rest.split():
        plain = word.strip(".'\u2019-").casefold()
        if plain in _ORDINARY or plain.endswith("kan") or not word[:1].isupper():
            return False
        if word.isupper() and len(plain) > 1 and not shouted:
            return False  # KPK, BPK, MCP: an abbreviation, and a headline goes on behind it
        if not _known(word):
            return True
        if word.endswith("."):
            return False
    return False


def _known(word: str) -> bool:
    plain = word.strip(".,'\u2019-").casefold()
    # Verbs in -kan are what headlines go on with ("Bupati Sampaikan …").
    return plain in _ORDINARY or plain.endswith("kan") or plain in _SHORT or plain in _places()


def _places() -> frozenset[str]:
    """Words of the names of regions; none where the table cannot be read."""
    try:
        return _words()
    except RefusedInput:
        return frozenset()


@tables.derived("regions", "region_aliases")
def _words() -> frozenset[str]:
    # As printed: a region's name is one even where another cell of its row is spoilt.
    official, others = tables.text("regions"), tables.text("region_aliases")
    columns = [frame.get(name) for frame, name in ((official, "name_ind"), (official, "name_eng"),
                                                   (others, "alias"))]  # fmt: skip
    names = [name for column in columns if column is not None for name in column]
    return frozenset(word for name in names for word in re.findall(r"[^\W\d_]+", name.casefold()))
