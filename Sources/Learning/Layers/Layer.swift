import Kernels

/// One layer: z = A·W + b row by row, a = φ(z), then pooling.
///
/// A dense layer's A has a row for each sample. A convolution's has one for each position of its kernel on the image, the
/// pixels under the kernel: its kernel W is (height·width·channels in) × (channels out), row-major.
public struct Layer: Hashable, Sendable {
  /// Columns of A: units below, or pixels under the kernel.
  public let inputs: Int
  /// Units, or channels.
  public let outputs: Int
  public let activation: Activation
  public let kernelOffset: Int
  /// Nil where the layer has no bias.
  public let biasOffset: Int?
  /// Where a convolution's kernel stands; nil for a dense layer.
  public let convolution: WindowGrid?
  /// What follows the activation.
  public let pooling: Pooling?

  public var kernelCount: Int { inputs * outputs }
  public var parameterCount: Int { kernelCount + (biasOffset == nil ? 0 : outputs) }
  /// Rows of A that a sample has.
  public var positions: Int { convolution?.positions ?? 1 }
  /// Scalars of a sample below the layer.
  public var inputWidth: Int { convolution?.inputCount ?? inputs }
  /// Scalars of a sample's activations, before pooling.
  public var mapWidth: Int { positions * outputs }
  /// Scalars of a sample above the layer.
  public var outputWidth: Int { pooling.map { $0.grid.positions * outputs } ?? mapWidth }
  /// The kernel's shape: height, width, channels in and out, or units in and out.
  public var kernelShape: [Int] {
    convolution.map { [$0.rows.window, $0.columns.window, $0.channels, outputs] } ?? [inputs, outputs]
  }
}

/// Takes the place of each window of a layer's activations, channel by channel.
public struct Pooling: Hashable, Sendable {
  public let kind: Kind
  public let grid: WindowGrid

  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case maximum = "max"
    /// Padding is not counted.
    case average
  }
}

/// Height, width and channels of an image; its scalars lie row by row, pixel by pixel, channels innermost.
public struct ImageShape: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let channels: Int

  public init(height: Int, width: Int, channels: Int) {
    precondition(height > 0 && width > 0 && channels > 0)
    self.height = height
    self.width = width
    self.channels = channels
  }

  public var count: Int { height * width * channels }
}

/// A layer as it is asked for, its place in the network not yet known.
public enum LayerDefinition: Hashable, Sendable {
  /// All units of what is below, images flattened.
  case dense(units: Int, Activation)
  case convolution(channels: Int, Window, Activation)
  /// Belongs to the convolution before it.
  case pooling(Pooling.Kind, Window)
}

/// A window's size, its stride and what it does at the edge.
public struct Window: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let stride: Int
  public let padding: Padding

  public enum Padding: String, CaseIterable, Hashable, Sendable {
    /// The window stays on the image: ⌊(n − window)/stride⌋ + 1 positions.
    case valid
    /// ⌈n/stride⌉ positions; of an odd number of padded pixels the larger part comes after, as in TensorFlow.
    case same
  }

  public init(height: Int, width: Int, stride: Int = 1, padding: Padding = .valid) {
    precondition(height > 0 && width > 0 && stride > 0)
    self.height = height
    self.width = width
    self.stride = stride
    self.padding = padding
  }

  /// The window's positions on an image, or nil where it does not fit.
  public func grid(on image: ImageShape) -> WindowGrid? {
    guard let rows = axis(height, image.height), let columns = axis(width, image.width) else { return nil }
    return WindowGrid(height: image.height, width: image.width, channels: image.channels, rows: rows, columns: columns)
  }

  private func axis(_ window: Int, _ count: Int) -> WindowGrid.Axis? {
    switch padding {
    case .valid:
      guard window <= count else { return nil }
      return .init(window: window, stride: stride, before: 0, outputs: (count - window) / stride + 1)
    case .same:
      let outputs = (count + stride - 1) / stride
      let padded = max(0, (outputs - 1) * stride + window - count)
      return .init(window: window, stride: stride, before: padded / 2, outputs: outputs)
    }
  }
}
