/// How programs write that a value is missing, where a class belongs.
///
/// The words are those that pandas.read_csv takes for missing by default, which has R's, Excel's and NumPy's among
/// them, the errors of spreadsheets, `n.a.`, ARFF's `?`, SAS' and Stata's `.`, and those of languages and tables: `nil`, `-`. Whether letters are capital makes
/// no difference.
enum MissingValue {
  /// What no class is called: a value is missing, or a number is not one.
  case missing
  /// What a class may be called all the same, and is where the word stands in quotes.
  case ambiguous

  private static let missingWords: Set<String> = [
    "", "nan", "na", "n/a", "#n/a", "#n/a n/a", "#na", "<na>", "null", "1.#ind", "1.#qnan", "?", "inf", "infinity",
    "n.a.", "n.a", "#getting_data",
  ]
  private static let ambiguousWords: Set<String> = ["none", "nil", "nat", "-", "--", ".", "..", "..."]

  /// Nil for every other text.
  init?(_ text: String) {
    // Spaces that cannot be seen are none.
    let word = text.lowercased().filter {
      $0 == " " || !($0.isWhitespace || "\u{200b}\u{feff}\u{2060}".contains($0))
    }
    let unsigned = word.hasPrefix("-") || word.hasPrefix("+") ? String(word.dropFirst()) : word
    // A sign alone is a dash, and no sign of nothing.
    // Excel, LibreOffice and Google's tables write errors as #DIV/0!, #NAME?, #ERROR! and Err:502.
    let isError =
      word.hasPrefix("#") && (word.hasSuffix("!") || word.hasSuffix("?"))
      || word.hasPrefix("err:") && word.dropFirst(4).allSatisfy(\.isNumber)
    if isError || Self.missingWords.contains(word) || (!unsigned.isEmpty && Self.missingWords.contains(unsigned)) {
      self = .missing
    } else if Self.ambiguousWords.contains(word) {
      self = .ambiguous
    } else {
      return nil
    }
  }
}
