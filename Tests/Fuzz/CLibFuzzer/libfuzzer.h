// The driver of libFuzzer as a function, from libclang_rt.fuzzer_no_main: clang ships no header for it.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
