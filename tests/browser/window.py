"""One page of one person's browser, and what it complained about."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize

from browser.stage import Stage

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
WIDE = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)

_NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""
_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
}"""


@dataclass
class Window:
    """A page, with the errors that its console showed."""

    page: Page
    context: BrowserContext
    url: str
    complaints: list[str] = field(default_factory=list)

    def goto(self, path: str) -> None:
        """Open an address of the dashboard."""
        self.page.goto(self.url + path)

    def expect_text(self, text: str) -> None:
        """Wait until the text can be seen."""
        self.page.get_by_text(text).first.wait_for()

    def wait(self, condition: str, argument: Any = None) -> Any:
        """Wait until a JavaScript expression is true; its value."""
        return self.page.wait_for_function(condition, arg=argument).json_value()

    def line(self, number: int) -> Any:
        """A line of the log that is shown."""
        return self.page.locator(f"[data-line='{number}']")

    def axe(self) -> list[str]:
        """What is wrong for people who do not see or do not use a mouse."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return self.page.evaluate(_AXE)

    def violations(self) -> list[str]:
        """What the content security policy has refused."""
        return self.page.evaluate("window.violations")

    def unharmed(self) -> None:
        """No text of a task has become part of the program: nothing ran, nothing was tried, and no
        link runs anything."""
        assert self.page.evaluate("window.harmed") is None
        assert self.violations() == []
        assert self.page.locator("[href^='javascript:' i], [src^='javascript:' i]").count() == 0

    def check(self) -> None:
        """Nothing was complained about, and nothing came from another host."""
        assert self.complaints == []
        assert self.violations() == []

    def close(self) -> None:
        """Close it, with everything that it remembers."""
        self.context.close()


def window(
    browser: Browser, stage: Stage, who: str | None, *, phone: bool = False, **options: Any
) -> Window:
    """A new window of somebody who is signed in, or of nobody."""
    view = PHONE if phone else WIDE
    context = browser.new_context(viewport=view, has_touch=phone, is_mobile=phone, **options)
    if who is not None:
        for name, value in stage.people[who].cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": stage.url}])
    context.add_init_script(_NOTE_VIOLATIONS)
    page = context.new_page()
    page.set_default_timeout(15_000)
    found = Window(page, context, stage.url)

    def on_console(message: ConsoleMessage) -> None:
        # A refused request is part of what some tests look at; browsers log each as an error.
        if message.type == "error" and "Failed to load resource" not in message.text:
            found.complaints.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith((stage.url, "data:", "blob:")):
            found.complaints.append(f"asked another host: {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("request", on_request)
    return found
