/* The header rules of real chains, by name: which rules hold from which height.
 *
 *   bitcoin        Bitcoin's main chain (Bitcoin Core, kernel/chainparams.cpp CMainParams)
 *   bip54          the same, with the two rules on times of BIP 54 from genesis on, as its test
 *                  vectors have them
 *   testnet3       Bitcoin's third test network: the 20-minute rule (Core, CTestNetParams)
 *   testnet4       the fourth (BIP 94; Core, CTestNet4Params)
 *   bch            Bitcoin Cash's main chain (Bitcoin Cash Node and Bitcoin ABC, chainparams.cpp:
 *                  uahfHeight, daaHeight, asertAnchorParams)
 *
 * Versions are held to 1 only, on all chains: the floors of BIP 34, 65 and 66 are not checked.
 */
#ifndef CORE_CHAIN_HEADER_RULES_H
#define CORE_CHAIN_HEADER_RULES_H

#include "core/chain/params.h"

#define KETTE_HEADER_STAGES 4

typedef struct {
    const char *name;
    unsigned count;
    struct {
        uint64_t from; /* the first height; 0 in the first stage, and rising */
        KetteParams params;
    } stages[KETTE_HEADER_STAGES];
} KetteHeaderRules;

/* Makes rules of one stage. `params` passed kette_params_check(). */
void kette_header_rules_init(KetteHeaderRules *rules, const KetteParams *params);

/* Returns false when there are no rules of that name. */
bool kette_header_rules_find(KetteHeaderRules *ret_rules, const char *name);

/* Returns the name at `index` from 0 on; NULL after the last. */
const char *kette_header_rules_name(unsigned index);

/* Returns the parameters that hold for the block at `height`. */
const KetteParams *kette_header_rules_at(const KetteHeaderRules *rules, uint64_t height);

#endif
