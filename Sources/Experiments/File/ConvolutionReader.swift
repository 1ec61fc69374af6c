/// Reads `network.image` and `network.convolutions`.
struct ConvolutionReader {
  private static let sizes = 1...4096
  private static let imageAccepted = "[height, width] or [height, width, channels]"
  private static let windowAccepted = "a whole number from 1 to 4096, or [height, width]"

  private(set) var image: ImageSize?
  private(set) var convolutions: [ConvolutionSpecification] = []
  /// Where the image was given, for errors that only show once the data are known.
  private(set) var origin: Experiment.Origin?

  /// A dense network.
  init() {}

  init(_ network: DocumentSection) {
    let stack = network["convolutions"]
    let shape = network["image"]
    guard let stack else {
      shape?.report("an image without convolutions", accepted: "network.convolutions beside it, or no network.image")
      return
    }
    guard let shape = shape ?? network.required("image", accepted: Self.imageAccepted) else { return }
    origin = .init(location: shape.node.location, key: shape.path)
    image = Self.image(shape)
    let items = stack.items(accepted: "a list of mappings of channels, kernel, stride, padding, pool")
    var below = image
    for item in items {
      guard let convolution = Self.convolution(item) else {
        below = nil
        continue
      }
      convolutions.append(convolution)
      if let image = below {
        below = convolution.output(on: image)
        if below == nil {
          item.report("a window does not fit on \(image)", accepted: "smaller windows, or padding: same")
        }
      }
    }
  }

  private static func image(_ field: DocumentField) -> ImageSize? {
    guard let items = field.listItems, items.count == 2 || items.count == 3 else {
      field.reportMismatch("an image", accepted: imageAccepted)
      return nil
    }
    let numbers = items.compactMap { $0.integer(in: sizes) }
    guard numbers.count == items.count else { return nil }
    return ImageSize(height: numbers[0], width: numbers[1], channels: numbers.count == 3 ? numbers[2] : 1)
  }

  private static func convolution(_ field: DocumentField) -> ConvolutionSpecification? {
    guard let section = DocumentSection(field, keys: ["channels", "kernel", "stride", "padding", "pool"]) else {
      return nil
    }
    let channels = section.required("channels", accepted: DocumentField.describe(sizes))?.integer(in: sizes)
    let kernel = section.required("kernel", accepted: windowAccepted).flatMap { size($0) }
    let stride = section["stride"].map { $0.integer(in: sizes) } ?? 1
    let padding = section["padding"]?.choice(PaddingKind.self, "a padding") ?? .valid
    let pooling = section["pool"].map(pooling) ?? .some(nil)
    guard let channels, let kernel, let stride, let pooling else { return nil }
    let window = WindowSpecification(height: kernel.height, width: kernel.width, stride: stride, padding: padding)
    return ConvolutionSpecification(channels: channels, window: window, pooling: pooling)
  }

  /// A size alone is maximum pooling with that stride. The outer nil is an error, the inner one no pooling.
  private static func pooling(_ field: DocumentField) -> ConvolutionSpecification.PoolingSpecification?? {
    if field.isWord("none") { return .some(nil) }
    guard case .mapping = field.node.content else {
      return size(field, accepted: "none, \(windowAccepted), or a mapping of kind, size, stride, padding").map { size in
        let window = WindowSpecification(
          height: size.height, width: size.width, stride: max(size.height, size.width), padding: .valid)
        return .init(kind: .max, window: window)
      }
    }
    guard let section = DocumentSection(field, keys: ["kind", "size", "stride", "padding"]) else { return nil }
    let kind = section["kind"]?.choice(PoolingKind.self, "a pooling") ?? .max
    guard let size = section.required("size", accepted: windowAccepted).flatMap({ size($0) }) else { return nil }
    guard let stride = section["stride"].map({ $0.integer(in: sizes) }) ?? max(size.height, size.width) else {
      return nil
    }
    let padding = section["padding"]?.choice(PaddingKind.self, "a padding") ?? .valid
    let window = WindowSpecification(height: size.height, width: size.width, stride: stride, padding: padding)
    return .init(kind: kind, window: window)
  }

  private static func size(
    _ field: DocumentField, accepted: String = windowAccepted
  ) -> (height: Int, width: Int)? {
    guard let items = field.listItems else {
      return field.integer(in: sizes, accepted: accepted).map { ($0, $0) }
    }
    guard items.count == 2 else {
      field.report("\(items.count) numbers", accepted: accepted)
      return nil
    }
    let numbers = items.compactMap { $0.integer(in: sizes) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }
}
