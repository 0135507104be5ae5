/* A persistent crit-bit trie with sums and lazy hashes; see state.h for shape and hashing. */
#include "core/chain/state.h"

#include "core/base/assert.h"
#include "core/base/bytes.h"

#define LEAF_BIT 160 /* no address bit: marks a leaf, and lies below every inner node */

struct KetteState {
    uint32_t refs;
    uint8_t bit; /* the address bit that tells left from right, or LEAF_BIT */
    bool hashed;
    uint64_t total;
    KetteHash hash;
    union {
        struct {
            KetteAddress address;
            uint64_t nonce; /* the balance is `total` */
        } leaf;
        KetteState *child[2];
    };
};

static unsigned
bit_of(const KetteAddress *address, unsigned bit)
{
    return address->b[bit / 8] >> (7 - bit % 8) & 1;
}

/* Returns the first bit in which two addresses differ, or LEAF_BIT. */
static unsigned
first_difference(const KetteAddress *a, const KetteAddress *b)
{
    for (unsigned i = 0; i < sizeof a->b; i++) {
        if (a->b[i] != b->b[i])
            return 8 * i + (unsigned)__builtin_clz((unsigned)(a->b[i] ^ b->b[i])) - 24;
    }
    return LEAF_BIT;
}

static const KetteState *
nearest_leaf(const KetteState *state, const KetteAddress *address)
{
    while (state->bit != LEAF_BIT)
        state = state->child[bit_of(address, state->bit)];
    return state;
}

static KetteState *
leaf_new(const KetteAddress *address, const KetteAccount *account)
{
    KetteState *leaf = g_new0(KetteState, 1);

    leaf->refs = 1;
    leaf->bit = LEAF_BIT;
    leaf->total = account->balance;
    leaf->leaf.address = *address;
    leaf->leaf.nonce = account->nonce;
    return leaf;
}

/* Takes over both references. */
static KetteState *
inner_new(unsigned bit, KetteState *left, KetteState *right)
{
    KetteState *inner = g_new0(KetteState, 1);

    inner->refs = 1;
    inner->bit = (uint8_t)bit;
    inner->total = left->total + right->total;
    inner->child[0] = left;
    inner->child[1] = right;
    return inner;
}

KetteState *
kette_state_ref(KetteState *state)
{
    if (state != NULL) {
        kette_assert(state->refs > 0);
        state->refs++;
    }
    return state;
}

/* Releases the state. Recursion is at most 160 deep. */
void
kette_state_unref(KetteState *state)
{
    if (state == NULL)
        return;
    kette_assert(state->refs > 0);
    if (--state->refs > 0)
        return;
    if (state->bit != LEAF_BIT) {
        kette_state_unref(state->child[0]);
        kette_state_unref(state->child[1]);
    }
    g_free(state);
}

KetteAccount
kette_state_get(const KetteState *state, const KetteAddress *address)
{
    const KetteState *leaf;

    if (state == NULL)
        return (KetteAccount){0, 0};
    leaf = nearest_leaf(state, address);
    if (kette_address_compare(&leaf->leaf.address, address) != 0)
        return (KetteAccount){0, 0};
    return (KetteAccount){leaf->total, leaf->leaf.nonce};
}

/* Copies the path down to where `split` (the first bit in which the new leaf differs from its
 * nearest neighbour) belongs; takes over the reference on `leaf`. */
static KetteState *
insert(KetteState *state, KetteState *leaf, unsigned split)
{
    const KetteAddress *address = &leaf->leaf.address;
    unsigned side;

    if (state->bit == LEAF_BIT && split == LEAF_BIT)
        return leaf;
    if (state->bit >= split) {
        side = bit_of(address, split);
        return side ? inner_new(split, kette_state_ref(state), leaf)
                    : inner_new(split, leaf, kette_state_ref(state));
    }
    side = bit_of(address, state->bit);
    if (side)
        return inner_new(state->bit, kette_state_ref(state->child[0]),
                         insert(state->child[1], leaf, split));
    return inner_new(state->bit, insert(state->child[0], leaf, split),
                     kette_state_ref(state->child[1]));
}

KetteState *
kette_state_set(KetteState *state, const KetteAddress *address, const KetteAccount *account)
{
    KetteState *leaf = leaf_new(address, account);

    if (state == NULL)
        return leaf;
    return insert(state, leaf,
                  first_difference(&nearest_leaf(state, address)->leaf.address, address));
}

static void
hash_leaf(KetteHasher *hasher, KetteState *state)
{
    uint8_t raw[1 + 20 + 8 + 8] = {0x00};

    memcpy(raw + 1, state->leaf.address.b, 20);
    kette_put_le64(raw + 21, state->total);
    kette_put_le64(raw + 29, state->leaf.nonce);
    state->hash = kette_sha256d(hasher, raw, sizeof raw);
}

static void
hash_inner(KetteHasher *hasher, KetteState *state)
{
    uint8_t raw[1 + 1 + 8 + 32 + 32] = {0x01, state->bit};
    KetteHash left = kette_state_root(hasher, state->child[0]);
    KetteHash right = kette_state_root(hasher, state->child[1]);

    kette_put_le64(raw + 2, state->total);
    memcpy(raw + 10, left.b, 32);
    memcpy(raw + 42, right.b, 32);
    state->hash = kette_sha256d(hasher, raw, sizeof raw);
}

KetteHash
kette_state_root(KetteHasher *hasher, KetteState *state)
{
    if (state == NULL)
        return (KetteHash){{0}};
    if (!state->hashed) {
        if (state->bit == LEAF_BIT)
            hash_leaf(hasher, state);
        else
            hash_inner(hasher, state);
        state->hashed = true;
    }
    return state->hash;
}

uint64_t
kette_state_total(const KetteState *state)
{
    return state ? state->total : 0;
}

size_t
kette_state_memory(const KetteState *state, GHashTable *seen)
{
    if (state == NULL || !g_hash_table_add(seen, (gpointer)state))
        return 0;
    return sizeof *state + (state->bit == LEAF_BIT ? 0
                                                   : kette_state_memory(state->child[0], seen) +
                                                         kette_state_memory(state->child[1], seen));
}
