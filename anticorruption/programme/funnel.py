"""How many pass the entry criteria, as bounds: under every reading, and if more were published."""

from collections.abc import Mapping, Sequence
from itertools import product

import pandas as pd

from anticorruption.programme.rubric import BASE, Rubric
from anticorruption.programme.screening import MET, NOT_MET, UNKNOWN, overall, screen
from anticorruption.release import Release

#: One threshold reading for each criterion that has several: criterion to variant.
Reading = tuple[tuple[str, str], ...]


def funnel(answers: pd.DataFrame) -> pd.DataFrame:
    """Ask one criterion after the other and count who is certainly and who is possibly left.

    Parameters
    ----------
    answers : DataFrame
        As :func:`anticorruption.programme.screening.screen` gives it.

    Returns
    -------
    DataFrame
        Index the criteria in the rubric's order; of the criterion alone ``met``, ``unknown``,
        ``not_met``; and after it and all before it ``left_low`` (every criterion so far met) and
        ``left_high`` (none so far known to be not met).
    """
    order = list(dict.fromkeys(answers["criterion"]))
    table = answers.pivot(index="region_code", columns="criterion", values="answer")[order]
    counts = pd.DataFrame(
        {answer: (table == answer).sum() for answer in (MET, UNKNOWN, NOT_MET)}, index=order
    )
    low = (table == MET).cummin(axis=1).sum()
    high = (table != NOT_MET).cummin(axis=1).sum()
    return counts.assign(left_low=low, left_high=high).rename_axis("criterion")


def readings(rubric: Rubric) -> list[Reading]:
    """Every combination of published threshold readings, the base one first."""
    choices = [
        [(c.id, variant) for variant in (BASE, *(t.variant for t in c.variants))]
        for c in rubric.criteria
        if c.variants
    ]
    return [tuple(chosen) for chosen in product(*choices)]


def by_reading(
    release: Release, rubric: Rubric, until: int | None = None
) -> dict[Reading, pd.DataFrame]:
    """Answers of every kabupaten and kota under every combination of threshold readings.

    Returns
    -------
    dict
        Reading to a frame as :func:`anticorruption.programme.screening.screen` gives it.
    """
    screened = {v: screen(release, rubric, variant=v, until=until) for v in rubric.variants()}
    frames = {}
    for reading in readings(rubric):
        asked = {c.id: BASE for c in rubric.criteria} | dict(reading)
        parts = [
            screened[variant][screened[variant]["criterion"] == criterion]
            for criterion, variant in asked.items()
        ]
        frames[reading] = pd.concat(parts, ignore_index=True)
    return frames


def turning(frames: Mapping[Reading, pd.DataFrame]) -> pd.DataFrame:
    """Overall answers of each region under every reading, and whether they differ.

    Parameters
    ----------
    frames : mapping
        As :func:`by_reading` gives it, the base reading first.

    Returns
    -------
    DataFrame
        Index ``region_code``; ``base`` (answer of the base reading), the counts of readings with
        each answer (``met``, ``not_met``, ``unknown``) and ``turns`` (not all readings agree).
    """
    answers = pd.DataFrame({n: overall(f)["answer"] for n, f in enumerate(frames.values())})
    counts = pd.DataFrame({a: (answers == a).sum(axis=1) for a in (MET, NOT_MET, UNKNOWN)})
    return counts.assign(base=answers[0], turns=counts.max(axis=1) < len(frames))


def by_variant(release: Release, rubric: Rubric, until: int | None = None) -> pd.DataFrame:
    """Overall counts under each published variant alone, and how many verdicts it turns.

    Returns
    -------
    DataFrame
        Index variant, the base first; ``criterion`` it concerns (empty for the base), counts
        ``met``, ``unknown``, ``not_met``, and of the verdicts that differ from the base ones
        ``opened`` (not met there, open here) and ``closed`` (open there, not met here).
    """
    about = {t.variant: c.id for c in rubric.criteria for t in c.variants}
    verdicts = {
        v: overall(screen(release, rubric, variant=v, until=until))["answer"]
        for v in rubric.variants()
    }
    base = verdicts[BASE]
    rows = {
        variant: {
            "criterion": about.get(variant, ""),
            **{answer: int((own == answer).sum()) for answer in (MET, UNKNOWN, NOT_MET)},
            "opened": int(((base == NOT_MET) & (own != NOT_MET)).sum()),
            "closed": int(((base != NOT_MET) & (own == NOT_MET)).sum()),
        }
        for variant, own in verdicts.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("variant")


def settled_by_publishing(
    answers: pd.DataFrame, wanted: Sequence[Sequence[str]] | None = None
) -> pd.DataFrame:
    """Bound the verdicts that would be settled if one more criterion could be answered for all.

    Nothing is assumed about the missing answers: each may be met or not.

    Parameters
    ----------
    answers : DataFrame
        As :func:`anticorruption.programme.screening.screen` gives it.
    wanted : sequence of sequences of str, optional
        Sets of criteria that would be answered together; by default each one alone.

    Returns
    -------
    DataFrame
        One row a set: ``criteria`` (joined by " + "), ``open`` (overall verdicts open today),
        ``asked`` (open ones that lack an answer here), bounds of those then decided as not met
        (``not_met_low``, ``not_met_high``), as met (``met_low``, ``met_high``), and of those
        still open (``open_low``, ``open_high``).
    """
    order = list(dict.fromkeys(answers["criterion"]))
    table = answers.pivot(index="region_code", columns="criterion", values="answer")[order]
    table = table[~(table == NOT_MET).any(axis=1)]
    still = table[(table == UNKNOWN).any(axis=1)] == UNKNOWN
    rows = []
    for criteria in [[c] for c in order] if wanted is None else wanted:
        asked = still[list(criteria)].any(axis=1)
        last = asked & ~still.drop(columns=list(criteria)).any(axis=1)
        rows.append(
            {
                "criteria": " + ".join(criteria),
                "open": len(still),
                "asked": int(asked.sum()),
                "not_met_low": 0,
                "not_met_high": int(asked.sum()),
                "met_low": 0,
                "met_high": int(last.sum()),
                "open_low": int(len(still) - asked.sum()),
                "open_high": int(len(still) - last.sum()),
            }
        )
    return pd.DataFrame(rows)


def by_group(answers: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Overall answers counted group by group, with bounds of the share that meets all criteria.

    Parameters
    ----------
    answers : DataFrame
        As :func:`anticorruption.programme.screening.screen` gives it.
    groups : Series
        Index ``region_code``; the group of each region.

    Returns
    -------
    DataFrame
        Index the groups; ``regions``, ``met``, ``unknown``, ``not_met``, ``share_low`` (met of
        all) and ``share_high`` (not known to be out), between 0 and 1.

    References
    ----------
    Manski, C. F. (2003). Partial Identification of Probability Distributions. Springer, chapter 1.
    """
    verdict = overall(answers)["answer"]
    counts = verdict.groupby(groups.reindex(verdict.index)).value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=[MET, UNKNOWN, NOT_MET], fill_value=0)
    counts = counts.rename_axis(index=None, columns=None)
    total = counts.sum(axis=1)
    counts.insert(0, "regions", total)
    high = (counts[MET] + counts[UNKNOWN]) / total
    return counts.assign(share_low=counts[MET] / total, share_high=high)


def without_old(answers: pd.DataFrame, since: int) -> pd.DataFrame:
    """Answers as they would be if a value older than some year counted as unknown.

    Parameters
    ----------
    answers : DataFrame
        As :func:`anticorruption.programme.screening.screen` gives it.
    since : int
        First year whose values still count.

    Returns
    -------
    DataFrame
        As ``answers``; where a value of an older year decided, ``answer`` is unknown and
        ``reason`` is "too_old".
    """
    old = (answers["year"] < since).fillna(False).to_numpy(bool) & (answers["answer"] != UNKNOWN)
    changed = answers.copy()
    changed.loc[old, ["answer", "reason"]] = [UNKNOWN, "too_old"]
    return changed
