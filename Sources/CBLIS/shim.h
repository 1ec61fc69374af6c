#pragma once
#include <blis-serial/cblas.h>

// From blis.h, which is too much to import for these: the version, and the kernels that suit this processor.
char *bli_info_get_version_str(void);
unsigned bli_arch_query_id(void);
char *bli_arch_string(unsigned id);
