/* Names, completion and explanations at a place of a text. '^' marks the place. */
#include "sim/scenario/complete.h"
#include "sim/scenario/symbol.h"
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <string.h>

static void
free_source(gpointer source)
{
    scn_source_free(source);
}

/* Returns the text without its '^'. */
static char *
without_mark(const char *marked, gsize *ret_offset)
{
    const char *mark = strchr(marked, '^');

    CU_ASSERT_PTR_NOT_NULL_FATAL(mark);
    *ret_offset = (gsize)(mark - marked);
    return g_strdup_printf("%.*s%s", (int)*ret_offset, marked, mark + 1);
}

static GArray *
symbols_of(const char *text, GPtrArray **ret_sources)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnSyntax) syntax = NULL;

    *ret_sources = g_ptr_array_new_with_free_func(free_source);
    g_ptr_array_add(*ret_sources, scn_source_new("t.scn", text, strlen(text)));
    syntax = scn_parse_alone(*ret_sources, errors);
    return scn_symbols(syntax, *ret_sources);
}

/* The name at the mark stands at these lines, in order: "1 3 3". */
static void
check_uses(const char *marked, const char *want)
{
    gsize offset;
    g_autofree char *text = without_mark(marked, &offset);
    GPtrArray *sources;
    g_autoptr(GArray) symbols = symbols_of(text, &sources);
    const ScnSymbol *symbol = scn_symbol_at(symbols, 0, (guint32)offset);
    g_autoptr(GString) got = g_string_new(NULL);

    for (guint i = 0; symbol && i < symbols->len; i++) {
        const ScnSymbol *other = &g_array_index(symbols, ScnSymbol, i);
        guint32 line, column;

        if (!scn_symbol_is_same(symbol, other))
            continue;
        scn_source_locate(sources->pdata[0], other->span.offset, &line, &column);
        g_string_append_printf(got, "%s%u", got->len > 0 ? " " : "", line);
    }
    TEST_STR_EQUAL(got->str, want);
    g_ptr_array_unref(sources);
}

static void
test_uses(void)
{
    check_uses("param ^x = 1\nlet y = ((($x)) + $x)\nsweep x = 1, 2\nzip x, z\n", "1 2 2 3 4");
    check_uses("nodes ^a[1..3]\nat 1m mine 1 at a2\nalways height(a[*]) > height({a1, ab})\n",
               "1 2 3 3");
    check_uses("node ^eu region=eu\nalways height(region(eu)) > 0 or height(eu) > 0\n", "1 2");
    check_uses("node ^random role=miner strategy=random\ntopology star hub=random\n", "1 2");
    check_uses("node a\nat 1m partition {a} | {b} name=^cut1\nat 2m heal cut1\n"
               "finally cut1.start == 1m and height(cut1) > 0\n",
               "2 3 4 4");
    check_uses("tree\n  g - ^b1 - b2\n  b1 - c\nend\nblock b1 work=2\nscript deliver from=p to=n\n"
               "  b1 -> tip\n  c -> reject at b1\n  expect tip(n) == b1\nend\n",
               "2 3 5 7 8 9");
    check_uses(
        "at 1m mine 1 at a as ^x\nat 2m deliver x from a to b\nat 3m mark y = arrived(a, x)\n",
        "1 2 3");
    check_uses("measure ^m = 1\ntable m by p\nfinally mean(m) > 1 over seeds\nmark m = 2\n",
               "1 2 3");
    check_uses("wallet ^w funds=1\ntx t from=w to=w amount=1\nload rate=1/s from=w to=random\n",
               "1 2 2 3");
    check_uses("upgrade ^u at-height=3\nnodes a without=u\n", "1 2");
    check_uses("nodes a\n# ^a\nalways same_tip(all)\n", "");
}

static void
test_new_names(void)
{
    GPtrArray *sources;
    g_autoptr(GArray) symbols = symbols_of("node a\nnode b\nparam p = 1\n", &sources);
    const ScnSymbol *a = scn_symbol_at(symbols, 0, 5);
    static const char *const bad[] = {"", "b", "1a", "a-b", "a b", "end", "all", "a=1 #", "$a"};
    static const char *const good[] = {"a", "p", "c", "_1"};

    CU_ASSERT_PTR_NOT_NULL_FATAL(a);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *why = scn_symbol_refuse_name(symbols, a, bad[i]);
        CU_ASSERT_PTR_NOT_NULL(why);
    }
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *why = scn_symbol_refuse_name(symbols, a, good[i]);
        TEST_STR_EQUAL(why ? why : "", "");
    }
    g_ptr_array_unref(sources);
}

/* Offered at the mark are all words of `want` and none of `not`. */
static void
check_offers(const char *marked, const char *want, const char * not )
{
    gsize offset;
    g_autofree char *text = without_mark(marked, &offset);
    GPtrArray *sources;
    g_autoptr(GArray) symbols = symbols_of(text, &sources);
    g_auto(ScnCursor) cursor = {NULL};
    g_autoptr(GArray) offers = NULL;
    g_autoptr(GString) got = g_string_new(" ");
    const char *const lists[] = {want, not };

    scn_cursor_init(&cursor, text, strlen(text), offset, false);
    offers = scn_complete(&cursor, symbols);
    for (guint i = 0; i < offers->len; i++)
        g_string_append_printf(got, "%s ", g_array_index(offers, ScnOffer, i).text);
    for (guint k = 0; k < 2; k++) {
        g_auto(GStrv) words = g_strsplit(lists[k], " ", -1);

        for (guint i = 0; words[i] && *words[i]; i++) {
            g_autofree char *word = g_strdup_printf(" %s ", words[i]);
            bool good = (strstr(got->str, word) != NULL) == (k == 0);

            CU_ASSERT(good);
            if (!good)
                printf("     %s: %s '%s'\n", marked, k == 0 ? "lacks" : "has", words[i]);
        }
    }
    g_ptr_array_unref(sources);
}

static void
test_offers(void)
{
    check_offers("^", "scn nodes at finally include", "mine mark end");
    check_offers("no^", "node nodes", "link");
    check_offers("at 1m\n  ^\nend", "mine mark expect end always", "nodes scn");
    check_offers("at 1m ^", "partition mine expect", "nodes scn");
    check_offers("at 1m mine 1 at a\n^", "nodes", "mine end");
    check_offers("tree\n g - b1\n ^\nend", "b1 end", "mine nodes");
    check_offers("script deliver from=a to=b\n^", "mine expect end", "nodes");
    check_offers("link all latency=^", "lognormal( matrix( uniform(", "loss= nodes");
    check_offers("link all loss=^", "gilbert(", "loss=");
    check_offers("link all latency=lognormal(80ms, 0.5) ^", "loss= rate=", "latency= wall=");
    check_offers("nodes a\nat 1m crash a ^", "for at-write= wipe", "latency= wipe=");
    check_offers("nodes a \\\n  role=^", "miner full script", "eu latency=");
    check_offers("nodes a strategy=^", "selfish honest", "");
    check_offers("node a strategy=selfish ^", "share=", "wall=");
    check_offers("topology ^", "mesh star smallworld hub=", "latency=");
    check_offers("edge a b ^", "latency=", "wall=");
    check_offers("block b1 invalid=^", "bad-reward", "new-block");
    check_offers("at 1m loss a -> b 10% msg=^", "new-block ack", "bad-reward");
    check_offers("param p = 1\nlet x = $^", "$p", "p height(");
    check_offers("nodes ab\nfinally hei^", "height(", "ab");
    check_offers("nodes ab\nfinally height(^", "ab region(", "latency=");
    check_offers("# ^", "", "nodes scn");
    check_offers("scn 1 \"^", "", "nodes scn");
}

static void
check_told(const char *marked, const char *part, const char * not )
{
    gsize offset;
    g_autofree char *text = without_mark(marked, &offset);
    g_auto(ScnCursor) cursor = {NULL};
    g_autoptr(GString) out = g_string_new(NULL);

    scn_cursor_init(&cursor, text, strlen(text), offset, true);
    scn_cursor_explain(&cursor, out);
    scn_test_check_message(out->str, part);
    CU_ASSERT(*not == '\0' || strstr(out->str, not ) == NULL);
}

static void
test_told(void)
{
    check_told("link all ra^te=1Mbps", "| `link` option |", "`load` option");
    check_told("load ra^te=1/s", "| `load` option |", "`link` option");
    check_told("link all latency=^lognormal(1s, 1)", "lognormal(MEDIAN, SIGMA)", "");
    check_told("chain algorithm=cw^-144", "| `algorithm` |", "`window`");
    check_told("at 1m part^ition {a} | {b}", "| action |", "statement");
    check_told("du^ration 1h", "| `duration T` |", "");
    check_told("always heig^ht(a) > 1", "| `height(S)` |", "");
}

TEST_SUITE(symbol, {"uses", test_uses}, {"new names", test_new_names}, {"offers", test_offers},
           {"what is told", test_told})
