import CDNNL

/// The three passes of a convolution over a fixed number of images, without unfolding their windows.
///
/// Images and maps lie row by row, pixel by pixel, channels innermost; a kernel is (height·width·channels in) ×
/// (channels out), row-major.
public protocol ConvolutionPasses<Element>: AnyObject {
  associatedtype Element: Scalar

  /// Maps ← the convolution of `images` by `kernel`.
  func maps(
    of images: UnsafePointer<Element>, _ kernel: UnsafePointer<Element>, into maps: UnsafeMutablePointer<Element>)

  /// ∂E/∂images from δ = ∂E/∂maps.
  func imageGradient(
    _ delta: UnsafePointer<Element>, _ kernel: UnsafePointer<Element>, into images: UnsafeMutablePointer<Element>)

  /// ∂E/∂kernel from δ = ∂E/∂maps.
  ///
  /// - Parameter accumulate: Adds to `gradient` instead of replacing it.
  func kernelGradient(
    _ images: UnsafePointer<Element>, _ delta: UnsafePointer<Element>, into gradient: UnsafeMutablePointer<Element>,
    accumulate: Bool)
}

/// oneDNN's direct convolutions. The kernel changes layout in every pass, which costs little beside the pass.
final class FloatConvolution: ConvolutionPasses {
  private let forward: Primitive
  private let toImages: Primitive
  private let toKernel: Primitive
  private let kernelForMaps: Primitive
  private let kernelForImages: Primitive
  private let gradientFromPass: Primitive
  /// The kernel, or its gradient, as the pass at hand wants it.
  private let laidOut: AlignedBuffer<Float>
  private let gradient: AlignedBuffer<Float>

  /// - Returns: Nil where oneDNN has only its reference code for one of the passes on this processor.
  init?(_ grid: WindowGrid, outputs: Int, count: Int) {
    let kernelShape = [outputs, grid.channels, grid.rows.window, grid.columns.window]
    var images = layout([count, grid.channels, grid.height, grid.width], dnnl_nhwc)
    var maps = layout([count, outputs, grid.rows.outputs, grid.columns.outputs], dnnl_nhwc)
    var any = layout(kernelShape, dnnl_format_tag_any)
    let ours = layout(kernelShape, dnnl_hwio)
    let strides = [Int64(grid.rows.stride), Int64(grid.columns.stride)]
    let before = [Int64(grid.rows.before), Int64(grid.columns.before)]
    let after = [Int64(grid.rows.after(grid.height)), Int64(grid.columns.after(grid.width))]

    var operation = dnnl_convolution_desc_t()
    dnnl_convolution_forward_desc_init(
      &operation, dnnl_forward_training, dnnl_convolution_direct, &images, &any, nil, &maps, strides, before, after)
    let forward = Primitive(
      operation,
      operands: [
        (DNNL_ARG_SRC_0, dnnl_query_src_md), (DNNL_ARG_WEIGHTS_0, dnnl_query_weights_md),
        (DNNL_ARG_DST_0, dnnl_query_dst_md),
      ])
    dnnl_convolution_backward_data_desc_init(
      &operation, dnnl_convolution_direct, &images, &any, &maps, strides, before, after)
    let toImages = Primitive(
      operation, after: forward,
      operands: [
        (DNNL_ARG_DIFF_DST_0, dnnl_query_diff_dst_md), (DNNL_ARG_WEIGHTS_0, dnnl_query_weights_md),
        (DNNL_ARG_DIFF_SRC_0, dnnl_query_diff_src_md),
      ])
    dnnl_convolution_backward_weights_desc_init(
      &operation, dnnl_convolution_direct, &images, &any, nil, &maps, strides, before, after)
    let toKernel = Primitive(
      operation, after: forward,
      operands: [
        (DNNL_ARG_SRC_0, dnnl_query_src_md), (DNNL_ARG_DIFF_DST_0, dnnl_query_diff_dst_md),
        (DNNL_ARG_DIFF_WEIGHTS_0, dnnl_query_diff_weights_md),
      ])
    guard let forward, let toImages, let toKernel else { return nil }

    let layouts = [
      forward.layout(dnnl_query_weights_md), toImages.layout(dnnl_query_weights_md),
      toKernel.layout(dnnl_query_diff_weights_md),
    ]
    self.forward = forward
    self.toImages = toImages
    self.toKernel = toKernel
    kernelForMaps = Primitive(reordering: ours, to: layouts[0])
    kernelForImages = Primitive(reordering: ours, to: layouts[1])
    gradientFromPass = Primitive(reordering: layouts[2], to: ours)
    laidOut = AlignedBuffer(
      count: layouts.map { withUnsafePointer(to: $0) { dnnl_memory_desc_get_size($0) } }.max()! / 4)
    gradient = AlignedBuffer(count: grid.windowCount * outputs)
  }

  func maps(of images: UnsafePointer<Float>, _ kernel: UnsafePointer<Float>, into maps: UnsafeMutablePointer<Float>) {
    kernelForMaps.run(kernel, laidOut.pointer)
    forward.run(images, laidOut.pointer, maps)
  }

  func imageGradient(
    _ delta: UnsafePointer<Float>, _ kernel: UnsafePointer<Float>, into images: UnsafeMutablePointer<Float>
  ) {
    kernelForImages.run(kernel, laidOut.pointer)
    toImages.run(delta, laidOut.pointer, images)
  }

  func kernelGradient(
    _ images: UnsafePointer<Float>, _ delta: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>,
    accumulate: Bool
  ) {
    toKernel.run(images, delta, laidOut.pointer)
    gradientFromPass.run(laidOut.pointer, accumulate ? gradient.pointer : target)
    if accumulate { addScaled(1, gradient.pointer, to: target, count: gradient.count) }
  }
}

private func layout(_ shape: [Int], _ tag: dnnl_format_tag_t) -> Primitive.Layout {
  var layout = Primitive.Layout()
  dnnl_memory_desc_init_by_tag(&layout, Int32(shape.count), shape.map(Int64.init), dnnl_f32, tag)
  return layout
}
