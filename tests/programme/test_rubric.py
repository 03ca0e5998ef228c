"""The programme of an edition: what its file says, and a sentence for what is wrong with it."""

import pytest

from anticorruption import tables
from anticorruption.errors import RefusedInput
from anticorruption.programme import rubric
from tests.conftest import DATA

FILE = DATA / "programmes" / "kabkota-2025.toml"
EIGHT = ["mcp", "spi", "sakip", "ombudsman", "spip", "spbe", "bpk", "no-investigation"]


@pytest.fixture(params=[2024, 2025])
def programme(request):
    return rubric.load(request.param, DATA)


@pytest.fixture
def spoilt(tmp_path):
    """Write the file of 2025 with one text replaced, the first time it stands there."""

    def write(old, new):
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "kabkota-2025.toml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return write


def test_two_editions_are_described():
    assert rubric.editions(DATA) == [2024, 2025]


def test_eight_criteria_six_components_nineteen_indicators_and_a_mark_of_90(programme):
    assert [criterion.id for criterion in programme.criteria] == EIGHT
    assert len(programme.components) == 6 and len(programme.indicators) == 19
    assert (programme.pass_mark, programme.category) == (90, "Istimewa")
    assert (programme.scale_min, programme.scale_max) == (0, 100)


@pytest.mark.parametrize(
    ("criterion", "rule", "value", "years"),
    [
        ("mcp", "at_least", 75, 1),
        ("spi", "at_least", 68, 1),
        ("sakip", "not_published", None, 1),
        ("ombudsman", "category_at_least", "B", 1),
        ("spip", "not_published", None, 1),
        ("spbe", "not_published", None, 1),
        ("bpk", "label_years_running", "WTP", 2),
        ("no-investigation", "label", "yes", 1),
    ],
)
def test_base_thresholds_as_published(programme, criterion, rule, value, years):
    base = programme.criterion(criterion).base
    assert (base.variant, base.rule, base.value, base.years) == ("base", rule, value, years)


def test_published_variants_of_each_edition():
    assert rubric.load(2024, DATA).variants() == ("base", "spi-above-70")
    assert rubric.load(2025, DATA).variants() == (
        "base",
        "mcp-above-70",
        "mcp-90",
        "spi-above-70",
        "wtp-latest",
    )


def test_a_variant_changes_its_criterion_only():
    programme = rubric.load(2025, DATA)
    above = programme.criterion("spi").threshold("spi-above-70")
    assert (above.rule, above.value, above.variant) == ("above", 70, "spi-above-70")
    mcp = programme.criterion("mcp")
    assert mcp.threshold("spi-above-70") == mcp.base
    assert mcp.threshold("base") == mcp.base
    assert programme.criterion("bpk").threshold("wtp-latest").years == 1


def test_the_component_of_each_indicator_is_marked_as_inferred(programme):
    assert {indicator.component_standing for indicator in programme.indicators} == {"inferred"}
    described = {component.id for component in programme.components}
    assert {indicator.component for indicator in programme.indicators} == described


def test_every_threshold_stands_on_a_source_of_the_release(programme):
    sources = set(tables.read("sources", DATA)["source_id"])
    book = set(tables.read("measures", DATA)["measure_id"])
    entries = [
        *(t for c in programme.criteria for t in (c.base, *c.variants)),
        *programme.components,
        *programme.indicators,
    ]
    assert {entry.source_id for entry in entries} <= sources
    assert {programme.pass_mark_source_id, programme.award_source_id} <= sources
    assert {m for c in programme.criteria for m in (c.measure_id, *c.supporting)} <= book


def test_names_in_both_languages(programme):
    spi = programme.criterion("spi")
    assert (spi.name(), spi.name("id"), spi.name("en")) == ("Skor SPI", "Skor SPI", "SPI score")


@pytest.mark.parametrize(("edition", "day"), [(2024, "2024-12-09"), (2025, "2025-12-09")])
def test_the_awards_were_handed_over_on_anti_corruption_day(edition, day):
    assert rubric.load(edition, DATA).awarded_on == day


def test_an_unknown_criterion_is_refused_with_the_known_ones(programme):
    with pytest.raises(RefusedInput, match=f"edition {programme.edition}: no criterion 'wealth'"):
        programme.criterion("wealth")


@pytest.mark.parametrize("edition", [2023, 2026, 0])
def test_an_edition_that_is_not_described_is_refused_with_those_that_are(edition):
    with pytest.raises(RefusedInput, match=f"edition {edition} is not .* there is: 2024, 2025"):
        rubric.load(edition, DATA)


def test_a_folder_without_programmes_says_so(tmp_path):
    with pytest.raises(RefusedInput, match="there is: none"):
        rubric.load(2025, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("edition = 2025", "", "'edition' is missing"),
        ("edition = 2025", 'edition = "2025"', "'edition' is '2025' and must be a whole number"),
        ("edition = 2025", "edition = true", "'edition' is True and must be a whole number"),
        ("edition = 2025", "edition = 2025.0", "'edition' is 2025.0 and must be a whole number"),
        ("edition = 2025", "edition =", "not readable as TOML"),
        ("[scale]", "[scala]", "the part [scale] is missing"),
        ("[award]", "[prize]", "the part [award] is missing"),
        ('date = "2025-12-09"', "date = 2025-12-09", "[award]: 'date' is"),
        ("minimum = 0", 'minimum = "0"', "'minimum' is '0' and must be a number"),
        ("maximum = 100", "maximum = 80", "[pass_mark]: 90 lies outside the scale 0-80"),
        ("value = 90\ncategory", "value = 120\ncategory", "120 lies outside the scale 0-100"),
        ("value = 90\ncategory", "value = nan\ncategory", "must be a finite number"),
        ("value = 90\ncategory", 'value = "90"\ncategory', "[pass_mark]: 'value' is '90'"),
        ('category = "Istimewa"', "category = 1", "[pass_mark]: 'category' is 1 and must be text"),
        ('rule = "at_least"', 'rule = "atleast"', "criterion 'mcp': 'rule' is 'atleast'"),
        ("value = 75\n", "", "criterion 'mcp': rule 'at_least' needs a number"),
        ("value = 75", 'value = "75"', "criterion 'mcp': rule 'at_least' needs a number"),
        ("value = 75", "value = true", "criterion 'mcp': 'value' is True"),
        ('value = "B"', "value = 2", "'ombudsman': rule 'category_at_least' needs a text"),
        ('value = "WTP"\n', "", "criterion 'bpk': rule 'label_years_running' needs a text"),
        ('value = "yes"\n', "", "criterion 'no-investigation': rule 'label' needs a text"),
        ("years = 2", 'years = "2"', "criterion 'bpk': 'years' is '2' and must be a whole number"),
        (
            'rule = "not_published"',
            'rule = "not_published"\nvalue = 60',
            "criterion 'sakip': a threshold that is not published can have no 'value'",
        ),
        ('"sakip_predicate"\n', '"sakip_predicate"\nsupporting_ = 1\n', None),
        ('["sakip"]', '"sakip"', "criterion 'sakip': 'supporting' is 'sakip' and must be a list"),
        (
            'value = 75\nstanding = "press"',
            'value = 75\nstanding = "hearsay"',
            "criterion 'mcp': 'standing' is 'hearsay' and must be one of official, press",
        ),
        (
            'value = 70\nstanding = "press"\nconfidence = "low"',
            'value = 70\nstanding = "press"\nconfidence = "sure"',
            "variant 'mcp-above-70': 'confidence' is 'sure' and must be one of high",
        ),
        ('name_eng = "MCP score"\n', "", "criterion 'mcp': 'name_eng' is missing"),
        ('measure_id = "spbe"\n', "", "criterion 'spbe': 'measure_id' is missing"),
        (
            'source_id = "marosnews-9d67dc"\n',
            "",
            "criterion 'mcp': 'source_id' is missing",
        ),
        ('id = "mcp-90"\n', "", "'id' is missing"),
        (
            '[[criterion.variant]]\nid = "wtp',
            '[criterion.variant]\nid = "wtp',
            "criterion 'bpk': [[variant]] must be a list",
        ),
        ('id = "spi"', 'id = "mcp"', "criterion 'mcp' is described twice"),
        ('id = "c2"', 'id = "c1"', "component 'c1' is described twice"),
        ('id = "i19"', 'id = "i18"', "indicator 'i18' is described twice"),
        ('component = "c1"', 'component = "c9"', "indicator 'i01': component 'c9' is not"),
        ('component = "c1"', f'component = "{"9" * 5_000}"', "indicator 'i01': component '999"),
        ('component = "c1"\n', "", "indicator 'i01': 'component' is missing"),
        (
            'component_standing = "inferred"',
            'component_standing = "rumour"',
            "indicator 'i01': 'component_standing' is 'rumour'",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_entry_and_value(spoilt, old, new, said):
    path = spoilt(old, new)
    if said is None:
        # A key nobody asks for does no harm.
        assert rubric.read(path) == rubric.load(2025, DATA)
        return
    with pytest.raises(RefusedInput) as refused:
        rubric.read(path)
    text = str(refused.value)
    assert text.startswith("kabkota-2025.toml") and said in text and "\n" not in text
    assert len(text) < 500


@pytest.mark.parametrize("kind", ["criterion", "component", "indicator"])
def test_a_programme_without_one_kind_of_entry_is_refused(tmp_path, kind):
    text = FILE.read_text(encoding="utf-8")
    if kind == "component":
        text = text.replace("[[indicator]]", "[[spare]]")
    path = tmp_path / "kabkota-2025.toml"
    path.write_text(text.replace(f"[[{kind}", "[[other"), encoding="utf-8")
    with pytest.raises(RefusedInput, match=r"no (criterion|component|indicator) is described"):
        rubric.read(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "kabkota-2025.toml"
    path.write_bytes(FILE.read_bytes().replace(b"Nilai", b"Nila\xef", 1))
    with pytest.raises(RefusedInput, match=r"kabkota-2025\.toml: line 52 is not UTF-8"):
        rubric.read(path)


def test_a_mark_on_the_edge_of_the_scale_is_allowed(spoilt):
    assert rubric.read(spoilt("maximum = 100", "maximum = 90")).pass_mark == 90
