// The ranking: sorted, filtered, a page at a time, with a box on each row whose traces are in the file.
const PAGE = 25;
const tableColumns = [
  {title: "rank", key: "rank", text: row => Number.isNaN(arrays.mean[row]) ? "–" : String(row + 1)},
  {title: meta.metric, key: "mean", text: row => measurement(arrays.mean[row], arrays.error[row])},
  {title: "95 % interval", key: "lower", text: row => Number.isNaN(arrays.lower[row]) ? "" :
    intervalText(arrays.lower[row], arrays.upper[row])},
  {title: "best run", key: "best", text: row => significant(arrays.best[row])},
  {title: "seeds", key: "lost", text: row => `${arrays.ranked[row]}/${meta.seeds}` + (arrays.diverged[row] ? `, ${arrays.diverged[row]} diverged` : "") + (arrays.failed[row] ? `, ${arrays.failed[row]} failed` : ""), left: true},
  ...columns.map(column => ({title: column.name, key: column.index, text: row => labelOf(column, row), left: !column.numbers})),
  {title: "run", key: null, text: row => arrays.best_run[row] === 0xFFFFFFFF ? "–" : runId(arrays.best_run[row]), left: true},
];
const hasTraces = row => arrays.trace_start[row + 1] > arrays.trace_start[row];

const buildHead = () => {
  const head = byId("ranking-head");
  head.append(element("th", {scope: "col", class: "text"}, "traces"));
  for (const column of tableColumns) {
    const cell = element("th", {scope: "col", class: column.left ? "text" : ""});
    if (column.key === null) { cell.append(column.title); head.append(cell); continue; }
    const arrow = element("span", {"aria-hidden": "true"});
    cell.append(element("button", {type: "button", onclick: () => {
      view.sort = {key: column.key, descending: view.sort.key === column.key && !view.sort.descending};
      applySort(); view.page = 0; renderTable();
    }}, column.title, " ", arrow));
    cell.dataset.key = String(column.key);
    head.append(cell);
  }
};

const renderTable = () => {
  for (const cell of byId("ranking-head").querySelectorAll("th[data-key]")) {
    const isSorted = cell.dataset.key === String(view.sort.key);
    if (isSorted) cell.setAttribute("aria-sort", view.sort.descending ? "descending" : "ascending"); else cell.removeAttribute("aria-sort");
    cell.querySelector("span").textContent = isSorted ? (view.sort.descending ? "▼" : "▲") : "";
  }
  const pages = Math.max(1, Math.ceil(view.shown / PAGE));
  view.page = Math.min(view.page, pages - 1);
  const rows = [];
  let skip = view.page * PAGE;
  for (let index = 0; index < count && rows.length < PAGE; index++) {
    const row = view.order[index];
    if (view.mask[row] && skip-- <= 0) rows.push(row);
  }
  byId("ranking-body").replaceChildren(...rows.map(row => {
    const box = element("input", {type: "checkbox", "aria-label": `Show the traces of rank ${row + 1}`, onchange: event => pick(row, event.target.checked)});
    box.checked = view.picked.has(row);
    box.disabled = !hasTraces(row);
    if (box.disabled) box.title = "Only the first of the ranking carry traces in this file.";
    return element("tr", {class: view.picked.has(row) ? "picked" : "", "data-row": row}, element("td", {class: "text"}, box),
      ...tableColumns.map(column => element("td", {class: column.left ? "text" : ""}, column.text(row))));
  }));
  const first = view.shown ? view.page * PAGE + 1 : 0;
  byId("ranking-status").textContent = `${first}–${Math.min(view.shown, (view.page + 1) * PAGE)} of ${view.shown.toLocaleString("en")} configurations` + (view.shown < count ? ` (${count.toLocaleString("en")} in all)` : "");
  byId("first").disabled = byId("previous").disabled = view.page === 0;
  byId("next").disabled = byId("last").disabled = view.page >= pages - 1;
};

const pick = (row, isPicked) => {
  if (isPicked) view.picked.add(row); else view.picked.delete(row);
  const line = byId("ranking-body").querySelector(`tr[data-row="${row}"]`);
  if (line) line.className = isPicked ? "picked" : "";
  drawPicked();
};

const buildPager = () => {
  const go = change => () => { view.page = change(); renderTable(); };
  byId("first").addEventListener("click", go(() => 0));
  byId("previous").addEventListener("click", go(() => view.page - 1));
  byId("next").addEventListener("click", go(() => view.page + 1));
  byId("last").addEventListener("click", go(() => Math.ceil(view.shown / PAGE) - 1));
  byId("clear").addEventListener("click", () => { view.picked.clear(); renderTable(); drawPicked(); });
};

// A choice for columns of few values, bounds for numbers of many.
const buildFilters = () => {
  const box = byId("filters");
  const changed = () => { applyFilters(); view.page = 0; renderTable(); drawFiltered(); };
  for (const column of columns) {
    if (column.labels.length <= 60) {
      const select = element("select", {onchange: event => {
        if (event.target.value === "") filters.delete(column); else filters.set(column, {code: Number(event.target.value)});
        changed();
      }}, element("option", {value: ""}, "all"), ...column.labels.map((label, code) => element("option", {value: code}, label)));
      select.dataset.column = column.name;
      box.append(element("label", {}, column.name, select));
    } else if (column.numbers) {
      const bounds = {low: -Infinity, high: Infinity};
      const input = (key, name) => element("input", {type: "number", step: "any", "aria-label": `${column.name}, ${name}`, placeholder: name, onchange: event => {
        bounds[key] = event.target.value === "" ? (key === "low" ? -Infinity : Infinity) : Number(event.target.value);
        if (bounds.low === -Infinity && bounds.high === Infinity) filters.delete(column); else filters.set(column, bounds);
        changed();
      }});
      box.append(element("label", {}, column.name, element("span", {class: "range"}, input("low", "from"), input("high", "to"))));
    }
  }
  box.append(element("button", {type: "button", id: "reset", onclick: () => {
    filters.clear();
    for (const control of box.querySelectorAll("select, input")) control.value = "";
    changed();
  }}, "Show all"));
};
