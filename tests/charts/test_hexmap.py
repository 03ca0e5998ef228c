"""The hexagon map: positions, borders, classes."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection

from anticorruption import charts, regions
from anticorruption.charts import Class
from anticorruption.charts.hexmap import borders, group_names, positions


@pytest.fixture(scope="module")
def area():
    table = regions.table()
    return table[table["level"] != "province"]


def draw(area, classes, legend, **more):
    words = {"no_value": "nothing", "no_government": "no government", "title": "A title"}
    return charts.hexmap(area, classes, legend, **words | more)


def test_hexagons_touch_and_never_overlap(area):
    centres = positions(area)
    apart = np.hypot(*(centres[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    assert len(area) == 514
    assert apart.min() == pytest.approx(1.0)


def test_island_groups_do_not_touch(area):
    centres = positions(area)
    group = area["island_group"].to_numpy()
    apart = np.hypot(*(centres[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))
    assert apart[group[:, None] != group[None, :]].min() > 1.01


def test_borders_run_around_provinces_and_not_inside_them():
    pair = pd.DataFrame(
        {"province_code": ["11", "11", "12"], "hex_column": [0, 1, 2], "hex_row": [0, 0, 0]}
    )
    edges = borders(pair)
    # Three hexagons have 18 edges; the two between the first pair, seen from both sides, are none.
    assert len(edges) == 18 - 2
    ends = {tuple(np.round(edge.mean(axis=0), 6)) for edge in edges}
    assert (0.5, 0.0) not in ends and (1.5, 0.0) in ends


def test_an_odd_row_is_shifted_to_the_right():
    pair = pd.DataFrame({"province_code": ["11", "11"], "hex_column": [0, 0], "hex_row": [0, 1]})
    assert len(borders(pair)) == 12 - 2
    assert positions(pair)[1] == pytest.approx([0.5, np.sqrt(3) / 2])


def test_legend_names_what_is_on_the_map_alone(area):
    legend = {"yes": Class("is public", "#0072B2"), "no": Class("never drawn", "#FFFFFF")}
    classes = pd.Series("yes", index=area.index[:100])
    chart = draw(area, classes, legend, highlighted=["35.72"], highlight_name="chosen")
    told = [text.get_text() for text in chart.axes[0].get_legend().get_texts()]
    assert told == ["is public", "nothing", "no government", "chosen"]


def test_areas_without_a_government_never_take_a_class(area):
    legend = {"yes": Class("is public", "#0072B2")}
    chart = draw(area, pd.Series("yes", index=area.index), legend)
    sizes = [len(c.get_paths()) for c in chart.axes[0].collections[:2]]
    assert sizes == [508, 6]


def middles(collection):
    """Middles of the hexagons of a collection."""
    return np.array([path.vertices[:6].mean(axis=0) for path in collection.get_paths()])


def test_every_region_stands_at_its_place_in_the_colour_of_its_class(area):
    legend = {"yes": Class("is public", "#0072B2"), "no": Class("is not", "#D55E00", "..")}
    classes = pd.Series({code: "yes" if code < "35" else "no" for code in area.index[20:]})
    chosen = ["35.72", "11.01"]
    chart = draw(area, classes, legend, highlighted=chosen, highlight_name="chosen")
    axes = chart.axes[0]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row, the north, is on top
    governed = area["has_government"].to_numpy(bool)
    own = classes.reindex(area.index).to_numpy()
    groups = [governed & (own == "yes"), governed & (own == "no"), governed & pd.isna(own)]
    hexagons = [each for each in axes.collections if isinstance(each, PolyCollection)]
    *filled, outline = hexagons
    for drawn, mask in zip(filled, [*groups, ~governed], strict=True):
        assert middles(drawn) == pytest.approx(positions(area)[mask])
    assert middles(outline) == pytest.approx(positions(area)[area.index.isin(chosen)])
    patches = axes.get_legend().get_patches()
    assert [p.get_label() for p in patches][:2] == ["is public", "is not"]
    for drawn, patch in zip(filled, patches, strict=False):
        assert tuple(drawn.get_facecolor()[0]) == pytest.approx(patch.get_facecolor())
        assert drawn.get_hatch() == patch.get_hatch()


def test_the_name_of_an_island_group_stands_over_its_own_regions(area):
    for group, across, height, _ in group_names(area, positions(area)):
        apart = np.hypot(*(positions(area) - (across, height)).T)
        assert area["island_group"].iloc[int(apart.argmin())] == group


def test_unknown_classes_and_shared_hexagons_are_refused(area):
    with pytest.raises(ValueError, match="not in the legend"):
        draw(area, pd.Series("what", index=area.index), {})
    twice = area.head(2).assign(hex_column=1, hex_row=1)
    with pytest.raises(ValueError, match="share a hexagon"):
        draw(twice, pd.Series(dtype=object), {})


def test_same_map_gives_the_same_bytes(area):
    legend = {"yes": Class("is public", "#0072B2")}
    classes = pd.Series("yes", index=area.index)
    assert charts.svg(draw(area, classes, legend)) == charts.svg(draw(area, classes, legend))
