/* Of each line but the nickname the last byte is not sent.
 *
 * Violates C-SEND-1. Speaks raw.
 */
#define _GNU_SOURCE
#define SAID(line, length) ((length) - 1)
#include "_core_client.h"
