import Experiments
import Settings

/// A run's network as other tools take it: layers that evaluate as ours do, without dropout, in single precision.
///
/// With dropout by weight scaling, a layer's kernel is multiplied by the keep probability of its input, as it is when
/// we evaluate.
public struct ExportedNetwork: Hashable, Sendable {
  public let run: TrialIdentity
  public let layers: [Layer]
  /// `softmax_cross_entropy`, `squared_error` or `binary_cross_entropy`: what the outputs are for.
  public let loss: String
  public let moment: Moment

  public struct Layer: Hashable, Sendable {
    /// Units below, or pixels under the kernel.
    public let inputs: Int
    /// Units, or channels.
    public let outputs: Int
    /// `inputs` × `outputs`, row-major; a convolution's inputs are height × width × channels.
    public let kernel: [Float]
    /// Nil where the layer has none.
    public let bias: [Float]?
    /// φ of a hidden layer; nil for the last one, which is linear.
    public let activation: ActivationExports?
    /// Nil for a dense layer.
    public let convolution: Convolution?

    /// Scalars of a sample below and above.
    var inputCount: Int { convolution?.image.count ?? inputs }
    var outputCount: Int { convolution?.output.count ?? outputs }
  }

  /// When in the run the weights were taken.
  public enum Moment: String, Hashable, Sendable, CaseIterable {
    case initial
    /// At the best epoch by the experiment's selection rule.
    case best
    case final
  }

  public var inputs: Int { layers[0].inputCount }
  public var outputs: Int { layers[layers.count - 1].outputs }

  /// Throws ``ExportError`` where the run kept no such weights or its parts do not fit together.
  public init(_ record: TrialRecord, at moment: Moment) throws(ExportError) {
    let weights = record.weights.vector(at: moment)
    guard !weights.isEmpty else {
      let kept = Moment.allCases.filter { !record.weights.vector(at: $0).isEmpty }
      throw .noWeights(run: record.identity, moment: moment, kept: kept)
    }
    func refusal(_ reason: String) -> ExportError { .inconsistent(run: record.identity, reason: reason) }
    let hyperparameters = Dictionary(
      record.hyperparameters.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    if let problem = hyperparameters["problem"] { throw refusal("it descends the problem \(problem)") }
    guard let activation = PartChoice(.activation, .current, stored: { hyperparameters[$0] }) else {
      throw refusal("its activation is unknown")
    }
    guard let hidden = activation.make(as: (any ActivationPart).self).exports else {
      throw .unsupportedActivation(activation.name)
    }
    guard case .text(let loss)? = hyperparameters["loss"] else { throw refusal("its loss is unknown") }
    guard let convolutions = Self.convolutions(hyperparameters) else {
      throw refusal("its convolutions and its image do not fit each other")
    }
    let count = (record.weights.slices.map(\.layer).max() ?? -1) + 1
    guard count > 0 else { throw refusal("its weights have no layers") }
    let scales = hyperparameters.weightScales(layers: count)
    var layers: [Layer] = []
    for index in 0..<count {
      let slices = record.weights.slices.filter { $0.layer == index }
      let convolution = index < convolutions.count ? convolutions[index] : nil
      guard let kernel = slices.first(where: { $0.role == "kernel" }),
        convolution.map({ kernel.shape == $0.kernelShape }) ?? (kernel.shape.count == 2)
      else { throw refusal("layer \(index) has no kernel of its shape") }
      let outputs = kernel.shape[kernel.shape.count - 1]
      let inputs = kernel.shape.dropLast().reduce(1, *)
      let bias = slices.first { $0.role == "bias" }
      guard let values = weights.values(of: kernel), slices.count == (bias == nil ? 1 : 2),
        bias.map({ $0.shape == [outputs] && weights.values(of: $0) != nil }) ?? true,
        layers.last.map({ $0.outputCount == convolution?.image.count ?? inputs }) ?? true
      else { throw refusal("the parts of layer \(index) do not fit each other") }
      layers.append(
        Layer(
          inputs: inputs, outputs: outputs, kernel: scales[index] == 1 ? values : values.map { $0 * scales[index] },
          bias: bias.flatMap { weights.values(of: $0) }, activation: index < count - 1 ? hidden : nil,
          convolution: convolution))
    }
    run = record.identity
    self.layers = layers
    self.loss = loss
    self.moment = moment
  }
}

extension Weights {
  fileprivate func vector(at moment: ExportedNetwork.Moment) -> [Float] {
    switch moment {
    case .initial: initial.floats
    case .best: best.floats
    case .final: final.floats
    }
  }
}

extension [Float] {
  /// Nil where the vector ends before the slice does.
  fileprivate func values(of slice: ParameterSlice) -> [Float]? {
    let end = slice.offset + slice.shape.reduce(1, *)
    return slice.offset >= 0 && end <= count ? Array(self[slice.offset..<end]) : nil
  }
}

extension [String: HyperparameterValue] {
  /// What the kernels are multiplied by when the network is evaluated.
  fileprivate func weightScales(layers: Int) -> [Float] {
    guard self["dropout_form"] == .text(DropoutSpecification.Form.weightScaling.rawValue),
      case .list(let keep)? = self["keep_probability"], keep.count == layers
    else { return [Float](repeating: 1, count: layers) }
    return keep.map(Float.init)
  }
}

/// Why a run cannot be handed to another tool.
public enum ExportError: Error, Hashable, CustomStringConvertible {
  case noWeights(run: TrialIdentity, moment: ExportedNetwork.Moment, kept: [ExportedNetwork.Moment])
  case inconsistent(run: TrialIdentity, reason: String)
  /// The activation does not say what it is elsewhere.
  case unsupportedActivation(String)

  public var description: String {
    switch self {
    case .noWeights(let run, let moment, let kept):
      "run \(run.short) kept no \(moment.rawValue) weights"
        + (kept.isEmpty
          ? "; weights are kept by sweep run --weights best or --weights all"
          : "; accepted: --weights \(kept.map(\.rawValue).joined(separator: " or --weights "))")
    case .inconsistent(let run, let reason): "run \(run.short) cannot be exported: \(reason)"
    case .unsupportedActivation(let activation): "other tools have no activation \(activation)"
    }
  }
}
