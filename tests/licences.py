"""Licences of what ``requirements.lock`` holds: ``python -m tests.licences`` prints the table."""

import importlib.metadata
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.paths import ROOT

#: Words of licences that ask for no more than attribution, or keep their terms to their own files.
ALLOWED = re.compile(
    r"(MIT|MIT-0|MIT-CMU|MIT License|0BSD|BSD|BSD License|BSD-[23]-Clause|Apache[- ]2\.0|"
    r"Apache License, Version 2\.0|Apache Software License|ISC|ISC License \(ISCL\)|PSF-2\.0|"
    r"Python Software Foundation License|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)|"
    r"Zlib|CC0-1\.0|Artistic License)"
)
#: Packages whose metadata name no licence, or several of which one may be chosen, and what is so.
READ = {
    "axe-playwright-python": "MIT AND MPL-2.0",  # its LICENSE; axe-core inside is MPL-2.0
    "text-unidecode": "Artistic License",  # chosen from "Artistic or GPL"
}


@dataclass(frozen=True)
class Package:
    """A package of the lock; ``licence`` is None where this machine has no need of it."""

    name: str
    licence: str | None

    @property
    def allowed(self) -> bool:
        """Whether its licence is on the list, or it is not used here at all."""
        return self.licence is None or allowed(self.licence)


def allowed(licence: str) -> bool:
    """Whether each part of a licence, or one of its alternatives, is on the list."""
    return any(
        all(ALLOWED.fullmatch(part.strip()) for part in re.split(r" AND |; ", alternative))
        for alternative in licence.split(" OR ")
    )


def packages() -> Iterator[Package]:
    """Packages of the lock, in its order."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in dict.fromkeys(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)):
        yield Package(name, _licence(name))


def _licence(name: str) -> str | None:
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    if name in READ:
        return READ[name]
    classified = [
        entry.rpartition(" :: ")[2]
        for entry in about.get_all("Classifier", [])
        if entry.startswith("License :: ") and entry != "License :: OSI Approved"
    ]
    return about.get("License-Expression") or "; ".join(classified) or about.get("License", "")


def main() -> int:
    """Print a line a package; exit code 1 if a licence is not allowed."""
    refused = 0
    for package in packages():
        refused += not package.allowed
        mark = "" if package.allowed else "  <- not allowed"
        print(f"{package.name:28} {package.licence or 'for another system or Python'}{mark}")
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(main())
