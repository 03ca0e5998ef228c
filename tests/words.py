"""Words that reports never say about regions, and traces of machines that no file may hold."""

import re

#: Judgements about regions, in both languages. "anti-corruption" and "antikorupsi" are the names
#: of a programme and of a field, and no judgement.
BANNED = re.compile(
    r"(?<![\w-])(?:corrupt(?:ed|ly)?|clean(?:er|est)?|dirty|worst|bersih|kotor|terburuk|"
    r"(?:ter|paling )?korup|terkorup|paling buruk|buruk rupa)(?![\w-])",
    re.IGNORECASE,
)
#: Where such a word stands in a name that others gave, it is theirs.
ALLOWED = (
    "wilayah birokrasi bersih dan melayani",
    "birokrasi bersih",
    "matched_cleaned.dta",
    "air bersih",
    # the common English name of the opinion WTP
    "clean audit opinion",
)
#: Paths of homes, tokens and keys.
TRACES = re.compile(
    r"/home/[\w.-]+|/Users/[\w.-]+|/root/|[A-Z]:\\Users\\|(?:ghp|gho|github_pat|glpat|sk|xox[bp])[-_]"
    r"[A-Za-z0-9_]{16,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{10,}\.eyJ"
)


def said(text: str) -> list[str]:
    """Banned words in a text, each with what stands around it."""
    plain = " ".join(text.split())
    for allowed in ALLOWED:
        plain = re.sub(re.escape(allowed), "", plain, flags=re.IGNORECASE)
    return [plain[max(0, hit.start() - 40) : hit.end() + 40] for hit in BANNED.finditer(plain)]


def traces(text: str, *names: str) -> list[str]:
    """Traces of a machine in a text; ``names`` are those of its users and of itself."""
    found = [hit[0] for hit in TRACES.finditer(text)]
    listed = [name for name in names if len(name) > 4]
    return found + [name for name in listed if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
