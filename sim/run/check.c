/* Checks as small state machines; each instant visits only the open ones. */
#include "sim/run/check.h"

#include <string.h>

typedef enum { WAITING, STARTED, DECIDED } Phase;

typedef struct {
    SimCheckResult result;
    Phase phase;
    bool looked;         /* the condition has been evaluated on at least one node */
    bool null;           /* at least once, only a null made it true */
    bool guarded;        /* the guard was not true */
    bool held;           /* for a repeating check: it held at an earlier firing */
    int64_t deadline_ns; /* of `within` */
} Check;

struct SimChecks {
    const ScnScenario *scenario;
    SimFacts facts;
    SimCheckHooks hooks;
    SimEval eval;
    GArray *marks;   /* ScnValue */
    GArray *checks;  /* Check, by index in the scenario */
    GArray *open;    /* guint32: outside of blocks and not over, or started */
    GArray *results; /* SimMeasureResult */
    GArray *samples; /* SimSample, by index in the scenario */
    int64_t tolerance_ns;
    int64_t now;
    bool closing; /* the run has ended: repeating checks are decided too */
    bool finished;
};

/* ---- making and freeing ---- */

static void
check_clear(gpointer data)
{
    g_free(((Check *)data)->result.detail);
}

static void
measure_clear(gpointer data)
{
    SimMeasureResult *result = data;
    scn_value_clear(&result->value);
    g_free(result->exact);
    g_free(result->text);
}

static void
value_clear(gpointer data)
{
    scn_value_clear(data);
}

static GArray *
new_array(guint size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, size);
    if (clear)
        g_array_set_clear_func(array, clear);
    return array;
}

static const char *
kind_word(ScnCheckKind kind)
{
    static const char *const words[] = {"expect",    "expect",  "always", "never",
                                        "sometimes", "finally", "reply"};
    return words[kind];
}

static void
add_check(SimChecks *checks, guint32 i)
{
    const ScnCheck *scn = checks->scenario->checks->pdata[i];
    Check check = {
        .result = {.check = scn,
                   .file = scn_scenario_file(checks->scenario, scn->place),
                   .kind = kind_word(scn->kind)},
        .deadline_ns = INT64_MAX,
    };
    g_array_append_val(checks->checks, check);
    if (scn->alone && scn->kind != SCN_CHECK_FINALLY)
        g_array_append_val(checks->open, i);
}

/* Makes room for the scenario's marks; a line may have added some. */
static void
add_marks(SimChecks *checks)
{
    const ScnValue unset = {.scalar = {.kind = SCN_VALUE_UNSET, .node = SCN_NONE}};

    while (checks->marks->len < checks->scenario->marks->len)
        g_array_append_val(checks->marks, unset);
    checks->eval.marks = (const ScnValue *)(const void *)checks->marks->data;
}

SimChecks *
sim_checks_new(const ScnScenario *scenario, const SimFacts *facts)
{
    SimChecks *checks = g_new0(SimChecks, 1);

    checks->scenario = scenario;
    checks->facts = *facts;
    checks->marks = new_array(sizeof(ScnValue), value_clear);
    checks->checks = new_array(sizeof(Check), check_clear);
    checks->open = new_array(sizeof(guint32), NULL);
    checks->results = new_array(sizeof(SimMeasureResult), measure_clear);
    checks->samples = new_array(sizeof(SimSample), NULL);
    for (guint32 i = 0; i < scenario->checks->len; i++)
        add_check(checks, i);
    checks->eval = (SimEval){
        .scenario = scenario,
        .facts = &checks->facts,
    };
    add_marks(checks);
    return checks;
}

void
sim_checks_free(SimChecks *checks)
{
    if (!checks)
        return;
    g_array_unref(checks->marks);
    g_array_unref(checks->checks);
    g_array_unref(checks->open);
    g_array_unref(checks->results);
    g_array_unref(checks->samples);
    g_free(checks);
}

void
sim_checks_set_hooks(SimChecks *checks, const SimCheckHooks *hooks)
{
    checks->hooks = *hooks;
    checks->eval.user = hooks->user;
    checks->eval.cut_start = hooks->cut_start;
    checks->eval.cut_end = hooks->cut_end;
}

static Check *
check_at(const SimChecks *checks, guint i)
{
    return &g_array_index(checks->checks, Check, i);
}

/* ---- deciding ---- */

static void
decide_check(SimChecks *checks, Check *check, SimCheckVerdict verdict, int64_t when_ns,
             char *detail)
{
    /* A check that fires again stays open until it fails. */
    if (check->result.check->repeats && verdict != SIM_CHECK_FAILED && !checks->closing) {
        check->phase = WAITING;
        check->held |= verdict == SIM_CHECK_HELD;
        check->deadline_ns = INT64_MAX;
        g_free(detail);
        return;
    }
    /* A check over many runs fails no single run; its result here is a sample. */
    if (check->result.check->over != SCN_OVER_NONE) {
        check->held = verdict == SIM_CHECK_HELD;
        verdict = SIM_CHECK_SKIPPED;
        g_free(detail);
        detail = g_strdup("it is judged over many runs, by kettensim sweep");
    }
    check->phase = DECIDED;
    check->result.verdict = verdict;
    check->result.time_ns = when_ns;
    check->result.event =
        checks->hooks.event_number ? checks->hooks.event_number(checks->hooks.user) : 0;
    check->result.detail = detail ? detail : g_strdup("");
}

static char *
explain(const SimChecks *checks, const Check *check)
{
    GString *out = g_string_new(NULL);
    bool never = check->result.check->kind == SCN_CHECK_NEVER;
    sim_eval_explain(out, &checks->eval, check->result.check->condition, never);
    return g_string_free(out, FALSE);
}

static void
decide_vacuous(SimChecks *checks, Check *check)
{
    const char *why = "its moment never came";
    if (check->guarded)
        why = "its guard was not true when it started";
    else if (check->null)
        why = "what it asks about never came about (null), which decides nothing";
    else if (check->phase == STARTED)
        why = "its set never had a node up, nor two sets a pair";
    decide_check(checks, check, SIM_CHECK_VACUOUS, checks->now, g_strdup(why));
}

static void
turn_round(ScnValue *value, guint i)
{
    ScnScalar *element =
        scn_value_is_list(value) ? &g_array_index(value->list, ScnScalar, i) : &value->scalar;

    if (element->kind != SCN_VALUE_ABSENT)
        *element = scn_scalar_not(element);
}

/* Evaluates the condition, negated for never. An error decides the check. */
static ScnTruth
evaluate_condition(SimChecks *checks, Check *check)
{
    const ScnCheck *scn = check->result.check;
    ScnValue value = sim_eval(&checks->eval, scn->condition);
    ScnTruth truth = scn_value_truth(&value);

    if (scn->kind == SCN_CHECK_NEVER && truth != SCN_TRUTH_ERROR) {
        for (guint i = 0; i < scn_value_length(&value); i++)
            turn_round(&value, i);
        truth = scn_value_truth(&value);
    }
    if (truth == SCN_TRUTH_ERROR)
        decide_check(
            checks, check, SIM_CHECK_FAILED, checks->now,
            g_strdup(value.error ? value.error : "its condition is neither true nor false"));
    else if (truth == SCN_TRUTH_NULL)
        check->null = true;
    else if (truth != SCN_TRUTH_EMPTY)
        check->looked = true;
    scn_value_clear(&value);
    return truth;
}

/* Evaluates the guard. Returns false if that decided the check. */
static bool
start_check(SimChecks *checks, Check *check)
{
    const ScnCheck *scn = check->result.check;
    check->phase = STARTED;
    if (!scn->guard)
        return true;
    ScnValue value = sim_eval(&checks->eval, scn->guard);
    ScnTruth truth = scn_value_truth(&value);
    if (truth == SCN_TRUTH_ERROR) {
        decide_check(checks, check, SIM_CHECK_FAILED, checks->now,
                     g_strdup(value.error ? value.error : "its guard is neither true nor false"));
    } else if (truth != SCN_TRUTH_TRUE) {
        check->guarded = true;
        decide_vacuous(checks, check);
    }
    scn_value_clear(&value);
    return check->phase == STARTED;
}

/* Judges a check that reads its condition only once. */
static void
judge_once(SimChecks *checks, Check *check)
{
    ScnTruth truth = evaluate_condition(checks, check);
    if (truth == SCN_TRUTH_TRUE)
        decide_check(checks, check, SIM_CHECK_HELD, checks->now, NULL);
    else if (truth == SCN_TRUTH_FALSE)
        decide_check(checks, check, SIM_CHECK_FAILED, checks->now, explain(checks, check));
    else if (truth == SCN_TRUTH_EMPTY || truth == SCN_TRUTH_NULL)
        decide_vacuous(checks, check);
}

/* ---- the lasting ones ---- */

/* Decides a check at the end of its time from what it has seen. */
static void
judge_over(SimChecks *checks, Check *check, int64_t when_ns)
{
    bool lasting = check->result.check->kind == SCN_CHECK_ALWAYS ||
                   check->result.check->kind == SCN_CHECK_NEVER;
    if (!check->looked)
        decide_vacuous(checks, check);
    else if (lasting)
        decide_check(checks, check, SIM_CHECK_HELD, when_ns, NULL);
    else
        decide_check(checks, check, SIM_CHECK_FAILED, when_ns, explain(checks, check));
}

static void
judge_within(SimChecks *checks, Check *check)
{
    if (checks->now > check->deadline_ns) {
        judge_over(checks, check, check->deadline_ns);
        return;
    }
    ScnTruth truth = evaluate_condition(checks, check);
    if (truth == SCN_TRUTH_TRUE)
        decide_check(checks, check, SIM_CHECK_HELD, checks->now, NULL);
    else if (truth != SCN_TRUTH_ERROR && checks->now == check->deadline_ns)
        judge_over(checks, check, check->deadline_ns);
}

static void
judge_lasting(SimChecks *checks, Check *check)
{
    const ScnCheck *scn = check->result.check;
    if (checks->now < scn->from_ns)
        return;
    if (checks->now >= scn->until_ns) {
        judge_over(checks, check, scn->until_ns);
        return;
    }
    if (check->phase == WAITING && !start_check(checks, check))
        return;
    ScnTruth truth = evaluate_condition(checks, check);
    if (scn->kind == SCN_CHECK_SOMETIMES && truth == SCN_TRUTH_TRUE)
        decide_check(checks, check, SIM_CHECK_HELD, checks->now, NULL);
    else if (scn->kind != SCN_CHECK_SOMETIMES && truth == SCN_TRUTH_FALSE)
        decide_check(checks, check, SIM_CHECK_FAILED, checks->now, explain(checks, check));
}

static void
judge_open(SimChecks *checks, Check *check)
{
    switch (check->result.check->kind) {
    case SCN_CHECK_EXPECT: /* with a tolerance: without one it is never open */
    case SCN_CHECK_WITHIN:
        judge_within(checks, check);
        break;
    case SCN_CHECK_ALWAYS:
    case SCN_CHECK_NEVER:
    case SCN_CHECK_SOMETIMES:
        judge_lasting(checks, check);
        break;
    default:
        break; /* a finally waits for the end */
    }
}

/* ---- driving ---- */

void
sim_checks_set_tolerance(SimChecks *checks, int64_t tolerance_ns)
{
    checks->tolerance_ns = tolerance_ns;
}

bool
sim_checks_ask(SimChecks *checks, const ScnTerm *condition, int64_t now, char **ret_error)
{
    checks->now = now;
    ScnValue value = sim_eval(&checks->eval, condition);
    ScnTruth truth = scn_value_truth(&value);
    if (truth == SCN_TRUTH_ERROR)
        *ret_error = g_strdup(value.error ? value.error : "it is neither true nor false");
    scn_value_clear(&value);
    return truth == SCN_TRUTH_TRUE;
}

char *
sim_checks_explain(SimChecks *checks, const ScnTerm *condition, int64_t now)
{
    GString *out = g_string_new(NULL);

    checks->now = now;
    sim_eval_explain(out, &checks->eval, condition, false);
    return g_string_free(out, FALSE);
}

void
sim_checks_mark(SimChecks *checks, const ScnItem *item, int64_t now)
{
    checks->now = now;
    add_marks(checks);
    ScnValue value = sim_eval(&checks->eval, item->value);
    ScnValue *mark = &g_array_index(checks->marks, ScnValue, item->mark);
    scn_value_clear(mark);
    *mark = value;
}

void
sim_checks_start_item(SimChecks *checks, const ScnItem *item, int64_t now)
{
    Check *check = check_at(checks, item->check);
    checks->now = now;
    if (check->phase != WAITING || !start_check(checks, check))
        return;
    switch (check->result.check->kind) {
    case SCN_CHECK_EXPECT:
        if (checks->tolerance_ns == 0) {
            judge_once(checks, check);
            return;
        }
        check->deadline_ns = now + checks->tolerance_ns;
        break;
    case SCN_CHECK_WITHIN:
        check->deadline_ns = now + check->result.check->within_ns + checks->tolerance_ns;
        break;
    default:
        break;
    }
    judge_open(checks, check);
    if (check->phase == STARTED)
        g_array_append_val(checks->open, item->check);
}

bool
sim_checks_evaluate(SimChecks *checks, const ScnTerm *expr, int64_t now, GString *ret_text,
                    char **ret_error)
{
    checks->now = now;
    ScnValue value = sim_eval(&checks->eval, expr);
    bool ok = value.scalar.kind != SCN_VALUE_ERROR;
    if (!ok)
        *ret_error = g_strdup(value.error);
    for (guint i = 0; ok && i < scn_value_length(&value); i++) {
        ScnValue one = {.scalar = *scn_value_element(&value, i)};
        if (one.scalar.kind == SCN_VALUE_ABSENT)
            continue;
        g_string_append(ret_text, ret_text->len ? " " : "");
        sim_value_append_exact(ret_text, &checks->eval, &one);
    }
    scn_value_clear(&value);
    return ok;
}

void
sim_checks_reply(SimChecks *checks, guint32 check, char *detail, int64_t now)
{
    checks->now = now;
    decide_check(checks, check_at(checks, check), detail ? SIM_CHECK_FAILED : SIM_CHECK_HELD, now,
                 detail);
}

bool
sim_checks_is_open(const SimChecks *checks, guint32 check)
{
    return check_at(checks, check)->phase == STARTED;
}

void
sim_checks_instant(SimChecks *checks, int64_t now)
{
    guint kept = 0;
    checks->now = now;
    for (guint i = 0; i < checks->open->len; i++) {
        guint32 index = g_array_index(checks->open, guint32, i);
        Check *check = check_at(checks, index);
        judge_open(checks, check);
        if (check->phase == STARTED || (check->phase == WAITING && check->result.check->alone))
            g_array_index(checks->open, guint32, kept++) = index;
    }
    g_array_set_size(checks->open, kept);
}

int64_t
sim_checks_next_deadline(const SimChecks *checks)
{
    int64_t next = INT64_MAX;
    for (guint i = 0; i < checks->open->len; i++) {
        const Check *check = check_at(checks, g_array_index(checks->open, guint32, i));
        int64_t from_ns = check->result.check->from_ns;
        if (check->phase == WAITING || from_ns > checks->now)
            next = MIN(next, from_ns);
        next = MIN(next, check->deadline_ns);
    }
    return next;
}

static void
finish_check(SimChecks *checks, Check *check)
{
    bool finally = check->result.check->kind == SCN_CHECK_FINALLY;
    bool alone = check->result.check->alone;
    if (check->phase == DECIDED)
        return;
    if (finally && check->result.check->over != SCN_OVER_NONE) {
        decide_check(checks, check, SIM_CHECK_SKIPPED, checks->now, NULL);
        return;
    }
    if (check->phase == WAITING && check->held) {
        decide_check(checks, check, SIM_CHECK_HELD, checks->now, NULL);
        return;
    }
    if (finally && (check->phase == STARTED || (alone && start_check(checks, check))))
        judge_once(checks, check);
    else if (check->phase != DECIDED && check->phase == WAITING)
        decide_vacuous(checks, check);
    else if (check->phase != DECIDED)
        judge_over(checks, check, checks->now);
}

static void
read_measure(SimChecks *checks, const ScnMeasure *measure, bool asked)
{
    SimMeasureResult result = {.measure = measure};
    GString *exact = g_string_new(NULL), *text = g_string_new(NULL);

    if (asked)
        result.value = sim_eval(&checks->eval, measure->value);
    sim_value_append_exact(exact, &checks->eval, &result.value);
    sim_value_append(text, &checks->eval, &result.value);
    result.exact = g_string_free(exact, FALSE);
    result.text = g_string_free(text, FALSE);
    g_array_append_val(checks->results, result);
}

static void
read_measures(SimChecks *checks, bool asked)
{
    for (guint i = 0; i < checks->scenario->measures->len; i++)
        read_measure(checks, checks->scenario->measures->pdata[i], asked);
}

SimCellValue
sim_cell_quantity(ScnQuantity quantity)
{
    ScnNumber value = quantity.value, one = 1;

    if (quantity.dim == SCN_DIM_NUMBER)
        one = SCN_ONE;
    else if (quantity.dim == SCN_DIM_FREQUENCY)
        one = SCN_ONE * 3600;
    if (value % one == 0 && value / one >= G_MININT64 && value / one <= G_MAXINT64)
        return (SimCellValue){.kind = SIM_CELL_INTEGER, .integer = (int64_t)(value / one)};
    return (SimCellValue){.kind = SIM_CELL_REAL, .real = scn_quantity_double(quantity)};
}

SimCellValue
sim_measure_cell(const SimMeasureResult *result)
{
    const ScnScalar *scalar = &result->value.scalar;

    switch (scalar->kind) {
    case SCN_VALUE_QUANTITY:
        return sim_cell_quantity(scalar->quantity);
    case SCN_VALUE_BOOL:
        if (scalar->flag && scalar->by_null)
            return (SimCellValue){.kind = SIM_CELL_NULL};
        return (SimCellValue){.kind = SIM_CELL_INTEGER, .integer = scalar->flag};
    case SCN_VALUE_NULL:
    case SCN_VALUE_ERROR:
    case SCN_VALUE_UNSET:
        return (SimCellValue){.kind = SIM_CELL_NULL};
    default:
        return (SimCellValue){.kind = SIM_CELL_TEXT, .text = result->exact};
    }
}

static SimSample
sample_of(const ScnValue *value, bool condition)
{
    ScnTruth truth = condition ? scn_value_truth(value) : SCN_TRUTH_ERROR;
    if (condition)
        return (SimSample){truth != SCN_TRUTH_TRUE && truth != SCN_TRUTH_FALSE,
                           truth == SCN_TRUTH_TRUE};
    if (value->scalar.kind != SCN_VALUE_QUANTITY)
        return (SimSample){.is_null = true};
    return (SimSample){false, scn_quantity_double(value->scalar.quantity)};
}

static void
read_sample(SimChecks *checks, const ScnSample *scn, bool asked)
{
    SimSample sample = {.is_null = true};
    if (asked && scn->check != SCN_NONE) {
        sample = (SimSample){false, check_at(checks, scn->check)->held};
    } else if (asked && scn->value) {
        ScnValue value = sim_eval(&checks->eval, scn->value);
        sample = sample_of(&value, scn->condition);
        scn_value_clear(&value);
    }
    g_array_append_val(checks->samples, sample);
}

static void
read_samples(SimChecks *checks, bool asked)
{
    for (guint i = 0; i < checks->scenario->samples->len; i++)
        read_sample(checks, &g_array_index(checks->scenario->samples, ScnSample, i), asked);
}

void
sim_checks_finish(SimChecks *checks, int64_t now)
{
    if (checks->finished)
        return;
    sim_checks_instant(checks, now);
    checks->closing = true;
    for (guint i = 0; i < checks->checks->len; i++)
        finish_check(checks, check_at(checks, i));
    read_measures(checks, true);
    read_samples(checks, true);
    checks->finished = true;
}

void
sim_checks_stop(SimChecks *checks, int64_t now)
{
    if (checks->finished)
        return;
    checks->now = now;
    checks->closing = true;
    for (guint i = 0; i < checks->checks->len; i++) {
        Check *check = check_at(checks, i);
        if (check->phase != DECIDED)
            decide_check(checks, check, SIM_CHECK_SKIPPED, now,
                         g_strdup("the run was stopped before it was decided"));
    }
    read_measures(checks, false);
    read_samples(checks, false);
    checks->finished = true;
}

/* ---- reading ---- */

guint
sim_checks_count(const SimChecks *checks)
{
    return checks->checks->len;
}

const SimCheckResult *
sim_checks_get(const SimChecks *checks, guint i)
{
    return &check_at(checks, i)->result;
}

guint
sim_checks_measure_count(const SimChecks *checks)
{
    return checks->results->len;
}

const SimMeasureResult *
sim_checks_get_measure(const SimChecks *checks, guint i)
{
    return &g_array_index(checks->results, SimMeasureResult, i);
}

SimSample
sim_checks_get_sample(const SimChecks *checks, guint i)
{
    return g_array_index(checks->samples, SimSample, i);
}

const char *
sim_check_verdict_name(SimCheckVerdict verdict)
{
    static const char *const names[] = {"open", "held", "failed", "vacuous", "skipped"};
    return names[verdict];
}

bool
sim_check_fails(const SimCheckResult *result)
{
    return result->verdict == SIM_CHECK_FAILED ||
           (result->verdict == SIM_CHECK_VACUOUS && !result->check->maybe);
}

bool
sim_checks_ok(const SimChecks *checks)
{
    for (guint i = 0; i < checks->checks->len; i++) {
        const SimCheckResult *result = sim_checks_get(checks, i);
        if (sim_check_fails(result) || result->verdict == SIM_CHECK_OPEN)
            return false;
    }
    return true;
}

void
sim_check_format(GString *out, const SimCheckResult *result)
{
    const ScnCheck *check = result->check;
    const char *word = sim_check_fails(result) ? "FAIL" : sim_check_verdict_name(result->verdict);
    g_autofree char *file = g_path_get_basename(result->file);

    g_string_append_printf(out, "%s ", word);
    if (*result->file != '\0')
        g_string_append_printf(out, "%s:%u:%u  ", file, check->place.line, check->place.column);
    g_string_append_printf(out, "%s\n", check->text);
    if (result->verdict == SIM_CHECK_VACUOUS) {
        g_string_append_printf(out, "  vacuous: %s\n", result->detail);
    } else if (result->verdict == SIM_CHECK_FAILED) {
        g_autofree char *time = scn_time_text(result->time_ns);
        g_string_append_printf(out, "  at %s (event %" G_GUINT64_FORMAT "): %s\n", time,
                               result->event, result->detail);
    }
}
