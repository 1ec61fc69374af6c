/// Reads `slurm:`, the settings of a cluster.
enum SlurmReader {
  static let keys = ["tasks", "time", "partition", "account", "memory", "options"]

  static func read(_ field: DocumentField) -> SlurmSettings? {
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    var settings = SlurmSettings()
    settings.tasks = section["tasks"]?.integer(in: 1...1_000_000)
    settings.time = section["time"].flatMap { word($0, accepted: "a time such as 90 or 1-12:00:00") }
    settings.partition = section["partition"].flatMap { word($0, accepted: "the name of a partition") }
    settings.account = section["account"].flatMap { word($0, accepted: "the name of an account") }
    settings.memory = section["memory"].flatMap { word($0, accepted: "a size such as 500M or 4G") }
    settings.options = section["options"]?.items(accepted: optionRule).compactMap(option) ?? []
    return settings
  }

  private static let optionRule = "options of sbatch such as --constraint=avx512"

  /// Printable text without blanks, no option.
  private static func word(_ field: DocumentField, accepted: String) -> String? {
    guard let text = field.text(accepted: accepted) else { return nil }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.hasPrefix("-") else {
      field.report("\(field.node.shown) is not one word", accepted: accepted)
      return nil
    }
    return text
  }

  private static func option(_ field: DocumentField) -> String? {
    guard let text = field.text(accepted: optionRule) else { return nil }
    guard text.hasPrefix("-"), text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      field.report("\(field.node.shown) is no option", accepted: optionRule)
      return nil
    }
    return text
  }
}
