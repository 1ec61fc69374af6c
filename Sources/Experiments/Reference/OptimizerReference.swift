import Settings

/// The reference of optimizers: every one with its formula and source, and every setting with what it accepts, its default
/// and its meaning. All of it is what the optimizers declare.
public enum OptimizerReference {
  /// In Markdown, first-order optimizers before the others: the tables of docs/optimizers.md.
  public static func markdown(_ parts: Parts) -> String {
    let first = parts.optimizers.filter { !$0.type.isSecondOrder }
    let second = parts.optimizers.filter { $0.type.isSecondOrder }
    return (["## First order", ""] + table(first) + ["", "## Second order", ""] + table(second)).joined(separator: "\n")
      + "\n"
  }

  private static func table(_ kinds: [OptimizerKind]) -> [String] {
    ["| name | step | setting | accepts | default | meaning |", "|---|---|---|---|---|---|"]
      + kinds.flatMap { kind in
        let rows = rate(kind) + kind.settings.map(row)
        return rows.enumerated().map { index, row in
          let head = index == 0 ? "`\(kind.name)` | \(escaped(kind.part.summary))" : " | "
          return "| \(head) | \(row) |"
        }
      }
  }

  /// The row of η.
  private static func rate(_ kind: OptimizerKind) -> [String] {
    guard kind.type.hasLearningRate else { return [] }
    let standard = kind.type.defaultLearningRate.map { "`\(HyperparameterValue.number($0))`" } ?? "`grid.learning_rate`"
    return ["`learning_rate` | \(NumberInterval.positive) | \(standard) | η"]
  }

  private static func row(_ setting: SettingDeclaration) -> String {
    "`\(setting.name)` | \(escaped(setting.domain.accepted)) | `\(setting.standard)` | \(escaped(setting.summary))"
  }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}

extension SettingDomain {
  /// What a reader of an error or of the reference is told.
  var accepted: String {
    switch self {
    case .number(let interval, isWhole: false): interval.description
    case .number(let interval, isWhole: true): DocumentField.describe(interval.wholeNumbers)
    case .truth: "true or false"
    case .choice(let words): words.joined(separator: ", ")
    }
  }
}
