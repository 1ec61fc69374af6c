// Makes one system call of a program fail: preloaded, it stands before the C library.
//
//   FAULT_CALL=pread FAULT_ERROR=EIO FAULT_AT=7 FAULT_PATHS=/tmp/x/ LD_PRELOAD=./fault.so sweep ...
//
// FAULT_CALL   read pread write open access stat fsync link rename unlink close mmap opendir readdir flock mkdir
//              truncate; none counts only
// FAULT_ERROR  EIO ENOSPC EMFILE ENOMEM EINTR, or SHORT: half of what was asked for, where the call has a count
// FAULT_AT     at which passing, from 1 on; 0 for none
// FAULT_LASTS  1: at every passing from there on
// FAULT_PATHS  only calls on files below this path, so that the runtime starts undisturbed; empty for all
// FAULT_LOG    a file to which "CALL COUNT" is written for each kind of call when the process ends; its own process only
#include "../Shims/interpose.h"

#include <dirent.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/uio.h>

enum call { READ, PREAD, WRITE, OPEN, ACCESS, STAT, FSYNC, LINK, RENAME, UNLINK, CLOSE, MMAP, OPENDIR, READDIR, FLOCK, MKDIR, TRUNCATE, CALLS };

static const char *names[CALLS] = {"read", "pread", "write", "open", "access", "stat", "fsync", "link",
                                   "rename", "unlink", "close", "mmap", "opendir", "readdir", "flock", "mkdir", "truncate"};
static atomic_long counts[CALLS];
static int chosen = -1, code = EIO, is_short, lasts;
static long at;
static char paths[4096];
static pid_t process;

#define MAXIMUM_DESCRIPTORS 4096
// Whether a descriptor was opened on one of the files.
static atomic_char ours[MAXIMUM_DESCRIPTORS];

__attribute__((constructor)) static void start(void) {
  const char *text = getenv("FAULT_CALL");
  for (int call = 0; text && call < CALLS; call++)
    if (!strcmp(text, names[call])) chosen = call;
  text = getenv("FAULT_ERROR");
  struct { const char *name; int code; } errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM}, {"EINTR", EINTR}};
  for (int index = 0; text && index < 5; index++)
    if (!strcmp(text, errors[index].name)) code = errors[index].code;
  is_short = text && !strcmp(text, "SHORT");
  text = getenv("FAULT_AT");
  at = text ? atol(text) : 0;
  lasts = getenv("FAULT_LASTS") != NULL;
  text = getenv("FAULT_PATHS");
  if (text) strncpy(paths, text, sizeof paths - 1);
  process = getpid();
}

__attribute__((destructor)) static void finish(void) {
  const char *log = getenv("FAULT_LOG");
  if (!log || getpid() != process) return;
  FILE *file = fopen(log, "we");
  if (!file) return;
  for (int call = 0; call < CALLS; call++) fprintf(file, "%s %ld\n", names[call], atomic_load(&counts[call]));
  fclose(file);
}

static int is_path_ours(int folder, const char *path) {
  if (!paths[0]) return 1;
  if (!path) return 0;
  if (path[0] == '/') return !strncmp(path, paths, strlen(paths));
  char whole[8192], base[4096];
  if (folder != AT_FDCWD) return folder >= 0 && folder < MAXIMUM_DESCRIPTORS && ours[folder];
  if (!getcwd(base, sizeof base)) return 0;
  snprintf(whole, sizeof whole, "%s/%s", base, path);
  return !strncmp(whole, paths, strlen(paths));
}

static int is_ours(int descriptor) {
  return !paths[0] || (descriptor >= 0 && descriptor < MAXIMUM_DESCRIPTORS && ours[descriptor]);
}

static void note(int descriptor, int is_on_path) {
  if (descriptor >= 0 && descriptor < MAXIMUM_DESCRIPTORS) ours[descriptor] = is_on_path;
}

// Counts a call; whether it is the one that fails.
static int passes(enum call call, int is_on_path) {
  if (!is_on_path) return 0;
  long passing = atomic_fetch_add(&counts[call], 1) + 1;
  return (int)call == chosen && at > 0 && (lasts ? passing >= at : passing == at);
}

static int fail(void) {
  errno = code;
  return -1;
}

#define FAILS(call, condition) (passes(call, condition) && !is_short)

ssize_t read(int file, void *memory, size_t count) {
  if (passes(READ, is_ours(file))) {
    if (!is_short) return fail();
    count = (count + 1) / 2;
  }
  return REAL(read)(file, memory, count);
}

#define PREAD(name, offset_type)                                                                                       \
  ssize_t name(int file, void *memory, size_t count, offset_type offset) {                                             \
    if (passes(PREAD, is_ours(file))) {                                                                                \
      if (!is_short) return fail();                                                                                    \
      count = (count + 1) / 2;                                                                                         \
    }                                                                                                                  \
    return REAL(name)(file, memory, count, offset);                                                                    \
  }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

// What a disk has no room for: half of it is there all the same.
#define WRITES(name, parameters, half, whole)                                                                          \
  ssize_t name parameters {                                                                                            \
    if (passes(WRITE, is_ours(file))) {                                                                                \
      if (is_short || code == ENOSPC) {                                                                                \
        ssize_t done = half;                                                                                           \
        if (is_short || done < 0) return done;                                                                         \
      }                                                                                                                \
      return fail();                                                                                                   \
    }                                                                                                                  \
    return whole;                                                                                                      \
  }
WRITES(write, (int file, const void *memory, size_t count), REAL(write)(file, memory, (count + 1) / 2),
       REAL(write)(file, memory, count))
WRITES(pwrite, (int file, const void *memory, size_t count, off_t offset),
       REAL(pwrite)(file, memory, (count + 1) / 2, offset), REAL(pwrite)(file, memory, count, offset))
WRITES(pwrite64, (int file, const void *memory, size_t count, off64_t offset),
       REAL(pwrite64)(file, memory, (count + 1) / 2, offset), REAL(pwrite64)(file, memory, count, offset))
WRITES(writev, (int file, const struct iovec *parts, int count), REAL(writev)(file, parts, (count + 1) / 2),
       REAL(writev)(file, parts, count))

#define OPENS(name, folder, parameters, call)                                                                          \
  int name parameters {                                                                                                \
    MODE_BEHIND(flags)                                                                                                 \
    int on_path = is_path_ours(folder, path);                                                                          \
    if (FAILS(OPEN, on_path)) return fail();                                                                           \
    int file = call;                                                                                                   \
    note(file, on_path);                                                                                               \
    return file;                                                                                                       \
  }
OPENS(open, AT_FDCWD, (const char *path, int flags, ...), REAL(open)(path, flags, mode))
OPENS(open64, AT_FDCWD, (const char *path, int flags, ...), REAL(open64)(path, flags, mode))
OPENS(openat, folder, (int folder, const char *path, int flags, ...), REAL(openat)(folder, path, flags, mode))
OPENS(openat64, folder, (int folder, const char *path, int flags, ...), REAL(openat64)(folder, path, flags, mode))

FILE *fopen(const char *path, const char *mode) {
  int on_path = is_path_ours(AT_FDCWD, path);
  if (FAILS(OPEN, on_path)) return fail(), NULL;
  FILE *file = REAL(fopen)(path, mode);
  if (file) note(fileno(file), on_path);
  return file;
}

FILE *fopen64(const char *path, const char *mode) {
  int on_path = is_path_ours(AT_FDCWD, path);
  if (FAILS(OPEN, on_path)) return fail(), NULL;
  FILE *file = REAL(fopen64)(path, mode);
  if (file) note(fileno(file), on_path);
  return file;
}

int close(int file) {
  int on_path = is_ours(file);
  note(file, 0);
  int status = REAL(close)(file);
  // The descriptor is gone, whatever is said.
  return FAILS(CLOSE, on_path) ? fail() : status;
}

#define ON_PATH(name, call, folder, parameters, arguments)                                                             \
  int name parameters {                                                                                                \
    if (FAILS(call, is_path_ours(folder, path))) return fail();                                                        \
    return REAL(name) arguments;                                                                                       \
  }
ON_PATH(access, ACCESS, AT_FDCWD, (const char *path, int mode), (path, mode))
ON_PATH(faccessat, ACCESS, folder, (int folder, const char *path, int mode, int flags), (folder, path, mode, flags))
ON_PATH(stat, STAT, AT_FDCWD, (const char *path, struct stat *status), (path, status))
ON_PATH(stat64, STAT, AT_FDCWD, (const char *path, struct stat64 *status), (path, status))
ON_PATH(lstat, STAT, AT_FDCWD, (const char *path, struct stat *status), (path, status))
ON_PATH(lstat64, STAT, AT_FDCWD, (const char *path, struct stat64 *status), (path, status))
ON_PATH(fstatat, STAT, folder, (int folder, const char *path, struct stat *status, int flags), (folder, path, status, flags))
ON_PATH(fstatat64, STAT, folder, (int folder, const char *path, struct stat64 *status, int flags), (folder, path, status, flags))
ON_PATH(statx, STAT, folder, (int folder, const char *path, int flags, unsigned mask, struct statx *status),
        (folder, path, flags, mask, status))
ON_PATH(link, LINK, AT_FDCWD, (const char *path, const char *other), (path, other))
ON_PATH(linkat, LINK, folder, (int folder, const char *path, int to, const char *other, int flags),
        (folder, path, to, other, flags))
ON_PATH(rename, RENAME, AT_FDCWD, (const char *path, const char *other), (path, other))
ON_PATH(renameat, RENAME, folder, (int folder, const char *path, int to, const char *other), (folder, path, to, other))
ON_PATH(renameat2, RENAME, folder, (int folder, const char *path, int to, const char *other, unsigned flags),
        (folder, path, to, other, flags))
ON_PATH(unlink, UNLINK, AT_FDCWD, (const char *path), (path))
ON_PATH(unlinkat, UNLINK, folder, (int folder, const char *path, int flags), (folder, path, flags))
ON_PATH(mkdir, MKDIR, AT_FDCWD, (const char *path, mode_t mode), (path, mode))
ON_PATH(truncate, TRUNCATE, AT_FDCWD, (const char *path, off_t size), (path, size))

#define ON_FILE(name, call, parameters, arguments)                                                                     \
  int name parameters {                                                                                                \
    if (FAILS(call, is_ours(file))) return fail();                                                                     \
    return REAL(name) arguments;                                                                                       \
  }
ON_FILE(fstat, STAT, (int file, struct stat *status), (file, status))
ON_FILE(fstat64, STAT, (int file, struct stat64 *status), (file, status))
ON_FILE(fsync, FSYNC, (int file), (file))
ON_FILE(fdatasync, FSYNC, (int file), (file))
ON_FILE(flock, FLOCK, (int file, int operation), (file, operation))
ON_FILE(ftruncate, TRUNCATE, (int file, off_t size), (file, size))
ON_FILE(ftruncate64, TRUNCATE, (int file, off64_t size), (file, size))

void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
  if (FAILS(MMAP, file >= 0 && is_ours(file))) return fail(), MAP_FAILED;
  return REAL(mmap)(address, length, protection, flags, file, offset);
}

DIR *opendir(const char *path) {
  int on_path = is_path_ours(AT_FDCWD, path);
  if (FAILS(OPENDIR, on_path)) return fail(), NULL;
  DIR *folder = REAL(opendir)(path);
  if (folder) note(dirfd(folder), on_path);
  return folder;
}

int closedir(DIR *folder) {
  note(dirfd(folder), 0);
  return REAL(closedir)(folder);
}

// Its end and its failure differ in nothing but errno.
struct dirent *readdir(DIR *folder) {
  if (FAILS(READDIR, is_ours(dirfd(folder)))) return fail(), NULL;
  return REAL(readdir)(folder);
}

struct dirent64 *readdir64(DIR *folder) {
  if (FAILS(READDIR, is_ours(dirfd(folder)))) return fail(), NULL;
  return REAL(readdir64)(folder);
}
