/* Writes down, in a file of its own, when a file is written to and when it is brought to the disk
 * (fsync, fdatasync). Loaded before the C library, by LD_PRELOAD; built by the test that needs it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int journal = -1;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("SYNCS");
  if (path) journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void note(const char *what, int file) {
  static ssize_t (*next)(int, const void *, size_t);
  char link[64], path[PATH_MAX], line[PATH_MAX + 16];
  if (journal < 0 || file == journal) return;
  if (!next) next = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 4 || memcmp(path + length - 4, "-wal", 4) != 0) return;
  int size = snprintf(line, sizeof line, "%s\n", what);
  (void)!next(journal, line, (size_t)size);
}

ssize_t write(int file, const void *bytes, size_t count) {
  static ssize_t (*next)(int, const void *, size_t);
  if (!next) next = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  note("write", file);
  return next(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  static ssize_t (*next)(int, const void *, size_t, off_t);
  if (!next) next = (ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
  note("write", file);
  return next(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  static ssize_t (*next)(int, const void *, size_t, off64_t);
  if (!next) next = (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  note("write", file);
  return next(file, bytes, count, at);
}

int fsync(int file) {
  static int (*next)(int);
  if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int failed = next(file);
  if (!failed) note("sync", file);
  return failed;
}

int fdatasync(int file) {
  static int (*next)(int);
  if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int failed = next(file);
  if (!failed) note("sync", file);
  return failed;
}
