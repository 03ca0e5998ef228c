"""The codebook as a tree, checked before any arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.errors import RefusedInput


@dataclass(frozen=True, eq=False)
class Tree:
    """A checked codebook.

    Attributes
    ----------
    table : DataFrame
        The codebook, indexed by code, in its own order.
    parent : mapping
        Code to the code above it, None at the top.
    children : mapping
        Aggregate to its parts, sorted, so that sums do not depend on the order of rows.
    level : mapping
        Code to its level; indicators are at the bottom.
    """

    table: pd.DataFrame
    parent: Mapping[str, str | None]
    children: Mapping[str, tuple[str, ...]]
    level: Mapping[str, int]

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """Codes without parts, sorted."""
        return tuple(sorted(code for code in self.parent if code not in self.children))

    @cached_property
    def aggregates(self) -> tuple[str, ...]:
        """Codes with parts, each after all of its own parts."""
        return tuple(sorted(self.children, key=lambda code: (self.level[code], code)))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """All codes: indicators, then aggregates upwards."""
        return self.indicators + self.aggregates

    @cached_property
    def columns(self) -> list[str]:
        """Codes in the order of result columns: by level, then as in the codebook."""
        place = {code: position for position, code in enumerate(self.table.index)}
        return sorted(self.codes, key=lambda code: (self.level[code], place[code]))

    @cached_property
    def tops(self) -> tuple[str, ...]:
        """Codes without a parent."""
        return tuple(code for code in self.codes if self.parent[code] is None)

    def top(self, code: str | None = None) -> str:
        """Return `code`, or the only top of the tree when None.

        Raises
        ------
        RefusedInput
            If the code is not in the codebook, or there are several tops to choose from.
        """
        if code is None:
            if len(self.tops) > 1:
                raise RefusedInput(
                    f"the codebook has several tops ({', '.join(self.tops)}): "
                    "name the code that is meant."
                )
            return self.tops[0]
        if code not in self.parent:
            raise RefusedInput(f"the codebook has no code {code!r}.")
        return code

    def below(self, code: str) -> tuple[str, ...]:
        """Return `code` and everything under it, in the order of `codes`."""
        found = {code}
        for aggregate in reversed(self.aggregates):
            if aggregate in found:
                found.update(self.children[aggregate])
        return tuple(item for item in self.codes if item in found)

    def numbers(self, column: str) -> dict[str, float]:
        """Return a codebook column as code to float, NaN where it is empty or absent."""
        if column not in self._read:
            self._read[column] = self._numbers(column)
        return dict(self._read[column])

    @cached_property
    def _read(self) -> dict[str, dict[str, float]]:
        return {}

    def _numbers(self, column: str) -> dict[str, float]:
        if column not in self.table:
            return dict.fromkeys(self.parent, float("nan"))
        given = self.table[column]
        if plain_numbers(given):
            return dict(zip(given.index, given.to_numpy(dtype=float).tolist(), strict=True))
        values = pd.to_numeric(given, errors="coerce")
        wrong = values.isna() & self.table[column].notna()
        if wrong.any():
            code = wrong.index[wrong][0]
            raise RefusedInput(
                f"the {column} of {code!r} is {self.table.at[code, column]!r}, "
                "which is not a number."
            )
        return values.astype(float).to_dict()


def read_codebook(codebook: pd.DataFrame) -> Tree:
    """Check a codebook and return it as a tree.

    Parameters
    ----------
    codebook : DataFrame
        One row a code: `code` (text), `parent` (empty at the top), `level` (1 at the bottom;
        worked out from the tree when absent), `direction` (+1 or -1, indicators only), and where
        used `weight`, `goalpost_low`, `goalpost_high`, `target`, `scale_low`, `scale_high`.

    Raises
    ------
    RefusedInput
        For duplicate codes, a parent that does not exist, a cycle, levels that do not rise,
        an aggregate without parts, or a direction other than +1 and -1.
    """
    table = _coded(codebook)
    parent = {
        code: _parent(value)
        for code, value in table.get(
            "parent", pd.Series(None, index=table.index, dtype=object)
        ).items()
    }
    for code, above in parent.items():
        if above is not None and above not in parent:
            raise RefusedInput(f"the parent {above!r} of {code!r} is not a code of the codebook.")
    _refuse_cycles(parent)
    children: dict[str, tuple[str, ...]] = {}
    for code in sorted(code for code, above in parent.items() if above is not None):
        children[parent[code]] = (*children.get(parent[code], ()), code)
    tree = Tree(table, parent, children, _heights(parent, children))
    tree = Tree(table, parent, children, _levels(tree))
    _check_directions(tree)
    return tree


def _coded(codebook: pd.DataFrame) -> pd.DataFrame:
    table = codebook
    if "code" not in table.columns and table.index.name == "code":
        table = table.reset_index()
    if "code" not in table.columns:
        raise RefusedInput("the codebook has no column 'code'.")
    if len(table) == 0:
        raise RefusedInput("the codebook has no rows.")
    for code in table["code"]:
        if not isinstance(code, str) or not code.strip():
            raise RefusedInput(f"the codebook has the code {code!r}: a code must be text.")
    twice = table["code"][table["code"].duplicated()]
    if len(twice):
        raise RefusedInput(f"the codebook has the code {twice.iloc[0]!r} more than once.")
    return table.set_index("code")


def _parent(value: Any) -> str | None:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return str(value) if str(value).strip() else None


def _refuse_cycles(parent: Mapping[str, str | None]) -> None:
    for code in parent:
        seen, above = [code], parent[code]
        while above is not None:
            if above in seen:
                circle = " > ".join([*seen[seen.index(above) :], above])
                raise RefusedInput(f"the codebook goes round in a circle: {circle}.")
            seen.append(above)
            above = parent[above]


def _heights(
    parent: Mapping[str, str | None], children: Mapping[str, tuple[str, ...]]
) -> dict[str, int]:
    height: dict[str, int] = {}

    def measure(code: str) -> int:
        if code not in height:
            height[code] = 1 + max((measure(part) for part in children.get(code, ())), default=0)
        return height[code]

    return {code: measure(code) for code in parent}


def _levels(tree: Tree) -> dict[str, int]:
    given = tree.numbers("level")
    if "level" not in tree.table:
        return dict(tree.level)
    for code, level in given.items():
        if not level >= 1 or level != round(level):
            raise RefusedInput(
                f"the level of {code!r} must be a whole number of at least 1, not {level:g}."
            )
        if code not in tree.children and level > 1:
            raise RefusedInput(f"{code!r} is at level {level:g} but has no parts.")
        above = tree.parent[code]
        if above is not None and given[above] <= level:
            raise RefusedInput(
                f"{code!r} at level {level:g} cannot be part of {above!r} "
                f"at level {given[above]:g}."
            )
    return {code: int(level) for code, level in given.items()}


def _check_directions(tree: Tree) -> None:
    for code, direction in tree.numbers("direction").items():
        if code in tree.children:
            if direction == -1:
                raise RefusedInput(
                    f"{code!r} is an aggregate and cannot have direction -1: "
                    "give the direction to its indicators."
                )
        elif direction not in (1.0, -1.0):
            raise RefusedInput(f"the direction of {code!r} must be +1 or -1.")


def plain_numbers(column: pd.Series) -> bool:
    """Whether a column already holds numbers and needs no conversion."""
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf"
