/* Addresses; see address.h. */
#include "sim/live/address.h"

#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

GInetSocketAddress *
live_address_parse(const char *text)
{
    const char *colon = strrchr(text, ':');
    g_autofree char *host = NULL;
    GSocketAddress *address;
    guint64 port;

    if (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return NULL;
    if (*text == '[' && colon > text + 1 && colon[-1] == ']')
        host = g_strndup(text + 1, (gsize)(colon - text) - 2);
    else
        host = g_strndup(text, (gsize)(colon - text));
    if ((strchr(host, ':') != NULL) != (*text == '['))
        return NULL;
    address = g_inet_socket_address_new_from_string(host, (guint)port);
    return address != NULL ? G_INET_SOCKET_ADDRESS(address) : NULL;
}

char *
live_address_text(GInetSocketAddress *address)
{
    return g_socket_connectable_to_string(G_SOCKET_CONNECTABLE(address));
}

KettePeerAddress
live_address_to_core(GInetSocketAddress *address)
{
    GInetAddress *host = g_inet_socket_address_get_address(address);
    KettePeerAddress result = {.port = g_inet_socket_address_get_port(address)};

    if (g_inet_address_get_family(host) == G_SOCKET_FAMILY_IPV6) {
        memcpy(result.host, g_inet_address_to_bytes(host), 16);
    } else {
        memcpy(result.host, mapped, sizeof mapped);
        memcpy(result.host + 12, g_inet_address_to_bytes(host), 4);
    }
    return result;
}

GInetSocketAddress *
live_address_of_core(const KettePeerAddress *address)
{
    bool is_four = memcmp(address->host, mapped, sizeof mapped) == 0;
    g_autoptr(GInetAddress) host = g_inet_address_new_from_bytes(
        address->host + (is_four ? 12 : 0), is_four ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);

    return G_INET_SOCKET_ADDRESS(g_inet_socket_address_new(host, address->port));
}
