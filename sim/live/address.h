/* Where a node listens: an IP address and a port, as text and as core has it. */
#ifndef SIM_LIVE_ADDRESS_H
#define SIM_LIVE_ADDRESS_H

#include "core/node/message.h"

#include <gio/gio.h>
#include <stdbool.h>

/* Reads "127.0.0.1:8001" or "[::1]:8001": no names, which a resolver would have to look up. Returns
 * NULL unless it is an address with a port from 1 to 65535. */
GInetSocketAddress *live_address_parse(const char *text);
char *live_address_text(GInetSocketAddress *address);
/* An IPv4 address becomes the IPv6 address that maps it (RFC 4291, 2.5.5.2), and back. */
KettePeerAddress live_address_to_core(GInetSocketAddress *address);
GInetSocketAddress *live_address_of_core(const KettePeerAddress *address);

#endif
