import Foundation
import TestSupport
import Testing

/// Files that no sweep wrote, given where results are expected: one line says what each is.
@Suite struct ForeignFileTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  /// An HDF5 file of h5py's, with the global attribute `format` of another program, or none.
  private func foreign(_ format: String?) throws -> String {
    let path = fixture.folder.path("foreign.h5")
    let attribute = format.map { "f.attrs['format'] = \($0)" } ?? "pass"
    let script = "import h5py\nwith h5py.File('\(path)', 'w') as f:\n  f['x'] = [1.0, 2.0]\n  \(attribute)\n"
    let python = Command("env", at: URL(fileURLWithPath: "/usr/bin/env"), directory: fixture.folder.url)
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    let result = try python.run([interpreter, "-c", script])
    try #require(result.status == 0, "\(result.standardError)")
    return "foreign.h5"
  }

  private func expectRefusal(_ file: String, _ reason: String) throws {
    let text = "Error: \(file): not a sweep's results: \(reason)\n"
    for command in [["verify"], ["verify", "--repair"], ["status"]] {
      let result = try fixture.command().run(command + [file])
      #expect(result.status == 66 && result.standardError == text, "\(command): \(result)")
      #expect(result.standardOutput == "")
    }
    let summary = try Command("summary", directory: fixture.folder.url).run([file])
    #expect(summary.status == 66 && summary.standardError == text, "\(summary)")
  }

  private static let accepted = "; accepted: the directory a sweep wrote, or a merged HDF5 file"

  @Test func textIsText() throws {
    try expectRefusal(try fixture.write("hello\n", to: "t.txt"), "it is text" + Self.accepted)
    try expectRefusal(try fixture.write("", to: "empty"), "it is empty" + Self.accepted)
    try expectRefusal(try fixture.write("\u{0}\u{1}bytes", to: "bytes"), "it is no HDF5 file" + Self.accepted)
  }

  @Test func otherHDF5IsOfAnotherProgram() throws {
    let other = "it is the HDF5 file of another program: "
    try expectRefusal(try foreign(nil), other + "it has no attribute format" + Self.accepted)
    try expectRefusal(try foreign("'mine'"), other + "its format is “mine”" + Self.accepted)
    try expectRefusal(
      try foreign("3"), other + "its attribute format is not one text of variable length" + Self.accepted)
  }

  /// A file of runs that is damaged has no repair of its own, and none is advised.
  @Test func aDamagedFileIsMadeAnew() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    try #require(fixture.sweep("run", file).status == 0)
    try #require(fixture.sweep("merge", "results/spirals").status == 0)
    let merged = fixture.folder.url.appendingPathComponent("results/spirals.h5")
    try Data(contentsOf: merged).dropLast(1000).write(to: merged)
    let result = try fixture.sweep("verify", "results/spirals.h5")
    #expect(result.status == 65)
    #expect(result.standardOutput.contains("The file is damaged. `sweep merge` makes a merged file anew"))
    let repair = try fixture.sweep("verify", "--repair", "results/spirals.h5")
    #expect(repair.status == 66)
    #expect(repair.standardError.contains("it is a file; --repair takes the directory that a sweep wrote"))
  }
}
