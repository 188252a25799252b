"""A real Chromium without a window, and the accessibility rules of axe-core to hold pages against."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import tarfile
from importlib.util import find_spec
from pathlib import Path

import platformdirs

from tests.conftest import require_or_skip

AXE = "4.10.3"
WAIT_S = 20


def start_browser(folder: Path, *, scripts: bool = True):
    """A driver of Debian's Chromium; what is missing is one line."""
    if find_spec("selenium") is None:
        require_or_skip("selenium is not installed (pip install -e '.[dev]')")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        require_or_skip("there is no Chromium with its driver (apt-get install chromium chromium-driver)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.page_load_strategy = "normal"
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"):
        options.add_argument(each)
    options.add_argument(f"--user-data-dir={folder / ('scripts' if scripts else 'plain')}")
    options.add_argument("--window-size=1400,900")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


@functools.cache
def axe_source() -> str:
    """The script of axe-core, from npm the first time and from the user's cache ever after."""
    kept = Path(platformdirs.user_cache_dir("factprobe-tests", appauthor=False)) / f"axe-core-{AXE}.js"
    if not kept.exists():
        if shutil.which("npm") is None:
            require_or_skip("there is no npm to get axe-core with (apt-get install npm)")
        kept.parent.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", f"axe-core@{AXE}", "--silent", "--pack-destination", str(kept.parent)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            require_or_skip("npm cannot get axe-core (is there a network?)")
        archive = kept.parent / f"axe-core-{AXE}.tgz"
        with tarfile.open(archive) as packed:
            kept.write_bytes(packed.extractfile("package/axe.min.js").read())
        archive.unlink()
    return kept.read_text(encoding="utf-8")


def grave_violations(browser) -> list[str]:
    """What axe-core calls serious or critical on the page that is open, with the element."""
    browser.execute_script(axe_source())
    found = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then((said) => done(JSON.stringify(said.violations)),"
        " (error) => done(JSON.stringify([{impact: 'critical', id: String(error), nodes: []}])));"
    )
    return [
        f"{each['id']}: {[node['html'][:200] for node in each['nodes'][:3]]}"
        for each in json.loads(found)
        if each["impact"] in {"serious", "critical"}
    ]


def use_theme(browser, theme: str) -> None:
    """Make the browser prefer ``light`` or ``dark``."""
    features = [{"name": "prefers-color-scheme", "value": theme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def use_width(browser, width: int, height: int = 844) -> None:
    """Make the window so wide, as a phone would; 0 takes that back."""
    if not width:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        return
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
