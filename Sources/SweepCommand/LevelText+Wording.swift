import Experiments
import Harness
import Reports

extension LevelText {
  /// Names runs while they are trained as the reports do afterwards, so that each part can be pasted behind --where.
  static let wording: RunLabel.Wording = { name, values in
    let text = LevelText(name, values)
    return { text($0) }
  }
}
