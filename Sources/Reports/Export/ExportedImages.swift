import Experiments

extension ExportedNetwork {
  /// A convolution with its pooling, and the images that it turns into each other.
  public struct Convolution: Hashable, Sendable {
    public let specification: ConvolutionSpecification
    /// Below the convolution, above it, and above its pooling.
    public let image: ImageSize
    public let activations: ImageSize
    public let output: ImageSize

    init?(_ specification: ConvolutionSpecification, on image: ImageSize) {
      guard let activations = specification.activations(on: image), let output = specification.output(on: image) else {
        return nil
      }
      self.specification = specification
      self.image = image
      self.activations = activations
      self.output = output
    }

    /// Height, width, channels in and out.
    var kernelShape: [Int] {
      [specification.window.height, specification.window.width, image.channels, specification.channels]
    }
  }

  /// The samples as images; nil where no layer asks for that.
  public var image: ImageSize? { layers[0].convolution?.image }

  /// A run's convolutions, from the image upwards; nil where what the results say does not fit together.
  static func convolutions(_ hyperparameters: [String: HyperparameterValue]) -> [Convolution]? {
    guard let text = hyperparameters["convolutions"] else { return [] }
    guard case .text(let text) = text, let specifications = [ConvolutionSpecification](text: text),
      case .text(let size)? = hyperparameters["image"], var image = ImageSize(size)
    else { return nil }
    var convolutions: [Convolution] = []
    for specification in specifications {
      guard let next = Convolution(specification, on: image) else { return nil }
      convolutions.append(next)
      image = next.output
    }
    return convolutions
  }
}

/// Padding around an image.
struct ImagePadding: Hashable {
  var top: Int
  var bottom: Int
  var left: Int
  var right: Int

  init(_ window: WindowSpecification, on image: ImageSize) {
    (top, bottom) = window.padding(window.height, on: image.height)
    (left, right) = window.padding(window.width, on: image.width)
  }

  var isEven: Bool { top == bottom && left == right }
}

/// `values` with their axes in another order.
///
/// - Parameters:
///   - shape: Of `values`, row-major.
///   - order: The axis of `values` that each axis of the result is.
func transposed(_ values: [Float], _ shape: [Int], order: [Int]) -> [Float] {
  var strides = [Int](repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
  var offsets = [0]
  for axis in order { offsets = offsets.flatMap { base in (0..<shape[axis]).map { base + $0 * strides[axis] } } }
  return offsets.map { values[$0] }
}
