import Experiments
import Foundation
import Testing

@testable import Datasets

struct HDF5Tests {
  static func load(
    _ features: String, _ targets: String, _ task: DataSource.Task = .classification,
    path: String = fixture("small.h5").path
  ) throws -> RawDataset {
    try DataLoader.load(.hdf5(path: path, features: features, targets: targets, task: task))
  }

  @Test func readsWhatH5pyWrote() throws {
    let expected = try Expected.load().hdf5
    let dataset = try Self.load("images", "labels")
    #expect(dataset.samples.doubles == expected.images)
    #expect(dataset.featureShape == [2, 3])
    #expect(dataset.samples.classNames == ["4", "7", "9"])
    #expect(dataset.samples.labels.map { Int(dataset.samples.classNames[Int($0)]) } == expected.labels)
  }

  @Test func readsOtherTypesAndGroups() throws {
    let dataset = try Self.load("group/bytes", "column")
    #expect(dataset.samples.doubles == (0..<72).map { Double($0 * 3 % 256) })
    #expect(dataset.featureShape == [6])
    #expect(try dataset.samples.labels == Self.load("images", "labels").samples.labels)
  }

  @Test func severalOutputs() throws {
    let expected = try Expected.load().hdf5
    let dataset = try Self.load("images", "outputs", .regression)
    let outputs = (0..<12).flatMap { [expected.images[$0 * 6], expected.images[$0 * 6 + 1]] }
    #expect(dataset.samples.targets == .values(outputs, columns: 2))
  }

  private struct Packed: Decodable {
    var temperature: [Double]
    var holes: [[Int]]
    var gone: [[Int]]
  }

  /// `scale_factor`, `add_offset`, `_FillValue` and `missing_value`, as xarray reads them.
  @Test func packedNumbersAreThoseOfXarray() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixture("packed.json").path))
    let expected = try JSONDecoder().decode(Packed.self, from: data)
    let path = fixture("packed.h5").path
    let found = try Self.load("temperature", "labels", path: path).samples.doubles
    #expect(found.count == 18)
    #expect(zip(found, expected.temperature).allSatisfy { abs($0 - $1) < 1e-12 * $1 })
    for (name, holes, says) in [
      ("holes", expected.holes, "it is 7.0, its _FillValue"), ("gone", expected.gone, "it is 11.0, its missing_value"),
    ] {
      let error = try #require(failure { try Self.load(name, "labels", path: path) })
      let place = holes[0].map(String.init).joined(separator: ", ")
      #expect(error.message.hasPrefix("\(name)[\(place)] is missing: \(says)"), "\(error)")
    }
    let odd = try #require(failure { try Self.load("odd", "labels", path: path) })
    #expect(odd.message.contains("scale_factor") && odd.message.contains("is not one number"), "\(odd)")
    let none = try #require(failure { try Self.load("nothing", "labels", path: path) })
    #expect(none.message.contains("scale_factor of data set nothing: is 0.0: all numbers would be one"), "\(none)")
  }

  /// Numbers that packing makes one of are no features.
  @Test func packingThatLeavesOneNumberIsRefused() throws {
    let error = try #require(failure { try Self.load("alike", "labels", path: fixture("packed.h5").path) })
    #expect(error.message.hasPrefix("alike: its scale_factor 1e-60 and add_offset 0.0 make 0.0 of all"), "\(error)")
  }

  /// The classic format begins with CDF and 1, 2 or 5, and is said to be that; what else begins so is left to the library.
  @Test(arguments: [1, 2, 5]) func classicNetCDFIsNamed(version: UInt8) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Array("CDF".utf8) + [version] + [UInt8](repeating: 0, count: 60), to: "old.nc")
    let error = try #require(failure { try Self.load("x", "y", path: path) })
    #expect(error.message.contains("it is a netCDF file of the classic format"), "\(error)")
    #expect(!error.message.contains("H5F"), "\(error)")
  }

  /// `_Unsigned`, `valid_range`, `valid_min`, `valid_max`, several `missing_value`s and what was never written, as netCDF4,
  /// Unidata's own reader, has them: the same numbers, or the first that is none.
  @Test func netCDFSaysWhatIsNoValue() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("data.nc")
    let printed = try python(fixture("netcdf.py").path, path)
    let expected = try JSONDecoder().decode([String: [Double?]].self, from: printed)
    #expect(expected.count == 13)
    for (name, values) in expected {
      guard let hole = values.firstIndex(of: nil) else {
        let found = try Self.load(name, "labels", path: path).samples.doubles
        let isSame = found.count == 18 && zip(found, values).allSatisfy { abs($0 - $1!) <= 1e-12 * abs($1!) }
        #expect(isSame, "\(name): \(found)")
        continue
      }
      let error = try #require(failure { try Self.load(name, "labels", path: path) }, "\(name)")
      let place = error.message.hasPrefix("\(name)[\(hole / 3), \(hole % 3)] is missing: it is ")
      // Of a range the upper end is looked at after the lower one, of several missing values each by itself.
      #expect(place, "\(name): \(error)")
    }
    for (name, says) in [
      ("range", "below the 2.0 of its valid_range"), ("above", "above the 16.5 of its valid_max"),
      ("several_missing", "it is 13.0, its missing_value"), ("unwritten", "netCDF's default fill value"),
    ] {
      #expect(failure { try Self.load(name, "labels", path: path) }?.message.contains(says) == true, "\(name)")
    }
    // NetCDF Users' Guide, appendix A: 14·0.1 + 2 is the last within [2, 3.45].
    let unpacked = try #require(failure { try Self.load("unpacked_range", "labels", path: path) })
    #expect(unpacked.message.hasPrefix("unpacked_range[5, 0] is missing: it is 3.5, above the 3.45 of its valid_range"))
    let rounded = try #require(failure { try Self.load("rounded_missing", "labels", path: path) })
    #expect(rounded.message.hasPrefix("rounded_missing[1, 2] is missing: it is 5.09999"), "\(rounded)")
    let labels = try #require(failure { try Self.load("plain", "bad_labels", path: path) })
    #expect(labels.message.hasPrefix("bad_labels[4] is missing: it is -9.0, below the 0.0 of its valid_range"))
    let large = try #require(failure { try Self.load("plain", "large_labels", path: path) })
    #expect(large.message.contains("large_labels: holds integers over 9223372036854775807"), "\(large)")
    let signed = try Self.load("signed_bytes", "labels", path: path).samples.doubles
    #expect(signed == (0..<18).map { Double(Int8(truncatingIfNeeded: $0 * 14)) })
  }

  /// What a script printed.
  private func python(_ arguments: String...) throws -> Data {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"] + arguments
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return data
  }

  /// int64 labels, neighbours that a Double does not tell apart.
  @Test func integerClassesKeepTheirDigits() throws {
    let samples = try Self.load("temperature", "large", path: fixture("packed.h5").path).samples
    #expect(samples.classNames == ["9007199254740992", "9007199254740993"])
    #expect(samples.labels == [0, 1, 0, 1, 0, 1])
  }

  /// float64 labels from where a Double skips integers: what they stood for cannot be told.
  @Test func numbersThatMayHaveMergedAreNoClasses() throws {
    let path = fixture("packed.h5").path
    let error = try #require(failure { try Self.load("temperature", "large_numbers", path: path) })
    #expect(error.code == .mislabelled)
    #expect(error.message.hasPrefix("large_numbers[0] is 9007199254740992.0: classes are integers"))
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    var features = "images"
    var targets = "labels"
    var task = DataSource.Task.classification
    var code: DatasetError.Code
    var says: String

    var testDescription: String { says }
  }

  static let faults: [Fault] = [
    .init(features: "picture", code: .unreadable, says: "images"),
    .init(targets: "eleven", code: .mismatch, says: "images has 12 samples and eleven has 11"),
    .init(targets: "halves", code: .mislabelled, says: "halves[0] is 4.5"),
    .init(targets: "outputs", code: .badTarget, says: "outputs has shape [12, 2]"),
    .init(targets: "images", task: .regression, code: .badTarget, says: "images has shape [12, 2, 3]"),
    .init(features: "broken", code: .badValue, says: "broken[3, 1, 2] is nan"),
    .init(features: "text", code: .unreadable, says: "text"),
    .init(features: "scalar", code: .badSize, says: "scalar has shape []"),
    .init(features: "external", code: .unreadable, says: "external"),
  ]

  @Test(arguments: faults)
  func saysWhatIsWrong(_ fault: Fault) throws {
    let error = try #require(failure { try Self.load(fault.features, fault.targets, fault.task) })
    #expect(error.code == fault.code, "\(error)")
    #expect(error.message.contains(fault.says), "\(error)")
    #expect(error.path?.hasSuffix("small.h5") == true)
    #expect(error.description.components(separatedBy: "small.h5").count == 2, "\(error)")
  }

  @Test func damagedFilesAreErrorsOrHarmless() throws {
    let directory = try TemporaryDirectory()
    let whole = [UInt8](try Data(contentsOf: fixture("small.h5")))
    let hash = try Self.load("images", "labels").contentHash
    let notHDF5 = try directory.write("x,y\n1,2\n", to: "text.h5")
    #expect(failure { try Self.load("images", "labels", path: notHDF5) }?.code == .unreadable)
    #expect(failure { try Self.load("images", "labels", path: directory.path("missing.h5")) }?.code == .unreadable)
    for length in stride(from: 0, to: whole.count, by: 97) {
      let path = try directory.write(Array(whole[..<length]), to: "cut.h5")
      do {
        #expect(try Self.load("images", "labels", path: path).contentHash == hash, "cut to \(length) bytes")
      } catch { #expect(error is DatasetError) }
    }
  }
}
