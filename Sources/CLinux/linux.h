// Calls of the C library that its Swift module leaves out: it has them under _GNU_SOURCE only.
#pragma once

/// rename(2) that replaces nothing where `flags` is `CLINUX_RENAME_NOREPLACE`.
int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags);

#define CLINUX_RENAME_NOREPLACE 1u

/// Closes all descriptors from `first` to `last`; ENOSYS before Linux 5.9.
int close_range(unsigned int first, unsigned int last, int flags);
