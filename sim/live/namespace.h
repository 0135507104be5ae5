/* Network namespaces: each process of a live run with a network device of its own.
 *
 * Node k has the address 10.77.(k / 250).(k % 250 + 1) on a TUN device in a namespace that its
 * process makes between fork and exec. The other end of the device goes to the parent, for the
 * switch (switch.h). This needs root, or a kernel that lets users make namespaces of their own
 * (user_namespaces(7)), and /dev/net/tun.
 */
#ifndef SIM_LIVE_NAMESPACE_H
#define SIM_LIVE_NAMESPACE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The size of an IPv4 header, and the place of the destination in it (RFC 791, 3.1). */
#define LIVE_IP_HEADER 20
#define LIVE_IP_TO 16

/* The settings of a child. The parent fills them in before fork. */
typedef struct {
    uint8_t address[4];
    int to_parent;       /* a Unix socket that gets the device */
    uint32_t rto_min_us; /* shortest time after which TCP sends again */
    uint32_t rto_max_ms; /* longest; the kernel takes no less than 1000 */
} LiveNamespace;

void live_namespace_address(uint8_t ret_address[4], uint32_t node);
/* Returns the node of an address, or UINT32_MAX if the address is no node's. */
uint32_t live_namespace_node(const uint8_t address[4]);

/* Gets this process the right to make network namespaces, and tries it in a child. Call once,
 * before the process has threads. Returns false with an error that says what the machine does not
 * allow. */
bool live_namespace_prepare(GError **error);

/* Enters a new namespace, makes its device and sends it to the parent. The child calls it between
 * fork and exec, so it calls only functions that are safe there. Returns 0, or an errno. */
int live_namespace_enter(const LiveNamespace *spec);
/* Receives the device from the child. Returns its descriptor, or -1 with an error. */
int live_namespace_receive(int from_child, GError **error);

#endif
