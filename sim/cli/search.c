/* See search.h. */
#include "sim/cli/search.h"

#include "sim/engine/assert.h"
#include "sim/engine/random.h"
#include "sim/io/input.h"
#include "sim/io/output.h"
#include "sim/run/build_id.h"
#include "sim/run/run.h"

#include <string.h>

#define ROUND 64
#define FILE_MOST (G_GUINT64_CONSTANT(1) << 30)

const char *const search_guide_names[] = {"uniform", "swarm", "novelty", "branch", NULL};

static void
kept_free(gpointer data)
{
    SearchKept *kept = data;

    g_ptr_array_unref(kept->plan);
    g_free(kept);
}

void
search_init(Search *search, const ExploreBase *base)
{
    *search = (Search){.base = base, .guide = SEARCH_BRANCH, .seed = 1};
    search->states = g_array_new(FALSE, FALSE, sizeof(guint64));
    search->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    search->kept = g_ptr_array_new_with_free_func(kept_free);
    search->found = g_ptr_array_new_with_free_func(finding_free);
}

void
search_clear(Search *search)
{
    g_clear_pointer(&search->states, g_array_unref);
    g_clear_pointer(&search->seen, g_hash_table_unref);
    g_clear_pointer(&search->kept, g_ptr_array_unref);
    g_clear_pointer(&search->found, g_ptr_array_unref);
    g_clear_pointer(&search->plans, g_ptr_array_unref);
}

/* --- drawing ------------------------------------------------------------------------------ */

static GPtrArray *
draw_plan(const Search *search, SimRandom *random)
{
    const SearchKept *kept;

    if (search->guide == SEARCH_UNIFORM)
        return explore_plan_draw_even(search->base, random);
    if (search->guide == SEARCH_SWARM || search->drawable == 0 || sim_random_below(random, 2) == 0)
        return explore_plan_draw(search->base, random);
    kept = g_ptr_array_index(search->kept, sim_random_below(random, search->drawable));
    if (search->guide == SEARCH_BRANCH && sim_random_below(random, 2) == 0)
        return explore_plan_branch(search->base, kept->plan, kept->moment, random);
    return explore_plan_mutate(search->base, kept->plan, random);
}

GPtrArray *
search_draw(Search *search, guint64 most)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    g_clear_pointer(&search->plans, g_ptr_array_unref);
    search->plans = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    if (search->done % ROUND == 0)
        search->drawable = search->kept->len;
    for (guint64 i = 0; i < MIN(ROUND - search->done % ROUND, most); i++) {
        SimRandom random;
        GPtrArray *plan;

        sim_random_init_key(&random, search->seed, sim_key("explore"), search->done + i);
        plan = draw_plan(search, &random);
        g_ptr_array_add(search->plans, plan);
        g_ptr_array_add(texts, explore_plan_text(search->base, plan, NULL));
    }
    return texts;
}

/* --- judging ------------------------------------------------------------------------------ */

static void
add_state(Search *search, guint64 key)
{
    g_hash_table_add(search->seen, g_memdup2(&key, sizeof key));
    g_array_append_val(search->states, key);
}

static void
add_kept(Search *search, GPtrArray *plan, gint64 moment)
{
    SearchKept *kept = g_new(SearchKept, 1);

    *kept = (SearchKept){g_ptr_array_ref(plan), moment};
    g_ptr_array_add(search->kept, kept);
}

static bool
is_known(const Search *search, const ExploreVerdict *verdict)
{
    for (guint i = 0; i < search->found->len; i++) {
        Finding *finding = g_ptr_array_index(search->found, i);

        if (!explore_verdict_is_same(&finding->verdict, verdict))
            continue;
        finding->times++;
        return true;
    }
    return false;
}

bool
search_judge(Search *search, guint i, const ExploreVerdict *verdict)
{
    const GArray *states = verdict->states;
    bool is_new = false;

    search->done++;
    sim_assert(verdict->class != EXPLORE_BAD);
    for (guint k = 0; states != NULL && k < states->len; k++) {
        const ExploreState *state = &g_array_index(states, ExploreState, k);

        if (g_hash_table_contains(search->seen, &state->key))
            continue;
        if (!is_new && verdict->class == EXPLORE_HELD)
            add_kept(search, g_ptr_array_index(search->plans, i), state->first);
        is_new = true;
        add_state(search, state->key);
    }
    return verdict->class != EXPLORE_HELD && !is_known(search, verdict) &&
           (search->keep_going || search->found->len == 0);
}

/* --- the file ----------------------------------------------------------------------------- */

/* version of the form, base and build, guide, seed, done, drawable | states | kept: moment, faults
 * | found */
#define FORM "(ssuttuata(xa(xxss))a(usstttayuu))"
#define FORM_VERSION "kettensim search 1"

/* Returns what the search is a search of. */
static char *
identity(const Search *search)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    ExploreBase bare = *search->base; /* its limit follows from the rest, and is not known yet */
    const ScnExplore *bounds = &search->base->bounds;
    g_autofree char *text = NULL, *all = NULL;

    bare.most_events = 0;
    text = explore_plan_text(&bare, none, NULL);
    all = g_strdup_printf("%s %d %u %" G_GINT64_FORMAT " %u %u\n%s", sim_build_id,
                          search->has_model, bounds->kinds, bounds->from_ns, bounds->faults_low,
                          bounds->faults_high, text);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

static GVariant *
pack_kept(const Search *search)
{
    GVariantBuilder all;

    g_variant_builder_init(&all, G_VARIANT_TYPE("a(xa(xxss))"));
    for (guint i = 0; i < search->kept->len; i++) {
        const SearchKept *kept = g_ptr_array_index(search->kept, i);

        g_variant_builder_open(&all, G_VARIANT_TYPE("(xa(xxss))"));
        g_variant_builder_add(&all, "x", kept->moment);
        g_variant_builder_open(&all, G_VARIANT_TYPE("a(xxss)"));
        for (guint k = 0; k < kept->plan->len; k++) {
            const ExploreFault *fault = g_ptr_array_index(kept->plan, k);

            g_variant_builder_add(&all, "(xxss)", fault->at_ns, fault->for_ns, fault->action,
                                  fault->after != NULL ? fault->after : "");
        }
        g_variant_builder_close(&all);
        g_variant_builder_close(&all);
    }
    return g_variant_builder_end(&all);
}

static GVariant *
pack_found(const Search *search)
{
    GVariantBuilder all;

    g_variant_builder_init(&all, G_VARIANT_TYPE("a(usstttayuu)"));
    for (guint i = 0; i < search->found->len; i++) {
        const Finding *finding = g_ptr_array_index(search->found, i);

        g_variant_builder_add(&all, "(ussttt^ayuu)", (guint32)finding->verdict.class,
                              finding->verdict.what, finding->verdict.detail,
                              finding->verdict.events, finding->run, finding->times, finding->path,
                              finding->faults, finding->lines);
    }
    return g_variant_builder_end(&all);
}

bool
search_save(const Search *search, const char *path, GError **error)
{
    g_autofree char *of = identity(search);
    g_autoptr(GVariant) packed = g_variant_ref_sink(
        g_variant_new("(ssuttu@at@a(xa(xxss))@a(usstttayuu))", FORM_VERSION, of,
                      (guint32)search->guide, search->seed, search->done, search->drawable,
                      g_variant_new_fixed_array(G_VARIANT_TYPE_UINT64, search->states->data,
                                                search->states->len, sizeof(guint64)),
                      pack_kept(search), pack_found(search)));
    g_auto(IoOutput) output = IO_OUTPUT_INIT;

    if (!io_output_open(&output, path, NULL, error))
        return false;
    fwrite(g_variant_get_data(packed), 1, g_variant_get_size(packed), output.file);
    return io_output_commit(&output, error);
}

/* Returns whether a plan of this search may have the times. */
static bool
has_times(const Search *search, const ExploreFault *fault)
{
    const gint64 until_ns = search->base->bounds.until_ns;

    return fault->at_ns >= 0 && fault->at_ns <= until_ns && fault->for_ns >= 0 &&
           fault->for_ns <= until_ns;
}

static bool
unpack_kept(Search *search, GVariantIter *all)
{
    GVariantIter *faults;
    gint64 moment;
    bool good = true;

    while (g_variant_iter_next(all, "(xa(xxss))", &moment, &faults)) {
        g_autoptr(GPtrArray) plan = explore_plan_new();
        ExploreFault fault;

        while (g_variant_iter_next(faults, "(xxss)", &fault.at_ns, &fault.for_ns, &fault.action,
                                   &fault.after)) {
            if (*fault.after == '\0')
                g_clear_pointer(&fault.after, g_free);
            g_ptr_array_add(plan, g_memdup2(&fault, sizeof fault));
            good = good && has_times(search, &fault);
        }
        add_kept(search, plan, moment);
        g_variant_iter_free(faults);
    }
    return good && search->drawable <= search->kept->len;
}

static void
unpack_found(Search *search, GVariantIter *all)
{
    Finding finding = {.run = 0};
    guint32 class;

    while (g_variant_iter_next(all, "(ussttt^ayuu)", &class, &finding.verdict.what,
                               &finding.verdict.detail, &finding.verdict.events, &finding.run,
                               &finding.times, &finding.path, &finding.faults, &finding.lines)) {
        finding.verdict.class = MIN(class, EXPLORE_BAD);
        g_ptr_array_add(search->found, g_memdup2(&finding, sizeof finding));
    }
}

static bool
refuse(GError **error, const char *path, const char *why)
{
    g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO,
                "%s %s: leave --resume out to begin anew, or name another folder with -o", path,
                why);
    return false;
}

bool
search_load(Search *search, const char *path, GError **error)
{
    GString *bytes = io_input_read(path, FILE_MOST, error);
    g_autofree char *due = identity(search), *version = NULL, *of = NULL;
    g_autoptr(GVariantIter) states = NULL, kept = NULL, found = NULL;
    g_autoptr(GVariant) packed = NULL;
    guint32 guide;
    guint64 seed, key;

    if (bytes == NULL)
        return false;
    packed = g_variant_ref_sink(
        g_variant_new_from_bytes(G_VARIANT_TYPE(FORM), g_string_free_to_bytes(bytes), FALSE));
    if (!g_variant_is_normal_form(packed))
        return refuse(error, path, "is damaged, or no search");
    g_variant_get(packed, FORM, &version, &of, &guide, &seed, &search->done, &search->drawable,
                  &states, &kept, &found);
    if (strcmp(version, FORM_VERSION) != 0)
        return refuse(error, path, "is of another version");
    if (strcmp(of, due) != 0 || guide != search->guide || seed != search->seed)
        return refuse(error, path,
                      "is another search: of another scenario, seed, guide, model or build");
    while (g_variant_iter_next(states, "t", &key))
        add_state(search, key);
    unpack_found(search, found);
    return unpack_kept(search, kept) || refuse(error, path, "is damaged");
}
