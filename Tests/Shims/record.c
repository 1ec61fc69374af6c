// Appends what a program does to the files under RAVINE_RECORD_ROOT to the file RAVINE_RECORD, in the order in which it is
// done: each a line `operation<TAB>inode<TAB>number<TAB>length of what follows`, then that many bytes.
//   create, mkdir     inode of what is new, path follows
//   link, rename      two paths follow, a zero between them
//   unlink            path follows
//   write             inode, offset, bytes follow
//   truncate          inode, size
//   sync              inode, of a file or a folder
#include "interpose.h"

#include <limits.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static int log_file(void) {
  static int file = -1;
  const char *path = getenv("RAVINE_RECORD");
  if (file < 0 && path) file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  return file;
}

// One call, so that a kill leaves no half of an entry.
static void record(const char *operation, unsigned long inode, long number, const void *bytes, size_t length) {
  char head[128];
  int size = snprintf(head, sizeof head, "%s\t%lu\t%ld\t%zu\n", operation, inode, number, length);
  struct iovec parts[2] = {{head, size}, {(void *)bytes, length}};
  if (syscall(SYS_writev, log_file(), parts, 2) != (long)(size + length)) abort();
}

// The path from the root, or nothing where it is elsewhere.
static const char *inside(const char *path, char *buffer) {
  const char *root = getenv("RAVINE_RECORD_ROOT");
  if (!root || !getenv("RAVINE_RECORD") || !path) return NULL;
  if (path[0] == '/') {
    snprintf(buffer, PATH_MAX, "%s", path);
  } else {
    char folder[PATH_MAX / 2];
    if (!getcwd(folder, sizeof folder)) return NULL;
    snprintf(buffer, PATH_MAX, "%s/%s", folder, path);
  }
  size_t length = strlen(root);
  if (strncmp(buffer, root, length) != 0 || (buffer[length] != '/' && buffer[length] != 0)) return NULL;
  return buffer + length;
}

static unsigned long inode_of(int file) {
  char name[64], path[PATH_MAX], buffer[PATH_MAX];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  struct stat status;
  // A pipe has no path.
  return path[0] == '/' && inside(path, buffer) && fstat(file, &status) == 0 ? status.st_ino : 0;
}

static unsigned long inode_at(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 ? status.st_ino : 0;
}

static void record_two(const char *operation, const char *old, const char *new) {
  char first[PATH_MAX], second[PATH_MAX], both[2 * PATH_MAX];
  const char *from = inside(old, first), *to = inside(new, second);
  if (!from || !to) return;
  size_t length = strlen(from) + 1;
  memcpy(both, from, length);
  memcpy(both + length, to, strlen(to));
  record(operation, 0, 0, both, length + strlen(to));
}

static void begin(void) { pthread_mutex_lock(&order); }

static long end(long status) {
  pthread_mutex_unlock(&order);
  return status;
}

int open(const char *path, int flags, ...) {
  MODE_BEHIND(flags)
  begin();
  char buffer[PATH_MAX];
  const char *name = flags & O_CREAT ? inside(path, buffer) : NULL;
  int isNew = name && access(path, F_OK) != 0;
  int file = REAL(open)(path, flags, mode);
  if (file >= 0 && isNew) record("create", inode_of(file), 0, name, strlen(name));
  return end(file);
}

int mkdir(const char *path, mode_t mode) {
  begin();
  char buffer[PATH_MAX];
  const char *name = inside(path, buffer);
  int status = REAL(mkdir)(path, mode);
  if (status == 0 && name) record("mkdir", inode_at(path), 0, name, strlen(name));
  return end(status);
}

int link(const char *old, const char *new) {
  begin();
  int status = REAL(link)(old, new);
  if (status == 0) record_two("link", old, new);
  return end(status);
}

int rename(const char *old, const char *new) {
  begin();
  int status = REAL(rename)(old, new);
  if (status == 0) record_two("rename", old, new);
  return end(status);
}

int unlink(const char *path) {
  begin();
  char buffer[PATH_MAX];
  const char *name = inside(path, buffer);
  int status = REAL(unlink)(path);
  if (status == 0 && name) record("unlink", 0, 0, name, strlen(name));
  return end(status);
}

ssize_t write(int file, const void *bytes, size_t count) {
  begin();
  unsigned long inode = inode_of(file);
  ssize_t written = REAL(write)(file, bytes, count);
  if (inode && written > 0) record("write", inode, lseek(file, 0, SEEK_CUR) - written, bytes, written);
  return end(written);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  begin();
  unsigned long inode = inode_of(file);
  ssize_t written = REAL(pwrite)(file, bytes, count, offset);
  if (inode && written > 0) record("write", inode, offset, bytes, written);
  return end(written);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return pwrite(file, bytes, count, offset); }

int ftruncate(int file, off_t size) {
  begin();
  int status = REAL(ftruncate)(file, size);
  unsigned long inode = inode_of(file);
  if (status == 0 && inode) record("truncate", inode, size, "", 0);
  return end(status);
}

int fsync(int file) {
  begin();
  int status = REAL(fsync)(file);
  unsigned long inode = inode_of(file);
  if (status == 0 && inode) record("sync", inode, 0, "", 0);
  return end(status);
}
