/* The account state: a persistent Merkle trie from address to balance and nonce.
 *
 * Immutable and structure-sharing: setting an account copies the path to it and shares the rest,
 * so the state after every block of every branch can be held at once and a reorganisation is a
 * change of pointer. The shape is a binary Patricia (crit-bit) trie over the 160 address bits and
 * depends on the accounts alone, not on the order they came in; so does the root.
 *
 *   leaf  SHA-256d(0x00 | address | balance | nonce)
 *   node  SHA-256d(0x01 | bit | total | left | right)     bit: uint8; total: balances below
 *   root of no accounts: zero
 *
 * `total` makes it a sum tree, so that supply is committed to and read in one step.
 * NULL is the empty state. Not shared between threads.
 */
#ifndef CORE_CHAIN_STATE_H
#define CORE_CHAIN_STATE_H

#include "core/base/key.h"

#include <glib.h>

typedef struct KetteState KetteState;

typedef struct {
    uint64_t balance; /* 10^-8 tokens */
    uint64_t nonce;   /* that the next payment must carry */
} KetteAccount;

KetteState *kette_state_ref(KetteState *state);
void kette_state_unref(KetteState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KetteState, kette_state_unref)

/* Returns zeros for an address that was never paid. */
KetteAccount kette_state_get(const KetteState *state, const KetteAddress *address);

/* Returns a new reference to the state with this account set; the old state is unchanged. */
KetteState *kette_state_set(KetteState *state, const KetteAddress *address,
                            const KetteAccount *account);

/* Returns the root. Hashes what was not hashed before, so a block's many changes are hashed once.
 */
KetteHash kette_state_root(KetteHasher *hasher, KetteState *state);

uint64_t kette_state_total(const KetteState *state);

/* Returns the bytes of what hangs on `state` and is not in `seen` yet (parts by address), and adds
 * it there: states share parts. */
size_t kette_state_memory(const KetteState *state, GHashTable *seen);

#endif
