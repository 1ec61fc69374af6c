// The C library's streams are variables to Swift.
@preconcurrency import Glibc

/// What a program owes to whoever reads its output: no silent loss.
public enum ProgramOutput {
  /// Call once, first in `main`.
  ///
  /// A limit on the size of files is then an error of the write, with a message, and does not kill. At the end, standard
  /// output is flushed and closed; where that fails, on a full device for one, the program says so and ends with EX_IOERR
  /// (74) whatever it was about to end with. A reader that has gone away is no failure.
  public static func prepare() {
    signal(SIGXFSZ, SIG_IGN)
    atexit {
      let isLost = ferror(stdout) != 0
      errno = 0
      guard fflush(stdout) != 0 || isLost || (close(STDOUT_FILENO) != 0 && errno != EBADF) else { return }
      let code = errno
      if code == EPIPE { return }
      let reason = code == 0 ? "" : ": \(systemMessage(code))"
      let message = Array("Error: standard output cannot be written\(reason)\n".utf8)
      _ = Glibc.write(STDERR_FILENO, message, message.count)
      _exit(EX_IOERR)
    }
  }
}
