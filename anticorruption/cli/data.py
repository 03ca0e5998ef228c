"""Commands that ask the data release: who is meant, who meets what, is it whole."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from anticorruption import checking, measures, regions, release, tables
from anticorruption.cli.app import (
    NEWEST,
    REFUSED,
    Edition,
    LanguageOption,
    app,
    console,
    opened,
    problems,
    whole,
    written,
)
from anticorruption.language import Language
from anticorruption.programme import screening


@app.command()
def screen(
    edition: Edition = NEWEST,
    csv: Annotated[Path | None, typer.Option(help="File for every answer, as CSV.")] = None,
    language: LanguageOption = "id",
) -> None:
    """Screen all 508 kabupaten and kota against the eight entry criteria, variant by variant."""
    import pandas as pd

    say, nation = opened(edition, language)
    frames = {
        variant: screening.screen(nation.release, nation.programme, variant=variant)
        for variant in nation.programme.variants()
    }
    shown = Table(title=say("Entry criteria of edition {edition}", edition=edition))
    shown.add_column(say("threshold reading"))
    for word in (say("met"), say("not met"), say("unknown")):
        shown.add_column(word, justify="right")
    for variant, answers in frames.items():
        counts = screening.overall(answers)["answer"].value_counts()
        shown.add_row(variant, *(str(counts.get(key, 0)) for key in ("met", "not_met", "unknown")))
    console.print(shown)
    if csv is not None:
        written(csv, pd.concat(frames.values()).to_csv(index=False, lineterminator="\n"))
        console.print(say("Written: {file}", file=csv), soft_wrap=True)


@app.command()
def region(
    name: Annotated[str, typer.Argument(help="A code or a name in any usual spelling.")],
    language: LanguageOption = "id",
) -> None:
    """Say which region a name means, or ask which of several."""
    say = Language(language)
    code = regions.require(name)
    row = regions.table().loc[code]
    console.print(f"{code} {regions.name(code, say.code)}", soft_wrap=True)
    if not row["has_government"]:
        console.print(say("an administrative area without a government of its own"))
        return
    frame = whole().chosen
    own = frame[frame.index.get_level_values("region_code") == code].reset_index()
    shown = Table(say("Measure"), say("Years with a final value"))
    for measure_id, group in own.groupby("measure_id"):
        years = ", ".join(str(year) for year in sorted(group["year"]))
        shown.add_row(measures.name(measure_id, say.code), years)
    console.print(shown)


@app.command()
def check() -> None:
    """Check the data release: schema, keys, hashes, and the rules no schema can say."""
    found = checking.check()
    for finding in found[:50]:
        problems.print(str(finding), soft_wrap=True)
    if len(found) > 50:
        problems.print(f"… and {len(found) - 50} more.")
    if found:
        raise typer.Exit(REFUSED)
    folder = tables.data_folder()
    counted = len(tables.read("observations", folder))
    console.print(
        f"{folder}: release {release.load(overlay='').name} is whole, {counted:,} observations."
    )


@app.command()
def seal() -> None:
    """Record the hashes of the tables after a change that is meant; only whole data are sealed."""
    changed = checking.seal()
    console.print(f"Sealed anew: {', '.join(changed)}." if changed else "Nothing has changed.")
