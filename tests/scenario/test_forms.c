/* The whole grammar: each form runs; and files broken at every token of good ones, each of which
 * must get a placed message. */
#include "sim/scenario/lexer.h"
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

static void
check_runs(const char *text)
{
    g_autofree char *errors = scn_test_errors(text);
    TEST_STR_EQUAL(errors, "");
}

static void
test_statements(void)
{
    static const char *const now[] = {
        "wallet v\nload rate=2/s from=w to=random amount=0.01..1 at=random\n",
        "wallet v at=a1\nload rate=9/h from=random to=v amount=1 fee=0.1 at=a[*]\n",
        "topology tree k=2\n",
        "seeds 1..32\n",
        "param p = 5ms\nsweep p = 20ms, 80ms, 320ms\n",
        "param p = 5ms\nsweep p = 20ms..80ms lin 5\n",
        "param p = 5ms\nsweep p = 20ms..80ms log 5\n",
        "param p = 5ms\nparam q = 1\nsweep p = 1ms, 2ms\nsweep q = 3, 4\nzip p, q\n",
        "param p = 1\nparam q = 2\nmeasure m = height(a1)\n"
        "table m by p, q stat=mean,p95,max\n",
        "finally near(height(a1), 10, ci=99.99%) over seeds\n",
        "measure m = height(a1)\nfinally p95(m) <= 10 and share(height(a1) > 1) >= 50% over "
        "seeds\n",
        "sometimes height(a1) > 1 over sweep\n",
        "topology regular k=8\n",
        "topology random p=0.1\n",
        "topology smallworld k=6 p=0.1\n",
        "topology scalefree m=4\n",
        "topology outbound k=8\n",
        "protocol discovery=on outbound=9 inbound=1\n",
        "protocol block-size=1MB compact-size=9kB\n",
        "protocol bandwidth=fair uploads=8\nprotocol uploads=none\n",
        "stop when mined(all) >= 2000\n",
        "node c listen=no validate=2ms start=1h\n",
        "nodes n[1..10] region=na:33%,eu:50%,ap:17%\n",
        "every 10m from 1h until 5h\n  mine at a1\nend\n",
        "every 10m mine at a1\n",
        "every 10m until 5h mine at a1\n",
        "when height(a1) >= 20 each\n  mine at a1\nend\n",
        "when height(a1) >= 20 mine at a1\n",
        "stop when mined(all) >= 2000\nstop when height(a1) > 3\n",
        "node c region=eu clock=-2s drift=-50ppm uplink=10Mbps downlink=50Mbps\n",
        "node c region=eu\nnode d region=us\nlink region(eu) <-> region(us) latency=90ms\n",
        "node c region=eu\nfinally height(region(eu)) >= 0\n",
        "finally height(random(3)) >= 0\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(now); i++)
        check_runs(now[i]);
    check_runs("chain algorithm=asert half-life=2h tie=lowest-hash finality=6\n"
               "chain algorithm=lwma fork-choice=ghost tie=random max-reorg=10\n"
               "node c mempool=6MB\n");
}

static void
test_actions(void)
{
    static const char *const now[] = {
        "partition halves",
        "partition isolate a1 for 1m",
        "partition bridge via=a1",
        "partition ring",
        "partition random(3) for 1m",
        "partition a[*] | b[*] style=hold",
        "partition a[*] | b[*] style=slow by=3s",
        "oneway a1 -> b1 for 1m",
        "oneway a[*] -> b[*] maybe",
        "cut a1 b1 for 1m",
        "join-edge a1 b1",
        "loss a1 -> b1 10% for 1m msg=new-block",
        "delay a1 -> b1 +200ms for 1m",
        "duplicate a1 -> b1 10% for 1m",
        "reorder a1 -> b1 10% for 1m",
        "corrupt a1 -> b1 10% for 1m",
        "crash a1 for 1m wipe at-write=3 torn",
        "crash all - a1",
        "restart a1",
        "pause a1",
        "resume a1",
        "leave a1",
        "join a1",
        "clock a1 +2h",
        "clock a1 -2h",
        "hash a[*] = 50%",
        "eclipse a1 by b[*] for 1m",
        "crash a1",
        "crash random(1) for 1m",
        "partition isolate random(1)",
        "loss a1 -> b1 10% msg=new-block,ack",
        "mine at a1 as x7",
        "churn all session=exponential(1h) absence=10m for 30m",
        "pause a1 for 10s",
        "leave all - random(1) for 10s",
    };
    for (guint i = 0; i < G_N_ELEMENTS(now); i++) {
        g_autofree char *line = g_strdup_printf("at 5m %s\n", now[i]);
        g_autofree char *block = g_strdup_printf("every 5m\n  %s\nend\n", now[i]);
        check_runs(line);
        check_runs(block);
    }
    check_runs("tree\n g - x3\nend\nat 5m deliver x3 from a1 to b1\n"
               "at 6m announce x3 from a1 to b1\nat 7m reconnect a1 b1\n");
    check_runs("at 5m\n partition a[*] | b[*] for 1m style=drop name=x\n heal x\n heal\n"
               " heal maybe\n partition {a1} | {a2} | {b1}\n mine at a1\n mine 3 at a1\n"
               " mining off all\n mining on a[1..2]\n submit pay at a1 maybe\n mark y = x.end\n"
               " expect height(a1) >= 0\n expect within 1m height(a1) > 3 if y > x.start\n"
               " always height(a1) >= 0\nend\n");
}

static void
test_functions(void)
{
    check_runs(
        "finally bits(a1) == 1 and difficulty(a1) > 2 and final(all, pay) and peers(a1) > 3\n"
        "finally chain_quality(a1) > 0.5 and chain_growth(a1) > 0.5 and revenue(a1) > 1\n"
        "finally messages(new-block) < 3 and bytes(all) < 5MB\n"
        "finally refused(all, bad-nonce) == 0 and common_prefix(all, 6)\n"
        "finally propagation(p50) < 1s and wire_size(best_tip(all)) < 1000\n");
    check_runs("finally tip(all) == best_tip(all) and height(all) > 1 and work(a1) >= 100\n"
               "finally confirmations(all, pay) >= 1 or in_mempool(all, pay)\n"
               "finally balance(all, w) >= 9.5 and nonce(a1, w) == 1 and supply_ok(all)\n"
               "finally state_root(all) == state_root(a1) and orphans(all) + connected(all) > 0\n"
               "finally reorgs(all) < 3 and mined(a[*]) > stale(a[*]) and max_reorg(all) < 9\n"
               "finally same_tip(all, ignore-last=6) and time_to_agree(all, since=5m) < 30s\n"
               "finally any(tip(all) != tip(a1)) or count(height(all) > 3) == 5\n"
               "finally min(height(all)) * 2 ^ 3 / 4 - 1 < max(height(a1), sum(height(all)), 4)\n"
               "finally quantile(height(all), p90) < 9 and quantile(arrival_delay(all), p5) > 0\n"
               "finally height(all) % 2 * 3 == 3 and now() % 1m < 30s and (7 % 4) == 3\n"
               "finally not (height(role(miner)) == -1) and height(a[1..2]) == +3\n");
}

/* ---- include ---- */

static void
write_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    CU_ASSERT(g_file_set_contents(path, text, -1, NULL));
}

static char *
parse_in(const char *folder, const char *name, char **ret_title)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = scn_parse_file(path, NULL, errors);
    GString *out = g_string_new(NULL);
    scn_errors_format(errors, out, false);
    *ret_title = scenario ? g_strdup(scenario->title) : NULL;
    return g_string_free(out, FALSE);
}

static void
test_include(void)
{
    g_autofree char *folder = g_dir_make_tmp("scn-XXXXXX", NULL);
    static const char *const names[] = {"base.scn", "top.scn", "loop.scn", "self.scn", "none.scn"};
    g_autofree char *title = NULL, *loop_title = NULL, *none_title = NULL;

    write_file(folder, "base.scn",
               "scn 1 \"base\"\nparam p = 5m in 1m..9m\nnodes a[1..2]\n"
               "duration $p\n");
    write_file(folder, "top.scn",
               "scn 1 \"top\"\ninclude \"base.scn\"\nparam p = 7m\n"
               "always height(a1) >= 0\n");
    write_file(folder, "loop.scn", "scn 1 \"loop\"\ninclude \"self.scn\"\n");
    write_file(folder, "self.scn", "include \"loop.scn\"\n");
    write_file(folder, "none.scn", "scn 1 \"none\"\ninclude \"missing.scn\"\n");
    g_autofree char *top = parse_in(folder, "top.scn", &title);
    TEST_STR_EQUAL(top, "");
    TEST_STR_EQUAL(title, "top");
    g_autofree char *loop = parse_in(folder, "loop.scn", &loop_title);
    CU_ASSERT_PTR_NOT_NULL(strstr(loop, "self.scn:1:9: error: this file includes itself"));
    g_autofree char *none = parse_in(folder, "none.scn", &none_title);
    CU_ASSERT_PTR_NOT_NULL(strstr(none, "none.scn:2:9: error: cannot read"));
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

/* ---- broken files ---- */

typedef enum { BREAK_DELETE, BREAK_SWAP, BREAK_MISTYPE, BREAK_DOUBLE, BREAK_CUT, BREAKS } Break;

static char *
break_text(const char *text, const ScnToken *a, const ScnToken *b, Break how)
{
    gsize a_start = a->span.offset, a_end = a_start + a->span.length;
    gsize b_start = b->span.offset, b_end = b_start + b->span.length;
    GString *out = g_string_new_len(text, (gssize)a_start);

    switch (how) {
    case BREAK_DELETE:
        g_string_append(out, text + a_end);
        break;
    case BREAK_SWAP:
        g_string_append_len(out, text + b_start, (gssize)(b_end - b_start));
        g_string_append_len(out, text + a_end, (gssize)(b_start - a_end));
        g_string_append_len(out, text + a_start, (gssize)(a_end - a_start));
        g_string_append(out, text + b_end);
        break;
    case BREAK_MISTYPE:
        g_string_append_c(out, '~');
        g_string_append(out, text + a_start + 1);
        break;
    case BREAK_DOUBLE:
        g_string_append_len(out, text + a_start, (gssize)(a_end - a_start));
        g_string_append_c(out, ' ');
        g_string_append(out, text + a_start);
        break;
    default:
        break; /* the rest is gone */
    }
    return g_string_free(out, FALSE);
}

/* Either it still means something, or there is a message with a place, and 20 at most. */
static bool
judge(const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = scn_parse_text("t.scn", text, strlen(text), NULL, errors);

    CU_ASSERT((scenario != NULL) == (errors->items->len == 0));
    CU_ASSERT(errors->items->len <= SCN_ERRORS_MAX);
    for (guint i = 0; i < errors->items->len; i++) {
        const ScnError *error = errors->items->pdata[i];
        CU_ASSERT(g_str_has_prefix(error->place, "t.scn:"));
        CU_ASSERT_PTR_NOT_NULL(error->line);
        CU_ASSERT_PTR_NOT_NULL(strchr(error->caret, '^'));
    }
    return scenario == NULL;
}

/* Breaks text at each of its tokens in each way; returns how many of them are errors. */
static guint
break_everywhere(const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)scn_source_free);
    g_ptr_array_add(sources, scn_source_new("t.scn", text, strlen(text)));
    ScnLexer lexer = {sources, errors, 0, 0};
    g_autoptr(GArray) tokens = scn_tokens_new();
    guint broken = 0;

    while (scn_lexer_line(&lexer, tokens)) {
        for (guint i = 0; i + 2 < tokens->len; i++) {
            const ScnToken *a = &g_array_index(tokens, ScnToken, i);
            for (Break how = 0; how < BREAKS; how++) {
                g_autofree char *bad = break_text(text, a, a + 1, how);
                broken += judge(bad);
            }
        }
    }
    return broken;
}

static void
test_broken_heal(void)
{
    g_autofree char *text = NULL;
    CU_ASSERT_FATAL(g_file_get_contents("scenarios/partition_heal.scn", &text, NULL, NULL));
    CU_ASSERT_FALSE(judge(text));
    CU_ASSERT(break_everywhere(text) > 1000);
}

static void
test_broken_forms(void)
{
    static const char text[] = SCN_TEST_HEADER
        "tree\n  g - x1 - x2\nend\n"
        "script deliver from=a1 to=b1\n  x1 -> tip | side\n  x8 -> reject bad-nonce at x7\nend\n"
        "every 10m from 1h until 5h\n  loss a1 -> b1 10% for 1m msg=new-block\nend\n"
        "when height(a1) >= 20 each crash a1 for 1m wipe\n"
        "param p = 5m in 1m..9m \"help\"\nsweep p = 1m..2m lin 5\nzip p, p\n"
        "topology star hub=a1\nedge a1 b1 latency=20ms\n"
        "link a[*] <-> {b1, b[2..3]} - b2 latency=pareto(5ms, 2) rate=1Mbps\n"
        "measure m = max(1, min(height(all)))\ntable m by p stat=mean\n"
        "never any(not (height(a1) > 1 + 2 * 3 ^ 2)) from 1m until 2m if $p > 1m unless 1 > 2\n";
    CU_ASSERT(break_everywhere(text) > 400);
}

/* Bytes drawn from a small generator of its own: the same on every run. */
static void
test_noise(void)
{
    static const char alphabet[] = "aze09 \n\t#\\\"$.[](){}<>=!|*/^+-,:;%\xC3\xA9~_atendnodes";
    guint64 state = 1;
    for (guint run = 0; run < 2000; run++) {
        GString *text = g_string_new(run % 2 ? SCN_TEST_HEADER : "");
        for (guint i = 0; i < 60; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            g_string_append_c(text, alphabet[(state >> 33) % (sizeof alphabet - 1)]);
        }
        judge(text->str);
        g_string_free(text, TRUE);
    }
}

static void
test_large(void)
{
    g_autofree char *line = g_strnfill(3 << 20, 'x');
    g_autofree char *newlines = g_strnfill(1 << 20, '\n');
    g_autofree char *text = g_strconcat("scn 1 \"t\"", newlines, line, NULL);
    CU_ASSERT(judge(text));
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autofree char *huge = g_strnfill((16 << 20) + 1, '\n');
    CU_ASSERT_PTR_NULL(scn_parse_text("t.scn", huge, (16 << 20) + 1, NULL, errors));
    CU_ASSERT_EQUAL(errors->items->len, 1);
    g_autoptr(ScnErrors) missing = scn_errors_new();
    CU_ASSERT_PTR_NULL(scn_parse_file("no/such/file.scn", NULL, missing));
    CU_ASSERT_EQUAL(missing->items->len, 1);
}

TEST_SUITE(forms, {"statements", test_statements}, {"actions", test_actions},
           {"functions", test_functions}, {"include", test_include},
           {"broken heal", test_broken_heal}, {"broken forms", test_broken_forms},
           {"noise", test_noise}, {"large", test_large})
