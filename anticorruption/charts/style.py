"""House style: colours, fonts, size, title; and a chart as SVG of the same bytes on every run."""

import io
import textwrap

import matplotlib.style as mpl_style
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

STYLE = "anticorruption.house"
#: Okabe-Ito: blue 5.2:1 and vermilion 3.9:1 against white, apart from one another in grey print.
ACCENT, SECOND = "#0072B2", "#D55E00"
PEER, FAINT, INK = "#777777", "#BBBBBB", "#222222"
#: Shades of the bands from the lowest upwards; their names are written on them.
BANDS = ("#E6E6E6", "#F0F0F0", "#F8F8F8", "#FDFDFD")
#: Markers and dashes tell lines apart where colours cannot.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "h", "<")
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#777777", "#56B4E9", "#E69F00")
WIDTH = 6.3
_TITLE_WIDTH = 78


def use_style() -> None:
    """Set the house style for charts drawn from here on, in this process."""
    mpl_style.use(["default", STYLE])


def house_style():
    """House style alone, whatever the reader's own matplotlib settings are."""
    return mpl_style.context(STYLE, after_reset=True)


def figure(height: float = 3.4, width: float = WIDTH) -> Figure:
    """Empty figure in the house style, A4 text width, without touching pyplot's global state."""
    with house_style():
        return Figure(figsize=(width, height), layout="constrained")


def svg(chart: Figure) -> str:
    """Chart as SVG text, the same bytes on every run."""
    buffer = io.BytesIO()
    with house_style():
        chart.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().decode("utf-8")


def finish(chart: Figure, axes: Axes, title: str, write, legend=True, grid=True) -> None:
    """Give a chart of scores its axis in whole numbers, its legend below and its title."""
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value, 0)))
    axes.grid(visible=grid, axis="y")
    if legend:
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.09),
            ncols=3,
            borderaxespad=0.0,
            columnspacing=1.4,
        )
    set_title(chart, title)


def set_title(chart: FigureBase, title: str) -> None:
    """Write the finding above a chart, flush left, wrapped to its width."""
    wrapped = textwrap.fill(title, _TITLE_WIDTH)
    chart.suptitle(wrapped, x=0.01, ha="left", fontsize=10, fontweight="bold")
