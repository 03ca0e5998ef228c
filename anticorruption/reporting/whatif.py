"""What if the weights, the peers or the thresholds were others? Choices in, frames out.

Nothing here draws, shows or writes: :class:`Choices` say what is asked, a :class:`Screen` holds
every figure of the answer, and a recipe is the text that brings the same screen back.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from anticorruption import __version__, files, regions, spi, tables, texts
from anticorruption.comparison import peer_gaps
from anticorruption.comparison.context import Context, context
from anticorruption.comparison.noise import panel_noise
from anticorruption.comparison.peers import Peers, context_peers
from anticorruption.comparison.profile import reach, verdicts
from anticorruption.comparison.ranks import possible_ranks
from anticorruption.composite import normalise
from anticorruption.errors import RefusedInput
from anticorruption.programme import screening
from anticorruption.reporting import studies
from anticorruption.reporting.studies import COVERAGE, National, RegionStudy

#: What a weight is given to: the three respondent groups of SPI, and MCP beside it.
WEIGHTED = (*spi.PARTS, "mcp")
#: Scales of the score: points of the survey, or the regions shown against one another.
POINTS, RELATIVE = "points", "relative"
SCALES = (POINTS, RELATIVE)
RULES = ("at_least", "above")
#: Regions below which a scale relative to one another says little.
FEWEST_RELATIVE = 10
#: Most peers, found or named, beside the region.
MOST_PEERS = 50
MOST_YEARS_RUNNING = 5
FORMAT = "anticorruption-what-if"
#: A recipe is a page of text; anything longer is another file.
LONGEST_RECIPE = 20_000


@dataclass(frozen=True)
class Choices:
    """Everything that can be chosen.

    Attributes
    ----------
    region : str
        A kabupaten or kota, by code.
    year : int
        Year of the survey index.
    peers : tuple of str
        Own choice of peers; empty for those found by context.
    number_of_peers : int
        Peers found by context.
    weights : tuple of float
        Of internal, external and expert respondents and of MCP, at least zero, in any unit: only
        their ratios count. Empty for SPI as it is made (weights recovered, no MCP).
    scale : {"points", "relative"}
        Points of the survey, or 0-100 between the lowest and the highest of the regions shown.
    spi_rule, mcp_rule : {"at_least", "above"}
    spi_threshold, mcp_threshold : float
        Of the entry criteria, in points.
    wtp_years : int
        WTP opinions asked for, years running.
    pass_mark : float
        Of the final score.
    """

    region: str
    year: int
    peers: tuple[str, ...] = ()
    number_of_peers: int = 15
    weights: tuple[float, ...] = ()
    scale: str = POINTS
    spi_rule: str = "at_least"
    spi_threshold: float = 68.0
    mcp_rule: str = "at_least"
    mcp_threshold: float = 75.0
    wtp_years: int = 2
    pass_mark: float = 90.0


@dataclass(frozen=True)
class Ground:
    """What every screen of an edition shares, computed once.

    Attributes
    ----------
    nation : National
    """

    nation: National
    _kept: dict = field(default_factory=dict, compare=False, repr=False)
    _last: dict = field(default_factory=dict, compare=False, repr=False)

    def keep(self, key: tuple, make) -> Any:
        """What `make` gives, made once for each key."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def keep_last(self, kind: str, key: tuple, make) -> Any:
        """What `make` gives for a key, kept until another key of that kind is asked for."""
        if self._last.get(kind, (None,))[0] != key:
            self._last[kind] = (key, make())
        return self._last[kind][1]

    @cached_property
    def codes(self) -> pd.Index:
        """Every kabupaten and kota with a government."""
        return regions.governments("local").index

    @cached_property
    def years(self) -> list[int]:
        """Years of the survey index, oldest first."""
        return [int(year) for year in self.nation.panel.columns]

    @cached_property
    def context(self) -> Context:
        """Size, development, kind and place of every kabupaten and kota."""
        return context(self.nation.release)

    @cached_property
    def answers(self) -> pd.DataFrame:
        """Answers of all kabupaten and kota under the base thresholds."""
        return screening.screen(self.nation.release, self.nation.programme)

    @cached_property
    def base(self) -> pd.Series:
        """Overall answer of each under the base thresholds."""
        return screening.overall(self.answers)["answer"]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores with parts and residual, without those that were withheld."""
        both = self.nation.scores.join(self.nation.rebuilt[["residual", "unexplained"]])
        return both[~both["withheld"]]

    @cached_property
    def mcp(self) -> pd.DataFrame:
        """Chosen final MCP values: region_code, year, value."""
        frame = self.nation.release.chosen.xs("mcp", level="measure_id")
        return frame.loc[~frame["withheld"], ["value"]].reset_index()

    def peers(self, number: int) -> Peers:
        """Context peers of every kabupaten and kota."""
        return self.keep(("peers", number), lambda: self._peers(number))

    def _peers(self, number: int) -> Peers:
        around = self.context
        return context_peers(
            around.numbers,
            exact=around.exact,
            categories=around.categories,
            k=number,
            forbidden=self.scores.columns,
        )

    def study(self, code: str) -> RegionStudy:
        """Study of one region."""
        return self.keep(("study", code), lambda: studies.region(self.nation, code))

    def figures(self, year: int) -> pd.DataFrame:
        """Figures that can be weighted, of every kabupaten and kota.

        Returns
        -------
        DataFrame
            Index ``region_code``; ``spi``, its three parts, ``mcp`` (latest final value up to the
            year), ``mcp_year`` and ``unexplained``; missing where nothing is published.
        """
        return self.keep(("figures", year), lambda: self._figures(year))

    def _figures(self, year: int) -> pd.DataFrame:
        parts = self.scores.xs(year, level="year").reindex(self.codes)
        frame = parts[list(spi.PARTS)].assign(
            spi=self.nation.panel[year].reindex(self.codes),
            unexplained=parts["unexplained"].fillna(False).astype(bool),
        )
        until = self.mcp[self.mcp["year"] <= year].sort_values("year")
        latest = until.groupby("region_code").tail(1).set_index("region_code").reindex(self.codes)
        return frame.assign(mcp=latest["value"], mcp_year=latest["year"])

    def noise(self, weights: np.ndarray, index: float) -> float:
        """Standard error of ``index`` times SPI plus weighted parts, from yearly changes.

        Raises
        ------
        RefusedInput
            If the panel of that mixture gives no estimate of its noise.
        """
        if not weights.any():
            return index * self.nation.noise.standard_error
        key = (tuple(weights.round(9)), round(index, 9))
        return self.keep_last("noise", key, lambda: self._noise(weights, index))

    def _noise(self, weights: np.ndarray, index: float) -> float:
        score = self.scores[list(spi.PARTS)] @ weights + index * self.scores["spi"]
        # the interval of the noise itself is not asked for here, so one draw is enough
        return panel_noise(score.unstack("year"), draws=1).standard_error


@dataclass(frozen=True)
class Screen:
    """Every figure that the choices lead to.

    Attributes
    ----------
    ground : Ground
    choices : Choices
        Checked (see :func:`screen`).
    """

    ground: Ground
    choices: Choices

    @cached_property
    def study(self) -> RegionStudy:
        """Study of the region."""
        return self.ground.study(self.choices.region)

    @cached_property
    def distances(self) -> pd.Series:
        """Distance of each context peer; empty for an own choice."""
        if self.choices.peers:
            return pd.Series(dtype=float)
        return self.ground.peers(self.choices.number_of_peers).of(self.choices.region)["distance"]

    @property
    def no_close_peer(self) -> bool:
        """Whether even the nearest context peer is unusually far."""
        table = self.ground.peers(self.choices.number_of_peers).regions
        return not self.choices.peers and bool(table.at[self.choices.region, "no_close_peer"])

    @cached_property
    def codes(self) -> list[str]:
        """The region, then its peers: the nearest first, or as they were named."""
        return [self.choices.region, *(self.choices.peers or self.distances.index)]

    @cached_property
    def shares(self) -> pd.Series:
        """Weights as shares that add up to one."""
        given = self.choices.weights
        if not given:
            recovered = self.ground.nation.weights.as_array()
            given = (*(recovered / recovered.sum()), 0.0)
        total = sum(given)
        return pd.Series([weight / total for weight in given], index=WEIGHTED)

    @property
    def as_published(self) -> bool:
        """Whether the score is SPI itself."""
        return self.choices.scale == POINTS and not self.choices.weights

    @property
    def in_points(self) -> bool:
        """Whether scores are points of the survey scale and nothing else is weighed in."""
        return self.choices.scale == POINTS and self.shares["mcp"] == 0

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Published figures of the regions shown (:meth:`Ground.figures`)."""
        return self.ground.figures(self.choices.year).loc[self.codes]

    @cached_property
    def few(self) -> tuple[str, int] | None:
        """Measure known for too few regions to be put on a relative scale, and for how many."""
        if self.choices.scale == POINTS:
            return None
        known = self.figures[list(WEIGHTED)].notna().sum()
        for measure_id in WEIGHTED:
            if self.shares[measure_id] > 0 and known[measure_id] < FEWEST_RELATIVE:
                return measure_id, int(known[measure_id])
        return None

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores of the regions shown, with what noise and missing figures leave open.

        Returns
        -------
        DataFrame
            Index ``region_code`` as :attr:`codes`; ``score`` (missing where a figure with a
            weight is not published), ``bound_low`` and ``bound_high`` (the missing figure at
            either end of its scale), ``low`` and ``high`` (these with the noise of one score),
            ``published`` (SPI), ``change`` (score less SPI, in points; missing on another scale),
            ``place``, ``place_low`` and ``place_high`` among the regions shown. Empty where
            :attr:`few` says why.
        """
        table = self._bounds(self.figures)
        if table.empty:
            return table
        ranks = self._ranks(table)
        bar = reach(COVERAGE) * self.standard_error
        change = table["score"] - self.figures["spi"] if self.in_points else np.nan
        return table.assign(
            low=table["bound_low"] - bar,
            high=table["bound_high"] + bar,
            published=self.figures["spi"],
            change=change,
            place=ranks["rank"],
            place_low=ranks["rank_low"],
            place_high=ranks["rank_high"],
        )

    @cached_property
    def standard_error(self) -> float:
        """Noise of one score, in its unit; MCP is taken as free of it, as nobody surveys it."""
        weights, index = self._mixture
        return self.ground.noise(weights, index) if self.shares[:3].sum() > 0 else 0.0

    @cached_property
    def nationwide(self) -> pd.Series | None:
        """Place among all kabupaten and kota: ``rank``, ``rank_low``, ``rank_high``, ``count``.

        None on a relative scale, which knows only the regions shown, and without a score.
        """
        if self.choices.scale == RELATIVE:
            return None
        table = self._bounds(self.ground.figures(self.choices.year))
        own = self._ranks(table).loc[self.choices.region]
        if own[["rank_low", "rank_high"]].isna().any():
            return None
        return pd.concat([own, pd.Series({"count": int(table["bound_low"].notna().sum())})])

    @cached_property
    def gap(self) -> pd.Series:
        """Gap to the median of the peers: ``peers``, ``gap``, ``low``, ``high``, ``verdict``.

        Missing without a score or with fewer than three peers that have one.
        """
        table = self.scores
        if table.empty:
            nothing = {"peers": 0, "gap": np.nan, "low": np.nan, "high": np.nan, "verdict": None}
            return pd.Series(nothing, dtype=object)
        own, others = table.iloc[0], table.iloc[1:].dropna(subset="bound_low")
        middle = (table["bound_low"] + table["bound_high"]) / 2
        pairs = pd.DataFrame({"region_code": self.choices.region, "peer_code": self.codes[1:]})
        found = peer_gaps.gap_to_peers(
            middle, pairs, [self.choices.region], standard_error=self.standard_error,
            confidence=COVERAGE,
        ).iloc[0]  # fmt: skip
        # with nothing missing these are the ends that gap_to_peers gives
        bar = reach(COVERAGE) * found["gap_error"]
        low = own["bound_low"] - others["bound_high"].median() - bar
        high = own["bound_high"] - others["bound_low"].median() + bar
        exact = table["score"].notna().loc[[self.choices.region, *others.index]].all()
        verdict = verdicts(pd.Series([low]), pd.Series([high])).iloc[0]
        told = {"peers": len(others), "gap": found["gap"] if exact else np.nan}
        told |= {"low": low, "high": high, "verdict": None if pd.isna(verdict) else verdict}
        return pd.Series(told, dtype=object)

    @cached_property
    def national_answers(self) -> pd.DataFrame:
        """Answers of every kabupaten and kota to the criteria under the thresholds chosen."""
        key = (*self.thresholds.values(), self.choices.wtp_years)
        return self.ground.keep_last("national", key, self._national_answers)

    def _national_answers(self) -> pd.DataFrame:
        years = self.choices.wtp_years
        answers = self.ground.keep(("wtp", years), self._with_years)
        for criterion, (rule, value) in self.thresholds.items():
            answers = screening.with_threshold(
                answers, criterion, rule, value, self.published_reading(criterion)
            )
        return answers

    @cached_property
    def answers(self) -> pd.DataFrame:
        """Answers of the regions shown, in the order of :attr:`codes`."""
        table = self.national_answers
        table = table[table["region_code"].isin(self.codes)]
        order = {code: place for place, code in enumerate(self.codes)}
        return table.sort_values("region_code", key=lambda c: c.map(order), kind="stable")

    @property
    def thresholds(self) -> dict[str, tuple[str, float]]:
        """Rule and number of the criteria that compare a number."""
        own = self.choices
        return {
            "spi": (own.spi_rule, own.spi_threshold),
            "mcp": (own.mcp_rule, own.mcp_threshold),
        }

    def published_reading(self, criterion: str) -> str:
        """Source of the reading that the choice agrees with; empty for an own threshold."""
        asked = self.ground.nation.programme.criterion(criterion)
        for threshold in (asked.base, *asked.variants):
            if (threshold.rule, threshold.value) == self.thresholds[criterion]:
                return threshold.source_id
        return ""

    @cached_property
    def verdicts(self) -> pd.Series:
        """Overall answer of every kabupaten and kota."""
        key = (*self.thresholds.values(), self.choices.wtp_years)
        return self.ground.keep_last(
            "verdicts", key, lambda: screening.overall(self.national_answers)["answer"]
        )

    @cached_property
    def counts(self) -> pd.DataFrame:
        """How many of all answer what: index the criteria and ``all``, columns the answers."""
        table = self.national_answers.groupby(["criterion", "answer"]).size().unstack(fill_value=0)
        order = [criterion.id for criterion in self.ground.nation.programme.criteria]
        columns = [screening.MET, screening.UNKNOWN, screening.NOT_MET]
        table = table.reindex(index=order, columns=columns, fill_value=0)
        table.loc["all"] = self.verdicts.value_counts().reindex(columns, fill_value=0)
        return table.rename_axis(index=None, columns=None)

    @cached_property
    def turned(self) -> pd.Series:
        """Overall answers that differ from the base ones: ``opened`` and ``closed``.

        Opened: not met under the base thresholds and no longer known to be; closed: the reverse.
        """
        base, now = self.ground.base, self.verdicts
        out = screening.NOT_MET
        return pd.Series(
            {
                "opened": int(((base == out) & (now != out)).sum()),
                "closed": int(((base != out) & (now == out)).sum()),
            }
        )

    @cached_property
    def marks(self) -> pd.DataFrame:
        """Final scores of the programme's pilots against the mark.

        Returns
        -------
        DataFrame
            Columns of table ``pilots`` with ``margin`` (points) and ``answer``, unknown where no
            final score is published.
        """
        nation = self.ground.nation
        frame = nation.release.table("pilots")
        wanted = (frame["stage"] == "pilot") & (frame["edition"] <= nation.programme.edition)
        frame = frame[wanted].reset_index(drop=True)
        margin = (frame["final_score"].astype(float) - self.choices.pass_mark).round(6)
        answer = np.where(margin >= 0, screening.MET, screening.NOT_MET)
        answer = np.where(margin.isna(), screening.UNKNOWN, answer)
        return frame.assign(margin=margin, answer=answer)

    def _with_years(self) -> pd.DataFrame:
        """Base answers with another number of WTP years asked for."""
        nation, years = self.ground.nation, self.choices.wtp_years
        asked = nation.programme.criterion("bpk")
        reading = next(
            (t for t in (asked.base, *asked.variants) if t.years == years),
            replace(asked.base, years=years, source_id=""),
        )
        if reading == asked.base:
            return self.ground.answers
        alone = replace(nation.programme, criteria=(replace(asked, base=reading, variants=()),))
        own = screening.screen(nation.release, alone)
        kept = self.ground.answers
        order = [criterion.id for criterion in nation.programme.criteria]
        both = pd.concat([kept[kept["criterion"] != "bpk"], own])
        place = both["criterion"].map(order.index)
        codes = both["region_code"]
        return both.assign(_place=place, _code=codes).sort_values(["_code", "_place"]).drop(
            columns=["_place", "_code"]
        ).reset_index(drop=True)  # fmt: skip

    @cached_property
    def _mixture(self) -> tuple[np.ndarray, float]:
        """Weights of the three parts and of SPI itself that together make the score.

        In points the score is the published index, moved by what other weights of its parts would
        change; so corrections and deductions stay as they were published, and with the weights
        recovered the score is the index itself.
        """
        shares = self.shares[:3].to_numpy()
        if self.choices.scale == RELATIVE:
            spread = self.figures[list(spi.PARTS)]
            return 100 * shares / (spread.max() - spread.min()).to_numpy(), 0.0
        whole = float(shares.sum())
        if self.as_published or whole == 0:
            return np.zeros(3), whole
        recovered = self.ground.nation.weights.as_array()
        return shares - whole * recovered, whole

    def _bounds(self, figures: pd.DataFrame) -> pd.DataFrame:
        """Score of each region, and its ends where MCP has a weight and no value."""
        columns = ["score", "bound_low", "bound_high"]
        if self.few is not None:
            return pd.DataFrame(columns=columns, dtype=float)
        share = self.shares["mcp"]
        known = self._survey(figures)
        scale = np.array([0.0, 100.0])
        mcp = figures["mcp"]
        if self.choices.scale == RELATIVE and share > 0:
            low, high = mcp.min(), mcp.max()
            mcp, scale = (mcp - low) / (high - low) * 100, (scale - low) / (high - low) * 100
        if share == 0:
            return pd.DataFrame(dict.fromkeys(columns, known))
        ends = [known + share * mcp.fillna(end) for end in scale]
        return pd.DataFrame(
            dict(zip(columns, [known + share * mcp, *ends], strict=True)), index=figures.index
        )

    def _survey(self, figures: pd.DataFrame) -> pd.Series:
        """What the survey brings into the score; missing where a part is not published."""
        weights, index = self._mixture
        parts = list(spi.PARTS)
        if self.choices.scale == RELATIVE:
            shares = self.shares[:3]
            used = [part for part in parts if shares[part] > 0]
            if not used:
                return pd.Series(0.0, index=figures.index)
            book = pd.DataFrame({"code": used, "direction": 1})
            return normalise(figures[used], book) @ shares[used]
        moved = figures[parts] @ weights if weights.any() else 0.0
        return index * figures["spi"] + moved if index else pd.Series(0.0, index=figures.index)

    def _ranks(self, table: pd.DataFrame) -> pd.DataFrame:
        return possible_ranks(
            table["bound_low"], table["bound_high"], self.standard_error, coverage=COVERAGE
        )


def ground(nation: National) -> Ground:
    """Open what every screen shares."""
    return Ground(nation)


def screen(ground: Ground, choices: Choices) -> Screen:
    """Check choices and open the screen they lead to.

    Raises
    ------
    RefusedInput
        Naming the choice, its value and what is possible.
    """
    region = _local(choices.region, "region")
    peers = tuple(_local(code, "peers") for code in _listed(choices.peers, "peers", str))
    if twice := next((c for c in peers if peers.count(c) > 1 or c == region), None):
        said = "the region itself" if twice == region else "named twice"
        raise RefusedInput(f"peers: {twice} {regions.name(twice)} is {said}; name others.")
    if len(peers) > MOST_PEERS:
        raise RefusedInput(f"peers: {len(peers)} are too many to read; name at most {MOST_PEERS}.")
    _whole("number_of_peers", choices.number_of_peers, peer_gaps.FEWEST_PEERS, MOST_PEERS)
    _whole("wtp_years", choices.wtp_years, 1, MOST_YEARS_RUNNING)
    if choices.year not in ground.years or isinstance(choices.year, bool):
        there = ", ".join(map(str, ground.years))
        raise RefusedInput(f"year is {_told(choices.year)}; there is a survey index of {there}.")
    _one_of("scale", choices.scale, SCALES)
    for name in ("spi_rule", "mcp_rule"):
        _one_of(name, getattr(choices, name), RULES)
    for name in ("spi_threshold", "mcp_threshold", "pass_mark"):
        _number(name, getattr(choices, name), 0, 100)
    opened = Screen(ground, replace(choices, region=region, peers=peers, weights=_weights(choices)))
    if not peers:
        ground.peers(choices.number_of_peers).of(region)  # refuses a region without a context
    return opened


def recipe(shown: Screen) -> str:
    """Every choice with data release and code version, as the text of a file.

    Returns
    -------
    str
        JSON with a line break at its end, the same for the same screen.
    """
    release = shown.ground.nation.release
    content = {
        "format": FORMAT,
        "choices": asdict(shown.choices),
        "edition": shown.ground.nation.programme.edition,
        "data_release": release.title,
        "data_sha256": tables.sha256(release.folder / tables.DESCRIPTOR).removeprefix("sha256:"),
        "code": f"anticorruption {__version__}",
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def read_recipe(text: str, name: str = "recipe") -> tuple[Choices, dict[str, Any]]:
    """Read the choices of a recipe, and what it says of its edition, data and code.

    Parameters
    ----------
    text : str
        Content of the file.
    name : str
        What to call it when it is refused.

    Raises
    ------
    RefusedInput
        If it is no recipe of this kind, or a choice is missing, unknown or of the wrong kind.
    """
    if len(text) > LONGEST_RECIPE:
        raise RefusedInput(f"{name}: too long to be a recipe of this notebook.")
    try:
        content = files.of_json(text)
    except ValueError:
        raise RefusedInput(f"{name}: not readable as JSON; choose a recipe.json.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RefusedInput(f"{name}: not a recipe of this notebook; choose a recipe.json.")
    given = content.get("choices")
    if not isinstance(given, dict):
        raise RefusedInput(f"{name}: 'choices' are missing.")
    known = {each.name for each in fields(Choices)}
    if strange := sorted(set(given) - known):
        raise RefusedInput(f"{name}: there is no choice '{texts.shown(strange[0])}'.")
    if missing := sorted(known - set(given)):
        raise RefusedInput(f"{name}: the choice '{missing[0]}' is missing.")
    return of_values(given), {key: value for key, value in content.items() if key != "choices"}


def of_values(given: Mapping[str, Any]) -> Choices:
    """Choices of plain values such as the parameters of a notebook, not yet checked."""
    values = dict(given)
    values["peers"] = tuple(_listed(values["peers"], "peers", str))
    values["weights"] = tuple(_listed(values["weights"], "weights", (int, float)))
    return Choices(**values)


def differing(shown: Screen, about: Mapping[str, Any]) -> list[str]:
    """What a recipe was made with that is another now: edition, data or code."""
    now = json.loads(recipe(shown))
    return [k for k in ("edition", "data_sha256", "code") if k in about and about[k] != now[k]]


def _told(value: object) -> str:
    """Value of a recipe as it is written there, fit for a message."""
    return texts.shown(repr(value))


def _local(code: object, name: str) -> str:
    found = regions.require(code) if isinstance(code, str) else ""
    if found not in regions.governments("local").index:
        raise RefusedInput(
            f"{name}: {_told(code)} is not a kabupaten or kota with a government of its own; give "
            f"the code or the name of one."
        )
    return found


def _listed(values: object, name: str, kind: type | tuple) -> list:
    if not isinstance(values, list | tuple):
        raise RefusedInput(f"{name} is {_told(values)} and must be a list.")
    for each in values:
        if not isinstance(each, kind) or isinstance(each, bool):
            wanted = "text" if kind is str else "a number"
            raise RefusedInput(f"{name}: {_told(each)} must be {wanted}.")
    return list(values)


def _weights(choices: Choices) -> tuple[float, ...]:
    given = _listed(choices.weights, "weights", (int, float))
    if not given:
        return ()
    if len(given) != len(WEIGHTED):
        raise RefusedInput(
            f"weights: {len(given)} are given; there are {len(WEIGHTED)} (internal, external, "
            f"experts, MCP), or none for the survey index as it is made."
        )
    for weight in given:
        _number("weights", weight, 0, 1e6)
    if not sum(given) > 0:
        raise RefusedInput("weights: all are zero; give one of them a weight.")
    return tuple(float(weight) for weight in given)


def _number(name: str, value: object, low: float, high: float) -> None:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if not plain or not math.isfinite(value) or not low <= value <= high:
        said = f"must be a number from {low:g} to {high:g}"
        raise RefusedInput(f"{name} is {_told(value)} and {said}.")


def _whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        said = f"must be a whole number from {low} to {high}"
        raise RefusedInput(f"{name} is {_told(value)} and {said}.")


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise RefusedInput(f"{name} is {_told(value)}; choose one of {', '.join(allowed)}.")
