/* One node's view on a store of its own, audited after each block, and what it said last. */
#ifndef TESTS_CORE_VIEW_H
#define TESTS_CORE_VIEW_H

#include "tests/core/fixture.h"

typedef struct {
    KetteStore *store;
    KetteChain *chain;
    KetteChainResult result;
} View;

void view_init(View *v, Fixture *f, uint32_t orphan_limit);
void view_clear(View *v);
KetteVerdict view_give(View *v, KetteBlock *block);
KetteVerdict view_give_from(View *v, KetteBlock *block, uint32_t source);
bool view_tip_is(const View *v, const KetteBlock *block);

#endif
