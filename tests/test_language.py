"""Words and number formats."""

import ast
import json
import re
import string

import pytest
from babel.messages.pofile import read_po

from anticorruption import language
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from tests.paths import ROOT

#: Functions that take a message, and which argument it is.
TAKES_MESSAGE = {"say": 0, "self": 0, "deferred": 0, "sentence": 1}


def messages_of_python(source: str) -> set[str]:
    found = set()
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        place = TAKES_MESSAGE.get(name)
        if place is not None and len(call.args) > place:
            message = call.args[place]
            if isinstance(message, ast.Constant) and isinstance(message.value, str):
                found.add(message.value)
    return found


def messages_in_code() -> set[str]:
    """Every message that the library and the templates ask to be translated."""
    sources = [path.read_text("utf-8") for path in (ROOT / "anticorruption").rglob("*.py")]
    for notebook in (ROOT / "notebooks").glob("report-*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources += ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    found = {message for source in sources for message in messages_of_python(source)}
    for template in (ROOT / "anticorruption").rglob("*.j2"):
        found |= set(re.findall(r'say\("([^"]+)"', template.read_text(encoding="utf-8")))
    return found


def catalogue() -> dict[str, str]:
    with language.catalogue_path("id").open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id}


def test_every_message_of_the_code_has_its_indonesian_text():
    missing = messages_in_code() - set(catalogue())
    assert not missing, sorted(missing)


def test_no_indonesian_text_is_left_of_a_message_that_is_gone():
    assert set(catalogue()) - messages_in_code() == set()


def test_translations_keep_the_names_in_braces():
    def fields(text):
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    for message, text in catalogue().items():
        assert text and fields(text) == fields(message), message


@pytest.mark.parametrize(
    ("value", "places", "indonesian", "english"),
    [
        (77.1, 2, "77,10", "77.10"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (-4.94, 2, "−4,94", "−4.94"),
        (0.125, 2, "0,13", "0.13"),
        (2.675, 2, "2,68", "2.68"),
        (-0.004, 2, "0,00", "0.00"),
        (None, 2, "tidak terbit", "not published"),
        (float("nan"), 0, "tidak terbit", "not published"),
    ],
)
def test_numbers_are_rounded_half_up_and_written_in_the_language(
    value, places, indonesian, english
):
    assert Language("id").number(value, places) == indonesian
    assert Language("en").number(value, places) == english


def test_dates_of_any_precision():
    say = Language("id")
    assert say.date("2024-09-20") == "20 September 2024"
    assert say.date("2025-08") == "Agustus 2025"
    assert say.date("2024") == "2024"


def test_signs_of_margins():
    assert Language("en").number(9.1, 2, signed=True) == "+9.10"
    assert Language("en").number(0, 2, signed=True) == "0.00"


def test_unknown_language_is_refused_in_a_sentence():
    with pytest.raises(RefusedInput, match="language 'fr' is not available; choose one of id, en"):
        Language("fr")
