"""Chromium for the tests that open pages: Debian's, driven by playwright; nothing is downloaded."""

import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for all tests of a process."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine: `make test-tools` installs Debian's")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A fresh page that remembers what it asked for and what it complained about.

    ``page.asked`` is the list of addresses, ``page.complaints`` that of console errors, uncaught
    exceptions and dialogs.
    """
    context = browser.new_context()
    opened = context.new_page()
    opened.asked, opened.complaints = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on(
        "console",
        lambda told: opened.complaints.append(told.text) if told.type == "error" else None,
    )
    opened.on("pageerror", lambda problem: opened.complaints.append(str(problem)))
    opened.on("dialog", lambda asked: (opened.complaints.append(asked.message), asked.dismiss()))
    yield opened
    context.close()
