import Experiments
import Testing

@Suite("Traces")
struct TraceTests {
  @Test func columnValuesAreThoseOfTheColumns() {
    var trace = Trace()
    for (number, column) in Trace.columns.enumerated() { trace[keyPath: column.values] = [Double(number)] }
    #expect(trace.columnValues == Trace.columns.map { trace[keyPath: $0.values] })
  }
}
