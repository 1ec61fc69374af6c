/// The name in `names` nearest to `word`, if near enough to be a slip: at most a third of its letters changed.
///
/// Ties go to the first. Case and the difference between `-` and `_` do not count. Where no name is near, it is the
/// first that begins with `word`: `softmax` suggests `softmax_cross_entropy`.
func nearestName(to word: String, in names: [String]) -> String? {
  guard word.utf8.count <= 64 else { return nil }
  let plain = foldedLetters(word)
  var best: (name: String, distance: Int)?
  for name in names {
    let distance = editDistance(plain, foldedLetters(name))
    if distance <= max(1, max(plain.count, name.utf8.count) / 3), distance < best?.distance ?? .max {
      best = (name, distance)
    }
  }
  if let best { return best.name }
  return plain.count < 3 ? nil : names.first { foldedLetters($0).starts(with: plain) }
}

private func foldedLetters(_ word: String) -> [UInt8] {
  word.lowercased().utf8.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ") ? UInt8(ascii: "_") : $0 }
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
///
/// The optimal string alignment distance: Damerau (1964) with each letter edited at most once.
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for i in left.indices {
    var row = [i + 1]
    for j in right.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
