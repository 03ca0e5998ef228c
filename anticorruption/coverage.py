"""What is published about whom: by measure, year and province, and by whom it is printed."""

from collections.abc import Mapping, Sequence

import pandas as pd

from anticorruption import regions
from anticorruption.release import Release

#: How a government's latest value of a measure came to the public (see :func:`reach`).
OFFICIAL, WHOLE_LIST, SINGLE_NEWS, INTERIM_ONLY, NONE = (
    "official",
    "whole_list",
    "single_news",
    "interim_only",
    "none",
)
#: How old the latest public value is (see :func:`latest_class`).
RECENT, OLDER = "recent", "older"


def published(release: Release, level: str = "local") -> pd.DataFrame:
    """Chosen final values of governments, without those their publisher withheld.

    Parameters
    ----------
    release : Release
    level : {"local", "province"}
        Kabupaten and kota, or provinces.

    Returns
    -------
    DataFrame
        One row a region, measure and year: these three, ``value``, ``label``, ``kind`` of the
        source, ``source_id`` and ``row``.
    """
    frame = release.chosen[~release.chosen["withheld"]].reset_index()
    own = frame[frame["region_code"].isin(regions.governments(level).index)]
    columns = ["region_code", "measure_id", "year", "value", "label", "kind", "source_id", "row"]
    return own[columns].reset_index(drop=True)


def by_year(values: pd.DataFrame) -> pd.DataFrame:
    """Count governments with a value, by measure and year.

    Parameters
    ----------
    values : DataFrame
        As :func:`published` gives it.

    Returns
    -------
    DataFrame
        Index ``measure_id``, a column a year, whole numbers; 0 where nobody has a value.
    """
    counts = values.groupby(["measure_id", "year"])["region_code"].nunique()
    return counts.unstack("year", fill_value=0).astype(int)


def by_group(values: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Count governments with a value of any measure of a group, by group and year.

    Parameters
    ----------
    values : DataFrame
        As :func:`published` gives it.
    groups : mapping
        Name of a group to its measures, such as a score and the predicate drawn from it.

    Returns
    -------
    DataFrame
        Index the groups in their order, a column a year from the first to the last there is.
    """
    years = range(int(values["year"].min()), int(values["year"].max()) + 1)
    rows = {
        name: values[values["measure_id"].isin(list(wanted))]
        .groupby("year")["region_code"]
        .nunique()
        for name, wanted in groups.items()
    }
    table = pd.DataFrame(rows).T.reindex(index=list(groups), columns=list(years))
    return table.fillna(0).astype(int)


def by_province(
    values: pd.DataFrame, groups: Mapping[str, Sequence[str]], since: int, until: int
) -> pd.DataFrame:
    """Share of a province's kabupaten and kota that have a value within some years.

    Parameters
    ----------
    values : DataFrame
        As :func:`published` gives it for the local level.
    groups : mapping
        Name of a group to its measures.
    since, until : int
        First and last year that count.

    Returns
    -------
    DataFrame
        Index ``province_code``; ``governments`` and a column a group, shares from 0 to 1. A
        province without local governments (DKI Jakarta) is not in it.
    """
    local = regions.governments("local")
    table = local.groupby("province_code").size().rename("governments").to_frame()
    for name, wanted in groups.items():
        inside = values["measure_id"].isin(list(wanted)) & values["year"].between(since, until)
        having = pd.Index(values.loc[inside, "region_code"].unique())
        found = local.loc[local.index.isin(having)].groupby("province_code").size()
        table[name] = found.reindex(table.index, fill_value=0) / table["governments"]
    return table


def latest_class(release: Release, measure_ids: Sequence[str], since: int, until: int) -> pd.Series:
    """Tell for every kabupaten and kota how fresh its latest public value is.

    Parameters
    ----------
    release : Release
    measure_ids : sequence of str
        Any of them counts.
    since, until : int
        A value of these years is recent; one before is older; later ones are not looked at.

    Returns
    -------
    Series
        Index ``region_code`` of all 508; "recent", "older", "interim_only" or "none".
    """
    codes = regions.governments("local").index
    classes = pd.Series(NONE, index=codes, name="latest")
    frame = release.observations
    about = frame[frame["measure_id"].isin(list(measure_ids)) & (frame["year"] <= until)]
    classes[codes.isin(about.loc[about["status"] == "interim", "region_code"])] = INTERIM_ONLY
    final = published(release)
    final = final[final["measure_id"].isin(list(measure_ids)) & (final["year"] <= until)]
    last = final.groupby("region_code")["year"].max()
    classes[codes.isin(last.index[last < since])] = OLDER
    classes[codes.isin(last.index[last >= since])] = RECENT
    return classes


def gaps(
    release: Release, groups: Mapping[str, Sequence[str]], since: int, until: int
) -> pd.DataFrame:
    """Count kabupaten and kota without a public value, by group of measures.

    Returns
    -------
    DataFrame
        Index the groups; counts ``recent``, ``older``, ``interim_only``, ``none`` (as
        :func:`latest_class`, they add up to all governments) and ``missing``: governments
        without a recent final value.
    """
    counts = {
        name: latest_class(release, wanted, since, until).value_counts()
        for name, wanted in groups.items()
    }
    order = [RECENT, OLDER, INTERIM_ONLY, NONE]
    table = pd.DataFrame(counts).T.reindex(index=list(groups), columns=order)
    table = table.fillna(0).astype(int)
    return table.assign(missing=table[[OLDER, INTERIM_ONLY, NONE]].sum(axis=1))


def whole_lists(release: Release, measure_ids: Sequence[str]) -> pd.DataFrame:
    """Sources that print a final value for every local government of a province in one year.

    Such a list cannot be picked for its high values inside the province; a single news item can.
    Provinces are those of today.

    Returns
    -------
    DataFrame
        One row a list: ``source_id``, ``measure_id``, ``year``, ``province_code`` and
        ``governments``.
    """
    local = regions.governments("local")
    frame = release.observations
    frame = frame[frame["measure_id"].isin(list(measure_ids)) & (frame["status"] == "final")]
    frame = frame[frame["region_code"].isin(local.index)]
    keys = ["source_id", "measure_id", "year", "province_code"]
    frame = frame.assign(province_code=frame["region_code"].map(local["province_code"]))
    counts = frame.groupby(keys)["region_code"].nunique().rename("governments").reset_index()
    size = counts["province_code"].map(local.groupby("province_code").size())
    return counts[counts["governments"] == size].reset_index(drop=True)


def reach(release: Release, measure_ids: Sequence[str]) -> pd.Series:
    """Tell for every kabupaten and kota who brought its final values to the public.

    Returns
    -------
    Series
        Index ``region_code`` of all 508: "official" (an official document, or a copy of one,
        prints a final value), else "whole_list" (press, in a list of a whole province), else
        "single_news" (press, one by one), else "none".
    """
    codes = regions.governments("local").index
    frame = release.observations
    frame = frame[frame["measure_id"].isin(list(measure_ids)) & (frame["status"] == "final")]
    frame = frame[frame["region_code"].isin(codes) & ~frame["withheld"]]
    province = regions.governments("local")["province_code"]
    keys = ["source_id", "measure_id", "year", "province_code"]
    frame = frame.assign(province_code=frame["region_code"].map(province))
    lists = pd.MultiIndex.from_frame(whole_lists(release, measure_ids)[keys])
    listed = pd.MultiIndex.from_frame(frame[keys]).isin(lists)
    classes = pd.Series(NONE, index=codes, name="reach")
    press = frame["kind"] == "press"
    classes[codes.isin(frame.loc[press, "region_code"])] = SINGLE_NEWS
    classes[codes.isin(frame.loc[press & listed, "region_code"])] = WHOLE_LIST
    classes[codes.isin(frame.loc[~press, "region_code"])] = OFFICIAL
    return classes


def representation(classes: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Count who brought the values to the public, group by group.

    Parameters
    ----------
    classes : Series
        As :func:`reach` gives it.
    groups : Series
        Index ``region_code``; the group of each government, missing where it has none.

    Returns
    -------
    DataFrame
        Index the groups; ``governments``, the counts ``official``, ``whole_list``,
        ``single_news`` and ``none``, and ``press_share``: the share whose values come from the
        press alone.
    """
    order = [OFFICIAL, WHOLE_LIST, SINGLE_NEWS, NONE]
    both = pd.DataFrame({"group": groups.reindex(classes.index), "reach": classes}).dropna()
    counts = both.groupby(["group", "reach"], observed=True).size().unstack(fill_value=0)
    counts = counts.reindex(columns=order, fill_value=0).rename_axis(columns=None)
    counts.insert(0, "governments", counts.sum(axis=1))
    press = counts[WHOLE_LIST] + counts[SINGLE_NEWS]
    return counts.assign(press_share=press / counts["governments"])


def lists_against_news(release: Release, measure_id: str) -> pd.DataFrame:
    """Compare, year by year, the press values of whole-province lists with those printed singly.

    Parameters
    ----------
    release : Release
    measure_id : str
        A measure with numbers.

    Returns
    -------
    DataFrame
        Index ``year``; ``list_values`` and ``news_values`` (kabupaten and kota) and their medians
        ``list_median`` and ``news_median``, in the measure's unit, NaN without values. A region
        that a list prints in a year counts there only.
    """
    frame = release.observations
    wanted = (frame["measure_id"] == measure_id) & (frame["status"] == "final")
    frame = frame[wanted & (frame["kind"] == "press") & frame["value"].notna()]
    frame = frame[frame["region_code"].isin(regions.governments("local").index)]
    lists = whole_lists(release, [measure_id]).set_index(["source_id", "year"]).index
    listed = pd.MultiIndex.from_frame(frame[["source_id", "year"]]).isin(lists)
    marked = frame.assign(listed=listed).sort_values(["listed", "confidence"], ascending=False)
    first = marked.drop_duplicates(["region_code", "year"])
    table = first.groupby(["year", "listed"])["value"].agg(["size", "median"]).unstack("listed")
    names = {
        ("size", True): "list_values",
        ("median", True): "list_median",
        ("size", False): "news_values",
        ("median", False): "news_median",
    }
    table = table.reindex(columns=list(names)).set_axis(list(names.values()), axis=1)
    counts = ["list_values", "news_values"]
    return table.assign(**table[counts].fillna(0).astype(int))
