"""Figures that are not public beside the release: chosen, marked, and never mixed up."""

import json
import os

import pytest

from anticorruption import disagreements, overlay, release, tables
from anticorruption.errors import RefusedInput
from anticorruption.reporting import figure
from tests.intake.conftest import imported

SLEMAN = "34.04"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Overlay with an MCP of 2025 that nobody printed, and two that contradict what is public."""
    place = tmp_path_factory.mktemp("overlay")
    # Deli Serdang's MCP of 2021 is official and printed as 88.67.
    deli_serdang = ("mcp", 2021, 88, "Kab. Deli Serdang")
    figures = ("mcp", 2025, "91,5", "Sleman"), ("spi", 2024, 60, "Sleman"), deli_serdang
    return imported(place, *figures)


@pytest.fixture(scope="module")
def data(folder):
    return release.load(overlay=folder)


def test_without_an_overlay_nothing_changes(monkeypatch):
    monkeypatch.delenv(overlay.ENVIRONMENT_VARIABLE, raising=False)
    plain = release.load()
    assert plain.overlay is None and plain.title == plain.name
    assert "cell" not in plain.observations and "sha256" not in plain.table("sources")
    assert plain.observations.index.max() < overlay.OWN_ROWS


def test_own_rows_stand_below_with_numbers_that_no_line_has(data, folder):
    plain = release.load(overlay="")
    own = data.observations[overlay.is_own(data.observations.index)]
    assert list(own.index) == [overlay.OWN_ROWS + line for line in (2, 3, 4)]
    assert list(own["printed"]) == ["88", "91.5", "60"] and set(own["cell"]) == {"B2"}
    public = data.observations[~overlay.is_own(data.observations.index)]
    assert public[plain.observations.columns].equals(plain.observations)


def test_a_file_of_kpk_comes_before_what_is_public_and_the_other_stays(data):
    plain = release.load(overlay="")
    assert data.value(SLEMAN, "mcp", 2025)["value"] == 91.5
    best = data.value(SLEMAN, "spi", 2024)
    assert best["value"] == 60 and best["disputed"] and overlay.is_own(best["row"])
    others = data.alternatives(SLEMAN, "spi", 2024)
    assert plain.value(SLEMAN, "spi", 2024)["row"] in set(others.index)
    assert data.value("12.07", "mcp", 2021)["printed"] == "88"
    frame = disagreements.disagreements(data)
    own = frame[overlay.is_own(frame["chosen_row"])].set_index("region_code")["step"]
    assert own["12.07"] == disagreements.OVERLAY
    assert disagreements.settled_by(frame)[disagreements.OVERLAY].sum() == 1


def test_the_variable_reaches_whoever_loads_and_an_empty_text_means_none(folder, monkeypatch):
    monkeypatch.setenv(overlay.ENVIRONMENT_VARIABLE, str(folder))
    assert release.load().overlay is not None
    assert release.load(overlay="").overlay is None
    assert release.load().title.endswith(f" + {release.load().overlay.title}")


def test_what_git_keeps_is_drawn_without_it(folder, monkeypatch):
    asked = []
    monkeypatch.setattr(release, "load", lambda **options: asked.append(options) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        figure.draw()
    assert asked == [{"overlay": ""}]


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(RefusedInput, match="this folder holds no overlay"):
        release.load(overlay=tmp_path)
    with pytest.raises(RefusedInput, match="this folder holds no overlay"):
        release.load(overlay=tables.data_folder())


def test_the_option_sets_the_variable_for_its_command_alone(folder, monkeypatch, capsys):
    import sys

    from anticorruption import cli

    monkeypatch.delenv(overlay.ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setattr(sys, "argv", ["anticorruption", "--overlay", str(folder), "studies"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2 and "public release alone" in capsys.readouterr().err
    assert overlay.ENVIRONMENT_VARIABLE not in os.environ


def test_its_description_is_a_data_package(folder):
    package = json.loads((folder / tables.DESCRIPTOR).read_text(encoding="utf-8"))
    assert package["version"] == "overlay"
    assert [entry["name"] for entry in package["resources"]] == ["observations", "sources"]
