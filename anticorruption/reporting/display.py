"""What a report shows: headings, sentences, tables and charts whose numbers lead to their source.

Everything is emitted as an output of a notebook cell, so that the executed notebook alone holds
the report. Every text that comes from data is escaped here, once.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
from IPython.display import display
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from anticorruption import charts, measures, regions, tables
from anticorruption.language import Language
from anticorruption.overlay import MARK, is_own
from anticorruption.release import Release

#: Mime type under which tables travel beside their HTML, for other formats to read.
DATA_RESOURCE = "application/vnd.dataresource+json"
_ROW_HEADING = Markup('<th scope="row" class="{} {}">{}</th>')
_CELL = Markup('<td class="{} {}">{}</td>')
#: Measures beside the survey index that the figures computed in a report rest on.
_CONTEXT = ("ipm", "population", "apbd", "apbd_pendapatan")
#: Whole numbers that are years, not results.
_YEARS = range(2000, 2040)
CLASSES = {"met": "met", "not_met": "not-met", "unknown": "unknown"}


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes
    ----------
    text : str
        What the reader sees; escaped when it is shown.
    value : number, str or None
        What a machine reads; None for what is not known.
    row : int or None
        Line in ``observations.csv`` that the text comes from.
    sources : tuple of str
        Source ids, shown as numbered links behind the text.
    tone : str
        Class of the cell: ``""``, ``"missing"``, ``"met"``, ``"not-met"``, ``"unknown"``,
        ``"strong"`` or ``"flag"``.
    bounds : tuple of number or None
        Both ends of an interval that the text gives ("1–38"), or that belongs to its number, for
        machines: files show them as two columns.
    """

    text: str
    value: float | int | str | None = None
    row: int | None = None
    sources: tuple[str, ...] = ()
    tone: str = ""
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True)
class Column:
    """One column of a table: key, heading, and ``"number"`` or ``"text"``."""

    key: str
    title: str
    kind: str = "text"


@dataclass
class Page:
    """A report being written: it numbers sources in the order they are cited.

    Parameters
    ----------
    release : Release
        Where the figures come from.
    say : Language
        Language of the report.
    """

    release: Release
    say: Language
    _numbers: dict[str, int] = field(default_factory=dict)
    _rows: dict[int, None] = field(default_factory=dict)
    _tables: int = 0
    _figures: int = 0

    def cite(self, *source_ids: str) -> Markup:
        """Numbered links to sources, ``[1][2]``; empty ids are passed over."""
        marks = Markup()
        for source_id in dict.fromkeys(filter(None, source_ids)):
            number = self._numbers.setdefault(source_id, len(self._numbers) + 1)
            marks += Markup('<a class="cite" href="#source-{0}">[{0}]</a>').format(number)
        return marks

    def figure_of(self, observation: pd.Series | None, places: int | None = None) -> Cell:
        """Cell of a chosen observation, or of its absence.

        The number is written in the decimals of its measure and linked to its line in the list of
        figures; the source follows.
        """
        if observation is None:
            return self.unknown()
        self._rows.setdefault(int(observation["row"]))
        if pd.isna(observation["value"]):
            text = value = observation["label"]
        else:
            value = float(observation["value"])
            measure = observation.get("measure_id") or observation.name[1]
            text = self.say.number(value, measures.decimals(measure) if places is None else places)
        return Cell(text, value, int(observation["row"]), (observation["source_id"],))

    def unknown(self, reason: str | None = None) -> Cell:
        """Cell for what nobody published, with the reason if one is known."""
        return Cell(reason or self.say.unknown, None, tone="missing")

    def inline(self, cell: Cell) -> Markup:
        """Write a cell inside a sentence."""
        return self._cell(self._marked(cell))

    def heading(self, text: str, level: int = 2) -> None:
        """Show a heading; level 1 is the report's title.

        Under the title of a report that uses an overlay it says that its figures are not public.
        """
        self._emit(Markup("<h{0}>{1}</h{0}>").format(level, text), f"{'#' * level} {text}")
        if level == 1:
            self.warning(notice(self.say, self.release))

    def text(self, *sentences: str | Markup, tone: str = "") -> None:
        """Show a paragraph; ``tone`` is ``"headline"``, ``"note"`` or empty."""
        joined = Markup(" ").join(s for s in sentences if s)
        html = Markup('<p class="{}">{}</p>').format(tone or "prose", joined)
        self._emit(html, joined.striptags())

    def warning(self, text: str) -> None:
        """Show a warning across the page; nothing if the text is empty."""
        if text:
            self.text(text, tone="warning")

    def points(self, sentences: Sequence[str | Markup], tone: str = "findings") -> None:
        """Show sentences as a list."""
        items = Markup().join(Markup("<li>{}</li>").format(s) for s in sentences)
        html = Markup('<ul class="{}">{}</ul>').format(tone, items)
        self._emit(html, "\n".join(f"- {escape(s).striptags()}" for s in sentences))

    def table(
        self,
        caption: str,
        columns: Sequence[Column],
        rows: Iterable[Mapping[str, Cell | str]],
        *,
        empty: str = "",
    ) -> None:
        """Show a table, as HTML for readers and as a data resource for machines.

        Without rows it says so: with the sentence ``empty`` if there is one.
        """
        rows = [{c.key: self._read(row, c) for c in columns} for row in rows]
        if not rows:
            # A table without rows still says what is missing; a section never disappears.
            default = sentence(
                self.say, "{what}: {unknown}.", what=caption, unknown=self.say.unknown
            )
            self.text(empty or default, tone="missing")
            return
        self._tables += 1
        caption += self._unpublished(rows)
        numbered = self.say("Table {number}. {caption}", number=self._tables, caption=caption)
        head = Markup().join(
            Markup('<th scope="col" class="{}">{}</th>').format(c.kind, c.title) for c in columns
        )
        body = Markup().join(self._row(columns, row) for row in rows)
        html = Markup(
            '<div class="table" tabindex="0"><table><caption>{}</caption><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>"
        ).format(numbered, head, body)
        display(
            {
                "text/html": str(html),
                DATA_RESOURCE: _data_resource(caption, columns, rows),
                "text/plain": _plain_table(numbered, columns, rows),
            },
            raw=True,
        )

    def export(
        self, caption: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Cell | str]]
    ) -> None:
        """Keep a table too long to read for the files beside the report, and say so."""
        rows = [{c.key: self._read(row, c) for c in columns} for row in rows]
        self._tables += 1
        caption += self._unpublished(rows)
        told = self.say(
            "Table {number}. {caption}: {count} rows, in a file of its own beside the report.",
            number=self._tables,
            caption=caption,
            count=self.say.number(len(rows), 0),
        )
        display(
            {
                "text/html": str(Markup('<p class="caption">{}</p>').format(told)),
                DATA_RESOURCE: _data_resource(caption, columns, rows),
                "text/plain": told,
            },
            raw=True,
        )

    def figure(self, chart: Figure, caption: str, alt: str, sources: Sequence[str] = ()) -> None:
        """Show a chart with its caption, its text alternative and its sources.

        It travels as SVG, which pages show, and as PNG, for files that hold no SVG.
        """
        self._figures += 1
        caption += self._unpublished_chart(sources)
        numbered = self.say("Figure {number}. {caption}", number=self._figures, caption=caption)
        cited = Markup("{} {}").format(numbered, self.cite(*sources))
        told = {"alt": alt, "caption": numbered}
        display(
            {
                "image/svg+xml": charts.svg(chart),
                "image/png": b64encode(charts.png(chart)).decode("ascii"),
                "text/plain": f"{numbered} {alt}",
            },
            raw=True,
            metadata={"image/svg+xml": told, "image/png": told},
        )
        self._emit(Markup('<p class="caption">{}</p>').format(cited), numbered)

    def drawing(self, svg: str, caption: str, alt: str, sources: Sequence[str] = ()) -> None:
        """Show a chart that is SVG already, as :meth:`figure` shows one that is to be drawn.

        A front end shows an SVG without its text alternative, so it comes as an image that has one.
        """
        self._figures += 1
        numbered = self.say("Figure {number}. {caption}", number=self._figures, caption=caption)
        image = b64encode(svg.encode("utf-8")).decode("ascii")
        html = Markup('<img alt="{}" src="data:image/svg+xml;base64,{}">').format(alt, image)
        display(
            {"text/html": str(html), "image/svg+xml": svg, "text/plain": f"{numbered} {alt}"},
            raw=True,
            metadata={"image/svg+xml": {"alt": alt, "caption": numbered}},
        )
        cited = Markup("{} {}").format(numbered, self.cite(*sources))
        self._emit(Markup('<p class="caption">{}</p>').format(cited), numbered)

    def picture(self, picture: tuple | None) -> None:
        """Show what :mod:`anticorruption.reporting.pictures` made, or say why there is none."""
        if picture is None:
            self.text(self.say("No chart: no score is published."), tone="missing")
        else:
            self.figure(*picture)

    def rows(self, observations: pd.DataFrame) -> None:
        """Show the list of figures: each observation with its source and its line."""
        say = self.say
        cited = self.release.observations.loc[sorted(self._rows)]
        frame = pd.concat([observations, cited[~cited.index.isin(observations.index)]])
        notes = self.release.table("notes").set_index("note")["note_ind"]
        columns = [
            Column("measure", say("Measure")),
            Column("year", say("Year"), "number"),
            Column("value", say("In the data release"), "number"),
            Column("status", say("Status")),
            Column("source", say("Confidence and source")),
            Column("row", say("Line in observations.csv"), "number"),
            Column("note", say("Remark")),
        ]
        if frame.loc[frame["region_code"] != "00", "region_code"].nunique() > 1:
            columns.insert(0, Column("region", say("Region")))
        self.table(
            say("Every figure of this report and its line in the data release"),
            columns,
            [self._listed(row, line, notes) for line, row in frame.iterrows()],
        )

    def _listed(self, row: pd.Series, line: int, notes: pd.Series) -> dict[str, Cell]:
        say = self.say
        remark = notes.get(row["note"], "") if say.code == "id" else row["note"]
        status = say("final") if row["status"] == "final" else say("interim")
        if row["as_of"]:
            status = say("{status}, as of {date}", status=status, date=say.date(row["as_of"]))
        confidence = {"high": say("high"), "medium": say("medium"), "low": say("low")}
        name = measures.name(row["measure_id"], say.code)
        country = row["region_code"] == "00"
        own = is_own(line)
        return {
            "region": Cell(regions.name(row["region_code"], say.code), row["region_code"]),
            "measure": Cell(f"{name} ({say('Indonesia')})" if country else name),
            "year": Cell(str(row["year"]), int(row["year"])),
            "value": Cell(row["printed"] + (MARK if own else ""), row["printed"]),
            "status": Cell(status),
            "source": Cell(
                confidence[row["confidence"]], row["source_id"], sources=(row["source_id"],)
            ),
            "row": self._place(row, line),
            "note": Cell(remark),
        }

    def cited(self) -> tuple:
        """What has been cited so far: lines in ``observations.csv``, and sources by number."""
        return tuple(self._rows), tuple(self._numbers)

    def _place(self, row: pd.Series, line: int) -> Cell:
        """Where a figure stands: its line in the release, or file, sheet and cell of an overlay."""
        if not is_own(line):
            return Cell(str(line), int(line), tone=f"anchor row-{line}")
        source = self.release.table("sources").set_index("source_id").loc[row["source_id"]]
        place = ", ".join(filter(None, [source["file"], source["sheet"], row["cell"]]))
        return Cell(place, place, tone=f"anchor row-{line}")

    def _read(self, row: Mapping[str, Cell | str], column: Column) -> Cell:
        return self._marked(_as_cell(row.get(column.key, "")))

    def _marked(self, cell: Cell) -> Cell:
        """Cell with the mark of figures that are not public, if it is one."""
        if cell.text.endswith(MARK) or cell.tone == "missing" or not self._is_own(cell):
            return cell
        return replace(cell, text=f"{cell.text}{MARK}")

    def _is_own(self, cell: Cell) -> bool:
        by_source = cell.value is not None or cell.row is None
        return (cell.row is not None and is_own(cell.row)) or (
            by_source and bool(self._own_sources.intersection(cell.sources))
        )

    @property
    def _own_sources(self) -> set[str]:
        overlay = self.release.overlay
        return set() if overlay is None else set(overlay.table("sources")["source_id"])

    def _unpublished(self, rows: Sequence[Mapping[str, Cell]]) -> str:
        """End of a table's caption that tells of figures that are not public, or nothing."""
        if self.release.overlay is None:
            return ""
        cells = [cell for row in rows for cell in row.values()]
        if any(cell.text.endswith(MARK) for cell in cells):
            return " " + self.say("({mark} from KPK's own files, not public)", mark=MARK)
        computed = any(
            isinstance(cell.value, int | float)
            and cell.row is None
            and not (isinstance(cell.value, int) and cell.value in _YEARS)
            for cell in cells
        )
        return self._computed() if computed else ""

    def _unpublished_chart(self, sources: Sequence[str]) -> str:
        own = self.release.overlay is not None and self._own_sources.intersection(sources)
        if own:
            return " " + self.say("(with figures from KPK's own files, not public)")
        return self._computed()

    def _computed(self) -> str:
        """End of a caption where the computed figures may rest on some that are not public."""
        overlay = self.release.overlay
        if overlay is None:
            return ""
        frame = overlay.table("observations")
        touched = frame.loc[frame["status"] == "final", "measure_id"]
        if not (touched.str.startswith("spi") | touched.isin(_CONTEXT)).any():
            return ""
        return " " + self.say("(computed with figures from KPK's own files, not public)")

    def sources(self) -> None:
        """Show the numbered list of every source cited so far, with links."""
        table = self.release.table("sources").set_index("source_id")
        kinds = {
            "official": self.say("official"),
            "mirror": self.say("copy of official figures"),
            "press": self.say("press"),
        }
        say_own = self.say("KPK's own file, not public")
        items = Markup()
        for source_id, number in self._numbers.items():
            source = table.loc[source_id]
            own = source_id in self._own_sources
            published = self.say.date(source["published"]) if source["published"] else ""
            link = (
                Markup(' <a href="{0}" rel="noopener noreferrer">{0}</a>').format(source["url"])
                if source["url"].startswith(("https://", "http://"))
                else Markup()
            )
            items += Markup('<li id="source-{}">{}. <cite>{}</cite>{} ({}).{}</li>').format(
                number,
                source["publisher"],
                source["title"],
                f", {published}" if published else "",
                say_own if own else kinds[source["kind"]],
                Markup(" sha256 {}").format(source["sha256"]) if own else link,
            )
        plain = "\n".join(
            f"[{n}] {table.at[s, 'title' if s in self._own_sources else 'url']}"
            for s, n in self._numbers.items()
        )
        self._emit(Markup('<ol class="sources">{}</ol>').format(items), plain)

    def _row(self, columns: Sequence[Column], row: Mapping[str, Cell]) -> Markup:
        anchor = next((c.tone.split()[1] for c in row.values() if c.tone.startswith("anchor")), "")
        cells = Markup()
        for place, column in enumerate(columns):
            cell = row[column.key]
            tone = cell.tone.split()[0] if cell.tone else ""
            opening = _ROW_HEADING if place == 0 else _CELL
            # Labels among numbers ("hijau") may wrap; digits may not.
            kind = "text" if isinstance(cell.value, str) or cell.value is None else column.kind
            kind = kind if column.kind == "number" else "text"
            cells += opening.format(kind, tone, self._cell(cell))
        opening = Markup('<tr id="{}">').format(anchor) if anchor else Markup("<tr>")
        return Markup("{}{}</tr>").format(opening, cells)

    def _cell(self, cell: Cell) -> Markup:
        text = escape(cell.text)
        if cell.row is not None:
            self._rows.setdefault(cell.row)
            text = Markup('<a class="trace" href="#row-{}">{}</a>').format(cell.row, cell.text)
        marks = self.cite(*cell.sources)
        return Markup("{}{}{}").format(text, Markup("\N{NO-BREAK SPACE}") if marks else "", marks)

    @staticmethod
    def _emit(html: Markup, plain: str) -> None:
        display({"text/html": str(html), "text/plain": str(plain)}, raw=True)


def notice(say: Language, release: Release) -> str:
    """What every report with an overlay says on its cover and its pages; empty without one."""
    if release.overlay is None:
        return ""
    return say(
        "Contains figures from KPK's own files that are not public ({count} values, {overlay}), "
        "marked {mark}. Not for publication.",
        count=len(release.overlay.table("observations")),
        overlay=release.overlay.title,
        mark=MARK,
    )


def about(say: Language, release: Release) -> dict[str, str]:
    """What the metadata of a report say of its data: their date, and the overlay if there is one.

    Covers and running heads of every format are written from it.
    """
    dated = {"date": tables.descriptor(release.folder)["created"][:10]}
    told = notice(say, release)
    return dated | ({"notice": told} if told else {})


def sentence(say: Language, message: str, /, **values: object) -> Markup:
    """Translate a message and fill in its values, escaping each that is not yet safe."""
    return escape(say(message)).format(**values)


def _as_cell(content: Cell | str) -> Cell:
    return content if isinstance(content, Cell) else Cell(content, content)


def _data_resource(caption: str, columns: Sequence[Column], rows: list[dict[str, Cell]]) -> dict:
    """Table as a Frictionless data resource: machine values, and text where there is none.

    What a column of its type has no room for stands in ``trace``, a record for each row: by column,
    the ``line`` of the observation, the ``sources``, the ``value`` behind a text and the ends
    ``low`` and ``high`` of an interval.
    """
    fields = []
    for column in columns:
        kind = "number" if column.kind == "number" and _numeric(column, rows) else "string"
        fields.append({"name": column.key, "title": column.title, "type": kind})
    data = []
    for row in rows:
        record = {}
        for column, described in zip(columns, fields, strict=True):
            cell = row[column.key]
            number = described["type"] == "number"
            record[column.key] = cell.value if number or cell.tone == "missing" else cell.text
        data.append(record)
    resource = {"title": caption, "schema": {"fields": fields}, "data": data}
    kinds = {described["name"]: described["type"] for described in fields}
    traces = [
        {key: trace for key in kinds if (trace := _trace(row[key], kinds[key]))} for row in rows
    ]
    return resource | {"trace": traces} if any(traces) else resource


def _trace(cell: Cell, kind: str) -> dict:
    trace: dict = {}
    if cell.row is not None:
        trace["line"] = cell.row
    if sources := [source for source in cell.sources if source]:
        trace["sources"] = sources
    if kind == "string" and isinstance(cell.value, int | float):
        trace["value"] = cell.value
    if cell.bounds is not None:
        trace["low"], trace["high"] = cell.bounds
    return trace


def _numeric(column: Column, rows: list[dict[str, Cell]]) -> bool:
    values = [row[column.key].value for row in rows]
    return all(value is None or isinstance(value, int | float) for value in values)


def _plain_table(caption: str, columns: Sequence[Column], rows: list[dict[str, Cell]]) -> str:
    lines = [" | ".join(column.title for column in columns)]
    lines += [" | ".join(row[column.key].text for column in columns) for row in rows]
    return "\n".join([caption, *lines])
