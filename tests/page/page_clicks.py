"""What somebody at the page does and sees, in her own terms."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

_DROP = """
const [names, bodies] = arguments, transfer = new DataTransfer();
names.forEach((name, n) => transfer.items.add(new File([Uint8Array.from(atob(bodies[n]), c => c.charCodeAt(0))], name)));
for (const kind of ["dragenter", "dragover", "drop"])
  document.getElementById("drop").dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: transfer}));
"""
PATIENCE = 120


class Clerk:
    """A person at a browser."""

    def __init__(self, browser: Any, downloads: Path) -> None:
        self.browser, self.downloads = browser, downloads
        self.expected: list[str] = []

    def go(self, address: str) -> None:
        """Open an address and wait until the page stands."""
        self.browser.get(address)
        self.wait(self._stands)

    def _stands(self) -> bool:
        ready = self.browser.execute_script("return document.readyState") == "complete"
        return ready and bool(self.browser.find_elements(By.CSS_SELECTOR, "#county .card"))

    def wait(self, seen: Any) -> Any:
        """Return what is seen as soon as it is; a page that is just being drawn anew is looked at again."""
        drawn_anew = [StaleElementReferenceException]
        return WebDriverWait(self.browser, PATIENCE, 0.1, ignored_exceptions=drawn_anew).until(lambda _: seen())

    def choose(self, *files: Path) -> None:
        """Choose files in the dialog of the drop zone."""
        self.browser.find_element(By.ID, "files").send_keys("\n".join(map(str, files)))
        self._checked()

    def drop(self, *files: Path) -> None:
        """Drop files on the page."""
        bodies = [base64.b64encode(file.read_bytes()).decode() for file in files]
        self.browser.execute_script(_DROP, [file.name for file in files], bodies)
        self._checked()

    def _checked(self) -> None:
        self.wait(lambda: self.cards() and not self.browser.find_elements(By.CSS_SELECTOR, "#cards .waiting"))

    def cards(self) -> list[Any]:
        found: list[Any] = self.browser.find_elements(By.CSS_SELECTOR, "#cards .card")
        return found

    def card(self, name: str) -> Any:
        """Return the card of a workbook."""
        return next(card for card in self.cards() if card.find_element(By.TAG_NAME, "h3").text == name)

    def press(self, caption: str, within: Any = None) -> None:
        """Press what says ``caption``, as soon as it is there."""

        def there() -> Any:
            places = (within or self.browser).find_elements(By.CSS_SELECTOR, "button, a.button, summary")
            return next((one for one in places if one.text.startswith(caption) and one.is_enabled()), None)

        def pressed() -> bool:
            button = there()
            if button is None:
                return False
            self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()
            return True

        self.wait(pressed)

    def download(self, caption: str, within: Any = None) -> Path:
        """Press something and return what it downloads."""
        before = set(self.downloads.iterdir())
        self.press(caption, within)

        def arrived() -> list[Path]:
            return [path for path in set(self.downloads.iterdir()) - before if path.suffix != ".crdownload"]

        made: Path = self.wait(arrived)[0]
        return made

    def dialog(self) -> Any:
        """Return the open dialog."""
        return self.wait(lambda: next(iter(self.browser.find_elements(By.CSS_SELECTOR, "dialog[open] form")), None))

    def text_of(self, selector: str) -> str:
        found: str = self.browser.find_element(By.CSS_SELECTOR, selector).text
        return found

    def sees(self, said: str, selector: str = "body") -> None:
        """Wait until a part of the page says something."""
        self.wait(lambda: said in self.text_of(selector))
