// Draws, and keeps what is drawn in step with filters, choices, theme and printing.
// Nothing leaves the page: the library's button that opens a figure in a web service is off.
const plotOptions = {responsive: true, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", modeBarButtonsToRemove: ["lasso2d", "select2d"]};
const chosen = {};
const NUMBERS = 500;
const present = Object.keys(figures).filter(id => byId("figure-" + id));

const drawFigure = id => {
  if (!present.includes(id)) return null;
  const figure = byId("figure-" + id), plot = figure.querySelector(".plot");
  const {traces, layout, numbers, head} = figures[id].of(chosen[id] ?? 0);
  const drawn = Plotly.react(plot, traces, layout, {...plotOptions, toImageButtonOptions: {format: "svg", filename: id}});
  // The picture is one object to a screen reader; its content is in the table of numbers.
  plot.setAttribute("aria-label", `${byId("title-" + id).textContent}: a picture of the table of numbers below`);
  drawn.then(() => { for (const part of plot.children) part.setAttribute("aria-hidden", "true"); });
  const box = figure.querySelector("details");
  const fill = () => {
    const lines = numbers(), cells = line => line.map(text => element("td", {class: "text"}, text));
    box.querySelector("thead tr").replaceChildren(...head.map(text => element("th", {scope: "col", class: "text"}, text)));
    box.querySelector("tbody").replaceChildren(...lines.slice(0, NUMBERS).map(line => element("tr", {}, ...cells(line))));
    box.querySelector("summary").textContent = "The numbers" + (lines.length > NUMBERS ? `, the first ${NUMBERS} of ${lines.length.toLocaleString("en")}` : "");
  };
  box.ontoggle = () => { if (box.open) fill(); };
  if (box.open) fill();
  return drawn;
};
const isOnScreen = id => { const box = byId("figure-" + id).getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
let pending = 0;
const waiting = new Set();
const drawLater = isConcerned => {
  // After the frame that shows the table, a frame for each figure, those in sight first: the page answers in between.
  const turn = ++pending;
  for (const id of present) if (isConcerned(figures[id])) waiting.add(id);
  const next = () => requestAnimationFrame(() => setTimeout(() => {
    if (turn !== pending || !waiting.size) return;
    const id = [...waiting].find(isOnScreen) ?? waiting.values().next().value;
    waiting.delete(id);
    drawFigure(id);
    next();
  }));
  next();
};
const drawFiltered = () => drawLater(figure => figure.filtered);
const drawPicked = () => drawLater(figure => figure.picked);
const redraw = () => present.map(drawFigure);

const buildChoices = () => {
  for (const id of present) {
    const choices = figures[id].choices?.();
    if (!choices || choices.length < 2) continue;
    const select = element("select", {onchange: event => { chosen[id] = Number(event.target.value); drawFigure(id); }}, ...choices.map((text, index) => element("option", {value: index}, text)));
    byId("figure-" + id).querySelector(".controls").append(element("label", {}, "show", select));
    if (id === "heat" && optimizerColumn) { chosen.heat = optimizerColumn.codes[0]; select.value = chosen.heat; }
  }
};

const setTheme = theme => { if (theme) document.documentElement.dataset.theme = theme; else delete document.documentElement.dataset.theme; };
const buildTheme = () => {
  const later = () => drawLater(() => true);
  byId("theme").addEventListener("change", event => { setTheme(event.target.value || null); later(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", later);
  addEventListener("beforeprint", () => { setTheme("light"); redraw(); });
  addEventListener("afterprint", () => { setTheme(byId("theme").value || null); later(); });
};

// `#export=svg` or `#export=png`: every figure as an image in the page, for programs that save them.
const exportImages = async format => {
  const links = [];
  for (const id of present) {
    const plot = byId("figure-" + id).querySelector(".plot");
    const image = await Plotly.toImage(plot, {format, width: 960, height: plot.layout.height + 40, scale: format === "png" ? 2 : 1});
    links.push(element("a", {"data-figure": id, href: image}));
  }
  document.body.replaceChildren(...links);
  document.title = "exported";
};

const start = async () => {
  applySort();
  for (let row = 0; row < count && view.picked.size < 3; row++) if (hasTraces(row)) view.picked.add(row);
  buildHead(); buildFilters(); buildPager(); buildChoices(); buildTheme(); renderTable();
  const format = /^#export=(svg|png)$/.exec(location.hash)?.[1];
  if (format) document.documentElement.dataset.theme = "light";
  await Promise.all(redraw());
  // What the library measures text with.
  byId("js-plotly-tester")?.setAttribute("aria-hidden", "true");
  if (format) await exportImages(format);
  document.documentElement.dataset.ready = "true";
};
start();
