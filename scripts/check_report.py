"""Opens a report in headless Chromium and uses it: check_report.py REPORT.html [--screenshots DIRECTORY] [--budget MS]

Fails on a console message, a request, a figure that is not there, a control without a name, a click or key without its
effect, or an interaction over the budget. Speaks the DevTools protocol over a pipe; needs Python and Chromium alone."""
import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile


class Browser:
    def __init__(self, profile):
        theirs_in, self.down = os.pipe()
        self.up, theirs_out = os.pipe()
        command = [
            "chromium", "--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-first-run", "--window-size=1280,900",
            "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage", "--hide-scrollbars",
        ] + (["--no-sandbox"] if os.geteuid() == 0 else [])

        def place():
            # The browser reads from descriptor 3 and writes to 4.
            first, second = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            command, preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer, self.count, self.events, self.session = b"", 0, [], None

    def receive(self):
        while b"\0" not in self.buffer:
            part = os.read(self.up, 1 << 20)
            if not part:
                raise SystemExit("check_report: the browser ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.down, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise SystemExit(f"check_report: {method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"check_report: {expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, url):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            self.call(domain + ".enable")
        self.call("Page.navigate", url=url)
        self.evaluate("""new Promise(done => { const wait = () => document.documentElement?.dataset.ready ? done() :
            setTimeout(wait, 20); wait(); })""")

    def click(self, selector):
        """A real click in the middle of an element."""
        x, y = self.evaluate(f"""(() => {{ const node = document.querySelector({json.dumps(selector)});
            node.scrollIntoView({{block: "center"}}); const box = node.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def key(self, name, code, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code,
                      **({"text": text} if text and kind == "keyDown" else {}))

    def settle(self):
        # Figures are drawn one a frame after what asked for them; a busy machine takes its time.
        self.evaluate("""new Promise(done => setTimeout(function wait() { waiting.size ? setTimeout(wait, 20) :
            requestAnimationFrame(() => setTimeout(done, 50)); }, 250))""")

    def screenshot(self, file):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000), "scale": 1}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        pathlib.Path(file).write_bytes(base64.b64decode(data))

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)


failures = []


def expect(condition, text):
    print(("ok    " if condition else "FAILED ") + text)
    if not condition:
        failures.append(text)


def check_figures(browser):
    figures = browser.evaluate("present")
    expect(len(figures) >= 1, f"figures: {', '.join(figures)}")
    for figure in figures:
        marks = browser.evaluate(f"""(() => {{ const plot = document.querySelector("#figure-{figure} .plot");
            const box = plot.getBoundingClientRect();
            return [plot.data?.length ?? 0, plot.querySelectorAll("svg.main-svg, canvas").length, box.width, box.height]; }})()""")
        expect(marks[0] > 0 and marks[1] > 0 and marks[2] > 200 and marks[3] > 100, f"{figure} is drawn: {marks}")
        names = browser.evaluate(f"""document.querySelector("#figure-{figure} .plot").data
            .filter(trace => trace.showlegend !== false && trace.name).map(trace => trace.name)""")
        expect(len(set(names)) == len(names) and not [name for name in names if len(set(name.split(" to "))) == 1 and " to " in name],
               f"{figure}: names of the legend: {', '.join(names[:8])}")
    if "parallel" in figures:
        lifted = browser.evaluate("""[...document.querySelectorAll("#figure-parallel .textpoint text")]
            .every(label => getComputedStyle(label).textShadow !== "none")""")
        expect(lifted, "the values of the parallel axes stand out from the lines")


def check_controls(browser):
    first = "document.querySelector('#ranking-body tr')?.dataset.row"
    status = "document.querySelector('#ranking-status').textContent"
    before = browser.evaluate(first)
    browser.click("th[data-key='mean'] button")
    browser.click("th[data-key='mean'] button")
    expect(browser.evaluate("document.querySelector(\"th[data-key='mean']\").getAttribute('aria-sort')") == "descending",
           "two clicks on a heading sort in descending order")
    browser.click("th[data-key='rank'] button")
    expect(browser.evaluate(first) == before, "a click on rank restores the ranking")
    # Keyboard alone: the focus is still on the heading.
    browser.key("Enter", 13, "\r")
    expect(browser.evaluate("document.querySelector(\"th[data-key='rank']\").getAttribute('aria-sort')") == "descending",
           "the Enter key sorts, too")
    browser.key("Enter", 13, "\r")
    ticked = "document.querySelector('#figure-traces .plot').data.length"
    if "traces" in browser.evaluate("present"):
        lines = browser.evaluate(ticked)
        if browser.evaluate("document.querySelectorAll('#ranking-body input:not(:disabled)').length") > 3:
            browser.click("#ranking-body tr:nth-child(4) input")
            browser.settle()
            expect(browser.evaluate(ticked) > lines, "ticking a row adds its traces")
        browser.click("#clear")
        browser.settle()
        expect(browser.evaluate("view.picked.size") == 0, "all rows are unticked")
        browser.click("#ranking-body tr:nth-child(1) input")
    if browser.evaluate("!document.querySelector('#next').disabled"):
        browser.click("#next")
        expect(browser.evaluate(status).startswith("26–"), "the next page")
        browser.click("#previous")
    column = browser.evaluate("document.querySelector('#filters select')?.dataset.column")
    if column:
        shown = browser.evaluate("view.shown")
        browser.evaluate("""(() => { const select = document.querySelector("#filters select"); select.value = "0";
            select.dispatchEvent(new Event("change")); })()""")
        browser.settle()
        expect(0 < browser.evaluate("view.shown") < shown, f"a filter on {column} leaves fewer rows")
        same = browser.evaluate(f"""[...document.querySelectorAll('#ranking-body tr')].every(row =>
            columns[0].codes[row.dataset.row] === 0)""")
        expect(same, "all rows pass the filter")
        browser.click("#reset")
        browser.settle()
        expect(browser.evaluate("view.shown") == shown, "all rows are shown again")


def written(value, digits):
    """As the terminal writes a number, by C's printf: a fixed number of significant digits."""
    scientific = f"{value:.{digits - 1}e}"
    exponent = int(scientific.split("e")[1])
    return f"{value:.{max(0, digits - 1 - exponent)}f}" if -4 <= exponent < 7 else scientific


def check_numbers(browser):
    numbers = [sign * mantissa * 10.0**power for sign in (1, -1) for mantissa in (1, 1.683, 2.0457, 9.99996, 9.9949)
               for power in range(-9, 12)]
    cases = [[value, digits] for value in numbers for digits in (2, 3, 4, 5, 7)]
    read = browser.evaluate(f"{json.dumps(cases)}.map(([value, digits]) => significant(value, digits))")
    wrong = [(*case, text) for case, text in zip(cases, read) if text != written(*case)]
    expect(not wrong, f"{len(cases)} numbers are written with their digits {wrong[:3]}")
    means = {(1683.2, 12.34): "1683 ± 12", (0.0834, 0.00996): "0.083 ± 0.010", (1683.25, 0.5): "1683.25 ± 0.50",
             (123456, 2.5e7): "123456 ± 2.5e+07", (2e-6, 3e-7): "2.0000e-06 ± 3.0e-07", (0.5, 3e-6): "0.50000 ± 3.0e-06"}
    for (mean, error), text in means.items():
        read = browser.evaluate(f"measurement({mean}, {error})")
        expect(read == text, f"a mean with its error: {read}")


def check_names(browser):
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "checkbox", "combobox", "spinbutton", "image", "link", "heading", "table"}
    nameless = [node["role"]["value"] for node in nodes
                if not node.get("ignored") and node["role"]["value"] in roles and not node.get("name", {}).get("value")]
    found = sum(node.get("role", {}).get("value") in roles for node in nodes)
    # Tables of numbers are empty until they are unfolded, and named by their headings.
    expect(not [role for role in nameless if role != "table"], f"{found} controls, headings and figures have names {nameless[:5]}")


def median_time(browser, action, repeats=5):
    """Milliseconds from an action to the frame that shows its answer. Figures follow in tasks of their own."""
    times = []
    for _ in range(repeats):
        times.append(browser.evaluate(f"""(async () => {{ const start = performance.now(); {action};
            await new Promise(requestAnimationFrame);
            await new Promise(done => {{ const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); }});
            return performance.now() - start; }})()"""))
        browser.settle()
    return sorted(times)[repeats // 2]


def check_speed(browser, budget):
    def choose(selector, value):
        return (f"{{ const node = document.querySelector({json.dumps(selector)}); node.value = {value};"
                " node.dispatchEvent(new Event('change')); }")

    interactions = {
        "sort by result": "document.querySelector(\"th[data-key='mean'] button\").click()",
        "sort by hyperparameter": "document.querySelector(\"th[data-key='0'] button\").click()",
        "sort by rank": "document.querySelector(\"th[data-key='rank'] button\").click()",
        "last page": "document.querySelector('#first').click(); document.querySelector('#last').click()",
        "tick": "document.querySelector('#first').click(); document.querySelector('#ranking-body tr:nth-child(2) input').click()",
    }
    for index in range(browser.evaluate("document.querySelectorAll('#filters select').length")):
        name = browser.evaluate(f"document.querySelectorAll('#filters select')[{index}].dataset.column")
        interactions[f"filter {name}"] = choose(f"#filters select[data-column='{name}']", "'0'")
        interactions[f"show all after {name}"] = "document.querySelector('#reset').click()"
    if browser.evaluate("!!document.querySelector('#filters input')"):
        interactions["filter by bounds"] = choose("#filters input", "0.001")
        interactions["show all"] = "document.querySelector('#reset').click()"
    interactions["dark theme"] = choose("#theme", "'dark'")
    interactions["the system's theme"] = choose("#theme", "''")
    for figure in browser.evaluate("present"):
        interactions[f"draw {figure}"] = f"drawFigure('{figure}')"
        selector = f"#figure-{figure} .controls select"
        if browser.evaluate(f"!!document.querySelector({json.dumps(selector)})"):
            interactions[f"choose in {figure}"] = choose(selector, "'1'")
        interactions[f"point at {figure}"] = (
            f"Plotly.Fx.hover(document.querySelector('#figure-{figure} .plot'), [{{curveNumber: 0, pointNumber: {'[0, 0]' if figure == 'heat' else 0}}}])")
    for name, action in interactions.items():
        time = median_time(browser, action)
        expect(time < budget, f"{name}: {time:.0f} ms")


def check(browser, options):
    browser.open(pathlib.Path(options.report).resolve().as_uri())
    print(f"      open after {browser.evaluate('performance.now()'):.0f} ms")
    check_figures(browser)
    check_controls(browser)
    check_numbers(browser)
    check_names(browser)
    if options.budget:
        check_speed(browser, options.budget)
    for theme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        browser.settle()
        if options.screenshots:
            pathlib.Path(options.screenshots).mkdir(parents=True, exist_ok=True)
            browser.screenshot(f"{options.screenshots}/{theme}.png")
    page = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    font = browser.evaluate(f"document.querySelector('.plot').layout.font.color")
    expect(page == "rgb(13, 17, 23)" and font.lower() == "#e6edf3", f"dark: page {page}, figures {font}")
    pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    expect(pdf.startswith(b"%PDF") and len(pdf) > 20_000, f"prints: {len(pdf)} bytes of PDF")
    if options.screenshots:
        pathlib.Path(options.screenshots, "print.pdf").write_bytes(pdf)
    messages = [event for event in browser.events if event.get("method") in (
        "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")]
    expect(not messages, f"no console messages {json.dumps(messages)[:600] if messages else ''}")
    requests = {event["params"]["request"]["url"].split(":")[0] for event in browser.events
                if event.get("method") == "Network.requestWillBeSent"}
    expect(requests <= {"file", "data", "blob"}, f"no requests but for the file itself: {sorted(requests)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report")
    parser.add_argument("--screenshots")
    parser.add_argument("--budget", type=float)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            check(browser, options)
        finally:
            browser.close()
    if failures:
        raise SystemExit(f"check_report: {len(failures)} failed")


if __name__ == "__main__":
    main()
