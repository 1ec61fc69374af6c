import Foundation
import Settings

/// The JSON Schema of experiment files: what an editor completes and checks them by.
///
/// It knows keys, types and bounds, and not what goes with what: that `sweep plan` says.
public struct ExperimentSchema {
  /// By which a schema of ours is known.
  public static let title = "An experiment of Ravine"

  private let parts: Parts
  private let sections: [ReferenceSection]

  /// - Parameter parts: What a file may name.
  public init(_ parts: Parts) {
    self.parts = parts
    sections = ReferenceSection.all(parts)
  }

  /// The schema as a file has it, with a line feed at its end.
  public var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(root) else { preconditionFailure("a schema of plain values") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private var root: JSONSchema {
    let keys: [String: JSONSchema] = [
      "name": .object([
        "type": .list([.text("string"), .text("number")]),
        "pattern": .text("^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"),
      ]),
      "description": .anyText, "data": data, "network": network,
      "loss": .part(PartReader(family: .loss, parts: parts), varies: false),
      "problem": problem, "l2": .number(in: .nonNegative), "input_noise": .number(in: .nonNegative),
      "precision": choices(Precision.self), "training": training, "schedule": schedule(varies: false),
      "selection": section(
        "selection", ["metric": choices(SelectionRule.Metric.self), "epoch": choices(SelectionRule.Epoch.self)]),
      "curvature": curvature,
      "search": section("search", ["halton": .whole(in: 1...1_000_000), "seed": seed], required: ["halton"]),
      "grid": grid, "exclude": exclude, "slurm": slurm,
    ]
    let required = { (keys: [String]) in JSONSchema.object(["required": .list(keys.map { .text($0) })]) }
    return section("", keys, required: ["name", "training", "grid"]).adding([
      "$schema": .text("http://json-schema.org/draft-07/schema#"),
      "title": .text(Self.title), "definitions": .definitions(of: intervals),
      "anyOf": .list([
        required(["data", "network", "loss"]), required(["problem"]),
        .object(["properties": .object(["grid": required(["problem"])])]),
      ]),
    ])
  }

  /// Of every number that may vary.
  private var intervals: [NumberInterval] {
    [.positive, .nonNegative, .finite, .keepProbability, .dropoutRate]
      + parts.all.flatMap(\.settings).compactMap {
        if case .number(let interval, isWhole: false) = $0.domain { interval } else { nil }
      }
  }

  /// A mapping, its keys described as in the reference.
  private func section(
    _ path: String, _ keys: [String: JSONSchema], required: [String] = []
  ) -> JSONSchema {
    let described = sections.filter { $0.path == path }.flatMap(\.keys).map { ($0.name, $0.meaning) }
    return JSONSchema.mapping(keys, required: required)
      .described(Dictionary(described, uniquingKeysWith: { first, _ in first }))
  }

  private func choices<Choice: CaseIterable & RawRepresentable<String>>(_: Choice.Type) -> JSONSchema {
    .words(Choice.allCases.map(\.rawValue))
  }

  private var seed: JSONSchema { .whole(in: 0...Int.max) }
  private var none: JSONSchema { .words(["none"]) }

  // MARK: Data

  private var data: JSONSchema {
    let shares = NumberInterval.share
    let split = section(
      "data.split",
      [
        "train": .number(in: shares), "validation": .number(in: shares), "test": .number(in: shares), "seed": seed,
        "stratified": .boolean,
      ])
    return .any(of: [
      .words(["digits"]),
      section(
        "data", ["source": source, "standardization": choices(Standardization.self), "split": split],
        required: ["source"]),
    ])
  }

  private var source: JSONSchema {
    let samples = JSONSchema.whole(in: 2...100_000_000)
    let features = JSONSchema.whole(in: 1...1_000_000)
    let noise = JSONSchema.number(in: .nonNegative)
    let task = choices(DataSource.Task.self)
    func settings(_ name: String, _ keys: [String: JSONSchema], _ required: [String]) -> (String, JSONSchema) {
      (name, section("data.source.\(name)", keys, required: required))
    }
    let withSettings = [
      settings(
        "idx", ["images": .anyText, "labels": .anyText, "test_images": .anyText, "test_labels": .anyText],
        ["images", "labels"]),
      settings(
        "csv", ["path": .anyText, "target": .anyText, "header": .boolean, "task": task], ["path", "target"]),
      settings(
        "hdf5", ["path": .anyText, "features": .anyText, "targets": .anyText, "task": task],
        ["path", "features", "targets"]),
      settings(
        "two_gaussians",
        [
          "samples": samples, "mean": .items(.number(in: .finite), count: 2...2),
          "deviation": .number(in: .positive), "seed": seed,
        ], ["samples"]),
      settings(
        "spirals",
        [
          "samples": samples, "classes": .whole(in: 2...1000), "turns": .number(in: .positive), "noise": noise,
          "seed": seed,
        ], ["samples"]),
      settings(
        "teacher",
        [
          "samples": samples, "features": features, "hidden": layers, "outputs": .whole(in: 1...65536),
          "noise": noise, "seed": seed,
        ], ["samples", "features", "hidden"]),
      settings(
        "linear_regression",
        [
          "samples": samples, "features": features,
          "condition_number": .number(
            in: .init(lower: 1, includesLower: true, upper: .infinity, includesUpper: false)),
          "noise": noise, "seed": seed,
        ], ["samples", "features"]),
    ]
    return .any(of: [.words(["digits"]), .oneKey(Dictionary(uniqueKeysWithValues: withSettings))])
  }

  // MARK: Network

  private var units: JSONSchema { .whole(in: 1...65536) }

  /// One number is one layer.
  private var layers: JSONSchema { .any(of: [units, .items(units, count: 0...NetworkReader.maximumLayers)]) }

  private func activation(varies: Bool) -> JSONSchema {
    .part(PartReader(family: .activation, parts: parts), varies: varies)
  }

  private func initialization(varies: Bool) -> JSONSchema {
    let bias: JSONSchema = varies ? .numbers(in: .finite) : .number(in: .finite)
    return .part(InitializationSpecification.reader(parts), shared: ["bias": bias], varies: varies)
  }

  private func schedule(varies: Bool) -> JSONSchema {
    let warmup: JSONSchema = varies ? .numbers(in: .nonNegative) : .number(in: .nonNegative)
    return .part(ScheduleSpecification.reader(parts), shared: ["warmup_epochs": warmup], varies: varies)
  }

  private var network: JSONSchema {
    let size = JSONSchema.whole(in: 1...4096)
    let window = JSONSchema.any(of: [size, .items(size, count: 2...2)])
    let padding = choices(PaddingKind.self)
    let pool = section(
      "network.convolutions.pool",
      ["kind": choices(PoolingKind.self), "size": window, "stride": size, "padding": padding], required: ["size"])
    let convolution = section(
      "network.convolutions",
      [
        "channels": size, "kernel": window, "stride": size, "padding": padding, "pool": .any(of: [none, window, pool]),
      ], required: ["channels", "kernel"])
    return section(
      "network",
      [
        "image": .items(size, count: 2...3), "convolutions": .oneOrMore(convolution), "hidden": layers,
        "activation": activation(varies: false), "initialization": initialization(varies: false), "bias": .boolean,
      ])
  }

  // MARK: Training

  private var training: JSONSchema {
    let epochs = JSONSchema.whole(in: 1...1_000_000)
    let stopping = section(
      "training.early_stopping", ["patience": epochs, "minimum_delta": .number(in: .nonNegative)],
      required: ["patience"])
    return section(
      "training",
      [
        "epochs": epochs, "order": choices(TrainingSpecification.Order.self), "drop_remainder": .boolean,
        "early_stopping": .any(of: [none, stopping]), "divergence_bound": .number(in: .positive),
        "evaluate_training": .boolean,
      ], required: ["epochs"])
  }

  private var curvature: JSONSchema {
    let flags = JSONSchema.any(of: [.boolean, none])
    let density = section(
      "curvature.density",
      [
        "probes": .whole(in: 1...10_000), "steps": .whole(in: 1...10_000), "points": .whole(in: 2...100_000),
      ])
    let moments = JSONSchema.words(CurvatureReader.moments)
    let estimates = choices(CurvatureSpecification.Estimate.self)
    return .any(of: [
      none,
      section(
        "curvature",
        [
          "at": .any(of: [moments, .items(moments, count: 0...3)]),
          "every": .any(of: [none, .whole(in: 1...1_000_000)]), "data": choices(CurvatureSpecification.Part.self),
          "samples": .any(of: [.words(["all"]), .whole(in: 1...Int.max)]), "seed": seed,
          "dropout": choices(CurvatureSpecification.Dropout.self),
          "matrix": choices(CurvatureSpecification.Matrix.self), "largest": .whole(in: 1...1_000),
          "smallest": .whole(in: 0...1_000),
          "tolerance": .number(in: .init(lower: 0, includesLower: false, upper: 1, includesUpper: false)),
          "iterations": .whole(in: 1...1_000_000), "full_spectrum": .boolean, "density": .any(of: [flags, density]),
          "trace": .any(of: [flags, .whole(in: 2...100_000)]), "layers": .boolean, "taylor_models": .boolean,
          "estimates": .any(of: [none, estimates, .items(estimates, count: 0...Int.max)]),
          "principal_eigenvector": .boolean, "diagonal": .boolean,
        ]),
    ])
  }

  // MARK: Grid

  private var grid: JSONSchema {
    let sizes = 1...Int(Int32.max)
    let batch = JSONSchema.any(of: [
      .whole(in: sizes), .words(["full"]),
      .range(in: .init(lower: 1, includesLower: true, upper: 1e9, includesUpper: true)),
    ])
    let seeds = JSONSchema.any(of: [
      seed, .mapping(["from": seed, "count": .whole(in: 1...1_000_000)], required: ["count"]),
    ])
    return section(
      "grid",
      [
        "problem": .oneOrMore(problem), "hidden": .items(.items(units, count: 0...NetworkReader.maximumLayers)),
        "activation": .oneOrMore(activation(varies: true)),
        "initialization": .oneOrMore(initialization(varies: true)), "l2": .numbers(in: .nonNegative),
        "schedule": .oneOrMore(schedule(varies: true)), "optimizer": .oneOrMore(optimizer),
        "learning_rate": .numbers(in: .positive), "batch_size": .oneOrMore(batch), "dropout": dropout,
        "input_noise": .numbers(in: .nonNegative), "seed": .oneOrMore(seeds),
      ], required: ["optimizer"])
  }

  private var optimizer: JSONSchema {
    let entries = parts.optimizers.map { kind in
      var keys = Dictionary(
        uniqueKeysWithValues: kind.settings.map { ($0.name, JSONSchema.setting($0, varies: true)) })
      keys["name"] = .words([kind.name])
      if kind.type.hasLearningRate { keys["learning_rate"] = .numbers(in: .positive) }
      return JSONSchema.mapping(keys, required: ["name"]).adding(["description": .text(kind.part.summary)])
    }
    return .any(of: [.words(parts.optimizers.map(\.name))] + entries)
  }

  private var dropout: JSONSchema {
    func measure(_ axis: (NumberInterval) -> JSONSchema) -> [String: JSONSchema] {
      ["keep_probability": axis(.keepProbability), "dropout_rate": axis(.dropoutRate)]
    }
    let data = measure { .numbers(in: $0) }
    let hidden = measure { interval in
      let layers = JSONSchema.items(.number(in: interval))
      return .oneOrMore(.any(of: [.number(in: interval), .range(in: interval), layers]))
    }
    let keys: [String: JSONSchema] = [
      "form": .oneOrMore(choices(DropoutSpecification.Form.self)), "input": .oneKey(data), "hidden": .oneKey(hidden),
      "channels": .boolean,
    ]
    let exclusive = [
      ["hidden", "keep_probability"], ["hidden", "dropout_rate"], ["keep_probability", "dropout_rate"],
    ]
    return .any(of: [
      none,
      section("grid.dropout", keys.merging(hidden) { own, _ in own }).adding([
        "allOf": .list(
          exclusive.map { .object(["not": .object(["required": .list($0.map { .text($0) })])]) })
      ]),
    ])
  }

  private var problem: JSONSchema {
    let numbers = JSONSchema.any(of: [.number(in: .finite), .items(.number(in: .finite))])
    func eigenvalues(_ interval: NumberInterval) -> JSONSchema {
      .oneOrMore(.any(of: [.number(in: interval), .range(in: .finite)]))
    }
    func kind(_ name: String, _ keys: [String: JSONSchema], required: [String] = []) -> JSONSchema {
      .mapping(
        keys.merging(["kind": .words([name]), "start": numbers]) { own, _ in own }, required: ["kind"] + required)
    }
    return .any(of: [
      .words(ProblemReader.kinds.filter { $0 != "quadratic" }),
      kind(
        "quadratic", ["eigenvalues": eigenvalues(.nonNegative), "rotation_seed": seed], required: ["eigenvalues"]),
      kind(
        "saddle",
        ["eigenvalues": eigenvalues(.finite), "quartic": .number(in: .positive), "rotation_seed": seed]),
      kind("rosenbrock", ["dimension": .whole(in: 2...ProblemReader.maximumDimension)]),
      .mapping(["kind": .words(["quadratic_deep"])], required: ["kind"]),
    ])
  }

  private var exclude: JSONSchema {
    let names = ExclusionRule.names(parts).map { ($0, JSONSchema.object([:])) }
    return .oneOrMore(
      JSONSchema.mapping(Dictionary(uniqueKeysWithValues: names)).adding(["minProperties": .number(1)]))
  }

  private var slurm: JSONSchema {
    let options = JSONSchema.object(["type": .text("string"), "pattern": .text("^-")])
    return section(
      "slurm",
      [
        "tasks": .whole(in: 1...1_000_000), "time": .anyText, "partition": .anyText, "account": .anyText,
        "memory": .anyText, "options": .any(of: [options, .items(options, count: 0...Int.max)]),
      ])
  }
}
