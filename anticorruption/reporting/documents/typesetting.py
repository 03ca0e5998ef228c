"""Typst, kept at arm's length: one template, data as one text, fonts that came with the packages.

Run as a program it reads a request from standard input and writes the result to standard output.
That is how a process gets its files that was forked from one that has used Typst, because the
threads that Typst works with are not there after a fork; and one that has set many documents,
because Typst keeps what it has computed. For that reason nothing of this project is imported here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import typst

#: Families the template names; without one of them pages would look different or be refused.
FAMILIES = ("Libertinus Serif", "DejaVu Sans", "DejaVu Sans Mono", "Last Resort High-Efficiency")
#: Documents that a process sets by itself; Typst keeps some 50 MB of each.
_MOST = 6
_used_by: int | None = None
_set = 0
_compilers: dict[tuple[str, str], typst.Compiler] = {}


def missing_fonts(fonts: str) -> list[str]:
    """Families that the typst package and a folder of fonts lack."""
    known = typst.Fonts(include_system_fonts=False, font_paths=[fonts]).families()
    return [family for family in FAMILIES if family not in known]


def typeset(template: str, fonts: str, document: str, form: str, standard: str = "") -> bytes:
    """Set a document.

    Parameters
    ----------
    template : str
        Path of the Typst file. It sees its own folder and nothing else.
    fonts : str
        Folder of fonts beside those in the typst package; the system's own are not used.
    document : str
        JSON text that the template reads; nothing in it is evaluated.
    form : str
        ``"pdf"`` or ``"png"`` (the first page).
    standard : str
        PDF standard such as ``"ua-1"``.

    Raises
    ------
    RuntimeError
        With Typst's words, if it refuses.
    """
    global _used_by, _set
    _set += 1
    if _used_by not in (None, os.getpid()) or _set > _MOST:
        return _elsewhere(template, fonts, document, form, standard)
    _used_by = os.getpid()
    key = (template, fonts)
    if key not in _compilers:
        _compilers[key] = typst.Compiler(
            template,
            root=str(Path(template).parent),
            font_paths=[fonts],
            ignore_system_fonts=True,
        )
    made = _compilers[key].compile(
        sys_inputs={"document": document},
        format=form,
        ppi=200.0 if form == "png" else None,
        pdf_standards=[standard] if standard else [],
        timestamp=0,
    )
    return made[0] if isinstance(made, list) else made


def _elsewhere(*request: str) -> bytes:
    done = subprocess.run(  # noqa: S603 - our own file, by this very Python
        [sys.executable, "-I", __file__],
        input=json.dumps(request).encode("ascii"),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace").strip().splitlines()[-1])
    return done.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(*json.load(sys.stdin.buffer)))
