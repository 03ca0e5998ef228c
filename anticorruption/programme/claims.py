"""Does a newspaper's account hold? Each of its checkable sentences against the figures.

A claim is supported, contradicted, or cannot be told from what is public. Each check computes its
verdict from the release; none knows its answer beforehand.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from anticorruption import regions
from anticorruption.errors import RefusedInput
from anticorruption.programme import rubric
from anticorruption.release import Release

SUPPORTED, CONTRADICTED, CANNOT_TELL = "supported", "contradicted", "cannot tell"


@dataclass(frozen=True)
class Verdict:
    """What the figures say about one claim.

    Attributes
    ----------
    answer : str
        :data:`SUPPORTED`, :data:`CONTRADICTED` or :data:`CANNOT_TELL`.
    reason : str
        The figures behind the answer, in one or two English sentences.
    rows : tuple of int
        Lines of ``observations.csv`` that were used.
    source_ids : tuple of str
        Sources of facts that are no observations (pilots, criteria, dates).
    """

    answer: str
    reason: str
    rows: tuple[int, ...] = ()
    source_ids: tuple[str, ...] = field(default=())


def check(release: Release) -> pd.DataFrame:
    """Check every claim of the release.

    Returns
    -------
    DataFrame
        A row a claim, in the order of table ``claims``: its columns and ``answer``, ``reason``,
        ``rows`` (tuple of lines in ``observations.csv``) and ``source_ids``.

    Raises
    ------
    RefusedInput
        If a claim has no check: a new claim needs a new way to test it.
    """
    claims = release.table("claims")
    verdicts = []
    for claim in claims.itertuples():
        if claim.claim_id not in _CHECKS:
            raise RefusedInput(
                f"claims, row {claim.Index}: '{claim.claim_id}' has no check in "
                f"programme/claims.py; write one."
            )
        verdicts.append(_CHECKS[claim.claim_id](release, claim))
    told = pd.DataFrame(
        {
            "answer": [v.answer for v in verdicts],
            "reason": [v.reason for v in verdicts],
            "rows": [v.rows for v in verdicts],
            "source_ids": [v.source_ids for v in verdicts],
        },
        index=claims.index,
    )
    return claims.join(told)


def _answer(holds: bool) -> str:
    return SUPPORTED if holds else CONTRADICTED


def _pilots(release: Release, edition: int) -> pd.DataFrame:
    frame = release.table("pilots")
    return frame[(frame["edition"] == edition) & (frame["stage"] == "pilot")]


def _names(codes) -> str:
    names = [regions.name(code) for code in codes]
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def _one_of_three_cities(release: Release, claim) -> Verdict:
    chosen = _pilots(release, claim.year)
    levels = regions.table().loc[chosen["region_code"], "level"]
    cities = int((levels == "kota").sum())
    holds = claim.region_code in set(chosen["region_code"]) and cities == len(chosen) == 3
    reason = (
        f"{len(chosen)} regions were chosen for edition {claim.year}: "
        f"{_names(chosen['region_code'])}. {cities} of them are cities (kota)."
    )
    return Verdict(_answer(holds), reason, source_ids=tuple(chosen["source_id"]))


def _streak_of_fourteen(release: Release, claim) -> Verdict:
    """Judge a streak by the streaks other sources print for the years around it."""
    code, year, said = claim.region_code, claim.year, 14
    around = [release.value(code, "wtp_streak", year + step) for step in (-1, 1)]
    opinion = release.value(code, "bpk_opinion", year)
    used = [value for value in around if value is not None]
    rows = tuple(int(value["row"]) for value in used)
    if len(used) < 2:
        return Verdict(CANNOT_TELL, f"No streaks are printed for the years around {year}.", rows)
    before, after = (int(value["value"]) for value in around)
    known = "is" if opinion is not None else "is not"
    reason = (
        f"Other sources print {before} years running for fiscal year {year - 1} and {after} for "
        f"{year + 1}; between them stands {before + 1}. The opinion of {year} itself {known} "
        f"published, and printed streaks often differ by one."
    )
    return Verdict(_answer(before + 1 == said == after - 1), reason, rows)


def _only_one_in_the_province(release: Release, claim) -> Verdict:
    local = regions.governments("local")
    fellows = local.index[local["province_code"] == claim.region_code[:2]]
    streaks = release.latest("wtp_streak", claim.year + 1)
    known = streaks[streaks.index.isin(fellows)]
    rivals = known[(known["value"] >= 14) & (known.index != claim.region_code)]
    counted = (
        f"Streaks are printed for {len(known)} of the {len(fellows)} governments of the province"
    )
    if len(rivals):
        reason = f"{counted}, and {_names(rivals.index)} has 14 or more too."
        return Verdict(CONTRADICTED, reason, tuple(map(int, rivals["row"])))
    if len(known) < len(fellows):
        reason = f"{counted}; without the others nobody can say who is alone."
        return Verdict(CANNOT_TELL, reason, tuple(map(int, known["row"])))
    return Verdict(SUPPORTED, f"{counted}; no other reaches 14.", tuple(map(int, known["row"])))


def _of_the_article(release: Release, claim) -> set[str]:
    """Every source id of the publisher that makes the claim: it cannot confirm itself."""
    publisher = release.table("sources").set_index("source_id")["publisher"]
    return set(publisher.index[publisher == publisher[claim.source_id]])


def _mcp_rising(release: Release, claim) -> Verdict:
    code, said = claim.region_code, 97.98
    now = release.value(code, "mcp", claim.year)
    before = release.value(code, "mcp", claim.year - 1)
    final = release.observations
    final = final[
        (final["region_code"] == code)
        & (final["measure_id"] == "mcp")
        & (final["year"] == claim.year)
        & (final["status"] == "final")
        & ~final["source_id"].isin(_of_the_article(release, claim))
    ]
    rows = tuple(map(int, [*final.index, *([] if before is None else [before["row"]])]))
    if final.empty or before is None or now is None:
        return Verdict(
            CANNOT_TELL,
            f"The values of {claim.year - 1} and {claim.year} are not both "
            "published by another source.",
            rows,
        )
    same = final[(final["value"] - said).abs() < 0.005]
    others = final[(final["value"] - said).abs() > 0.5 * 10.0 ** -final["places"] + 1e-9]
    reason = (
        f"{len(same)} other source{'s print' if len(same) != 1 else ' prints'} {said:g} for "
        f"{claim.year}, after {before['value']:g} in {claim.year - 1}."
    )
    if len(others):
        printed = ", ".join(sorted(others["printed"]))
        reason += f" Another source prints {printed}."
    holds = len(same) > 0 and abs(now["value"] - said) < 0.005 and said > before["value"]
    return Verdict(_answer(holds), reason, rows)


def _third_on_spi(release: Release, claim) -> Verdict:
    local = regions.governments("local")
    fellows = local.index[local["province_code"] == claim.region_code[:2]]
    panel = release.panel("spi", "local").reindex(fellows)
    places = panel.rank(ascending=False, method="min").loc[claim.region_code].dropna().astype(int)
    third = [year for year, place in places.items() if place == 3]
    listed = ", ".join(f"{place} in {year}" for year, place in places.items())
    value = release.value(claim.region_code, "spi", claim.year)
    reason = (
        f"Its places among the {len(fellows)} governments of the province are {listed}. The "
        f"article names no year; the newest score when it appeared was that of {claim.year}."
    )
    rows = () if value is None else (int(value["row"]),)
    return Verdict(_answer(claim.year in third), reason, rows)


def _since(release: Release, claim) -> Verdict:
    frame = release.table("pilots")
    first = int(frame["edition"].min())
    sources = tuple(frame.loc[frame["edition"] == first, "source_id"].unique()[:1])
    reason = f"The first edition with observed regions and pilots is that of {first}."
    return Verdict(_answer(first == claim.year), reason, source_ids=sources)


def _awards_of_2024(release: Release, claim) -> Verdict:
    chosen = _pilots(release, claim.year)
    named = {"33.72", "13.76", "34.01", "51.03"}
    reason = f"The pilots of edition {claim.year} are {_names(chosen['region_code'])}."
    holds = set(chosen["region_code"]) == named
    return Verdict(_answer(holds), reason, source_ids=tuple(chosen["source_id"]))


def _eight_criteria(release: Release, claim) -> Verdict:
    programme = rubric.load(claim.year, release.folder)
    count = len(programme.criteria)
    names = "; ".join(criterion.name_eng for criterion in programme.criteria)
    sources = (programme.criterion("no-investigation").base.source_id,)
    return Verdict(_answer(count == 8), f"KPK's page names {count}: {names}.", source_ids=sources)


def _spi_above_70(release: Release, claim) -> Verdict:
    base = rubric.load(claim.year, release.folder).criterion("spi").base
    reason = (
        f"KPK's release and its director say at least {base.value:g}; above 70 stands in this "
        f"article alone."
    )
    same = base.rule == "above" and base.value == 70
    return Verdict(_answer(same), reason, source_ids=(base.source_id,))


def _wtp_asked(release: Release, claim) -> Verdict:
    base = rubric.load(claim.year, release.folder).criterion("bpk").base
    reason = f"The criterion asks for {base.value}, {base.years} years running."
    return Verdict(_answer(base.value == "WTP"), reason, source_ids=(base.source_id,))


def _no_leader_investigated(release: Release, claim) -> Verdict:
    criterion = rubric.load(claim.year, release.folder).criterion("no-investigation")
    reason = f"KPK's page lists it: {criterion.name_eng.lower()}."
    holds = criterion.base.rule == "label" and criterion.base.value == "yes"
    return Verdict(_answer(holds), reason, source_ids=(criterion.base.source_id,))


def _six_and_nineteen(release: Release, claim) -> Verdict:
    programme = rubric.load(claim.year, release.folder)
    counts = len(programme.components), len(programme.indicators)
    reason = f"{counts[0]} components and {counts[1]} indicators are published by name."
    sources = (programme.components[0].source_id, programme.indicators[0].source_id)
    return Verdict(_answer(counts == (6, 19)), reason, source_ids=sources)


def _assessed_in_october(release: Release, claim) -> Verdict:
    chosen = _pilots(release, claim.year)
    own = chosen[chosen["region_code"] == claim.region_code]
    if own.empty or not own["assessed_on"].iloc[0]:
        return Verdict(CANNOT_TELL, "The day of the assessment is not published.")
    day = own["assessed_on"].iloc[0]
    reason = f"The assessment ended on {day}; the article was a forecast."
    holds = day.startswith(f"{claim.year}-10")
    return Verdict(_answer(holds), reason, source_ids=tuple(own["source_id"]))


def _award_in_december(release: Release, claim) -> Verdict:
    programme = rubric.load(claim.year, release.folder)
    chosen = set(_pilots(release, claim.year)["region_code"])
    reason = f"The awards of edition {claim.year} were handed over on {programme.awarded_on}."
    holds = programme.awarded_on.startswith(f"{claim.year}-12") and claim.region_code in chosen
    return Verdict(_answer(holds), reason, source_ids=(programme.award_source_id,))


_CHECKS: dict[str, Callable[[Release, object], Verdict]] = {
    "blitar-one-of-three": _one_of_three_cities,
    "blitar-wtp-14": _streak_of_fourteen,
    "blitar-wtp-only": _only_one_in_the_province,
    "blitar-mcp-9798": _mcp_rising,
    "blitar-spi-third": _third_on_spi,
    "programme-since-2024": _since,
    "pilots-2024": _awards_of_2024,
    "criteria-eight": _eight_criteria,
    "criterion-spi-70": _spi_above_70,
    "criterion-wtp": _wtp_asked,
    "criterion-no-investigation": _no_leader_investigated,
    "six-and-nineteen": _six_and_nineteen,
    "assessment-october": _assessed_in_october,
    "award-december": _award_in_december,
}
