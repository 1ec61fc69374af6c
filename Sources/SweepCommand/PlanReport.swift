import Experiments
import Harness
import Reports

/// What `sweep plan` prints.
struct PlanReport {
  var sweep: PreparedSweep
  var workers: Int
  var throughput: ThroughputProbe
  var probes: ProbeTiming

  private var plan: Plan { sweep.plan }

  func write(to output: inout some TextOutputStream) {
    let experiment = sweep.experiment
    output.write("\(experiment.name): \(Quantity.count(plan.trialCount, "trial"))\n")
    if !experiment.summary.isEmpty { output.write("\(TerminalText.escaped(experiment.summary))\n") }
    for warning in experiment.warnings { output.write("warning: \(TerminalText.escaped(warning))\n") }
    write(plan.axes.filter(\.varies), title: "Varied", to: &output)
    write(plan.axes.filter { !$0.varies }, title: "Fixed", to: &output)
    output.write("\n")
    Table(columns: [.init("Estimates"), .init("")], rows: estimates).write(to: &output, indent: 0)
  }

  private func write(_ axes: [PlanAxis], title: String, to output: inout some TextOutputStream) {
    guard !axes.isEmpty else { return }
    output.write("\n")
    // The dropout rate is the keep probability said the other way round, but readers look for either.
    let rows = axes.map { axis in
      [axis.name, Self.text(of: axis)]
    }
    Table(columns: [.init(title), .init("")], rows: rows).write(to: &output, indent: 0)
  }

  private static let shownValues = 32

  /// All values, or where they are many the first ones and the last.
  private static func text(of axis: PlanAxis) -> String {
    let isLong = axis.values.count > shownValues
    let level = LevelText(axis.name, axis.values)
    var texts = axis.values.prefix(isLong ? 8 : shownValues).map { level($0) }
    if isLong, let last = axis.values.last {
      texts += ["…", "\(level(last)) (\(Quantity.grouped(axis.values.count)) values)"]
    }
    return texts.joined(separator: ", ")
  }

  private var estimates: [[String]] {
    let size = sweep.library.size(for: sweep.experiment.trials[0])
    let seconds = plan.seconds(workers: workers) {
      throughput.rate(of: $0)
    } probe: {
      probes.seconds(of: $0)
    }
    var rows = [
      [
        "data",
        "\(Quantity.grouped(size.train)) training, \(Quantity.grouped(size.validation)) validation and "
          + "\(Quantity.grouped(size.test)) test samples of \(Quantity.count(size.features, "feature"))",
      ],
      [sweep.experiment.trials[0].problem == nil ? "networks" : "problems", networks],
      ["work", "\(Quantity.count(plan.steps, "step")), \(NumberText.short(rounded(plan.operations / 1e9))) GFLOP"],
      ["rate", rates],
    ]
    if let probed { rows.append(["probes", probed]) }
    return rows + [
      ["time", "\(Quantity.duration(seconds)) on \(Quantity.count(workers, "worker"))"],
      ["memory", memory],
      ["disk", "\(Quantity.bytes(plan.diskBytes)) before compression, weights kept: \(plan.weightsKept.rawValue)"],
    ]
  }

  /// Of the process while it trains, and at the most while it reads its data where these are of a file's.
  private var memory: String {
    let training = Quantity.bytes(plan.dataBytes + Double(workers) * plan.workerBytes)
    let reading = sweep.library.readingBytes
    return training + (reading > 0 ? " to train, \(Quantity.bytes(Double(reading))) to read the data" : "")
  }

  /// How many probes of the curvature, over what, and how long they take in all; nil where there are none.
  private var probed: String? {
    guard sweep.experiment.trials.first?.curvature != nil else { return nil }
    var count = 0
    var seconds = 0.0
    var samples = 0
    for (trial, indices) in sweep.experiment.trials.configurations {
      let ofConfiguration = plan.probeCount(of: trial) * indices.count
      count += ofConfiguration
      seconds += Double(ofConfiguration) * probes.seconds(of: trial)
      samples = max(samples, plan.probeWork(of: trial)?.samples ?? 0)
    }
    guard count > 0 else { return nil }
    return "\(Quantity.count(count, "probe")) of the curvature over \(Quantity.count(samples, "sample")), "
      + "\(Quantity.duration(seconds)) of one worker's time"
  }

  private var networks: String {
    let networks = plan.networks
    let shown = networks.prefix(4).map { network in
      "\(network) (\(Quantity.count(network.parameters, "parameter")))"
    }
    let more = networks.count > 4 ? [", and \(networks.count - 4) more"] : []
    return shown.joined(separator: ", ") + more.joined()
  }

  /// By batch size, each from the slowest to the fastest of what trains at it.
  private var rates: String {
    let byBatch = Dictionary(grouping: throughput.rates, by: \.setting.batch).sorted { $0.key < $1.key }
    let texts = byBatch.map { batch, rates in
      let ends = [rates.map(\.rate).min(), rates.map(\.rate).max()].map { NumberText.short(rounded($0 ?? .nan)) }
      return "\(ends[0] == ends[1] ? ends[0] : ends.joined(separator: " to ")) at batch \(batch)"
    }
    return "GFLOP/s a worker: " + texts.joined(separator: ", ")
  }

  /// Two significant digits are all that estimates deserve.
  private func rounded(_ value: Double) -> Double { Double(NumberText.significant(value, 2)) ?? value }
}
