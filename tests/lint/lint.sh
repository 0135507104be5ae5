#!/bin/sh
# make lint: what the layers and determinism rules forbid, proved by grep and nm.
# $1 is the folder of the build's objects.
set -u
bad=0
# refuse WHY REGEX FILE…: any matching line is an error
refuse() {
    why=$1 regex=$2
    shift 2
    [ $# -gt 0 ] || return 0
    hits=$(grep -nE "$regex" "$@" /dev/null)
    if [ -n "$hits" ]; then
        echo "lint: $why"
        echo "$hits" | sed 's/^/  /'
        bad=1
    fi
}
list() { find "$@" -name '*.[ch]' 2>/dev/null | LC_ALL=C sort; }

io=$(list sim/io) model=$(list sim/model) policy=$(list sim/policy) base=$(list core/base) chain=$(list core/chain) core=$(list core)
live=$(list sim/live) engine=$(list sim/engine) net=$(list sim/net) world=$(list sim/world)
scenario=$(list sim/scenario) run=$(list sim/run) sim=$(list sim | grep -v '^sim/io/') analysis=$(list analysis)
all="$io $core $sim $analysis $(list tests)"

refuse "sim/io/ knows nothing of ours" '#include "(core|analysis|tests|sim/[^i][a-z]*)/' $io
refuse "core/ may include core/ alone" '#include "(sim|analysis|tests)/' $core
refuse "core/base/ knows no chain" '#include "core/(chain|node)/' $base
refuse "core/chain/ knows no node" '#include "core/node/' $chain
refuse "sim/model/ shares no code with anybody" '#include "(core/|analysis/|sim/[^m]|tests/)' $model
refuse "sim/policy/ knows no simulator" '#include "(core/|analysis/|sim/(engine|net|world|scenario|run|cli)/)' $policy
refuse "sim/engine/ knows no network, no chain" '#include "(core/|analysis/|sim/(io|policy|net|world|scenario|run|cli)/)' $engine
refuse "sim/live/ knows core/ and sim/io/ alone" '#include "(analysis/|sim/[^li]|tests/)' $live
refuse "sim/net/ knows no chain" '#include "(core/|analysis/|sim/(io|policy|world|scenario|run|cli)/)' $net
refuse "sim/scenario/ knows no simulator" '#include "(core/|analysis/|sim/(engine|net|world|run|cli)/)' $scenario
refuse "sim/world/ stands below scenario, run and cli" '#include "(analysis/|sim/(io|scenario|run|cli)/)' $world
refuse "sim/run/ stands below cli" '#include "(analysis/|sim/cli/)' $run
refuse "only sim/world/ joins core/ and sim/engine/: run asks the world" '#include "core/(node|chain)/' $run
refuse "analysis/ reads databases only" '#include "(core|sim/[^i][a-z]*)/' $analysis
refuse "includes are written from the root" '#include "(\.|[^/"]*")' $all

# The parts of core/node in the order in which they may call one another, as PREFIX:FILE where the
# two differ, and whose state is whose; core/node/README.md has the same order.
later=switchboard
for part in serve handshake blocks transaction payments ahead rebuild fetch headers:header_sync \
    bodies:body_sync gossip presync conduct best catch_up trickle high relay log request door peers; do
    file=core/node/${part#*:}
    refuse "$file calls a part of the node that stands after it: raise an event" "\\bkette_($later)_" "$file.c"
    later="$later|${part%:*}"
done
for part in peers request relay high trickle catch_up conduct presync gossip body_sync rebuild ahead handshake; do
    refuse "node->$part is $part.c's alone" "node->$part\\." $(echo "$core" | grep "^core/node/" |
        grep -vE "/($part\\.c|node\\.c|node_impl\\.h)$")
done

refuse "core/ is sans-IO" '(^|[^>.A-Za-z0-9_])(fopen|fprintf|printf|fputs|open|read|write|socket|time|clock|clock_gettime|gettimeofday|getenv|rand|random|pthread_[a-z_]+|g_get_[a-z_]*time|g_rand[a-z_]*|g_thread[a-z_]*|g_file[a-z_]*|g_log|g_print|g_printerr|g_main_[a-z_]+|g_idle_add|g_timeout_add)\(' $(echo "$core" | grep -v core/base/assert.c)
refuse "no wall clock, libc random numbers or environment in the simulation" '(^|[^>.A-Za-z0-9_])(time|clock|clock_gettime|gettimeofday|getenv|rand|random|srand|g_get_real_time|g_get_monotonic_time|g_rand_[a-z]+|g_random_[a-z]+)\(' $engine $net $world
refuse "hash tables are for look-up: nothing iterates one" 'g_hash_table_(foreach[a-z_]*|iter_init|iter_next|get_keys[a-z_]*|get_values[a-z_]*|find|steal_all_[a-z]+)\(' $core $sim
refuse "qsort is not stable, and g_list_sort hides its order" '\b(qsort|qsort_r)\(' $core $sim
refuse "files are written, and databases opened, through sim/io/ alone" '\b(sqlite3_open[a-z0-9_]*|g_file_set_contents[a-z_]*|(g_)?rename|(g_)?mkstemp|creat)\(' $sim $analysis
refuse "banned calls" '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|strtod|scanf|sscanf|alloca|g_alloca|g_return_if_fail|g_return_val_if_fail|g_assert|g_critical|g_warning|system)\(' $core $sim $analysis $io
refuse "the implicit fetch costs three times the hash: KetteHasher" '\b(SHA256|EVP_sha256|EVP_Digest)\(' $core $engine $net $world
refuse "MAX and its like evaluate an argument twice: what draws or reads goes before them" '\b(MAX|MIN|CLAMP|ABS)\(.*(_sample|_next|_below|_random|_exponential|_normal|_draw|draw_[a-z]+|_read_[a-z0-9]+|_pop[a-z_]*|_take[a-z_]*|_uniform)\(|\b(MAX|MIN|CLAMP|ABS)\([^();]*(\+\+|--)' $all
refuse "libm's log, exp, pow differ between libcs" '\b(log|log2|log10|exp|exp2|pow|sin|cos|tan|lround|llround)f?\(' $core $engine $net $world $policy

# Of an object that can be optimised as a program nm sees what is global alone: the rest is cut off.
plain=$(mktemp) || exit 1
trap 'rm -f "$plain"' EXIT
for object in $(find "$1/core" -name '*.o' | LC_ALL=C sort); do
    objcopy -R '.gnu.lto_*' -R '.gnu.debuglto_*' "$object" "$plain" || exit 1
    # A const table of functions is relocated once (.data.rel.ro) and read-only from then on.
    data=$(nm -f sysv "$plain" | tr -d ' ' | awk -F'|' '$3 ~ /^[bBdDcC]$/ &&
        $7 !~ /^\.data\.rel\.ro/ && $1 !~ /^(__odr_asan|__asan|\.L)/ {print $1}')
    if [ -n "$data" ]; then
        echo "lint: writable data in core: $object: $data"
        bad=1
    fi
done
if grep -q -e '-flto' "$1/flags" && ! nm "$1/kettensim" | grep -q '\.lto_priv'; then
    echo "lint: $1/kettensim was not optimised as one program: see LTO in the Makefile"
    bad=1
fi
rough=$(find scenarios -name '*.scn' -exec "$1/kettensim" fmt --check {} + 2>&1)
if [ -n "$rough" ]; then
    echo "lint: scenarios that 'kettensim fmt FILE' would change:"
    echo "$rough" | sed 's/^/  /'
    bad=1
fi
[ "$bad" = 0 ] && echo "lint: layers, banned calls and data are clean"
exit "$bad"
