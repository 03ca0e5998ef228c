"""The programme of one edition: criteria, components, indicators and the mark, read from TOML."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anticorruption import files, tables, texts
from anticorruption.errors import RefusedInput

#: How a criterion compares a value with its threshold.
RULES = ("at_least", "above", "category_at_least", "label_years_running", "label", "not_published")
STANDINGS = ("official", "press", "inferred", "not_published")
CONFIDENCES = ("high", "medium", "low")
BASE = "base"
#: No whole number of a rubric is larger; beyond, fractions cannot hold it.
_LARGEST = 10**15


@dataclass(frozen=True)
class Threshold:
    """What a criterion asks for, in one published reading.

    Attributes
    ----------
    variant : str
        ``"base"`` or the name of a reading that another source gives.
    rule : str
        One of :data:`RULES`.
    value : float, str or None
        Number, category or label asked for; None where none was published.
    years : int
        Years running, for ``label_years_running``; else 1.
    standing, confidence, source_id : str
        Who says so and how sure it is.
    note_ind, note_eng : str
        What a reader must know about this reading.
    """

    variant: str
    rule: str
    value: float | str | None
    years: int
    standing: str
    confidence: str
    source_id: str
    note_ind: str
    note_eng: str


@dataclass(frozen=True)
class Criterion:
    """One of the eight entry criteria, with its base threshold and the published variants."""

    id: str
    name_ind: str
    name_eng: str
    measure_id: str
    supporting: tuple[str, ...]
    base: Threshold
    variants: tuple[Threshold, ...]

    def threshold(self, variant: str) -> Threshold:
        """Threshold under a named variant; the base one if this criterion has no such reading."""
        return next((t for t in self.variants if t.variant == variant), self.base)

    def name(self, language: str = "id") -> str:
        """Name of the criterion for readers."""
        return self.name_eng if language == "en" else self.name_ind


@dataclass(frozen=True)
class Weight:
    """What is known of how much a component or an indicator counts.

    Attributes
    ----------
    value : float or None
        Its weight, in any unit; None where it is not known.
    lowest, highest : float
        Limits of its share among the parts beside it, for a weight that is not known.
    """

    value: float | None = None
    lowest: float = 0.0
    highest: float = 1.0


@dataclass(frozen=True)
class Component:
    """One of the six parts of the assessment."""

    id: str
    name_ind: str
    name_eng: str
    standing: str
    source_id: str
    weight: Weight = Weight()

    def name(self, language: str = "id") -> str:
        """Name of the component for readers."""
        return self.name_eng if language == "en" else self.name_ind


@dataclass(frozen=True)
class Indicator:
    """One of the nineteen items of the assessment; its component is our reading."""

    id: str
    name_ind: str
    name_eng: str
    component: str
    component_standing: str
    component_confidence: str
    source_id: str
    weight: Weight = Weight()

    def name(self, language: str = "id") -> str:
        """Name of the indicator for readers."""
        return self.name_eng if language == "en" else self.name_ind


@dataclass(frozen=True)
class Rubric:
    """The programme of one edition.

    Attributes
    ----------
    edition : int
    pass_mark : float
        Final score from which the category is given, on the scale ``scale_min``-``scale_max``.
    category : str
        The only category ever published.
    awarded_on : str
        ISO date on which the awards were handed over.
    """

    edition: int
    scale_min: float
    scale_max: float
    pass_mark: float
    category: str
    pass_mark_source_id: str
    awarded_on: str
    award_source_id: str
    criteria: tuple[Criterion, ...]
    components: tuple[Component, ...]
    indicators: tuple[Indicator, ...]

    def variants(self) -> tuple[str, ...]:
        """Names of all threshold variants, the base first."""
        named = {t.variant: None for criterion in self.criteria for t in criterion.variants}
        return (BASE, *named)

    def criterion(self, id: str) -> Criterion:
        """Criterion of that name.

        Raises
        ------
        RefusedInput
            If the edition has no such criterion.
        """
        for criterion in self.criteria:
            if criterion.id == id:
                return criterion
        known = ", ".join(criterion.id for criterion in self.criteria)
        raise RefusedInput(f"edition {self.edition}: no criterion '{id}'; there are {known}.")

    def parts(self, component: str) -> tuple[Indicator, ...]:
        """Indicators of a component, in the rubric's order."""
        return tuple(each for each in self.indicators if each.component == component)

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits of what a filled sheet depends on.

        Edition, scale, components, indicators and criteria by id. Names, sources, thresholds and
        weights may change without making a filled sheet useless.
        """
        content = [
            self.edition,
            [self.scale_min, self.scale_max],
            [component.id for component in self.components],
            [[indicator.id, indicator.component] for indicator in self.indicators],
            [criterion.id for criterion in self.criteria],
        ]
        text = json.dumps(content, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def editions(folder: Path | None = None) -> list[int]:
    """Editions the data folder describes, oldest first."""
    named = ((folder or tables.data_folder()) / "programmes").glob("kabkota-[0-9]*.toml")
    years = (path.stem.removeprefix("kabkota-") for path in named)
    return sorted(int(year) for year in years if year.isdigit())


def path(edition: int, folder: Path | None = None) -> Path:
    """File of an edition's rubric."""
    return (folder or tables.data_folder()) / "programmes" / f"kabkota-{edition}.toml"


def load(edition: int, folder: Path | None = None) -> Rubric:
    """Read the rubric of an edition.

    Raises
    ------
    RefusedInput
        If there is no such edition, or its file breaks a rule; the sentence names the entry.
    """
    if edition not in (known := editions(folder)):
        there = ", ".join(map(str, known)) or "none"
        how = "" if isinstance(edition, int) else ", as a number"
        raise RefusedInput(
            f"edition {edition!r} is not described in the data; there is: {there}{how}."
        )
    return read(path(edition, folder))


def read(file: Path) -> Rubric:
    """Read a rubric from any TOML file.

    Raises
    ------
    RefusedInput
        If it is no such file, or breaks a rule; the sentence names the entry.
    """
    content = files.toml(file)
    entry = _Entry(file.name, "the file", content)
    for text in _strings(content):
        if mark := texts.unseen(text.replace("\n", " ")):
            raise entry.refuse(
                f"'{texts.told(text)}' holds a character that nobody sees ({mark}); write the text "
                f"without it."
            )
    mark = entry.part("pass_mark")
    scale = entry.part("scale")
    award = entry.part("award")
    rubric = Rubric(
        edition=entry.take("edition", int),
        scale_min=scale.number("minimum"),
        scale_max=scale.number("maximum"),
        pass_mark=mark.number("value"),
        category=mark.take("category", str),
        pass_mark_source_id=mark.take("source_id", str),
        awarded_on=award.take("date", str),
        award_source_id=award.take("source_id", str),
        criteria=tuple(_criterion(e) for e in entry.parts("criterion")),
        components=tuple(_component(e) for e in entry.parts("component")),
        indicators=tuple(_indicator(e) for e in entry.parts("indicator")),
    )
    _consistent(file.name, rubric)
    return rubric


def _strings(content: object) -> Iterator[str]:
    """Every text of a file, names of entries too."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)


class _Entry:
    """One table of the TOML file, which knows how to say what is wrong with it."""

    def __init__(self, file: str, where: str, content: dict):
        self.file, self.where, self.content = file, where, content

    def refuse(self, said: str) -> RefusedInput:
        where, told = texts.shown(self.where, 120), texts.shown(said, 400).rstrip(".")
        return RefusedInput(f"{self.file}, {where}: {told}.")

    def take(self, key: str, kind: type | tuple, default=...):
        value = self.content.get(key, default)
        if value is ...:
            raise self.refuse(f"'{key}' is missing.")
        if value is not default and (not isinstance(value, kind) or isinstance(value, bool)):
            wanted = {int: "a whole number", str: "text", list: "a list"}.get(kind, "a number")
            raise self.refuse(f"'{key}' is {texts.shown(repr(value), 120)} and must be {wanted}.")
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise self.refuse(f"'{key}' is too large a number.")
        return value

    def number(self, key: str) -> float:
        value = float(self.take(key, (int, float)))
        if not math.isfinite(value):
            raise self.refuse(f"'{key}' is {value} and must be a finite number.")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default=...) -> str:
        value = self.take(key, str, default)
        if value not in allowed:
            raise self.refuse(f"'{key}' is '{value}' and must be one of {', '.join(allowed)}.")
        return value

    def part(self, key: str) -> "_Entry":
        if not isinstance(self.content.get(key), dict):
            raise self.refuse(f"the part [{key}] is missing.")
        return _Entry(self.file, f"[{key}]", self.content[key])

    def parts(self, key: str) -> list["_Entry"]:
        entries = self.content.get(key, [])
        if not isinstance(entries, list):
            raise self.refuse(f"[[{key}]] must be a list of entries.")
        if not all(isinstance(entry, dict) for entry in entries):
            raise self.refuse(f"every [[{key}]] must be a table of its own.")
        return [_Entry(self.file, f"{key} '{e.get('id', n)}'", e) for n, e in enumerate(entries, 1)]


def _criterion(entry: _Entry) -> Criterion:
    base = _threshold(entry, BASE)
    supporting = entry.take("supporting", list, [])
    if not all(isinstance(measure, str) for measure in supporting):
        raise entry.refuse("'supporting' must be a list of measures.")
    variants = tuple(_threshold(e, e.take("id", str)) for e in entry.parts("variant"))
    names = [BASE, *(threshold.variant for threshold in variants)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise entry.refuse(f"the variant '{twice}' is described twice.")
    return Criterion(
        id=entry.take("id", str),
        name_ind=entry.take("name_ind", str),
        name_eng=entry.take("name_eng", str),
        measure_id=entry.take("measure_id", str),
        supporting=tuple(supporting),
        base=base,
        variants=variants,
    )


def _threshold(entry: _Entry, variant: str) -> Threshold:
    rule = entry.one_of("rule", RULES)
    value = entry.take("value", (int, float, str), None)
    if rule in ("at_least", "above") and not isinstance(value, int | float):
        raise entry.refuse(f"rule '{rule}' needs a number as 'value'.")
    if rule in ("category_at_least", "label_years_running", "label") and not isinstance(value, str):
        raise entry.refuse(f"rule '{rule}' needs a text as 'value'.")
    if isinstance(value, int | float) and not math.isfinite(value):
        raise entry.refuse(f"'value' is {value} and must be a finite number.")
    years = entry.take("years", int, 1)
    if years < 1:
        raise entry.refuse(f"'years' is {years} and must be 1 or more.")
    if rule == "not_published" and value is not None:
        raise entry.refuse("a threshold that is not published can have no 'value'.")
    return Threshold(
        variant=variant,
        rule=rule,
        value=value,
        years=years,
        standing=entry.one_of("standing", STANDINGS),
        confidence=entry.one_of("confidence", CONFIDENCES),
        source_id=entry.take("source_id", str),
        note_ind=entry.take("note_ind", str, ""),
        note_eng=entry.take("note_eng", str, ""),
    )


def _component(entry: _Entry) -> Component:
    return Component(
        entry.take("id", str),
        entry.take("name_ind", str),
        entry.take("name_eng", str),
        entry.one_of("standing", STANDINGS),
        entry.take("source_id", str),
        _weight(entry),
    )


def _indicator(entry: _Entry) -> Indicator:
    return Indicator(
        entry.take("id", str),
        entry.take("name_ind", str),
        entry.take("name_eng", str),
        entry.take("component", str),
        entry.one_of("component_standing", STANDINGS),
        entry.one_of("component_confidence", CONFIDENCES),
        entry.take("source_id", str),
        _weight(entry),
    )


def _weight(entry: _Entry) -> Weight:
    """Read ``weight``, or the limits ``weight_min`` and ``weight_max`` of a share not known."""
    value = entry.take("weight", (int, float), None)
    lowest, highest = (
        entry.take(key, (int, float), default)
        for key, default in (("weight_min", 0.0), ("weight_max", 1.0))
    )
    if value is not None:
        if not 0 <= value < math.inf:
            raise entry.refuse(f"'weight' is {value} and must be a number of at least 0.")
        if {"weight_min", "weight_max"} & set(entry.content):
            raise entry.refuse("'weight' is given, so there can be no limits beside it.")
        return Weight(float(value))
    if not 0 <= lowest <= highest <= 1:
        raise entry.refuse(
            f"'weight_min' {lowest} and 'weight_max' {highest} must be shares from 0 to 1, the "
            f"smaller first."
        )
    return Weight(None, float(lowest), float(highest))


def _consistent(file: str, rubric: Rubric) -> None:
    """Check what holds between the entries of a rubric."""
    for kind, entries in (
        ("criterion", rubric.criteria),
        ("component", rubric.components),
        ("indicator", rubric.indicators),
    ):
        ids = [entry.id for entry in entries]
        if not ids:
            raise RefusedInput(f"{file}: no {kind} is described.")
        if twice := next((i for i in ids if ids.count(i) > 1), None):
            raise RefusedInput(f"{file}: {kind} '{texts.shown(twice)}' is described twice.")
    components = {component.id for component in rubric.components}
    for indicator in rubric.indicators:
        if indicator.component not in components:
            raise RefusedInput(
                f"{file}, indicator '{texts.shown(indicator.id)}': component "
                f"'{texts.shown(indicator.component)}' is not described; there are "
                f"{texts.shown(', '.join(sorted(components)), 400)}."
            )
    _weights_complete(file, "component", "the components", rubric.components)
    for component in rubric.components:
        if not (parts := rubric.parts(component.id)):
            raise RefusedInput(f"{file}: component '{texts.shown(component.id)}' has no indicator.")
        _weights_complete(file, "indicator", f"component '{texts.shown(component.id)}'", parts)
    if not rubric.scale_min <= rubric.pass_mark <= rubric.scale_max:
        raise RefusedInput(
            f"{file}, [pass_mark]: {rubric.pass_mark:g} lies outside the scale "
            f"{rubric.scale_min:g}-{rubric.scale_max:g}."
        )


def _weights_complete(file: str, kind: str, where: str, parts: tuple) -> None:
    """Weights beside one another are all given or none; not all zero; limits leave room."""
    given = [part.weight.value for part in parts if part.weight.value is not None]
    if given and len(given) < len(parts):
        without = next(part.id for part in parts if part.weight.value is None)
        raise RefusedInput(
            f"{file}, {kind} '{texts.shown(without)}': 'weight' is missing although others of "
            f"{where} have one; give all of them or none."
        )
    if given and not sum(given) > 0:
        raise RefusedInput(f"{file}: all weights of {where} are 0; one must be above.")
    lowest = sum(part.weight.lowest for part in parts)
    highest = sum(part.weight.highest for part in parts)
    if not given and len(parts) > 1 and not lowest <= 1 + 1e-12 <= highest + 2e-12:
        raise RefusedInput(
            f"{file}: the limits of the weights of {where} add up to {lowest:g} at least and "
            f"{highest:g} at most; shares must be able to add up to 1."
        )
