/* Legal scenarios drawn at random: each must parse, and run alike shared, isolated, over the wire
 * and again, with the books balanced and every node's audit clean. An assertion of node or
 * simulator ends the test: its message names the seed, which is the drawing's number.
 *
 *   KETTE_GENERATED=N           so many drawings instead of 150
 *   KETTE_GENERATED_SEED=S      the first
 *   KETTE_GENERATED_PRINT=1     the text of each
 */
#include "sim/run/run.h"
#include "sim/world/observe.h"
#include "tests/harness/harness.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t state;
    GString *text;
    unsigned a, b, nodes; /* a[1..a], b[1..b] */
    bool off;             /* pow=off */
    bool discovery;
    bool upgrades; /* early and late */
} Draw;

static uint64_t
number(Draw *d, uint64_t n)
{
    uint64_t z = (d->state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % n;
}

static bool
chance(Draw *d, unsigned percent)
{
    return number(d, 100) < percent;
}

/* One of several texts. */
#define ONE_OF(d, ...) one_of(d, (const char *const[]){__VA_ARGS__, NULL})

static const char *
one_of(Draw *d, const char *const *words)
{
    return words[number(d, g_strv_length((char **)words))];
}

/* ` word=value`, as often as `percent` says. */
static void
option(Draw *d, unsigned percent, const char *word, const char *value)
{
    if (chance(d, percent))
        g_string_append_printf(d->text, " %s=%s", word, value);
}

static const char *
node(Draw *d)
{
    static char name[8];
    bool of_a = number(d, d->nodes) < d->a;

    g_snprintf(name, sizeof name, "%s%u", of_a ? "a" : "b",
               1 + (unsigned)number(d, of_a ? d->a : d->b));
    return name;
}

/* Appends both. One draw a call: arguments are worked out in any order. */
static void
put(Draw *d, const char *before, const char *drawn)
{
    g_string_append(d->text, before);
    g_string_append(d->text, drawn);
}

static unsigned
seconds(Draw *d, unsigned from, unsigned to)
{
    return from + (unsigned)number(d, to - from);
}

/* --- the world ---------------------------------------------------------------------------- */

static void
draw_chain(Draw *d)
{
    d->off = chance(d, 25);
    g_string_append_printf(d->text, "chain spacing=%s", ONE_OF(d, "2s", "5s", "10s", "30s"));
    option(d, 100, "pow", d->off ? "off" : "simulated");
    switch (number(d, 5)) {
    case 0:
        g_string_append(d->text, " algorithm=epoch window=6");
        option(d, 50, "clamp", "2");
        break;
    case 1:
        g_string_append(d->text, " algorithm=asert half-life=2m");
        break;
    case 2:
        g_string_append(d->text, " algorithm=lwma window=8");
        break;
    default:
        break;
    }
    option(d, 50, "fork-choice", ONE_OF(d, "most-work", "longest", "ghost"));
    option(d, 50, "tie", ONE_OF(d, "first-seen", "lowest-hash", "random"));
    option(d, 20, "finality", ONE_OF(d, "2", "6"));
    if (chance(d, 20)) {
        g_string_append_printf(d->text, " max-reorg=%s", ONE_OF(d, "1", "4"));
        option(d, 50, "unpark", ONE_OF(d, "1x", "1.5x", "2x"));
        option(d, 50, "in-first-sync", "no");
    }
    option(d, 30, "maturity", ONE_OF(d, "1", "3"));
    option(d, 20, "halving", "7");
    option(d, 20, "max-block", ONE_OF(d, "1kB", "5kB"));
    option(d, 20, "mtp", ONE_OF(d, "1", "3"));
    option(d, 20, "max-future", "30s");
    option(d, 20, "min-fee", "0.001");
    g_string_append_c(d->text, '\n');
}

static void
draw_protocol(Draw *d)
{
    d->discovery = chance(d, 20);
    g_string_append_printf(d->text, "protocol relay=%s",
                           ONE_OF(d, "flood", "inventory", "compact"));
    option(d, 50, "sync", ONE_OF(d, "off", "1s", "20s"));
    option(d, 40, "keepalive", ONE_OF(d, "off", "3s"));
    option(d, 40, "ack", ONE_OF(d, "on", "off"));
    option(d, 40, "request-timeout", ONE_OF(d, "500ms", "2s", "20s"));
    option(d, 30, "backoff", ONE_OF(d, "1s..2s", "300ms..10s"));
    option(d, 30, "orphans", ONE_OF(d, "1", "5"));
    option(d, 30, "ban", ONE_OF(d, "off", "30s"));
    option(d, 30, "uploads", ONE_OF(d, "1", "2"));
    option(d, 20, "relay-side-blocks", "yes");
    option(d, 20, "block-size", "20kB");
    option(d, 20, "compact-size", "2kB");
    if (d->discovery) {
        put(d, " discovery=on outbound=", ONE_OF(d, "1", "3"));
        put(d, " inbound=", ONE_OF(d, "1", "8"));
    }
    g_string_append_c(d->text, '\n');
}

static void
draw_upgrades(Draw *d)
{
    d->upgrades = chance(d, 30);
    if (!d->upgrades)
        return;
    put(d, "upgrade early at-height=", ONE_OF(d, "1", "3", "8"));
    option(d, 50, "reward", "33");
    option(d, 50, "halving", "5");
    put(d, " maturity=", ONE_OF(d, "1", "2", "6"));
    put(d, "\nupgrade late at-height=", ONE_OF(d, "2", "9"));
    if (chance(d, 60))
        put(d, " signal=", ONE_OF(d, "30% signal-window=3", "75% signal-window=4"));
    option(d, 40, "maturity", "4");
    option(d, 40, "mtp", "5");
    put(d, " min-version=", ONE_OF(d, "1", "2"));
    g_string_append_c(d->text, '\n');
}

/* A strategy with its options. */
static const char *
strategy(Draw *d)
{
    return ONE_OF(d, "selfish", "stubborn lead=yes", "stubborn equal-fork=yes trail=2", "withhold",
                  "double-spend pay=one back=two confirmations=1 give-up=2",
                  "double-spend pay=one back=two confirmations=2 from=9s", "hop leave=1.1",
                  "silent", "lag by=3s", "lag by=1ns", "spam rate=3/s send=orphans",
                  "spam rate=1/s send=headers", "spam rate=2/s send=bad-blocks",
                  "spam rate=1/s send=forgeries", "spam rate=5/s send=junk");
}

static void
draw_node_options(Draw *d)
{
    option(d, 15, "role", "full");
    option(d, 15, "listen", "no");
    option(d, 15, "clock", ONE_OF(d, "5s", "-20s"));
    option(d, 15, "drift", ONE_OF(d, "300ppm", "-300ppm"));
    option(d, 15, "uplink", ONE_OF(d, "100kbps", "5Mbps"));
    option(d, 15, "downlink", ONE_OF(d, "100kbps", "5Mbps"));
    option(d, 15, "mempool", "2kB");
    option(d, 20, "validate", ONE_OF(d, "1ns", "30ms", "3s"));
    option(d, 15, "start", ONE_OF(d, "1ns", "20s"));
    g_string_append_c(d->text, '\n');
}

static void
draw_links(Draw *d)
{
    if (!d->discovery || chance(d, 50))
        g_string_append_printf(d->text, "topology %s\n",
                               ONE_OF(d, "mesh", "star hub=a1", "line", "ring", "tree k=2",
                                      "random p=0.6", "scalefree m=1"));
    else
        g_string_append(d->text, "topology none\n");
    g_string_append_printf(d->text, "link all latency=%s",
                           ONE_OF(d, "0", "1ns", "50ms", "uniform(0, 300ms)", "normal(50ms, 40ms)",
                                  "lognormal(80ms, 0.7)", "exponential(100ms)", "pareto(20ms, 2)",
                                  "2s"));
    option(d, 30, "min", ONE_OF(d, "1ns", "10ms"));
    option(d, 30, "jitter", ONE_OF(d, "1ms", "500ms"));
    option(d, 40, "loss", ONE_OF(d, "1%", "30%", "gilbert(bad=90%, to-bad=3%, to-good=30%)"));
    option(d, 20, "duplicate", "10%");
    option(d, 20, "reorder", "10%");
    option(d, 20, "corrupt", "5%");
    option(d, 20, "rate", ONE_OF(d, "200kbps", "10Mbps"));
    option(d, 20, "queue", "20kB");
    option(d, 20, "order", "any");
    option(d, 35, "transport", "stream");
    g_string_append_c(d->text, '\n');
}

static void
draw_payments(Draw *d)
{
    g_string_append_printf(d->text, "wallet carol funds=100 at=%s\nwallet dora\n", node(d));
    g_string_append(d->text, "tx one from=carol to=dora amount=1 fee=0.01\n"
                             "tx two from=carol to=dora amount=2 fee=0.02 nonce=0\n");
    if (!chance(d, 30)) /* signatures take most of the time */
        return;
    put(d, "load rate=", chance(d, 3) ? "20/s" : ONE_OF(d, "1/s", "6/m"));
    put(d, " from=carol to=random amount=0.001..0.1 at=", ONE_OF(d, "random", "a1"));
    g_string_append_c(d->text, '\n');
}

/* --- what happens ------------------------------------------------------------------------- */

static const char *
length(Draw *d)
{
    return ONE_OF(d, "1ns", "900ms", "5s", "20s", "65s");
}

static void
draw_partition(Draw *d)
{
    const char *style = ONE_OF(d, "", " style=drop", " style=hold", " style=slow by=700ms");

    g_string_append(d->text, "partition ");
    switch (number(d, 5)) {
    case 0:
        g_string_append(d->text, "halves");
        break;
    case 1:
        g_string_append_printf(d->text, "isolate %s", node(d));
        break;
    case 2:
        g_string_append(d->text, "random(2)");
        break;
    case 3:
        g_string_append(d->text, "ring");
        break;
    default:
        g_string_append(d->text, "a[*] | b[*]");
    }
    g_string_append_printf(d->text, " for %s%s", length(d), style);
}

static void
draw_impairment(Draw *d)
{
    switch (number(d, 5)) {
    case 0:
        put(d, "loss all -> ", node(d));
        put(d, " ", ONE_OF(d, "10%", "100%"));
        break;
    case 1:
        g_string_append_printf(d->text, "delay all -> a[*] %s", ONE_OF(d, "+1ns", "+3s"));
        break;
    default:
        g_string_append_printf(d->text, "%s a[*] -> b[*] 20%%",
                               ONE_OF(d, "duplicate", "reorder", "corrupt"));
    }
    g_string_append_printf(d->text, " for %s", length(d));
    option(d, 30, "msg", ONE_OF(d, "new-block", "response-chain", "inventory"));
}

static void
draw_deviation(Draw *d)
{
    switch (number(d, 3)) {
    case 0:
        put(d, "strategy ", ONE_OF(d, "a[*]", "b[*]", "b1", "all"));
        put(d, " ", chance(d, 30) ? "honest" : strategy(d));
        break;
    case 1:
        put(d, "withhold ", ONE_OF(d, "on", "on", "off"));
        put(d, " ", node(d));
        break;
    default:
        put(d, "release ", ONE_OF(d, "", "1 ", "all "));
        put(d, "at ", node(d));
    }
}

static void
draw_hand(Draw *d)
{
    if (d->upgrades && chance(d, 40)) {
        put(d, "upgrade ", ONE_OF(d, "early", "late", "all"));
    } else {
        put(d, "", ONE_OF(d, "invalidate", "reconsider", "checkpoint", "unpark"));
        put(d, " ", ONE_OF(d, "tip", "tip", "genesis"));
    }
    put(d, " at ", node(d));
}

/* One action, without its time. */
static void
draw_action(Draw *d)
{
    switch (number(d, 22)) {
    case 0:
        draw_partition(d);
        break;
    case 1:
        draw_impairment(d);
        break;
    case 2:
        g_string_append_printf(d->text, "oneway a[*] -> b[*] for %s", length(d));
        break;
    case 3:
        put(d, "crash ", node(d));
        put(d, " for ", length(d));
        put(d, "", ONE_OF(d, "", " wipe", " at-write=3", " at-write=2 torn"));
        break;
    case 4:
        put(d, "pause ", node(d));
        put(d, " for ", length(d));
        break;
    case 5:
        put(d, "leave ", node(d));
        put(d, " for ", length(d));
        break;
    case 6:
        put(d, "clock ", node(d));
        put(d, " ", ONE_OF(d, "+10s", "-10s", "0"));
        break;
    case 7:
        g_string_append_printf(d->text, "mining %s",
                               ONE_OF(d, "off a[*]", "on a[*]", "off all", "on all"));
        break;
    case 8:
        g_string_append_printf(d->text, "hash a[*] = %s", ONE_OF(d, "0", "10%", "50%"));
        break;
    case 9:
        put(d, "submit ", ONE_OF(d, "one", "two"));
        put(d, " at ", node(d));
        break;
    case 10:
        g_string_append_printf(d->text, "eclipse b1 by a[*] for %s", length(d));
        break;
    case 11:
        g_string_append_printf(d->text, "cut a1 b1 for %s", length(d));
        break;
    case 12:
        g_string_append(d->text, "join-edge a1 b1");
        break;
    case 13:
        g_string_append(d->text, "heal");
        break;
    case 14:
        g_string_append_printf(d->text, "restart %s", node(d));
        break;
    case 15:
    case 16:
    case 17:
        draw_deviation(d);
        break;
    case 18:
    case 19:
    case 20:
        draw_hand(d);
        break;
    default:
        put(d, "mine ", ONE_OF(d, "1", "1", "3", "12"));
        put(d, " at ", node(d));
    }
    g_string_append(d->text, " maybe\n");
}

static char *
draw_text(Draw *d)
{
    unsigned faults;

    d->a = 1 + (unsigned)number(d, 4);
    d->b = 1 + (unsigned)number(d, 4);
    d->nodes = d->a + d->b;
    draw_chain(d);
    draw_protocol(d);
    draw_upgrades(d);
    g_string_append_printf(d->text, "nodes a[1..%u]", d->a);
    draw_node_options(d);
    g_string_append_printf(d->text, "nodes b[1..%u]", d->b);
    if (d->upgrades)
        option(d, 80, "without", ONE_OF(d, "early", "late", "early,late"));
    draw_node_options(d);
    draw_links(d);
    draw_payments(d);
    g_string_append_printf(d->text, "duration %us\n", seconds(d, 60, 240));
    if (chance(d, 30)) {
        put(d, "at 1ns strategy ", ONE_OF(d, "a[*]", "b[*]", "a1"));
        put(d, " ", strategy(d));
        option(d, 30, "pool", "no");
        g_string_append(d->text, " maybe\n");
    }
    faults = (unsigned)number(d, 14);
    for (unsigned i = 0; i < faults; i++) {
        if (chance(d, 15)) {
            g_string_append_printf(d->text, "every %us", seconds(d, 2, 15));
            g_string_append_printf(d->text, " from %us until 60s ", seconds(d, 1, 20));
        } else {
            g_string_append_printf(d->text, "at %us ", seconds(d, 0, 59));
        }
        draw_action(d);
    }
    if (d->off)
        g_string_append(d->text, "every 3s from 1s until 55s mine 1 at a1 maybe\n");
    g_string_append(d->text, "always supply_ok(all)\n");
    g_string_append(d->text, "finally height(all) >= 0\n");
    return g_string_free(g_steal_pointer(&d->text), FALSE);
}

/* --- what must hold ----------------------------------------------------------------------- */

static void
audit(const SimRun *run)
{
    SimWorld *world = sim_run_world(run);

    for (uint32_t i = 0; i < sim_world_node_count(world); i++) {
        const KetteNode *node = sim_world_node(world, i);
        const char *wrong = node != NULL ? kette_node_audit(node) : NULL;

        TEST_STR_EQUAL(wrong != NULL ? wrong : "ok", "ok");
    }
}

/* Whether this drawing holds; its digest in `digest` if that is empty, else it must be that. */
static bool
run_once(const ScnScenario *scenario, bool isolate, bool wire, char digest[65])
{
    const SimRunOptions options = {
        .build = {.isolate = isolate, .wire = wire, .model = isolate && wire},
        .scenario_name = "generated.scn"};
    g_autoptr(GError) error = NULL;
    g_autoptr(SimRun) run = sim_run_new(scenario, &options, &error);
    bool same;

    if (run == NULL || !sim_run_execute(run, &error)) {
        fprintf(stderr, "     %s\n", error->message);
        return false;
    }
    audit(run);
    if (digest[0] == '\0')
        g_strlcpy(digest, sim_run_digest(run), 65);
    same = strcmp(sim_run_digest(run), digest) == 0;
    if (!same)
        fprintf(stderr, "     another digest%s%s\n", isolate ? " isolated" : "",
                wire ? " over the wire" : "");
    if (sim_run_status(run) != SIM_STATUS_HELD)
        fprintf(stderr, "     %s: %s\n", sim_run_status_name(sim_run_status(run)),
                sim_run_trouble(run));
    return same && sim_run_status(run) == SIM_STATUS_HELD;
}

static void
draw_one(uint64_t seed, GChecksum *all)
{
    Draw d = {.state = seed, .text = g_string_new("scn 1 \"generated\"\n")};
    g_autofree char *text = NULL;
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = NULL;
    char digest[65] = "";
    bool held;

    g_string_append_printf(d.text, "seed %" G_GUINT64_FORMAT "\n", seed);
    text = draw_text(&d);
    if (g_getenv("KETTE_GENERATED_PRINT") != NULL)
        fputs(text, stdout);
    scenario = scn_parse_text("generated.scn", text, strlen(text), NULL, errors);
    if (scenario == NULL)
        scn_errors_print(errors, stderr, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    held = run_once(scenario, false, false, digest);
    held &= run_once(scenario, true, false, digest);
    held &= run_once(scenario, false, true, digest);
    held &= run_once(scenario, true, true, digest);
    if (!held)
        fprintf(stderr, "     KETTE_GENERATED=1 KETTE_GENERATED_SEED=%" G_GUINT64_FORMAT "\n",
                seed);
    CU_ASSERT_TRUE(held);
    g_checksum_update(all, (const guchar *)digest, (gssize)strlen(digest));
}

static void
test_generated(void)
{
    const char *count = g_getenv("KETTE_GENERATED"), *first = g_getenv("KETTE_GENERATED_SEED");
    uint64_t seed = first != NULL ? g_ascii_strtoull(first, NULL, 10) : 1;
    uint64_t draws = count != NULL ? g_ascii_strtoull(count, NULL, 10) : 150;
    g_autoptr(GChecksum) all = g_checksum_new(G_CHECKSUM_SHA256);

    for (uint64_t i = 0; i < draws; i++)
        draw_one(seed + i, all);
    if (count != NULL)
        fprintf(stderr, "     %" G_GUINT64_FORMAT " drawings from %" G_GUINT64_FORMAT ": %.16s\n",
                draws, seed, g_checksum_get_string(all));
}

TEST_SUITE(generated, {"legal scenarios", test_generated})
