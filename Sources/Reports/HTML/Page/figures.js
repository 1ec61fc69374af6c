// Figures: each has an id, a list of traces and a layout, and rows of numbers for those who do not see it.
const PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7A5195", "#8A8A00"];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "x", "star", "cross", "hexagon"];
const DASHES = ["solid", "dash", "dot", "dashdot"];
const plain = text => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
let forcedTheme = null;
const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const axis = (title, more = {}) => ({title: {text: plain(title)}, gridcolor: colour("line"), linecolor: colour("line"), zerolinecolor: colour("line"), automargin: true, ...more});
const layoutOf = (x, y, more = {}) => ({
  paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: {color: colour("text"), family: "system-ui, sans-serif", size: 13},
  margin: {l: 64, r: 16, t: 16, b: 52}, height: 400, hovermode: "closest", legend: {orientation: "h", y: -0.22}, xaxis: x, yaxis: y, ...more});
const isLog = values => { const kept = values.filter(Number.isFinite); return kept.length > 1 && Math.min(...kept) > 0 && Math.max(...kept) / Math.min(...kept) > 8; };
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
      numbers.push([name, column.labels[code], measurement(arrays.mean[row], arrays.error[row]), `${arrays.ranked[row]}/${meta.seeds}`]);
    }
    if (!points.length) return;
    traces.push({type: "scatter", mode: "lines+markers", name: plain(name), ...style(optimizer),
      x: points.map(point => isNumeric ? column.numbers[point.code] : plain(column.labels[point.code])), y: points.map(point => arrays.mean[point.row]),
      error_y: points.length > 60 ? undefined : {type: "data", array: points.map(point => Number.isNaN(arrays.half[point.row]) ? 0 : arrays.half[point.row]), thickness: 1.4, width: 5, color: PALETTE[optimizer % 8]},
      text: points.map(point => plain(`${column.name} ${column.labels[point.code]}: ${measurement(arrays.mean[point.row], arrays.error[point.row])}`)), hovertemplate: "%{text}<extra>%{fullData.name}</extra>"});
  });
  return {traces, numbers, head: ["optimizer", column.name, meta.metric, "seeds"],
    layout: layoutOf(axis(xTitle, isNumeric ? (logX ? logTicks(column) : {}) : {type: "category"}), axis(meta.metric, isLog(means) ? {type: "log", dtick: "D2"} : {}))};
};

const figures = {
  keep: {filtered: true, of: () => curve(columnNamed("keep_probability"), "keep_probability (1 − dropout_rate)", false)},
  rate: {filtered: true, of: () => {
    const result = curve(columnNamed("learning_rate"), "learning_rate", true);
    // Dotted: 2/λ_max where the best configuration's probed runs ended, beyond which gradient descent is unstable.
    for (const limit of meta.stability ?? []) {
      const index = optimizers.indexOf(limit.optimizer);
      result.layout.shapes = [...(result.layout.shapes ?? []), {type: "line", xref: "x", yref: "paper", x0: limit.rate, x1: limit.rate, y0: 0, y1: 1, line: {dash: "dot", color: PALETTE[Math.max(0, index) % 8]}}];
      result.numbers.push([limit.optimizer, significant(limit.rate, 4), "2/λ_max", ""]);
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
    const finite = grid.flat().filter(Number.isFinite), low = Math.min(...finite), high = Math.max(...finite);
    const ticks = [low, log ? Math.sqrt(low * high) : (low + high) / 2, high];
    return {traces: [{type: "heatmap", x: usedRates.map(rate => plain(rates.labels[rate])), y: usedBatches.map(batch => plain(batches.labels[batch])), z: grid.map(scale), text,
      texttemplate: usedRates.length * usedBatches.length <= 200 ? "%{text}" : "", hovertemplate: "learning_rate %{x}<br>batch_size %{y}<br>%{text}<extra></extra>",
      colorscale: "Cividis", reversescale: meta.higherIsBetter, hoverongaps: true, xgap: 2, ygap: 2,
      colorbar: {title: {text: plain(meta.metric)}, tickvals: finite.length ? ticks.map(value => log ? Math.log10(value) : value) : [], ticktext: ticks.map(value => significant(value, 2))}}],
      numbers: usedBatches.flatMap((batch, i) => usedRates.map((rate, j) => [batches.labels[batch], rates.labels[rate], text[i][j] || "–"])), head: ["batch_size", "learning_rate", meta.metric],
      layout: layoutOf(axis("learning_rate", {type: "category"}), axis("batch_size", {type: "category"}))};
  }},
  traces: {picked: true, choices: () => ["validation and training loss", "validation loss"], of: choice => {
    const traces = [], numbers = [], values = [];
    [...view.picked].sort((a, b) => a - b).forEach((row, index) => {
      const name = `rank ${row + 1}`;
      for (let trace = arrays.trace_start[row]; trace < arrays.trace_start[row + 1]; trace++) {
        const start = arrays.trace_offset[trace], end = arrays.trace_offset[trace + 1];
        const epochs = Array.from({length: end - start}, (_, epoch) => epoch);
        const run = arrays.trace_run[trace], label = `${name}, run ${runId(run)}, seed ${meta.seedLabels[arrays.run_seed[run]] ?? "–"}`;
        for (const [part, dash] of choice === 0 ? [["val", "solid"], ["train", "dot"]] : [["val", "solid"]]) {
          const y = Array.from(arrays["trace_" + part].subarray(start, end));
          if (!y.some(Number.isFinite)) continue;
          values.push(...y);
          traces.push({type: "scatter", mode: "lines", x: epochs, y, name: plain(name), legendgroup: name, opacity: 0.8, line: {color: PALETTE[index % 8], dash, width: part === "val" ? 1.8 : 1.2},
            showlegend: part === "val" && trace === arrays.trace_start[row], hovertemplate: `epoch %{x}: %{y:.5g}<extra>${plain(label)}, ${part === "val" ? "validation" : "training"}</extra>`});
          if (part === "val") numbers.push([label, String(y.length - 1), significant(Math.min(...y.filter(Number.isFinite))), significant(y[y.length - 1])]);
        }
      }
    });
    const layout = layoutOf(axis("epoch"), axis("loss", isLog(values) ? {type: "log", dtick: "D2"} : {}));
    if (!traces.length) layout.annotations = [{text: "Tick boxes in the ranking to see traces here.", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5, font: {size: 15}}];
    return {traces, numbers, head: ["run", "epochs", "lowest validation loss", "last"], layout};
  }},
  parallel: {filtered: true, of: () => {
    const rows = [];
    for (let row = 0; row < count && rows.length < 500; row++) if (view.mask[row] && !Number.isNaN(arrays.mean[row])) rows.push(row);
    const means = rows.map(row => arrays.mean[row]), log = isLog(means), shown = log ? means.map(Math.log10) : means;
    const ends = [Math.min(...shown), Math.max(...shown)], ticks = rows.length ? [0, 0.25, 0.5, 0.75, 1].map(share => ends[0] + share * (ends[1] - ends[0])) : [];
    const dimensions = columns.filter(column => column.labels.length > 1).map(column => {
      const every = Math.max(1, Math.ceil(column.labels.length / 12)), kept = column.labels.map((_, code) => code).filter(code => code % every === 0);
      return {label: plain(column.name), values: rows.map(row => isAbsent(column, row) ? -1 : column.codes[row]), range: [-0.5, column.labels.length - 0.5], tickvals: kept, ticktext: kept.map(code => plain(column.labels[code]))};
    });
    dimensions.push({label: plain(meta.metric), values: shown, tickvals: ticks, ticktext: ticks.map(value => significant(log ? 10 ** value : value, 3))});
    return {traces: [{type: "parcoords", dimensions, line: {color: shown, colorscale: "Cividis", reversescale: meta.higherIsBetter}, labelfont: {color: colour("text")}, tickfont: {color: colour("text")}, rangefont: {color: colour("soft")}}],
      numbers: rows.slice(0, 50).map(row => [String(row + 1), significant(arrays.mean[row]), ...columns.map(column => labelOf(column, row))]), head: ["rank", meta.metric, ...columns.map(column => column.name)],
      layout: layoutOf({}, {}, {margin: {l: 80, r: 60, t: 60, b: 30}, height: 440})};
  }},
  effects: {choices: () => meta.effects.map(scope => scope.title), of: choice => {
    const terms = meta.effects[choice].terms;
    return {traces: [{type: "bar", orientation: "h", y: terms.map(term => plain(term.name)).reverse(), x: terms.map(term => 100 * term.share).reverse(), marker: {color: PALETTE[0]}, hovertemplate: "%{y}: %{x:.2f} %<extra></extra>"}],
      numbers: terms.map(term => [term.name, `${(100 * term.share).toFixed(2)} %`]), head: ["effect", "share of the variance"],
      layout: layoutOf(axis("share of the variance, %", {rangemode: "tozero"}), axis("", {type: "category"}), {height: 120 + 28 * terms.length})};
  }},
  budget: {of: () => {
    const {trials, optimizers: searches} = meta.budget;
    const traces = searches.flatMap((search, index) => [
      {type: "scatter", mode: "lines", x: [...trials, ...[...trials].reverse()], y: [...search.mean.map((mean, i) => mean + search.deviation[i]), ...search.mean.map((mean, i) => mean - search.deviation[i]).reverse()], fill: "toself", fillcolor: PALETTE[index % 8] + "26", line: {width: 0}, hoverinfo: "skip", showlegend: false, legendgroup: search.name},
      {type: "scatter", mode: "lines+markers", x: trials, y: search.mean, name: plain(search.name), legendgroup: search.name, ...style(index), text: search.best.map((chance, i) => plain(`k = ${trials[i]}: ${measurement(search.mean[i], search.deviation[i])}, best of all with ${(100 * chance).toFixed(1)} %`)), hovertemplate: "%{text}<extra>%{fullData.name}</extra>"}]);
    return {traces, numbers: searches.flatMap(search => trials.map((k, i) => [search.name, String(k), measurement(search.mean[i], search.deviation[i]), `${(100 * search.best[i]).toFixed(1)} %`])), head: ["optimizer", "k", "expected best", "P(best of all)"],
      layout: layoutOf(axis("random trials k", {type: "log", tickvals: trials}), axis("expected best " + meta.metric))};
  }},
};
