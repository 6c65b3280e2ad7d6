/* explain.c - why an instance has no plan: which rules must give, and by how much.
 *
 * An elastic MILP lets every named rule give at a weight; the rules that give in its optimum are
 * the candidates. A deletion filter then makes them hard again one by one, so that in the end
 * leaving any one of them out would not do. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/search.h"
#include "formulations/microgrid/survival.h"
#include "solver/tolerances.h"

#define EXCLUSION_ROUNDS 8
#define LEARNING_ROUNDS 60 /* of what outages ask for */
#define LEAST 1e-5         /* less than this a rule has not given */

/* Where a rule stands in an instance: the list, and the member that says it. */
static const struct {
    enum mg_rule rule;
    const char *list, *member;
    bool per_kwh; /* amount is energy: kW given times the slot */
    bool sum;     /* amount is the sum over slots, else the worst slot */
    struct az_words words;
} places[] = {
    { MG_RULE_survival_served,
      "survivals",
      "hours",
      false,
      true,
      { "critical load served in outages, for every slot in which one may begin",
        "停電時の重要負荷の供給（停電が始まりうるすべてのコマについて）" } },
    { MG_RULE_balance, "grids", NULL, false, false, { "supply and demand", "需給の一致" } },
    { MG_RULE_reserve_up,
      "grids",
      "reserve_up_kw",
      true,
      true,
      { "spinning reserve", "運転予備力" } },
    { MG_RULE_reserve_down,
      "grids",
      "reserve_down_kw",
      true,
      true,
      { "downward reserve", "下げ予備力" } },
    { MG_RULE_reserve_largest,
      "grids",
      "covers_largest_unit",
      true,
      true,
      { "reserve for the loss of the largest unit", "最大発電機の脱落に備える予備力" } },
    { MG_RULE_pond_spill, "ponds", "spill_max_kw", true, true, { "most spill", "放流の上限" } },
    { MG_RULE_pond_end,
      "ponds",
      "end_share",
      false,
      false,
      { "level at the end", "終了時の水量" } },
    { MG_RULE_budget_max, "budgets", "max_kwh", false, false, { "most energy", "電力量の上限" } },
    { MG_RULE_budget_min, "budgets", "min_kwh", false, false, { "least energy", "電力量の下限" } },
    { MG_RULE_unit_unavailable,
      "units",
      "available",
      false,
      true,
      { "off while unavailable", "停止期間" } },
    { MG_RULE_unit_must_run, "units", "must_run", false, true, { "must run", "必須運転" } },
    { MG_RULE_unit_ramp_up,
      "units",
      "ramp_up_kw_per_h",
      false,
      false,
      { "rise from slot to slot", "出力上昇の速さ" } },
    { MG_RULE_unit_ramp_down,
      "units",
      "ramp_down_kw_per_h",
      false,
      false,
      { "fall from slot to slot", "出力低下の速さ" } },
    { MG_RULE_unit_stop_limit,
      "units",
      "stop_limit_kw",
      false,
      true,
      { "power before a stop", "停止直前の出力" } },
    { MG_RULE_unit_min_up,
      "units",
      "min_up_h",
      false,
      true,
      { "minimum time on", "最小運転時間" } },
    { MG_RULE_unit_min_down,
      "units",
      "min_down_h",
      false,
      true,
      { "minimum time off", "最小停止時間" } },
    { MG_RULE_renewable_range,
      "renewables",
      "minimum_kw",
      false,
      false,
      { "least power that must be taken", "必ず受け入れる出力" } },
    { MG_RULE_battery_reserve,
      "batteries",
      "reserve_share",
      false,
      false,
      { "energy kept in reserve", "予備の蓄電量" } },
    { MG_RULE_battery_end,
      "batteries",
      "end_share",
      false,
      false,
      { "energy at the end", "終了時の蓄電量" } },
    { MG_RULE_departure_charge,
      "batteries",
      "reservations",
      false,
      false,
      { "energy on leaving", "出発時の蓄電量" } },
    { MG_RULE_converter_ramp,
      "converters",
      "ramp_kw_per_h",
      false,
      false,
      { "change from slot to slot", "変化の速さ" } },
    { MG_RULE_import_limit,
      "connections",
      "import_limit_kw",
      true,
      true,
      { "import limit", "受電の上限" } },
    { MG_RULE_export_limit,
      "connections",
      "export_limit_kw",
      true,
      true,
      { "export limit", "送電の上限" } },
    { MG_RULE_line_normal,
      "lines",
      "normal_kw",
      true,
      true,
      { "rating of all circuits", "常時容量" } },
    { MG_RULE_line_emergency,
      "lines",
      "emergency_kw",
      true,
      true,
      { "rating after a fault", "事故後の容量" } },
    { MG_RULE_commitment_kept,
      "commitments",
      "terms",
      true,
      true,
      { "what was promised", "約束した量" } },
    { MG_RULE_connection_shut,
      "connections",
      NULL,
      false,
      false,
      { "shut in an outage", "停電・切り離し" } },
    { MG_RULE_grid_dead,
      "grids",
      NULL,
      false,
      false,
      { "nothing forms it in an outage", "電圧をつくる電源がない" } },
    { MG_RULE_load_served,
      "loads",
      "demand_kw",
      true,
      true,
      { "load to be served", "供給すべき負荷" } },
    { MG_RULE_connection_locked,
      "connections",
      "locked",
      true,
      true,
      { "as submitted", "提出済みの計画どおり" } },
    { MG_RULE_co2_cap, "co2", "cap_kg", false, true, { "carbon dioxide", "CO2 排出量の上限" } },
    { MG_RULE_local_share, "local", "min_share", false, true, { "local share", "自給率" } },
    { MG_RULE_load_critical,
      "loads",
      "critical_share",
      true,
      true,
      { "critical load to be served", "供給すべき重要負荷" } },
    { MG_RULE_shiftable_run,
      "shiftables",
      "latest_end",
      false,
      true,
      { "a run in its window", "期間内の運転" } },
    { MG_RULE_flexible_range,
      "flexible_loads",
      "min_kw",
      false,
      false,
      { "least power", "電力の下限" } },
    { MG_RULE_flexible_min,
      "flexible_loads",
      "min_kwh",
      false,
      true,
      { "least energy in the window", "期間内の電力量の下限" } },
    { MG_RULE_flexible_max,
      "flexible_loads",
      "max_kwh",
      false,
      true,
      { "most energy in the window", "期間内の電力量の上限" } },
};

#define PLACES (sizeof places / sizeof places[0])

/* Does a place stand for the whole, not for an asset of a list? */
static bool is_whole(const char *list)
{
    return strcmp(list, "co2") == 0 || strcmp(list, "local") == 0;
}

static size_t list_count(const struct mg_instance *mg, const char *list)
{
    if (strcmp(list, "grids") == 0) return mg->grids.count;
    if (strcmp(list, "units") == 0) return mg->units.count;
    if (strcmp(list, "renewables") == 0) return mg->renewables.count;
    if (strcmp(list, "batteries") == 0) return mg->batteries.count;
    if (strcmp(list, "converters") == 0) return mg->converters.count;
    if (strcmp(list, "connections") == 0) return mg->connections.count;
    if (strcmp(list, "lines") == 0) return mg->lines.count;
    if (strcmp(list, "ponds") == 0) return mg->ponds.count;
    if (strcmp(list, "budgets") == 0) return mg->budgets.count;
    if (strcmp(list, "commitments") == 0) return mg->commitments.count;
    if (strcmp(list, "shiftables") == 0) return mg->shiftables.count;
    if (strcmp(list, "co2") == 0) return mg->co2 != NULL;
    if (strcmp(list, "local") == 0) return mg->local != NULL;
    if (strcmp(list, "flexible_loads") == 0) return mg->flexible_loads.count;
    if (strcmp(list, "survivals") == 0) return mg->survivals.count;
    return mg->loads.count;
}

static const char *asset_id(const struct mg_instance *mg, const char *list, size_t i)
{
    if (strcmp(list, "grids") == 0) return mg->grids.items[i].id;
    if (strcmp(list, "units") == 0) return mg->units.items[i].id;
    if (strcmp(list, "renewables") == 0) return mg->renewables.items[i].id;
    if (strcmp(list, "batteries") == 0) return mg->batteries.items[i].id;
    if (strcmp(list, "converters") == 0) return mg->converters.items[i].id;
    if (strcmp(list, "connections") == 0) return mg->connections.items[i].id;
    if (strcmp(list, "lines") == 0) return mg->lines.items[i].id;
    if (strcmp(list, "ponds") == 0) return mg->ponds.items[i].id;
    if (strcmp(list, "budgets") == 0) return mg->budgets.items[i].id;
    if (strcmp(list, "commitments") == 0) return mg->commitments.items[i].id;
    if (strcmp(list, "shiftables") == 0) return mg->shiftables.items[i].id;
    if (strcmp(list, "flexible_loads") == 0) return mg->flexible_loads.items[i].id;
    if (strcmp(list, "survivals") == 0) return mg->survivals.items[i].id;
    return mg->loads.items[i].id;
}

/* --- the elastic problem ------------------------------------------------------------------------
 */

/* What one elastic solve found. amount, slot: [groups], 0 where nothing gave. */
struct elastic {
    enum az_solve_status status;
    double objective, bound;
    double *amount;
    size_t *slot;
    struct mg_watch *watch; /* what is known of outages; or NULL */
};

/* The amounts by group in the words of the rules' units. */
static void read_amounts(const struct mg_model *m, const double x[], struct elastic *elastic)
{
    size_t groups = mg_group_count(m->mg);
    memset(elastic->amount, 0, groups * sizeof elastic->amount[0]);
    double *worst = AZ_ARRAY(m->arena, groups, double);
    if (!worst) return;
    for (size_t k = 0; k < m->gives.count; k++) {
        const struct mg_give *give = &m->gives.items[k];
        double value = x[give->column];
        if (!(value > LEAST)) continue;
        size_t group = mg_group(m->mg, give->tag.rule, give->tag.asset), p = 0;
        while (p + 1 < PLACES && places[p].rule != give->tag.rule) p++;
        double amount = value * (places[p].per_kwh ? m->mg->dt : 1);
        elastic->amount[group] =
            places[p].sum ? elastic->amount[group] + amount : fmax(elastic->amount[group], amount);
        if (value > worst[group]) {
            worst[group] = value;
            elastic->slot[group] = give->tag.slot;
        }
    }
}

/* Starts of outages that the solution does not live through, though the model thinks so. */
static enum az_status learn(const struct mg_model *m, const double x[], struct mg_watch *watch,
                            size_t *broken)
{
    struct mg_plan *plan;
    size_t learned = 0;
    enum az_status status = mg_plan_of(m, x, m->arena, &plan);
    if (status == AZ_OK) status = mg_watch_plan(watch, m, x, plan, false, m->arena, &learned);
    *broken += learned;
    return status == AZ_DEADLINE ? AZ_OK : status;
}

/* One elastic MILP. broken: out, how many exclusions its solution breaks; `open` then has them. */
static enum az_status solve_once(const struct mg_instance *mg, const bool soft[],
                                 const struct az_engine *engine, const struct az_context *context,
                                 struct mg_decisions *open, struct elastic *elastic, size_t *broken)
{
    struct mg_model *m = NULL;
    void *session = NULL;
    struct az_solve_result result = { .status = AZ_SOLVE_INFEASIBLE,
                                      .objective = NAN,
                                      .bound = INFINITY };
    struct mg_build build = { .decisions = open,
                              .conceding = true,
                              .goal = MG_GOAL_GIVE,
                              .penalty_limit = INFINITY,
                              .soft = soft };
    enum az_status status = mg_model_new(mg, &build, &m);
    struct az_mip_options options = {
        .gap = 1e-4, .gap_abs = 1e-6, .cutoff = NAN, .heuristic_effort = 0.5
    };
    *broken = 0;
    if (status == AZ_OK && !m->conflict) {
        status = engine->open(m->lp, context, &session);
        if (status == AZ_OK) status = engine->solve_mip(session, &options, &result);
        bool has = result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE;
        if (status == AZ_OK && has) {
            double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
            status = x ? engine->primal(session, x) : AZ_NO_MEMORY;
            if (status == AZ_OK) {
                read_amounts(m, x, elastic);
                *broken = mg_find_broken(m, x, false, open);
                if (open->watch) status = learn(m, x, open->watch, broken);
            }
        }
        if (session) engine->close(session);
    }
    mg_model_free(m);
    elastic->status = result.status;
    elastic->objective = result.objective;
    elastic->bound = result.bound;
    return status;
}

/* The elastic problem, again with the exclusions that its solution breaks until it breaks none:
 * what burns a surplus in a battery that charges and discharges at once is no plan. */
static enum az_status solve_elastic(const struct mg_instance *mg, const bool soft[],
                                    const struct az_engine *engine,
                                    const struct az_context *context, struct az_arena *arena,
                                    struct elastic *elastic)
{
    struct mg_decisions open;
    size_t broken = 1;
    AZ_TRY(mg_decisions_new(mg, arena, &open));
    open.watch = elastic->watch;
    int rounds = EXCLUSION_ROUNDS + (open.watch ? LEARNING_ROUNDS : 0);
    for (int round = 0; round < rounds && broken > 0; round++)
        AZ_TRY(solve_once(mg, soft, engine, context, &open, elastic, &broken));
    if (broken > 0) elastic->status = AZ_SOLVE_UNKNOWN;
    return AZ_OK;
}

static bool has_solution(const struct elastic *elastic)
{
    return elastic->status == AZ_SOLVE_OPTIMAL || elastic->status == AZ_SOLVE_FEASIBLE;
}

/* --- the filter ---------------------------------------------------------------------------------
 */

/* Makes rules hard again one by one where the others suffice. */
static enum az_status filter(const struct mg_instance *mg, const struct az_engine *engine,
                             const struct az_context *context, struct az_arena *arena,
                             struct elastic *found, bool *minimal)
{
    size_t groups = mg_group_count(mg);
    bool *soft = AZ_ARRAY(arena, groups, bool);
    struct elastic trial = { .watch = found->watch,
                             .amount = AZ_ARRAY(arena, groups, double),
                             .slot = AZ_ARRAY(arena, groups, size_t) };
    if (!soft || !trial.amount || !trial.slot) return AZ_NO_MEMORY;
    *minimal = true;
    for (size_t g = 0; g < groups; g++) soft[g] = found->amount[g] > 0;
    for (size_t g = 0; g < groups; g++) {
        if (!soft[g]) continue;
        if (az_must_stop(context)) {
            *minimal = false;
            return AZ_OK;
        }
        soft[g] = false;
        AZ_TRY(solve_elastic(mg, soft, engine, context, arena, &trial));
        if (has_solution(&trial)) {
            memcpy(found->amount, trial.amount, groups * sizeof trial.amount[0]);
            memcpy(found->slot, trial.slot, groups * sizeof trial.slot[0]);
            for (size_t k = 0; k < groups; k++) soft[k] = soft[k] && found->amount[k] > 0;
            continue;
        }
        soft[g] = true;
        if (trial.status != AZ_SOLVE_INFEASIBLE) *minimal = false;
    }
    return AZ_OK;
}

/* --- the words ----------------------------------------------------------------------------------
 */

static enum az_status tell(const struct mg_instance *mg, const struct elastic *found,
                           struct az_arena *arena, struct az_explanation *explanation)
{
    size_t groups = mg_group_count(mg), count = 0;
    for (size_t g = 0; g < groups; g++) count += found->amount[g] > 0;
    struct az_reason *reasons = AZ_ARRAY(arena, count, struct az_reason);
    if (!reasons) return AZ_NO_MEMORY;
    explanation->reasons.items = reasons;
    for (size_t p = 0; p < PLACES; p++)
        for (size_t i = 0; i < list_count(mg, places[p].list); i++) {
            size_t group = mg_group(mg, places[p].rule, i);
            if (!(found->amount[group] > 0)) continue;
            const struct az_path *list = AZ_AT(NULL, places[p].list);
            const struct az_path *asset =
                is_whole(places[p].list) ? list : AZ_ITEM(list, i, asset_id(mg, places[p].list, i));
            const struct az_path *path = places[p].member ? AZ_AT(asset, places[p].member) : asset;
            struct az_reason *reason = &reasons[explanation->reasons.count++];
            reason->rule = &mg_rules[places[p].rule];
            reason->pointer = az_path_pointer(path, arena);
            reason->place = az_path_place(path, arena);
            reason->at =
                az_time_add(mg->start, (int64_t)found->slot[group] * mg->slot_minutes * 60);
            reason->amount = found->amount[group];
            reason->sum = places[p].sum;
            reason->words = places[p].words;
            if (!reason->pointer || !reason->place) return AZ_NO_MEMORY;
        }
    return AZ_OK;
}

static enum az_status find_reasons(const struct mg_instance *mg, const bool soft[],
                                   const struct az_engine *engine, const struct az_context *context,
                                   struct az_arena *arena, struct elastic *found,
                                   struct az_explanation *explanation)
{
    AZ_TRY(solve_elastic(mg, soft, engine, context, arena, found));
    if (!has_solution(found)) return az_must_stop(context) ? AZ_DEADLINE : AZ_NO_PLAN;
    explanation->proven = found->bound > LEAST;
    explanation->feasible = found->objective <= LEAST;
    if (explanation->feasible) {
        explanation->proven = true;
        return AZ_OK;
    }
    AZ_TRY(filter(mg, engine, context, arena, found, &explanation->minimal));
    return tell(mg, found, arena, explanation);
}

enum az_status mg_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation)
{
    const struct mg_instance *mg = instance;
    size_t groups = mg_group_count(mg);
    memset(explanation, 0, sizeof *explanation);
    bool *soft = AZ_ARRAY(arena, groups, bool);
    struct elastic found = { .amount = AZ_ARRAY(arena, groups, double),
                             .slot = AZ_ARRAY(arena, groups, size_t) };
    if (!soft || !found.amount || !found.slot) return AZ_NO_MEMORY;
    for (size_t p = 0; p < PLACES; p++)
        for (size_t i = 0; i < list_count(mg, places[p].list); i++)
            soft[mg_group(mg, places[p].rule, i)] = true;
    AZ_TRY(mg_watch_new(mg, engine, context, &found.watch));
    enum az_status status = find_reasons(mg, soft, engine, context, arena, &found, explanation);
    mg_watch_free(found.watch);
    return status;
}
