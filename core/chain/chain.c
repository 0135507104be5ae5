/* Fork choice over one node's view; see chain.h for the rules it follows. */
#include "core/chain/chain.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/chain/orphan.h"
#include "core/chain/rules.h"

enum {
    MARK_HEADER = 1 << 0,          /* this node was given the header */
    MARK_JOINED = 1 << 1,          /* body here, and all ancestors' */
    MARK_FAILED = 1 << 2,          /* at fault itself */
    MARK_FAILED_ANCESTOR = 1 << 3, /* stands on one that is */
    MARK_PARKED = 1 << 4,          /* would win, but too deep; or stands on one */
};
#define MARK_BAD (MARK_FAILED | MARK_FAILED_ANCESTOR)

/* What this node knows of one entry; indexed by the entry's index in the store. */
typedef struct {
    uint32_t sequence; /* the lower is preferred among equals: order of joining, or a draw */
    uint8_t flags;
    uint8_t verdict; /* of a failed one */
} Mark;

struct KetteChain {
    KetteStore *store;
    const KetteEntry *tip;
    Mark *marks;
    uint32_t mark_count;
    uint32_t sequence;
    GPtrArray *candidates; /* joined, not bad, better than the tip; NULL while there are none */
    KetteU256 *subtrees;   /* ghost: work of each entry's joined subtree, by index; else NULL */
    uint32_t subtree_count;
    uint64_t (*draw)(void *user);
    void *draw_user;
    bool restoring; /* the next block that joins has this preference */
    uint32_t restored_preference;
    KetteOrphanPool orphans;
};

void
kette_chain_result_init(KetteChainResult *result)
{
    *result = (KetteChainResult){
        .joined = g_ptr_array_new(),
        .failed = g_array_new(FALSE, FALSE, sizeof(KetteJudged)),
    };
}

void
kette_chain_result_clear(KetteChainResult *result)
{
    g_ptr_array_unref(result->joined);
    g_array_unref(result->failed);
    *result = (KetteChainResult){0};
}

static Mark
mark_get(const KetteChain *chain, const KetteEntry *entry)
{
    return entry->index < chain->mark_count ? chain->marks[entry->index] : (Mark){0};
}

static Mark *
mark_of(KetteChain *chain, const KetteEntry *entry)
{
    if (entry->index >= chain->mark_count) {
        uint32_t count = MAX(entry->index + 1, chain->mark_count + chain->mark_count / 4 + 8);

        chain->marks = g_renew(Mark, chain->marks, count);
        memset(chain->marks + chain->mark_count, 0,
               (count - chain->mark_count) * sizeof *chain->marks);
        chain->mark_count = count;
    }
    return &chain->marks[entry->index];
}

KetteChain *
kette_chain_new(KetteStore *store, uint32_t orphan_limit)
{
    KetteChain *chain = g_new0(KetteChain, 1);
    Mark *genesis;

    chain->store = store;
    chain->tip = kette_store_genesis(store);
    kette_orphans_init(&chain->orphans, orphan_limit);
    genesis = mark_of(chain, chain->tip);
    genesis->flags = MARK_HEADER | MARK_JOINED;
    genesis->sequence = ++chain->sequence;
    return chain;
}

void
kette_chain_set_random(KetteChain *chain, uint64_t (*draw)(void *user), void *user)
{
    chain->draw = draw;
    chain->draw_user = user;
}

static const KetteParams *
params_of(const KetteChain *chain)
{
    return kette_store_params(chain->store);
}

void
kette_chain_free(KetteChain *chain)
{
    if (chain == NULL)
        return;
    kette_orphans_clear(&chain->orphans);
    if (chain->candidates != NULL)
        g_ptr_array_unref(chain->candidates);
    g_free(chain->marks);
    g_free(chain->subtrees);
    g_free(chain);
}

const KetteEntry *
kette_chain_tip(const KetteChain *chain)
{
    return chain->tip;
}

KetteStore *
kette_chain_store(const KetteChain *chain)
{
    return chain->store;
}

const KetteEntry *
kette_chain_find(const KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_store_find(chain->store, id);

    return entry != NULL && (mark_get(chain, entry).flags & MARK_HEADER) != 0 ? entry : NULL;
}

bool
kette_chain_has_joined(const KetteChain *chain, const KetteEntry *entry)
{
    return (mark_get(chain, entry).flags & MARK_JOINED) != 0;
}

bool
kette_chain_is_failed(const KetteChain *chain, const KetteEntry *entry)
{
    return (mark_get(chain, entry).flags & MARK_BAD) != 0;
}

bool
kette_chain_is_active(const KetteChain *chain, const KetteEntry *entry)
{
    return kette_entry_is_ancestor(entry, chain->tip);
}

bool
kette_chain_knows_body(const KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id);

    if (entry != NULL && (mark_get(chain, entry).flags & (MARK_JOINED | MARK_BAD)) != 0)
        return true;
    return kette_orphans_has(&chain->orphans, id);
}

uint32_t
kette_chain_orphan_count(const KetteChain *chain)
{
    return chain->orphans.count;
}

KetteBlockStatus
kette_chain_status(const KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id);
    uint8_t flags = entry ? mark_get(chain, entry).flags : 0;

    if (flags & MARK_FAILED)
        return KETTE_STATUS_INVALID;
    if (flags & MARK_FAILED_ANCESTOR)
        return KETTE_STATUS_INVALID_ANCESTOR;
    if (flags & MARK_PARKED)
        return KETTE_STATUS_PARKED;
    if (flags & MARK_JOINED)
        return kette_chain_is_active(chain, entry) ? KETTE_STATUS_ACTIVE : KETTE_STATUS_SIDE;
    return kette_orphans_has(&chain->orphans, id) ? KETTE_STATUS_ORPHAN : KETTE_STATUS_UNKNOWN;
}

const char *
kette_block_status_name(KetteBlockStatus status)
{
    static const char names[][20] = {"unknown", "active",           "side",  "orphan",
                                     "invalid", "invalid-ancestor", "parked"};

    kette_assert(status < G_N_ELEMENTS(names));
    return names[status];
}

/* --- fork choice ------------------------------------------------------------------------- */

/* By the chain's rule alone, ties open: < 0, 0, > 0. */
static int
compare_weight(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    if (params_of(chain)->fork_choice == KETTE_FORK_LONGEST)
        return (a->height > b->height) - (a->height < b->height);
    return kette_u256_compare(&a->work, &b->work);
}

/* Of two of equal weight, whether `a` is preferred. */
static bool
tie_prefers(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    if (params_of(chain)->tie == KETTE_TIE_LOWEST_HASH)
        return kette_hash_compare(&a->id, &b->id) < 0;
    return mark_get(chain, a).sequence < mark_get(chain, b).sequence;
}

bool
kette_chain_outweighs(const KetteChain *chain, const KetteEntry *a, const KetteEntry *b)
{
    int order = compare_weight(chain, a, b);

    return order > 0 || (order == 0 && params_of(chain)->tie == KETTE_TIE_LOWEST_HASH &&
                         tie_prefers(chain, a, b));
}

static bool
beats_tip(const KetteChain *chain, const KetteEntry *entry)
{
    int order = compare_weight(chain, entry, chain->tip);

    /* Equal weight keeps the first seen, and the tip is that whatever the sequence says. "Lowest
     * hash" would turn every tie into a reorg on half the network, and is a different protocol:
     * see docs/adr/0004-first-seen.md. */
    if (order == 0 && params_of(chain)->tie != KETTE_TIE_FIRST_SEEN)
        return tie_prefers(chain, entry, chain->tip);
    return order > 0;
}

/* The youngest block that is final, or NULL while there is none. */
static const KetteEntry *
final_entry(const KetteChain *chain)
{
    uint32_t finality = params_of(chain)->finality;

    if (finality == 0 || chain->tip->height + 1 <= finality)
        return NULL;
    return kette_entry_ancestor(chain->tip, chain->tip->height + 1 - finality);
}

static bool
contradicts_final(const KetteChain *chain, const KetteEntry *entry)
{
    const KetteEntry *final = final_entry(chain);

    return final != NULL && !kette_entry_is_ancestor(final, entry) &&
           !kette_entry_is_ancestor(entry, final);
}

static void
add_candidate(KetteChain *chain, const KetteEntry *entry)
{
    if (!beats_tip(chain, entry))
        return;
    if (chain->candidates == NULL)
        chain->candidates = g_ptr_array_new();
    g_ptr_array_add(chain->candidates, (gpointer)entry);
}

/* The heaviest candidate, of equals the preferred one; NULL when none beats the tip. */
static const KetteEntry *
best_candidate(KetteChain *chain)
{
    const KetteEntry *best = NULL;

    for (guint i = 0; chain->candidates != NULL && i < chain->candidates->len;) {
        const KetteEntry *entry = g_ptr_array_index(chain->candidates, i);
        int order;

        if ((mark_get(chain, entry).flags & (MARK_BAD | MARK_PARKED)) != 0 ||
            !beats_tip(chain, entry)) {
            g_ptr_array_remove_index(chain->candidates, i);
            continue;
        }
        order = best ? compare_weight(chain, entry, best) : 1;
        if (order > 0 || (order == 0 && tie_prefers(chain, entry, best)))
            best = entry;
        i++;
    }
    if (best == NULL && chain->candidates != NULL)
        g_clear_pointer(&chain->candidates, g_ptr_array_unref);
    return best;
}

static void
mark_failed(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry,
            KetteVerdict verdict)
{
    Mark *mark = mark_of(chain, entry);
    KetteJudged judged = {entry, verdict};

    mark->flags |= verdict == KETTE_INVALID_ANCESTOR ? MARK_FAILED_ANCESTOR : MARK_FAILED;
    mark->verdict = (uint8_t)verdict;
    g_array_append_val(result->failed, judged);
}

/* By height, then by id: an order that every view agrees on, whatever its store has met first. */
static gint
compare_place(gconstpointer a, gconstpointer b)
{
    const KetteEntry *x = *(const KetteEntry *const *)a, *y = *(const KetteEntry *const *)b;

    if (x->height != y->height)
        return x->height < y->height ? -1 : 1;
    return kette_hash_compare(&x->id, &y->id);
}

/* `at` and what this view has above it, parents before children. Rarely asked for; a walk may be
 * long. */
static GPtrArray *
branch_from(const KetteChain *chain, const KetteEntry *at)
{
    GPtrArray *branch = g_ptr_array_new();

    g_ptr_array_add(branch, (gpointer)at);
    for (guint i = 0; i < branch->len; i++) {
        const KetteEntry *child = ((const KetteEntry *)g_ptr_array_index(branch, i))->first_child;

        for (; child != NULL; child = child->next_sibling) {
            if (mark_get(chain, child).flags & MARK_HEADER)
                g_ptr_array_add(branch, (gpointer)child);
        }
    }
    g_ptr_array_sort(branch, compare_place);
    return branch;
}

static void
fail_branch(KetteChain *chain, KetteChainResult *result, const KetteEntry *at, KetteVerdict verdict)
{
    g_autoptr(GPtrArray) branch = branch_from(chain, at);

    mark_failed(chain, result, at, verdict);
    for (guint i = 1; i < branch->len; i++) {
        if (!kette_chain_is_failed(chain, g_ptr_array_index(branch, i)))
            mark_failed(chain, result, g_ptr_array_index(branch, i), KETTE_INVALID_ANCESTOR);
    }
}

static void
park(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry)
{
    KetteJudged judged = {entry, KETTE_REORG_TOO_DEEP};

    mark_of(chain, entry)->flags |= MARK_PARKED;
    g_array_append_val(result->failed, judged);
}

/* What has joined above a parked block is parked with it. */
static void
park_branch(KetteChain *chain, KetteChainResult *result, const KetteEntry *at)
{
    g_autoptr(GPtrArray) branch = branch_from(chain, at);

    for (guint i = 0; i < branch->len; i++) {
        const KetteEntry *entry = g_ptr_array_index(branch, i);

        if ((mark_get(chain, entry).flags & (MARK_JOINED | MARK_PARKED)) == MARK_JOINED)
            park(chain, result, entry);
    }
}

static bool
is_too_deep(const KetteChain *chain, const KetteEntry *fork)
{
    return chain->tip->height - fork->height > params_of(chain)->max_reorg;
}

/* Executes the branch from above `fork` to `to`. The first entry that fails, or NULL. */
static const KetteEntry *
connect_branch(KetteChain *chain, KetteVerdict *ret_verdict, const KetteEntry *fork,
               const KetteEntry *to)
{
    uint64_t length = to->height - fork->height;
    g_autofree const KetteEntry **branch = g_new(const KetteEntry *, length);

    for (uint64_t i = length; i-- > 0; to = to->parent)
        branch[i] = to;
    for (uint64_t i = 0; i < length; i++) {
        kette_assert(kette_chain_has_joined(chain, branch[i]));
        *ret_verdict = kette_store_connect(chain->store, branch[i]);
        if (*ret_verdict != KETTE_OK)
            return branch[i];
    }
    return NULL;
}

/* Moves the tip to the best candidate that connects; each failure marks at least one block bad,
 * so this ends. */
static void
activate_best(KetteChain *chain, KetteChainResult *result)
{
    const KetteEntry *best, *bad, *fork;
    KetteVerdict verdict;

    while ((best = best_candidate(chain)) != NULL) {
        fork = kette_entry_common(chain->tip, best);
        if (is_too_deep(chain, fork)) {
            park_branch(chain, result, best);
            continue;
        }
        bad = connect_branch(chain, &verdict, fork, best);
        if (bad == NULL) {
            result->new_tip = chain->tip = best;
            result->fork = fork;
            continue;
        }
        /* What stands below the fault is good, and a candidate already if it beats the tip. */
        fail_branch(chain, result, bad, verdict);
    }
}

/* --- ghost ------------------------------------------------------------------------------- */

static KetteU256
subtree_of(const KetteChain *chain, const KetteEntry *entry)
{
    return entry->index < chain->subtree_count ? chain->subtrees[entry->index] : (KetteU256){{0}};
}

/* A joined block weighs on all its ancestors. O(height) a block, and only under ghost. */
static void
add_weight(KetteChain *chain, const KetteEntry *entry)
{
    KetteU256 own;

    kette_u256_sub(&own, &entry->work, &entry->parent->work);
    if (entry->index >= chain->subtree_count) {
        uint32_t count = entry->index + 1 + entry->index / 4;

        chain->subtrees = g_renew(KetteU256, chain->subtrees, count);
        memset(chain->subtrees + chain->subtree_count, 0,
               (count - chain->subtree_count) * sizeof *chain->subtrees);
        chain->subtree_count = count;
    }
    for (; entry != NULL; entry = entry->parent)
        kette_u256_add(&chain->subtrees[entry->index], &chain->subtrees[entry->index], &own);
}

/* The child of `at` to follow: the heaviest subtree, then the active one or as the tie says. */
static const KetteEntry *
heaviest_child(const KetteChain *chain, const KetteEntry *at)
{
    const KetteEntry *best = NULL;

    for (const KetteEntry *child = at->first_child; child != NULL; child = child->next_sibling) {
        uint8_t flags = mark_get(chain, child).flags;
        KetteU256 weight = subtree_of(chain, child), best_weight;
        int order = 1;

        if (!(flags & MARK_JOINED) || (flags & (MARK_BAD | MARK_PARKED)))
            continue;
        if (best != NULL) {
            best_weight = subtree_of(chain, best);
            order = kette_u256_compare(&weight, &best_weight);
        }
        if (order == 0 && params_of(chain)->tie == KETTE_TIE_FIRST_SEEN &&
            kette_chain_is_active(chain, best))
            continue;
        if (order > 0 || (order == 0 && (tie_prefers(chain, child, best) ||
                                         (params_of(chain)->tie == KETTE_TIE_FIRST_SEEN &&
                                          kette_chain_is_active(chain, child)))))
            best = child;
    }
    return best;
}

/* Follows the heaviest subtrees from the lowest point where something changed. Everything joined is
 * connected already. A branch that is too deep is parked and the walk begins again. */
static void
activate_ghost(KetteChain *chain, KetteChainResult *result)
{
    const KetteEntry *from = chain->tip, *to, *next, *fork;

    for (guint i = 0; i < result->joined->len; i++)
        from = kette_entry_common(from, g_ptr_array_index(result->joined, i));
    for (;;) {
        for (to = from; (next = heaviest_child(chain, to)) != NULL; to = next)
            ;
        fork = kette_entry_common(chain->tip, to);
        if (fork == to || !is_too_deep(chain, fork))
            break;
        park_branch(chain, result, kette_entry_ancestor(to, fork->height + 1));
    }
    if (to != chain->tip) {
        result->new_tip = chain->tip = to;
        result->fork = fork;
    }
}

static bool
is_ghost(const KetteChain *chain)
{
    return params_of(chain)->fork_choice == KETTE_FORK_GHOST;
}

/* --- taking in --------------------------------------------------------------------------- */

KetteVerdict
kette_chain_add_header(KetteChain *chain, const KetteEntry **ret_entry, const KetteHeader *header,
                       const KetteHash *id, int64_t now_ns)
{
    const KetteParams *params = params_of(chain);
    const KetteEntry *entry = kette_chain_find(chain, id), *parent;
    KetteVerdict verdict;
    Mark *mark;

    if (entry != NULL) {
        *ret_entry = entry;
        return kette_chain_is_failed(chain, entry) ? mark_get(chain, entry).verdict : KETTE_OK;
    }
    parent = kette_chain_find(chain, &header->previous);
    if (parent == NULL)
        return KETTE_UNKNOWN_PARENT;
    verdict = kette_rules_header_clock(params, header,
                                       params->genesis_time + now_ns / INT64_C(1000000000));
    if (verdict != KETTE_OK)
        return verdict;
    verdict = kette_store_add_header(chain->store, &entry, header, id);
    if (entry == NULL)
        return verdict; /* not worth a place */
    if (verdict == KETTE_OK && kette_chain_is_failed(chain, parent))
        verdict = KETTE_INVALID_ANCESTOR;
    if (verdict == KETTE_OK && contradicts_final(chain, entry))
        return KETTE_AFTER_FINAL;
    mark = mark_of(chain, entry);
    mark->flags |= MARK_HEADER;
    if (verdict != KETTE_OK) {
        mark->flags |= verdict == KETTE_INVALID_ANCESTOR ? MARK_FAILED_ANCESTOR : MARK_FAILED;
        mark->verdict = (uint8_t)verdict;
    }
    *ret_entry = entry;
    return verdict;
}

static void
join(KetteChain *chain, KetteChainResult *result, const KetteEntry *entry)
{
    Mark *mark = mark_of(chain, entry);

    mark->flags |= MARK_JOINED;
    mark->sequence = ++chain->sequence;
    if (params_of(chain)->tie == KETTE_TIE_RANDOM && chain->draw != NULL && !chain->restoring)
        mark->sequence = (uint32_t)(chain->draw(chain->draw_user) >> 32);
    if (chain->restoring) {
        mark->sequence = chain->restored_preference;
        chain->sequence = MAX(chain->sequence, mark->sequence);
        chain->restoring = false;
    }
    g_ptr_array_add(result->joined, (gpointer)entry);
    if (mark_get(chain, entry->parent).flags & MARK_PARKED)
        park(chain, result, entry);
    else if (!is_ghost(chain))
        add_candidate(chain, entry);
    if (is_ghost(chain))
        add_weight(chain, entry);
}

/* An orphan must at least have paid for its place: its own header holds, and the body is the one
 * that the header commits to, so that a wrong body cannot keep the place of the right one. */
static KetteVerdict
keep_orphan(KetteChain *chain, KetteBlock *block, uint32_t source, int64_t now_ns)
{
    KetteVerdict verdict = kette_rules_header(params_of(chain), kette_store_hasher(chain->store),
                                              &block->header, &block->id);

    if (verdict == KETTE_OK)
        verdict = kette_rules_body_match(kette_store_hasher(chain->store), block);
    if (verdict != KETTE_OK)
        return verdict;
    kette_orphans_add(&chain->orphans, block, source, now_ns);
    return KETTE_UNKNOWN_PARENT;
}

/* Joins one body or says why not; *ret_entry is NULL when the view has no entry for it. */
static KetteVerdict
take_block(KetteChain *chain, KetteChainResult *result, const KetteEntry **ret_entry,
           KetteBlock *block, uint32_t source, int64_t now_ns)
{
    const KetteEntry *entry = NULL;
    KetteVerdict verdict =
        kette_chain_add_header(chain, &entry, &block->header, &block->id, now_ns);

    *ret_entry = entry;
    if (verdict == KETTE_UNKNOWN_PARENT)
        return keep_orphan(chain, block, source, now_ns);
    if (verdict != KETTE_OK)
        return verdict;
    if (kette_chain_has_joined(chain, entry))
        return KETTE_ALREADY_KNOWN;
    verdict = kette_store_add_body(chain->store, entry, block);
    if (verdict == KETTE_BAD_COMMITMENT || verdict == KETTE_MUTATED_BODY)
        return verdict;
    if (verdict != KETTE_OK) {
        fail_branch(chain, result, entry, verdict);
        return verdict;
    }
    if (!kette_chain_has_joined(chain, entry->parent)) {
        kette_orphans_add(&chain->orphans, block, source, now_ns);
        return KETTE_UNKNOWN_PARENT;
    }
    if (contradicts_final(chain, entry))
        return KETTE_AFTER_FINAL;
    if (is_ghost(chain)) {
        verdict = kette_store_connect(chain->store, entry);
        if (verdict != KETTE_OK) {
            fail_branch(chain, result, entry, verdict);
            return verdict;
        }
    }
    join(chain, result, entry);
    return KETTE_OK;
}

static void
report_once(KetteChainResult *result, const KetteEntry *entry, KetteVerdict verdict)
{
    KetteJudged judged = {entry, verdict};

    for (guint i = 0; i < result->failed->len; i++) {
        if (g_array_index(result->failed, KetteJudged, i).entry == entry)
            return;
    }
    g_array_append_val(result->failed, judged);
}

/* Lets orphans in whose parent has just joined, or has just turned out bad. */
static void
adopt_orphans(KetteChain *chain, KetteChainResult *result, const KetteHash *parent, int64_t now_ns)
{
    g_autoptr(GArray) parents = g_array_new(FALSE, FALSE, sizeof(KetteHash));
    KetteOrphan orphan;

    g_array_append_vals(parents, parent, 1);
    for (guint i = 0; i < parents->len; i++) {
        KetteHash id = g_array_index(parents, KetteHash, i);

        while (kette_orphans_take_child(&chain->orphans, &orphan, &id)) {
            const KetteEntry *entry;
            KetteVerdict verdict =
                take_block(chain, result, &entry, orphan.block, orphan.source, now_ns);

            /* Only what joined or is marked changes anything for those that wait above it; a wrong
             * body did neither, and its children would come back here without end. */
            if (entry != NULL && (mark_get(chain, entry).flags & (MARK_JOINED | MARK_BAD)) != 0)
                g_array_append_vals(parents, &orphan.block->id, 1);
            if (entry != NULL && kette_chain_is_failed(chain, entry))
                report_once(result, entry, verdict);
            kette_block_unref(orphan.block);
        }
    }
}

KetteVerdict
kette_chain_add_block(KetteChain *chain, KetteChainResult *result, KetteBlock *block,
                      uint32_t source, int64_t now_ns)
{
    const KetteEntry *entry;
    KetteVerdict verdict;

    g_ptr_array_set_size(result->joined, 0);
    g_array_set_size(result->failed, 0);
    result->old_tip = result->new_tip = result->fork = chain->tip;
    if (kette_orphans_has(&chain->orphans, &block->id))
        return KETTE_ALREADY_KNOWN;
    verdict = take_block(chain, result, &entry, block, source, now_ns);
    if (entry == NULL || (verdict != KETTE_OK && !kette_chain_is_failed(chain, entry)))
        return verdict;
    adopt_orphans(chain, result, &block->id, now_ns);
    if (is_ghost(chain))
        activate_ghost(chain, result);
    else
        activate_best(chain, result);
    if (kette_chain_is_failed(chain, entry))
        return mark_get(chain, entry).verdict;
    return mark_get(chain, entry).flags & MARK_PARKED ? KETTE_REORG_TOO_DEEP : verdict;
}

/* Joined blocks are a prefix of any branch: its end is found by halving. */
const KetteEntry *
kette_chain_last_joined(const KetteChain *chain, const KetteEntry *entry)
{
    uint64_t low = kette_entry_common(chain->tip, entry)->height, high = entry->height;

    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;

        if (kette_chain_has_joined(chain, kette_entry_ancestor(entry, middle)))
            low = middle;
        else
            high = middle - 1;
    }
    return kette_entry_ancestor(entry, low);
}

bool
kette_chain_wants(const KetteChain *chain, const KetteEntry *entry)
{
    return !kette_chain_is_failed(chain, entry) && !contradicts_final(chain, entry) &&
           (mark_get(chain, kette_chain_last_joined(chain, entry)).flags & MARK_PARKED) == 0;
}

uint32_t
kette_chain_preference(const KetteChain *chain, const KetteEntry *entry)
{
    return mark_get(chain, entry).sequence;
}

KetteVerdict
kette_chain_restore_block(KetteChain *chain, KetteChainResult *result, KetteBlock *block,
                          uint32_t preference, int64_t now_ns)
{
    KetteVerdict verdict;

    chain->restoring = true;
    chain->restored_preference = preference;
    verdict = kette_chain_add_block(chain, result, block, KETTE_NO_LIMIT, now_ns);
    chain->restoring = false;
    return verdict;
}

bool
kette_chain_prefer(KetteChain *chain, const KetteHash *id)
{
    const KetteEntry *entry = kette_chain_find(chain, id), *next;
    uint8_t flags = entry ? mark_get(chain, entry).flags : 0;

    if (!(flags & MARK_JOINED) || (flags & (MARK_BAD | MARK_PARKED)))
        return false;
    if (is_ghost(chain)) {
        /* The walk from genesis over all subtrees, in which the saved tip's side wins ties. */
        chain->tip = entry;
        for (entry = kette_store_genesis(chain->store);
             (next = heaviest_child(chain, entry)) != NULL; entry = next)
            ;
        chain->tip = entry;
        return kette_hash_equal(&entry->id, id);
    }
    /* Other ties have decided already, by what the blocks are or by the draws that were saved. */
    if (params_of(chain)->tie != KETTE_TIE_FIRST_SEEN ||
        compare_weight(chain, entry, chain->tip) != 0)
        return false;
    if (connect_branch(chain, &(KetteVerdict){0}, kette_entry_common(chain->tip, entry), entry) !=
        NULL)
        return false;
    chain->tip = entry;
    return true;
}

void
kette_chain_expire_orphans(KetteChain *chain, int64_t before_ns)
{
    kette_orphans_expire(&chain->orphans, before_ns);
}

/* --- locators ---------------------------------------------------------------------------- */

size_t
kette_chain_locator(const KetteEntry *from, KetteHash *ret_hashes)
{
    size_t count = 0;
    uint64_t step = 1;

    while (from->height > 0 && count < KETTE_LOCATOR_MAX - 1) {
        ret_hashes[count++] = from->id;
        from = kette_entry_ancestor(from, from->height - MIN(step, from->height));
        if (count >= 10)
            step *= 2;
    }
    while (from->parent != NULL)
        from = kette_entry_ancestor(from, 0);
    ret_hashes[count++] = from->id;
    return count;
}

const KetteEntry *
kette_chain_find_fork(const KetteChain *chain, const KetteHash *hashes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const KetteEntry *entry = kette_chain_find(chain, &hashes[i]);

        if (entry != NULL && kette_chain_is_active(chain, entry))
            return entry;
    }
    return kette_store_genesis(chain->store);
}

GPtrArray *
kette_chain_side_blocks(const KetteChain *chain, const KetteEntry *from, guint most)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    GPtrArray *side = g_ptr_array_new();

    g_ptr_array_add(all, (gpointer)from);
    for (guint i = 0; i < all->len; i++) {
        const KetteEntry *child = ((const KetteEntry *)g_ptr_array_index(all, i))->first_child;

        for (; child != NULL; child = child->next_sibling) {
            uint8_t flags = mark_get(chain, child).flags;

            if ((flags & MARK_JOINED) && !(flags & MARK_BAD))
                g_ptr_array_add(all, (gpointer)child);
        }
    }
    g_ptr_array_sort(all, compare_place);
    for (guint i = 0; i < all->len && side->len < most; i++) {
        if (!kette_chain_is_active(chain, g_ptr_array_index(all, i)))
            g_ptr_array_add(side, g_ptr_array_index(all, i));
    }
    return side;
}

/* --- audit ------------------------------------------------------------------------------- */

static const char *
audit_entry(const KetteChain *chain, const KetteEntry *entry, Mark mark)
{
    Mark parent = entry->parent ? mark_get(chain, entry->parent) : mark;

    if (entry->parent != NULL && entry->height != entry->parent->height + 1)
        return "heights are not contiguous";
    if ((mark.flags & MARK_HEADER) && !(parent.flags & MARK_HEADER))
        return "a header is here without its parent's";
    if ((mark.flags & MARK_JOINED) && !(parent.flags & MARK_JOINED))
        return "a block joined before its parent";
    if ((parent.flags & MARK_BAD) && !(mark.flags & MARK_BAD))
        return "a block on a bad one is not marked";
    if ((parent.flags & MARK_PARKED) && (mark.flags & MARK_JOINED) && !(mark.flags & MARK_PARKED))
        return "a block on a parked one is not parked";
    if ((mark.flags & MARK_JOINED) && !(mark.flags & (MARK_BAD | MARK_PARKED)) &&
        !is_ghost(chain) && beats_tip(chain, entry) && entry->connected &&
        entry->connect_verdict == KETTE_OK)
        return "a connected block beats the tip";
    return NULL;
}

const char *
kette_chain_audit(const KetteChain *chain)
{
    Mark tip = mark_get(chain, chain->tip);

    if (!(tip.flags & MARK_JOINED) || (tip.flags & MARK_BAD))
        return "the tip is not a good, joined block";
    if (!chain->tip->connected || chain->tip->connect_verdict != KETTE_OK)
        return "the tip is not connected";
    if (!kette_store_supply_holds(chain->store, chain->tip))
        return "supply is not conserved";
    if (chain->orphans.count > chain->orphans.limit)
        return "the orphan pool is over its limit";
    for (uint32_t i = 0; i < MIN(chain->mark_count, kette_store_count(chain->store)); i++) {
        const char *wrong =
            (chain->marks[i].flags & MARK_HEADER)
                ? audit_entry(chain, kette_store_entry(chain->store, i), chain->marks[i])
                : NULL;

        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}
