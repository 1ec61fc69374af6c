// Rules of file systems that are no local disk, by name in RAVINE_FILE_SYSTEM, separated by commas:
//   lock-needs-write     an exclusive lock needs a descriptor open for writing, a shared one for reading (NFS)
//   no-locks             there are none
//   no-links             link() is refused (vfat, exFAT)
//   no-noreplace         renameat2() knows no RENAME_NOREPLACE (NFS, FUSE before 3)
//   no-rename            rename() is refused
//   no-directory-sync    a directory cannot be synced (FUSE)
//   lost-answers         link() and rename() do what they should, and then say what a file server says that is asked twice
//   journals-vanish      a journal is gone when its size is asked for, as where it became a shard just then
//   journals-are-locked  a file that gets a journal's name without being locked ends the process
#include "interpose.h"

#include <sys/file.h>

static int holds(const char *rule) {
  const char *rules = getenv("RAVINE_FILE_SYSTEM");
  size_t length = strlen(rule);
  for (const char *at = rules; at && (at = strstr(at, rule)); at += length)
    if ((at == rules || at[-1] == ',') && (at[length] == ',' || at[length] == 0)) return 1;
  return 0;
}

static int fails(int code) {
  errno = code;
  return -1;
}

static int ends_in(const char *path, const char *suffix) {
  size_t length = strlen(path), end = strlen(suffix);
  return length >= end && strcmp(path + length - end, suffix) == 0;
}

int flock(int file, int operation) {
  if (holds("no-locks")) return fails(ENOLCK);
  if (holds("lock-needs-write")) {
    int mode = fcntl(file, F_GETFL) & O_ACCMODE;
    if ((operation & LOCK_EX) && mode == O_RDONLY) return fails(EBADF);
    if ((operation & LOCK_SH) && mode == O_WRONLY) return fails(EBADF);
  }
  return REAL(flock)(file, operation);
}

int link(const char *old, const char *new) {
  if (holds("no-links")) return fails(EPERM);
  int status = REAL(link)(old, new);
  return status == 0 && holds("lost-answers") ? fails(EEXIST) : status;
}

static void require_lock(const char *old, const char *new) {
  if (!holds("journals-are-locked") || !ends_in(new, ".journal")) return;
  int file = open(old, O_RDWR | O_CLOEXEC);
  if (file < 0 || REAL(flock)(file, LOCK_EX | LOCK_NB) == 0) abort();
  close(file);
}

int rename(const char *old, const char *new) {
  if (holds("no-rename")) return fails(EPERM);
  require_lock(old, new);
  int status = REAL(rename)(old, new);
  return status == 0 && holds("lost-answers") ? fails(ENOENT) : status;
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
  if (flags && holds("no-noreplace")) return fails(EINVAL);
  if (holds("no-rename")) return fails(EPERM);
  return REAL(renameat2)(from, old, to, new, flags);
}

int fsync(int file) {
  struct stat status;
  if (holds("no-directory-sync") && fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) return fails(EINVAL);
  return REAL(fsync)(file);
}

int open(const char *path, int flags, ...) {
  MODE_BEHIND(flags)
  if (flags & O_CREAT && holds("journals-are-locked") && ends_in(path, ".journal")) abort();
  return REAL(open)(path, flags, mode);
}

int stat(const char *path, struct stat *status) {
  if (holds("journals-vanish") && ends_in(path, ".journal")) unlink(path);
  return REAL(stat)(path, status);
}
