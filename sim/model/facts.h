/* The structs and functions that the files of the model share: facts that follow from bytes alone,
 * and are the same for all nodes. */
#ifndef SIM_MODEL_FACTS_H
#define SIM_MODEL_FACTS_H

#include "sim/model/model.h"

#include <openssl/bn.h>
#include <string.h>

/* Verdicts are names: equal text is the same verdict. */
#define OK "ok"

static inline bool
is_ok(const char *verdict)
{
    return strcmp(verdict, OK) == 0;
}

#define TX_BYTES 144 /* of a payment */

/* An amount never exceeds 2^62, so that two of them can be added. */
#define AMOUNT_MAX (G_GUINT64_CONSTANT(1) << 62)

typedef struct {
    ModelHash id;
    ModelAddress from, to;
    guint8 key[32], signature[64];
    guint8 bytes[144];
    guint32 version;
    guint64 amount, fee, nonce;
} ModelTx;

typedef struct {
    gint32 version;
    ModelHash previous, commitment;
    guint32 time, bits, nonce;
    guint8 bytes[80];
    ModelHash id;
} ModelHeader;

typedef struct {
    ModelHeader header;
    guint64 height;
    ModelAddress miner;
    ModelHash state_root;
    guint64 reward;
    GPtrArray *txs; /* ModelTx */
    gsize size;
} ModelBody;

/* A number, most significant byte first, so that memcmp compares. The work of a branch is below
 * 2^256; that of a subtree is a sum of branches. */
typedef struct {
    guint8 b[40];
} ModelWork;

/* A block of the tree of all that any node knows. */
typedef struct ModelBlock ModelBlock;
struct ModelBlock {
    ModelBlock *parent; /* NULL: genesis */
    GPtrArray *children;
    guint index;
    guint64 height;
    ModelHeader header;
    ModelWork work;             /* with all ancestors */
    guint32 median_time;        /* of the last mtp_window blocks, this one included */
    const char *header_verdict; /* in its place */
    guint upgraded, locked_in;  /* upgrades for its children, by bit */
    ModelBody *body;            /* NULL: no node had it, or it is bad */
    const char *execution;      /* NULL: not executed yet */
    GArray *accounts;           /* ModelAccount after it, by address; NULL unless executed: ok */
};

struct Model {
    ModelParams params;     /* before any upgrade */
    GArray *upgrades;       /* ModelUpgrade */
    GHashTable *rules;      /* bits of upgrades -> ModelParams */
    GHashTable *by_id;      /* ModelHash -> ModelBlock */
    GPtrArray *blocks;      /* by index; genesis is 0 */
    GHashTable *signatures; /* ids of payments whose signature is good: each costs 0.1 ms */
    BN_CTX *bn;
};

/* --- block.c: bytes --- */
ModelHash model_hash(const void *data, gsize len); /* SHA-256 twice */
ModelHash model_hash_once(const void *data, gsize len);
guint model_hash_key(gconstpointer hash);
gboolean model_hash_is_equal(gconstpointer a, gconstpointer b);
/* Compares ids as numbers, as proof of work does: little-endian. */
int model_hash_compare(const ModelHash *a, const ModelHash *b);
void model_put64(guint8 *p, guint64 v);
void model_header_read(ModelHeader *ret_header, const guint8 bytes[80]);
ModelTx *model_tx_read(const guint8 bytes[144]);
ModelBody *model_body_read(GBytes *bytes);
void model_body_free(ModelBody *body);
/* The verdict on a payment by itself, and on a body that its header commits to. */
const char *model_tx_verdict(Model *model, const ModelTx *tx);
const char *model_body_verdict(Model *model, const ModelBody *body, const ModelBlock *parent);
/* "ok" if the header commits to this body. */
const char *model_body_match(const ModelBody *body);

/* --- upgrade.c --- */
/* Sets which upgrades hold for the children of a block, from its parent, height and version. */
void model_upgrades_follow(const Model *model, ModelBlock *block);
/* The rules for children of `parent`; NULL: of no block that is known. */
const ModelParams *model_rules_above(const Model *model, const ModelBlock *parent);

/* --- difficulty.c --- */
/* Returns whether the bits are a strict encoding of a target. */
bool model_target_of_bits(BIGNUM *ret_target, guint32 bits);
/* The bits due for a block of this time after the parent. */
guint32 model_next_bits(Model *model, const ModelBlock *parent, gint64 time);
/* Adds the work of one block with these bits; false if the sum is 2^256 or more. */
bool model_work_add(Model *model, ModelWork *work, guint32 bits);
void model_work_sum(ModelWork *work, const ModelWork *more);
void model_work_of_number(ModelWork *ret_work, guint64 number);
/* Compares times * work with other_times * other: < 0, 0, > 0. */
int model_work_compare_times(const ModelWork *work, guint64 times, const ModelWork *other,
                             guint64 other_times);
void model_work_difference(ModelWork *ret_work, const ModelWork *more, const ModelWork *less);

/* --- header.c --- */
/* The verdict on a header by itself: version, bits, proof of work. */
const char *model_header_alone(Model *model, const ModelBlock *parent, const ModelHeader *header);
/* Returns the block of the header, whose parent is in the tree and which is ok by itself. */
ModelBlock *model_block_get(Model *model, ModelBlock *parent, const ModelHeader *header);
ModelBlock *model_block_find(const Model *model, const ModelHash *id);
ModelBlock *model_block_ancestor(ModelBlock *block, guint64 height);

/* --- accounts.c --- */
ModelAccount model_account(const GArray *accounts, const ModelAddress *address);
ModelHash model_state_root(const GArray *accounts);
/* Executes a block whose parent was executed and whose body is here. */
const char *model_execute(Model *model, ModelBlock *block);
GArray *model_accounts_new(const ModelAccount *funds, gsize count);

/* --- mempool.c --- */
typedef struct {
    guint64 limit_bytes, min_fee;
    GPtrArray *txs; /* ModelTx, by sender's address and nonce */
} ModelMempool;

void model_mempool_init(ModelMempool *pool, guint64 limit_bytes, guint64 min_fee);
void model_mempool_clear(ModelMempool *pool);
/* The verdict on a payment that is good by itself; takes it over. */
const char *model_mempool_add(ModelMempool *pool, const GArray *accounts, ModelTx *tx);
/* Follows a change of tip by way of the fork of the two branches. */
void model_mempool_follow(ModelMempool *pool, ModelBlock *old_tip, const ModelBlock *fork,
                          const ModelBlock *new_tip);

#endif
