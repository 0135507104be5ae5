/* Merkle roots as Bitcoin makes them: SHA-256d of pairs, an odd last node paired with itself.
 *
 * Pairing with itself lets a list with its tail repeated have the root of the shorter one
 * (CVE-2012-2459). As in Bitcoin Core (consensus/merkle.cpp) the root is returned all the same,
 * and *ret_mutated says that two equal neighbours were paired somewhere: a list that nobody
 * honest makes, since ids are unique.
 */
#ifndef CORE_CHAIN_MERKLE_H
#define CORE_CHAIN_MERKLE_H

#include "core/base/hash.h"

/* Returns the root and overwrites `leaves`. The root of no leaves is zero. */
KetteHash kette_merkle_root(KetteHasher *hasher, bool *ret_mutated, KetteHash *leaves,
                            size_t count);

#endif
