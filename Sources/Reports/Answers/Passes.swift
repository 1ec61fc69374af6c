import Experiments

extension Trace {
  /// What a product counts as, in gradients, where results hold no measurement of it: what one usually takes, between 1.2
  /// where all that products share fits into memory and 1.8 where nothing does.
  static let assumedProductCost = 1.5

  /// Gradients that a product of the run took as long as; nil where it was not measured.
  var measuredProductCost: Double? { productCost.last { $0.isFinite } }

  /// The run's work by the end of each epoch, in passes over the training set: gradients plus products, a product as the
  /// gradients that it took as long as, over the whole run. Empty where it was not stored.
  var passes: [Double] {
    guard let products = productPasses.last, products > 0 else { return gradientPasses }
    let cost = measuredProductCost ?? Self.assumedProductCost
    return zip(gradientPasses, productPasses).map { $0 + cost * $1 }
  }
}

/// What products count as in the passes of some runs: the answer that is given in passes says it.
struct ProductCosts: Hashable, Sendable {
  /// Of the runs that have products, the least and the most that was measured.
  private(set) var measured: ClosedRange<Double>?
  /// Whether some of them have no measurement.
  private(set) var isAssumed = false

  init(_ traces: some Sequence<Trace>) {
    for trace in traces {
      guard let products = trace.productPasses.last, products > 0 else { continue }
      guard let cost = trace.measuredProductCost else {
        isAssumed = true
        continue
      }
      measured = measured.map { min($0.lowerBound, cost)...max($0.upperBound, cost) } ?? cost...cost
    }
  }

  /// For example "a product as the 1.2 to 1.6 gradients it took as long as"; nil without products.
  var description: String? {
    var parts: [String] = []
    if let measured {
      let ends = [measured.lowerBound, measured.upperBound].map { NumberText.significant($0, 2) }
      let range = ends[0] == ends[1] ? ends[0] : "\(ends[0]) to \(ends[1])"
      parts.append("a product as the \(range) gradients that its run measured it to take")
    }
    if isAssumed {
      parts.append(
        "\(measured == nil ? "a product" : "or") as \(NumberText.short(Trace.assumedProductCost)) gradients where results of"
          + " an earlier version do not say (they count a matrix as a product a parameter)")
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Null where nothing was measured.
  var json: JSON {
    .object([
      "least": .number(measured?.lowerBound ?? .nan), "most": .number(measured?.upperBound ?? .nan),
      "assumed": isAssumed ? .number(Trace.assumedProductCost) : .null,
    ])
  }
}
