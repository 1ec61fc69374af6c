// What the libraries share that are preloaded and stand before the C library: first of what they include.
#ifndef RAVINE_INTERPOSE_H
#define RAVINE_INTERPOSE_H
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The function that would have been called.
#define REAL(name)                                                                                                     \
  ({                                                                                                                   \
    static __typeof__(&name) real;                                                                                     \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                                      \
    real;                                                                                                              \
  })

// `mode_t mode`, which comes behind the flags of open() where they make a file.
#define MODE_BEHIND(flags)                                                                                             \
  mode_t mode = 0;                                                                                                     \
  if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {                                                         \
    va_list rest;                                                                                                      \
    va_start(rest, flags);                                                                                             \
    mode = va_arg(rest, mode_t);                                                                                       \
    va_end(rest);                                                                                                      \
  }

#endif
