import Experiments

extension HyperparameterValue {
  /// The value as tables show it, for the hyperparameter of this name.
  ///
  /// - Parameter digits: Of numbers, at most; ``LevelText`` says how many tell values apart.
  public func text(as name: String, digits: Int = NumberText.usualDigits) -> String {
    switch (name, self) {
    case ("keep_probability", .list(let layers)): KeepProbability(layers: layers).label(digits)
    case ("dropout_rate", .list(let rates)): KeepProbability(layers: rates.map { 1 - $0 }).rateLabel(digits)
    case ("batch_size", .integer(0)): "full"
    case ("patience", .integer(..<0)): "none"
    case (_, .integer(let value)): "\(value)"
    case (_, .number(let value)): NumberText.short(value, digits)
    case (_, .text(let value)): value
    case (_, .list(let values)):
      values.isEmpty ? "none" : values.map { NumberText.short($0, digits) }.joined(separator: "/")
    }
  }

  /// The one number the value stands for: a dropout setting counts where it is the same for all hidden layers and leaves
  /// the data alone, another list where it has one entry.
  func orderable(as name: String) -> Double? {
    switch (name, self) {
    case ("keep_probability", .list(let layers)): KeepProbability(layers: layers).single
    case ("dropout_rate", .list(let rates)): KeepProbability(layers: rates.map { 1 - $0 }).single.map { 1 - $0 }
    case (_, .list(let values)): values.count == 1 ? values[0] : nil
    default: scalar
    }
  }
}

extension KeepProbability {
  /// The keep probability of every hidden layer where they agree and the data is kept whole.
  var single: Double? { input == 1 && hidden.count == 1 ? hidden[0] : nil }
}
