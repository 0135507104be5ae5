/* Whole runs: partition_heal at trace off, runs a second on one core, and where a run's time goes.
 */
#include "sim/run/run.h"
#include "sim/run/facts_world.h"
#include "tests/bench/bench.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define FILE_NAME "scenarios/partition_heal.scn"
#define ROUNDS 5
#define RUNS 40

typedef struct {
    double parse, build, simulate, free;
    uint64_t events, messages;
} Spent;

static void
spend(Spent *spent, unsigned seed)
{
    const ScnOptions options = {.seed_given = true, .seed = seed};
    const SimRunOptions run_options = {.scenario_name = FILE_NAME};
    ScnErrors *errors = scn_errors_new();
    double t0 = bench_cpu_seconds(), t1, t2, t3;
    ScnScenario *scenario = scn_parse_file(FILE_NAME, &options, errors);
    SimRun *run;

    if (scenario == NULL) {
        scn_errors_print(errors, stderr, false);
        return;
    }
    t1 = bench_cpu_seconds();
    run = sim_run_new(scenario, &run_options, NULL);
    t2 = bench_cpu_seconds();
    sim_run_execute(run, NULL);
    t3 = bench_cpu_seconds();
    spent->events += sim_run_events(run);
    spent->messages += sim_net_sent(sim_world_net(sim_run_world(run)));
    sim_run_free(run);
    scn_scenario_free(scenario);
    scn_errors_free(errors);
    spent->parse += t1 - t0;
    spent->build += t2 - t1;
    spent->simulate += t3 - t2;
    spent->free += bench_cpu_seconds() - t3;
}

/* ns of one SHA-256d of 80 bytes, the hash of a header. */
static double
header_hash_ns(void)
{
    KetteHasher *hasher = kette_hasher_new();
    uint8_t bytes[80] = {0};
    double start = bench_cpu_seconds(), end;

    for (int i = 0; i < 200000; i++) {
        KetteHash hash = kette_sha256d(hasher, bytes, sizeof bytes);

        memcpy(bytes, hash.b, sizeof hash.b);
    }
    end = bench_cpu_seconds();
    kette_hasher_free(hasher);
    return (end - start) / 200000 * 1e9;
}

/* The same with libcrypto alone, one context that is used again: the floor. */
static double
bare_hash_ns(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    uint8_t bytes[80] = {0};
    double start = bench_cpu_seconds(), end;

    for (int i = 0; i < 200000; i++) {
        unsigned char hash[32];

        EVP_DigestInit_ex2(context, sha256, NULL);
        EVP_DigestUpdate(context, bytes, sizeof bytes);
        EVP_DigestFinal_ex(context, hash, NULL);
        EVP_DigestInit_ex2(context, sha256, NULL);
        EVP_DigestUpdate(context, hash, sizeof hash);
        EVP_DigestFinal_ex(context, bytes, NULL);
    }
    end = bench_cpu_seconds();
    EVP_MD_free(sha256);
    EVP_MD_CTX_free(context);
    return (end - start) / 200000 * 1e9;
}

static void
print_hash(void)
{
    double ours[ROUNDS], bare[ROUNDS], ratio[ROUNDS];

    for (unsigned i = 0; i < ROUNDS; i++) {
        ours[i] = header_hash_ns();
        bare[i] = bare_hash_ns();
        ratio[i] = ours[i] / bare[i];
    }
    printf("  SHA-256d of 80 bytes: %.0f ns, %.2f times libcrypto alone (aim 1.3)\n\n",
           bench_figure("sha256d_80_ns", bench_median(ours, ROUNDS)),
           bench_figure("sha256d_80_over_bare", bench_median(ratio, ROUNDS)));
}

void
bench_runs(void)
{
    double rates[ROUNDS];
    Spent all = {0};
    double total;

    for (unsigned round = 0; round < ROUNDS; round++) {
        double start = bench_cpu_seconds();

        for (unsigned i = 0; i < RUNS; i++)
            spend(&all, round * RUNS + i + 1);
        rates[round] = RUNS / (bench_cpu_seconds() - start);
    }
    total = all.parse + all.build + all.simulate + all.free;
    printf("partition_heal, trace off, one core\n");
    printf("  %.0f runs/s (median of %d rounds of %d seeds)\n",
           bench_figure("partition_heal_runs_per_s", bench_median(rates, ROUNDS)), ROUNDS, RUNS);
    printf("  one run: %.0f events, %.0f messages, %.2f ms\n", (double)all.events / (ROUNDS * RUNS),
           (double)all.messages / (ROUNDS * RUNS), total / (ROUNDS * RUNS) * 1e3);
    printf("  parse %.0f %%, build %.0f %%, simulate %.0f %%, free %.0f %%; %.0f ns an event\n",
           100 * all.parse / total, 100 * all.build / total, 100 * all.simulate / total,
           100 * all.free / total, all.simulate / (double)all.events * 1e9);
    print_hash();
}
