import Learning
import Settings

/// Parts by name, for trials that tests make in code.
extension PartChoice {
  public static func schedule(_ name: String, _ values: [String: SettingValue] = [:]) -> PartChoice {
    named(name, of: .schedule, values)
  }

  /// The part of the library that has this name.
  private static func named(_ name: String, of family: PartFamily, _ values: [String: SettingValue]) -> PartChoice {
    guard let kind = Parts.standard.kind(of: family, named: name) else {
      preconditionFailure("no part is \(family.noun) named \(name)")
    }
    return PartChoice(kind, values)
  }
}
