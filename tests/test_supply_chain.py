"""What the project leans on: locked, licensed as allowed, and silent on the network."""

import importlib.metadata
import re
import socket

import pytest
import pytest_socket

from tests import licences
from tests.paths import ROOT


def test_every_installed_package_of_the_lock_has_an_allowed_licence():
    refused = {
        package.name: package.licence for package in licences.packages() if not package.allowed
    }
    assert refused == {}


def test_packages_that_are_not_installed_here_belong_to_other_systems_or_versions():
    """A marker in the lock says for which system or Python a package is meant."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    absent = {package.name for package in licences.packages() if package.licence is None}
    for name in absent:
        line = re.search(rf"^{re.escape(name)}==\S+(.*)$", lock, re.MULTILINE)
        assert line and ";" in line.group(1), f"{name} is in the lock and not installed"


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0", "Proprietary", "", "MIT AND GPL"])
def test_other_licences_are_refused(licence):
    assert not licences.allowed(licence)


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0 OR BSD-2-Clause", "BSD License", "MPL-2.0"])
def test_usual_licences_are_allowed(licence):
    assert licences.allowed(licence)


def test_the_lock_is_what_is_installed():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.MULTILINE))
    for package in licences.packages():
        if package.licence is not None and lock.count(f"\n{package.name}==") == 1:
            assert importlib.metadata.version(package.name) == locked[package.name], package.name


def test_tests_cannot_reach_the_network():
    with pytest.raises(pytest_socket.SocketConnectBlockedError), socket.socket() as plug:
        plug.connect(("192.0.2.1", 80))


def test_the_audit_of_the_security_page_reads_the_lock_by_its_hashes_and_installs_nothing_of_it():
    """It asks the network, so it is no test; that its words are options of pip-audit was tried."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    *_, audit = [line.split() for line in block.splitlines()]
    assert audit[0] == ".audit-venv/bin/pip-audit"
    assert set(audit[1:]) == {
        "--requirement", "requirements.lock", "--require-hashes", "--disable-pip"
    }  # fmt: skip
    assert (ROOT / audit[audit.index("--requirement") + 1]).is_file()
