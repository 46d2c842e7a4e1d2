/* Ctrl-C is ignored.
 *
 * Violates C-END-2. Speaks raw.
 */
#define _GNU_SOURCE
#define WHEN_INTERRUPTED SIG_IGN
#include "_core_client.h"
