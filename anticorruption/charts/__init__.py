"""The house charts: one accent for the region, grey for the others, the finding as the title.

Every function takes ready numbers and ready words and returns a Figure; none reads data, shows or
saves. The text alternative of a chart is written where its numbers are known.
"""

from anticorruption.charts.intervals import contributions, differences, placebos
from anticorruption.charts.panels import paths_in_bands, paths_of_parts
from anticorruption.charts.scores import scores_in_order, trajectories, trend
from anticorruption.charts.style import ACCENT, PEER, SECOND, figure, svg, use_style
from anticorruption.charts.waterfall import waterfall

__all__ = [
    "ACCENT",
    "PEER",
    "SECOND",
    "contributions",
    "differences",
    "figure",
    "paths_in_bands",
    "paths_of_parts",
    "placebos",
    "scores_in_order",
    "svg",
    "trajectories",
    "trend",
    "use_style",
    "waterfall",
]
