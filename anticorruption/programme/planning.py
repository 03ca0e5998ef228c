"""What has to rise, by how much, to reach the mark: three alternatives, never one.

Arithmetic on the scores as they stand, low ends where something is missing or in doubt. Gates (the
entry criteria) are shown beside and never moved: no points open them.
"""

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from anticorruption import files, texts
from anticorruption.errors import RefusedInput
from anticorruption.programme import weightings
from anticorruption.programme.assessment import DOUBT, MISSING, Assessment
from anticorruption.programme.rubric import Rubric

FEWEST, LEAST, ROBUST = "fewest", "least", "robust"
ALTERNATIVES = (FEWEST, LEAST, ROBUST)
RAISE, SETTLE, ASSESS = "raise", "settle", "assess"
#: A sum this close below the mark is the mark: rounding noise of floating point.
NOISE = 1e-9
#: What the solver may leave open in a constraint, and what is asked beyond it when it does.
_SLACK, _ASKED = 1e-7, 2e-6
_OPTIONS = ("indicator", "effort", "ceiling")


@dataclass(frozen=True, eq=False)
class Plan:
    """One way to the mark.

    Attributes
    ----------
    name : str
        One of :data:`ALTERNATIVES`.
    possible : bool
        Whether there is such a way within the ceilings; without one there are no steps.
    steps : DataFrame, index indicator
        ``component``, ``start`` (the low end), ``target``, ``points``, ``effort`` (points times the
        effort of a point) and ``kind``: raise a known score, settle what assessors differ on,
        assess what has no score. The largest gain under the first reading comes first.
    scores : Series, index reading
        Score after the plan, what is missing and not in it still at its low end.
    guaranteed : float
        Lowest score after the plan over every admissible weighting.
    """

    name: str
    possible: bool
    steps: pd.DataFrame
    scores: pd.Series
    guaranteed: float


@dataclass(frozen=True, eq=False)
class Paths:
    """The ways to the mark of one region, and the gates beside them.

    Attributes
    ----------
    assessment : Assessment
    plans : tuple of Plan
        The three alternatives, in the order of :data:`ALTERNATIVES`.
    gates : DataFrame
        A row an entry criterion: ``criterion``, ``answer`` (met, not_met, unknown) and whatever
        else was known of it. Empty if nobody asked.
    """

    assessment: Assessment
    plans: tuple[Plan, ...]
    gates: pd.DataFrame

    @property
    def closed(self) -> list[str]:
        """Criteria that are not met."""
        return list(self.gates.loc[self.gates["answer"] == "not_met", "criterion"])

    @property
    def unknown(self) -> list[str]:
        """Criteria of which nothing is known."""
        return list(self.gates.loc[self.gates["answer"] == "unknown", "criterion"])

    def plan(self, name: str) -> Plan:
        """Return the alternative of that name."""
        return next(plan for plan in self.plans if plan.name == name)


def paths(
    assessment: Assessment,
    options: pd.DataFrame | None = None,
    gates: pd.DataFrame | None = None,
) -> Paths:
    """Find the fewest improvements, the least effort and the most robust way to the mark.

    A step lifts one indicator from its low end to a whole score (a whole number of points on the
    scale, at most its ceiling). Each alternative is a small mixed-integer programme, solved
    exactly, ties decided by the next aim of its row:

    - fewest: number of steps; effort; largest rise.
    - least: effort; number of steps.
    - robust: as least, but reaching the mark under every admissible weighting. Where all weights
      are known: even if any one of its steps comes to nothing.

    The first two reach the mark under the weights given, or under both equal readings.

    Parameters
    ----------
    assessment : Assessment
    options : DataFrame, index indicator, optional
        ``effort`` of a point (above 0; 1 where not given) and ``ceiling`` (the highest score that
        can be had; the scale's where not given). See :func:`read_options`.
    gates : DataFrame, optional
        Answers to the entry criteria, as :func:`anticorruption.programme.screening.screen` gives
        them.

    Returns
    -------
    Paths

    Raises
    ------
    RefusedInput
        For options of indicators that do not exist or numbers that cannot be.
    """
    task = _Task(assessment, _checked(assessment.rubric, options))
    empty = pd.DataFrame({"criterion": [], "answer": []}, dtype=str)
    return Paths(
        assessment,
        tuple(task.solve(name) for name in ALTERNATIVES),
        empty if gates is None else gates,
    )


def applied(assessment: Assessment, steps: pd.DataFrame) -> pd.DataFrame:
    """Evidence after a plan: what it lifts is known, the rest stays as it is.

    Returns
    -------
    DataFrame, index indicator
        ``low`` and ``high``, for :func:`anticorruption.programme.assessment.assess`.
    """
    after = assessment.evidence[["low", "high"]].copy()
    for code, target in steps["target"].items():
        after.loc[code] = target
    return after


def actions(path: Paths) -> pd.DataFrame:
    """What to work on in coaching (bimtek): every indicator of any plan, once.

    Returns
    -------
    DataFrame, index indicator
        ``component``, ``kind``, ``start``, the ``target`` of each alternative (NaN where it leaves
        the indicator alone) and ``in_plans``: how many alternatives ask for it. What most of them
        ask for comes first, then the largest rise.
    """
    evidence = path.assessment.evidence
    wanted = pd.DataFrame({p.name: p.steps["target"] for p in path.plans}).reindex(
        columns=list(ALTERNATIVES)
    )
    wanted = wanted.reindex(evidence.index).dropna(how="all")
    frame = evidence.loc[wanted.index, ["component"]].assign(
        kind=[_kind(evidence.at[code, "state"]) for code in wanted.index],
        start=evidence.loc[wanted.index, "low"],
    )
    frame = frame.join(wanted)
    frame["in_plans"] = wanted.notna().sum(axis=1)
    rise = (wanted.max(axis=1) - frame["start"]).rename("rise")
    order = frame.assign(rise=rise).sort_values(
        ["in_plans", "rise"], ascending=False, kind="stable"
    )
    return frame.loc[order.index].rename_axis("indicator")


def read_options(file: Path, rubric: Rubric) -> pd.DataFrame:
    """Read efforts and ceilings from a CSV file: ``indicator,effort,ceiling``.

    Empty cells keep the default; indicators may be left out.

    Raises
    ------
    RefusedInput
        Naming the file, the line, the column and the rule.
    """
    text = files.text(file)
    try:
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as problem:
        raise RefusedInput(f"{file.name}: not readable as CSV ({problem}).") from None
    if not lines or lines[0][:1] != ["indicator"] or not set(lines[0]) <= set(_OPTIONS):
        raise RefusedInput(
            f"{file.name}, line 1: the columns must be indicator and effort, ceiling or both, "
            f"separated by commas."
        )
    known, rows = {indicator.id for indicator in rubric.indicators}, {}
    for line, cells in enumerate(lines[1:], start=2):
        if not any(cells):
            continue
        if len(cells) != len(lines[0]):
            raise RefusedInput(
                f"{file.name}, line {line}: {len(cells)} cells under {len(lines[0])} columns."
            )
        row = dict(zip(lines[0], (cell.strip() for cell in cells), strict=True))
        code = row.pop("indicator")
        if code not in known or code in rows:
            said = "stands twice" if code in rows else "is no indicator of the rubric"
            told = texts.shown(code, 40)
            raise RefusedInput(f"{file.name}, line {line}: '{told}' {said}; use i01 and the like.")
        rows[code] = {
            name: _number(f"{file.name}, line {line}, {name}", cell) for name, cell in row.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=lines[0][1:])


def _number(where: str, text: str) -> float:
    if not text:
        return np.nan
    try:
        value = float(text)
    except ValueError:
        value = np.inf
    if not np.isfinite(value):
        told = texts.shown(text, 40)
        raise RefusedInput(f"{where}: '{told}' is not a number (write a decimal point).")
    return value


def _checked(rubric: Rubric, options: pd.DataFrame | None) -> pd.DataFrame:
    """Effort and ceiling of every indicator, in the rubric's order."""
    ids = [indicator.id for indicator in rubric.indicators]
    given = pd.DataFrame(index=ids) if options is None else options
    if strange := next((code for code in given.index if code not in ids), None):
        raise RefusedInput(f"options: edition {rubric.edition} has no indicator '{strange}'.")
    frame = given.reindex(index=ids, columns=["effort", "ceiling"]).astype(float)
    frame = frame.fillna({"effort": 1.0, "ceiling": rubric.scale_max})
    for code, effort, ceiling in frame.itertuples():
        if not 0 < effort < np.inf:
            raise RefusedInput(f"options, indicator '{code}': effort {effort:g} must be above 0.")
        if not rubric.scale_min <= ceiling <= rubric.scale_max:
            raise RefusedInput(
                f"options, indicator '{code}': ceiling {ceiling:g} does not lie on the scale "
                f"{rubric.scale_min:g}-{rubric.scale_max:g}."
            )
    return frame


def _kind(state: str) -> str:
    return {MISSING: ASSESS, DOUBT: SETTLE}.get(state, RAISE)


class _Task:
    """The mixed-integer programme of one region.

    Variables, each an array over the k indicators unless said: step taken (0 or 1), whole score
    aimed at (0 without a step), largest rise (one number), and for the robust plan those of
    :meth:`_guarantee`. Points of indicator i: target_i - start_i * step_i.
    """

    def __init__(self, assessment: Assessment, options: pd.DataFrame):
        self.assessment, self.options = assessment, options
        self.rubric = assessment.rubric
        self.start = assessment.evidence["low"].to_numpy()
        self.effort = options["effort"].to_numpy()
        self.top = np.floor(options["ceiling"].to_numpy() + NOISE)
        self.k = len(self.start)
        self.weights = weightings.readings(self.rubric)
        self.mark = self.rubric.pass_mark

    def solve(self, name: str) -> Plan:
        for asked in (self.mark, self.mark + _ASKED):
            target = self._lexicographic(name, asked)
            # The solver keeps constraints up to its own tolerance; the plan is counted again.
            if target is None or self._holds(name, target):
                return self._plan(name, target)
        raise RefusedInput(f"the {name} way to the mark was not found; the scores are too fine.")

    def _lexicographic(self, name: str, mark: float) -> np.ndarray | None:
        """Whole scores aimed at (NaN where no step is), or None if there is no way."""
        k, (blocks, extra) = self.k, self._constraints(name, mark)
        size = 2 * k + 1 + extra
        count, effort, widest = np.zeros(size), np.zeros(size), np.zeros(size)
        count[:k] = 1.0
        effort[:k], effort[k : 2 * k] = -self.effort * self.start, self.effort
        widest[2 * k] = 1.0
        aims = [count, effort, widest] if name == FEWEST else [effort, count]
        lower, upper = np.zeros(size), np.ones(size)
        upper[:k] = self.top > self.start + NOISE
        upper[k : 2 * k], upper[2 * k] = self.rubric.scale_max, np.inf
        lower[2 * k + 1 :], upper[2 * k + 1 :] = self._free_bounds(name, extra)
        whole = np.concatenate([np.ones(2 * k), np.zeros(1 + extra)])
        for aim in aims:
            found = milp(
                aim,
                integrality=whole,
                bounds=Bounds(lower, upper),
                constraints=blocks,
                options={"mip_rel_gap": 0.0},
            )
            if found.status == 2:
                return None
            if found.x is None:
                raise RefusedInput(f"the {name} way to the mark was not found: {found.message}")
            exact = round(found.fun) if aim is count else found.fun
            blocks = [*blocks, LinearConstraint(aim[None, :], -np.inf, exact + _SLACK)]
        taken = np.rint(found.x[:k]).astype(bool)
        return np.where(taken, np.rint(found.x[k : 2 * k]), np.nan)

    def _constraints(self, name: str, mark: float) -> tuple[list[LinearConstraint], int]:
        k, eye = self.k, np.eye(self.k)
        extra = self._extra(name)
        pad, none = np.zeros((k, extra)), np.zeros((k, 1))
        points = np.hstack([-np.diag(self.start), eye, none, pad])
        below = np.hstack([-np.diag(self.top), eye, none, pad])
        widest = points.copy()
        widest[:, 2 * k] = -1.0
        blocks = [
            LinearConstraint(points, 0.0, np.inf),
            LinearConstraint(below, -np.inf, 0.0),
            LinearConstraint(widest, -np.inf, 0.0),
        ]
        rows, needed = [], []
        for weights in self.weights.values():
            w = weights.to_numpy()
            lost = [None]
            if name == ROBUST and self.assessment.weights_known:
                lost += list(range(k))
            for one in lost:
                kept = w if one is None else np.where(np.arange(k) == one, 0.0, w)
                rows.append(kept @ points)
                needed.append(mark - w @ self.start)
        blocks.append(LinearConstraint(np.array(rows), np.array(needed), np.inf))
        if extra:
            blocks += self._guarantee(points, mark)
        return blocks, extra

    def _extra(self, name: str) -> int:
        if name != ROBUST or self.assessment.weights_known:
            return 0
        return sum(1 + 2 * len(parts) for parts in self._groups)

    @cached_property
    def _groups(self) -> list[list[str]]:
        """Parts of each component, and last the components."""
        inside = [[i.id for i in self.rubric.parts(c.id)] for c in self.rubric.components]
        return [*inside, [c.id for c in self.rubric.components]]

    def _free_bounds(self, name: str, extra: int) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the duals: level free, the others at least 0."""
        lower = np.zeros(extra)
        if extra:
            place = 0
            for parts in self._groups:
                lower[place] = -np.inf
                place += 1 + 2 * len(parts)
        return lower, np.full(extra, np.inf)

    def _guarantee(self, points: np.ndarray, mark: float) -> list[LinearConstraint]:
        """The lowest score over every admissible weighting reaches the mark.

        The lowest weighted sum of the parts y of a group, over shares s with l <= s <= u that add
        up to one, is by duality the largest c + l'a - u'b with c + a_i - b_i <= y_i and a, b >= 0.
        So it reaches a level exactly if some c, a, b do; a component's own lowest sum takes the
        place of y in the group of the components, in which it can only help.
        """
        allowed = weightings.admissible(self.rubric)
        size = points.shape[1]
        order = {indicator.id: n for n, indicator in enumerate(self.rubric.indicators)}
        value_rows, blocks = {}, []
        place = 2 * self.k + 1
        names = [*(c.id for c in self.rubric.components), weightings.TOP]
        for code, parts in zip(names, self._groups, strict=True):
            m = len(parts)
            lower = np.array([allowed.lower[part] for part in parts])
            upper = np.array([allowed.upper[part] for part in parts])
            if m == 1:
                lower, upper = np.minimum(lower, 1.0), np.ones(1)
            rows, limits = np.zeros((m, size)), np.zeros(m)
            for at, part in enumerate(parts):
                rows[at, place] = 1.0
                rows[at, place + 1 + at], rows[at, place + 1 + m + at] = 1.0, -1.0
                if part in order:
                    rows[at] -= points[order[part]]
                    limits[at] = self.start[order[part]]
                else:
                    rows[at] -= value_rows[part]
            blocks.append(LinearConstraint(rows, -np.inf, limits))
            value = np.zeros(size)
            value[place] = 1.0
            value[place + 1 : place + 1 + m] = lower
            value[place + 1 + m : place + 1 + 2 * m] = -upper
            value_rows[code] = value
            place += 1 + 2 * m
        blocks.append(LinearConstraint(value_rows[weightings.TOP][None, :], mark, np.inf))
        return blocks

    def _reached(self, target: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(target), self.start, target)

    def _holds(self, name: str, target: np.ndarray) -> bool:
        """Count the plan again, in plain floating point, without the solver."""
        after = self._reached(target)
        scores = [after @ w.to_numpy() for w in self.weights.values()]
        if name == ROBUST and self.assessment.weights_known:
            w = next(iter(self.weights.values())).to_numpy()
            scores += [after @ w - w[i] * (after - self.start)[i] for i in range(self.k)]
        elif name == ROBUST:
            scores.append(self._guaranteed(target))
        return bool(min(scores) >= self.mark - NOISE)

    def _guaranteed(self, target: np.ndarray) -> float:
        ids = [indicator.id for indicator in self.rubric.indicators]
        case = pd.DataFrame([self._reached(target)], columns=ids)
        return float(weightings.extremes(self.rubric, case)["score_low"].iloc[0])

    def _plan(self, name: str, target: np.ndarray | None) -> Plan:
        possible = target is not None
        target = np.full(self.k, np.nan) if target is None else target
        evidence = self.assessment.evidence
        steps = pd.DataFrame(
            {
                "component": evidence["component"],
                "start": self.start,
                "target": target,
                "points": target - self.start,
                "effort": (target - self.start) * self.effort,
                "kind": [_kind(state) for state in evidence["state"]],
            },
            index=evidence.index,
        ).dropna(subset="target")
        first = next(iter(self.weights.values()))
        gain = (steps["points"] * first.reindex(steps.index)).sort_values(
            ascending=False, kind="stable"
        )
        after = self._reached(target)
        return Plan(
            name,
            possible,
            steps.loc[gain.index],
            pd.Series({reading: float(after @ w) for reading, w in self.weights.items()}),
            self._guaranteed(target),
        )
