/// The distinct integer labels of a data set in ascending order: class k is the k-th of them.
struct IntegerClasses {
  /// From here on a Double does not tell an integer from its neighbour.
  static let limit = 0x1p53
  static let beyondLimit = "classes are integers within ±9007199254740991, beyond which neighbours would be one class"

  let values: [Int]
  private let indexOf: [Int: Int32]

  /// - Throws: ``DatasetError`` where there is one class, or every sample has its own. `what` names the labels.
  init(of labels: [Int], path: String, what: String) throws {
    values = Set(labels).sorted()
    indexOf = Dictionary(uniqueKeysWithValues: zip(values, Int32(0)...))
    guard values.count > 1, values.count < max(3, labels.count) else {
      throw DatasetError(
        .mislabelled, path: path, "\(values.count) distinct values in \(labels.count) \(what) are no classes")
    }
  }

  var names: [String] { values.map(String.init) }

  /// The class of a label; nil where it does not occur.
  subscript(label: Int) -> Int32? { indexOf[label] }
}
