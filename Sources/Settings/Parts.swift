/// The parts that experiment files may name: those of the library, and those that a program adds.
public struct Parts: Sendable {
  /// In the order in which they are documented.
  public private(set) var optimizers: [OptimizerKind] = []

  /// Those of the program that runs: bound once, by its `main`, for what reads results of any experiment.
  @TaskLocal public static var current = Parts()

  public init() {}

  /// These parts and more.
  ///
  /// - Throws: ``PartError``: two parts of one name, with both types' names, or a part whose declaration does not hold.
  public func adding(_ parts: [any Part.Type]) throws(PartError) -> Parts {
    var result = self
    for part in parts { try result.add(part) }
    return result
  }

  public func optimizer(named name: String) -> OptimizerKind? { optimizers.first { $0.name == name } }

  private mutating func add(_ part: any Part.Type) throws(PartError) {
    guard let optimizer = part as? any OptimizerPart.Type else {
      throw PartError("\(part) is no part that can be registered; accepted: an optimizer")
    }
    let kind = try OptimizerKind(optimizer)
    if let other = self.optimizer(named: kind.name) {
      throw PartError("two optimizers are named \(kind.name): \(other.type) and \(kind.type)")
    }
    optimizers.append(kind)
  }
}
