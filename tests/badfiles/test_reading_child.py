"""The child that reads: its limits hold, and however it ends a user gets one sentence."""

import subprocess
import sys
import zipfile

import pytest
from defusedxml import DTDForbidden, EntitiesForbidden

from anticorruption.errors import RefusedInput
from anticorruption.intake import archive, child, reading, structure
from tests.badfiles import making

#: What a library in the child could do to it, as a module that takes calamine's place.
ENDS = {
    "hangs": ("while True: pass", "takes more than 1 seconds"),
    "works without end": (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass",
        "takes more than 8 seconds",
    ),
    "sleeps": ("import time; time.sleep(60)", "takes more than 1 seconds"),
    "eats memory": ("x = []\nwhile True: x.append(bytes(2**24))", "takes too much memory"),
    "dies": (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "the program that reads it",
    ),
    "aborts": ("import os; os.abort()", "takes too much memory"),
    "leaves": ("import os; os._exit(0)", "is damaged"),
    "fails": ("raise RuntimeError('x')", "is damaged"),
    "talks": ("print('{}')\nraise SystemExit(0)", "is damaged"),
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(making.xlsx())
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are the system's")
@pytest.mark.parametrize("how", ENDS)
def test_a_child_that_ends_badly_is_one_sentence(file, tmp_path, monkeypatch, how):
    code, said = ENDS[how]
    library = tmp_path / "library"
    library.mkdir()
    (library / "python_calamine.py").write_text(code + "\n")
    # The library of this name is found before the real one.
    monkeypatch.setattr(reading, "_PACKAGE", f"{library}:{reading._PACKAGE}")
    monkeypatch.setattr(reading, "MOST_SECONDS", 1 if how in ("hangs", "sleeps") else 8)
    with pytest.raises(RefusedInput) as refused:
        reading.open_workbook(file)
    told = str(refused.value)
    assert told.startswith("a.xlsx: ") and told.endswith(".") and told.isprintable()
    assert said in told


def test_a_child_over_its_seconds_of_the_processor_took_too_long():
    assert reading._end(b"", -24) == "time"
    assert reading._end(b"MemoryError", 1) == reading._end(b"", -9) == "memory"


@pytest.mark.skipif(sys.platform != "linux", reason="limits are the system's")
def test_the_child_sets_its_limits_before_it_reads_anything():
    code = (
        "import resource, sys\n"
        "from anticorruption.intake import child\n"
        "told = []\n"
        "child.read = lambda *_: told.append([resource.getrlimit(k) for k in"
        " (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)]) or {}\n"
        "sys.argv = ['child', 'csv']\n"
        "child.main()\n"
        "print(told, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, check=True)
    most, seconds = child.MOST_MEMORY, child.MOST_SECONDS
    limits = [(most, most), (seconds, seconds + 1), (0, 0)]
    assert done.stderr.decode().strip() == str([limits])


def test_limits_of_an_archive_are_checked_before_anything_is_unpacked(monkeypatch):
    def unpacked(*_):
        raise AssertionError("a part was unpacked")

    parts = making.parts()
    bombs = [
        making.packed(parts | more)
        for more in (
            {"xl/x.bin": bytes(archive.MOST_BYTES + 1)},
            {"xl/x.bin": bytes(2 * 2**20)},
            {f"xl/{n}": b"" for n in range(archive.MOST_PARTS)},
        )
    ]
    monkeypatch.setattr(zipfile.ZipFile, "read", unpacked)
    monkeypatch.setattr(zipfile.ZipFile, "open", unpacked)
    for bomb in bombs:
        with pytest.raises(archive.Refused):
            archive.opened(bomb)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', EntitiesForbidden),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', EntitiesForbidden),
        ('<!DOCTYPE x [<!ENTITY % a "b"> %a;]><x/>', EntitiesForbidden),
        ('<!DOCTYPE x SYSTEM "x.dtd"><x/>', DTDForbidden),
    ],
)
def test_the_second_reader_of_xml_knows_no_entities(text, error):
    # The archive refuses a document type before; should it miss one, this reader refuses as well.
    forbid = {"forbid_dtd": True} if error is DTDForbidden else {}
    with pytest.raises(error):
        structure.ElementTree.fromstring(text, **forbid)
    with pytest.raises(error):
        list(structure.ElementTree.iterparse(making.io.BytesIO(text.encode()), **forbid))


def test_an_xlsx_in_which_the_archive_missed_an_entity_is_refused_all_the_same(monkeypatch, file):
    xml = making.sheet().replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>', 1)
    content = making.packed(making.parts({"Rekap": xml}))
    monkeypatch.setattr(archive, "_check_part", lambda *_: None)
    with pytest.raises(archive.Refused) as refused:
        child.read(content, "xlsx")
    assert refused.value.rule == "damaged"
