/// Rows of one variable on their way from the sources to the merged file.
struct GatheredRows {
  private var name = ""
  private var type = StoredVariable.ElementType.number(.int8)
  private var extents: [Int] = []
  private var rows = 0..<0
  /// Numbers, as they are in memory, row after row.
  private var bytes: [UInt8] = []
  private var texts: [String] = []

  /// Nothing.
  init() {}

  /// `rows` of a variable of these extents, nothing known yet.
  init(_ variable: MergedVariable, extents: [Int], _ rows: Range<Int>) {
    (name, type, self.extents, self.rows) = (variable.name, variable.type, extents, rows)
    switch variable.type {
    case .text: texts = [String](repeating: "", count: rows.count)
    case .number:
      let fill = variable.fill
      let count = rows.count * elementsPerRow
      bytes = [UInt8](unsafeUninitializedCapacity: count * fill.count) { buffer, initialized in
        for index in 0..<count {
          for (offset, byte) in fill.enumerated() {
            buffer.initializeElement(at: index * fill.count + offset, to: byte)
          }
        }
        initialized = count * fill.count
      }
    }
  }

  private var elementsPerRow: Int { extents.dropFirst().reduce(1, *) }

  /// Reads the rows that `moves` name and puts each in its place.
  mutating func take(
    _ moves: ArraySlice<MergeRows.Move>, of origin: MergedVariable.Origin, in shard: borrowing ShardFile,
    _ source: MergeSource
  ) throws {
    if case .layouts(let lines) = origin.recoding {
      let values = moves.map { lines[Int(source.layouts[Int($0.row)])] }
      for (move, value) in zip(moves, values) {
        bytes.withUnsafeMutableBytes {
          $0.storeBytes(of: value, toByteOffset: 4 * (Int(move.target) - rows.lowerBound), as: Int32.self)
        }
      }
      return
    }
    let first = moves.reduce(Int.max) { min($0, Int($1.row)) }
    let last = moves.reduce(0) { max($0, Int($1.row)) }
    let span = first..<(last + 1)
    let dataset = try shard.file.dataset(origin.name)
    guard dataset.extents == origin.extents else { throw shard.damaged("\(origin.name) changed while it was read") }
    switch (type, origin.recoding) {
    case (.text, .texts(let categories)):
      let codes = try numbers(span, of: dataset, as: .int8)
      for move in moves {
        let code = Int(Int8(bitPattern: codes[Int(move.row) - first]))
        guard code == -1 || categories.indices.contains(code) else {
          throw shard.damaged("\(origin.name) has category \(code)")
        }
        texts[Int(move.target) - rows.lowerBound] = code < 0 ? "" : categories[code]
      }
    case (.text, _):
      let values = try dataset.readText(rows: span)
      for move in moves { texts[Int(move.target) - rows.lowerBound] = values[Int(move.row) - first] }
    case (.number(let number), _):
      let values = try numbers(span, of: dataset, as: number)
      place(values, moves, first: first, source: origin.extents, stride: number.stride)
    }
    try dataset.close()
  }

  private func numbers(_ span: Range<Int>, of dataset: borrowing Dataset, as type: HDF5NumberType) throws -> [UInt8] {
    let size = dataset.extents.dropFirst().reduce(span.count * type.stride, *)
    // Cleared first: where the library fails it leaves what it did not reach.
    var bytes = [UInt8](repeating: 0, count: size)
    try bytes.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      try dataset.readRows(span, as: type, into: start)
    }
    return bytes
  }

  /// Copies rows; where the merged rows are longer, what a source lacks stays as it is.
  private mutating func place(
    _ values: [UInt8], _ moves: ArraySlice<MergeRows.Move>, first: Int, source: [Int], stride: Int
  ) {
    let (inner, target) = (Array(source.dropFirst()), Array(extents.dropFirst()))
    let (sourceRow, targetRow) = (inner.reduce(stride, *), target.reduce(stride, *))
    guard sourceRow > 0 else { return }
    // Runs of bytes that lie together in both: the last dimension, or all where the shapes are equal.
    let run = inner == target ? sourceRow : (inner.last ?? 1) * stride
    values.withUnsafeBytes { from in
      bytes.withUnsafeMutableBytes { to in
        for move in moves {
          let (start, end) = ((Int(move.row) - first) * sourceRow, (Int(move.target) - rows.lowerBound) * targetRow)
          for offset in Swift.stride(from: 0, to: sourceRow, by: run) {
            let place = inner == target ? offset : Self.offset(offset / stride, inner, target) * stride
            UnsafeMutableRawBufferPointer(rebasing: to[(end + place)..<(end + place + run)])
              .copyMemory(from: .init(rebasing: from[(start + offset)..<(start + offset + run)]))
          }
        }
      }
    }
  }

  /// Where element `index` of an array of extents `inner` lies in one of extents `outer`, both in row-major order.
  private static func offset(_ index: Int, _ inner: [Int], _ outer: [Int]) -> Int {
    var (rest, offset, scale) = (index, 0, 1)
    for axis in inner.indices.reversed() {
      offset += rest % inner[axis] * scale
      rest /= inner[axis]
      scale *= outer[axis]
    }
    return offset
  }

  func write(to dataset: borrowing OutputDataset, textType: borrowing Handle) throws {
    switch type {
    case .text: try dataset.writeRows(rows, of: extents[0], texts, type: textType)
    case .number(let number):
      try bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress, buffer.count > 0 else { return }
        try dataset.writeRows(rows, of: extents, as: number, from: start)
      }
    }
  }
}
