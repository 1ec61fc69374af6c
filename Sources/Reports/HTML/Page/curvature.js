// The curvature of the ticked configurations, of the runs that were probed.
const probedRuns = () => meta.curvature.filter(run => view.picked.has(run.row)).sort((a, b) => a.row - b.row);
const curvatureNote = (layout, traces) => {
  // One run alone is named, too.
  layout.showlegend = true;
  if (!traces.length) layout.annotations = [{text: "None of the ticked configurations was probed.", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5, font: {size: 15}}];
  return layout;
};
const lastProbe = run => run.probes[run.probes.length - 1];
const runName = run => `rank ${run.row + 1}, run ${run.run}`;
const curvatureFigures = !meta.curvature?.length ? {} : {
  edge: {picked: true, of: () => {
    const traces = [], numbers = [], values = [];
    probedRuns().forEach((run, index) => {
      const x = run.course.map(probe => probe.epoch), measured = run.course.map(probe => probe.lambdaMax), limit = run.course.map(probe => run.limit && probe.learningRate > 0 ? run.limit.factor / probe.learningRate - run.limit.decay : null);
      values.push(...measured.filter(value => value !== null), ...limit.filter(value => value !== null));
      traces.push({type: "scatter", mode: "lines+markers", x, y: measured, name: plain(`${runName(run)}: λ_max${run.subject ? `, ${run.subject}` : ""}`), ...style(index), hovertemplate: "epoch %{x}: λ_max %{y:.5g}<extra></extra>"});
      if (run.limit) traces.push({type: "scatter", mode: "lines", x, y: limit, name: plain(`${runName(run)}: ${run.limit.formula}`), line: {color: PALETTE[index % 8], dash: "dot"}, hovertemplate: `epoch %{x}: ${plain(run.limit.formula)} %{y:.5g}<extra></extra>`});
      run.course.forEach((probe, i) => numbers.push([runName(run), String(probe.epoch), significant(probe.lambdaMax ?? NaN), significant(limit[i] ?? NaN)]));
    });
    return {traces, numbers: () => numbers, head: ["run", "epoch", "λ_max", "limit"], layout: curvatureNote(layoutOf(axis("epoch"), axis("eigenvalue", scaleOf(values))), traces)};
  }},
  spectrum: {picked: true, of: () => {
    const traces = [], numbers = [];
    probedRuns().forEach((run, index) => {
      const {spectrum, epoch} = lastProbe(run);
      if (!spectrum.length) return;
      traces.push({type: "scatter", mode: "markers", x: spectrum, y: spectrum.map((_, place) => place + 1), name: plain(runName(run)), ...style(index), hovertemplate: "λ %{x:.5g}<extra>%{fullData.name}</extra>"});
      spectrum.forEach((value, place) => numbers.push([runName(run), String(epoch), String(place + 1), significant(value)]));
    });
    return {traces, numbers: () => numbers, head: ["run", "epoch", "place", "eigenvalue"], layout: curvatureNote(layoutOf(axis("eigenvalue"), axis("place, ascending", Math.max(0, ...traces.map(trace => trace.y.length)) <= 10 ? {dtick: 1} : {})), traces)};
  }},
  density: {picked: true, of: () => {
    const traces = [], numbers = [];
    probedRuns().forEach((run, index) => {
      const {densityPoints, density, epoch} = lastProbe(run);
      if (!densityPoints.length) return;
      traces.push({type: "scatter", mode: "lines", x: densityPoints, y: density.map(value => value > 1e-8 ? value : null), name: plain(runName(run)), line: style(index).line, hovertemplate: "λ %{x:.4g}: %{y:.3g}<extra>%{fullData.name}</extra>"});
      densityPoints.forEach((point, i) => numbers.push([runName(run), String(epoch), significant(point), significant(density[i])]));
    });
    return {traces, numbers: () => numbers, head: ["run", "epoch", "eigenvalue", "density"], layout: curvatureNote(layoutOf(axis("eigenvalue"), axis("spectral density", {type: "log", exponentformat: "power"})), traces)};
  }},
  layers: {picked: true, of: () => {
    const traces = [], numbers = [];
    probedRuns().forEach((run, index) => {
      const {layers, epoch} = lastProbe(run);
      if (!layers.length) return;
      traces.push({type: "bar", x: layers.map((_, layer) => `layer ${layer}`), y: layers, name: plain(runName(run)), marker: {color: PALETTE[index % 8]}, hovertemplate: "%{x}: λ_max %{y:.5g}<extra>%{fullData.name}</extra>"});
      layers.forEach((value, layer) => numbers.push([runName(run), String(epoch), String(layer), significant(value ?? NaN)]));
    });
    return {traces, numbers: () => numbers, head: ["run", "epoch", "layer", "λ_max of its block"], layout: curvatureNote(layoutOf(axis("", {type: "category"}), axis("largest eigenvalue of the layer's block")), traces)};
  }},
};
Object.assign(figures, curvatureFigures);
