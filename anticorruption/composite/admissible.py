"""Sets of weightings: bounds on the share of each part, and which part counts more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array, kron

from anticorruption.composite.codebook import Tree
from anticorruption.composite.parameters import Parameters, known_name, number
from anticorruption.errors import RefusedInput


@dataclass(frozen=True)
class AdmissibleWeights:
    """A set of weightings: shares inside each parent, with bounds and an order.

    A share is the weight of a code divided by the weights of all codes with the same parent.

    Parameters
    ----------
    lower, upper : float or mapping of code to float
        Smallest and largest share, for every code or by code. 0 and 1 where not given.
    order : iterable of (heavier, lighter)
        Pairs of codes with the same parent, the first counting at least as much as the second.

    Examples
    --------
    >>> AdmissibleWeights(lower=0.1, upper={"expert": 0.5}, order=[("internal", "external")])
    AdmissibleWeights(lower=0.1, upper={'expert': 0.5}, order=(('internal', 'external'),))
    """

    lower: float | Mapping[str, float] = 0.0
    upper: float | Mapping[str, float] = 1.0
    order: Iterable[tuple[str, str]] = field(default=())

    def __post_init__(self) -> None:
        for name in ("lower", "upper"):
            value = getattr(self, name)
            if isinstance(value, Mapping):
                object.__setattr__(self, name, Parameters(value))
        object.__setattr__(self, "order", tuple((str(a), str(b)) for a, b in self.order))

    def group(self, tree: Tree, parent: str) -> Shares:
        """Return the admissible shares of the parts of one code.

        Raises
        ------
        RefusedInput
            For a code that does not exist, a pair with different parents, or limits that no
            shares can keep.
        """
        self._check_codes(tree)
        kids = tree.children[parent]
        # One part alone has all of the weight, whatever the general limits say.
        lower = np.array([self._limit("lower", kid, 0.0) for kid in kids])
        upper = np.array([self._limit("upper", kid, 1.0) for kid in kids])
        if len(kids) == 1:
            lower, upper = np.minimum(lower, 1.0), np.ones(1)
        pairs = [(kids.index(a), kids.index(b)) for a, b in self.order if a in kids]
        shares = Shares(np.maximum(lower, 0.0), np.minimum(upper, 1.0), tuple(pairs))
        shares.refuse_if_empty(parent)
        return shares

    def _limit(self, side: str, code: str, default: float) -> float:
        limits = getattr(self, side)
        value = limits.get(code, default) if isinstance(limits, Mapping) else limits
        return number(f"the {side} share of {code!r}", value)

    def _check_codes(self, tree: Tree) -> None:
        named = [
            code
            for limits in (self.lower, self.upper)
            if isinstance(limits, Mapping)
            for code in limits
        ]
        for code in [*named, *(code for pair in self.order for code in pair)]:
            known_name("code in the codebook", code, tree.parent)
        for heavier, lighter in self.order:
            if tree.parent[heavier] != tree.parent[lighter]:
                raise RefusedInput(
                    f"{heavier!r} and {lighter!r} have different parents, so their "
                    "shares cannot be compared."
                )


@dataclass(frozen=True, eq=False)
class Shares:
    """The admissible shares of one group: a polytope of dimension k - 1.

    Attributes
    ----------
    lower, upper : array, shape (k,)
    order : pairs of positions, the first at least as heavy as the second
    """

    lower: np.ndarray
    upper: np.ndarray
    order: tuple[tuple[int, int], ...]

    def best(self, values: np.ndarray) -> np.ndarray:
        """Return, for each row of `values` (m, k), the shares with the largest weighted sum.

        With bounds alone the optimum of the linear programme is known: everyone gets the lower
        bound, and what is left goes to the largest values first. With an order the programmes
        are solved together by HiGHS, one block a row.
        """
        if self.order:
            return self._solved(values)
        order = np.argsort(-values, axis=1, kind="stable")
        room = (self.upper - self.lower)[order]
        left = 1.0 - self.lower.sum()
        given = np.clip(left - (room.cumsum(axis=1) - room), 0.0, room)
        shares = np.empty(values.shape)
        np.put_along_axis(shares, order, given, 1)
        return shares + self.lower

    def constraints(self) -> np.ndarray:
        """Return the order as rows r with r . shares <= 0."""
        rows = np.zeros((len(self.order), len(self.lower)))
        for place, (heavier, lighter) in enumerate(self.order):
            rows[place, heavier], rows[place, lighter] = -1.0, 1.0
        return rows

    def refuse_if_empty(self, parent: str) -> None:
        """Refuse limits that no shares adding up to one can keep."""
        fits = self.lower.sum() <= 1 + 1e-12 and self.upper.sum() >= 1 - 1e-12
        if (
            not fits
            or (self.lower > self.upper).any()
            or (self.order and linprog(np.zeros(len(self.lower)), **self._program()).status)
        ):
            raise RefusedInput(
                f"no weights of the parts of {parent!r} keep the limits and the order asked for."
            )

    def _program(self) -> dict:
        rows = self.constraints()
        return {
            "A_ub": rows,
            "b_ub": np.zeros(len(rows)),
            "A_eq": np.ones((1, len(self.lower))),
            "b_eq": [1.0],
            "bounds": np.column_stack([self.lower, self.upper]),
            "method": "highs",
        }

    def _solved(self, values: np.ndarray) -> np.ndarray:
        m, k = values.shape
        rows = csr_array(self.constraints())
        solved = linprog(
            -values.ravel(),
            A_ub=kron(csr_array(np.eye(m)), rows, format="csr"),
            b_ub=np.zeros(m * rows.shape[0]),
            A_eq=block_diag([np.ones((1, k))] * m, format="csr"),
            b_eq=np.ones(m),
            bounds=np.tile(np.column_stack([self.lower, self.upper]), (m, 1)),
            method="highs",
        )
        if solved.status != 0:
            raise RefusedInput(f"the extremes over weights were not found: {solved.message}")
        return solved.x.reshape(m, k)
