// The C interface of RocksDB, as the system has it (Debian: librocksdb-dev).
#include <rocksdb/c.h>
