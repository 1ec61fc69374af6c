/// Height, width and channels of an image.
public struct ImageSize: Hashable, Sendable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  public var channels: Int

  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  public var count: Int { height * width * channels }
  public var description: String { "\(height)x\(width)x\(channels)" }
}

/// A window's size, its stride and what it does at the edge.
public struct WindowSpecification: Hashable, Sendable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  public var stride: Int
  public var padding: PaddingKind

  public init(height: Int, width: Int, stride: Int, padding: PaddingKind) {
    self.height = height
    self.width = width
    self.stride = stride
    self.padding = padding
  }

  public var description: String { "\(height)x\(width) stride \(stride) \(padding.rawValue)" }

  /// Positions on so many rows or columns: ⌊(n − window)/stride⌋ + 1 inside the image, ⌈n/stride⌉ with padding. Nil where
  /// the window does not fit.
  func positions(_ window: Int, on count: Int) -> Int? {
    switch padding {
    case .same: (count + stride - 1) / stride
    case .valid: window <= count ? (count - window) / stride + 1 : nil
    }
  }

  func positions(on image: ImageSize) -> (rows: Int, columns: Int)? {
    guard let rows = positions(height, on: image.height), let columns = positions(width, on: image.width) else {
      return nil
    }
    return (rows, columns)
  }
}

public enum PaddingKind: String, Hashable, Sendable, CaseIterable, Codable {
  /// The window stays on the image.
  case valid
  /// As many positions as pixels where the stride is 1; of an odd number of padded pixels the larger part comes after.
  case same
}

public enum PoolingKind: String, Hashable, Sendable, CaseIterable, Codable {
  case max
  /// Padding is not counted.
  case average
}

/// A convolution with what follows its activation.
public struct ConvolutionSpecification: Hashable, Sendable, CustomStringConvertible {
  /// Channels it gives.
  public var channels: Int
  public var window: WindowSpecification
  public var pooling: PoolingSpecification?

  public struct PoolingSpecification: Hashable, Sendable {
    public var kind: PoolingKind
    public var window: WindowSpecification

    public init(kind: PoolingKind, window: WindowSpecification) {
      self.kind = kind
      self.window = window
    }
  }

  public init(channels: Int, window: WindowSpecification, pooling: PoolingSpecification? = nil) {
    self.channels = channels
    self.window = window
    self.pooling = pooling
  }

  public var description: String {
    "\(channels) of \(window)" + (pooling.map { ", \($0.kind.rawValue) \($0.window)" } ?? "")
  }

  /// The image of activations, before pooling; nil where the window does not fit.
  public func activations(on image: ImageSize) -> ImageSize? {
    window.positions(on: image).map { ImageSize(height: $0.rows, width: $0.columns, channels: channels) }
  }

  /// The image above; nil where a window does not fit.
  public func output(on image: ImageSize) -> ImageSize? {
    guard let activations = activations(on: image) else { return nil }
    guard let pooling else { return activations }
    return pooling.window.positions(on: activations).map {
      ImageSize(height: $0.rows, width: $0.columns, channels: channels)
    }
  }
}
