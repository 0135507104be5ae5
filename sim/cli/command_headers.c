/* kettensim headers: applies the rules to a file of consecutive 80-byte headers.
 *
 * Real headers of Bitcoin pass through the functions that judge the blocks of a simulation, so
 * anyone can test these functions on a chain with known results.
 */
#include "core/base/bytes.h"
#include "core/chain/header_chain.h"
#include "sim/io/text.h"
#include "sim/cli/command.h"
#include "sim/io/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define EXIT_REFUSED 1
#define HEADERS_MAX 4000000   /* four times Bitcoin's in 2026 */
#define HEADERS_MOST 50000000 /* limit of --max: their bytes fit 32 bits */
#define MEGABYTES_A_MILLION 400

typedef struct {
    char *rules_name, *root, *height, *work, *max;
    guint64 most; /* headers */
    KetteHeaderRules rules;
    gboolean json;
    char *path;
} Words;

/* The results of the walk besides the chain. */
typedef struct {
    size_t headers, refused, repeated;
    size_t first_index; /* of the first refused header */
    KetteVerdict first_verdict;
} Walk;

#define usage(...) command_usage("headers", __VA_ARGS__)

/* --- words -------------------------------------------------------------------------------- */

static void
words_clear(Words *words)
{
    g_free(words->rules_name);
    g_free(words->root);
    g_free(words->height);
    g_free(words->work);
    g_free(words->max);
    g_free(words->path);
}

static GOptionContext *
context_new(Words *words)
{
    const GOptionEntry entries[] = {
        {"rules", 0, 0, G_OPTION_ARG_STRING, &words->rules_name,
         "Whose rules: bitcoin (default), bip54, testnet3, testnet4 or bch", "NAME"},
        {"root", 0, 0, G_OPTION_ARG_STRING, &words->root,
         "Trust this header and begin above it: its 80 bytes as 160 hex digits", "HEX80"},
        {"height", 0, 0, G_OPTION_ARG_STRING, &words->height, "Height of the root", "H"},
        {"work", 0, 0, G_OPTION_ARG_STRING, &words->work,
         "Work of the chain up to and including the root", "HEX"},
        {"max", 0, 0, G_OPTION_ARG_STRING, &words->max,
         "Read at most this many headers (default: 4000000)", "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &words->json, "Print one JSON object", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("FILE");

    g_option_context_set_summary(
        context,
        "Checks a file of 80-byte headers against the rules: version, proof of work, bits and\n"
        "their retargets, median time past. The parent of a header may be anywhere earlier in\n"
        "the file; of several branches the one with most work wins. Repeated headers are counted\n"
        "and skipped.");
    g_option_context_set_description(
        context,
        "Without --root the first header is genesis: its previous hash is zero. Above a root two\n"
        "rules are weaker, and the output says so. Bits whose rule looks below the root are not\n"
        "compared with it; those of the first retarget of bitcoin and bip54 must be within reach\n"
        "of one. The first ten times are not compared with the median.\n\n"
        "Rules: bitcoin, the main chain. bip54, the main chain with the limits on times of BIP 54\n"
        "from genesis on. testnet3 and testnet4 have the 20-minute rule, testnet4 BIP 94. bch,\n"
        "Bitcoin Cash: from height 478559 the emergency adjustment, from 504032 cw-144, from\n"
        "661648 aserti3-2d. The floors of versions (BIP 34, 65, 66) are not checked.\n\n"
        "Examples:\n"
        "  kettensim headers mainnet.bin\n"
        "  kettensim headers more.bin --root HEX80 --height 2016 --work 7e107e107e1 --json\n\n"
        "Exit status: 0 all accepted; 1 at least one refused; 2 usage or a file that cannot be "
        "read.\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static int
no_such_rules(const char *name)
{
    g_autoptr(GString) names = g_string_new(NULL);
    const char *each;

    for (unsigned i = 0; (each = kette_header_rules_name(i)) != NULL; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", each);
    return usage("no rules '%s': write one of %s", name, names->str);
}

/* Returns an exit status, or -1 to go on. */
static int
parse_words(Words *words, int argc, char **argv)
{
    g_autoptr(GOptionContext) context = context_new(words);
    bool all, any;

    if (!command_parse("headers", context, &argc, &argv))
        return EXIT_USAGE;
    if (argc != 2)
        return usage(argc < 2 ? "no file: name one of 80-byte headers"
                              : "one file at a time: '%s' is one too many",
                     argc < 2 ? "" : argv[2]);
    words->path = g_strdup(argv[1]);
    if (!kette_header_rules_find(&words->rules, words->rules_name ? words->rules_name : "bitcoin"))
        return no_such_rules(words->rules_name);
    words->most = HEADERS_MAX;
    if (words->max != NULL &&
        !g_ascii_string_to_unsigned(words->max, 10, 1, HEADERS_MOST, &words->most, NULL))
        return usage("--max '%s' is not a whole number from 1 to %d", words->max, HEADERS_MOST);
    all = words->root != NULL && words->height != NULL && words->work != NULL;
    any = words->root != NULL || words->height != NULL || words->work != NULL;
    if (any && !all)
        return usage("--root, --height and --work go together: a root is trusted in all three");
    return -1;
}

/* Parses up to 64 hex digits, most significant first. */
static bool
parse_work(KetteU256 *ret_work, const char *text)
{
    size_t len = strlen(text);
    char padded[65];

    if (len == 0 || len > 64)
        return false;
    memset(padded, '0', sizeof padded);
    memcpy(padded + 64 - len, text, len + 1);
    return kette_u256_from_hex(ret_work, padded);
}

/* Returns an exit status, or -1 to go on. */
static int
trust_root(KetteHeaderChain *chain, const Words *words)
{
    uint8_t bytes[KETTE_HEADER_BYTES];
    KetteVerdict verdict;
    KetteU256 work;
    guint64 height;

    if (words->root == NULL)
        return -1;
    if (!kette_hex_decode(bytes, sizeof bytes, words->root))
        return usage("--root is not 160 hex digits, the 80 bytes of a header");
    if (!g_ascii_string_to_unsigned(words->height, 10, 0, G_MAXUINT32, &height, NULL))
        return usage("--height '%s' is not a whole number of 0 or more", words->height);
    if (!parse_work(&work, words->work) || kette_u256_is_zero(&work))
        return usage("--work '%s' is not hex digits of a number above 0 and below 2^256",
                     words->work);
    verdict = kette_header_chain_trust(chain, bytes, height, &work);
    if (verdict != KETTE_OK)
        return usage("the root does not hold on its own: %s", kette_verdict_name(verdict));
    return -1;
}

/* --- the walk ----------------------------------------------------------------------------- */

static Walk
walk(KetteHeaderChain *chain, const uint8_t *bytes, size_t count)
{
    Walk w = {.headers = count};

    for (size_t i = 0; i < count; i++) {
        KetteVerdict verdict = kette_header_chain_add(chain, bytes + i * KETTE_HEADER_BYTES);

        if (verdict == KETTE_OK)
            continue;
        if (verdict == KETTE_ALREADY_KNOWN) {
            w.repeated++;
            continue;
        }
        if (w.refused++ == 0) {
            w.first_index = i;
            w.first_verdict = verdict;
        }
    }
    return w;
}

static void
print_text(const KetteHeaderChain *chain, const Walk *w, const char *path)
{
    const KetteEntry *root = kette_header_chain_root(chain), *tip = kette_header_chain_tip(chain);
    uint64_t changed, retargets = kette_header_chain_retargets(chain, &changed);
    uint64_t trusted, bits = kette_header_chain_trusted_bits(chain, &trusted);
    uint64_t times = kette_header_chain_trusted_times(chain);
    char hash[KETTE_HASH_HEX] = "none", work[65] = "0";

    if (tip != NULL) {
        kette_hash_to_hex(hash, &tip->id);
        kette_u256_to_hex(work, &tip->work);
    }
    io_print(stdout, "%s: %zu headers, %zu refused, %zu repeated\n", path, w->headers, w->refused,
             w->repeated);
    printf("  tip        %s\n", hash);
    if (tip != NULL)
        printf("  height     %" PRIu64 "\n", tip->height);
    printf("  work       %s\n", work);
    printf("  retargets  %" PRIu64 ", of which %" PRIu64 " changed the bits\n", retargets, changed);
    if (root != NULL && root->height > 0)
        printf("  on trust   the root at height %" PRIu64 "\n", root->height);
    if (trusted == 1)
        printf("  on trust   bits at height %" PRIu64 ": its window begins below the root\n", bits);
    if (trusted > 1)
        printf("  on trust   bits at %" PRIu64 " heights up to %" PRIu64
               ": their rule looks below the root\n",
               trusted, bits);
    if (times > 0)
        printf("  on trust   times at heights %" PRIu64 " to %" PRIu64
               ": their medians look below the root\n",
               root->height + 1, times);
    if (w->refused > 0)
        printf("  refused    header %zu of the file: %s\n", w->first_index,
               kette_verdict_name(w->first_verdict));
}

static void
json_tip(JsonBuilder *builder, const KetteEntry *tip)
{
    const KetteU256 none = {{0}};
    char hash[KETTE_HASH_HEX], work[65];

    kette_u256_to_hex(work, tip ? &tip->work : &none);
    json_builder_set_member_name(builder, "tip");
    if (tip != NULL) {
        kette_hash_to_hex(hash, &tip->id);
        json_builder_add_string_value(builder, hash);
        io_json_member_int(builder, "height", tip->height);
    } else {
        json_builder_add_null_value(builder);
        json_builder_set_member_name(builder, "height");
        json_builder_add_null_value(builder);
    }
    io_json_member_text(builder, "work", work);
}

static void
json_refused(JsonBuilder *builder, const Walk *w)
{
    json_builder_set_member_name(builder, "refused");
    if (w->refused == 0) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    io_json_member_int(builder, "index", w->first_index);
    io_json_member_text(builder, "verdict", kette_verdict_name(w->first_verdict));
    json_builder_end_object(builder);
}

static void
print_json(const KetteHeaderChain *chain, const Walk *w, const char *path)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    uint64_t changed, retargets = kette_header_chain_retargets(chain, &changed);
    uint64_t trusted, last_bits = kette_header_chain_trusted_bits(chain, &trusted);

    json_builder_begin_object(builder);
    io_json_member_text(builder, "file", path);
    io_json_member_int(builder, "headers", w->headers);
    json_tip(builder, kette_header_chain_tip(chain));
    io_json_member_int(builder, "retargets", retargets);
    io_json_member_int(builder, "retargets_changed", changed);
    json_refused(builder, w);
    io_json_member_int(builder, "refused_count", w->refused);
    io_json_member_int(builder, "repeated_count", w->repeated);
    /* heights above a root that were trusted without a check; 0: none */
    io_json_member_int(builder, "trusted_bits_height", last_bits);
    io_json_member_int(builder, "trusted_bits_count", trusted);
    io_json_member_int(builder, "trusted_times_to", kette_header_chain_trusted_times(chain));
    json_builder_end_object(builder);
    io_json_print(builder, stdout, true);
}

/* Reads a limited number of headers: a device or a pipe may have no end. Returns an exit status, or
 * -1 to go on. */
static int
read_file(const Words *words, GByteArray *bytes)
{
    const guint most = (guint)words->most * KETTE_HEADER_BYTES;
    FILE *file = fopen(words->path, "rb");
    uint8_t chunk[1 << 16];
    size_t got = file != NULL ? 1 : 0;
    int failed = file != NULL ? 0 : errno;

    while (got > 0 && bytes->len <= most) {
        got = fread(chunk, 1, sizeof chunk, file);
        g_byte_array_append(bytes, chunk, (guint)got);
    }
    if (file != NULL) {
        failed = ferror(file) ? errno : 0;
        fclose(file);
    }
    if (failed != 0)
        return usage("cannot read '%s': %s", words->path, g_strerror(failed));
    if (bytes->len > most)
        return usage("'%s' has more than %" G_GUINT64_FORMAT " headers: --max N reads more, some "
                     "%d MB a million",
                     words->path, words->most, MEGABYTES_A_MILLION);
    return -1;
}

static int
walk_file(KetteHeaderChain *chain, const Words *words)
{
    g_autoptr(GByteArray) read = g_byte_array_new();
    const uint8_t *bytes;
    size_t len;
    Walk w;
    int status = read_file(words, read);

    if (status >= 0)
        return status;
    bytes = read->data;
    len = read->len;
    if (len % KETTE_HEADER_BYTES != 0)
        return usage("%s has %zu bytes, which is not a multiple of %d: it is cut short, or not a "
                     "file of raw headers",
                     words->path, len, KETTE_HEADER_BYTES);
    if (len == 0)
        return usage("%s is empty", words->path);
    w = walk(chain, bytes, len / KETTE_HEADER_BYTES);
    if (words->json)
        print_json(chain, &w, words->path);
    else
        print_text(chain, &w, words->path);
    return command_flush("headers", w.refused > 0 ? EXIT_REFUSED : 0);
}

int
command_headers(int argc, char **argv)
{
    Words words = {.path = NULL};
    g_autoptr(KetteHeaderChain) chain = NULL;
    int status = parse_words(&words, argc, argv);

    if (status < 0) {
        chain = kette_header_chain_new(&words.rules);
        if (chain == NULL)
            status = usage("libcrypto gives no SHA-256: its installation is broken");
    }
    if (status < 0)
        status = trust_root(chain, &words);
    if (status < 0)
        status = walk_file(chain, &words);
    words_clear(&words);
    return status;
}
