/* explain.c - why an instance has no plan; or what its plan leaves out, and what would help.
 *
 * A plan is looked for first: what it leaves out is told of it. Without one, every limit that is
 * named in the instance may give (explain_elastic.c), and the least that must is told. */
#include "formulations/siting/explain.h"
#include "formulations/siting/view.h"

#include <math.h>
#include <string.h>

#define PLAN_SHARE 0.5 /* of the time, for a plan */
#define MARGIN 0.05    /* of the time, at most a second: the answer is out by the deadline */
#define GAP 1e-3

struct az_context st_explain_share(const struct st_explainer *e, double share)
{
    struct az_context context = *e->context;
    if (isfinite(context.deadline))
        context.deadline = az_now(e->context) + share * fmax(0, az_time_left(e->context));
    context.progress = NULL;
    return context;
}

/* --- what has a name ----------------------------------------------------------------------------
 */

int st_named_side(int thing, int side)
{
    return thing == ST_THING_LIMIT || thing == ST_THING_BANK || thing == ST_THING_NODE ? side : 0;
}

enum st_rule st_named_rule(const struct st_instance *in, const struct st_named *named, bool exports)
{
    switch (named->thing) {
    case ST_THING_BUDGET:
        return ST_RULE_budget;
    case ST_THING_LIMIT: {
        int what = in->limits.items[named->index].what;
        return named->side > 0 ? st_rule_max(what) : st_rule_min(what);
    }
    case ST_THING_DISTRICT:
        return ST_RULE_covered;
    case ST_THING_FEEDER:
        return exports ? ST_RULE_feeder_export : ST_RULE_feeder_load;
    case ST_THING_BANK:
        return named->side > 0 ? ST_RULE_bank_export : ST_RULE_bank_load;
    case ST_THING_NODE:
        return named->side > 0 ? ST_RULE_voltage_high : ST_RULE_voltage_low;
    case ST_THING_LINE:
        return ST_RULE_line_limit;
    case ST_THING_CIRCUIT:
        return ST_RULE_circuit_normal;
    case ST_THING_OUTAGE:
        return ST_RULE_circuit_outage;
    case ST_THING_CAPACITY:
        return ST_RULE_site_capacity;
    default:
        return ST_RULE_plan_shape;
    }
}

struct az_words st_named_words(const struct st_named *named)
{
    switch (named->thing) {
    case ST_THING_BUDGET:
        return (struct az_words)AZ_EN_JA("the budget", "予算");
    case ST_THING_LIMIT:
        return named->side > 0 ? (struct az_words)AZ_EN_JA("the most of the limit", "条件の上限")
                               : (struct az_words)AZ_EN_JA("the least of the limit", "条件の下限");
    case ST_THING_DISTRICT:
        return (struct az_words)AZ_EN_JA("the district must be covered", "地区のカバー義務");
    case ST_THING_FEEDER:
        return (struct az_words)AZ_EN_JA("the capacity of the feeder", "配電線の容量");
    case ST_THING_BANK:
        return named->side > 0
                   ? (struct az_words)AZ_EN_JA("the bank's limit of reverse flow",
                                               "バンク逆潮流の限度")
                   : (struct az_words)AZ_EN_JA("the capacity of the bank", "バンクの容量");
    case ST_THING_NODE:
        return named->side > 0 ? (struct az_words)AZ_EN_JA("the highest voltage", "電圧の上限")
                               : (struct az_words)AZ_EN_JA("the lowest voltage", "電圧の下限");
    case ST_THING_LINE:
        return (struct az_words)AZ_EN_JA("the thermal limit of the line", "線路の熱容量");
    case ST_THING_CIRCUIT:
        return (struct az_words)AZ_EN_JA("the normal rating of the circuit", "回線の平常時容量");
    case ST_THING_OUTAGE:
        return (struct az_words)AZ_EN_JA("the emergency rating of the circuit", "回線の緊急時容量");
    default:
        return (struct az_words)AZ_EN_JA("the capacity of the site's deliveries", "地点の供給能力");
    }
}

const char *st_named_id(const struct st_instance *in, const struct st_named *named)
{
    size_t i = named->index;
    switch (named->thing) {
    case ST_THING_BUDGET:
        return in->budgets.items[i].id;
    case ST_THING_LIMIT:
        return in->limits.items[i].id;
    case ST_THING_DISTRICT:
        return in->districts.items[i].id;
    case ST_THING_FEEDER:
        return in->feeders.items[i].id;
    case ST_THING_BANK:
        return in->banks.items[i].id;
    case ST_THING_NODE:
        return in->nodes.items[i].id;
    case ST_THING_LINE:
        return in->lines.items[i].id;
    case ST_THING_CIRCUIT:
    case ST_THING_OUTAGE:
        return in->upstream->circuits.items[i].id;
    default:
        return in->sites.items[i].id;
    }
}

/* The member of an item that gives; NULL: the item itself. */
static const char *member_of(const struct st_instance *in, const struct st_named *named)
{
    switch (named->thing) {
    case ST_THING_BUDGET:
        return "jpy";
    case ST_THING_LIMIT:
        return named->side > 0 ? "max" : "min";
    case ST_THING_DISTRICT:
        return "must_be_covered";
    case ST_THING_FEEDER:
        return "capacity_kw";
    case ST_THING_BANK:
        return named->side > 0 ? "reverse_kw" : "capacity_kw";
    case ST_THING_LINE:
        return "limit_kva";
    case ST_THING_CIRCUIT:
        return "normal_kw";
    case ST_THING_OUTAGE:
        return isnan(in->upstream->circuits.items[named->index].emergency_kw) ? "normal_kw"
                                                                              : "emergency_kw";
    default:
        return NULL;
    }
}

enum az_status st_named_path(const struct st_instance *in, const struct st_named *named,
                             enum az_status (*with)(void *data, const struct az_path *path),
                             void *data)
{
    static const char *const lists[] = {
        [ST_THING_BUDGET] = "budgets",     [ST_THING_LIMIT] = "limits",
        [ST_THING_DISTRICT] = "districts", [ST_THING_FEEDER] = "feeders",
        [ST_THING_BANK] = "banks",         [ST_THING_NODE] = "nodes",
        [ST_THING_LINE] = "lines",         [ST_THING_CIRCUIT] = "circuits",
        [ST_THING_OUTAGE] = "circuits",    [ST_THING_CAPACITY] = "sites"
    };
    bool upstream = named->thing == ST_THING_CIRCUIT || named->thing == ST_THING_OUTAGE;
    const struct az_path *list =
        AZ_AT(upstream ? AZ_AT(NULL, "upstream") : NULL, lists[named->thing]);
    const struct az_path *item = AZ_ITEM(list, named->index, st_named_id(in, named));
    const char *member = member_of(in, named);
    return with(data, member ? AZ_AT(item, member) : item);
}

/* --- a plan --------------------------------------------------------------------------------------
 */

struct keeper {
    const struct st_instance *in;
    const struct az_run *run;
    struct az_arena *arena;
    const struct st_plan *plan;
    struct az_judgement judgement;
};

static enum az_status keep_plan(void *data, const void *plan, double *objective, bool *kept)
{
    struct keeper *keeper = data;
    struct az_judgement judgement = { 0 };
    double scale = keeper->run->options.money_scale;
    *kept = false;
    AZ_TRY(st_evaluate(keeper->in, plan, keeper->arena, &judgement));
    if (judgement.violation_count > 0) return AZ_INVALID;
    *objective = judgement.cost + judgement.penalty;
    if (keeper->plan && keeper->run->retelling)
        *kept = !az_judgement_is_better(AZ_MINIMIZE, scale, &keeper->judgement, &judgement);
    else
        *kept = !keeper->plan ||
                az_judgement_is_better(AZ_MINIMIZE, scale, &judgement, &keeper->judgement);
    if (!*kept) return AZ_OK;
    keeper->plan = plan;
    keeper->judgement = judgement;
    return AZ_OK;
}

/* *infeasible: proven. */
static enum az_status find_plan(const struct st_explainer *e, struct keeper *keeper,
                                bool *infeasible)
{
    const struct st_instance *in = e->in;
    struct az_context context = st_explain_share(e, PLAN_SHARE);
    struct az_run run;
    struct az_run_options options = { .sense = AZ_MINIMIZE,
                                      .gap = isnan(in->gap) ? GAP : in->gap,
                                      .gap_abs = isnan(in->gap_abs) ? 1 : in->gap_abs,
                                      .money_scale = in->scale };
    *keeper = (struct keeper){ .in = in, .run = &run, .arena = e->arena };
    az_run_begin(&run, &context, e->engine, &options);
    run.judge = keep_plan;
    run.data = keeper;
    AZ_TRY(st_solve(in, NULL, &run, e->arena));
    *infeasible = run.infeasible;
    return AZ_OK;
}

static struct az_words found_words(const struct st_explainer *e, const struct keeper *keeper)
{
    struct st_viewer viewer = { .in = e->in, .arena = e->arena };
    bool value = e->in->hour_count > 0;
    double cost = keeper->judgement.cost;
    struct az_words money = st_money_words(&viewer, value ? -cost : cost);
    const char *sites = st_number_text(&viewer, (double)keeper->plan->choices.count, 0);
    const char *all = st_number_text(&viewer, (double)e->in->sites.count, 0);
    struct az_words words = { st_text(&viewer, "a plan with %s of %s sites, %s %s", sites, all,
                                      value ? "net present value" : "cost", money.en),
                              st_text(&viewer, "候補 %s か所中 %s か所、%s %s の計画", all, sites,
                                      value ? "正味現在価値" : "費用", money.ja) };
    return viewer.no_memory ? (struct az_words){ NULL, NULL } : words;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status tell_plan(struct st_explainer *e, const struct keeper *keeper)
{
    struct az_explanation *explanation = e->explanation;
    explanation->feasible = explanation->proven = true; /* the plan is the proof */
    explanation->found = found_words(e, keeper);
    if (!explanation->found.en || !explanation->found.ja) return AZ_NO_MEMORY;
    return st_explain_plan(e, keeper->plan, &keeper->judgement);
}

/* Nothing is told of what there was no time for. */
static enum az_status explain(struct st_explainer *e)
{
    struct keeper keeper;
    bool infeasible;
    AZ_TRY(find_plan(e, &keeper, &infeasible));
    AZ_TRY(st_values_new(e->in, e->context, e->context->threads, e->arena, &e->values));
    if (keeper.plan) return tell_plan(e, &keeper);
    e->explanation->proven = infeasible;
    return st_explain_elastic(e);
}

enum az_status st_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation)
{
    struct az_context all = *context;
    if (isfinite(context->deadline))
        all.deadline -= fmin(1, MARGIN * fmax(0, az_time_left(context)));
    struct st_explainer e = { .in = instance,
                              .engine = engine,
                              .context = &all,
                              .arena = arena,
                              .explanation = explanation };
    memset(explanation, 0, sizeof *explanation);
    explanation->reasons.items = az_arena_take(arena, 0);
    explanation->reliefs.items = az_arena_take(arena, 0);
    if (!explanation->reasons.items || !explanation->reliefs.items) return AZ_NO_MEMORY;
    enum az_status status = explain(&e);
    return status == AZ_DEADLINE ? AZ_OK : status;
}
