/* explain_columns.c - what a plan is held back by, and which trips cannot run with the others.
 *
 * A plan is sought like any other. With one, or with one of the instance whose trips may all be
 * left out, limits are widened by one step each, and the value of the relaxation says what that
 * brings, about: the duties of the first relaxation begin every other one, so that each takes a
 * few rounds.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/explain.h"
#include "formulations/evbus/judge.h"
#include "formulations/evbus/reasons.h"
#include "formulations/evbus/search.h"
#include "solver/tolerances.h"

#define PLAN_SHARE 0.3     /* of the time left, for a plan */
#define LEFT_OUT_SHARE 0.5 /* for one that may leave trips out */
#define GAP 0.02           /* asked of the plans */
#define NODES 20           /* of a tree for one */
#define ROUNDS 60          /* of pricing, for a relaxation */
#define UNKNOWN 1e-3       /* of a value whose bound is not known: it may be off by so much */
#define MOST_STEPS 60      /* limits that are widened */
#define STEP_KW 10         /* of a place's power */
#define NEARLY 0.995       /* of a power limit: it is used up */
#define WORTH 1e-4         /* of the money scale: gains below are none */

/* --- a plan -------------------------------------------------------------------------------------
 */

struct keeper {
    const struct eb_instance *ev;
    struct az_arena *arena;
    const struct eb_plan *plan;
    struct az_judgement judgement;
};

static enum az_status keep(void *data, const void *plan, double *objective, bool *kept)
{
    struct keeper *keeper = data;
    struct az_judgement judgement = { 0 };
    *kept = false;
    AZ_TRY(eb_evaluate(keeper->ev, plan, keeper->arena, &judgement));
    if (judgement.violation_count > 0) return AZ_INVALID;
    *objective = judgement.cost + judgement.penalty;
    if (keeper->plan &&
        !az_judgement_is_better(AZ_MINIMIZE, keeper->ev->scale, &judgement, &keeper->judgement))
        return AZ_OK;
    *kept = true;
    keeper->plan = plan;
    keeper->judgement = judgement;
    return AZ_OK;
}

/* The context of a share of the time that is left until the caller's deadline (none: no end);
 * nobody listens to it. */
static struct az_context share_of(const struct eb_explainer *e, double share)
{
    struct az_context context = *e->context;
    context.deadline = az_now(e->context) + share * az_time_left(e->context);
    context.progress = NULL;
    return context;
}

/* What is known of the master's relaxation. */
struct relaxed {
    double value;  /* of the columns made; NAN: not known; INFINITY: there is none */
    double slack;  /* it is at most so far above the proven one */
    double beyond; /* more than the value of any of them */
    size_t sources, column_count;
    const struct az_block_column *columns;
};

/* A plan, and the columns that were made on the way to it. */
static enum az_status find_plan(const struct eb_explainer *e, const struct eb_instance *ev,
                                double share, struct az_arena *arena, struct keeper *keeper,
                                struct az_proof *proof, struct relaxed *made)
{
    struct az_context context = share_of(e, share);
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = GAP, .gap_abs = 1, .money_scale = ev->scale
    };
    struct az_run run;
    struct eb_search search = { .ev = ev,
                                .engine = e->engine,
                                .context = &context,
                                .run = &run,
                                .arena = arena,
                                .node_limit = NODES };
    *keeper = (struct keeper){ .ev = ev, .arena = arena };
    az_run_begin(&run, &context, e->engine, &options);
    run.judge = keep;
    run.data = keeper;
    AZ_TRY(eb_solve_search(&search, NULL));
    *made = (struct relaxed){ .value = NAN,
                              .beyond =
                                  keeper->judgement.cost + keeper->judgement.penalty + ev->scale };
    if (ev->objective == EB_COST) { /* other masters have other rows */
        made->sources = search.network->source_count;
        made->columns = search.columns;
        made->column_count = search.column_count;
    }
    return az_run_proof(&run, proof);
}

/* --- the relaxation -----------------------------------------------------------------------------
 */

/* The value of the master's relaxation, nearly. first: whose columns it begins with. */
static enum az_status relax(const struct eb_explainer *e, const struct eb_instance *ev,
                            const struct relaxed *first, struct az_arena *arena,
                            struct relaxed *out)
{
    struct eb_network *network;
    struct eb_master *master;
    struct az_colgen_options options = { .cutoff = first->beyond,
                                         .node_limit = -1,
                                         .round_limit = ROUNDS };
    struct az_colgen_result result;
    struct az_context context = *e->context;
    context.progress = NULL;
    *out = (struct relaxed){ .value = NAN, .beyond = first->beyond };
    AZ_TRY(eb_network_new(ev, arena, &network));
    network->context = &context;
    AZ_TRY(eb_master_new(network, EB_MEASURE_COST, 0, INFINITY, INFINITY, arena, &master));
    if (first->sources == network->source_count) {
        options.columns = first->columns;
        options.column_count = first->column_count;
    }
    enum az_status status =
        az_colgen_solve(&master->problem, &options, e->engine, &context, NULL, arena, &result);
    if (status == AZ_UNSUPPORTED)
        return AZ_OK; /* no pricer for it: what limits bring is not known */
    AZ_TRY(status);
    out->sources = network->source_count;
    out->columns = result.columns;
    out->column_count = result.column_count;
    if (result.status == AZ_SOLVE_INFEASIBLE)
        out->value = INFINITY;
    else
        out->value = result.root_objective;
    out->slack = isfinite(result.bound) ? fmax(0, result.root_objective - result.bound)
                                        : UNKNOWN * fabs(result.root_objective);
    return AZ_OK;
}

/* --- limits, one step wider ---------------------------------------------------------------------
 */

static void *copy_of(struct az_arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = az_arena_array(arena, count, size);
    if (copy && count > 0) memcpy(copy, items, count * size);
    return copy;
}

/* The depots have room for one bus more of a type (AZ_NO_INDEX: any); of a depot or all. */
static enum az_status widen_depots(struct eb_instance *ev, size_t depot, size_t type,
                                   struct az_arena *arena)
{
    ev->depots.items = copy_of(arena, ev->depots.items, ev->depots.count, sizeof *ev->depots.items);
    if (!ev->depots.items) return AZ_NO_MEMORY;
    for (size_t d = 0; d < ev->depots.count; d++) {
        struct eb_depot *it = &ev->depots.items[d];
        if (depot != AZ_NO_INDEX && d != depot) continue;
        it->limit = copy_of(arena, it->limit, ev->types.count, sizeof *it->limit);
        if (!it->limit) return AZ_NO_MEMORY;
        for (size_t v = 0; v < ev->types.count; v++)
            if ((type == AZ_NO_INDEX || v == type) && it->limit[v] > 0) it->limit[v]++;
        if (depot != AZ_NO_INDEX) it->capacity++;
    }
    return AZ_OK;
}

/* One limit after the other: 0 .. count - 1. */
struct limit {
    int list; /* 0 types, 1 depots, 2 chargers, 3 places */
    size_t index;
};

static size_t named_of(const struct eb_instance *ev, struct limit limit)
{
    size_t count = 0;
    for (size_t b = 0; b < ev->bus_count; b++)
        count += limit.list == 0 ? ev->bus[b].type.index == limit.index
                                 : ev->bus[b].depot.index == limit.index;
    return count;
}

/* Buses of a type, or of a depot, that the plan has or that keep their room. */
static int64_t buses_of(const struct eb_judge *j, struct limit limit)
{
    int64_t count = (int64_t)named_of(j->ev, limit);
    size_t types = j->ev->types.count;
    for (size_t d = 0; d < j->ev->depots.count; d++)
        for (size_t v = 0; v < types; v++)
            if (limit.list == 0 ? v == limit.index : d == limit.index)
                count += j->fresh[d * types + v];
    return count;
}

/* The most that a place's chargers draw, or deliver, in a slot, kW. */
static double power_of(const struct eb_judge *j, size_t place)
{
    const struct eb_instance *ev = j->ev;
    double most = 0;
    for (size_t t = 0; t < ev->T; t++) {
        double in = 0, out = 0;
        for (size_t c = 0; c < ev->chargers.count; c++) {
            if (ev->chargers.items[c].place.index != place) continue;
            in += j->charged[c * ev->T + t];
            out += j->discharged[c * ev->T + t];
        }
        most = fmax(most, fmax(in, out) / ev->dt);
    }
    return most;
}

/* Does the plan use a limit up? One that it leaves room in does not hold it back. */
static bool is_used_up(const struct eb_judge *j, struct limit limit)
{
    const struct eb_instance *ev = j->ev;
    size_t i = limit.index;
    const struct eb_charger *charger;
    switch (limit.list) {
    case 0:
        return ev->new_buses != 0 && ev->types.items[i].count != AZ_NO_INTEGER &&
               buses_of(j, limit) >= ev->types.items[i].count;
    case 1:
        return ev->new_buses != 0 && ev->depots.items[i].capacity != AZ_NO_INTEGER &&
               buses_of(j, limit) >= ev->depots.items[i].capacity;
    case 2:
        charger = &ev->chargers.items[i];
        for (size_t t = 0; !charger->no_limit && t < ev->T; t++)
            if ((int64_t)j->plugged[i * ev->T + t] >= charger->count) return true;
        return false;
    default:
        return ev->T > 0 && ev->places.items[i].charger_count > 0 &&
               power_of(j, i) >= NEARLY * fmin(ev->places.items[i].power_limit_kw,
                                               isnan(ev->places.items[i].delivery_limit_kw)
                                                   ? INFINITY
                                                   : ev->places.items[i].delivery_limit_kw);
    }
}

/* The instance with a limit one step wider. */
static enum az_status widen(const struct eb_instance *ev, struct limit limit,
                            struct az_arena *arena, struct eb_instance *wider)
{
    *wider = *ev;
    size_t i = limit.index;
    if (limit.list == 0) {
        wider->types.items =
            copy_of(arena, ev->types.items, ev->types.count, sizeof *ev->types.items);
        if (!wider->types.items) return AZ_NO_MEMORY;
        wider->types.items[i].count++;
        return widen_depots(wider, AZ_NO_INDEX, i, arena);
    }
    if (limit.list == 1) return widen_depots(wider, i, AZ_NO_INDEX, arena);
    if (limit.list == 2) {
        wider->chargers.items =
            copy_of(arena, ev->chargers.items, ev->chargers.count, sizeof *ev->chargers.items);
        if (!wider->chargers.items) return AZ_NO_MEMORY;
        wider->chargers.items[i].count++;
        if (wider->chargers.items[i].count_max != AZ_NO_INTEGER)
            wider->chargers.items[i].count_max++;
        return AZ_OK;
    }
    wider->places.items =
        copy_of(arena, ev->places.items, ev->places.count, sizeof *ev->places.items);
    if (!wider->places.items) return AZ_NO_MEMORY;
    struct eb_place *place = &wider->places.items[i];
    if (isnan(place->delivery_limit_kw)) place->delivery_limit_kw = place->power_limit_kw;
    place->power_limit_kw += STEP_KW;
    place->delivery_limit_kw += STEP_KW;
    return AZ_OK;
}

static const struct {
    const char *list, *member;
    struct az_words words;
} steps[] = {
    { "types", "count", AZ_EN_JA("one bus more of this type", "この車種をもう 1 台") },
    { "depots", "capacity", AZ_EN_JA("room for one bus more here", "この営業所にもう 1 台分") },
    { "chargers", "count", AZ_EN_JA("one charger more here", "充電器をもう 1 基") },
    { "places", "power_limit_kw",
      AZ_EN_JA("10 kW more of power here", "受電・送電をさらに 10 kW") },
};

static const char *id_of(const struct eb_instance *ev, struct limit limit)
{
    size_t i = limit.index;
    switch (limit.list) {
    case 0:
        return ev->types.items[i].id;
    case 1:
        return ev->depots.items[i].id;
    case 2:
        return ev->chargers.items[i].id;
    default:
        return ev->places.items[i].id;
    }
}

/* Adds a relief where its gain puts it. Room for MOST_STEPS of them. */
static enum az_status add_relief(struct eb_explainer *e, struct limit limit, double gain)
{
    struct az_explanation *it = e->explanation;
    const struct az_path *item =
        AZ_ITEM(AZ_AT(NULL, steps[limit.list].list), limit.index, id_of(e->ev, limit));
    const struct az_path *path = AZ_AT(item, steps[limit.list].member);
    struct az_relief relief = { .pointer = az_path_pointer(path, e->arena),
                                .place = az_path_place(path, e->arena),
                                .words = steps[limit.list].words,
                                .gain = gain };
    if (!relief.pointer || !relief.place) return AZ_NO_MEMORY;
    size_t at = it->reliefs.count++;
    for (; at > 0 && it->reliefs.items[at - 1].gain < gain; at--)
        it->reliefs.items[at] = it->reliefs.items[at - 1];
    it->reliefs.items[at] = relief;
    return AZ_OK;
}

/* What one step more of every limit that a plan uses up brings, about. */
static enum az_status try_limits(struct eb_explainer *e, const struct eb_instance *ev,
                                 const struct eb_plan *plan, const struct relaxed *made,
                                 struct az_arena *arena)
{
    struct eb_judge judge;
    struct az_judgement judgement;
    struct relaxed base = { .value = NAN }, other;
    size_t counts[] = { ev->types.count, ev->depots.count, ev->chargers.count, ev->places.count };
    size_t tried = 0;
    e->explanation->reliefs.items = AZ_ARRAY(e->arena, MOST_STEPS, struct az_relief);
    if (!e->explanation->reliefs.items) return AZ_NO_MEMORY;
    AZ_TRY(eb_judge_all(&judge, ev, plan, false, arena, &judgement));
    for (int list = 0; list < 4; list++)
        for (size_t i = 0; i < counts[list]; i++) {
            struct limit limit = { list, i };
            struct eb_instance wider;
            if (!is_used_up(&judge, limit)) continue;
            if (tried == MOST_STEPS || az_must_stop(e->context)) return AZ_OK;
            if (tried == 0) AZ_TRY(relax(e, ev, made, arena, &base));
            if (!isfinite(base.value)) return AZ_OK;
            struct az_arena *scratch = az_arena_new(NULL);
            if (!scratch) return AZ_NO_MEMORY;
            enum az_status status = widen(ev, limit, scratch, &wider);
            if (status == AZ_OK) status = relax(e, &wider, &base, scratch, &other);
            az_arena_free(scratch);
            AZ_TRY(status);
            tried++;
            if (isnan(other.value)) return AZ_OK;
            double gain = base.value - other.value;
            if (gain > fmax(base.slack, fmax(1, WORTH * ev->scale)))
                AZ_TRY(add_relief(e, limit, gain));
        }
    e->explanation->all_limits = true;
    return AZ_OK;
}

/* --- trips left out -----------------------------------------------------------------------------
 */

static struct az_time departure(const struct eb_trip *trip)
{
    return trip->has_times ? trip->departure : (struct az_time){ .utc_s = AZ_NO_INTEGER };
}

/* What a trip that a plan leaves out is told with. */
static struct az_words reason_words(int reason, bool firm)
{
    switch (reason) {
    case EB_REASON_ENERGY:
        return (struct az_words)AZ_EN_JA("energy: no bus can have the charge it needs",
                                         "蓄電量: 必要な蓄電量を確保できるバスがありません");
    case EB_REASON_TIME:
        return (struct az_words)AZ_EN_JA("time: no bus can be there, or back, in time",
                                         "時刻: 時間までに到着または帰着できるバスがありません");
    case EB_REASON_NO_BUS:
        return (struct az_words)AZ_EN_JA("no bus: all that may run it are used",
                                         "車両不足: 運行できる車両はすべて使われています");
    default: /* of a trip that must run nothing that would stand alone in its way */
        return firm ? (struct az_words)AZ_EN_JA(
                          "it cannot run with the others: their charging, chargers or hours",
                          "ほかの便と両立しません（充電、充電器、または時間）")
                    : (struct az_words)AZ_EN_JA("left out: running it costs more than its price",
                                                "運休: 運行する方が費用が高くなります");
    }
}

/* Trips that the plan leaves out, though they must run (firm) or at their price. */
static enum az_status tell_left_out(struct eb_explainer *e, const struct eb_plan *plan, bool firm)
{
    for (size_t u = 0; u < plan->unserved.count; u++) {
        size_t i = plan->unserved.items[u].trip.index;
        const struct eb_trip *trip = &e->ev->trips.items[i];
        bool must = !isfinite(trip->unserved_jpy);
        if (must != firm) continue;
        AZ_TRY(eb_explain_reason(e, EB_RULE_trip_served, AZ_ITEM(AZ_AT(NULL, "trips"), i, trip->id),
                                 must ? 1 : NAN, departure(trip),
                                 reason_words(plan->unserved.items[u].reason, must)));
    }
    return AZ_OK;
}

/* The instance with every trip allowed to be left out, at a price beyond all else. */
static enum az_status allow_all(const struct eb_instance *ev, struct az_arena *arena,
                                struct eb_instance *open)
{
    double price = 1000 * ev->scale;
    for (size_t i = 0; i < ev->trips.count; i++)
        if (isfinite(ev->trips.items[i].unserved_jpy)) price += ev->trips.items[i].unserved_jpy;
    *open = *ev;
    open->leaves_out = true;
    open->objective = EB_COST;
    open->mode = EB_SERVICE;
    open->trips.items = copy_of(arena, ev->trips.items, ev->trips.count, sizeof *ev->trips.items);
    if (!open->trips.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < ev->trips.count; i++)
        if (!isfinite(ev->trips.items[i].unserved_jpy)) open->trips.items[i].unserved_jpy = price;
    return AZ_OK;
}

static enum az_status tell_plan(struct eb_explainer *e, const struct keeper *keeper)
{
    const struct eb_plan *plan = keeper->plan;
    const struct eb_summary *summary = plan->summary;
    const char *unit = e->ev->money_unit ? e->ev->money_unit : "JPY";
    long buses = summary ? (long)summary->buses : 0, trips = summary ? (long)summary->trips : 0;
    double sum = keeper->judgement.cost + keeper->judgement.penalty;
    e->explanation->found = (struct az_words){
        az_arena_format(e->arena, "buses: %ld, trips run: %ld, left out: %zu, objective: %.0f %s",
                        buses, trips, plan->unserved.count, sum, unit),
        az_arena_format(e->arena, "車両 %ld 台、運行 %ld 便、運休 %zu 便、目的関数値 %.0f %s",
                        buses, trips, plan->unserved.count, sum, unit)
    };
    return e->explanation->found.en && e->explanation->found.ja ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status explain_none(struct eb_explainer *e, struct az_arena *arena)
{
    struct eb_instance open;
    struct keeper keeper;
    struct relaxed made;
    struct az_proof proof;
    AZ_TRY(allow_all(e->ev, arena, &open));
    AZ_TRY(find_plan(e, &open, LEFT_OUT_SHARE, arena, &keeper, &proof, &made));
    if (!keeper.plan) return AZ_OK; /* not even without its trips */
    AZ_TRY(tell_left_out(e, keeper.plan, true));
    if (e->explanation->reasons.count == 0) { /* it was there after all */
        e->explanation->feasible = e->explanation->proven = true;
        AZ_TRY(tell_left_out(e, keeper.plan, false));
        AZ_TRY(tell_plan(e, &keeper));
    } else {
        e->explanation->minimal = e->explanation->proven && proof.status == AZ_PLAN_OPTIMAL;
    }
    return try_limits(e, &open, keeper.plan, &made, arena);
}

enum az_status eb_explain_columns(struct eb_explainer *e)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct keeper keeper;
    struct relaxed made;
    struct az_proof proof;
    enum az_status status = AZ_OK;
    if (!arena) return AZ_NO_MEMORY;
    AZ_GOTO(find_plan(e, e->ev, PLAN_SHARE, arena, &keeper, &proof, &made));
    if (keeper.plan) {
        e->explanation->feasible = e->explanation->proven = true;
        AZ_GOTO(tell_left_out(e, keeper.plan, false));
        AZ_GOTO(tell_plan(e, &keeper));
        AZ_GOTO(try_limits(e, e->ev, keeper.plan, &made, arena));
        goto done;
    }
    e->explanation->proven = proof.status == AZ_PLAN_INFEASIBLE;
    AZ_GOTO(explain_none(e, arena));
done:
    az_arena_free(arena);
    return status;
}
