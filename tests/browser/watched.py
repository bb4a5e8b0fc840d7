"""A browser, and a page with what it asked for and what went wrong in it."""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str:
    """Return the path of the browser that tests/run.sh found or installed."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    pytest.fail("No Chromium is found; on Debian: apt-get install chromium")


def browser_of() -> Iterator[Any]:
    """Give out a browser, and end it."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield made
        made.close()


class Watched:
    """A page with what it asked for and what went wrong in it."""

    def __init__(
        self, browser: Any, scheme: str = "light", width: int = 1400, height: int = 1000
    ) -> None:
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def _request(self, request: Any) -> None:
        if not re.match(r"(file:|data:|blob:|(http|ws)://127\.0\.0\.1[:/])", request.url):
            self.outside.append(request.url)
