#pragma once
#include <blis-serial/cblas.h>
