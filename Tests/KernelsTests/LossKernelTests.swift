import Kernels
import RealModule
import TestSupport
import Testing

@Suite("Loss kernels")
struct LossKernelTests {
  static let sizes = [1, 2, 3, 10, 15, 16, 17, 33]

  @Test(arguments: sizes, [1, 5, 16, 40])
  func softmaxCrossEntropyAgreesWithTheDefinition(classes: Int, rows: Int) {
    checkSoftmax(classes, rows, Float.self)
    checkSoftmax(classes, rows, Double.self)
  }

  private func checkSoftmax<S: Scalar>(_ classes: Int, _ rows: Int, _: S.Type) {
    var numbers = TestNumbers(seed: UInt64(classes * 100 + rows))
    let z: [S] = numbers.values(rows * classes, scale: 20)
    var random = RandomStream(RandomKey(seed: UInt64(classes), purpose: .generation))
    let labels = (0..<rows).map { _ in Int32(random.nextIndex(below: classes)) }
    let gradient = Guarded(z)
    let found = softmaxCrossEntropy(
      gradient.pointer, rows: rows, classes: classes, labels: labels, scale: 1 / S(rows), countsCorrect: true,
      sumsSquares: true)
    #expect(gradient.isIntact)
    expectSoftmax(found, gradient.values, of: z, classes: classes, labels: labels)
  }

  @Test(arguments: [1, 2, 3, 10, 15, 16], [1, 5, 16, 17, 32, 40, 50])
  func narrowSoftmaxAgreesWithTheDefinition(classes: Int, rows: Int) {
    checkNarrow(classes, rows, Float.self)
    checkNarrow(classes, rows, Double.self)
  }

  /// The form for few classes reads and writes whole vectors: what lies behind its rows may be anything.
  private func checkNarrow<S: Scalar>(_ classes: Int, _ rows: Int, _: S.Type) {
    var numbers = TestNumbers(seed: UInt64(classes * 100 + rows))
    let z: [S] = numbers.values(rows * classes, scale: 20)
    let bias: [S] = numbers.values(classes)
    let labels = (0..<rows).map { Int32(($0 * 7) % classes) }
    for hasBias in [false, true] {
      for beyond in [S.nan, .infinity, -.infinity, 0] {
        let padding = [S](repeating: beyond, count: 16)
        let delta = AlignedBuffer<S>(count: rows * classes + 16)
        let scratch = AlignedBuffer<S>(count: narrowSoftmaxScratch)
        let paddedBias = AlignedBuffer(bias + padding)
        let found = narrowSoftmaxCrossEntropy(
          z + padding, bias: hasBias ? UnsafePointer(paddedBias.pointer) : nil, rows: rows, classes: classes,
          labels: labels, scale: 1 / S(rows), countsCorrect: true, sumsSquares: true, delta: delta.pointer,
          scratch: scratch.pointer)
        let logits = z.indices.map { hasBias ? z[$0] + bias[$0 % classes] : z[$0] }
        expectSoftmax(found, Array(delta.array.prefix(rows * classes)), of: logits, classes: classes, labels: labels)
        withExtendedLifetime(paddedBias) {}
      }
    }
  }

  /// Loss, squares of the rows' losses, gradient over the number of rows, and correct samples against the definition in Double.
  private func expectSoftmax<S: Scalar>(
    _ found: LossSum, _ gradient: [S], of z: [S], classes: Int, labels: [Int32]
  ) {
    let scale = 1 / Double(labels.count)
    var loss = 0.0
    var squares = 0.0
    var correct = 0
    var worst = 0.0
    for (row, label) in labels.enumerated() {
      let logits = z[row * classes..<(row + 1) * classes].map(Double.init)
      let label = Int(label)
      let largest = logits.max()!
      let logSum = largest + Double.log(logits.reduce(0) { $0 + .exp($1 - largest) })
      loss += logSum - logits[label]
      squares += (logSum - logits[label]) * (logSum - logits[label])
      if logits.firstIndex(of: largest) == label { correct += 1 }
      for column in 0..<classes {
        let expected = (Double.exp(logits[column] - logSum) - (column == label ? 1 : 0)) * scale
        let error = (Double(gradient[row * classes + column]) - expected).magnitude
        worst = error <= worst ? worst : error
      }
    }
    let epsilon = Double(S.ulpOfOne)
    #expect(worst <= 16 * epsilon * scale)
    #expect((found.loss - loss).magnitude <= 8 * epsilon * max(loss, Double(labels.count)))
    #expect((found.squares - squares).magnitude <= 400 * epsilon * max(squares, Double(labels.count)))
    #expect(found.correct == correct)
  }

  /// Normalisers are multiplied before their logarithm is taken, but never so many that the product overflows.
  @Test(arguments: [2, 10, 16, 1000])
  func manyRowsDoNotOverflow(classes: Int) {
    let rows = 3000
    var z = [Float](repeating: 0, count: rows * classes + 16)
    let labels = [Int32](repeating: 0, count: rows)
    let expected = Double(rows) * .log(Double(classes))
    if classes <= 16 {
      var delta = z
      var scratch = [Float](repeating: 0, count: narrowSoftmaxScratch)
      let found = narrowSoftmaxCrossEntropy(
        z, bias: nil, rows: rows, classes: classes, labels: labels, scale: 1, countsCorrect: false, delta: &delta,
        scratch: &scratch)
      #expect((found.loss / expected - 1).magnitude < 1e-7)
    }
    let found = softmaxCrossEntropy(
      &z, rows: rows, classes: classes, labels: labels, scale: 1, countsCorrect: false)
    #expect((found.loss / expected - 1).magnitude < 1e-7)
  }

  @Test func softmaxNeitherOverflowsNorLosesTheLoss() {
    var z: [Float] = [1000, -1000, 0, -30_000, 30_000, 0]
    var delta = [Float](repeating: 0, count: 22)
    var scratch = [Float](repeating: 0, count: narrowSoftmaxScratch)
    let narrow = narrowSoftmaxCrossEntropy(
      z + [Float](repeating: .nan, count: 16), bias: nil, rows: 2, classes: 3, labels: [1, 1], scale: 1,
      countsCorrect: true, delta: &delta, scratch: &scratch)
    #expect(narrow.loss == 2000 && narrow.correct == 1)
    #expect(delta.prefix(6) == [1, -1, 0, 0, 0, 0])
    let found = softmaxCrossEntropy(&z, rows: 2, classes: 3, labels: [1, 1], scale: 1, countsCorrect: true)
    #expect(found.loss == 2000)
    #expect(found.correct == 1)
    #expect(z == [1, -1, 0, 0, 0, 0])
  }

  @Test func notANumberMakesTheLossNotANumber() {
    for place in 0..<3 {
      var z: [Float] = [1, 2, 3]
      z[place] = .nan
      var delta = [Float](repeating: 0, count: 19)
      var scratch = [Float](repeating: 0, count: narrowSoftmaxScratch)
      let narrow = narrowSoftmaxCrossEntropy(
        z + [Float](repeating: 0, count: 16), bias: nil, rows: 1, classes: 3, labels: [1], scale: 1,
        countsCorrect: true, delta: &delta, scratch: &scratch)
      #expect(narrow.loss.isNaN)
      let found = softmaxCrossEntropy(&z, rows: 1, classes: 3, labels: [1], scale: 1, countsCorrect: true)
      #expect(found.loss.isNaN)
    }
  }

  /// An untrained network of zero weights must not be credited with every sample: the first of equals counts.
  @Test func tiesGoToTheFirstClass() {
    var z = [Float](repeating: 0.5, count: 12)
    var delta = [Float](repeating: 0, count: 28)
    var scratch = [Float](repeating: 0, count: narrowSoftmaxScratch)
    let narrow = narrowSoftmaxCrossEntropy(
      z + [Float](repeating: 0.5, count: 16), bias: nil, rows: 4, classes: 3, labels: [0, 1, 2, 1], scale: 1,
      countsCorrect: true, delta: &delta, scratch: &scratch)
    #expect(narrow.correct == 1)
    let found = softmaxCrossEntropy(&z, rows: 4, classes: 3, labels: [0, 1, 2, 1], scale: 1, countsCorrect: true)
    #expect(found.correct == 1)
  }

  @Test(arguments: [1, 15, 16, 17, 33])
  func squaredErrorAgreesWithTheDefinition(count: Int) {
    var numbers = TestNumbers(seed: UInt64(count))
    let z: [Float] = numbers.values(count)
    let targets: [Float] = numbers.values(count)
    let gradient = Guarded(z)
    let loss = squaredError(gradient.pointer, targets: targets, count: count, scale: 0.25).loss
    let errors = zip(z, targets).map { $0 - $1 }
    #expect((loss - errors.reduce(0.0) { $0 + 0.5 * Double($1) * Double($1) }).magnitude < 1e-12)
    #expect(gradient.values == errors.map { $0 * 0.25 } && gradient.isIntact)
  }

  @Test(arguments: [1, 15, 16, 17, 33])
  func binaryCrossEntropyAgreesWithTheDefinition(count: Int) {
    checkBinary(count, Float.self)
    checkBinary(count, Double.self)
  }

  private func checkBinary<S: Scalar>(_ count: Int, _: S.Type) {
    var numbers = TestNumbers(seed: UInt64(count))
    let z: [S] = numbers.values(count, scale: 20)
    let targets = (numbers.values(count) as [S]).map { ($0 + 1) / 2 }
    let gradient = Guarded(z)
    let found = binaryCrossEntropy(gradient.pointer, targets: targets, count: count, scale: 0.5).loss
    #expect(gradient.isIntact)
    var loss = 0.0
    var worst = 0.0
    for index in 0..<count {
      let logit = Double(z[index])
      let wanted = Double(targets[index])
      loss += wanted * .log(onePlus: .exp(-logit)) + (1 - wanted) * .log(onePlus: .exp(logit))
      worst = max(worst, (Double(gradient.values[index]) - 0.5 * (1 / (1 + .exp(-logit)) - wanted)).magnitude)
    }
    #expect(worst <= 4 * Double(S.ulpOfOne))
    #expect((found - loss).magnitude <= 8 * Double(S.ulpOfOne) * max(loss, Double(count)))
  }

  @Test func binaryCrossEntropyNeitherOverflowsNorUnderflows() {
    var z: [Float] = [500, -500, 500, -500]
    let loss = binaryCrossEntropy(&z, targets: [1, 0, 0, 1], count: 4, scale: 1).loss
    #expect(loss == 1000)
    #expect(z == [0, 0, 1, -1])
  }

  /// The squares of the losses of rows of several outputs, by the definitions in Double; the sum has the same bits with them.
  @Test(arguments: [1, 2, 3, 7, 16, 20], [1, 4, 33])
  func squaresAreOfRows(columns: Int, rows: Int) {
    var numbers = TestNumbers(seed: UInt64(columns * 50 + rows))
    let count = rows * columns
    let z: [Double] = numbers.values(count, scale: 3)
    let targets = (numbers.values(count) as [Double]).map { ($0 + 1) / 2 }
    var (squared, binary) = (0.0, 0.0)
    for row in 0..<rows {
      let entries = row * columns..<(row + 1) * columns
      let error = entries.reduce(0.0) { $0 + 0.5 * (z[$1] - targets[$1]) * (z[$1] - targets[$1]) }
      let entropy = entries.reduce(0.0) { sum, index in
        sum + targets[index] * .log(onePlus: .exp(-z[index])) + (1 - targets[index]) * .log(onePlus: .exp(z[index]))
      }
      squared += error * error
      binary += entropy * entropy
    }
    var (first, second, third, fourth) = (z, z, z, z)
    let plain = squaredError(&first, targets: targets, count: count, scale: 1)
    let found = squaredError(&second, targets: targets, count: count, scale: 1, columns: columns)
    #expect(found.loss == plain.loss && plain.squares == 0 && first == second)
    #expect((found.squares / squared - 1).magnitude < 1e-13)
    let plainBinary = binaryCrossEntropy(&third, targets: targets, count: count, scale: 1)
    let foundBinary = binaryCrossEntropy(&fourth, targets: targets, count: count, scale: 1, columns: columns)
    #expect(foundBinary.loss == plainBinary.loss && plainBinary.squares == 0 && third == fourth)
    #expect((foundBinary.squares / binary - 1).magnitude < 1e-13)
  }
}
