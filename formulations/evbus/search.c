/* search.c - plans from duties: dispatched, judged, offered; duties from solutions and plans. */
#include "formulations/evbus/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/tolerances.h"

#define WHOLE 1e-6 /* a count so near to a whole number is one */

enum az_status eb_duty_list_add(struct eb_duty_list *list, struct az_arena *arena,
                                const struct eb_duty *duty)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        list->items = az_arena_grow(arena, list->items, list->count, capacity, sizeof *list->items);
        if (!list->items) return AZ_NO_MEMORY;
        list->capacity = capacity;
    }
    list->items[list->count++] = duty;
    return AZ_OK;
}

/* --- offering ----------------------------------------------------------------------------------
 */

/* Without slots the energies of the duties are final. */
static enum az_status keep_energies(const struct eb_duty *const duties[], size_t count,
                                    struct az_arena *arena, struct eb_dispatch *dispatch)
{
    *dispatch = (struct eb_dispatch){ .found = true };
    dispatch->duties = AZ_ARRAY(arena, count, struct eb_duty);
    if (!dispatch->duties) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) dispatch->duties[k] = *duties[k];
    return AZ_OK;
}

/* --- what the pool has --------------------------------------------------------------------------
 */

static uint64_t mixed(uint64_t word, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    word = (word ^ bits) * UINT64_C(0x9E3779B97F4A7C15);
    return word ^ word >> 29;
}

/* One number for all that a column of the duty is made from; never 0. */
static uint64_t column_mark(const struct eb_duty *duty)
{
    uint64_t mark = eb_duty_mark(duty, true);
    for (size_t l = 0; l < duty->leg_count; l++)
        for (size_t s = 0; s < duty->legs[l].stay_count; s++) {
            const struct eb_stay *stay = &duty->legs[l].stays[s];
            mark = mixed(mark, stay->charged_kwh);
            for (size_t k = 0; stay->charge_kwh && k < stay->slot_count; k++)
                mark = mixed(mark, stay->charge_kwh[k]);
            for (size_t k = 0; stay->discharge_kwh && k < stay->slot_count; k++)
                mark = mixed(mark, -stay->discharge_kwh[k]);
        }
    return mark ? mark : 1;
}

/* Puts a mark into a table with room for it. False: it is there already. */
static bool put_mark(uint64_t marks[], size_t capacity, uint64_t mark)
{
    size_t at = (size_t)mark & (capacity - 1);
    while (marks[at] != 0 && marks[at] != mark) at = (at + 1) & (capacity - 1);
    if (marks[at] == mark) return false;
    marks[at] = mark;
    return true;
}

/* Notes a duty that comes into the pool. False: one like it is there. Without memory for the table
 * it is new, as far as anybody knows. */
static bool is_new_in_pool(struct eb_search *search, const struct eb_duty *duty)
{
    struct eb_marks *marks = &search->pool_marks;
    if (2 * (marks->count + 1) > marks->capacity) {
        size_t capacity = marks->capacity ? 2 * marks->capacity : 1024;
        uint64_t *items = AZ_ARRAY(search->arena, capacity, uint64_t);
        if (!items) return true;
        for (size_t i = 0; i < marks->capacity; i++)
            if (marks->items[i] != 0) put_mark(items, capacity, marks->items[i]);
        marks->items = items;
        marks->capacity = capacity;
    }
    bool is_new = put_mark(marks->items, marks->capacity, column_mark(duty));
    marks->count += is_new;
    return is_new;
}

/* Keeps the dispatched duties as the best ones, in the solve's own arena. */
static enum az_status keep_best(struct eb_search *search, const struct eb_dispatch *dispatch,
                                size_t count, size_t buses)
{
    search->has_best = true;
    search->best_judgement = search->offered;
    search->best = search->offered.cost + search->offered.penalty;
    search->best_buses = buses;
    search->best_duties.count = 0;
    for (size_t k = 0; k < count; k++) {
        struct eb_duty *copy;
        AZ_TRY(eb_duty_copy(&dispatch->duties[k], search->arena, &copy));
        copy->cost = eb_duty_cost(search->ev, &search->network->sources[copy->source], copy);
        AZ_TRY(eb_duty_list_add(&search->best_duties, search->arena, copy));
        if (is_new_in_pool(search, copy))
            AZ_TRY(eb_duty_list_add(&search->pool, search->arena, copy));
    }
    return AZ_OK;
}

static size_t new_buses(const struct eb_search *search, const struct eb_dispatch *dispatch,
                        size_t count)
{
    size_t buses = 0;
    for (size_t k = 0; k < count; k++)
        buses += search->network->sources[dispatch->duties[k].source].bus == AZ_NO_INDEX;
    return buses;
}

static bool is_better(const struct eb_search *search)
{
    const struct az_run_options *asked = &search->run->options;
    return !search->has_best || az_judgement_is_better(asked->sense, asked->money_scale,
                                                       &search->offered, &search->best_judgement);
}

/* Trips left out (where any may be), buses, the objective: each conditional on those before. */
void eb_tell_levels(struct eb_search *search)
{
    struct az_run *run = search->run;
    const struct az_run_options *asked = &run->options;
    bool has = search->has_best, proven = has;
    size_t i = 0;
    if (search->ev->objective != EB_FLEET_THEN_COST) return;
    if (search->ev->leaves_out) {
        double price = has ? search->best_judgement.rank[0] : NAN;
        double slack = AZ_BOUND_TOLERANCE * fmax(asked->money_scale, price);
        proven = proven && price <= search->unserved_min + slack;
        az_run_level(run, i++, "unserved", price, has ? fmin(search->unserved_min, price) : NAN,
                     proven);
    }
    proven = proven && (double)search->best_buses <= search->fleet_min;
    az_run_level(run, i, "fleet", has ? (double)search->best_buses : NAN,
                 has ? fmin(search->fleet_min, (double)search->best_buses) : NAN, proven);
    az_run_level_scale(run, i++, 1); /* buses */
    double cost = has ? search->best : NAN;
    double bound = has && isfinite(run->bound) ? fmin(run->bound, cost) : NAN;
    proven = proven && cost - bound <=
                           fmax(asked->gap_abs, asked->gap * fmax(fabs(cost), asked->money_scale));
    az_run_level(run, i, "cost", cost, bound, proven);
}

static enum az_status judge(struct eb_search *search, const struct eb_dispatch *dispatch,
                            size_t count, struct az_arena *arena, double *objective)
{
    struct eb_plan *plan;
    struct az_judgement judgement = { 0 };
    AZ_TRY(eb_plan_of(search->ev, search->network->sources, dispatch, count, arena, &plan));
    AZ_TRY(eb_evaluate(search->ev, plan, arena, &judgement));
    if (judgement.violation_count > 0) {
        const struct az_breach *breach = &judgement.violations.items[0];
        char *words = az_breach_words(breach, AZ_ENGLISH, arena);
        az_log(search->context, AZ_LOG_WARNING, "a plan is refused: %s: %s",
               breach->place ? breach->place : "", words ? words : "");
        return AZ_OK;
    }
    size_t buses = new_buses(search, dispatch, count);
    if ((double)buses > search->fleet_max) return AZ_OK;
    *objective = judgement.cost + judgement.penalty;
    search->offered = (struct az_judgement){ .cost = judgement.cost,
                                             .penalty = judgement.penalty,
                                             .weighed = judgement.weighed };
    memcpy(search->offered.rank, judgement.rank, sizeof judgement.rank);
    if (!is_better(search)) return AZ_OK; /* nor would the run keep it */
    AZ_TRY(keep_best(search, dispatch, count, buses));
    eb_tell_levels(search); /* whoever is told of the plan reads them */
    void *lasting; /* who keeps an offered plan keeps the pointer: it lives as long as the solve */
    AZ_TRY(az_copy(&eb_plan_table, plan, search->arena, &lasting));
    return az_run_offer(search->run, lasting);
}

/* What energy may cost at most for the plan to be of use: the best one's cost less what buses,
 * kilometres and trips left out cost. */
static enum az_status energy_cutoff(const struct eb_search *search,
                                    const struct eb_duty *const duties[], size_t count,
                                    struct az_arena *arena, double *cutoff)
{
    const struct eb_instance *ev = search->ev;
    const struct eb_network *net = search->network;
    bool *runs = AZ_ARRAY(arena, ev->trips.count, bool);
    *cutoff = INFINITY;
    if (!runs) return AZ_NO_MEMORY;
    if (!search->has_best || ev->objective != EB_COST) return AZ_OK;
    *cutoff = search->best;
    for (size_t k = 0; k < count; k++) {
        *cutoff -= eb_duty_base_cost(ev, &net->sources[duties[k]->source], duties[k]);
        for (size_t l = 0; l + 1 < duties[k]->leg_count; l++) runs[duties[k]->legs[l].trip] = true;
    }
    for (size_t n = 0; n < net->trip_count; n++) {
        double price = ev->trips.items[net->trip[n]].unserved_jpy;
        if (!runs[net->trip[n]] && price < INFINITY) *cutoff -= price;
    }
    return AZ_OK;
}

/* The prices of the dispatch for the next plans. */
static enum az_status keep_prices(struct eb_search *search, const struct eb_dispatch *dispatch)
{
    size_t energy = search->ev->grids.count * search->ev->T;
    size_t plugs = search->ev->chargers.count * search->ev->T;
    if (!dispatch->relaxed_marginal) return AZ_OK;
    if (!search->marginal) {
        search->marginal = AZ_ARRAY(search->arena, energy, double);
        search->plug = AZ_ARRAY(search->arena, plugs, double);
        if (!search->marginal || !search->plug) return AZ_NO_MEMORY;
    }
    memcpy(search->marginal, dispatch->relaxed_marginal, energy * sizeof(double));
    memcpy(search->plug, dispatch->relaxed_plug, plugs * sizeof(double));
    return AZ_OK;
}

uint64_t eb_duty_mark(const struct eb_duty *duty, bool stays)
{
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t word = duty->end_depot;
    for (size_t l = 0; l < duty->leg_count; l++) {
        const struct eb_leg *leg = &duty->legs[l];
        for (size_t s = 0; stays && s < leg->stay_count; s++) {
            word = (word ^ (leg->stays[s].place + 1)) * odd;
            word = (word ^ (leg->stays[s].charger + 2)) * odd;
            word = (word ^ (uint64_t)leg->stays[s].from_s) * odd;
            word = (word ^ (uint64_t)leg->stays[s].to_s) * odd;
            word ^= word >> 31;
        }
        word = (word ^ (leg->trip + 1)) * odd;
    }
    word = (word ^ (duty->source + 1)) * UINT64_C(0xBF58476D1CE4E5B9);
    return word ^ (word >> 31);
}

/* The trial of these chains, whatever their order; a new one when there is none. */
static enum az_status find_trial(struct eb_search *search, const struct eb_duty *const duties[],
                                 size_t count, struct eb_trial **trial, bool *is_new)
{
    struct eb_tried *tried = &search->tried;
    uint64_t mark = count;
    for (size_t k = 0; k < count; k++) mark += eb_duty_mark(duties[k], true);
    *is_new = false;
    for (size_t k = 0; k < tried->count; k++) {
        *trial = &tried->items[k];
        if (tried->items[k].mark == mark) return AZ_OK;
    }
    if (tried->count == tried->capacity) {
        size_t capacity = 2 * tried->capacity + 64;
        tried->items = az_arena_grow(search->arena, tried->items, tried->count, capacity,
                                     sizeof *tried->items);
        if (!tried->items) return AZ_NO_MEMORY;
        tried->capacity = capacity;
    }
    *is_new = true;
    *trial = &tried->items[tried->count++];
    **trial = (struct eb_trial){ .mark = mark, .objective = INFINITY };
    return AZ_OK;
}

/* Dispatches, judges and offers. */
static enum az_status offer(struct eb_search *search, const struct eb_duty *const duties[],
                            size_t count, struct az_arena *arena, double *objective)
{
    struct eb_dispatch dispatch = { 0 };
    double cutoff;
    if (search->ev->T == 0) {
        AZ_TRY(keep_energies(duties, count, arena, &dispatch));
    } else {
        AZ_TRY(energy_cutoff(search, duties, count, arena, &cutoff));
        AZ_TRY(eb_dispatch_below(search->ev, search->network->sources, duties, count, cutoff,
                                 search->engine, search->context, arena, &dispatch));
        AZ_TRY(keep_prices(search, &dispatch));
    }
    return dispatch.found ? judge(search, &dispatch, count, arena, objective) : AZ_OK;
}

enum az_status eb_offer(struct eb_search *search, const struct eb_duty *const duties[],
                        size_t count, double *objective)
{
    struct eb_trial *trial = NULL;
    bool is_new = true;
    *objective = INFINITY;
    if (search->ev->T > 0 && search->ev->objective == EB_COST)
        AZ_TRY(find_trial(search, duties, count, &trial, &is_new));
    if (!is_new) *objective = trial->objective;
    if (!is_new) return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = offer(search, duties, count, arena, objective);
    az_arena_free(arena);
    if (trial) trial->objective = *objective;
    return status;
}

/* --- the pool -----------------------------------------------------------------------------------
 */

enum az_status eb_pool_columns(const struct eb_search *search, const struct eb_master *master,
                               struct az_arena *arena, struct az_block_columns *columns)
{
    *columns = (struct az_block_columns){ .arena = arena };
    for (size_t k = 0; k < search->pool.count; k++) {
        struct az_block_column column;
        AZ_TRY(eb_master_column(master, search->pool.items[k], arena, &column));
        AZ_TRY(az_block_columns_add(columns, &column));
    }
    return AZ_OK;
}

enum az_status eb_pool_keep(struct eb_search *search, const struct az_colgen_result *result)
{
    for (size_t k = 0; k < result->column_count; k++) {
        struct eb_duty *copy;
        if (!is_new_in_pool(search, result->columns[k].data)) continue;
        AZ_TRY(eb_duty_copy(result->columns[k].data, search->arena, &copy));
        AZ_TRY(eb_duty_list_add(&search->pool, search->arena, copy));
    }
    return AZ_OK;
}

/* --- duties of a solution -----------------------------------------------------------------------
 */

struct valued {
    const struct eb_duty *duty;
    double value;
    size_t age;
};

static int by_value(const void *a, const void *b)
{
    const struct valued *x = a, *y = b;
    if (fabs(x->value - y->value) > 1e-9) return x->value > y->value ? -1 : 1;
    return x->age < y->age ? -1 : x->age > y->age;
}

static bool shares_trip(const struct eb_duty *duty, const bool runs[])
{
    for (size_t l = 0; l < duty->leg_count; l++)
        if (duty->legs[l].trip != AZ_NO_INDEX && runs[duty->legs[l].trip]) return true;
    return false;
}

enum az_status eb_duties_of(struct eb_search *search, const struct az_master_solution *solution,
                            struct eb_duty_list *duties)
{
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = AZ_OK;
    if (!arena) return AZ_NO_MEMORY;
    struct valued *list = AZ_ARRAY(arena, solution->count, struct valued);
    bool *runs = AZ_ARRAY(arena, search->ev->trips.count, bool);
    double *used = AZ_ARRAY(arena, search->network->source_count, double);
    if (!list || !runs || !used) AZ_GOTO(AZ_NO_MEMORY);
    for (size_t i = 0; i < solution->count; i++)
        list[i] = (struct valued){ solution->columns[i]->data, solution->values[i], i };
    qsort(list, solution->count, sizeof *list, by_value);
    duties->count = 0;
    for (size_t i = 0; i < solution->count; i++) {
        const struct eb_duty *duty = list[i].duty;
        bool named = search->network->sources[duty->source].bus != AZ_NO_INDEX;
        if (shares_trip(duty, runs) || (named && used[duty->source] > 0)) continue;
        /* without trips only what is whole, as often as it is there */
        bool empty = duty->leg_count == 1 && !named;
        size_t copies = empty ? (size_t)floor(list[i].value + WHOLE) : 1;
        for (size_t l = 0; l < duty->leg_count; l++)
            if (duty->legs[l].trip != AZ_NO_INDEX) runs[duty->legs[l].trip] = true;
        used[duty->source] += (double)copies;
        for (size_t k = 0; k < copies; k++) AZ_GOTO(eb_duty_list_add(duties, search->arena, duty));
    }
done:
    az_arena_free(arena);
    return status;
}

/* --- duties of a plan ---------------------------------------------------------------------------
 */

/* The source of a block, or AZ_NO_INDEX. */
static size_t source_of(const struct eb_search *search, const struct eb_block *block)
{
    const struct eb_network *net = search->network;
    for (size_t s = 0; s < net->source_count; s++) {
        const struct eb_source *source = &net->sources[s];
        if (block->bus.id) {
            if (source->bus != AZ_NO_INDEX &&
                strcmp(search->ev->bus[source->bus].id, block->bus.id) == 0)
                return s;
            continue;
        }
        if (source->bus != AZ_NO_INDEX || source->type != block->type.index ||
            source->depot != block->depot.index)
            continue;
        if (isnan(block->start_kwh) || fabs(source->start_kwh - block->start_kwh) <= 1e-6) return s;
    }
    return AZ_NO_INDEX;
}

/* Hops of a block: its trips, and the last charger before each. */
static size_t hops_of(const struct eb_search *search, const struct eb_block *block,
                      struct eb_hop hops[])
{
    size_t count = 0, charger = AZ_NO_INDEX;
    for (size_t e = 0; e < block->events.count; e++) {
        const struct eb_event *event = &block->events.items[e];
        if (event->kind == EB_EVENT_STAY && event->charger.id) charger = event->charger.index;
        if (event->kind != EB_EVENT_TRIP) continue;
        if (search->network->order[event->trip.index] == AZ_NO_INDEX) continue;
        hops[count++] = (struct eb_hop){ event->trip.index, charger };
        charger = AZ_NO_INDEX;
    }
    hops[count++] = (struct eb_hop){ AZ_NO_INDEX, charger };
    return count;
}

enum az_status eb_duties_of_plan(struct eb_search *search, const struct eb_plan *plan,
                                 struct eb_duty_list *duties)
{
    duties->count = 0;
    for (size_t b = 0; b < plan->blocks.count; b++) {
        const struct eb_block *block = &plan->blocks.items[b];
        size_t source = source_of(search, block);
        if (source == AZ_NO_INDEX) continue;
        struct eb_hop *hops = AZ_ARRAY(search->arena, block->events.count + 1, struct eb_hop);
        if (!hops) return AZ_NO_MEMORY;
        size_t count = hops_of(search, block, hops);
        size_t end = block->end_depot.id ? block->end_depot.index : block->depot.index;
        struct eb_duty *duty = NULL;
        AZ_TRY(eb_duty_of_hops(search->ev, search->network->sources, source, end, hops, count,
                               search->arena, &duty));
        if (duty) AZ_TRY(eb_duty_list_add(duties, search->arena, duty));
    }
    return AZ_OK;
}
