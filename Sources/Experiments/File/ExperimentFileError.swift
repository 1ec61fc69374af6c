/// Everything that is wrong with an experiment file, in the order of its lines.
///
/// Prints one line a problem: `FILE:LINE: key: what is wrong; did you mean …? accepted: …`.
public struct ExperimentFileError: Error, Hashable, Sendable {
  public var problems: [Problem]
  /// Further ones, which were not kept.
  public var omitted: Int

  public init(problems: [Problem], omitted: Int = 0) {
    self.problems = problems
    self.omitted = omitted
  }

  /// One thing that is wrong.
  public struct Problem: Hashable, Sendable {
    public var location: Location
    /// Path of the key, as in `grid.optimizer[1].momentum`; empty where the file as a whole is meant.
    public var key: String
    /// The offending value as it was written.
    public var value: String?
    /// What is wrong, in words, the value included.
    public var reason: String
    /// The known name nearest to an unknown one.
    public var suggestion: String?
    /// What would be accepted instead.
    public var accepted: String?

    public init(
      location: Location, key: String = "", value: String? = nil, reason: String, suggestion: String? = nil,
      accepted: String? = nil
    ) {
      self.location = location
      self.key = key
      self.value = value
      self.reason = reason
      self.suggestion = suggestion
      self.accepted = accepted
    }
  }

  /// Where a value was written: in the file, or in an override on the command line.
  public struct Location: Hashable, Sendable {
    public var file: String
    /// Counted from 1, as is the column; nil where a problem has no line.
    public var line: Int?
    public var column: Int?
    /// The key of the `--set` that gave the value.
    public var override: String?

    public init(file: String, line: Int? = nil, column: Int? = nil, override: String? = nil) {
      self.file = file
      self.line = line
      self.column = column
      self.override = override
    }
  }
}

extension ExperimentFileError: CustomStringConvertible {
  public var description: String {
    limitedLines(problems.lazy.map(\.description), of: problems.count + omitted).joined(separator: "\n")
  }
}

/// The first ten of many lines, and how many more there are: what helps nobody is not printed twenty thousand times.
///
/// - Parameter count: Of the lines, where `lines` has not all of them.
public func limitedLines(_ lines: some Collection<String>, of count: Int? = nil) -> [String] {
  let shown = Array(lines.prefix(10))
  let rest = (count ?? lines.count) - shown.count
  return shown + (rest > 0 ? ["… and \(groupedDigits(rest)) more"] : [])
}

/// Digits in groups of three: `1,234,567`.
private func groupedDigits(_ value: Int) -> String {
  let digits = Array(String(value))
  return digits.indices.map { index in
    (index > 0 && (digits.count - index).isMultiple(of: 3) ? "," : "") + String(digits[index])
  }.joined()
}

extension ExperimentFileError.Problem: CustomStringConvertible {
  public var description: String {
    var text = "\(location): "
    if !key.isEmpty { text += "\(key): " }
    text += reason
    if let suggestion { text += "; did you mean \(suggestion)?" }
    if let accepted { text += (suggestion == nil ? ";" : "") + " accepted: \(accepted)" }
    return text
  }
}

extension ExperimentFileError.Location: CustomStringConvertible {
  public var description: String {
    if let override { return "--set \(override)" }
    return line.map { "\(file):\($0)" } ?? file
  }
}

/// Collects problems while a file is read, so that all of them are reported at once.
final class ProblemList {
  let file: String
  private(set) var problems: [ExperimentFileError.Problem] = []
  private var omitted = 0

  init(file: String) {
    self.file = file
  }

  func append(_ problem: ExperimentFileError.Problem) {
    // More would help nobody, and a file of a megabyte can hold very many.
    if problems.count < 1000 { problems.append(problem) } else { omitted += 1 }
  }

  /// Throws what was collected, by line: first the file's, then the overrides'.
  func throwIfAny() throws(ExperimentFileError) {
    guard !problems.isEmpty else { return }
    let sorted = problems.enumerated().sorted { left, right in
      let a = left.element.location
      let b = right.element.location
      return (a.override == nil ? 0 : 1, a.line ?? 0, left.offset)
        < (b.override == nil ? 0 : 1, b.line ?? 0, right.offset)
    }
    throw ExperimentFileError(problems: sorted.map(\.element), omitted: omitted)
  }
}
