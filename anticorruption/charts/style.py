"""House style: colours, fonts, size, title; and a chart as SVG of the same bytes on every run."""

import io
import re
import textwrap
from collections.abc import Callable
from functools import wraps

import matplotlib.style as mpl_style
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

from anticorruption.rounding import steady

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
#: How an SVG holds words: as shapes, or as text.
_WORDS = {False: "path", True: "none"}
#: Setting that keeps matplotlib from laying out once more when a chart is written.
_NO_NEW_LAYOUT = {"figure.constrained_layout.use": False}
_TITLE_WIDTH = 78
#: Decimals of a point (1/72 inch) in which coordinates are written: a thousandth cannot be seen.
SVG_PLACES = 3
PNG_DPI = 200
_LONG_NUMBER = re.compile(r"(?<![\w.#])-?\d+\.\d{4,}(?![\w.])")
#: Names of clips and markers, such as ``p1f0a2b3c4d``.
_NAME = re.compile(r"\b[a-z][0-9a-f]{10}\b")


def steadied(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Decorate a chart: the numbers it is given are rounded by the rule of ``rounding`` first.

    So the picture is the same whatever processor computed them.
    """

    @wraps(draw)
    def drawn(*given: object, **named: object) -> Figure:
        return draw(*(steady(value) for value in given), **steady(named))

    return drawn


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


def svg(chart: Figure, text: bool = False) -> str:
    """Chart as SVG text, the same bytes on every run and processor.

    Coordinates are written to :data:`SVG_PLACES` decimals of a point, and names inside the file
    count from 1 in the order in which they appear: matplotlib makes them of unrounded numbers.
    With ``text`` its words stay text in the reader's own fonts, which is faster to draw and can be
    searched and read aloud; without, they are shapes that look the same everywhere.
    """
    buffer = io.BytesIO()
    with house_style(), rc_context({"svg.fonttype": _WORDS[text]} | _NO_NEW_LAYOUT):
        _lay_out(chart)
        chart.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = _LONG_NUMBER.sub(_short, buffer.getvalue().decode("utf-8"))
    names: dict[str, str] = {}
    return _NAME.sub(lambda name: names.setdefault(name[0], f"n{len(names) + 1}"), text)


def png(chart: Figure) -> bytes:
    """Chart as a PNG of :data:`PNG_DPI` dots an inch, without date or program."""
    buffer = io.BytesIO()
    with house_style(), rc_context(_NO_NEW_LAYOUT):
        _lay_out(chart)
        chart.savefig(buffer, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return buffer.getvalue()


def _lay_out(chart: Figure) -> None:
    """Give everything its place once; matplotlib would do so anew for each file.

    It takes two passes: in the first, legends beside axes of fixed shape are measured before the
    axes have their size. Words are measured at the dots of a PNG, since hinting makes them wider
    there than at fewer dots, and the edge of the picture would cut them.
    """
    if (layout := chart.get_layout_engine()) is not None:
        usual = chart.dpi
        chart.dpi = PNG_DPI
        layout.execute(chart)
        layout.execute(chart)
        chart.dpi = usual
        chart.set_layout_engine("none")


def _short(number: re.Match) -> str:
    rounded = f"{float(number[0]):.{SVG_PLACES}f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded


def whole(write: Callable[[float, int], str]) -> FuncFormatter:
    """Ticks of an axis as whole numbers, written in the reader's language."""
    return FuncFormatter(lambda value, _: write(value, 0))


def finish(chart: Figure, axes: Axes, title: str, write, legend=True, grid=True) -> None:
    """Give a chart of scores its axis in whole numbers, its legend below and its title."""
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_formatter(whole(write))
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
    """Write the finding above a chart, flush left, in as few lines as its width allows."""
    chart.suptitle(evenly(title, _TITLE_WIDTH), x=0.01, ha="left", fontsize=10, fontweight="bold")


def evenly(text: str, width: int) -> str:
    """Text in as few lines of at most so many letters as it takes, all about as long.

    So no line is left with one short word. A single word longer than ``width`` is broken.
    """
    least = len(textwrap.wrap(text, width))
    narrow = next(w for w in range(1, width + 1) if len(textwrap.wrap(text, w)) <= least)
    return textwrap.fill(text, narrow)
