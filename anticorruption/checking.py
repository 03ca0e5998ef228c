"""Is the data release whole? Its schema by frictionless, and the rules no schema can say."""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from frictionless import FrictionlessException, Package
from frictionless import errors as frictionless_errors

from anticorruption import personal, regions, seals, tables, texts
from anticorruption.errors import RefusedInput
from anticorruption.programme import rubric

#: Words of the controlled vocabulary of ``observations.qualifiers``.
QUALIFIERS = (
    "rounded",
    "year_inferred",
    "copy",
    "group_statement",
    "self_reported",
    "contradicts",
    "scale_unclear",
    "as_of",
    "predicate_given",
    "single_statement",
    "inferred",
    "new_method",
    "unclear_level",
)
#: Expected size of the region table, after Kepmendagri 300.2.2-2138/2025.
REGIONS = {"province": 38, "kabupaten": 416, "kota": 98}
AREAS_WITHOUT_GOVERNMENT = 6
#: What every edition of the programme consists of.
PROGRAMME = {"criterion": 8, "component": 6, "indicator": 19}
_HASH, _BYTES = "hash-count", "byte-count"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in the data.

    Attributes
    ----------
    table : str
    row : int or None
        Line in the file, the header being line 1; None if the whole table is meant.
    column, value : str
    rule : str
        What should hold and what to do.
    """

    table: str
    row: int | None
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        where = [self.table]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column:
            where.append(f"column {self.column}")
        said = f"'{texts.told(self.value)}' {self.rule}" if self.value != "" else self.rule
        return f"{', '.join(where)}: {said}."


def check(folder: Path | None = None) -> list[Finding]:
    """Check a data folder from the bytes of its files to the sense of its rows.

    Parameters
    ----------
    folder : Path, optional
        By default the project's own data folder.

    Returns
    -------
    list of Finding
        Empty if all is well. Rules about sense are tried only on tables that keep their schema.
    """
    folder = folder or tables.data_folder()
    missing = [
        Finding(entry["path"], None, "", "", "the file is missing from the data folder")
        for entry in tables.descriptor(folder)["resources"]
        if not (folder / entry["path"]).is_file()
    ]
    if missing:
        return missing
    found = [*_columns(folder), *_encoding(folder)]
    if found:
        return found
    persons = list(_check_personal(folder))
    places = {(f.table, f.row, f.column) for f in persons}
    schema = list(_schema(folder))
    broken = any(f.rule != _SEAL for f in schema)
    # What a cell should have been is not told of one that must not be repeated.
    found = [*persons, *(f for f in schema if (f.table, f.row, f.column) not in places)]
    if not broken:
        unread = [] if persons else list(_cells(folder))
        broken, found = bool(unread), found + unread
    if broken:
        return found
    if any(tables.read(name, folder).empty for name in _named(folder)):
        return [*found, *_check_filled(folder)]
    return found + [finding for rule in _RULES for finding in rule(folder)]


def problem(folder: Path | None = None) -> str | None:
    """First thing that makes the data unusable, as a sentence; None if there is none.

    Sealed tables were whole when they were sealed, so the full check runs only if a table has
    changed since. A change that keeps every rule is no problem here: reports say that the
    release is altered.
    """
    from anticorruption.release import altered

    folder = folder or tables.data_folder()
    if not altered(folder):
        return None
    broken = [finding for finding in check(folder) if finding.rule != _SEAL]
    if not broken:
        return None
    more = f" ({len(broken) - 1} more: anticorruption check)" if len(broken) > 1 else ""
    return f"{broken[0]}{more}"


def seal(folder: Path | None = None) -> list[str]:
    """Record the hash and size of every table in ``datapackage.json`` after a meant change.

    Returns
    -------
    list of str
        Files whose record changed.

    Raises
    ------
    RefusedInput
        If the data break a rule: only whole data are sealed.
    """
    folder = folder or tables.data_folder()
    broken = [finding for finding in check(folder) if finding.rule != _SEAL]
    if broken:
        raise RefusedInput(f"not sealed: {broken[0]}")
    package = tables.descriptor(folder)
    changed = []
    for entry in package["resources"]:
        path = folder / entry["path"]
        if entry["hash"] != tables.sha256(path):
            changed.append(entry["path"])
        entry["bytes"], entry["hash"] = path.stat().st_size, tables.sha256(path)
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    (folder / tables.DESCRIPTOR).write_text(text, encoding="utf-8", newline="\n")
    seals.write(folder)
    return changed


_SEAL = "differs from the sealed release; if the change is meant, run: anticorruption seal"


def _named(folder: Path) -> dict[str, dict]:
    entries = tables.descriptor(folder)["resources"]
    return {entry["name"]: entry for entry in entries if "schema" in entry}


def _encoding(folder: Path) -> Iterator[Finding]:
    for entry in tables.descriptor(folder)["resources"]:
        content = (folder / entry["path"]).read_bytes()
        if content.startswith(b"\xef\xbb\xbf"):
            yield Finding(
                entry["path"], 1, "", "", "begins with a byte order mark; save without it"
            )
        elif b"\r" in content:
            row = content[: content.index(b"\r")].count(b"\n") + 1
            yield Finding(entry["path"], row, "", "", "ends in CR; lines must end in LF alone")


def _columns(folder: Path) -> Iterator[Finding]:
    """Find tables that cannot be read at all, before frictionless trips over them."""
    for name in _named(folder):
        try:
            header = list(tables.text(name, folder).columns)
        except RefusedInput as refused:
            where, _, said = str(refused).partition(": ")
            # Where a row is known the sentence begins with table and row, else with a file.
            place = where if where.startswith(f"{name}, row") else name
            yield Finding(place, None, "", "", said.rstrip("."))
            continue
        wanted = [field["name"] for field in _named(folder)[name]["schema"]["fields"]]
        for column in header:
            if personal.is_column(column):
                yield Finding(name, 1, column, column, "is a column for a person; none is kept")
        if header != wanted:
            rule = f"the columns must be exactly: {', '.join(wanted)}"
            strange = next((c for c in header if c not in wanted), "")
            yield Finding(name, 1, strange, "", rule)


def _cells(folder: Path) -> Iterator[Finding]:
    """Find cells that the schema lets pass and our own stricter reader does not ("1e400")."""
    for name in _named(folder):
        try:
            tables.read(name, folder)
        except RefusedInput as refused:
            where, _, said = str(refused).partition(": ")
            yield Finding(where, None, "", "", said.rstrip("."))


def _schema(folder: Path) -> Iterator[Finding]:
    try:
        report = Package(str(folder / tables.DESCRIPTOR)).validate()
    except FrictionlessException as problem:
        yield Finding(tables.DESCRIPTOR, None, "", "", str(problem.error.note or problem))
        return
    for task in report.tasks:
        for error in task.errors:
            if error.type == _HASH:
                yield Finding(task.place, None, "", "", _SEAL)
            elif error.type != _BYTES:
                yield _translated(task.name, error)
    for error in report.errors:
        yield Finding(tables.DESCRIPTOR, None, "", "", error.note)


def _translated(table: str, error: frictionless_errors.Error) -> Finding:
    row = getattr(error, "row_number", None)
    column, value = getattr(error, "field_name", "") or "", getattr(error, "cell", "") or ""
    note = error.note
    if error.type == "foreign-key":
        column = error.field_names[0]
        value = str(error.field_cells[0])
        note = f"is not in table {error.reference_name or table}; use one that is, or add it there"
    elif error.type == "primary-key":
        note = f"the row repeats the key of an earlier row ({note}); keep one of them"
    elif error.type == "constraint-error":
        note = _constraint(note)
    elif error.type == "type-error":
        kind = note.split('"')[1].partition("/")[0]
        words = {"integer": "a whole number", "boolean": "true or false"}
        note = f"is not {words.get(kind, f'a {kind}')}"
        if kind in ("number", "integer"):
            note += " (write a decimal point, no thousands mark)"
    elif error.type in ("missing-cell", "extra-cell"):
        note = f"the row has {'too few' if error.type == 'missing-cell' else 'too many'} cells"
    return Finding(table, row, column, value, note)


def _constraint(note: str) -> str:
    """Say the rule behind frictionless's ``constraint "minimum" is "2000"``."""
    name, _, limit = (
        part.strip('" ') for part in note.removeprefix("constraint ").partition(" is ")
    )
    return {
        "minimum": f"is below the least allowed, {limit} (rule: minimum)",
        "maximum": f"is above the most allowed, {limit} (rule: maximum)",
        "enum": f"must be one of {limit.strip('[]')} (rule: enum)",
        "pattern": f"does not have the form {limit} (rule: pattern)",
        "required": "the cell is empty and must not be (rule: required)",
        "unique": "stands twice and may stand once (rule: unique)",
    }.get(name, note)


def _rows(frame: pd.DataFrame, wrong: pd.Series, table: str, column: str, rule: str):
    for row in frame.index[wrong.fillna(False).to_numpy(dtype=bool)]:
        yield Finding(table, int(row), column, str(frame.at[row, column]), rule)


def _check_observations(folder: Path) -> Iterator[Finding]:
    frame = tables.read("observations", folder)
    book = tables.read("measures", folder).set_index("measure_id")
    has_value, has_label = frame["value"].notna(), frame["label"] != ""
    yield from _rows(
        frame,
        has_value == has_label,
        "observations",
        "label",
        "needs a value or a label in the row, exactly one of them",
    )
    joined = frame.join(book[["scale_min", "scale_max", "labels"]], on="measure_id")
    for edge, wrong in (
        ("scale_min", joined["value"] < joined["scale_min"]),
        ("scale_max", joined["value"] > joined["scale_max"]),
    ):
        for row in frame.index[wrong]:
            limit, measure = joined.at[row, edge], joined.at[row, "measure_id"]
            printed = tables.text("observations", folder).at[row, "value"]
            side = "below" if edge == "scale_min" else "above"
            yield Finding(
                "observations",
                int(row),
                "value",
                printed,
                f"lies {side} the scale of {measure}, {limit:g} (rule: {edge})",
            )
    for row in frame.index[has_label]:
        allowed = joined.at[row, "labels"].split("|")
        if frame.at[row, "label"] not in allowed:
            rule = (
                f"is no label of {frame.at[row, 'measure_id']}: {', '.join(filter(None, allowed))}"
            )
            if allowed == [""]:
                rule = f"is a label, and {frame.at[row, 'measure_id']} takes numbers"
            yield Finding("observations", int(row), "label", frame.at[row, "label"], rule)
    for row in frame.index[has_value & (joined["labels"] != "") & joined["scale_max"].isna()]:
        printed = tables.text("observations", folder).at[row, "value"]
        rule = f"is a number, and {frame.at[row, 'measure_id']} takes labels"
        yield Finding("observations", int(row), "value", printed, rule)
    for row in frame.index[frame["qualifiers"] != ""]:
        strange = set(frame.at[row, "qualifiers"].split(";")) - set(QUALIFIERS)
        if strange:
            yield Finding(
                "observations",
                int(row),
                "qualifiers",
                min(strange),
                f"is not in the vocabulary: {', '.join(QUALIFIERS)}",
            )


def _check_printed(folder: Path) -> Iterator[Finding]:
    """Values stand as plain decimals, so that their printed decimals can be counted."""
    frame = tables.text("observations", folder)
    wrong = (frame["value"] != "") & ~frame["value"].str.fullmatch(r"-?\d+(\.\d+)?")
    yield from _rows(
        frame,
        wrong,
        "observations",
        "value",
        "is not written as a plain decimal such as 98 or 98.5",
    )


#: Columns whose texts are looked up by their letters, and name files.
_NAMES = {"regions": ("name_ind", "name_eng"), "region_aliases": ("alias",)}


def _check_texts(folder: Path) -> Iterator[Finding]:
    """Texts are what a reader sees: nothing hidden in them, no blank around them."""
    for name in _named(folder):
        frame = tables.text(name, folder)
        for column, cells in frame.items():
            distinct = pd.Series(cells.unique())
            strange = {
                text: rule for text in distinct[distinct != ""] if (rule := _hidden(text)) != ""
            }
            for row in frame.index[cells.isin(list(strange))]:
                text = frame.at[row, column]
                yield Finding(name, int(row), column, text, strange[text])
    for name, columns in _NAMES.items():
        frame = tables.text(name, folder)
        for column in columns:
            nameless = frame[column].map(regions.key) == ""
            yield from _rows(frame, nameless, name, column, "is no name: it has no letter or digit")


def _hidden(text: str) -> str:
    """Rule that a text breaks by what cannot be seen in it; empty if it breaks none."""
    if mark := texts.unseen(text):
        return f"holds a character that nobody sees ({mark}); write the text without it"
    if text != text.strip():
        return "begins or ends with a blank; write the text without it"
    return ""


def _check_aliases(folder: Path) -> Iterator[Finding]:
    frame = tables.read("region_aliases", folder)
    yield from _rows(
        frame,
        frame["valid_to"] < frame["valid_from"],
        "region_aliases",
        "valid_to",
        "comes before valid_from",
    )


def _check_flags(folder: Path) -> Iterator[Finding]:
    frame, key = tables.read("flags", folder), ["region_code", "measure_id", "year"]
    known = pd.MultiIndex.from_frame(tables.read("observations", folder)[key])
    orphan = pd.Series(~pd.MultiIndex.from_frame(frame[key]).isin(known), index=frame.index)
    yield from _rows(frame, orphan, "flags", "year", "marks a value that is in no observation")


def _check_dates(folder: Path) -> Iterator[Finding]:
    """Dates have the right form by their schema; here they must exist in the calendar."""
    for name, column in (
        ("observations", "as_of"),
        ("sources", "published"),
        ("pilots", "assessed_on"),
    ):
        frame = tables.read(name, folder)
        for row in frame.index[frame[column] != ""]:
            text = frame.at[row, column]
            try:
                datetime.date.fromisoformat((text + "-01-01")[:10])
            except ValueError:
                yield Finding(name, int(row), column, text, "is no day of the calendar")


def _check_filled(folder: Path) -> Iterator[Finding]:
    """A table without a single record is a table cut off."""
    for name in _named(folder):
        if tables.read(name, folder).empty:
            yield Finding(name, None, "", "", "the table has a header and no record")


def _check_order(folder: Path) -> Iterator[Finding]:
    """Tables are sorted by their key, so that a change shows as one line of a diff."""
    for name, entry in _named(folder).items():
        frame = tables.read(name, folder)
        keys = list(frame[entry["schema"]["primaryKey"]].itertuples(index=False, name=None))
        for row, before, after in zip(frame.index[1:], keys, keys[1:], strict=False):
            if after < before:
                column = entry["schema"]["primaryKey"][0]
                yield Finding(
                    name, int(row), column, str(after[0]), "stands out of order; sort rows"
                )
                break


def _check_regions(folder: Path) -> Iterator[Finding]:
    frame = tables.read("regions", folder)
    counts = frame["level"].value_counts()
    for level, expected in REGIONS.items():
        if counts.get(level, 0) != expected:
            rule = f"there are {counts.get(level, 0)} of level {level} and must be {expected}"
            yield Finding("regions", None, "level", "", rule)
    without = frame[~frame["has_government"]]
    if len(without) != AREAS_WITHOUT_GOVERNMENT:
        rule = (
            f"{len(without)} areas have no government of their own and there must be "
            f"{AREAS_WITHOUT_GOVERNMENT}, those of DKI Jakarta"
        )
        yield Finding("regions", None, "has_government", "", rule)
    local = frame["level"].isin(["kabupaten", "kota"])
    belongs = frame["region_code"].str[:2] == frame["province_code"]
    yield from _rows(
        frame, local & ~belongs, "regions", "province_code", "is not the start of the region's code"
    )
    cells = frame[local]
    yield from _rows(
        cells,
        cells.duplicated(["hex_column", "hex_row"])
        | cells[["hex_column", "hex_row"]].isna().any(axis=1),
        "regions",
        "hex_column",
        "the region needs a map cell of its own",
    )
    yield from _rows(
        cells, cells["island_group"] == "", "regions", "island_group", "the region needs one"
    )
    yield from _rows(frame, frame["name_ind"].duplicated(), "regions", "name_ind", "stands twice")


def _check_measures(folder: Path) -> Iterator[Finding]:
    frame = tables.read("measures", folder)
    yield from _rows(
        frame,
        frame["scale_min"] >= frame["scale_max"],
        "measures",
        "scale_min",
        "must lie below scale_max",
    )


def _check_bands(folder: Path) -> Iterator[Finding]:
    frame = tables.read("bands", folder)
    yield from _rows(
        frame, frame["lower"] > frame["upper"], "bands", "lower", "lies above the band's upper edge"
    )
    yield from _rows(
        frame,
        frame["valid_to_year"] < frame["valid_from_year"],
        "bands",
        "valid_to_year",
        "comes before valid_from_year",
    )
    for _, group in frame.groupby(["measure_id", "scheme", "valid_from_year"]):
        group = group.sort_values("position")
        overlap = (group["lower"] < group["upper"].shift()).fillna(False)
        yield from _rows(
            group, overlap, "bands", "lower", "lies inside the band below it; edges may only touch"
        )
        touching = (group["lower"] == group["upper"].shift()).fillna(False)
        both = touching & group["lower_included"] & group["upper_included"].shift().eq(True)
        yield from _rows(
            group, both, "bands", "lower", "belongs to two bands; only one may include the edge"
        )
    for _, group in frame.groupby(["measure_id", "scheme"]):
        sets = group.drop_duplicates("valid_from_year").sort_values("valid_from_year")
        until = sets["valid_to_year"].fillna(9999).astype(int)
        late = (sets["valid_from_year"] <= until.shift()).fillna(False)
        yield from _rows(
            sets, late, "bands", "valid_from_year", "lies inside the years of an earlier set"
        )


def _check_pilots(folder: Path) -> Iterator[Finding]:
    frame = tables.read("pilots", folder)
    pilot = frame["stage"] == "pilot"
    silent = pilot & frame["final_score"].isna() & (frame["missing_reason"] == "")
    yield from _rows(
        frame, silent, "pilots", "missing_reason", "is needed where a pilot has no final score"
    )
    yield from _rows(
        frame,
        frame["final_score"].notna() & (frame["missing_reason"] != ""),
        "pilots",
        "missing_reason",
        "stands beside a final score, which is not missing",
    )
    for edition in frame.loc[pilot, "edition"].unique():
        if edition not in rubric.editions(folder):
            continue
        try:
            programme = rubric.load(int(edition), folder)
        except RefusedInput:
            continue  # told by the check of the programmes
        reached = frame["final_score"] >= programme.pass_mark
        here = pilot & (frame["edition"] == edition) & frame["final_score"].notna()
        wrong = here & (reached != (frame["category"] == programme.category))
        rule = f"does not fit the score: {programme.category} is given from {programme.pass_mark:g}"
        yield from _rows(frame, wrong, "pilots", "category", rule)


def _check_programmes(folder: Path) -> Iterator[Finding]:
    sources = set(tables.read("sources", folder)["source_id"])
    book = set(tables.read("measures", folder)["measure_id"])
    for edition in rubric.editions(folder):
        file = rubric.path(edition, folder).name
        try:
            programme = rubric.load(edition, folder)
        except RefusedInput as refused:
            yield Finding(file, None, "", "", str(refused).removeprefix(f"{file}, ").rstrip("."))
            continue
        if programme.edition != edition:
            yield Finding(
                file, None, "edition", str(programme.edition), "is not the file's edition"
            )
        yield from _counted(file, programme)
        for part, source_id in (
            ("pass_mark", programme.pass_mark_source_id),
            ("award", programme.award_source_id),
        ):
            if source_id not in sources:
                yield Finding(file, None, part, source_id, "is not in table sources")
        text = rubric.path(edition, folder).read_text(encoding="utf-8")
        for row, line in enumerate(text.splitlines(), start=1):
            if hit := personal.found(line):
                yield Finding(file, row, line.partition("=")[0].strip(), hit.masked, _told(hit))
        for criterion in programme.criteria:
            yield from _thresholds(file, criterion, folder)
            for measure in (criterion.measure_id, *criterion.supporting):
                if measure not in book:
                    yield Finding(file, None, criterion.id, measure, "is not in table measures")
            for threshold in (criterion.base, *criterion.variants):
                if threshold.source_id not in sources:
                    yield Finding(
                        file, None, criterion.id, threshold.source_id, "is not in table sources"
                    )
        for entry in (*programme.components, *programme.indicators):
            if entry.source_id not in sources:
                yield Finding(file, None, entry.id, entry.source_id, "is not in table sources")


def _counted(file: str, programme: rubric.Rubric) -> Iterator[Finding]:
    for kind, entries in (
        ("criterion", programme.criteria),
        ("component", programme.components),
        ("indicator", programme.indicators),
    ):
        if len(entries) != PROGRAMME[kind]:
            rule = f"{len(entries)} are described and there must be {PROGRAMME[kind]}"
            yield Finding(file, None, kind, "", rule)


def _thresholds(file: str, criterion: rubric.Criterion, folder: Path) -> Iterator[Finding]:
    """Thresholds that no value of the measure could ever be held against."""
    book = tables.read("measures", folder).set_index("measure_id")
    if criterion.measure_id not in book.index:
        return
    measure = book.loc[criterion.measure_id]
    labels = measure["labels"].split("|")
    for threshold in (criterion.base, *criterion.variants):
        where, value = f"{criterion.id}, {threshold.variant}", threshold.value
        if threshold.rule in ("at_least", "above"):
            low, high = measure["scale_min"], measure["scale_max"]
            if pd.isna(low) or not low <= value <= high:
                yield Finding(file, None, where, str(value), "lies outside the measure's scale")
        elif threshold.rule in ("label", "label_years_running") and value not in labels:
            yield Finding(file, None, where, str(value), f"is no label of {criterion.measure_id}")


def _check_personal(folder: Path) -> Iterator[Finding]:
    """No personal data: numbers, addresses and names of persons, in every cell but links."""
    for name in _named(folder):
        frame = tables.text(name, folder).drop(columns="url", errors="ignore")
        for column in frame:
            hits = personal.first(frame[column].tolist())
            for row in frame.index[frame[column].isin(hits)]:
                hit = hits[frame.at[row, column]]
                yield Finding(name, int(row), column, hit.masked, _told(hit))


def _told(hit: personal.Personal) -> str:
    return f"looks like {hit.told()}; no personal data are kept, take it out (rule: personal data)"


_RULES: tuple[Callable[[Path], Iterator[Finding]], ...] = (
    _check_texts,
    _check_dates,
    _check_printed,
    _check_aliases,
    _check_flags,
    _check_observations,
    _check_order,
    _check_regions,
    _check_measures,
    _check_bands,
    _check_pilots,
    _check_programmes,
)
