/* The warnings of kettensim check: each where it is due, and none where the author may mean it. */
#include "tests/cli/command.h"

#include <string.h>

#define HEAD "scn 1 \"l\"\nduration 10m\n"
#define JUDGED "finally height(all) >= 0\n"

/* Checks the warnings (all of stderr, without "w.scn: warning: "). */
static void
check(const char *text, const char *warnings)
{
    char *folder = folder_new();
    g_autoptr(GString) got = NULL;

    g_free(folder_write(folder, "w.scn", text));
    g_auto(Result) result = COMMAND(folder, "check", "-q", "w.scn");

    CU_ASSERT_EQUAL(result.status, 0);
    got = g_string_new(result.err);
    g_string_replace(got, "w.scn: warning: ", "", 0);
    TEST_STR_EQUAL(got->str, warnings);
    folder_remove(folder);
}

static void
test_unconnected(void)
{
    check(HEAD "nodes n[1..5]\nnode lone\ntopology none\nedge n1 n[2..5]\n" JUDGED,
          "the network is not connected: it falls into 2 parts, and 1 node has no link\n");
    check(HEAD "nodes n[1..4]\ntopology none\nedge n1 n2\nedge n3 n4\n" JUDGED, "");
    check(HEAD "protocol discovery=on\nnodes n[1..4]\ntopology none\n" JUDGED, "");
    check(HEAD "nodes n[1..2] strategy=withhold\ntopology none\nnode m\nedge n1 m\n" JUDGED, "");
}

static void
test_regions(void)
{
    check(HEAD "nodes n[1..9] region=eu:99%,us:1% quota=exact\n" JUDGED,
          "no node is in the region 'us'\n");
    check(HEAD "nodes n[1..9] region=eu:99%,us:1%\n" JUDGED, "");
}

static void
test_retargets(void)
{
    check(HEAD "chain window=10 clamp=3 half-life=2h\nnode n\n" JUDGED,
          "window= changes nothing: the algorithms fixed and asert have none\n"
          "clamp= changes nothing: only the algorithms epoch and eda read it\n"
          "half-life= changes nothing: only algorithm=asert reads it\n");
    check(HEAD "chain algorithm=epoch window=10 clamp=3\nnode n\n" JUDGED, "");
    check(HEAD "chain algorithm=asert half-life=2h\nnode n\n" JUDGED, "");
    check(HEAD "chain algorithm=lwma window=10\nnode n\n" JUDGED, "");
    check(HEAD "chain algorithm=lwma clamp=3\nnode n\n" JUDGED,
          "clamp= changes nothing: only the algorithms epoch and eda read it\n");
    check(HEAD "param a = epoch\nchain algorithm=$a half-life=2h\nnode n\n" JUDGED, "");
    check(HEAD "param a = fixed\nsweep a = fixed, asert\nseeds 1..2\n"
               "chain algorithm=$a half-life=2h\nnode n\n" JUDGED,
          "");
}

static void
test_mesh(void)
{
    check(HEAD "nodes n[1..1999]\n" JUDGED, "");
    check(HEAD "nodes n[1..2000]\n" JUDGED,
          "a full mesh of 2000 nodes has 1999000 links; topology outbound k=8 has 16000\n");
}

static void
test_bridges(void)
{
    check(HEAD "nodes a[1..3]\nnodes b[1..3]\nnode hub\n"
               "at 1m partition {a[*]} | {b[*]} for 2m\n" JUDGED,
          "w.scn:6: hub is on no side of this cut, so blocks pass from side to side through it\n");
    check(HEAD "nodes a\nnodes b\nnodes c[1..6]\n"
               "at 1m partition {a} | {b} for 2m\n" JUDGED,
          "w.scn:6: c1, c2, c3, c4 and 2 more are on no side of this cut, so blocks pass from side "
          "to side through them\n");
    check(HEAD "nodes n[1..4]\ntopology line\nat 1m partition {n1} | {n4} for 2m\n" JUDGED,
          "w.scn:5: n2, n3 are on no side of this cut, so blocks pass from side to side through "
          "them\n");
    check(HEAD "nodes n[1..4]\ntopology none\nedge n1 n2\nedge n2 n3\nedge n1 n4\n"
               "at 1m partition {n1} | {n2, n3} for 2m\n" JUDGED,
          ""); /* n4 hears one side */
    check(HEAD "nodes n[1..3]\nat 1m\n  partition {n1} | {n2} for 2m\n"
               "  partition {n2} | {n3} for 2m\nend\n" JUDGED,
          "");
    check(HEAD "nodes n[1..3]\nat 1m partition {n1, n2} | {n3} for 9m\n"
               "at 2m partition {n1} | {n2} for 2m\n" JUDGED,
          ""); /* the first cut keeps n3 away */
    check(HEAD "nodes n[1..3]\nat 1m partition {n1, n2} | {n3} for 1m\n"
               "at 2m partition {n1} | {n2} for 2m\n" JUDGED,
          "w.scn:5: n3 is on no side of this cut, so blocks pass from side to side through it\n");
    check(HEAD "nodes n[1..4]\nat 1m partition bridge via=n2 for 2m\n" JUDGED, "");
    check(HEAD "nodes n[1..2]\nnode late start=5m\nat 1m partition {n1} | {n2} for 2m\n" JUDGED,
          "");
}

static void
test_lasting_cuts(void)
{
#define CUT HEAD "nodes n[1..4]\nat 1m partition {n[1..2]} | {n[3..4]}"
    check(CUT "\nfinally same_tip(all)\n",
          "w.scn:4: this cut never heals, and line 5 wants its sides to agree\n");
    check(HEAD
          "nodes n[1..4]\nat 1m partition isolate n1\nfinally same_tip(all) and mined(all) > 0\n",
          "w.scn:4: this cut never heals, and line 5 wants its sides to agree\n");
    check(CUT "\nfinally same_tip(n[1..2])\n", "");
    check(CUT "\nfinally not same_tip(all)\n", "");
    check(CUT "\nat 2m heal\nfinally same_tip(all)\n", "");
    check(CUT " for 1m\nfinally same_tip(all)\n", "");
#undef CUT
}

static void
test_lasting_bans(void)
{
#define TWO HEAD "upgrade u at-height=5 min-version=2\nnodes n[1..2]\nnode o without=u\n"
    check(
        TWO "finally same_tip(all)\n",
        "w.scn:3: nodes that do not know 'u' are banned for longer than the run, and line 6 wants "
        "them to agree with the others: write protocol ban=1m\n");
    check(TWO "finally same_tip(n[*])\n", "");
    check(TWO "finally not same_tip(all)\n", "");
    check(TWO "protocol ban=1m\nfinally same_tip(all)\n", "");
    check(TWO "protocol ban=off\nfinally same_tip(all)\n", "");
    check(TWO "at 5m upgrade u at o\nfinally same_tip(all)\n", "");
    check(TWO "at 5m upgrade all at o\nfinally same_tip(all)\n", "");
    check(HEAD "upgrade u at-height=5 max-block=2MB\nnode n\nnode o without=u\n"
               "finally same_tip(all)\n",
          "");
#undef TWO
}

static void
test_late(void)
{
    check(HEAD "node n\nat 20m mine 1 at n maybe\nalways supply_ok(all) from 11m\n",
          "w.scn:4: this never comes: it is after the end of the run\n"
          "w.scn:5: this check never begins: it is after the end of the run\n");
}

static void
test_unused(void)
{
    check(HEAD
          "param p = 1\nparam q = 2\nlet l = ($q + 1)\nnode n\nat 1m mark m = height(n)\n" JUDGED,
          "w.scn:3: nothing reads the param 'p'\n"
          "w.scn:5: nothing reads the let 'l'\n"
          "w.scn:7: nothing reads the mark 'm'\n");
    check(HEAD "param p = 1\nlet l = ($p + 1)\nnodes n[1..$l]\nparam far = 80ms\n"
               "link all latency=$far\nat 1m mark m = height(n1)\nfinally height(n1) >= m\n" JUDGED,
          "");
}

static void
test_unsent(void)
{
#define MONEY HEAD "node n\nwallet w funds=9\ntx pay from=w to=w amount=1\n"
    check(MONEY "finally confirmations(n, pay) > 0\n",
          "w.scn:5: 'pay' is asked about, but nothing submits it\n");
    check(MONEY "at 1m submit pay at n\nfinally confirmations(n, pay) > 0\n", "");
    check(MONEY JUDGED, "");
#undef MONEY
}

static void
test_heights(void)
{
#define OFF HEAD "chain pow=off\nnodes n[1..2]\n"
    check(OFF "finally height(n1) == 5\n",
          "w.scn:5: height 5 is out of reach: with pow=off only `mine` makes blocks, and nothing "
          "mines\n");
    check(OFF "at 1m mine 2 at n1\nfinally min(height(all)) > 2 and same_tip(all)\n",
          "w.scn:6: height 3 is out of reach: with pow=off only `mine` makes blocks, 2 blocks "
          "here\n");
    check(OFF "at 1m mine 2 at n1\nstop when 3 <= height(n1)\n" JUDGED,
          "w.scn:6: height 3 is out of reach: with pow=off only `mine` makes blocks, 2 blocks "
          "here\n");
    check(OFF "every 1m mine 1 at n1\nfinally height(n1) >= 5\n", "");
    check(OFF "when height(n1) >= 0 each mine 1 at n1\nfinally height(n1) >= 50\n", "");
    check(OFF "finally height(n1) == 0\nnever height(n1) > 3\nfinally not height(n1) > 3\n", "");
    check(HEAD "node n\nfinally height(n) == 5\n", "");
#undef OFF
}

static void
test_no_check(void)
{
    check(HEAD "node n\nmeasure h = height(n)\n", "nothing is judged: there is no check\n");
    check(HEAD "param p = 1\nsweep p = 1, 2\nnodes n[1..$p]\nmeasure h = height(n1)\n"
               "table h by p\n",
          "");
}

static void
test_lone_seed(void)
{
#define NEAR HEAD "node n\nmeasure h = height(n)\nfinally not near(h, 5) over seeds\n"
    check(NEAR, "w.scn:5: one seed gives no interval and no error: write seeds 1..32\n");
    check(NEAR "seeds 1..2\n", "");
    check(HEAD "node n\nmeasure h = height(n)\nfinally mean(h) > 5 over seeds\n", "");
#undef NEAR
}

static void
test_sweep(void)
{
    char *folder = folder_new();

    check(HEAD "param p = 1\nsweep p = 1..200 lin 200\nnodes n[1..$p]\nseeds 1..501\n" JUDGED,
          "the sweep has 200 points x 501 seeds: more than 100000 runs\n");
    g_free(folder_write(folder, "s.scn",
                        HEAD "param p = 1\nparam q = 1\nparam r = 1\nsweep p = 1, 2\n"
                             "sweep q = 3, 4, 5\nsweep r = 6, 7, 8\nzip q, r\nseeds 4..7\n"
                             "nodes n[1..$p]\nnodes m[1..$q]\nnodes o[1..$r]\n" JUDGED));
    g_auto(Result) result = COMMAND(folder, "check", "s.scn");

    TEST_CONTAINS(result.out, "  a sweep of 6 points x 4 seeds; described is the first\n");
    folder_remove(folder);
}

TEST_SUITE(lint, {"unconnected", test_unconnected}, {"regions", test_regions},
           {"retargets", test_retargets}, {"mesh", test_mesh}, {"bridges", test_bridges},
           {"lasting cuts", test_lasting_cuts}, {"lasting bans", test_lasting_bans},
           {"late", test_late}, {"unused", test_unused}, {"unsent", test_unsent},
           {"heights", test_heights}, {"no check", test_no_check}, {"lone seed", test_lone_seed},
           {"sweep", test_sweep})
