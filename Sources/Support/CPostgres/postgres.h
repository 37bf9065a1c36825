// The C interface of PostgreSQL's own client library, as the system has it (Debian: libpq-dev).
#include <libpq-fe.h>
