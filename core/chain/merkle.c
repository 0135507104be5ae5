/* Merkle roots, level by level in place; see merkle.h for the duplicate trick. */
#include "core/chain/merkle.h"

KetteHash
kette_merkle_root(KetteHasher *hasher, bool *ret_mutated, KetteHash *leaves, size_t count)
{
    bool mutated = false;

    if (count == 0) {
        *ret_mutated = false;
        return (KetteHash){{0}};
    }
    for (; count > 1; count = (count + 1) / 2) {
        for (size_t i = 0; i + 1 < count; i += 2)
            mutated |= kette_hash_equal(&leaves[i], &leaves[i + 1]);
        for (size_t i = 0; i < count; i += 2) {
            const KetteHash *right = i + 1 < count ? &leaves[i + 1] : &leaves[i];

            leaves[i / 2] = kette_sha256d_pair(hasher, leaves[i].b, 32, right->b, 32);
        }
    }
    *ret_mutated = mutated;
    return leaves[0];
}
