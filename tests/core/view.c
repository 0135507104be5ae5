/* A view under test; see view.h. */
#include "tests/core/view.h"

#include "tests/harness/harness.h"

void
view_init(View *v, Fixture *f, uint32_t orphan_limit)
{
    v->store = fixture_store(f);
    v->chain = kette_chain_new(v->store, orphan_limit);
    v->result = (KetteChainResult){0};
}

void
view_clear(View *v)
{
    kette_chain_result_clear(&v->result);
    kette_chain_free(v->chain);
    kette_store_free(v->store);
}

KetteVerdict
view_give_from(View *v, KetteBlock *block, uint32_t source)
{
    KetteVerdict verdict = kette_chain_add_block(v->chain, &v->result, block, source, 0);
    const char *wrong = kette_chain_audit(v->chain);

    TEST_STR_EQUAL(wrong ? wrong : "ok", "ok");
    return verdict;
}

KetteVerdict
view_give(View *v, KetteBlock *block)
{
    return view_give_from(v, block, 0);
}

bool
view_tip_is(const View *v, const KetteBlock *block)
{
    return kette_hash_equal(&kette_chain_tip(v->chain)->id, &block->id);
}
