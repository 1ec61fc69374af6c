// HDF5's constants are macros that call into the library (H5T_NATIVE_DOUBLE) or cast (H5P_DEFAULT), neither of which
// Swift imports: each has an inline function here. The one type is what the library knows of a file whose driver is ours.
#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>

typedef struct {
  H5FD_t common;
  void *owner;
  haddr_t end_of_addresses;
} ch5_driver_file;

static inline hid_t ch5_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t ch5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t ch5_native_int16(void) { return H5T_NATIVE_INT16; }
static inline hid_t ch5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t ch5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t ch5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t ch5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t ch5_c_string(void) { return H5T_C_S1; }
static inline size_t ch5_variable_length(void) { return H5T_VARIABLE; }

static inline hid_t ch5_file_create_class(void) { return H5P_FILE_CREATE; }
static inline hid_t ch5_file_access_class(void) { return H5P_FILE_ACCESS; }
static inline hid_t ch5_dataset_create_class(void) { return H5P_DATASET_CREATE; }
static inline hid_t ch5_dataset_transfer_class(void) { return H5P_DATASET_XFER; }
static inline hid_t ch5_default(void) { return H5P_DEFAULT; }

static inline unsigned ch5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned ch5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned ch5_ordered(void) { return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED; }
static inline hid_t ch5_all(void) { return H5S_ALL; }
static inline unsigned ch5_object_types(void) { return H5F_OBJ_ALL; }
static inline hid_t ch5_out_of_resources(void) { return H5E_RESOURCE; }
static inline hid_t ch5_error_stack(void) { return H5E_DEFAULT; }
static inline hsize_t ch5_unlimited(void) { return H5S_UNLIMITED; }
