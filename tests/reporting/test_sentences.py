"""The sentences of a report are computed from the figures they speak of."""

import re

import pandas as pd
import pytest
from babel.messages.pofile import read_po

from anticorruption import language
from anticorruption.language import Language
from anticorruption.programme import screening
from anticorruption.reporting import sentences, side_by_side, studies
from anticorruption.reporting.display import Page
from tests.conftest import DATA
from tests.reporting.conftest import REPORTS

#: Words that judge a region. Names of the programme ("Antikorupsi") and of what is measured
#: ("prevalensi korupsi") are other words.
JUDGING = re.compile(
    r"\b(ter)?korup\b|\b(ter)?bersih\b|\bterburuk\b|\bterbaik\b|\bkotor\b"
    r"|\bcorrupt\b|\bclean(er|est)?\b|\bworst\b|\bbest\b|\bdirty\b",
    re.IGNORECASE,
)
CODES = [
    "35.72", "52.71", "13.76", "33.09", "33.72", "34.01", "51.03", "71.07", "95.04", "16.05",
    "35", "31", "96",
]  # fmt: skip


@pytest.fixture
def said(national_2025):
    """Plain text of a sentence about a region."""

    def tell(sentence, code, code_of_language="en"):
        page = Page(national_2025.release, Language(code_of_language))
        found = sentence(page, studies.region(national_2025, code))
        parts = found if isinstance(found, list) else [found]
        return [" ".join(part.striptags().split()) for part in parts]

    return tell


def test_the_headline_of_a_pilot(said):
    (headline,) = said(sentences.headline, "35.72")
    assert headline == (
        "Blitar City scored 77.34 [1] in the integrity survey (SPI) of 2025: place 14 of 38 in "
        "East Java, where the noise of the survey leaves room for any place from 1 to 38. KPK's "
        "assessment of edition 2025 gave it 92.15, category Istimewa [2]."
    )


def test_the_headline_of_a_pilot_whose_score_is_not_published(said):
    (headline,) = said(sentences.headline, "51.03")
    assert "It was a pilot of edition 2024; its final score is not published [2]." in headline
    (headline,) = said(sentences.headline, "51.03", "id")
    assert "edisi 2024" in headline and "tidak terbit" in headline


def test_the_headline_of_a_region_without_scores(national_2025, monkeypatch):
    study = studies.region(national_2025, "95.04")
    monkeypatch.setitem(study.__dict__, "scores", study.scores.iloc[:0])
    page = Page(national_2025.release, Language("en"))
    assert sentences.headline(page, study) == (
        "No integrity survey (SPI) score of Tolikara Regency is published."
    )
    assert "too few SPI scores" in sentences.findings(page, study)[0]


@pytest.mark.parametrize("code", CODES)
def test_a_movement_is_weighed_against_noise_and_against_the_others(said, national_2025, code):
    study = studies.region(national_2025, code)
    found = said(sentences.findings, code)[0]
    first, last = study.scores.index[0], study.scores.index[-1]
    if len(study.scores) < 2:
        assert "too few" in found
        return
    change = study.scores[last] - study.scores[first]
    limit = 1.645 * 2**0.5 * national_2025.noise.standard_error
    assert f"From {first} to {last} its SPI moved by {signed(change)} points" in found
    assert ("more than the" if abs(change) > limit else "within the") + f" {limit:.1f}" in found
    panel = national_2025.panel.reindex(study.nationwide)
    assert f"moved by {signed((panel[last] - panel[first]).median())}." in found
    assert "breaks" in found


def signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−") if round(number, 2) else "0.00"


@pytest.mark.parametrize("code", [code for code in CODES if "." in code])
def test_the_criteria_are_counted_and_drawn_together(said, national_2025, code):
    overall = studies.region(national_2025, code).overall
    (found,) = said(sentences.criteria, code)
    numbers = [int(n) for n in re.findall(r"\d+", found)]
    assert numbers == [2025, overall["met"], overall["not_met"], overall["unknown"]]
    assert sum(numbers[1:]) == 8
    ending = {
        screening.MET: "so it meets the entry criteria.",
        screening.NOT_MET: "it does not meet them all.",
        screening.UNKNOWN: "leaves the overall answer open.",
    }
    assert found.endswith(ending[overall["answer"]])


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("33.09", "2023: KPK withheld this score"),
        ("52.71", "Its SPI of 2022 is 3.06 points lower than its published parts give"),
        ("13.76", "Sources contradict one another about"),
        ("35.72", "Sources contradict one another about"),
    ],
)
def test_the_gravest_caution_is_told(said, code, words):
    assert words in said(sentences.findings, code)[2]


def test_a_third_of_the_scores_of_2022_carry_the_deduction(said, national_2025):
    found = said(sentences.findings, "52.71")[2]
    part, whole = map(int, re.search(r"that (\d+) of (\d+) of the scores", found).groups())
    flags = national_2025.rebuilt.xs(2022, level="year")["unexplained"]
    assert (part, whole) == (flags.sum(), len(flags)) and 0.2 < part / whole < 0.45


@pytest.mark.parametrize("code", [code for code in CODES if "." not in code])
def test_a_province_is_told_its_parts_and_no_criteria(said, code):
    found = " ".join(said(sentences.findings, code))
    assert "criteria" not in found and "gave" in found


def test_other_readings_of_the_thresholds_are_told_with_their_answer(said, national_2025):
    found = said(sentences.variants, "35.72")
    assert len(found) == sum(len(c.variants) for c in national_2025.programme.criteria)
    assert all("Answer: " in told and "overall: " in told for told in found)
    assert all(re.search(r"\[\d+\]$", told) for told in found)


def test_every_reason_and_answer_has_words_in_both_languages(national_2025):
    answers = screening.screen(national_2025.release, national_2025.programme)
    for code in language.LANGUAGES:
        say = Language(code)
        for reason in set(answers["reason"]):
            assert sentences.reason(say, reason) or reason == "compared"
        for answer in set(answers["answer"]):
            assert sentences.answer(say, answer)
        for _, row in answers.drop_duplicates("criterion").iterrows():
            assert sentences.asked(say, row)


def test_names_of_provinces_go_without_their_kind(national_2025):
    for code, indonesian, english in (
        ("35.72", "Jawa Timur", "East Java"), ("95.04", "Papua Pegunungan", "Highland Papua"),
    ):  # fmt: skip
        study = studies.region(national_2025, code)
        assert sentences.province(Language("id"), study) == indonesian
        assert sentences.province(Language("en"), study) == english


def test_noise_and_weights_are_called_estimates(national_2025):
    page = Page(national_2025.release, Language("en"))
    made = sentences.how_spi_is_made(page, national_2025)
    assert "They are an estimate, not KPK's figures." in made.striptags()
    weights = national_2025.weights
    for share in (weights.internal, weights.external, weights.expert):
        assert f"{share:.3f}" in made
    sure = sentences.how_sure(page, national_2025)
    assert f"about {national_2025.noise.standard_error:.2f} points" in sure
    assert "are not ordered" in sure


def test_breaks_are_told_with_year_and_source(national_2025):
    page = Page(national_2025.release, Language("en"))
    told = [found.striptags() for found in sentences.breaks(page, national_2025, "spi")]
    assert [line[:5] for line in told] == ["2022:", "2024:"]
    assert all(re.search(r"\[\d+\]$", line) for line in told)


def test_provenance_names_release_version_and_command_and_no_clock(national_2025):
    page = Page(national_2025.release, Language("en"))
    study = studies.region(national_2025, "35.72")
    told = " ".join(line.striptags() for line in sentences.provenance(page, study, "do <this>"))
    for word in ("2026.11", "sha256", "anticorruption 0.", "seed", "do <this>", "observations.csv"):
        assert word in told
    assert not re.search(r"\d\d:\d\d", told)


def test_a_command_is_escaped_in_the_page(national_2025):
    page = Page(national_2025.release, Language("en"))
    study = studies.region(national_2025, "35.72")
    assert "<this>" not in "".join(sentences.provenance(page, study, "do <this>"))


def test_an_altered_release_is_warned_about(national_2025, small_copy):
    from anticorruption import release

    study = studies.region(national_2025, "35.72")
    assert sentences.altered(Language("en"), study) == ""
    row = small_copy.row("observations", region_code="35.72", measure_id="spi_expert", year="2024")
    small_copy.set("observations", row, value="79.73")
    changed = studies.region(studies.national(release.load(), 2025), "35.72")
    assert sentences.altered(Language("en"), changed).endswith(": observations.csv.")


# Words


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_no_generated_sentence_judges_a_region(national_2025, code):
    page = Page(national_2025.release, Language(code))
    say = page.say
    for region in ("52.71", "33.09", "51.03", "35"):
        study = studies.region(national_2025, region)
        told = [sentences.title(say, study), sentences.particulars(say, study)]
        told += [sentences.headline(page, study), *sentences.findings(page, study)]
        told += sentences.unpublished(page, study)
        if not study.is_province:
            told += [sentences.criteria(page, study), *sentences.variants(page, study)]
        assert not [text for text in told if JUDGING.search(text)], region
    study = studies.comparison(national_2025, ["13.76", "33.72", "51.03", "35.72"])
    told = [side_by_side.headline(page, study), *side_by_side.findings(page, study)]
    assert not [text for text in told if JUDGING.search(text)]


@pytest.mark.parametrize("report", REPORTS, indirect=True)
def test_no_page_judges_a_region_in_words_of_its_own(report):
    # titles of sources and remarks quote their publishers
    quoted = report.soup.main.find_all("cite") + report.soup.main.find_all("a", rel=True)
    quoted += [row.find_all("td")[-1] for row in report.soup.find_all("tr", id=True)]
    skipped = {id(element) for element in quoted}
    words = [
        text for text in report.soup.main.find_all(string=True)
        if not any(id(parent) in skipped for parent in text.parents)
    ]  # fmt: skip
    assert not [text for text in words if JUDGING.search(text)]
    assert not [i["alt"] for i in report.soup.find_all("img") if JUDGING.search(i["alt"])]


def test_no_message_and_no_label_judges_a_region(codebook):
    with language.catalogue_path("id").open("rb") as file:
        messages = [text for m in read_po(file) if m.id for text in (m.id, m.string)]
    # names of what is filled in are no words
    messages = [re.sub(r"\{\w+\}", "", message) for message in messages]
    labels = [r[key] for r in codebook.values() for key in ("name_ind", "name_eng", "labels")]
    for table in ("bands", "breaks", "flags", "pilots"):
        labels += (DATA / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    assert not [text for text in messages + labels if JUDGING.search(text)]


def test_the_words_that_judge_are_told_from_names():
    for fine in ("Antikorupsi", "prevalensi korupsi", "anti-corruption", "bestari", "korupsi"):
        assert not JUDGING.search(fine)
    for judging in ("daerah korup", "paling bersih", "Terburuk", "corrupt", "clean", "worst"):
        assert JUDGING.search(judging)


def test_low_and_high_and_the_three_weights_stand_in_their_order(national_2025):
    page = Page(national_2025.release, Language("en"))
    study = studies.region(national_2025, "35.72")
    place = study.standing.iloc[-1]
    told = sentences.headline(page, study).striptags()
    assert place["near_low"] < place["near_high"]
    assert f"any place from {place['near_low']} to {place['near_high']}" in told
    made, weights = sentences.how_spi_is_made(page, national_2025), national_2025.weights
    shares = (f"{share:.3f}" for share in weights.as_array())
    assert "{} internal, {} external and {} expert".format(*shares) in made
    sure, noise = sentences.how_sure(page, national_2025), national_2025.noise
    assert f"interval {noise.low:.2f} to {noise.high:.2f}" in sure


def test_every_rule_is_asked_in_its_own_words():
    say = Language("en")
    asked = [
        sentences.asked(say, pd.Series({"rule": rule, "threshold": value, "years_running": years}))
        for rule, value, years in (
            ("at_least", 68.5, 1), ("above", 70, 1), ("category_at_least", "B", 1),
            ("label_years_running", "WTP", 1), ("label_years_running", "WTP", 2),
            ("label", "yes", 1), ("not_published", None, 1),
        )
    ]  # fmt: skip
    assert asked == [
        "at least 68.5", "above 70", "category B or better", "WTP", "WTP, 2 years running", "yes",
        "no threshold published",
    ]  # fmt: skip
    category = pd.Series({"rule": "category_at_least", "threshold": "B", "years_running": 1})
    assert sentences.asked(Language("id"), category) != "category B or better"
