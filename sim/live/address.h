/* Converts the address of a node, an IP address and a port, from and to text and the form of core.
 */
#ifndef SIM_LIVE_ADDRESS_H
#define SIM_LIVE_ADDRESS_H

#include "core/node/message.h"

#include <gio/gio.h>
#include <stdbool.h>

/* Reads "127.0.0.1:8001" or "[::1]:8001", but no host names, which would need a resolver. Returns
 * NULL unless the text is an address with a port from 1 to 65535. */
GInetSocketAddress *live_address_parse(const char *text);
char *live_address_text(GInetSocketAddress *address);
/* Convert to and from core's IPv6 form; it maps IPv4 addresses (RFC 4291, 2.5.5.2). */
KettePeerAddress live_address_to_core(GInetSocketAddress *address);
GInetSocketAddress *live_address_of_core(const KettePeerAddress *address);

#endif
