/* probe.c - the kind `probe`: an instance says what its solver does, good or bad.
 *
 * It drives the tests of service and command: it can sleep, abort, leave, eat memory, spin past its
 * deadline, write nonsense to the protocol, emit plans one by one, and make plans that a judge
 * refuses. A plan is a value >= 0 (its cost) and a payload of numbers to make it large. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapters/service/child.h"
#include "formulations/certificate.h"

enum probe_abort { PROBE_NEVER, PROBE_NOW, PROBE_AFTER_PLANS };
enum probe_then { PROBE_GO_ON, PROBE_CLOSE, PROBE_HANG, PROBE_LEAVE };
enum probe_refuse { PROBE_ACCEPT, PROBE_REFUSED_BY_CHILD, PROBE_REFUSED_BY_RUNNER };

struct probe_instance {
    const char *kind;
    double target;     /* value of the best plan */
    int64_t plans;     /* how many are emitted, each better by 1 */
    double interval_s; /* before each plan */
    double sleep_s;    /* after the plans, heeding the deadline */
    double spin_s;     /* after that, heeding nothing */
    int prove;         /* give the bound at the end */
    int abort;
    const char
        *aborts_file; /* with abort: only while this file is shorter than abort_times bytes */
    int64_t abort_times;
    const char *abort_engine; /* with abort: only under this engine */
    int64_t exit_code;        /* leave with it */
    int64_t eat_mib;
    int eat_late, eat_briefly; /* after the plans; give it back at once */
    int64_t take_mib;          /* asked for in one piece after the plans, and never touched */
    int garbage, half_plan, infeasible, invalid;
    const char *says;   /* written to the protocol after the plans, as it is, */
    int64_t says_times; /* so often; 0: for ever */
    int then;           /* what it does after that */
    int forget;         /* given a start, neither offers it nor finds anything */
    int refuse;
    int64_t payload; /* numbers in a plan */
    int retell;      /* the last plan comes once more, with one number more */
    double breach;   /* plans before the last break a rule at its price: this much for each plan
                        that is still to come, and cost twice that less */
    /* derived */
    int is_resolved;
};

struct probe_plan {
    double value, breach;
    AZ_LIST(double) payload;
};

struct probe_state {
    double value;
};

#define W AZ_EN_JA
#define I struct probe_instance
#define AMOUNT(M, U, DEF, EN, JA) \
    AZ_NUMBER(I, M, AZ_F_DEFAULT, U, 0, AZ_NO_MAX, DEF, W(EN, JA), W(EN, JA))
#define COUNT(M, U, MIN, DEF, EN, JA) \
    AZ_INTEGER(I, M, AZ_F_DEFAULT, U, MIN, 100000000, DEF, W(EN, JA), W(EN, JA))
#define SWITCH(M, DEF, EN, JA) AZ_BOOLEAN(I, M, AZ_F_DEFAULT, DEF, W(EN, JA), W(EN, JA))

static const struct az_choice abort_choices[] = {
    { "never", W("never", "しない") },
    { "now", W("before any plan", "計画の前") },
    { "after_plans", W("after the plans", "計画の後") },
};
static const struct az_choice then_choices[] = {
    { "go_on", W("goes on", "続ける") },
    { "close", W("closes its output and stays", "出力を閉じて残る") },
    { "hang", W("does nothing", "何もしない") },
    { "leave", W("leaves", "終わる") },
};
static const struct az_choice refuse_choices[] = {
    { "never", W("never", "しない") },
    { "child", W("by every judge", "常に") },
    { "runner", W("only outside the solver process", "求解プロセスの外でだけ") },
};

static const struct az_field instance_rows[] = {
    AZ_TEXT(I, kind, 0, W("Kind", "種類"), W("probe", "probe")),
    AMOUNT(target, "JPY", 10, "Value of the best plan", "最良の値"),
    COUNT(plans, NULL, 0, 1, "Plans emitted", "計画の数"),
    AMOUNT(interval_s, "s", 0, "Seconds before each plan", "計画ごとの秒数"),
    AMOUNT(sleep_s, "s", 0, "Seconds of sleep", "眠る秒数"),
    AMOUNT(spin_s, "s", 0, "Seconds of spinning", "空回りの秒数"),
    SWITCH(prove, 1, "Give the bound", "限界値を示す"),
    AZ_ENUM(I, abort, AZ_F_DEFAULT, abort_choices, 0, W("Abort", "異常終了"), W("When", "いつ")),
    AZ_TEXT(I, aborts_file, 0, W("Counter", "計数"), W("File that counts aborts", "回数の記録")),
    COUNT(abort_times, NULL, 0, 0, "Aborts at most", "異常終了の上限"),
    AZ_TEXT(I, abort_engine, 0, W("Engine", "エンジン"), W("Abort only under it", "異常終了する")),
    COUNT(exit_code, NULL, -1, -1, "Leave with this status", "終了コード"),
    COUNT(eat_mib, "MiB", 0, 0, "Memory to eat", "使うメモリ"),
    SWITCH(eat_late, 0, "Eat after the plans", "計画の後に使う"),
    SWITCH(eat_briefly, 0, "Give the memory back", "メモリを返す"),
    COUNT(take_mib, "MiB", 0, 0, "Memory to ask for after the plans", "計画の後に求めるメモリ"),
    SWITCH(garbage, 0, "Write nonsense", "でたらめを書く"),
    SWITCH(half_plan, 0, "Write half a plan and leave", "計画を半分だけ書いて終わる"),
    AZ_TEXT(I, says, 0, W("Says", "出力"), W("Written after the plans", "計画の後に書く文字列")),
    COUNT(says_times, NULL, 0, 1, "So often; 0: for ever", "書く回数。0 なら限りなく"),
    AZ_ENUM(I, then, AZ_F_DEFAULT, then_choices, 0, W("Then", "その後"),
            W("What it does after that", "その後の振る舞い")),
    SWITCH(infeasible, 0, "There is no plan", "計画がない"),
    SWITCH(forget, 0, "Make nothing of a start", "出発点を使わない"),
    SWITCH(invalid, 0, "Wrong on purpose", "わざと誤る"),
    AZ_ENUM(I, refuse, AZ_F_DEFAULT, refuse_choices, 0, W("Refuse", "拒否"), W("Who", "だれが")),
    COUNT(payload, NULL, 0, 0, "Numbers in a plan", "計画の中の数の個数"),
    SWITCH(retell, 0, "Tell the last plan once more", "最後の計画をもう一度伝える"),
    AMOUNT(breach, "JPY", 0, "Priced breach of the plans before the last",
           "最後より前の計画の譲歩"),
};
static const struct az_table instance_table =
    AZ_TABLE("probe instance", I, instance_rows, NULL, W("What the solver does", "求解の振る舞い"));

static const struct az_field payload_item = AZ_ITEM_NUMBER(NULL, AZ_NO_MIN, AZ_NO_MAX);
static const struct az_field plan_rows[] = {
    AZ_NUMBER(struct probe_plan, value, AZ_F_REQUIRED, "JPY", AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Value", "値"), W("Its cost", "費用")),
    AZ_NUMBER(struct probe_plan, breach, AZ_F_DEFAULT, "JPY", 0, AZ_NO_MAX, 0, W("Breach", "譲歩"),
              W("A rule broken at its price", "価格を払って破る規則")),
    AZ_LIST_OF(struct probe_plan, payload, 0, &payload_item, W("Payload", "荷"),
               W("Numbers", "数")),
};
static const struct az_table plan_table =
    AZ_TABLE("probe plan", struct probe_plan, plan_rows, NULL, W("A value", "値"));

static const struct az_field state_rows[] = {
    AZ_NUMBER(struct probe_state, value, AZ_F_REQUIRED, "JPY", AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Value", "値"), W("Carried", "引き継ぐ値")),
};
static const struct az_table state_table =
    AZ_TABLE("probe state", struct probe_state, state_rows, NULL, W("A value", "値"));

static const struct az_rule rules[] = {
    { { "probe_value",
        W("the value must be >= 0, short by {amount}", "値は 0 以上（{amount} 不足）") },
      false,
      "JPY" },
    { { "probe_refused", W("the plan is refused on purpose", "わざと拒否する") }, false, "JPY" },
    { { "probe_limit", W("the limit must give by {amount}", "上限を {amount} 緩める") },
      false,
      "JPY" },
    { { "probe_breach", W("broken at its price", "価格を払って破る") }, true, "JPY" },
};

static const struct az_code invalid_code = { "probe_invalid",
                                             W("is wrong on purpose", "わざと誤っています") };

static enum az_status resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                              struct az_findings *assumptions)
{
    struct probe_instance *probe = instance;
    (void)arena, (void)findings, (void)assumptions;
    probe->is_resolved = 1;
    return AZ_OK;
}

static enum az_status validate(const void *instance, struct az_arena *arena,
                               struct az_findings *findings)
{
    const struct probe_instance *probe = instance;
    (void)arena;
    if (probe->invalid == 1) AZ_FIND0(findings, &invalid_code, AZ_AT(NULL, "invalid"));
    return AZ_OK;
}

static void measure(const void *instance, enum az_sense *sense, const char **unit,
                    double *money_scale, struct az_time *valid_from, struct az_time *valid_until)
{
    (void)instance;
    *sense = AZ_MINIMIZE;
    *unit = "JPY";
    *money_scale = 1;
    valid_from->utc_s = valid_until->utc_s = AZ_NO_INTEGER;
    valid_from->offset_min = valid_until->offset_min = 0;
}

static void gaps(const void *instance, double *gap, double *gap_abs)
{
    (void)instance;
    *gap = *gap_abs = 0;
}

static void nap(double seconds)
{
    struct timespec time = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
    nanosleep(&time, NULL);
}

/* Sleeps, heeding the run's deadline. False when the run must stop. */
static bool rest(struct az_run *run, double seconds)
{
    double end = az_now(run->context) + seconds;
    while (az_now(run->context) < end) {
        if (az_run_must_stop(run)) return false;
        nap(0.01);
    }
    return !az_run_must_stop(run);
}

static void eat(int64_t mib)
{
    for (int64_t i = 0; i < mib; i++) {
        char *block = malloc(1024 * 1024);
        if (!block) return;
        memset(block, (int)(i | 1), 1024 * 1024);
        /* Not freed on purpose, and read so that it is not optimised away. */
        if (((volatile char *)block)[4096] == 0) return;
        if (i % 64 == 0) nap(0.005); /* NOLINT(clang-analyzer-unix.Malloc) */
    }
}

/* As fast as the machine can, and given back. */
static void eat_briefly(int64_t mib)
{
    size_t size = (size_t)mib * 1024 * 1024;
    char *block = malloc(size);
    if (!block) return;
    for (size_t i = 0; i < size; i += 4096) ((volatile char *)block)[i] = 1;
    free(block);
}

static enum az_status take(int64_t mib)
{
    if (mib >= 500000)
        return AZ_NO_MEMORY; /* more than there is, which AddressSanitizer bears ill */
    void *volatile block = malloc((size_t)mib * 1024 * 1024);
    if (!block) return AZ_NO_MEMORY;
    free(block);
    return AZ_OK;
}

static void feed(const struct probe_instance *probe)
{
    if (probe->eat_mib == 0) return;
    if (probe->eat_briefly == 1)
        eat_briefly(probe->eat_mib);
    else
        eat(probe->eat_mib);
}

static void misbehave(const struct probe_instance *probe, const struct az_engine *engine)
{
    static const char garbage[] = "this is not JSON {]\n";
    static const char half[] = "{\"type\":\"plan\",\"plan\":{\"value\":1";
    struct stat status;
    bool more = true;
    if (probe->garbage == 1 && write(AZ_CHILD_PROTOCOL_FD, garbage, sizeof garbage - 1) < 0)
        _exit(99);
    if (probe->half_plan == 1) {
        if (write(AZ_CHILD_PROTOCOL_FD, half, sizeof half - 1) < 0) _exit(99);
        _exit(0);
    }
    if (probe->eat_late != 1) feed(probe);
    if (probe->exit_code >= 0) _exit((int)probe->exit_code);
    if (probe->abort == PROBE_NEVER) return;
    if (probe->abort_engine && strcmp(probe->abort_engine, engine->name) != 0) return;
    if (probe->aborts_file) {
        more = stat(probe->aborts_file, &status) != 0 || status.st_size < probe->abort_times;
        FILE *file = more ? fopen(probe->aborts_file, "a") : NULL;
        if (file) {
            fputc('x', file);
            fclose(file);
        }
    }
    if (more) abort();
}

/* retold: the plan before, with one number more. */
static enum az_status offer(const struct probe_instance *probe, struct az_run *run,
                            struct az_arena *arena, double to_come, bool retold)
{
    struct probe_plan *plan = AZ_NEW(arena, struct probe_plan);
    if (!plan) return AZ_NO_MEMORY;
    plan->breach = probe->breach * to_come;
    plan->value = probe->breach > 0 ? probe->target - 2 * plan->breach : probe->target + to_come;
    plan->payload.count = (size_t)probe->payload + retold;
    plan->payload.items = AZ_ARRAY(arena, plan->payload.count, double);
    if (!plan->payload.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < plan->payload.count; i++)
        plan->payload.items[i] = (double)(i % 1000) + 0.125;
    return retold ? az_run_retell(run, plan) : az_run_offer(run, plan);
}

/* Heeds nothing. */
static void spin(const struct probe_instance *probe, const struct az_context *context)
{
    double end = az_now(context) + probe->spin_s;
    while (az_now(context) < end) continue;
}

/* Many times at once, so that what never ends comes fast. */
static void say_all(const struct probe_instance *probe)
{
    size_t length = strlen(probe->says);
    size_t together = probe->says_times == 0 ? 65536 / length : 1;
    char *text = malloc(together * length);
    if (!text) return;
    for (size_t i = 0; i < together; i++) memcpy(text + i * length, probe->says, length);
    for (int64_t i = 0; probe->says_times == 0 || i < probe->says_times; i++)
        for (size_t sent = 0; sent < together * length;) {
            ssize_t wrote = write(AZ_CHILD_PROTOCOL_FD, text + sent, together * length - sent);
            if (wrote <= 0) _exit(99);
            sent += (size_t)wrote;
        }
    free(text);
}

static void say(const struct probe_instance *probe)
{
    if (probe->says && *probe->says) say_all(probe);
    if (probe->then == PROBE_LEAVE) _exit(0);
    if (probe->then == PROBE_CLOSE) close(AZ_CHILD_PROTOCOL_FD);
    while (probe->then == PROBE_CLOSE || probe->then == PROBE_HANG) pause();
}

static enum az_status solve(const void *instance, const struct az_solve_options *options,
                            struct az_run *run, struct az_arena *arena)
{
    const struct probe_instance *probe = instance;
    const struct probe_plan *start = options ? options->start : NULL;
    if (probe->infeasible == 1) {
        az_run_infeasible(run);
        return AZ_OK;
    }
    if (start && probe->forget == 1) return AZ_OK;
    if (start) AZ_TRY(az_run_offer(run, start));
    if (probe->abort != PROBE_AFTER_PLANS) misbehave(probe, run->engine);
    for (int64_t i = 0; i < probe->plans; i++) {
        if (!rest(run, probe->interval_s)) return AZ_OK;
        AZ_TRY(offer(probe, run, arena, (double)(probe->plans - 1 - i), false));
        az_run_progress(run, "probing", true);
    }
    if (probe->retell == 1) AZ_TRY(offer(probe, run, arena, 0, true));
    if (probe->eat_late == 1) feed(probe);
    if (probe->take_mib > 0) AZ_TRY(take(probe->take_mib));
    if (probe->abort == PROBE_AFTER_PLANS) misbehave(probe, run->engine);
    say(probe);
    bool in_time = rest(run, probe->sleep_s);
    spin(probe, run->context);
    if (in_time && probe->prove == 1) az_run_bound(run, probe->target);
    return AZ_OK;
}

static enum az_status complete(const void *instance, const void *partial,
                               const struct az_engine *engine, const struct az_context *context,
                               struct az_arena *arena, void **plan)
{
    const struct probe_instance *probe = instance;
    misbehave(probe, engine);
    spin(probe, context);
    return az_copy(&plan_table, partial, arena, plan);
}

static enum az_status evaluate(const void *instance, const void *plan, struct az_arena *arena,
                               struct az_judgement *judgement)
{
    const struct probe_instance *probe = instance;
    const struct probe_plan *value = plan;
    *judgement = (struct az_judgement){ 0 }; /* the money below adds up to the cost */
    bool refused = probe->refuse == PROBE_REFUSED_BY_CHILD ||
                   (probe->refuse == PROBE_REFUSED_BY_RUNNER && !getenv(AZ_CHILD_VARIABLE));
    struct az_breach breach = { .rule = &rules[refused ? 1 : 0],
                                .pointer = "/value",
                                .place = "value",
                                .at = { AZ_NO_INTEGER, 0 },
                                .amount = fmax(0, -value->value),
                                .price = NAN,
                                .cost = NAN };
    if (refused || value->value < 0) AZ_TRY(az_judgement_breach(judgement, arena, false, breach));
    breach = (struct az_breach){ .rule = &rules[3],
                                 .pointer = "/breach",
                                 .place = "breach",
                                 .at = { AZ_NO_INTEGER, 0 },
                                 .amount = value->breach,
                                 .price = 1,
                                 .cost = value->breach };
    if (value->breach > 0) AZ_TRY(az_judgement_breach(judgement, arena, true, breach));
    return az_judgement_money(
        judgement, arena,
        (struct az_money){
            .item = W("value", "値"), .code = "value", .owner = "", .amount = value->value });
}

static enum az_status explain(const void *instance, const struct az_engine *engine,
                              const struct az_context *context, struct az_arena *arena,
                              struct az_explanation *explanation)
{
    const struct probe_instance *probe = instance;
    (void)engine;
    spin(probe, context);
    *explanation = (struct az_explanation){ .feasible = probe->infeasible != 1,
                                            .proven = probe->infeasible == 1,
                                            .minimal = true };
    if (probe->infeasible != 1) return AZ_OK;
    explanation->reasons.items = AZ_NEW(arena, struct az_reason);
    if (!explanation->reasons.items) return AZ_NO_MEMORY;
    explanation->reasons.count = 1;
    explanation->reasons.items[0] = (struct az_reason){ .rule = &rules[2],
                                                        .pointer = "/target",
                                                        .place = "target",
                                                        .at = { AZ_NO_INTEGER, 0 },
                                                        .amount = 5 };
    return AZ_OK;
}

static enum az_status adopt(const void *instance, const void *previous, struct az_arena *arena,
                            void **plan)
{
    const struct probe_plan *old = previous;
    (void)instance;
    if (old->value < 0) return AZ_NO_PLAN;
    return az_copy(&plan_table, previous, arena, plan);
}

static enum az_status carry(const void *instance, const void *plan, struct az_time at,
                            struct az_arena *arena, void **state, struct az_findings *findings)
{
    const struct probe_plan *value = plan;
    struct probe_state *made = AZ_NEW(arena, struct probe_state);
    (void)instance, (void)at, (void)findings;
    if (!made) return AZ_NO_MEMORY;
    made->value = value->value;
    *state = made;
    return AZ_OK;
}

static enum az_status view(const void *instance, const void *plan,
                           const struct az_judgement *judgement, struct az_arena *arena,
                           struct az_view *figures)
{
    const struct probe_plan *value = plan;
    (void)instance, (void)judgement;
    *figures = (struct az_view){ .title = W("Probe", "プローブ") };
    figures->numbers.items = AZ_NEW(arena, struct az_key_number);
    if (!figures->numbers.items) return AZ_NO_MEMORY;
    figures->numbers.count = 1;
    figures->numbers.items[0] =
        (struct az_key_number){ .label = W("Value", "値"), .value = value->value, .unit = "JPY" };
    return AZ_OK;
}

static enum az_status generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance)
{
    struct probe_instance *probe = AZ_NEW(arena, struct probe_instance);
    if (!probe) return AZ_NO_MEMORY;
    AZ_TRY(az_fields_default(&instance_table, probe, arena));
    probe->kind = "probe";
    probe->payload = (int64_t)size;
    probe->target = (double)(seed % 1000);
    *instance = probe;
    return AZ_OK;
}

const struct az_formulation az_kind_probe = {
    .name = "probe",
    .schema = 1,
    .title = W("Probe", "プローブ"),
    .instance = &instance_table,
    .plan = &plan_table,
    .state = &state_table,
    .rules = rules,
    .rule_count = sizeof rules / sizeof rules[0],
    .size_words = "numbers in the payload",
    .resolve = resolve,
    .validate = validate,
    .measure = measure,
    .gaps = gaps,
    .solve = solve,
    .complete = complete,
    .evaluate = evaluate,
    .explain = explain,
    .adopt = adopt,
    .carry = carry,
    .view = view,
    .generate = generate,
};
