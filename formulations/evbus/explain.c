/* explain.c - why an instance has no plan.
 *
 * Trips that no bus can run, whatever the rest, come first, each with its reason; then a fleet that
 * is smaller than any cover of the timetable. Both are proofs by themselves. Where they say nothing
 * and the instance is small, the compact model is solved with rules that give at a weight, and a
 * deletion filter makes them firm again one by one. Everything else is told by columns: a plan and
 * what holds it back, or the trips that cannot run together. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/explain.h"
#include "formulations/evbus/model.h"
#include "formulations/evbus/reasons.h"
#include "solver/tolerances.h"

#define LEAST 1e-5      /* less than this a rule has not given */
#define MOST_ROWS 12000 /* of an elastic model */
#define ROUNDS 20       /* of cuts and exclusions */
#define NODES 2000000   /* of its MILP, times its rows */
#define MODEL_SHARE 0.4 /* of the time, for the elastic model */
#define MARGIN 0.05     /* of the time, at most a second: the answer is out by the deadline */

/* --- reasons -----------------------------------------------------------------------------------
 */

enum az_status eb_explain_reason(struct eb_explainer *e, enum eb_rule rule,
                                 const struct az_path *path, double amount, struct az_time at,
                                 struct az_words words)
{
    return az_explanation_reason(e->explanation, e->arena, &eb_rules[rule], path, amount, at,
                                 words);
}

static struct az_time no_time(void)
{
    return (struct az_time){ .utc_s = AZ_NO_INTEGER };
}

static bool must_run(const struct eb_instance *ev, size_t trip)
{
    return !(ev->done && ev->done[trip]) && !isfinite(ev->trips.items[trip].unserved_jpy);
}

/* --- single trips and the fleet ------------------------------------------------------------------
 */

/* The types that may run a trip, by their ids. */
static const char *types_of(const struct eb_explainer *e, size_t trip)
{
    const struct eb_trip *it = &e->ev->trips.items[trip];
    char *text = az_arena_text(e->arena, "");
    for (size_t v = 0; text && v < e->ev->types.count; v++)
        if (!it->serves || it->serves[v])
            text = az_arena_format(e->arena, "%s%s%s", text, *text ? ", " : "",
                                   e->ev->types.items[v].id);
    return text ? text : "?";
}

/* kWh at the start, and what would help. */
static struct az_words energy_words(const struct eb_explainer *e,
                                    const struct eb_trip_reason *reason)
{
    bool full = reason->has_kwh > reason->needs_kwh;
    const char *en = "energy: a bus needs at least %.4g kWh at its start, none can have more than "
                     "%.4g (%.4g short); a larger battery would help";
    const char *ja = "蓄電量: 発車時 %.4g kWh 以上が必要ですが、%.4g kWh を超えて持てるバスがありま"
                     "せん（%.4g kWh 不足）。より大きな電池が有効です";
    if (full) {
        en = "energy: a bus may begin it with at most %.4g kWh, none can have less than %.4g (%.4g "
             "too much); less charge at the start of the day, or discharging before, would help";
        ja = "蓄電量: 発車時 %.4g kWh 以下が必要ですが、%.4g kWh "
             "未満にできるバスがありません（%.4g kWh 超過）。始業時の蓄電量を減らすか、先に放電"
             "することが有効です";
    } else if (reason->no_charger) {
        en = "energy: a bus needs at least %.4g kWh at its start, none can have more than %.4g "
             "(%.4g short), and no charger can be reached before it; one nearby would help";
        ja = "蓄電量: 発車時 %.4g kWh 以上が必要ですが、%.4g kWh を超えて持てるバスがありません"
             "（%.4g kWh 不足）。その前に使える充電器もありません。近くの充電器が有効です";
    }
    return (struct az_words){
        az_arena_format(e->arena, en, reason->needs_kwh, reason->has_kwh, reason->amount),
        az_arena_format(e->arena, ja, reason->needs_kwh, reason->has_kwh, reason->amount)
    };
}

static enum az_status tell_trip(struct eb_explainer *e, size_t trip,
                                const struct eb_trip_reason *reason)
{
    const struct eb_trip *it = &e->ev->trips.items[trip];
    const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "trips"), trip, it->id);
    struct az_words words;
    enum eb_rule rule = EB_RULE_trip_served;
    double amount = 1;
    if (reason->reason == EB_REASON_ENERGY) {
        rule = EB_RULE_trip_prefix;
        amount = reason->amount;
        words = energy_words(e, reason);
    } else if (reason->no_type) {
        const char *types = types_of(e, trip);
        words = (struct az_words){
            az_arena_format(e->arena, "no bus: there is none of a type that may run it (%s)",
                            types),
            az_arena_format(e->arena, "車両不足: 運行できる車種（%s）の車両がありません", types)
        };
    } else if (isfinite(reason->amount)) {
        rule = EB_RULE_deadhead;
        amount = reason->amount;
        words = (struct az_words){
            az_arena_format(e->arena,
                            "time: the nearest bus would be %.4g min late for it, or back in its "
                            "depot; a bus that begins nearer would help",
                            amount),
            az_arena_format(e->arena,
                            "時刻: 最も早いバスでも発車または帰着に %.4g 分遅れます。より近くから"
                            "出るバスが有効です",
                            amount)
        };
    } else {
        words = (struct az_words)AZ_EN_JA("time: no drive leads from any depot to it and back",
                                          "時刻: 営業所から往復できる経路がありません");
    }
    return eb_explain_reason(e, rule, path, amount, it->has_times ? it->departure : no_time(),
                             words);
}

static enum az_status by_trips(struct eb_explainer *e)
{
    for (size_t i = 0; i < e->ev->trips.count; i++) {
        if (!must_run(e->ev, i)) continue;
        struct eb_trip_reason reason = eb_trip_reason(e->ev, e->sources, e->source_count, i);
        if (reason.reason != EB_REASON_COST) AZ_TRY(tell_trip(e, i, &reason));
    }
    return AZ_OK;
}

static enum az_status by_fleet(struct eb_explainer *e)
{
    size_t needed;
    double have;
    bool *must = AZ_ARRAY(e->arena, e->ev->trips.count, bool);
    if (!must) return AZ_NO_MEMORY;
    for (size_t i = 0; i < e->ev->trips.count; i++) must[i] = must_run(e->ev, i);
    AZ_TRY(eb_least_buses(e->ev, e->sources, e->source_count, must, e->arena, &needed, &have));
    if ((double)needed <= have) return AZ_OK;
    return eb_explain_reason(
        e, EB_RULE_fleet, AZ_AT(NULL, "types"), (double)needed - have, no_time(),
        (struct az_words){
            az_arena_format(e->arena, "no bus: the timetable needs at least %zu, there are %.0f",
                            needed, have),
            az_arena_format(e->arena,
                            "車両不足: 時刻表には少なくとも %zu 台必要ですが、%.0f "
                            "台しかありません",
                            needed, have) });
}

/* --- the elastic problem -------------------------------------------------------------------------
 */

/* What one elastic solve found. amount, slot: [groups], 0 where nothing gave. */
struct elastic {
    enum az_solve_status status;
    double objective, bound;
    bool too_large;
    double *amount;
};

static void read_amounts(const struct eb_model *m, const double x[], struct elastic *elastic)
{
    memset(elastic->amount, 0, eb_group_count(m->ev) * sizeof *elastic->amount);
    for (size_t k = 0; k < m->give_count; k++)
        if (x[m->gives[k].column] > LEAST)
            elastic->amount[m->gives[k].group] += x[m->gives[k].column];
}

static enum az_status solve_once(const struct eb_explainer *e, const struct eb_build *build,
                                 struct elastic *elastic, bool converters[], bool storages[],
                                 struct eb_cut **cuts, size_t *broken)
{
    struct eb_model *m = NULL;
    void *session = NULL;
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN,
                                      .objective = NAN,
                                      .bound = -INFINITY };
    struct az_mip_options options = {
        .gap = 1e-4, .gap_abs = 1e-6, .cutoff = NAN, .heuristic_effort = 0.5
    };
    size_t added = 0;
    enum az_status status = eb_model_new(e->ev, build, &m);
    *broken = 0;
    if (status == AZ_OK && m->lp->row_count > MOST_ROWS) elastic->too_large = true;
    if (status != AZ_OK || elastic->too_large) goto done;
    options.node_limit = 100 + NODES / (1 + (int64_t)m->lp->row_count);
    AZ_GOTO(e->engine->open(m->lp, e->context, &session));
    AZ_GOTO(e->engine->solve_mip(session, &options, &result));
    if (result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE) {
        double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
        if (!x) AZ_GOTO(AZ_NO_MEMORY);
        AZ_GOTO(e->engine->primal(session, x));
        read_amounts(m, x, elastic);
        *broken = eb_grid_broken(&m->grids, x, converters, storages);
        AZ_GOTO(eb_model_driving(m, x, e->arena, cuts, &added));
        *broken += added;
    }
done:
    if (session) e->engine->close(session);
    eb_model_free(m);
    elastic->status = result.status;
    elastic->objective = result.objective;
    elastic->bound = result.bound;
    return status;
}

/* The elastic problem, again with what its solution breaks until it breaks nothing. */
static enum az_status solve_elastic(const struct eb_explainer *e, const bool soft[],
                                    struct elastic *elastic)
{
    const struct eb_instance *ev = e->ev;
    size_t broken = 1;
    struct eb_cut *cuts = NULL;
    bool *converters = AZ_ARRAY(e->arena, ev->converters.count * ev->T, bool);
    bool *storages = AZ_ARRAY(e->arena, ev->storages.count * ev->T, bool);
    if (!converters || !storages) return AZ_NO_MEMORY;
    for (int round = 0; round < ROUNDS && broken > 0 && !elastic->too_large; round++) {
        struct eb_build build = { .goal = EB_GOAL_GIVE,
                                  .conceding = true,
                                  .unserved_limit = INFINITY,
                                  .fleet_limit = INFINITY,
                                  .converters = converters,
                                  .storages = storages,
                                  .cuts = cuts,
                                  .soft = soft,
                                  .extra_buses = 2 };
        AZ_TRY(solve_once(e, &build, elastic, converters, storages, &cuts, &broken));
    }
    if (broken > 0) elastic->status = AZ_SOLVE_UNKNOWN;
    return AZ_OK;
}

static bool has_solution(const struct elastic *elastic)
{
    return elastic->status == AZ_SOLVE_OPTIMAL || elastic->status == AZ_SOLVE_FEASIBLE;
}

/* Makes rules firm again one by one where the others suffice. */
static enum az_status filter(const struct eb_explainer *e, struct elastic *found, bool *minimal)
{
    size_t groups = eb_group_count(e->ev);
    bool *soft = AZ_ARRAY(e->arena, groups, bool);
    struct elastic trial = { .amount = AZ_ARRAY(e->arena, groups, double) };
    if (!soft || !trial.amount) return AZ_NO_MEMORY;
    *minimal = true;
    for (size_t g = 0; g < groups; g++) soft[g] = found->amount[g] > 0;
    for (size_t g = 0; g < groups; g++) {
        if (!soft[g]) continue;
        if (az_must_stop(e->context)) {
            *minimal = false;
            return AZ_OK;
        }
        soft[g] = false;
        AZ_TRY(solve_elastic(e, soft, &trial));
        if (has_solution(&trial)) {
            memcpy(found->amount, trial.amount, groups * sizeof *found->amount);
            for (size_t k = 0; k < groups; k++) soft[k] = soft[k] && found->amount[k] > 0;
            continue;
        }
        soft[g] = true;
        if (trial.status != AZ_SOLVE_INFEASIBLE) *minimal = false;
    }
    return AZ_OK;
}

/* Where a rule stands in an instance, and its words. */
static const struct {
    enum eb_rule rule;
    const char *list, *member;
    struct az_words words;
} places[EB_SOFT_COUNT] = {
    [EB_SOFT_TRIP] = { EB_RULE_trip_served,
                       "trips",
                       NULL,
                       { "a trip that must run", "運行すべき便" } },
    [EB_SOFT_END] = { EB_RULE_end_charge,
                      "types",
                      "end",
                      { "charge at the end of the day", "終了時の蓄電量" } },
    [EB_SOFT_FLEET] = { EB_RULE_fleet, "types", "count", { "buses of the type", "保有台数" } },
    [EB_SOFT_DEPOT] = { EB_RULE_depot_capacity,
                        "depots",
                        "capacity",
                        { "buses that begin here", "出庫台数" } },
    [EB_SOFT_CHARGER] = { EB_RULE_charger_count,
                          "chargers",
                          "count",
                          { "chargers", "充電器の基数" } },
    [EB_SOFT_POWER] = { EB_RULE_place_power,
                        "places",
                        "power_limit_kw",
                        { "power at the place, kW", "受電の上限（kW）" } },
};

static const char *item_id(const struct eb_instance *ev, int soft, size_t i)
{
    switch (soft) {
    case EB_SOFT_TRIP:
        return ev->trips.items[i].id;
    case EB_SOFT_DEPOT:
        return ev->depots.items[i].id;
    case EB_SOFT_CHARGER:
        return ev->chargers.items[i].id;
    case EB_SOFT_POWER:
        return ev->places.items[i].id;
    default:
        return ev->types.items[i].id;
    }
}

static enum az_status tell(struct eb_explainer *e, const struct elastic *found)
{
    for (int soft = 0; soft < EB_SOFT_COUNT; soft++) {
        size_t first = eb_group(e->ev, soft, 0), next = eb_group(e->ev, soft + 1, 0);
        for (size_t i = 0; i < next - first; i++) {
            if (!(found->amount[first + i] > 0)) continue;
            const struct az_path *item =
                AZ_ITEM(AZ_AT(NULL, places[soft].list), i, item_id(e->ev, soft, i));
            const struct az_path *path =
                places[soft].member ? AZ_AT(item, places[soft].member) : item;
            struct az_time at = no_time();
            if (soft == EB_SOFT_TRIP && e->ev->trips.items[i].has_times)
                at = e->ev->trips.items[i].departure;
            double amount = found->amount[first + i];
            if (soft == EB_SOFT_POWER) amount *= e->ev->dt; /* the rule's unit is kWh in a slot */
            AZ_TRY(eb_explain_reason(e, places[soft].rule, path, amount, at, places[soft].words));
        }
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status by_model(struct eb_explainer *e, bool *told)
{
    size_t groups = eb_group_count(e->ev);
    bool *soft = AZ_ARRAY(e->arena, groups, bool);
    struct elastic found = { .amount = AZ_ARRAY(e->arena, groups, double) };
    if (!soft || !found.amount) return AZ_NO_MEMORY;
    for (size_t g = 0; g < groups; g++) soft[g] = true;
    AZ_TRY(solve_elastic(e, soft, &found));
    *told = !found.too_large && has_solution(&found);
    if (!*told) return AZ_OK;
    e->explanation->proven = found.bound > LEAST;
    e->explanation->feasible = found.objective <= LEAST;
    if (e->explanation->feasible) {
        e->explanation->proven = true;
        return AZ_OK;
    }
    AZ_TRY(filter(e, &found, &e->explanation->minimal));
    return tell(e, &found);
}

enum az_status eb_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation)
{
    struct az_context all = *context;
    if (isfinite(context->deadline)) all.deadline -= fmin(1, MARGIN * az_time_left(context));
    struct eb_explainer e = { .ev = instance,
                              .engine = engine,
                              .context = context,
                              .arena = arena,
                              .explanation = explanation };
    memset(explanation, 0, sizeof *explanation);
    explanation->reasons.items = az_arena_take(arena, 0);
    if (!explanation->reasons.items) return AZ_NO_MEMORY;
    AZ_TRY(eb_sources(e.ev, arena, &e.sources, &e.source_count));
    AZ_TRY(by_trips(&e));
    if (explanation->reasons.count == 0) AZ_TRY(by_fleet(&e));
    if (explanation->reasons.count > 0) {
        explanation->proven = explanation->minimal = true; /* each stands in the way by itself */
        return AZ_OK;
    }
    bool told = false;
    struct az_context limited = all;
    limited.deadline = az_now(&all) + MODEL_SHARE * az_time_left(&all);
    e.context = &limited;
    AZ_TRY(by_model(&e, &told));
    e.context = &all;
    return told && !explanation->feasible ? AZ_OK : eb_explain_columns(&e);
}
