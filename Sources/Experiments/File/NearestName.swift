import Settings

/// The name in `names` that `word` was meant to be; nil where that is not known.
///
/// A word by which other libraries call one of the parts is that part; another that they use (``ForeignNames``) means what it
/// means there, or nothing. Any other is taken for a slip
/// of the name it differs least from, in at most a third of the letters. Ties go to the first. Case and the difference
/// between `-`, spaces and `_` do not count. Where no name is near, it is the only one that begins with `word`:
/// `truncated` suggests `truncated_normal`.
///
/// - Parameter parts: Those that some of the names may be of.
public func nearestName(to word: String, in names: [String], of parts: [PartKind] = []) -> String? {
  guard word.utf8.count <= 64 else { return nil }
  let plain = foldedLetters(word)
  if let same = names.first(where: { foldedLetters($0) == plain }) { return same }
  let key = ForeignNames.key(of: word)
  if let part = parts.first(where: { $0.otherNames.contains(key) && names.contains($0.name) }) { return part.name }
  if let meanings = ForeignNames.meanings(of: word) {
    let here = names.filter { meanings.contains($0) }
    return here.count == 1 ? here[0] : nil
  }
  var best: (name: String, distance: Int)?
  for name in names {
    let distance = editDistance(plain, foldedLetters(name))
    // Of two letters none: l1 is not l2.
    let allowed = min(plain.count, name.utf8.count) / 3
    if distance <= allowed, distance < best?.distance ?? .max {
      best = (name, distance)
    }
  }
  if let best { return best.name }
  let longer = plain.count < 3 ? [] : names.filter { foldedLetters($0).starts(with: plain) }
  return longer.count == 1 ? longer[0] : nil
}

private func foldedLetters(_ word: String) -> [UInt8] {
  word.lowercased().utf8.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ") ? UInt8(ascii: "_") : $0 }
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
///
/// The optimal string alignment distance: Damerau (1964) with each letter edited at most once.
public func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
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
