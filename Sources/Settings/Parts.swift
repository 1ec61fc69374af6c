/// The parts that experiment files may name: those of the library, and those that a program adds.
public struct Parts: Sendable {
  /// In the order in which they are documented.
  public private(set) var optimizers: [OptimizerKind] = []
  private var others: [PartFamily: [PartKind]] = [:]

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

  /// All of a family, in the order in which they are documented.
  public func kinds(of family: PartFamily) -> [PartKind] {
    family == .optimizer ? optimizers.map(\.part) : others[family, default: []]
  }

  /// Those of all families.
  public var all: [PartKind] { PartFamily.allCases.flatMap { kinds(of: $0) } }

  public func kind(of family: PartFamily, named name: String) -> PartKind? {
    kinds(of: family).first { $0.name == name }
  }

  /// What an experiment has where it names none: the first of the family, as it is by default.
  public func standard(_ family: PartFamily) -> PartChoice {
    guard let first = kinds(of: family).first else { preconditionFailure("there is no part that is \(family.noun)") }
    return PartChoice(first)
  }

  private mutating func add(_ part: any Part.Type) throws(PartError) {
    guard let family = PartFamily(part) else {
      let accepted = PartFamily.allCases.map(\.noun).joined(separator: ", ")
      throw PartError("\(part) is no part that can be registered; accepted: \(accepted)")
    }
    let added = try part.kind(reserved: family == .optimizer ? TrialKeys.all.union(["name"]) : [])
    if let other = kind(of: family, named: added.name) {
      throw PartError("two parts are \(family.noun) named \(added.name): \(other.type) and \(added.type)")
    }
    if let optimizer = part as? any OptimizerPart.Type {
      optimizers.append(OptimizerKind(added, optimizer))
    } else {
      others[family, default: []].append(added)
    }
  }
}

extension Part {
  fileprivate static func kind(reserved: Set<String>) throws(PartError) -> PartKind {
    try PartKind(Self.self, reserved: reserved)
  }
}
