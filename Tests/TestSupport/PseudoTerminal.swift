import Foundation

/// A terminal without a screen: what a program writes to `child` is read here.
public final class PseudoTerminal {
  /// The program's side, for its standard error. Closed here when reading begins.
  public let child: FileHandle
  private let parent: FileHandle

  // TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>, macros that are not imported.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  public struct Unavailable: Error { public let code: Int32 }

  public init(columns: Int) throws {
    let descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var lock: Int32 = 0
    var number: UInt32 = 0
    guard descriptor >= 0, ioctl(descriptor, Self.setLock, &lock) == 0, ioctl(descriptor, Self.getNumber, &number) == 0
    else { throw Unavailable(code: errno) }
    parent = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    guard other >= 0 else { throw Unavailable(code: errno) }
    child = FileHandle(fileDescriptor: other, closeOnDealloc: true)
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard ioctl(other, UInt(TIOCSWINSZ), &size) == 0 else { throw Unavailable(code: errno) }
  }

  /// Everything the program writes until it ends.
  public func readUntilClosed() -> String {
    try? child.close()
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      // A terminal that lost its last writer reports an error, not an end of file.
      let count = read(parent.fileDescriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
