"""What a report depends on: nothing else may change its bytes, and little else makes it anew."""

import json
import random

import pytest

from anticorruption import release
from anticorruption.language import Language
from anticorruption.reporting import inputs, jobs, manifest, studies
from anticorruption.reporting.inputs import SPI_FAMILY

EDITION = 2025


def nation_of(folder) -> studies.National:
    return studies.national(release.load(folder), EDITION)


def inputs_of(nation: studies.National, code: str) -> dict[str, str]:
    return nation.ledger.of_region(studies.region(nation, code))


def reasons(before: dict, after: dict) -> list[str]:
    """Why a report with the inputs ``before`` is made anew, in English."""
    basis = {"inputs": before, "code": {}, **dict.fromkeys(manifest._OTHER)}
    return [
        message.format(**values)
        for message, values in manifest.changed(basis, basis | {"inputs": after})
    ]


def content(shown, code: str) -> str:
    """Everything that the report of a region shows."""
    shown.bundles.clear()
    shown.play("report-region", region_code=code)
    return json.dumps(shown.bundles, sort_keys=True)


def scramble(data, keep) -> int:
    """Change the number, label, date and remark of every observation that is not to be kept."""
    header, *rows = data.rows("observations")
    place = {name: header.index(name) for name in header}
    changed = 0
    for row in rows:
        if keep(row[place["region_code"]], row[place["measure_id"]]):
            continue
        changed += 1
        if row[place["value"]]:
            row[place["value"]] = str(changed % 90 + 1)
        row[place["confidence"]] = "low"
        row[place["note"]] = ""
    data.write("observations", [header, *rows])
    return changed


@pytest.mark.parametrize("code", ["35.72", "35"])
def test_whatever_is_no_input_of_a_report_changes_no_byte_of_it(data_copy, shown, code):
    """All that the ledger leaves out is changed at once; then figures far away, one by one."""
    kept_regions = {code} if "." in code else None
    before_inputs, before = inputs_of(nation_of(data_copy.folder), code), content(shown, code)

    def keep(region: str, measure: str) -> bool:
        own = region in kept_regions if kept_regions else "." not in region
        return own or measure in SPI_FAMILY

    assert scramble(data_copy, keep) > 2000
    for table, column in (("claims", "said"), ("region_aliases", "alias")):
        header, *rows = data_copy.rows(table)
        for row in rows:
            row[header.index(column)] += " x"
        data_copy.write(table, [header, *rows])
    used = {name.removeprefix("sources.csv: ") for name in before_inputs}
    header, *rows = data_copy.rows("sources")
    ranked = {row[0] for row in rows} - used - _of_the_index(data_copy)
    for row in rows:
        if row[0] in ranked:
            row[header.index("title")] += " x"
            row[header.index("kind")] = "press"
    data_copy.write("sources", [header, *rows])
    after = inputs_of(nation_of(data_copy.folder), code)
    assert len(ranked) > 50 and reasons(before_inputs, after) == []

    chance = random.Random(20261124)
    header, *_ = data_copy.rows("observations")
    unmoved = 0
    for _ in range(2):
        rows = data_copy.rows("observations")
        line = chance.choice(
            [n for n, row in enumerate(rows) if row[1] in SPI_FAMILY and row[0][:2] != code[:2]]
        )
        place = header.index("value")
        old = rows[line][place]
        rows[line][place] = str(round(float(old) + chance.choice([-0.01, 0.01, 0.02]), 2))
        data_copy.write("observations", rows)
        _seal(data_copy)
        if inputs_of(nation_of(data_copy.folder), code) == before_inputs:
            unmoved += 1
            continue
        rows[line][place] = old
        data_copy.write("observations", rows)
    assert unmoved
    assert content(shown, code) == before


def _of_the_index(data) -> set[str]:
    """Sources of the survey index, of provinces and of any edition."""
    header, *rows = data.rows("observations")
    measure, source = header.index("measure_id"), header.index("source_id")
    rules = "".join(path.read_text("utf-8") for path in data.folder.glob("programmes/*.toml"))
    listed = {row[0] for row in data.rows("sources") if row[0] in rules}
    return listed | {row[source] for row in rows if row[measure] in SPI_FAMILY or "." not in row[0]}


def _seal(data) -> None:
    """Take the tables as they stand for the sealed ones, without the checks of a real seal."""
    from anticorruption import seals, tables

    package = tables.descriptor(data.folder)
    for entry in package["resources"]:
        entry["hash"] = tables.sha256(data.folder / entry["path"])
    (data.folder / tables.DESCRIPTOR).write_text(json.dumps(package), encoding="utf-8")
    seals.write(data.folder)


@pytest.fixture(scope="module")
def before(national_2025) -> dict[str, dict[str, str]]:
    codes = ("35.72", "35.73", "34.01", "35", "34")
    return {code: inputs_of(national_2025, code) for code in codes}


def test_a_figure_of_one_region_makes_its_report_anew_and_no_other(data_copy, before):
    line = next(
        n
        for n, row in enumerate(data_copy.rows("observations"), 1)
        if row[:3] == ["35.72", "mcp", "2023"]
    )
    data_copy.set("observations", line, value="88.88")
    nation = nation_of(data_copy.folder)
    told = {code: reasons(old, inputs_of(nation, code)) for code, old in before.items()}
    assert told.pop("35.72") == [
        f"observations.csv line {line} (mcp 2023) changed", "data release changed",
    ]  # fmt: skip
    assert set(map(tuple, told.values())) == {()}
    job = jobs.comparison_job(nation, ["35.72", "34.01"], Language("id"), data_copy.folder)
    other = jobs.comparison_job(nation, ["35.73", "34.01"], Language("id"), data_copy.folder)
    assert any(f"line {line} " in f"line {value} " for value in job.inputs.values())
    assert job.about["release"].endswith("observations.csv")
    assert other.about["release"] == "2026.11"


def test_a_line_put_in_makes_those_anew_whose_lines_moved(data_copy, before):
    rows = data_copy.rows("observations")
    line = next(n for n, row in enumerate(rows) if row[0] == "35.01")
    rows.insert(line, [*rows[line][:2], "2014", *rows[line][3:]])
    data_copy.write("observations", rows)
    _seal(data_copy)
    nation = nation_of(data_copy.folder)
    told = {code: reasons(old, inputs_of(nation, code)) for code, old in before.items()}
    assert told["34.01"] == [] and told["34"] == []
    (moved,) = told["35.72"]
    first = min(int(v.split()[0]) for v in before["35.72"].values() if " " in v)
    assert moved.endswith(f"that it prints stand elsewhere (line {first} is now {first + 1})")


def test_a_source_a_remark_a_flag_and_a_result_reach_the_reports_that_print_them(data_copy, before):
    own = next(row for row in data_copy.rows("observations") if row[:2] == ["35.72", "mcp"])
    data_copy.set("sources", data_copy.row("sources", source_id=own[7]), title="Another title")
    line = data_copy.row("pilots", region_code="35.72", stage="pilot")
    data_copy.set("pilots", line, final_score="92.16")
    _seal(data_copy)
    nation = nation_of(data_copy.folder)
    told = reasons(before["35.72"], inputs_of(nation, "35.72"))
    assert f"sources.csv ({own[7]}) changed" in told
    assert any(reason.startswith("pilots.csv (35.72 2025") for reason in told)
    assert not any("pilots" in reason for reason in reasons(before["34"], inputs_of(nation, "34")))


def test_a_score_of_a_neighbour_makes_the_report_anew(data_copy, before):
    line = next(
        n
        for n, row in enumerate(data_copy.rows("observations"), 1)
        if row[:3] == ["35.73", "spi", "2025"]
    )
    data_copy.set("observations", line, value="99.00")
    _seal(data_copy)
    told = reasons(before["35.72"], inputs_of(nation_of(data_copy.folder), "35.72"))
    assert "SPI in its province changed" in told and "its places by the SPI changed" in told


def test_a_table_that_nobody_described_counts_whole(national_2025, data_copy):
    (data_copy.folder / "new.csv").write_text("a\n1\n")
    descriptor = json.loads((data_copy.folder / "datapackage.json").read_text("utf-8"))
    descriptor["resources"].append(
        {"name": "new", "path": "new.csv", "hash": "", "schema": {"fields": []}}
    )
    (data_copy.folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    assert "new.csv" in inputs_of(nation_of(data_copy.folder), "35.72")


def test_the_program_is_known_by_every_part_that_can_change_a_report(tmp_path):
    template = tmp_path / "a.ipynb"
    template.write_text("{}")
    code = inputs.code(template)
    assert {"library", "notebook", "python", "matplotlib", "nbconvert", "other packages"} <= set(
        code
    )
    template.write_text("{ }")
    assert inputs.code(template) != code
