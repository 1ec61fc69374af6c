import Experiments

/// One run's traces as CSV: a record an epoch, from 0, the state before training.
public struct TraceCSV: Sendable {
  private let record: TrialRecord

  public init(_ record: TrialRecord) {
    self.record = record
  }

  public func write(to output: inout some TextOutputStream) {
    let columns = Trace.columns.filter { record.trace[keyPath: $0.values].count == record.trace.count }
    CSV.write((["epoch"] + columns.map(\.name)).map(CSV.Cell.text), to: &output)
    let values = columns.map { record.trace[keyPath: $0.values] }
    for epoch in 0..<record.trace.count {
      CSV.write([.integer(epoch)] + values.map { .number($0[epoch]) }, to: &output)
    }
  }
}
