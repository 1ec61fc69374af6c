// Lets no more than RAVINE_THREADS threads live beside the first: what `ulimit -u` and a container's limit on processes do.
#include "interpose.h"

#include <pthread.h>

static int living;

struct start {
  void *(*routine)(void *);
  void *argument;
};

static void ended(void *unused) {
  (void)unused;
  __atomic_sub_fetch(&living, 1, __ATOMIC_SEQ_CST);
}

static void *run(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  void *result = NULL;
  pthread_cleanup_push(ended, NULL);
  result = start.routine(start.argument);
  pthread_cleanup_pop(1);
  return result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *), void *argument) {
  const char *limit = getenv("RAVINE_THREADS");
  if (__atomic_add_fetch(&living, 1, __ATOMIC_SEQ_CST) > (limit ? atoi(limit) : 1 << 20)) {
    ended(NULL);
    return EAGAIN;
  }
  struct start *start = malloc(sizeof *start);
  *start = (struct start){routine, argument};
  int status = REAL(pthread_create)(thread, attributes, run, start);
  if (status != 0) {
    ended(NULL);
    free(start);
  }
  return status;
}
