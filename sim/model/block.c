/* Bytes, ids, and the rules of payments and bodies by themselves. Numbers are little-endian. */
#include "sim/model/facts.h"

#include <openssl/evp.h>

#define BODY_MIN 152

ModelHash
model_hash_once(const void *data, gsize len)
{
    static EVP_MD *sha256;
    ModelHash hash;

    if (g_once_init_enter(&sha256))
        g_once_init_leave(&sha256, EVP_MD_fetch(NULL, "SHA256", NULL));
    if (EVP_Digest(data, len, hash.b, NULL, sha256, NULL) != 1)
        g_error("libcrypto has no SHA-256");
    return hash;
}

ModelHash
model_hash(const void *data, gsize len)
{
    ModelHash inner = model_hash_once(data, len);

    return model_hash_once(inner.b, sizeof inner.b);
}

guint
model_hash_key(gconstpointer hash)
{
    guint key;

    memcpy(&key, hash, sizeof key);
    return key;
}

gboolean
model_hash_is_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(ModelHash)) == 0;
}

int
model_hash_compare(const ModelHash *a, const ModelHash *b)
{
    for (int i = 31; i >= 0; i--) {
        if (a->b[i] != b->b[i])
            return a->b[i] < b->b[i] ? -1 : 1;
    }
    return 0;
}

static guint64
get(const guint8 *p, int bytes)
{
    guint64 v = 0;

    while (bytes-- > 0)
        v = v << 8 | p[bytes];
    return v;
}

void
model_put64(guint8 *p, guint64 v)
{
    for (int i = 0; i < 8; i++, v >>= 8)
        p[i] = (guint8)v;
}

/* version 4 | previous 32 | commitment 32 | time 4 | bits 4 | nonce 4 */
void
model_header_read(ModelHeader *header, const guint8 bytes[80])
{
    memcpy(header->bytes, bytes, 80);
    header->version = (gint32)(guint32)get(bytes, 4);
    memcpy(header->previous.b, bytes + 4, 32);
    memcpy(header->commitment.b, bytes + 36, 32);
    header->time = (guint32)get(bytes + 68, 4);
    header->bits = (guint32)get(bytes + 72, 4);
    header->nonce = (guint32)get(bytes + 76, 4);
    header->id = model_hash(bytes, 80);
}

static ModelAddress
address_of_key(const guint8 key[32])
{
    ModelHash hash = model_hash(key, 32);
    ModelAddress address;

    memcpy(address.b, hash.b, sizeof address.b);
    return address;
}

/* version 4 | sender's key 32 | recipient 20 | amount 8 | fee 8 | nonce 8 | signature 64 */
ModelTx *
model_tx_read(const guint8 bytes[TX_BYTES])
{
    ModelTx *tx = g_new0(ModelTx, 1);

    memcpy(tx->bytes, bytes, TX_BYTES);
    tx->version = (guint32)get(bytes, 4);
    memcpy(tx->key, bytes + 4, 32);
    memcpy(tx->to.b, bytes + 36, 20);
    tx->amount = get(bytes + 56, 8);
    tx->fee = get(bytes + 64, 8);
    tx->nonce = get(bytes + 72, 8);
    memcpy(tx->signature, bytes + 80, 64);
    tx->id = model_hash(bytes, TX_BYTES);
    tx->from = address_of_key(tx->key);
    return tx;
}

/* header 80 | height 8 | miner 20 | state root 32 | reward 8 | count 4 | payments */
ModelBody *
model_body_read(GBytes *whole)
{
    ModelBody *body = g_new0(ModelBody, 1);
    const guint8 *bytes = g_bytes_get_data(whole, &body->size);
    guint32 count = (guint32)get(bytes + 148, 4);

    model_header_read(&body->header, bytes);
    body->height = get(bytes + 80, 8);
    memcpy(body->miner.b, bytes + 88, 20);
    memcpy(body->state_root.b, bytes + 108, 32);
    body->reward = get(bytes + 140, 8);
    body->txs = g_ptr_array_new_with_free_func(g_free);
    for (guint32 i = 0; i < count; i++)
        g_ptr_array_add(body->txs, model_tx_read(bytes + BODY_MIN + (gsize)i * TX_BYTES));
    return body;
}

void
model_body_free(ModelBody *body)
{
    if (body == NULL)
        return;
    g_ptr_array_unref(body->txs);
    g_free(body);
}

/* --- payments ----------------------------------------------------------------------------- */

/* Ed25519 over the genesis id and all but the signature. */
static bool
is_signed(const Model *model, const ModelTx *tx)
{
    const ModelBlock *genesis = model->blocks->pdata[0];
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, tx->key, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    guint8 message[32 + 80];
    bool good;

    memcpy(message, genesis->header.id.b, 32);
    memcpy(message + 32, tx->bytes, 80);
    good = key != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestVerify(context, tx->signature, 64, message, sizeof message) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}

const char *
model_tx_verdict(Model *model, const ModelTx *tx)
{
    if (tx->version != 1)
        return "bad-encoding";
    if (tx->amount == 0 || tx->amount > AMOUNT_MAX || tx->fee > AMOUNT_MAX)
        return "bad-amount";
    if (g_hash_table_contains(model->signatures, &tx->id))
        return OK;
    if (!is_signed(model, tx))
        return "bad-signature";
    g_hash_table_add(model->signatures, g_memdup2(&tx->id, sizeof tx->id));
    return OK;
}

/* --- bodies ------------------------------------------------------------------------------- */

/* Pairs are hashed level by level; a last one without a partner is paired with itself, so a list
 * that ends in a copy has the root of the list without it (CVE-2012-2459): two equal partners that
 * stand in the list are *ret_mutated. */
static ModelHash
merkle_root(bool *ret_mutated, GArray *level)
{
    *ret_mutated = false;
    while (level->len > 1) {
        GArray *above = g_array_new(FALSE, FALSE, sizeof(ModelHash));

        for (guint i = 0; i < level->len; i += 2) {
            guint partner = MIN(i + 1, level->len - 1);
            ModelHash pair[2] = {g_array_index(level, ModelHash, i),
                                 g_array_index(level, ModelHash, partner)};
            ModelHash hash = model_hash(pair, sizeof pair);

            if (partner != i && model_hash_is_equal(&pair[0], &pair[1]))
                *ret_mutated = true;
            g_array_append_val(above, hash);
        }
        g_array_set_size(level, 0);
        g_array_append_vals(level, above->data, above->len);
        g_array_unref(above);
    }
    return g_array_index(level, ModelHash, 0);
}

/* The commitment is the hash of tx root | state root | height | miner; the leaves of the tx root
 * are the hash of the reward and the ids of the payments. */
const char *
model_body_match(const ModelBody *body)
{
    g_autoptr(GArray) leaves = g_array_new(FALSE, FALSE, sizeof(ModelHash));
    guint8 raw[32 + 32 + 8 + 20];
    ModelHash root, due;
    bool mutated;

    model_put64(raw, body->reward);
    root = model_hash(raw, 8);
    g_array_append_val(leaves, root);
    for (guint i = 0; i < body->txs->len; i++)
        g_array_append_val(leaves, ((const ModelTx *)body->txs->pdata[i])->id);
    root = merkle_root(&mutated, leaves);
    memcpy(raw, root.b, 32);
    memcpy(raw + 32, body->state_root.b, 32);
    model_put64(raw + 64, body->height);
    memcpy(raw + 72, body->miner.b, 20);
    due = model_hash(raw, sizeof raw);
    if (!model_hash_is_equal(&due, &body->header.commitment))
        return "bad-commitment";
    return mutated ? "mutated-body" : OK;
}

const char *
model_body_verdict(Model *model, const ModelBody *body, const ModelBlock *parent)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(model_hash_key, model_hash_is_equal);

    if (body->size > model_rules_above(model, parent)->max_block_bytes)
        return "block-too-big";
    if (body->height != parent->height + 1)
        return "bad-height";
    for (guint i = 0; i < body->txs->len; i++) {
        if (!g_hash_table_add(seen, &((ModelTx *)body->txs->pdata[i])->id))
            return "duplicate-tx";
    }
    for (guint i = 0; i < body->txs->len; i++) {
        const char *verdict = model_tx_verdict(model, body->txs->pdata[i]);

        if (!is_ok(verdict))
            return verdict;
    }
    return OK;
}
