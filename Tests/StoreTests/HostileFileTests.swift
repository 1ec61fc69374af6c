import Foundation
import TestSupport
import Testing

@testable import Store

/// Data sets that are refused: hostile.h5, made by make_hostile.py.
@Suite struct HostileFileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var says: String

    init(_ name: String, _ says: String) { (self.name, self.says) = (name, says) }

    var testDescription: String { name }
  }

  static let cases = [
    Case("soft", "soft link"),
    Case("soft_group/inside", "soft link"),
    Case("dangling", "soft link"),
    Case("external", "link to another file"),
    Case("elsewhere", "link to another file"),
    Case("elsewhere/root", "link to another file"),
    Case("storage", "data are in another file"),
    Case("virtual", "virtual data set"),
    Case("virtual_unlimited", "virtual data set"),
    Case("huge_contiguous", "over 0 stored bytes"),
    Case("huge_chunked", "over 0 stored bytes"),
    Case("huge_product", "over 0 stored bytes"),
    Case("huge_sparse", "[1099511627776]"),
    Case("huge_chunk", "has chunks of [268435456]"),
    Case("compound", "elements of type compound"),
    Case("fixed_text", "fixed-length text"),
    Case("text", "holds text"),
    Case("ragged", "variable-length"),
    Case("truth", "enumeration"),
    Case("reference", "reference"),
    Case("empty", "has no elements"),
    Case("filtered", "filter 32000"),
    Case("missing", "there is none of that name; the file has: "),
    Case("good/below", "H5Lget_info"),
    Case("group", "H5Dopen"),
    Case("deep/self/self/self", "H5Dopen"),
    Case("", "not a name"),
    Case("good\0", "not a name"),
    Case("..", "there is none of that name"),
    Case(String(repeating: "x", count: 2000), "not a name"),
  ]

  private let file = try! HDF5File.open(path: Tool.fixture("hostile.h5"))

  @Test(arguments: cases) func isRefused(_ refused: Case) throws {
    let error = try #require(throws: HDF5Error.self) { try file.readNumbers(name: refused.name, as: Double.self) }
    #expect("\(error)".contains(refused.says), "\(error)")
    #expect("\(error)".hasPrefix(file.path))
    #expect(try HDF5.openObjects() == 0)
  }

  @Test func readsWhatIsGood() throws {
    let good = try file.readNumbers(name: "good", as: Float.self)
    #expect(good.shape == [2, 3] && good.values == [0, 1, 2, 3, 4, 5])
    #expect(try file.readNumbers(name: "/good", as: Double.self).values == [0, 1, 2, 3, 4, 5])
    #expect(
      try file.readNumbers(
        name: "deep/self/self" + String(repeating: "/deeper", count: 40) + "/bottom",
        as: Int64.self
      ).values == [0, 1, 2])
  }

  @Test func integersAreNotCutOff() throws {
    #expect(try file.readNumbers(name: "group/inside", as: Int64.self).values == [0, 1, 2, 3])
    #expect(try file.readNumbers(name: "large_integer", as: Double.self).values == [1, 0x1p64])
    #expect(throws: HDF5Error.self) { try file.readNumbers(name: "large_integer", as: Int64.self) }
    #expect(throws: HDF5Error.self) { try file.readNumbers(name: "good", as: Int64.self) }
  }

  @Test func memoryHasALimit() throws {
    let error = #expect(throws: HDF5Error.self) { try file.readNumbers(name: "good", as: Double.self, limit: 47) }
    #expect("\(error!)".contains("takes 48 bytes in memory, 47 are accepted"))
    #expect(try file.readNumbers(name: "good", as: Double.self, limit: 48).values.count == 6)
  }

  /// Loops end, and names drive no terminal.
  @Test func listsWhatThereIs() throws {
    let datasets = try file.datasets()
    let names = datasets.map(\.name)
    #expect(names.contains("group/inside") && names.contains("good"))
    #expect(!names.contains("soft") && !names.contains("external"))
    #expect(datasets.first { $0.name == "good" }?.shape == [2, 3])
    #expect(datasets.first { $0.name == "good" }?.type == "float32")
    #expect(datasets.first { $0.name == "virtual" }?.type.contains("virtual data set") == true)
    let red = try #require(names.first { $0.hasPrefix("group/") && $0.contains("red") })
    #expect(red == "group/\u{1b}[31mred\n")
    let error = #expect(throws: HDF5Error.self) { try file.readNumbers(name: red + "x", as: Double.self) }
    #expect("\(error!)".contains(#"group/\u{1b}[31mred\u{a}x"#))
  }

  @Test func otherFilesAreRefused() throws {
    let folder = try TemporaryDirectory()
    #expect(throws: StoreError.self) { try HDF5File.open(path: folder.path("none.h5")) }
    #expect(throws: HDF5Error.self) { try HDF5File.open(path: folder.path) }
    let text = folder.path("text.h5")
    try Data("x,y\n".utf8).write(to: URL(fileURLWithPath: text))
    let error = try #require(throws: HDF5Error.self) { try HDF5File.open(path: text) }
    #expect(error.frames.contains { $0.message.contains("signature") }, "\(error)")
    #expect(error.operation == "H5Fopen" && error.file == text)
    // A pipe without a writer must not keep a reader waiting.
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: HDF5Error.self) { try HDF5File.open(path: pipe) }
  }
}
