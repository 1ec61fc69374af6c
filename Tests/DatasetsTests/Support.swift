import CZlib
import Foundation

@testable import Datasets

/// A directory of its own for one test, removed with the object.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("datasets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file, in place of one that may be there, and returns its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    // Data.write waits for the disk, and so does ext4 where a file is overwritten: milliseconds each, thousands of times.
    unlink(path(name))
    guard let file = fopen(path(name), "w") else { throw CocoaError(.fileWriteUnknown) }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return path(name)
  }

  func write(_ text: String, to name: String = "data.csv") throws -> String { try write(Array(text.utf8), to: name) }
}

/// A gzip stream of the bytes.
func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
  let directory = try TemporaryDirectory()
  let path = directory.path("stream.gz")
  let file = gzopen(path, "wb9")
  gzwrite(file, bytes, UInt32(bytes.count))
  gzclose(file)
  return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// An IDX file of unsigned bytes, or of another type whose elements are given as bytes.
func idx(_ dimensions: [Int], _ elements: [UInt8], type: UInt8 = 0x08) -> [UInt8] {
  var bytes: [UInt8] = [0, 0, type, UInt8(dimensions.count)]
  for dimension in dimensions { bytes += withUnsafeBytes(of: UInt32(dimension).bigEndian, Array.init) }
  return bytes + elements
}

func checksum(_ bytes: [UInt8]) -> Int { Int(crc32(0, bytes, UInt32(bytes.count))) }

extension RawSamples {
  var bytes: [UInt8] {
    if case .bytes(let values) = features { values } else { [] }
  }

  var doubles: [Double] {
    switch features {
    case .bytes(let values): values.map(Double.init)
    case .doubles(let values): values
    }
  }

  var labels: [Int32] {
    if case .classes(let labels, _) = targets { labels } else { [] }
  }

  var classNames: [String] {
    if case .classes(_, let names) = targets { names } else { [] }
  }

  var values: [Double] {
    if case .values(let values, _) = targets { values } else { [] }
  }

  var classCounts: [Int] {
    labels.reduce(into: [Int](repeating: 0, count: classNames.count)) { counts, label in counts[Int(label)] += 1 }
  }
}

/// The error a load ends with; nil if it succeeds.
func failure(_ body: () throws -> some Any) -> DatasetError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? DatasetError
  }
}
