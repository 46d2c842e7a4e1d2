/* A refused connection ends the program, and nobody is told.
 *
 * Violates C-CONN-1. Speaks raw.
 */
#define _GNU_SOURCE
#define TELL_REFUSED(why) (void)(why)
#include "_core_client.h"
