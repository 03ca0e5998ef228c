"""Personal data as they are written in practice, made up by chance: nobody's name, nobody's number.

Each case is a kind of :data:`anticorruption.personal.KINDS` and a text; the tests plant them in
every place that could keep one.
"""

import random
import re

FIRST = (
    "Budi", "Siti", "Agus", "Dewi", "Bambang", "Endang", "Joko", "Ratna", "Hendra", "Yuliana",
    "Wahyu", "Sri", "Tri", "Eko", "Rudi", "Fitri", "Made", "Ketut", "Ucok", "Andi", "Nyoman",
)  # fmt: skip
LAST = (
    "Santoso", "Wibowo", "Lestari", "Hartono", "Siregar", "Nasution", "Suryani", "Prasetyo",
    "Gunawan", "Simanjuntak", "Pattiasina", "Rumbewas", "Daeng", "Hidayat", "Kusumawati",
)  # fmt: skip


def cases(count: int, seed: int = 20261126) -> list[tuple[str, str]]:
    """So many kinds and texts, all ways of writing in turn."""
    chance = random.Random(seed)
    ways = [(kind, way) for kind, listed in _WAYS.items() for way in listed]
    return [(kind, way(chance)) for kind, way in (ways * (count // len(ways) + 1))[:count]]


def _digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def _identity(chance: random.Random) -> str:
    born = f"{chance.randint(1, 71):02}{chance.randint(1, 12):02}{chance.randrange(100):02}"
    return f"{chance.randint(11, 96)}{_digits(chance, 4)}{born}{_digits(chance, 4)}"


def _servant(chance: random.Random) -> list[str]:
    day = f"19{chance.randint(55, 99)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    joined = f"20{chance.randint(0, 24):02}{chance.randint(1, 12):02}"
    return [day, joined, str(chance.randint(1, 2)), _digits(chance, 3)]


def _tax(chance: random.Random) -> str:
    d = _digits(chance, 15)
    return f"{d[:2]}.{d[2:5]}.{d[5:8]}.{d[8]}-{d[9:12]}.{d[12:]}"


def _mobile(chance: random.Random) -> list[str]:
    return [
        f"8{chance.randint(11, 99)}",
        _digits(chance, 4),
        _digits(chance, chance.choice([3, 4])),
    ]


def _person(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def _mail(chance: random.Random) -> str:
    name = _person(chance).lower().replace(" ", chance.choice([".", "_", ""]))
    return f"{name}@{chance.choice(['blitarkota.go.id', 'gmail.com', 'yahoo.co.id', 'kpk.go.id'])}"


def _grouped(text: str, mark: str, *ends: int) -> str:
    starts = (0, *ends)
    return mark.join(text[a:b] for a, b in zip(starts, (*ends, len(text)), strict=True))


_WAYS = {
    "identity": (
        _identity,
        lambda c: f"NIK {_identity(c)}",
        lambda c: _grouped(_identity(c), " ", 6, 12),
        lambda c: _grouped(_identity(c), ".", 6, 12),
        lambda c: _grouped(_identity(c), "-", 4, 8, 12),
        lambda c: f"menurut KTP nomor {_identity(c)}, Blitar",
    ),
    "servant": (
        lambda c: "".join(_servant(c)),
        lambda c: " ".join(_servant(c)),
        lambda c: f"NIP. {' '.join(_servant(c))}",
        lambda c: f"NIP: {''.join(_servant(c))} (inspektorat)",
        lambda c: ".".join(_servant(c)),
    ),
    "tax": (_tax, lambda c: f"NPWP {_tax(c)}", lambda c: f"NPWP: {_digits(c, 15)}",
            lambda c: _tax(c).replace("-", ".")),
    "phone": (
        lambda c: "0" + "".join(_mobile(c)),
        lambda c: "0" + "-".join(_mobile(c)),
        lambda c: "+62 " + " ".join(_mobile(c)),
        lambda c: "+62" + "".join(_mobile(c)),
        lambda c: "62" + "".join(_mobile(c)),
        lambda c: f"(0342) {c.randint(800000, 899999)}",
        lambda c: f"hubungi 0{' '.join(_mobile(c))} jam kerja",
        lambda c: f"Telp. 0342-{c.randint(800000, 899999)}",
    ),
    "mail": (
        _mail,
        lambda c: f"tanya {_mail(c)} lebih dulu",
        lambda c: _mail(c).upper(),
        lambda c: _mail(c).replace("@", " [at] "),
        lambda c: f"<{_mail(c)}>",
    ),
    "name": (
        lambda c: f"Bupati {_person(c)}",
        lambda c: f"Wali Kota {_person(c)}",
        lambda c: f"menurut Walikota {_person(c)} pada 2024",
        lambda c: f"Wakil Bupati Blitar {_person(c)}",
        lambda c: f"Pj. Gubernur {_person(c)}",
        lambda c: f"WALI KOTA {_person(c).upper()}",
        lambda c: f"H. {_person(c)}, S.E., M.M.",
        lambda c: f"Drs. {_person(c)}, M.Si",
        lambda c: f"Dr. Ir. {_person(c)}",
        lambda c: f"{_person(c)}, S.H., M.H.",
        lambda c: f"{_person(c)}, SE, MM",
        lambda c: f"Bapak {_person(c)}",
        lambda c: f"Sekda {_person(c)}; nilai tertinggi",
        lambda c: f"Regent {_person(c)} said so",
        lambda c: f"Kepala Dinas Kesehatan, {_person(c)}, S.KM., M.Kes.",
        lambda c: f"Hj. {_person(c)}, S.Pd.",
    ),
}  # fmt: skip

#: Headings of columns that would hold persons.
HEADINGS = (
    "nama", "NIK", "NIP", "phone", "telepon", "no_hp", "No. HP", "e-mail", "email", "surel", "NPWP",
    "alamat", "nama_pejabat", "Nama Bupati", "nama kepala daerah", "WhatsApp", "tanggal_lahir",
    "person", "alamat_rumah", "Nama Wajib Lapor", "nomor_telepon", "birth_date", "full_name",
    "Tempat Lahir", "nama_responden",
)  # fmt: skip


def hides(said: str, text: str) -> bool:
    """Whether a refusal is one line that does not repeat what was planted."""
    digits = re.sub(r"\D", "", text)
    if len(digits) > 8:
        secret = digits
    elif "@" in text or "[at]" in text:
        secret = re.split(r"@|\[at\]", text)[0].split()[-1]
    else:
        secret = re.findall(r"[A-Z][a-z]{3,}|[A-Z]{4,}", text.partition(", S")[0])[-1]
    return "\n" not in said and secret not in said and secret not in re.sub(r"[ .-]", "", said)
