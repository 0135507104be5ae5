/* The digest of a run: SHA-256 over canonical records of everything that can matter.
 *
 * Each fact and each message's fate is one record of 40 bytes, little-endian. Records contain
 * hashes and keys of names instead of interned numbers, so that the digest depends neither on the
 * level of the trace nor on what else was interned. Two runs with equal digests did the same things
 * at the same times.
 *
 *   message  0x01 kind fate 0 | bytes u32 | sent i64 | due i64 | edge key u64 | zero 8
 *   fact     0x10 + kind u8 | depth u24 | key of name u32 | time i64 | node key u64 |
 *            first 8 bytes of hash | the next 8 mixed with the key of `from`
 *   check    0x02 verdict 0 0 | line u32 | time i64 | key of its text u64 | zero 16
 */
#ifndef SIM_RUN_DIGEST_H
#define SIM_RUN_DIGEST_H

#include "sim/world/world.h"

typedef struct SimDigest SimDigest;

#define SIM_DIGEST_HEX 65

/* Returns NULL if libcrypto cannot hash. */
SimDigest *sim_digest_new(void);
void sim_digest_free(SimDigest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimDigest, sim_digest_free)

/* Records a world from now on; the digest outlives the world's run. */
void sim_digest_watch(SimDigest *digest, SimWorld *world);

/* Records a decided check: verdict as a small number, line and text of the scenario. */
void sim_digest_check(SimDigest *digest, unsigned verdict, unsigned line, const char *text,
                      SimTime time);

/* Writes the digest. Call once. */
void sim_digest_finish(SimDigest *digest, char ret_hex[SIM_DIGEST_HEX]);

#endif
