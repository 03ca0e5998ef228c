"""The house charts: one accent for the region, grey for the others, the finding as the title.

Every function takes ready numbers and ready words and returns a Figure; none reads data, shows or
saves. The text alternative of a chart is written where its numbers are known. Every number is
rounded before it is drawn, by the rule of :mod:`anticorruption.rounding`: at most six decimals and
nine significant digits; coordinates in an SVG have three decimals of a point.
"""

from anticorruption.charts.hexmap import Class, hexmap
from anticorruption.charts.intervals import contributions, differences, placebos
from anticorruption.charts.moving import answers, scores_within
from anticorruption.charts.panels import paths_in_bands, paths_of_parts
from anticorruption.charts.places import every_place, places
from anticorruption.charts.plans import Staircase, score_parts, stepped_plans, waffle
from anticorruption.charts.residuals import on_a_line, residuals_by_year
from anticorruption.charts.scores import scores_in_order, trajectories, trend
from anticorruption.charts.style import ACCENT, PEER, SECOND, figure, png, svg, use_style
from anticorruption.charts.tables import known_and_possible, shaded_table
from anticorruption.charts.waterfall import waterfall

__all__ = [
    "ACCENT",
    "PEER",
    "SECOND",
    "Class",
    "Staircase",
    "answers",
    "contributions",
    "differences",
    "every_place",
    "figure",
    "hexmap",
    "known_and_possible",
    "on_a_line",
    "paths_in_bands",
    "paths_of_parts",
    "placebos",
    "places",
    "png",
    "residuals_by_year",
    "score_parts",
    "scores_in_order",
    "scores_within",
    "shaded_table",
    "stepped_plans",
    "svg",
    "trajectories",
    "trend",
    "use_style",
    "waffle",
    "waterfall",
]
