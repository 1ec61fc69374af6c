// Figures: each has an id, a list of traces and a layout, and rows of numbers for those who do not see it, made when they
// are asked for. What is drawn is bounded, so that each answers within a tenth of a second.
const PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7A5195", "#8A8A00"];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x", "star", "cross", "hexagon"];
const DASHES = ["solid", "dash", "dot", "dashdot"];
const plain = text => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
// On a telephone's screen long names take a line for each of their parts.
const isNarrow = () => document.documentElement.clientWidth < 640;
const inParts = (text, separators) => isNarrow() ? plain(text).replace(separators, part => part === "_" ? "_<br>" : `<br>${part.trim()} `) : plain(text);
const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const axis = (title, more = {}) => ({title: {text: plain(title)}, gridcolor: colour("line"), linecolor: colour("line"), zerolinecolor: colour("line"), automargin: true, ...more});
const layoutOf = (x, y, more = {}) => ({
  paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: {color: colour("text"), family: "system-ui, sans-serif", size: 13},
  margin: {l: 64, r: 16, t: 40, b: 52}, height: 424, modebar: {bgcolor: "rgba(0,0,0,0)", color: colour("soft"), activecolor: colour("text")}, hovermode: "closest", legend: {orientation: "h", y: -0.22}, xaxis: x, yaxis: y, ...more});
const rangeOf = values => {
  let low = Infinity, high = -Infinity;
  for (const value of values) if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value); }
  return [low, high];
};
const isLog = values => { const [low, high] = rangeOf(values); return low > 0 && high / low > 8; };
// A logarithmic axis says its numbers in full, 1, 2 and 5 of each power of ten where there is room for them.
const scaleOf = values => {
  if (!isLog(values)) return {};
  const [low, high] = rangeOf(values), decades = Math.log10(high / low);
  return {type: "log", dtick: decades <= 4 ? "D2" : Math.ceil(decades / 8), tickformat: ".4~g"};
};
// The values themselves where they are few.
const logTicks = column => column.numbers.length <= 12 ? {type: "log", tickvals: column.numbers, ticktext: column.labels.map(plain)} : {type: "log"};
const style = index => ({line: {color: PALETTE[index % 8], dash: DASHES[Math.floor(index / 8) % 4]}, marker: {color: PALETTE[index % 8], symbol: SYMBOLS[index % 8], size: 8}});
const optimizerColumn = columnNamed("optimizer");
const optimizers = optimizerColumn ? optimizerColumn.labels : ["all"];
const optimizerOf = row => optimizerColumn ? optimizerColumn.codes[row] : 0;

// The first configuration of the ranking for each key, among those that pass the filters.
const firstByKey = keyOf => {
  const found = new Map();
  for (let row = 0; row < count; row++) {
    if (!view.mask[row]) continue;
    const key = keyOf(row);
    if (key !== null && !found.has(key)) found.set(key, row);
  }
  return found;
};

// Levels of the keep probability that had not converged, over all runs: their marks are hollow.
const isOpen = (column, optimizer, code) => column.name === "keep_probability" && meta.open.some(([name, label]) => label === column.labels[code] && (name === null || name === optimizers[optimizer]));
const curve = (column, xTitle, logX) => {
  const width = column.labels.length;
  const found = firstByKey(row => isAbsent(column, row) ? null : optimizerOf(row) * width + column.codes[row]);
  const isNumeric = column.numbers && column.numbers.every(Number.isFinite);
  const traces = [], numbers = [], means = [];
  optimizers.forEach((name, optimizer) => {
    const points = [];
    for (let code = 0; code < width; code++) {
      const row = found.get(optimizer * width + code);
      if (row === undefined) continue;
      if (!Number.isNaN(arrays.mean[row])) { points.push({code, row}); means.push(arrays.mean[row]); }
      numbers.push([name, column.labels[code], row]);
    }
    if (!points.length) return;
    const isDense = points.length > 60;
    const {line, marker} = style(optimizer);
    traces.push({type: "scatter", mode: isDense ? "lines" : "lines+markers", name: plain(name), line,
      marker: {...marker, symbol: points.map(point => marker.symbol + (isOpen(column, optimizer, point.code) ? "-open" : ""))},
      x: points.map(point => isNumeric ? column.numbers[point.code] : plain(column.labels[point.code])), y: points.map(point => arrays.mean[point.row]),
      error_y: isDense ? undefined : {type: "data", symmetric: false, array: points.map(point => arrays.upper[point.row] - arrays.mean[point.row] || 0), arrayminus: points.map(point => arrays.mean[point.row] - arrays.lower[point.row] || 0), thickness: 1.4, width: 5, color: PALETTE[optimizer % 8]},
      text: points.map(point => plain(`${column.name} ${column.labels[point.code]}: ${measurement(arrays.mean[point.row], arrays.error[point.row])}${isOpen(column, optimizer, point.code) ? ", not converged" : ""}`)), hovertemplate: "%{text}<extra>%{fullData.name}</extra>"});
  });
  const lines = () => numbers.map(([name, label, row]) => [name, label, measurement(arrays.mean[row], arrays.error[row]), `${arrays.ranked[row]}/${meta.seeds}`]);
  return {traces, numbers: lines, head: ["optimizer", column.name, meta.metric, "seeds"],
    layout: layoutOf(axis(xTitle, isNumeric ? (logX ? logTicks(column) : {}) : {type: "category"}), axis(meta.metric, scaleOf(means)))};
};

// Traces of at most this many seeds of a configuration are drawn; and this many lines of parallel coordinates, twice: the
// best ones, and others spread evenly over the rest of the ranking.
const SEEDS = 20, LINES = 100;
const spread = () => {
  const rows = [];
  for (let row = 0; row < count; row++) if (view.mask[row] && !Number.isNaN(arrays.mean[row])) rows.push(row);
  const rest = rows.length - LINES;
  if (rest <= LINES) return {rows, all: rows.length};
  return {rows: [...rows.slice(0, LINES), ...Array.from({length: LINES}, (_, index) => rows[LINES - 1 + Math.floor((index + 1) * rest / LINES)])], all: rows.length};
};
const CIVIDIS = ["#00224e", "#213b6e", "#4c556c", "#6c6e72", "#8e8978", "#b1a570", "#d9c55c", "#fee838"];
// On a dark page from light to a blue that can still be seen.
const CIVIDIS_ON_DARK = ["#fee838", "#e6cf4f", "#c9b465", "#aa9c74", "#8f8f80", "#76808a", "#6079a0", "#5170ad"];
const isDark = () => { const theme = document.documentElement.dataset.theme; return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches; };

const figures = {
  keep: {filtered: true, of: () => curve(columnNamed("keep_probability"), "keep_probability (1 − dropout_rate)", false)},
  rate: {filtered: true, of: () => {
    const result = curve(columnNamed("learning_rate"), "learning_rate", true), curves = result.numbers;
    const limits = (meta.stability ?? []).map(limit => [limit.optimizer, significant(limit.rate, 4), limit.formula, ""]);
    result.numbers = () => [...limits, ...curves()];
    // Dotted: the limit of stability at λ_max where the best configuration's probed runs ended.
    for (const limit of meta.stability ?? []) {
      const index = optimizers.indexOf(limit.optimizer);
      result.layout.shapes = [...(result.layout.shapes ?? []), {type: "line", xref: "x", yref: "paper", x0: limit.rate, x1: limit.rate, y0: 0, y1: 1, line: {dash: "dot", color: PALETTE[Math.max(0, index) % 8]}}];
    }
    return result;
  }},
  heat: {filtered: true, choices: () => optimizers, of: choice => {
    const rates = columnNamed("learning_rate"), batches = columnNamed("batch_size");
    const found = firstByKey(row => optimizerOf(row) !== choice || isAbsent(rates, row) || isAbsent(batches, row) ? null : rates.codes[row] * batches.labels.length + batches.codes[row]);
    const usedRates = [...new Set([...found.keys()].map(key => Math.floor(key / batches.labels.length)))].sort((a, b) => a - b);
    const usedBatches = [...new Set([...found.keys()].map(key => key % batches.labels.length))].sort((a, b) => a - b);
    const rowAt = (rate, batch) => found.get(rate * batches.labels.length + batch);
    const mean = row => row === undefined ? NaN : arrays.mean[row];
    const grid = usedBatches.map(batch => usedRates.map(rate => mean(rowAt(rate, batch))));
    const log = isLog(grid.flat());
    const text = usedBatches.map(batch => usedRates.map(rate => { const row = rowAt(rate, batch); return row === undefined ? "" : Number.isNaN(arrays.mean[row]) ? "diverged" : significant(arrays.mean[row], 3); }));
    const scale = values => values.map(value => Number.isNaN(value) ? null : log ? Math.log10(value) : value);
    const [low, high] = rangeOf(grid.flat()), hasValues = low <= high;
    const ticks = [low, log ? Math.sqrt(low * high) : (low + high) / 2, high];
    return {traces: [{type: "heatmap", x: usedRates.map(rate => plain(rates.labels[rate])), y: usedBatches.map(batch => plain(batches.labels[batch])), z: grid.map(scale), text,
      texttemplate: usedRates.length * usedBatches.length <= 200 ? "%{text}" : "", hovertemplate: "learning_rate %{x}<br>batch_size %{y}<br>%{text}<extra></extra>",
      colorscale: "Cividis", reversescale: meta.higherIsBetter, hoverongaps: true, xgap: usedRates.length > 100 ? 0 : 2, ygap: 2,
      colorbar: {title: {text: plain(meta.metric)}, tickvals: hasValues ? ticks.map(value => log ? Math.log10(value) : value) : [], ticktext: ticks.map(value => significant(value, 2))}}],
      numbers: () => usedBatches.flatMap((batch, i) => usedRates.map((rate, j) => [batches.labels[batch], rates.labels[rate], text[i][j] || "–"])), head: ["batch_size", "learning_rate", meta.metric],
      layout: layoutOf(axis("learning_rate", {type: "category"}), axis("batch_size", {type: "category"}))};
  }},
  traces: {picked: true, choices: () => ["validation and training loss", "validation loss"], of: choice => {
    const picked = [...view.picked].sort((a, b) => a - b), traces = [], numbers = [], values = [];
    // Few lines of each where many are ticked.
    const most = Math.max(3, Math.min(SEEDS, Math.floor(6 * SEEDS / picked.length)));
    let left = 0;
    picked.forEach((row, index) => {
      const name = `rank ${row + 1}`, first = arrays.trace_start[row], last = Math.min(arrays.trace_start[row + 1], first + most);
      left += arrays.trace_start[row + 1] - last;
      for (const [part, dash] of choice === 0 ? [["val", "solid"], ["train", "dot"]] : [["val", "solid"]]) {
        // The seeds of a configuration are one line with gaps.
        const x = [], y = [], text = [];
        for (let trace = first; trace < last; trace++) {
          const run = arrays.trace_run[trace], label = `${name}, run ${runId(run)}, seed ${meta.seedLabels[arrays.run_seed[run]] ?? "–"}`;
          const losses = arrays["trace_" + part].subarray(arrays.trace_offset[trace], arrays.trace_offset[trace + 1]);
          losses.forEach((loss, epoch) => { x.push(epoch); y.push(loss); text.push(plain(label)); if (Number.isFinite(loss)) values.push(loss); });
          x.push(null); y.push(null); text.push("");
          if (part === "val") numbers.push([label, losses]);
        }
        if (!y.some(Number.isFinite)) continue;
        traces.push({type: "scatter", mode: "lines", x, y, text, name: plain(name), legendgroup: name, opacity: 0.8, line: {color: PALETTE[index % 8], dash, width: part === "val" ? 1.8 : 1.2},
          connectgaps: false, showlegend: part === "val", hovertemplate: `epoch %{x}: %{y:.5g}<extra>%{text}, ${part === "val" ? "validation" : "training"}</extra>`});
      }
    });
    const layout = layoutOf(axis("epoch" + (left ? ` (the first ${most} seeds of each)` : "")), axis("loss", scaleOf(values)));
    if (!traces.length) layout.annotations = [{text: "Tick boxes in the ranking to see traces here.", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5, font: {size: 15}}];
    const lines = () => numbers.map(([label, losses]) => [label, String(losses.length - 1), significant(rangeOf(losses)[0]), significant(losses[losses.length - 1])]);
    return {traces, numbers: lines, head: ["run", "epochs", "lowest validation loss", "last"], layout};
  }},
  // Lines of the plain kind, a trace for each class of results: the library's own parallel coordinates need WebGL and take
  // four times the tenth of a second.
  parallel: {filtered: true, of: () => {
    const {rows, all} = spread(), means = rows.map(row => arrays.mean[row]), log = isLog(means), [low, high] = rangeOf(means);
    const size = value => log ? Math.log(value) : value, place = value => high > low ? (size(value) - size(low)) / (size(high) - size(low)) : 0.5;
    const axes = columns.filter(column => column.labels.length > 1 && !(column.name === "dropout_rate" && columnNamed("keep_probability"))).map(column => {
      const ends = column.labels.length - 1, every = Math.ceil(column.labels.length / 8);
      return {name: column.name, at: row => isAbsent(column, row) ? -0.08 : column.codes[row] / ends,
        ticks: column.labels.map((label, code) => [code / ends, label]).filter((_, code) => code % every === 0)};
    });
    const values = [0, 0.25, 0.5, 0.75, 1].map(share => log ? low * (high / low) ** share : low + share * (high - low));
    axes.push({name: meta.metric, at: row => place(arrays.mean[row]), ticks: rows.length ? values.map(value => [place(value), significant(value, 3)]) : []});
    // The best in the colour that stands out most, drawn last.
    const classOf = row => { const share = place(arrays.mean[row]); return Math.min(CIVIDIS.length - 1, Math.floor((meta.higherIsBetter ? 1 - share : share) * CIVIDIS.length)); };
    const classes = CIVIDIS.map(() => ({x: [], y: [], text: [], low: Infinity, high: -Infinity}));
    for (const row of rows) {
      const lines = classes[classOf(row)], text = [`rank ${row + 1}: ${significant(arrays.mean[row])}`, ...columns.map(column => `${column.name} ${labelOf(column, row)}`)].map(plain).join("<br>");
      axes.forEach((axis, index) => { lines.x.push(index); lines.y.push(axis.at(row)); lines.text.push(text); });
      lines.x.push(null); lines.y.push(null); lines.text.push("");
      lines.low = Math.min(lines.low, arrays.mean[row]); lines.high = Math.max(lines.high, arrays.mean[row]);
    }
    // As many digits as it takes to tell the classes apart.
    const used = classes.filter(lines => lines.x.length), ends = used.map(lines => [lines.low, lines.high]);
    const digits = [3, 4, 5, 6, 7].find(count => ends.every(([, high], index) => index === ends.length - 1 || significant(high, count) !== significant(ends[index + 1][0], count))) ?? 7;
    const span = (first, last) => first === last ? first : `${first} to ${last}`;
    const colours = isDark() ? CIVIDIS_ON_DARK : CIVIDIS;
    const traces = classes.map((lines, index) => ({type: "scatter", mode: "lines", x: lines.x, y: lines.y, text: lines.text, line: {color: colours[index], width: 1.4}, opacity: 0.75,
      name: plain(span(significant(lines.low, digits), significant(lines.high, digits))), hovertemplate: "%{text}<extra></extra>"})).filter(trace => trace.x.length).reverse();
    // The lines go through the labels' places: a halo of the page's colour lifts the labels off them.
    const halo = ["-2px 0", "2px 0", "0 -2px", "0 2px", "-1px -1px", "1px -1px", "-1px 1px", "1px 1px", "0 0"].map(shift => `${shift} 3px ${colour("page")}`).join(", ");
    // On a narrow screen those of the last axis stand on its left: on its right there is no room.
    const ticks = axes.flatMap((axis, index) => axis.ticks.map(([y, label]) => ({x: index, y, label, onLeft: isNarrow() && index === axes.length - 1})));
    traces.push({type: "scatter", mode: "text", x: ticks.map(tick => tick.x), y: ticks.map(tick => tick.y), text: ticks.map(tick => tick.onLeft ? plain(tick.label) + " " : " " + plain(tick.label)), textposition: ticks.map(tick => tick.onLeft ? "top left" : "top right"), textfont: {color: colour("text"), size: 12, shadow: halo}, hoverinfo: "skip", showlegend: false});
    const shapes = axes.map((_, index) => ({type: "line", x0: index, x1: index, y0: 0, y1: 1, line: {color: colour("soft"), width: 1.5}}));
    const note = rows.length < all ? `the best ${LINES} and ${LINES} more, spread evenly over the other ${(all - LINES).toLocaleString("en")}` : "";
    const lines = () => rows.map(row => [String(row + 1), significant(arrays.mean[row]), ...columns.map(column => labelOf(column, row))]);
    return {traces, numbers: lines, head: ["rank", meta.metric, ...columns.map(column => column.name)],
      layout: layoutOf(axis(note, {tickvals: axes.map((_, index) => index), ticktext: axes.map(axis => axes.length > 4 ? plain(axis.name) : inParts(axis.name, /_/g)), tickangle: axes.length > 4 ? "auto" : 0, side: "top", showgrid: false, zeroline: false, range: [-0.1, axes.length - 0.6]}),
        {visible: false, range: [-0.12, 1.1], fixedrange: true}, {margin: {l: 24, r: 24, t: 60, b: 30}, height: isNarrow() ? 560 : 460, shapes, legend: {orientation: "h", y: -0.05, traceorder: "reversed", title: {text: plain(meta.metric), side: "top"}}})};
  }},
  effects: {choices: () => meta.effects.map(scope => scope.title), of: choice => {
    const terms = meta.effects[choice].terms;
    const names = terms.map(term => plain(term.name)).reverse(), labels = terms.map(term => inParts(term.name, / (×|within) /g)).reverse();
    return {traces: [{type: "bar", orientation: "h", y: names, x: terms.map(term => 100 * term.share).reverse(), marker: {color: PALETTE[0]}, hovertemplate: "%{y}: %{x:.2f} %<extra></extra>"}],
      numbers: () => terms.map(term => [term.name, `${(100 * term.share).toFixed(2)} %`]), head: ["effect", "share of the variance"],
      layout: layoutOf(axis(isNarrow() ? "share, %" : "share of the variance, %", {rangemode: "tozero", tickangle: 0, nticks: isNarrow() ? 4 : 10}), axis("", {type: "category", tickvals: names, ticktext: labels}), {height: 120 + (isNarrow() ? 48 : 28) * terms.length})};
  }},
  budget: {of: () => {
    const {trials, optimizers: searches} = meta.budget;
    const share = chance => chance === null ? "–" : `${(100 * chance).toFixed(1)} %`;
    const traces = searches.flatMap((search, index) => [
      {type: "scatter", mode: "lines", x: [...trials, ...[...trials].reverse()], y: [...search.mean.map((mean, i) => mean + search.error[i]), ...search.mean.map((mean, i) => mean - search.error[i]).reverse()], fill: "toself", fillcolor: PALETTE[index % 8] + "26", line: {width: 0}, hoverinfo: "skip", showlegend: false, legendgroup: search.name},
      {type: "scatter", mode: "lines+markers", x: trials, y: search.mean, name: plain(search.name), legendgroup: search.name, ...style(index), text: search.best.map((chance, i) => plain(`k = ${trials[i]}: ${measurement(search.mean[i], search.error[i])}, best of all with ${share(chance)}`)), hovertemplate: "%{text}<extra>%{fullData.name}</extra>"}]);
    return {traces, numbers: () => searches.flatMap(search => trials.map((k, i) => [search.name, String(k), measurement(search.mean[i], search.error[i]), share(search.best[i])])), head: ["optimizer", "k", "expected best", "P(best of all)"],
      layout: layoutOf(axis("random trials k", {type: "log", tickvals: trials}), axis("expected best " + meta.metric))};
  }},
};
