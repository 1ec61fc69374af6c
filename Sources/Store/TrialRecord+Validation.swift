import Experiments

extension TrialRecord {
  /// Throws ``StoreError/invalidRecord`` where the record's parts do not fit together, so that no column can store it.
  ///
  /// - Parameter valid: Hyperparameters of a record that has passed: where this one's have the same names, as those of a
  ///   sweep mostly do, the names are not looked at again.
  func validate(named valid: [Hyperparameter] = []) throws {
    func refuse(_ reason: String) -> StoreError { .invalidRecord(identity: identity, reason: reason) }
    for (index, values) in trace.columnValues.enumerated() where values.count != trace.count {
      let column = Trace.columns[index]
      if column.isOptional && values.isEmpty { continue }
      throw refuse("\(column.name) has \(values.count) epochs, val_loss \(trace.count)")
    }
    if let bestEpoch, !(0..<trace.count).contains(bestEpoch) {
      throw refuse("best epoch \(bestEpoch) of \(trace.count)")
    }
    guard (0...Int(Int32.max)).contains(cost.workers) else { throw refuse("\(cost.workers) workers") }
    guard (0...Int(Int32.max)).contains(validation.samples) else {
      throw refuse("\(validation.samples) validation samples")
    }
    for variance in [validation.finalVariance, validation.bestVariance].compactMap(\.self)
    where validation.samples == 0 || !(variance >= 0) {
      throw refuse("a variance of \(variance) over \(validation.samples) validation samples")
    }
    if !hyperparameters.hasNames(of: valid) { try validateNames(refuse) }
    guard trace.count < Int(Int32.max) else { throw refuse("\(trace.count) epochs") }
    let vectors = [weights.initial, weights.best, weights.final].filter { !$0.isEmpty }
    let counts = vectors.map(\.count)
    guard counts.allSatisfy({ $0 == counts[0] }) else { throw refuse("weight vectors of different lengths: \(counts)") }
    guard vectors.allSatisfy({ $0.precision == vectors[0].precision }) else {
      throw refuse("weight vectors of different precision")
    }
    try validateCurvature(parameters: counts.first, refuse)
    if let count = counts.first, !weights.slices.isEmpty { try validateSlices(count: count, refuse) }
  }

  private func validateNames(_ refuse: (String) -> StoreError) throws {
    var names = Set<String>(minimumCapacity: hyperparameters.count)
    for entry in hyperparameters {
      guard names.insert(entry.name).inserted else { throw refuse("a hyperparameter is given twice") }
      guard !entry.name.isEmpty, printable(entry.name) == entry.name else {
        throw refuse("the hyperparameter name “\(entry.name)” is empty or has control characters")
      }
    }
  }

  /// Lists that run along one dimension have one length, and vectors that of the weights.
  private func validateCurvature(parameters: Int?, _ refuse: (String) -> StoreError) throws {
    var parameters = parameters
    for measurement in curvature {
      for list in CurvatureMeasurement.lists {
        let length = measurement[keyPath: list.columns[0].value].count
        for column in list.columns + list.flags where measurement[keyPath: column.value].count != length {
          throw refuse("\(column.name) has \(measurement[keyPath: column.value].count) entries, \(length) are expected")
        }
        for column in list.byDirection
        where measurement[keyPath: column.value].count != length * CurvatureMeasurement.directions.count {
          throw refuse("\(column.name) has \(measurement[keyPath: column.value].count) entries for \(length) steps")
        }
      }
      let directions = measurement.taylorSlopes.count
      guard directions == 0 || directions == CurvatureMeasurement.directions.count,
        directions > 0 || measurement.taylorSteps.isEmpty
      else { throw refuse("Taylor models along \(directions) directions") }
      for vector in CurvatureMeasurement.vectors {
        let count = measurement[keyPath: vector.value].count
        guard count > 0 else { continue }
        guard parameters == nil || parameters == count else {
          throw refuse("\(vector.name) has \(count) entries, the network \(parameters ?? 0) parameters")
        }
        parameters = count
      }
    }
  }

  private func validateSlices(count: Int, _ refuse: (String) -> StoreError) throws {
    var offset = 0
    for slice in weights.slices {
      guard slice.offset == offset, let size = slice.checkedSize, size <= count - offset else {
        throw refuse("parameter slice \(slice) does not begin at \(offset) or passes the end of \(count) parameters")
      }
      offset += size
    }
    guard offset == count else { throw refuse("parameter slices cover \(offset) of \(count) parameters") }
  }
}

extension [Hyperparameter] {
  fileprivate func hasNames(of others: [Hyperparameter]) -> Bool {
    count == others.count && indices.allSatisfy { self[$0].name == others[$0].name }
  }
}

extension ParameterSlice {
  /// Product of the shape; nil where an extent is negative or the product overflows.
  fileprivate var checkedSize: Int? {
    var size = 1
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      size = product
    }
    return size
  }
}
