#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdint.h>

/// How often memory was asked for by this process since it began, over all threads. Zero where it cannot be counted.
uint64_t allocations_count(void);

/// Whether they can be counted here: with glibc, whose own functions stay reachable under other names.
int allocations_are_counted(void);

#endif
