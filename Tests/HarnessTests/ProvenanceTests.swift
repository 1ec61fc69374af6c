import Foundation
import TestSupport
import Testing

@testable import Harness

struct BuildStampTests {
  @Test func readsCommitAndFlags() {
    let stamp = BuildStamp(parsing: "commit 0123abc-dirty\nfuture x y\nflags Swift version 6.3.1, -c release\n")
    #expect(stamp.commit == "0123abc-dirty")
    #expect(stamp.flags == "Swift version 6.3.1, -c release")
    #expect(BuildStamp(parsing: "commit\n").commit == nil)
  }

  @Test func aStampOlderThanTheBinaryCountsForNothing() throws {
    let folder = try TemporaryDirectory()
    let binary = folder.url.appendingPathComponent("sweep")
    let stamp = folder.url.appendingPathComponent(BuildStamp.fileName)
    #expect(BuildStamp(besideBinary: binary.path) == nil)
    try Data().write(to: binary)
    #expect(BuildStamp(besideBinary: binary.path) == nil)
    try Data("commit abc\n".utf8).write(to: stamp)
    func set(_ file: URL, _ seconds: Double) throws {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: file.path)
    }
    try set(binary, 1000)
    try set(stamp, 1001)
    #expect(BuildStamp(besideBinary: binary.path)?.commit == "abc")
    try set(binary, 1002)
    #expect(BuildStamp(besideBinary: binary.path) == nil)
  }
}

struct MachineTests {
  @Test func readsFieldsOfSystemFiles() {
    let text = "processor\t: 0\nmodel name\t: Some CPU @ 2: fast\nPRETTY_NAME=\"Debian 12\"\n"
    #expect(Machine.field("model name", separator: ":", in: text) == "Some CPU @ 2: fast")
    #expect(Machine.field("PRETTY_NAME", separator: "=", in: text) == "Debian 12")
    #expect(Machine.field("flags", separator: ":", in: text) == nil)
  }

  @Test func knowsThisMachine() {
    #expect(!Machine.cpu.isEmpty)
    #expect(Machine.operatingSystem.contains("Linux "))
  }
}
