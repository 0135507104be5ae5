/* The search by itself: what it keeps, and that it goes on where it ended. */
#include "sim/cli/search.h"
#include "tests/cli/command.h"

#include <string.h>

static const char text[] =
    "scn 1 \"t\"\nduration 10m\nnodes a[1..3]\nexplore crash, pause from 1m until 5m settle 4m\n";

static ExploreBase *
base_new(void)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    const ScnOptions options = {.keeps_syntax = true};
    g_autoptr(ScnScenario) scenario = scn_parse_text("t.scn", text, strlen(text), &options, errors);
    g_autofree char *why = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return explore_base_new(scenario, &why);
}

/* Judges plan number i of the round: the run was in the states `first` and `first` + 1, at 90 s and
 * 91 s. */
static bool
judge(Search *search, guint i, ExploreClass class, guint64 first)
{
    const ExploreState states[] = {{first, 90 * SIM_S}, {first + 1, 91 * SIM_S}};
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ExploreState));
    const ExploreVerdict verdict = {.class = class, .what = (char *)"w", .states = all};

    g_array_append_vals(all, states, G_N_ELEMENTS(states));
    return search_judge(search, i, &verdict);
}

/* A plan is kept once, with the moment of its first new state; a failure's states are known from
 * then on, but nothing begins with it. */
static void
test_keeps(void)
{
    g_autoptr(ExploreBase) base = base_new();
    Search search;
    const SearchKept *kept;

    search_init(&search, base);
    g_ptr_array_unref(search_draw(&search, 1000));
    CU_ASSERT_EQUAL(search.plans->len, 64);
    CU_ASSERT_TRUE(judge(&search, 0, EXPLORE_CHECK, 1));
    CU_ASSERT_EQUAL(search.kept->len, 0);
    CU_ASSERT_FALSE(judge(&search, 1, EXPLORE_HELD, 2));
    CU_ASSERT_FALSE(judge(&search, 2, EXPLORE_HELD, 1));
    CU_ASSERT_EQUAL(search.states->len, 3);
    CU_ASSERT_EQUAL_FATAL(search.kept->len, 1);
    kept = g_ptr_array_index(search.kept, 0);
    CU_ASSERT_EQUAL(kept->moment, 91 * SIM_S);
    CU_ASSERT_PTR_EQUAL(kept->plan, g_ptr_array_index(search.plans, 1));
    search_clear(&search);
}

/* A failure that was found before is counted, and not made small again; with keep_going one of
 * another check is. */
static void
test_counts(void)
{
    g_autoptr(ExploreBase) base = base_new();
    const ExploreVerdict verdict = {.class = EXPLORE_CHECK, .what = (char *)"other"};
    Finding *finding = g_new0(Finding, 1);
    Search search;

    search_init(&search, base);
    g_ptr_array_unref(search_draw(&search, 3));
    finding->verdict = (ExploreVerdict){.class = EXPLORE_CHECK, .what = g_strdup("w")};
    finding->times = 1;
    g_ptr_array_add(search.found, finding);
    CU_ASSERT_FALSE(judge(&search, 0, EXPLORE_CHECK, 1));
    CU_ASSERT_EQUAL(finding->times, 2);
    CU_ASSERT_FALSE(search_judge(&search, 1, &verdict));
    search.keep_going = true;
    CU_ASSERT_TRUE(search_judge(&search, 2, &verdict));
    CU_ASSERT_EQUAL(finding->times, 2);
    CU_ASSERT_EQUAL(search.done, 3);
    search_clear(&search);
}

/* Draws and judges up to run number `end`. Appends what was drawn. */
static void
go_to(Search *search, guint64 end, GString *drawn)
{
    while (search->done < end) {
        g_autoptr(GPtrArray) texts = search_draw(search, end - search->done);

        for (guint i = 0; i < texts->len; i++) {
            g_string_append(drawn, g_ptr_array_index(texts, i));
            judge(search, i, EXPLORE_HELD, search->done);
        }
    }
}

/* In the middle of a round too, after which a search draws from what the round before has kept. */
static void
test_goes_on(void)
{
    g_autoptr(ExploreBase) base = base_new();
    g_autoptr(GString) all = g_string_new(NULL), parts = g_string_new(NULL);
    char *folder = folder_new();
    g_autofree char *path = folder_path(folder, "search");
    Search whole, half, rest;

    search_init(&whole, base);
    search_init(&half, base);
    search_init(&rest, base);
    go_to(&whole, 200, all);
    go_to(&half, 100, parts);
    CU_ASSERT_TRUE(search_save(&half, path, NULL));
    CU_ASSERT_TRUE(search_load(&rest, path, NULL));
    go_to(&rest, 200, parts);
    TEST_STR_EQUAL(parts->str, all->str);
    search_clear(&whole);
    search_clear(&half);
    search_clear(&rest);
    folder_remove(folder);
}

/* Each guide of a search draws other faults. */
static void
test_guides(void)
{
    g_autoptr(ExploreBase) base = base_new();
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (SearchGuide guide = SEARCH_UNIFORM; guide <= SEARCH_BRANCH; guide++) {
        g_autoptr(GString) drawn = g_string_new(NULL);
        Search search;

        search_init(&search, base);
        search.guide = guide;
        go_to(&search, 128, drawn);
        g_hash_table_add(all, g_strdup(drawn->str));
        search_clear(&search);
    }
    CU_ASSERT_EQUAL(g_hash_table_size(all), 4);
}

static void
refuse(const Search *search, const char *path, SearchGuide guide)
{
    g_autoptr(GError) error = NULL;
    Search other;

    search_init(&other, search->base);
    other.guide = guide;
    CU_ASSERT_FALSE(search_load(&other, path, &error));
    TEST_CONTAINS(error != NULL ? error->message : "", "leave --resume out");
    search_clear(&other);
}

/* A file of another guide, one of other bounds, and files that were tampered with. */
static void
test_refuses(void)
{
    g_autoptr(ExploreBase) base = base_new();
    g_autoptr(GString) drawn = g_string_new(NULL);
    char *folder = folder_new();
    g_autofree char *path = folder_path(folder, "search");
    ExploreFault *fault;
    Search search;

    search_init(&search, base);
    go_to(&search, 64, drawn);
    CU_ASSERT_TRUE(search_save(&search, path, NULL));
    refuse(&search, path, SEARCH_NOVELTY);
    base->bounds.faults_high++;
    refuse(&search, path, SEARCH_BRANCH);
    base->bounds.faults_high--;
    search.drawable = 65;
    CU_ASSERT_TRUE(search_save(&search, path, NULL));
    refuse(&search, path, SEARCH_BRANCH);
    search.drawable = 64;
    fault = g_ptr_array_index(((SearchKept *)g_ptr_array_index(search.kept, 0))->plan, 0);
    fault->for_ns = G_MAXINT64;
    CU_ASSERT_TRUE(search_save(&search, path, NULL));
    refuse(&search, path, SEARCH_BRANCH);
    search_clear(&search);
    folder_remove(folder);
}

TEST_SUITE(search, {"keeps", test_keeps}, {"counts", test_counts}, {"goes on", test_goes_on},
           {"guides", test_guides}, {"refuses", test_refuses})
