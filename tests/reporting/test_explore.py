"""The controls of the what-if notebook: what they choose is what is shown, printed and exported."""

from dataclasses import asdict, replace

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from anticorruption.errors import RefusedInput
from anticorruption.reporting import execution, explore, whatif, whatif_files
from anticorruption.reporting.html import ReportExporter
from anticorruption.reporting.whatif import Choices

CHOICES = Choices("35.72", 2025, number_of_peers=4)
SECTIONS = ("head", "scores", "criteria", "sources", "made")


@pytest.fixture(scope="module")
def ground(national_2025):
    return whatif.ground(national_2025)


@pytest.fixture
def notebook(ground, tmp_path):
    """Opens the notebook's screen with its controls, in a shell without a front end."""
    InteractiveShell.instance()

    def opened(choices=CHOICES, **settings):
        given = {"language": "en", "folder": str(tmp_path), "controls": "yes"} | settings
        explorer = explore.opened(ground, asdict(choices), **given)
        with capture_output() as captured:
            explorer.controls()
            for section in SECTIONS:
                explorer.show(section)
        return explorer, captured.outputs

    yield opened
    InteractiveShell.clear_instance()


def replaced(change) -> list:
    """Outputs that a change replaces."""
    with capture_output() as captured:
        change()
    return captured.outputs


def test_the_controls_stand_at_the_choices(notebook):
    choices = replace(
        CHOICES, weights=(10.0, 20.0, 30.0, 0.0), spi_threshold=70.0, spi_rule="above", year=2024
    )
    explorer, _ = notebook(choices)
    assert explorer._chosen() == choices
    assert [slider.value for slider in explorer.weights] == [10, 20, 30, 0]
    assert "16.7 %, External 33.3 %, Expert 50.0 %" in explorer.shares.value


def test_a_weight_moves_the_scores_and_leaves_the_list_of_sources(notebook):
    explorer, shown = notebook()
    before = explorer.screen.scores["score"]

    def move():
        explorer.weights[2].value = 60

    outputs = replaced(move)
    assert explorer.screen.choices.weights == (30.0, 33.0, 60.0, 0.0)
    assert (explorer.screen.scores["score"] != before).any()
    # the list of figures and the sources stay: no figure came or went
    assert len(outputs) == len(shown) - 1 - 2
    assert sum("image/svg+xml" in output.data for output in outputs) == 2


def test_another_region_replaces_everything(notebook):
    explorer, shown = notebook()
    outputs = replaced(lambda: setattr(explorer.region, "value", "34.01"))
    assert explorer.screen.codes[0] == "34.01" and len(outputs) == len(shown) - 1
    assert "Kulon Progo" in outputs[0].data["text/html"]


def test_an_own_choice_of_peers_begins_with_those_found(notebook):
    explorer, _ = notebook()
    found = explorer.screen.codes
    replaced(lambda: setattr(explorer.own, "value", True))
    assert explorer.screen.codes == found and explorer.screen.choices.peers == tuple(found[1:])
    replaced(lambda: setattr(explorer.peers, "value", explorer.peers.value[:3]))
    assert explorer.screen.codes == found[:4]
    replaced(lambda: setattr(explorer.peers, "value", []))
    assert "Name a peer" in explorer.message.value and explorer.screen.codes == found[:4]


def test_what_cannot_be_shown_is_said_and_the_screen_stays(notebook):
    explorer, _ = notebook()

    def nothing():
        for slider in explorer.weights:
            slider.value = 0

    replaced(nothing)
    assert "all are zero" in explorer.message.value
    assert explorer.screen.choices.weights == (0.0, 0.0, 37.0, 0.0)
    replaced(lambda: explorer.reset.click())
    assert explorer.message.value == "" and explorer.screen.choices == CHOICES


def test_export_and_recipe_bring_the_screen_back(notebook, tmp_path):
    explorer, _ = notebook()

    def choose():
        explorer.weights[3].value, explorer.mark.value = 5, 92.5

    replaced(choose)
    chosen = explorer.screen.choices
    explorer.button.click()
    (target,) = tmp_path.iterdir()
    assert str(target) in explorer.message.value
    replaced(lambda: explorer.reset.click())
    assert explorer.screen.choices == CHOICES
    file = {"name": "recipe.json", "content": memoryview((target / "recipe.json").read_bytes())}
    replaced(lambda: explorer._uploaded({"new": (file,)}))
    assert explorer.screen.choices == chosen and explorer.mark.value == 92.5
    other, _ = notebook(recipe=str(target / "recipe.json"))
    assert other.screen.choices == chosen


def test_a_bad_recipe_is_refused_and_its_name_escaped(notebook):
    explorer, _ = notebook()
    file = {"name": "<img src=x>.json", "content": memoryview(b"\xff{")}
    assert replaced(lambda: explorer._uploaded({"new": (file,)})) == []
    assert "&lt;img" in explorer.message.value and "<img" not in explorer.message.value


def test_a_failed_export_is_said(notebook, tmp_path):
    explorer, _ = notebook()
    (tmp_path / "file").write_text("")
    explorer.where.value = str(tmp_path / "file")
    explorer.button.click()
    assert "choose another folder" in explorer.message.value


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"language": "fr"}, "not available"),
        ({"controls": "maybe"}, "choose one of auto, yes, no"),
        ({"recipe": 3}, "must be texts"),
        ({"recipe": "/nowhere/recipe.json"}, "recipe.json: there is no such file"),
        ({"choices": replace(CHOICES, region="nowhere")}, "nowhere"),
    ],
)
def test_bad_parameters_stop_with_a_sentence(notebook, settings, said):
    with pytest.raises(RefusedInput, match=said):
        notebook(**settings)


def test_controls_appear_where_a_front_end_started_the_kernel(notebook, monkeypatch):
    for name in explore._FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    explorer, outputs = notebook(controls="auto")
    assert not explorer.live
    assert not any("widget" in mime for output in outputs for mime in output.data)
    monkeypatch.setenv("JPY_SESSION_NAME", "explore.ipynb")
    explorer, outputs = notebook(controls="auto")
    assert explorer.live and "Kendali" not in outputs[0].data["text/plain"]
    assert any("widget-view" in mime for mime in outputs[0].data)


@pytest.mark.slow
def test_it_prints_as_a_page_of_tables_and_charts(tmp_path, monkeypatch):
    for name in explore._FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    values = {"region": "34.01", "weights": [1, 1, 1, 0], "spi_threshold": 70.5, "language": "en"}
    template = execution.template("explore")
    notebook = execution.execute(template, values, {"language": "en"})
    page = ReportExporter().from_notebook_node(notebook)[0]
    assert "Kulon Progo" in page and "at least 70.5" in page
    assert page.count("<img ") == 2 and page.count("<table>") == 7
    assert "<script" not in page and "widget" not in page
    assert whatif_files.FOLDER not in page  # nothing is written without being asked for


def test_a_parameter_that_does_not_exist_stops_before_a_kernel_starts():
    with pytest.raises(RefusedInput, match="did you mean 'region'"):
        execution.execute(execution.template("explore"), {"regio": "34.01"}, {"language": "en"})
