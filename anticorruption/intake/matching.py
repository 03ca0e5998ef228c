"""From the names and codes of a file's rows to regions: exactly, by alias, or by asking."""

import re
from collections import Counter
from collections.abc import Iterable

from anticorruption import regions
from anticorruption.intake.answers import SKIP, Answers
from anticorruption.intake.findings import Choice, Findings
from anticorruption.intake.reading import Cell
from anticorruption.texts import shown

#: Look-ups of similar names are slow; a file with more unknown names is not about regions.
_MOST_LOOKED_UP = 100
_DOTTED = re.compile(r"\d{2}(\.\d{2})?")
_UNDOTTED = re.compile(r"\d{4}")


class Matcher:
    """Finds the region of each row.

    Parameters
    ----------
    findings : Findings
    answers : Answers
    year : int
        Old names count only inside their years.
    texts : iterable of str
        Every name in the file, to tell those that stand in it twice.
    """

    def __init__(self, findings: Findings, answers: Answers, year: int, texts: Iterable[str] = ()):
        self.findings, self.say, self.answers = findings, findings.say, answers
        self.year, self.names = year, regions.index(year)
        self.often = Counter(texts)
        self._looked_up = 0
        self._bps_told = False

    def named(self, text: str) -> list[str]:
        """Codes of the regions that carry exactly this name; digits alone ("50") are no name."""
        return regions.exact(text, self.names) if re.search(r"[a-zA-Z]{2}", text) else []

    def region(
        self,
        name: Cell | None,
        code: Cell | None = None,
        kind: str = "",
        province: str | None = None,
    ) -> str | None:
        """Region of a row.

        Parameters
        ----------
        name, code : Cell or None
            Cells that name it; at least one.
        kind : str
            Kabupaten or kota, from a column of its own.
        province : str, optional
            Code of the province by a band or a column.

        Returns
        -------
        str or None
            Region code; ``"skip"`` if an answer leaves the row out; None while a question stands.
        """
        if name is None or not name.text:
            return self._by_code_alone(code)
        text = " ".join(f"{kind} {name.text}".split())
        asked = text if self.often[name.text] < 2 else f"{text} @{name.ref}"
        if answer := self.answers.to("region", asked):
            return self._answered(name, asked, answer)
        found = self.named(text) or self.named(name.text)
        fitting = [each for each in found if each[:2] == province] if province else found
        read = self._read_code(code)
        if len(found) > 1 and read in found:
            self._note(name, read, self.say("by its code {code}", code=read))
            return self._checked(name, read)
        if len(found) > 1 and len(fitting) == 1:
            self._note(name, fitting[0], self.say("by its province"))
            return self._checked(name, fitting[0])
        if len(found) != 1:
            return self._ask(name, asked, found)
        if province and not fitting and not _divided(found[0], province):
            said = self.say(
                "{region} lies in another province than {province}, under which it stands",
                region=_told(found[0], self.say.code),
                province=_told(province, self.say.code),
            )
            return self._ask(name, asked, found, said)
        if not self._agrees(name, code, read, found[0], asked):
            return None
        return self._checked(name, found[0])

    def province(self, cell: Cell | None) -> str | None:
        """Code of the province that a cell names, None if it names none."""
        if cell is None:
            return None
        provinces = [code for code in self.named(cell.text) if "." not in code]
        return provinces[0] if len(provinces) == 1 else None

    def _checked(self, name: Cell, found: str) -> str | None:
        if regions.table().at[found, "has_government"]:
            return found
        said = self.say(
            "{region} has no government of its own; leave it out?",
            region=_told(found, self.say.code),
        )
        choices = [Choice(SKIP, self.say("leave out"))]
        self.findings.ask("no_government", name, said, "region", name.text, choices)
        return None

    def _by_code_alone(self, code: Cell | None) -> str | None:
        text = code.text if code else ""
        if answer := self.answers.to("region", text):
            return self._answered(code, text, answer)
        if code is not None and isinstance(code.value, str) and _DOTTED.fullmatch(text):
            found = regions.resolve(text)
            if isinstance(found, str):
                return self._checked(code, found)
        choices = []
        if _UNDOTTED.fullmatch(text):
            dotted = f"{text[:2]}.{text[2:]}"
            said = self.say("without a dot it may be a code of BPS, which are others; which?")
            choices = [dotted] if dotted in regions.table().index else []
        elif code is not None and not isinstance(code.value, str):
            said = self.say("a code that became a number, without a name beside it; which region?")
            choices = [c for c in _repairs(code) if c in regions.table().index]
        else:
            said = self.say("no region has this code; which?")
        self._question(code, text, said, choices)
        return None

    def _read_code(self, code: Cell | None) -> str | None:
        """Code of a cell if it is one of Kemendagri's, numbers mended; None if it cannot be."""
        if code is None:
            return None
        candidates = [code.text] if isinstance(code.value, str) else _repairs(code)
        known = [c for c in candidates if _DOTTED.fullmatch(c) and c in regions.table().index]
        return known[0] if len(known) == 1 else None

    def _agrees(
        self, name: Cell, code: Cell | None, read: str | None, found: str, asked: str
    ) -> bool:
        """Whether the code beside a name is that of the region; if not, ask."""
        if code is None or not code.text:
            return True
        undotted = re.fullmatch(r"\d{4}", code.text)
        if undotted and code.text != found.replace(".", ""):
            if not self._bps_told:
                said = self.say(
                    "codes without a dot may be those of BPS, which are others; names are used"
                )
                self.findings.note("bps_code", code, said)
                self._bps_told = True
            return True
        if read == found or undotted:
            if not isinstance(code.value, str) and code.text != found:
                said = self.say("mended to {code}, as the name agrees", code=found)
                self.findings.note("code_mended", code, said)
            return True
        said = self.say(
            "the name means {region}, the code {code} in cell {ref} does not",
            region=_told(found, self.say.code),
            code=shown(code.text),
            ref=code.ref,
        )
        self._question(name, asked, said, [found, *([read] if read else [])])
        return False

    def _ask(self, name: Cell, asked: str, found: list[str], said: str = "") -> None:
        if found:
            said = said or self.say("the name is shared; which region?")
            self._question(name, asked, said, found)
            return
        similar: list[str] = []
        if len(name.text) < 80 and self._looked_up < _MOST_LOOKED_UP:
            self._looked_up += 1
            near = regions.resolve(name.text)
            similar = [near] if isinstance(near, str) else near
        said = (
            self.say("no region has this name; which of the similar ones is meant?")
            if similar
            else self.say("no region has this name; which is meant?")
        )
        self._question(name, asked, said, similar)

    def _question(self, at: Cell | None, asked: str, said: str, codes: list[str]) -> None:
        choices = [Choice(code, regions.name(code, self.say.code)) for code in codes]
        choices.append(Choice(SKIP, self.say("leave out")))
        self.findings.ask("region", at or "", said, "region", asked, choices)

    def _answered(self, at: Cell | None, asked: str, answer: str) -> str | None:
        if answer == SKIP:
            return SKIP
        found = regions.resolve(answer)
        if isinstance(found, str):
            said = self.say("{region}, by the answer given", region=_told(found, self.say.code))
            self.findings.note("answered", at or "", said)
            return found
        said = self.say("the answer '{answer}' names no single region", answer=shown(answer))
        self._question(at, asked, said, found)
        return None

    def _note(self, name: Cell, code: str, how: str) -> None:
        said = self.say("{region}, {how}", region=_told(code, self.say.code), how=how)
        self.findings.note("narrowed", name, said)


def _told(code: str, language: str) -> str:
    return f"{code} {regions.name(code, language)}"


def _repairs(code: Cell) -> list[str]:
    """Codes that a number may have been: 34.1 was 34.10, 34 was 34, 1.01 was nothing."""
    value = code.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return []
    if float(value).is_integer():
        return [str(int(value))] if 11 <= value < 100 else []
    text = f"{value:.2f}"
    return [text] if abs(float(text) - value) < 1e-9 else []


def _divided(code: str, province: str) -> bool:
    """Whether both are provinces of Papua, which was divided in 2022: older files are right."""
    return code[:1] == province[:1] == "9"
