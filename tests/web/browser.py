"""The system's Chromium, for tests that look at pages as readers do.

with chromium() as browser: ...
with opened(browser, site, "/feeds/wire", width=360) as sight:
    sight.page                  # Playwright's page
    sight.complaints            # what the console said
    sight.strangers             # requests that did not go to our server
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ARTEFACTS = Path(__file__).parent.parent.parent / "artefacts"
# The same browser twice; without windows of its own a page takes it 0.14 s of CPU, with
# them 0.43.
NAMES = ("chromium-headless-shell", "chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
]
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900">'
    '<rect width="1600" height="900" fill="#b9c7cf"/>'
    '<path d="M0 620h1600v280H0z" fill="#6d8796"/>'
    '<path d="M480 640l120-180h400l120 180z" fill="#8f1d21"/></svg>'
)


@contextmanager
def chromium():
    """Start Chromium with a window, and end it with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, NAMES))), args=FLAGS
        )
        browser.new_context()
        try:
            yield browser
        finally:
            browser.close()


class Sight:
    """An open page, and what was seen beside it."""

    def __init__(self, page, site):
        self.page = page
        self.complaints = []
        self.strangers = []
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route(lambda url: not url.startswith(site.base), self._answer)

    def _answer(self, route):
        """Answer for the rest of the world: with a picture, whatever was asked."""
        self.strangers.append((route.request.resource_type, route.request.url))
        route.fulfill(content_type="image/svg+xml", body=PICTURE)


@contextmanager
def opened(browser, site, path, *, width=1440, scheme="light", **context):
    """Open a page of a site in a window of a given width, in CSS pixels.

    With a `context` of its own (what it may do) it has a window of its own.
    """
    window = browser.new_context(**context) if context else window_of(browser)
    page = window.new_page()
    try:
        page.set_default_timeout(15_000)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        sight = Sight(page, site)
        page.goto(site.base + path, wait_until="load")
        yield sight
    finally:
        page.close()
        if context:
            window.close()
        else:
            window.clear_cookies()


def window_of(browser):
    """Return the window that pages share if they keep nothing there.

    A window takes the whole Chromium 0.95 s of CPU, a page in one that is open 0.25 s.
    """
    return browser.contexts[0]


def photograph(page, name):
    """Write a picture of the whole page for people to look at, if they asked for it."""
    if "MEDIAWIRE_TEST_PICTURES" not in os.environ:
        return
    folder = ARTEFACTS / "web"
    folder.mkdir(parents=True, exist_ok=True)
    # A PNG of the same page takes twice the CPU.
    page.screenshot(
        path=folder / f"{name}.jpeg", full_page=True, type="jpeg", quality=85
    )
