/* Headers without bodies, mined here at the easiest target: every rule, branches, trusted roots. */
#include "core/chain/header_chain.h"
#include "core/chain/retarget.h"
#include "core/chain/rules.h"
#include "tests/harness/harness.h"

typedef struct {
    KetteParams params;
    KetteHeaderRules rules;
    KetteHasher *hasher;
    KetteHeaderChain *chain;
} Headers;

static void
headers_init(Headers *h)
{
    kette_params_init_bitcoin(&h->params);
    h->params.genesis_bits = 0x207fffff;
    h->params.spacing_ns = INT64_C(10000000000);
    h->params.window = 8;
    h->hasher = kette_hasher_new();
    kette_header_rules_init(&h->rules, &h->params);
    h->chain = kette_header_chain_new(&h->rules);
}

static void
headers_clear(Headers *h)
{
    kette_header_chain_free(h->chain);
    kette_hasher_free(h->hasher);
}

/* Turns the nonce until the proof of work holds. */
static void
mine(Headers *h, KetteHeader *header)
{
    KetteHash id = kette_header_id(h->hasher, header);

    while (kette_rules_header(&h->params, h->hasher, header, &id) == KETTE_HIGH_HASH) {
        header->nonce++;
        id = kette_header_id(h->hasher, header);
    }
}

static KetteVerdict
add(Headers *h, const KetteHeader *header)
{
    uint8_t bytes[KETTE_HEADER_BYTES];

    kette_header_serialize(header, bytes);
    return kette_header_chain_add(h->chain, bytes);
}

/* A header on `parent` that keeps every rule, `after_s` later, not yet mined. */
static KetteHeader
child_of(Headers *h, const KetteEntry *parent, uint32_t after_s)
{
    return (KetteHeader){
        .version = 1,
        .previous = parent->id,
        .time = parent->header.time + after_s,
        .bits = kette_retarget_next_in_time(&h->params, parent),
    };
}

static const KetteEntry *
grow(Headers *h, unsigned count, uint32_t after_s)
{
    for (unsigned i = 0; i < count; i++) {
        const KetteEntry *tip = kette_header_chain_tip(h->chain);
        KetteHeader header = {.version = 1, .time = 1231006505, .bits = h->params.genesis_bits};

        if (tip != NULL)
            header = child_of(h, tip, after_s);
        mine(h, &header);
        CU_ASSERT_EQUAL_FATAL(add(h, &header), KETTE_OK);
    }
    return kette_header_chain_tip(h->chain);
}

/* The last height whose bits were taken on trust; here there is never more than one. */
static uint64_t
trusted_bits(const Headers *h)
{
    uint64_t count, last = kette_header_chain_trusted_bits(h->chain, &count);

    CU_ASSERT_EQUAL(count, last > 0 ? 1 : 0);
    return last;
}

static void
test_line_with_retargets(void)
{
    Headers h;
    const KetteEntry *tip;
    uint64_t changed;

    headers_init(&h);
    CU_ASSERT_PTR_NULL(kette_header_chain_root(h.chain));
    CU_ASSERT_PTR_NULL(kette_header_chain_tip(h.chain));
    CU_ASSERT_EQUAL(kette_header_chain_retargets(h.chain, &changed), 0);
    tip = grow(&h, 8, 10);
    CU_ASSERT_EQUAL(tip->height, 7);
    CU_ASSERT_EQUAL(kette_header_chain_retargets(h.chain, &changed), 0);
    tip = grow(&h, 10, 10); /* seven gaps of ten in a span of eighty: harder, twice */
    CU_ASSERT_EQUAL(tip->height, 17);
    CU_ASSERT_EQUAL(kette_header_chain_retargets(h.chain, &changed), 2);
    CU_ASSERT_EQUAL(changed, 2);
    CU_ASSERT_EQUAL(kette_entry_ancestor(tip, 8)->header.bits, 0x206fffff);
    CU_ASSERT_EQUAL(trusted_bits(&h), 0);
    CU_ASSERT_EQUAL(kette_header_chain_trusted_times(h.chain), 0);
    headers_clear(&h);
}

static KetteVerdict
spoilt(Headers *h, void (*spoil)(KetteHeader *header))
{
    KetteHeader header = child_of(h, kette_header_chain_tip(h->chain), 10);

    spoil(&header);
    mine(h, &header);
    return add(h, &header);
}

static void
spoil_version(KetteHeader *header)
{
    header->version = 0;
}

static void
spoil_bits_not_due(KetteHeader *header)
{
    header->bits = 0x203fffff;
}

static void
spoil_bits_negative(KetteHeader *header)
{
    header->bits |= 0x00800000;
}

static void
spoil_bits_too_easy(KetteHeader *header)
{
    header->bits = 0x2100ffff;
}

static void
spoil_time(KetteHeader *header)
{
    header->time -= 10 + 50; /* the median of eleven, ten seconds apart */
}

static void
spoil_previous(KetteHeader *header)
{
    header->previous.b[0] ^= 1;
}

static void
spoil_to_genesis(KetteHeader *header)
{
    memset(&header->previous, 0, sizeof header->previous);
}

static void
spoil_nothing(KetteHeader *header)
{
    (void)header;
}

static void
test_each_rule(void)
{
    Headers h;
    const KetteEntry *tip;
    KetteHeader header;

    headers_init(&h);
    header = (KetteHeader){.version = 1, .bits = 0x207fffff, .previous = {{1}}};
    mine(&h, &header);
    CU_ASSERT_EQUAL(add(&h, &header), KETTE_UNKNOWN_PARENT); /* genesis stands on nothing */
    tip = grow(&h, 14, 10);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_version), KETTE_BAD_VERSION);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_bits_not_due), KETTE_BAD_BITS);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_bits_negative), KETTE_BAD_BITS);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_bits_too_easy), KETTE_BAD_BITS);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_time), KETTE_TIME_TOO_OLD);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_previous), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_to_genesis), KETTE_UNKNOWN_PARENT);
    CU_ASSERT_EQUAL(add(&h, &tip->header), KETTE_ALREADY_KNOWN);
    header = child_of(&h, tip, 10);
    mine(&h, &header);
    for (KetteHash id = kette_header_id(h.hasher, &header); id.b[31] < 0x80;
         id = kette_header_id(h.hasher, &header))
        header.nonce++;
    CU_ASSERT_EQUAL(add(&h, &header), KETTE_HIGH_HASH);
    CU_ASSERT_PTR_EQUAL(kette_header_chain_tip(h.chain), tip);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_nothing), KETTE_OK);
    headers_clear(&h);
}

/* Two branches: the first of equals, then the heavier. */
static void
test_branches(void)
{
    Headers h;
    const KetteEntry *fork, *first;
    KetteHeader header;

    headers_init(&h);
    fork = grow(&h, 3, 10);
    first = grow(&h, 1, 10);
    header = child_of(&h, fork, 20);
    mine(&h, &header);
    CU_ASSERT_EQUAL(add(&h, &header), KETTE_OK);
    CU_ASSERT_PTR_EQUAL(kette_header_chain_tip(h.chain), first);
    header.previous = kette_header_id(h.hasher, &header);
    header.time += 10;
    mine(&h, &header);
    CU_ASSERT_EQUAL(add(&h, &header), KETTE_OK);
    CU_ASSERT_EQUAL(kette_header_chain_tip(h.chain)->height, 4);
    CU_ASSERT_PTR_EQUAL(kette_header_chain_tip(h.chain)->parent->parent, fork);
    headers_clear(&h);
}

/* A second chain that begins at height `root` of the first one. */
static void
trust(Headers *ret_from, const Headers *h, uint64_t root)
{
    const KetteEntry *entry = kette_entry_ancestor(kette_header_chain_tip(h->chain), root);
    uint8_t bytes[KETTE_HEADER_BYTES];

    headers_init(ret_from);
    kette_header_serialize(&entry->header, bytes);
    CU_ASSERT_EQUAL(kette_header_chain_trust(ret_from->chain, bytes, root, &entry->work), KETTE_OK);
    CU_ASSERT_TRUE(kette_hash_equal(&kette_header_chain_root(ret_from->chain)->id, &entry->id));
}

/* From any root of a line of 60, the rest gives the same tip, height and work. */
static void
test_any_root(void)
{
    Headers h, from;
    const KetteEntry *tip, *got;

    headers_init(&h);
    tip = grow(&h, 60, 9);
    for (uint64_t root = 0; root <= tip->height; root++) {
        uint64_t blind = root % 8 == 0 ? 0 : (root / 8 + 1) * 8, times;

        trust(&from, &h, root);
        CU_ASSERT_EQUAL(kette_header_chain_trusted_times(from.chain), 0);
        for (uint64_t height = root + 1; height <= tip->height; height++)
            CU_ASSERT_EQUAL(add(&from, &kette_entry_ancestor(tip, height)->header), KETTE_OK);
        got = kette_header_chain_tip(from.chain);
        CU_ASSERT_TRUE(kette_hash_equal(&got->id, &tip->id));
        CU_ASSERT_EQUAL(got->height, tip->height);
        CU_ASSERT_EQUAL(kette_u256_compare(&got->work, &tip->work), 0);
        CU_ASSERT_EQUAL(trusted_bits(&from), blind <= tip->height ? blind : 0);
        times = root == 0 || root == tip->height ? 0 : MIN(root + 10, tip->height);
        CU_ASSERT_EQUAL(kette_header_chain_trusted_times(from.chain), times);
        CU_ASSERT_PTR_NULL(root > 0 ? kette_entry_ancestor(got, root - 1) : NULL);
        headers_clear(&from);
    }
    headers_clear(&h);
}

/* At the first retarget above a root its times are not known: what the clamp allows is taken, and
 * nothing beyond; the next one is judged in full. */
static void
test_root_in_a_window(void)
{
    Headers h, from;
    const KetteEntry *tip;
    KetteHeader header;

    headers_init(&h);
    grow(&h, 4, 10);
    trust(&from, &h, 3);
    tip = grow(&from, 4, 10);
    CU_ASSERT_EQUAL(tip->height, 7);
    header = (KetteHeader){.version = 1, .previous = tip->id, .time = tip->header.time + 10};
    header.bits = 0x201ffffe; /* a little more than four times as hard */
    mine(&from, &header);
    CU_ASSERT_EQUAL(add(&from, &header), KETTE_BAD_BITS);
    header.bits = 0x201fffff;
    mine(&from, &header);
    CU_ASSERT_EQUAL(add(&from, &header), KETTE_OK);
    CU_ASSERT_EQUAL(trusted_bits(&from), 8);
    tip = grow(&from, 7, 10);
    CU_ASSERT_EQUAL(tip->height, 15);
    CU_ASSERT_EQUAL(spoilt(&from, spoil_bits_not_due), KETTE_BAD_BITS);
    CU_ASSERT_EQUAL(spoilt(&from, spoil_nothing), KETTE_OK);
    headers_clear(&from);
    headers_clear(&h);
}

/* Ten headers above a root may be older than it; the eleventh knows its median. */
static void
test_root_and_times(void)
{
    Headers h, from;

    headers_init(&h);
    grow(&h, 9, 10);
    trust(&from, &h, 8); /* where a window begins */
    grow(&from, 10, 0);
    CU_ASSERT_EQUAL(spoilt(&from, spoil_time), KETTE_TIME_TOO_OLD);
    CU_ASSERT_EQUAL(spoilt(&from, spoil_nothing), KETTE_OK);
    CU_ASSERT_EQUAL(kette_header_chain_trusted_times(from.chain), 18);
    CU_ASSERT_EQUAL(trusted_bits(&from), 0);
    headers_clear(&from);
    headers_clear(&h);
}

static void
test_bad_root(void)
{
    Headers h;
    KetteU256 work = kette_u256_from_u64(7);
    uint8_t bytes[KETTE_HEADER_BYTES] = {0};

    headers_init(&h);
    CU_ASSERT_EQUAL(kette_header_chain_trust(h.chain, bytes, 5, &work), KETTE_BAD_VERSION);
    CU_ASSERT_PTR_NULL(kette_header_chain_root(h.chain));
    headers_clear(&h);
}

/* A fixed chain has no retargets, whatever its window. */
static void
test_fixed_bits(void)
{
    Headers h, fixed;
    uint64_t changed = 9;

    headers_init(&h);
    fixed = h;
    fixed.params.retarget = KETTE_RETARGET_FIXED;
    kette_header_rules_init(&fixed.rules, &fixed.params);
    fixed.chain = kette_header_chain_new(&fixed.rules);
    grow(&fixed, 20, 1);
    CU_ASSERT_EQUAL(kette_header_chain_retargets(fixed.chain, &changed), 0);
    CU_ASSERT_EQUAL(changed, 0);
    CU_ASSERT_EQUAL(kette_header_chain_tip(fixed.chain)->header.bits, 0x207fffff);
    kette_header_chain_free(fixed.chain);
    headers_clear(&h);
}

/* Rules that change at a height, each from its first block on: fixed, cw-144 from 20, asert with an
 * anchor on the branch from 30. Above a trusted root inside cw-144 the bits are free until its
 * window is there. */
static void
test_stages_and_a_root(void)
{
    Headers h, from;
    const KetteEntry *tip;
    uint64_t count, changed;

    headers_init(&h);
    h.rules.count = 3;
    h.rules.stages[0].params.retarget = KETTE_RETARGET_FIXED;
    h.rules.stages[1] = h.rules.stages[2] = h.rules.stages[0];
    h.rules.stages[1].from = 20;
    h.rules.stages[1].params.retarget = KETTE_RETARGET_CW_144;
    h.rules.stages[2].from = 30;
    h.rules.stages[2].params.retarget = KETTE_RETARGET_ASERT;
    h.rules.stages[2].params.half_life_s = 100;
    h.rules.stages[2].params.anchor.height = 29;
    kette_header_chain_free(h.chain);
    h.chain = kette_header_chain_new(&h.rules);
    for (uint64_t height = 0; height < 40; height++) {
        h.params = *kette_header_rules_at(&h.rules, height);
        grow(&h, 1, 5);
    }
    tip = kette_header_chain_tip(h.chain);
    CU_ASSERT_EQUAL(kette_entry_ancestor(tip, 19)->header.bits, 0x207fffff);
    CU_ASSERT_EQUAL(kette_entry_ancestor(tip, 20)->header.bits, 0x203fffff); /* 5 s for 10 s */
    CU_ASSERT_TRUE(tip->header.bits < kette_entry_ancestor(tip, 30)->header.bits);
    CU_ASSERT_EQUAL(kette_header_chain_retargets(h.chain, &changed), 20);
    from = h;
    from.chain = kette_header_chain_new(&h.rules);
    {
        const KetteEntry *root = kette_entry_ancestor(tip, 15);
        uint8_t bytes[KETTE_HEADER_BYTES];

        kette_header_serialize(&root->header, bytes);
        CU_ASSERT_EQUAL(kette_header_chain_trust(from.chain, bytes, 15, &root->work), KETTE_OK);
    }
    for (uint64_t height = 16; height < 40; height++)
        CU_ASSERT_EQUAL(add(&from, &kette_entry_ancestor(tip, height)->header), KETTE_OK);
    CU_ASSERT_EQUAL(kette_u256_compare(&kette_header_chain_tip(from.chain)->work, &tip->work), 0);
    /* A window of 8 and two more below a parent: the root's own window is there for block 26. */
    CU_ASSERT_EQUAL(kette_header_chain_trusted_bits(from.chain, &count), 25);
    CU_ASSERT_EQUAL(count, 6);
    kette_header_chain_free(from.chain);
    headers_clear(&h);
}

/* Work up to 2^256 - 1 is added; what would be more is refused. */
static void
test_work_of_a_root(void)
{
    Headers h;
    KetteU256 work = {{UINT64_MAX - 4, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    KetteHeader header = {.version = 1, .time = 1231006505, .bits = 0x207fffff};
    uint8_t bytes[KETTE_HEADER_BYTES];

    headers_init(&h);
    mine(&h, &header);
    kette_header_serialize(&header, bytes);
    CU_ASSERT_EQUAL(kette_header_chain_trust(h.chain, bytes, 8, &work), KETTE_OK);
    grow(&h, 2, 10); /* 2 each */
    CU_ASSERT_EQUAL(kette_header_chain_tip(h.chain)->work.limb[0], UINT64_MAX);
    CU_ASSERT_EQUAL(spoilt(&h, spoil_nothing), KETTE_WORK_OVERFLOW);
    headers_clear(&h);
}

TEST_SUITE(header_chain, {"rules that change at a height", test_stages_and_a_root},
           {"work up to 2^256 - 1", test_work_of_a_root},
           {"a line with retargets", test_line_with_retargets}, {"each rule", test_each_rule},
           {"branches", test_branches}, {"any root gives the same end", test_any_root},
           {"a root inside a window", test_root_in_a_window},
           {"a root and the median", test_root_and_times}, {"a bad root", test_bad_root},
           {"fixed bits", test_fixed_bits})
