/* Feeds records to SHA-256 through a buffer; see digest.h for the records. */
#include "sim/run/digest.h"

#include "sim/engine/assert.h"
#include "sim/engine/random.h"

#include <openssl/evp.h>
#include <string.h>

#define RECORD_BYTES 40
#define BUFFER_RECORDS 128

struct SimDigest {
    EVP_MD *method;
    EVP_MD_CTX *context;
    SimWorld *world;
    SimNet *net;
    size_t used;
    uint8_t buffer[BUFFER_RECORDS * RECORD_BYTES];
};

SimDigest *
sim_digest_new(void)
{
    SimDigest *digest = g_new0(SimDigest, 1);

    digest->method = EVP_MD_fetch(NULL, "SHA256", NULL);
    digest->context = EVP_MD_CTX_new();
    if (digest->method == NULL || digest->context == NULL ||
        EVP_DigestInit_ex2(digest->context, digest->method, NULL) != 1) {
        sim_digest_free(digest);
        return NULL;
    }
    return digest;
}

void
sim_digest_free(SimDigest *digest)
{
    if (digest == NULL)
        return;
    EVP_MD_CTX_free(digest->context);
    EVP_MD_free(digest->method);
    g_free(digest);
}

static void
flush(SimDigest *digest)
{
    int ok = EVP_DigestUpdate(digest->context, digest->buffer, digest->used);

    sim_assert(ok == 1);
    digest->used = 0;
}

static void
put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static void
put64(uint8_t *p, uint64_t v)
{
    put32(p, (uint32_t)v);
    put32(p + 4, (uint32_t)(v >> 32));
}

/* Returns a zeroed record to fill in. */
static uint8_t *
new_record(SimDigest *digest)
{
    uint8_t *p;

    if (digest->used == sizeof digest->buffer)
        flush(digest);
    p = digest->buffer + digest->used;
    memset(p, 0, RECORD_BYTES);
    digest->used += RECORD_BYTES;
    return p;
}

static uint64_t
node_key(const SimDigest *digest, uint32_t node)
{
    return node == SIM_NODE_NONE ? 0 : sim_net_node_key(digest->net, node);
}

static void
on_fact(void *user, const SimFact *fact)
{
    SimDigest *digest = user;
    uint8_t *p = new_record(digest);

    put32(p, (0x10u + fact->kind) | fact->depth << 8);
    put32(p + 4, fact->name ? (uint32_t)sim_key(fact->name) : fact->is_tx);
    put64(p + 8, (uint64_t)fact->time);
    put64(p + 16, node_key(digest, fact->node));
    if (fact->hash != NULL)
        memcpy(p + 24, fact->hash, 16);
    put64(p + 32, sim_key_combine(node_key(digest, fact->from), kette_get_le64(p + 32)));
}

static void
on_message(void *user, const SimPacket *packet, SimFate fate)
{
    SimDigest *digest = user;
    uint8_t *p = new_record(digest);

    p[0] = 0x01;
    p[1] = packet->kind;
    p[2] = (uint8_t)fate;
    put32(p + 4, packet->bytes);
    put64(p + 8, (uint64_t)packet->sent);
    put64(p + 16, (uint64_t)packet->due);
    put64(p + 24, packet->key);
}

void
sim_digest_watch(SimDigest *digest, SimWorld *world)
{
    const SimWatcher watcher = {.user = digest, .fact = on_fact, .message = on_message};

    digest->world = world;
    digest->net = sim_world_net(world);
    sim_world_add_watcher(world, &watcher);
}

void
sim_digest_check(SimDigest *digest, unsigned verdict, unsigned line, const char *text, SimTime time)
{
    uint8_t *p = new_record(digest);

    p[0] = 0x02;
    p[1] = (uint8_t)verdict;
    put32(p + 4, line);
    put64(p + 8, (uint64_t)time);
    put64(p + 16, sim_key(text));
}

void
sim_digest_finish(SimDigest *digest, char ret_hex[SIM_DIGEST_HEX])
{
    uint8_t hash[32];
    int ok;

    flush(digest);
    ok = EVP_DigestFinal_ex(digest->context, hash, NULL);
    sim_assert(ok == 1);
    kette_hex_encode(ret_hex, hash, sizeof hash);
}
