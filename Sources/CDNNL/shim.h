#pragma once
#include <dnnl.h>

// libgomp, which oneDNN is built on. Declared here because omp.h belongs to the compiler, not to a -dev package.
void omp_set_num_threads(int count);
