import ArgumentParser
import Foundation
import Reports
import Store

/// Images of a report's figures, drawn by the report itself in a browser without a window.
struct FigureImages {
  var report: String
  /// `svg` or `png`.
  var format: String

  func write(to directory: String) throws {
    try writing(directory) { try OutputFile.makeDirectory(directory) }
    let images = try page().matches(of: #/<a data-figure="([a-z]+)" href="data:image\/[^,]*?(;base64)?,([^"]*)"/#)
    guard !images.isEmpty else { throw complain("\(report): the browser drew no figures", status: EX_SOFTWARE) }
    for image in images {
      let text = String(image.output.3).replacing("&amp;", with: "&")
      let bytes = image.output.2 == nil ? text.removingPercentEncoding.map { Data($0.utf8) } : Data(base64Encoded: text)
      guard let bytes else { throw complain("\(report): the browser's image cannot be read", status: EX_SOFTWARE) }
      let file = "\(directory)/\(image.output.1).\(format)"
      try writing(file) { try OutputFile.write(Array(bytes), to: file) }
    }
  }

  /// The page after its script has put the images in.
  private func page() throws -> String {
    guard let browser = Self.browser else {
      throw complain(
        "images need Chromium to draw them: apt-get install chromium. Each figure of the report can also be saved by"
          + " the camera above it", status: EX_UNAVAILABLE)
    }
    let profile = FileManager.default.temporaryDirectory.appendingPathComponent("ravine-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: profile) }
    var components = URLComponents(
      url: URL(fileURLWithPath: report).standardizedFileURL, resolvingAgainstBaseURL: false)!
    components.fragment = "export=\(format)"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: browser)
    // The page is ours and may fetch nothing. Root, as in a container, has no sandbox.
    process.arguments =
      [
        "--headless", "--dump-dom", "--user-data-dir=\(profile.path)", "--no-first-run", "--disable-dev-shm-usage",
        "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--virtual-time-budget=60000",
      ] + (geteuid() == 0 ? ["--no-sandbox"] : []) + [components.url!.absoluteString]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw complain("\(browser): \(error.localizedDescription)", status: EX_UNAVAILABLE)
    }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }

  private static var browser: String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return names.lazy.flatMap { name in folders.map { "\($0)/\(name)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
