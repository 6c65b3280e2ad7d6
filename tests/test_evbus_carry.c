/* test_evbus_carry.c - the state at a moment of an evbus plan, by hand and as a property of every
 * plan: what was paid before and what is paid after are the whole. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/evbus/duty.h"
#include "formulations/evbus/rules.h"
#include "solver/base/context.h"
#include "tests/support/eb_rest.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

/* --- by hand ------------------------------------------------------------------------------------
 */

/* A bus in the middle of a trip comes free at its end, with the charge it then has; the trip is
 * done. Planned as if it stood there already, it would be in two places. */
START_TEST(a_trip_under_way_is_finished)
{
    struct eb_case c;
    eb_case_golden(&c, "half_hour_slots");
    const struct eb_state *state = carry_to(&c, 1); /* 06:30; up runs from 06:10 to 06:50 */
    const struct eb_bus *bus = &state->buses.items[0];
    ck_assert_uint_eq(state->buses.count, 1);
    ck_assert_str_eq(bus->id, "bus-1");
    ck_assert_str_eq(bus->place.id, "h");
    ck_assert_str_eq(bus->depot.id, "dep");
    ck_assert_int_eq(bus->available.utc_s, c.ev->start.utc_s + 50 * 60);
    ck_assert_int_eq(bus->pulled_out.utc_s, c.ev->start.utc_s + 10 * 60);
    ck_assert_double_eq(bus->charge_kwh, 30);
    ck_assert_double_eq(bus->end_kwh, 50);
    ck_assert_double_eq(bus->driving_min, 40);
    ck_assert_double_eq(bus->standing_min, 0);
    ck_assert_uint_eq(state->done.count, 1);
    ck_assert_str_eq(state->done.items[0], "up");
    ck_assert_uint_eq(state->assigned.count, 1);
    ck_assert_str_eq(state->assigned.keys[0].id, "down");
    ck_assert_str_eq(state->assigned.items[0], "bus-1");
    eb_case_close(&c);
}
END_TEST

/* A stay is cut: what is charged is charged, and the break so far counts. */
START_TEST(a_stay_is_cut_at_the_moment)
{
    struct eb_case c;
    eb_case_golden(&c, "half_hour_slots");
    const struct eb_bus *bus = &carry_to(&c, 3)->buses.items[0]; /* 07:30 */
    ck_assert_str_eq(bus->place.id, "h");
    ck_assert(!az_time_given(bus->available));
    ck_assert_double_eq(bus->charge_kwh, 45);
    ck_assert_double_eq(bus->driving_min, 40);
    ck_assert_double_eq(bus->standing_min, 40);
    bus = &carry_to(&c, 4)->buses.items[0]; /* 08:00, when the trip down begins: not yet done */
    ck_assert_double_eq(bus->charge_kwh, 65);
    ck_assert_uint_eq(carry_to(&c, 4)->done.count, 1);
    bus = &carry_to(&c, 8)->buses.items[0];
    ck_assert_str_eq(bus->place.id, "d");
    ck_assert_double_eq(bus->charge_kwh, 50);
    ck_assert_uint_eq(carry_to(&c, 8)->done.count, 2);
    eb_case_close(&c);
}
END_TEST

/* A bus may stand for longer than the state can say: it is then carried as the longest break there
 * is. A state beyond the bounds of its own table would be refused as the next instance's. */
START_TEST(a_long_break_fits_the_state)
{
    struct eb_case c, rest;
    void *plan;
    json_t *instance = case_file(EB_GOLDEN, "half_hour_slots", "instance.json");
    eb_case_golden(&c, "half_hour_slots");
    open_rest(&rest, &c, instance, 3); /* 07:30 */
    rest.ev->bus[0].standing_min = 100000;
    rest.ev->bus[0].driving_min = 100000;
    ck_assert_int_eq(eb_adopt(rest.ev, c.plan, rest.arena, &plan), AZ_OK);
    rest.plan = plan;
    const struct eb_bus *bus = &carry_to(&rest, 1)->buses.items[0]; /* 08:00 */
    ck_assert_double_eq(bus->standing_min, 100000);
    ck_assert_double_eq(bus->driving_min, 100000);
    eb_case_close(&rest);
    eb_case_close(&c);
    json_decref(instance);
}
END_TEST

/* Before it pulls out a bus is in its depot, its day not paid; what it charged at night it keeps.
 */
START_TEST(a_bus_that_has_not_pulled_out_stays)
{
    struct eb_case c;
    eb_case_golden(&c, "charging_before_the_first_trip");
    const struct eb_state *state = carry_to(&c, 1);
    const struct eb_bus *bus = &state->buses.items[0];
    ck_assert_str_eq(bus->place.id, "d");
    ck_assert(!az_time_given(bus->pulled_out));
    ck_assert_double_eq(bus->charge_kwh, 45);
    ck_assert(isnan(bus->end_kwh)); /* its type ends free */
    ck_assert_uint_eq(state->done.count, 0);
    ck_assert_uint_eq(state->assigned.count, 2);
    eb_case_close(&c);
    eb_case_golden(&c, "a_bus_out_of_service");
    state = carry_to(&c, 2);
    ck_assert_uint_eq(state->buses.count, 2);
    ck_assert_str_eq(state->buses.items[0].id, "v1");
    ck_assert_int_eq(state->buses.items[0].out_of_service, 1);
    ck_assert_str_eq(state->buses.items[1].id, "bus-1");
    eb_case_close(&c);
}
END_TEST

START_TEST(storages_carry_what_they_hold)
{
    struct eb_case c;
    eb_case_golden(&c, "storage_between_slots");
    static const double energy[] = { 25, 45, 25, 25, 25 };
    for (size_t k = 0; k <= 4; k++)
        ck_assert_double_eq_tol(carry_to(&c, k)->storages.items[0], energy[k], 1e-9);
    eb_case_close(&c);
}
END_TEST

/* Trips that nobody ran are past too: planned again they would be in the past, or priced twice. */
START_TEST(departed_trips_that_were_left_out_are_done)
{
    struct eb_case c;
    eb_case_golden(&c, "trips_left_out");
    const struct eb_state *state = carry_to(&c, 1);
    ck_assert_uint_eq(state->done.count, 2); /* up and up2 */
    ck_assert_uint_eq(state->assigned.count, 1);
    eb_case_close(&c);
}
END_TEST

/* Two buses must not get one name, nor a bus the name that later plans give their blocks. */
START_TEST(carried_buses_have_names_of_their_own)
{
    struct eb_case c;
    eb_case_golden(&c, "two_chargers_for_two_buses");
    c.plan->blocks.items[0].id = "b2";
    c.plan->blocks.items[1].id = "bus-2";
    const struct eb_state *state = carry_to(&c, 1);
    ck_assert_str_eq(state->buses.items[0].id, "bus-2");
    ck_assert_str_eq(state->buses.items[1].id, "bus-3");
    eb_case_close(&c);
}
END_TEST

static void need_refused(struct eb_case *c, struct az_time at, const char *code)
{
    void *state = NULL;
    struct az_findings findings;
    az_findings_init(&findings, c->arena, 0);
    ck_assert_int_eq(eb_carry(c->ev, c->plan, at, c->arena, &state, &findings), AZ_INVALID);
    ck_assert_uint_ge(findings.count, 1);
    ck_assert_str_eq(findings.items[0].code->code, code);
}

/* A state of a moment between slots, or beyond the plan, would be made up. */
START_TEST(only_slot_boundaries_of_the_plan_are_carried_to)
{
    struct eb_case c;
    eb_case_golden(&c, "up_charge_and_down");
    struct az_time start = c.ev->start;
    need_refused(&c, az_time_add(start, 1800), "carry_not_boundary");
    need_refused(&c, az_time_add(start, -3600), "carry_not_boundary");
    need_refused(&c, az_time_add(start, 5 * 3600), "carry_not_boundary");
    need_refused(&c, (struct az_time){ .utc_s = AZ_NO_INTEGER }, "carry_not_boundary");
    c.plan->blocks.items[0].events.items[1].charge_kwh.items[0] = NAN;
    need_refused(&c, start, "carry_plan_misfit");
    eb_case_close(&c);
    eb_case_golden(&c, "explicit_links_without_times"); /* no place on the way: its start alone */
    need_refused(&c, az_time_add(c.ev->start, 3600), "carry_over_links");
    eb_case_close(&c);
}
END_TEST

/* --- before and after are the whole -------------------------------------------------------------
 */

static struct az_series slice(struct az_arena *arena, const struct az_series *series, size_t from,
                              size_t to, size_t count, size_t shift)
{
    struct az_series part = { .count = count, .values = AZ_ARRAY(arena, count, double) };
    if (!series->values) return (struct az_series){ 0 };
    for (size_t t = from; t < to; t++) part.values[t - shift] = series->values[t];
    return part;
}

/* The flows of slots from .. to - 1 in a plan of count slots that begins `shift` later. */
static void slice_flows(const struct eb_case *c, struct eb_plan *plan, size_t from, size_t to,
                        size_t count, size_t shift)
{
    struct az_arena *a = c->arena;
    for (size_t g = 0; g < plan->grids.count; g++) {
        const struct eb_grid_plan *old = &c->plan->grids.items[g];
        struct eb_grid_plan *grid = &plan->grids.items[g];
        for (size_t s = 0; s < grid->supply_kwh.count; s++)
            grid->supply_kwh.items[s] = slice(a, &old->supply_kwh.items[s], from, to, count, shift);
        for (size_t s = 0; s < grid->demand_kwh.count; s++)
            grid->demand_kwh.items[s] = slice(a, &old->demand_kwh.items[s], from, to, count, shift);
    }
    for (size_t i = 0; i < plan->converters.count; i++) {
        const struct eb_converter_plan *old = &c->plan->converters.items[i];
        plan->converters.items[i] =
            (struct eb_converter_plan){ slice(a, &old->forward_in_kwh, from, to, count, shift),
                                        slice(a, &old->backward_in_kwh, from, to, count, shift) };
    }
    for (size_t i = 0; i < plan->storages.count; i++) {
        const struct eb_storage_plan *old = &c->plan->storages.items[i];
        plan->storages.items[i] = (struct eb_storage_plan){
            .charge_kwh = slice(a, &old->charge_kwh, from, to, count, shift),
            .discharge_kwh = slice(a, &old->discharge_kwh, from, to, count, shift),
            .energy_kwh = shift == from ? slice(a, &old->energy_kwh, from, to, count, shift)
                                        : (struct az_series){ 0 }
        };
    }
}

/* Slots from .. to - 1 of a stay's lists, counted from `shift`. */
static void cut_stay(struct az_arena *arena, struct eb_event *event, int64_t from, int64_t to,
                     int64_t shift)
{
    size_t *counts[] = { &event->charge_kwh.count, &event->discharge_kwh.count };
    double **items[] = { &event->charge_kwh.items, &event->discharge_kwh.items };
    int64_t first = event->first_slot;
    if (first == AZ_NO_INTEGER) return;
    int64_t begin = first > from ? first : from;
    for (int way = 0; way < 2; way++) {
        double *kept = AZ_ARRAY(arena, *counts[way], double);
        size_t n = 0;
        for (int64_t t = begin; t < first + (int64_t)*counts[way] && t < to; t++)
            kept[n++] = (*items[way])[t - first];
        *items[way] = kept;
        *counts[way] = n;
    }
    event->first_slot = begin - shift;
}

/* Events that begin before the moment, stays only as far. */
static struct eb_plan *head_of(const struct eb_case *c, size_t k)
{
    struct eb_plan *plan;
    int64_t at = moment(c, k).utc_s;
    ck_assert_int_eq(eb_plan_new(c->ev, c->arena, &plan), AZ_OK);
    plan->chargers = c->plan->chargers;
    plan->unserved.count = 0;
    plan->blocks.items = AZ_ARRAY(c->arena, c->plan->blocks.count, struct eb_block);
    for (size_t b = 0; b < c->plan->blocks.count; b++) {
        struct eb_block block = c->plan->blocks.items[b];
        const struct eb_event *old = block.events.items;
        size_t n = 0;
        block.events.items = AZ_ARRAY(c->arena, block.events.count, struct eb_event);
        for (size_t e = 0; e < block.events.count; e++) {
            if (old[e].start.utc_s >= at) break;
            struct eb_event event = old[e];
            if (event.kind == EB_EVENT_STAY && event.end.utc_s > at) {
                event.end.utc_s = at;
                event.soc_after_kwh = NAN;
                cut_stay(c->arena, &event, 0, (int64_t)k, 0);
            }
            block.events.items[n++] = event;
        }
        block.events.count = n;
        if (n > 0) plan->blocks.items[plan->blocks.count++] = block;
    }
    slice_flows(c, plan, 0, k, c->ev->T, 0);
    return plan;
}

/* The bus of the state that goes on with a block: the named ones first, then the blocks in order.
 */
static const struct eb_bus *bus_after(const struct eb_case *c, const struct eb_instance *rest,
                                      size_t b)
{
    const struct eb_block *blocks = c->plan->blocks.items;
    size_t n = c->ev->bus_count;
    for (size_t i = 0; i < b; i++) n += !blocks[i].bus.id;
    for (size_t i = 0; blocks[b].bus.id && i < c->ev->bus_count; i++)
        if (strcmp(c->ev->bus[i].id, blocks[b].bus.id) == 0) n = i;
    const char *id = carry_to(c, 0)->buses.items[n].id;
    for (size_t i = 0; i < rest->bus_count; i++)
        if (strcmp(rest->bus[i].id, id) == 0) return &rest->bus[i];
    ck_abort_msg("no bus %s", id);
}

static struct eb_plan *rest_of(const struct eb_case *c, const struct eb_case *rest, size_t k)
{
    struct eb_plan *plan;
    int64_t at = moment(c, k).utc_s;
    ck_assert_int_eq(eb_plan_new(rest->ev, c->arena, &plan), AZ_OK);
    plan->chargers = c->plan->chargers;
    plan->unserved.count = 0;
    for (size_t i = 0; i < c->plan->unserved.count; i++)
        if (!rest->ev->done[c->plan->unserved.items[i].trip.index])
            plan->unserved.items[plan->unserved.count++] = c->plan->unserved.items[i];
    plan->blocks.items = AZ_ARRAY(c->arena, c->plan->blocks.count, struct eb_block);
    plan->blocks.count = c->plan->blocks.count;
    for (size_t b = 0; b < c->plan->blocks.count; b++) {
        const struct eb_bus *bus = bus_after(c, rest->ev, b);
        struct eb_block block = c->plan->blocks.items[b];
        const struct eb_event *old = block.events.items;
        size_t n = 0;
        block.id = bus->id;
        block.bus = (struct az_ref){ .id = bus->id, .index = AZ_NO_INDEX };
        block.start_kwh = isnan(block.start_kwh) ? NAN : bus->start_kwh;
        block.events.items = AZ_ARRAY(c->arena, block.events.count, struct eb_event);
        for (size_t e = 0; e < block.events.count; e++) {
            struct eb_event event = old[e];
            bool stay = event.kind == EB_EVENT_STAY;
            if (event.start.utc_s < at && (!stay || event.end.utc_s <= at)) continue;
            if (event.start.utc_s < at) event.soc_before_kwh = NAN;
            if (event.start.utc_s < at) event.start.utc_s = at;
            if (stay) cut_stay(c->arena, &event, (int64_t)k, INT64_MAX, (int64_t)k);
            block.events.items[n++] = event;
        }
        block.events.count = n;
        plan->blocks.items[b] = block;
    }
    slice_flows(c, plan, k, c->ev->T, c->ev->T - k, k);
    return plan;
}

/* Money but for what is of the day (chosen chargers) and of the plan that stood (changes). */
static double money_of(const struct eb_instance *ev, const struct eb_plan *plan,
                       struct az_arena *arena, size_t *violations)
{
    struct az_judgement judgement;
    double sum = 0;
    ck_assert_int_eq(eb_evaluate(ev, plan, arena, &judgement), AZ_OK);
    if (violations && judgement.violation_count > 0)
        for (size_t i = 0; i < judgement.violations.count; i++)
            fprintf(stderr, "  %s at %s: %s\n", judgement.violations.items[i].rule->code.code,
                    judgement.violations.items[i].pointer,
                    az_breach_words(&judgement.violations.items[i], AZ_ENGLISH, arena));
    if (violations) *violations = judgement.violation_count;
    for (size_t i = 0; i < judgement.money.count; i++)
        if (strcmp(judgement.money.items[i].code, "charger") != 0 &&
            strcmp(judgement.money.items[i].code, "change") != 0)
            sum += judgement.money.items[i].amount;
    return sum;
}

/* The same but for the rounding of sums that were added up in one go or in two. */
static bool is_alike(const json_t *a, const json_t *b)
{
    const char *key;
    json_t *value;
    if (json_typeof(a) == JSON_REAL && json_is_number(b))
        return fabs(json_real_value(a) - json_number_value(b)) <= 1e-9;
    if (json_is_array(a) && json_is_array(b)) {
        bool alike = json_array_size(a) == json_array_size(b);
        for (size_t i = 0; alike && i < json_array_size(a); i++)
            alike = is_alike(json_array_get(a, i), json_array_get(b, i));
        return alike;
    }
    if (!json_is_object(a) || !json_is_object(b)) return json_equal(a, b);
    if (json_object_size(a) != json_object_size(b)) return false;
    json_object_foreach((json_t *)a, key, value)
    {
        const json_t *other = json_object_get(b, key);
        if (!other || !is_alike(value, other)) return false;
    }
    return true;
}

static void compare_states(const char *name, size_t k, size_t m, const struct eb_state *once,
                           const struct eb_state *twice)
{
    json_t *a = az_json_write(&eb_state_table, once), *b = az_json_write(&eb_state_table, twice);
    if (!is_alike(a, b))
        ck_abort_msg("%s over %zu to %zu:\n%s\n%s", name, k, m, json_dumps(a, 0), json_dumps(b, 0));
    json_decref(a);
    json_decref(b);
}

/* Every boundary of a plan without violation: what was paid before and what is paid after are the
 * whole, the rest keeps every rule (its stated charges and energies among them), and to go on from
 * there to any later moment is to go there at once. */
static void check_chain(const char *name, struct eb_case *c, const json_t *instance)
{
    size_t violations;
    ck_assert_int_eq(eb_summarise(c->ev, c->arena, c->plan), AZ_OK);
    double whole = money_of(c->ev, c->plan, c->arena, &violations);
    if (violations > 0) ck_abort_msg("%s has violations", name);
    for (size_t k = 0; k < c->ev->T; k++) {
        struct eb_case rest;
        open_rest(&rest, c, instance, k);
        rest.plan = rest_of(c, &rest, k);
        double before = money_of(c->ev, head_of(c, k), c->arena, NULL);
        double after = money_of(rest.ev, rest.plan, c->arena, &violations);
        if (violations > 0) ck_abort_msg("%s: the rest from %zu has violations", name, k);
        if (fabs(before + after - whole) > 1e-6 * fmax(1, fabs(whole)))
            ck_abort_msg("%s: %.9g before %zu and %.9g after are not %.9g", name, before, k, after,
                         whole);
        for (size_t m = k; m <= c->ev->T; m++)
            compare_states(name, k, m, carry_to(c, m), carry_to(&rest, m - k));
        eb_case_close(&rest);
    }
}

static void check_whole(const char *name, void *data)
{
    struct eb_case c;
    int *chains = data;
    eb_case_golden(&c, name);
    if (c.ev->T > 0 && !c.ev->links) {
        json_t *instance = case_file(EB_GOLDEN, name, "instance.json");
        say_times(&c);
        check_chain(name, &c, instance);
        json_decref(instance);
        (*chains)++;
    }
    eb_case_close(&c);
}

/* A rolling day and one long run must not drift apart: energy made or lost at midnight, a bus-day
 * paid twice, a break forgotten. */
START_TEST(before_and_after_are_the_whole)
{
    int chains = 0;
    each_case(EB_GOLDEN, 40, check_whole, &chains);
    ck_assert_int_ge(chains, 35);
}
END_TEST

START_TEST(carrying_survives_every_allocation_failure)
{
    json_t *instance = case_file(EB_GOLDEN, "half_hour_slots", "instance.json");
    json_t *plan = case_file(EB_GOLDEN, "half_hour_slots", "plan.json");
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct eb_case c;
        void *state, *adopted;
        status = eb_case_open(&c, instance, &allocator);
        if (status == AZ_OK) status = eb_case_plan(&c, plan);
        if (status == AZ_OK)
            status = eb_carry(c.ev, c.plan, c.ev->start, c.arena, &state, &c.findings);
        if (status == AZ_OK) status = eb_adopt(c.ev, c.plan, c.arena, &adopted);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        eb_case_close(&c);
        ck_assert_uint_lt(left, 10000);
    }
    json_decref(instance);
    json_decref(plan);
}
END_TEST

/* --- random days --------------------------------------------------------------------------------
 */

static struct az_ref ref(const char *id, size_t index)
{
    return (struct az_ref){ .id = id, .index = index };
}

static double *random_energies(struct eb_case *c, struct az_random *random, size_t count,
                               double share)
{
    double *values = AZ_ARRAY(c->arena, count, double);
    for (size_t k = 0; k < count; k++)
        values[k] = az_random_unit(random) < share ? 40 * az_random_unit(random) : 0;
    return values;
}

/* A stay of up to three hours from the end of a trip on, at the first bank there. */
static void add_stay(struct eb_case *c, struct az_random *random, struct eb_block *block,
                     size_t place, int64_t from_s)
{
    const struct eb_place *at = &c->ev->places.items[place];
    int64_t length = c->ev->slot_minutes * 60, first = from_s / length;
    if (at->charger_count == 0) return;
    size_t slots = 1 + (size_t)az_random_below(random, 10);
    if (first + (int64_t)slots > (int64_t)c->ev->T) return;
    struct eb_event stay = { .kind = EB_EVENT_STAY,
                             .from = ref(at->id, place),
                             .to = ref(at->id, place),
                             .start = az_time_add(c->ev->start, from_s),
                             .end = az_time_add(c->ev->start, (first + (int64_t)slots) * length),
                             .charger =
                                 ref(c->ev->chargers.items[at->charger[0]].id, at->charger[0]),
                             .first_slot = first,
                             .charged_kwh = NAN };
    stay.charge_kwh.count = stay.discharge_kwh.count = slots;
    stay.charge_kwh.items = random_energies(c, random, slots, 0.6);
    stay.discharge_kwh.items = random_energies(c, random, slots, 0.3);
    block->events.items[block->events.count++] = stay;
}

/* Trips thrown upon a few blocks, with stays between: a plan that only adopting makes sound. */
static struct eb_plan *random_wish(struct eb_case *c, struct az_random *random, size_t count)
{
    struct eb_plan *plan;
    ck_assert_int_eq(eb_plan_new(c->ev, c->arena, &plan), AZ_OK);
    plan->blocks.count = count;
    plan->blocks.items = AZ_ARRAY(c->arena, count, struct eb_block);
    for (size_t b = 0; b < count; b++) {
        struct eb_block *block = &plan->blocks.items[b];
        size_t type = (size_t)az_random_below(random, c->ev->types.count);
        size_t depot = (size_t)az_random_below(random, c->ev->depots.count);
        block->id = az_arena_format(c->arena, "b%zu", b + 1);
        block->type = ref(c->ev->types.items[type].id, type);
        block->depot = ref(c->ev->depots.items[depot].id, depot);
        block->start_kwh = NAN;
        if (b < c->ev->bus_count) block->bus = ref(c->ev->bus[b].id, b);
        block->events.items = AZ_ARRAY(c->arena, 2 * c->ev->trips.count + 1, struct eb_event);
        add_stay(c, random, block, c->ev->depots.items[depot].place.index, 0);
    }
    for (size_t i = 0; i < c->ev->trips.count; i++) {
        const struct eb_trip *trip = &c->ev->trips.items[i];
        struct eb_block *block = &plan->blocks.items[az_random_below(random, count)];
        block->events.items[block->events.count++] =
            (struct eb_event){ .kind = EB_EVENT_TRIP, .trip = ref(trip->id, i) };
        add_stay(c, random, block, trip->to.index, trip->arrive_s);
    }
    return plan;
}

static json_t *generated(struct eb_case *c, uint64_t seed)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *ev;
    ck_assert_int_eq(eb_generate(10, seed, arena, &ev), AZ_OK);
    json_t *json = az_json_write(&eb_instance_table, ev);
    az_arena_free(arena);
    ck_assert_int_eq(eb_case_open(c, json, NULL), AZ_OK);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    return json;
}

/* Days with everything in them: known buses, deadheads, charging both ways. */
START_TEST(random_days_are_carried_whole)
{
    size_t served = 0;
    for (uint64_t seed = (uint64_t)_i * 4 + 1; seed <= (uint64_t)_i * 4 + 4; seed++) {
        struct eb_case c;
        struct az_random random;
        void *plan;
        char name[40];
        json_t *instance = generated(&c, seed);
        az_random_seed(&random, seed);
        snprintf(name, sizeof name, "seed %d", (int)seed);
        enum az_status status = eb_adopt(c.ev, random_wish(&c, &random, 4), c.arena, &plan);
        ck_assert(status == AZ_OK || status == AZ_NO_PLAN);
        if (status == AZ_OK) {
            c.plan = plan;
            served += c.ev->trips.count - c.plan->unserved.count;
            /* every few boundaries: a day has 80 slots and more */
            size_t T = c.ev->T;
            double whole = money_of(c.ev, c.plan, c.arena, NULL);
            for (size_t k = 0; k < T; k += 7) {
                size_t violations;
                struct eb_case rest;
                open_rest(&rest, &c, instance, k);
                rest.plan = rest_of(&c, &rest, k);
                double before = money_of(c.ev, head_of(&c, k), c.arena, NULL);
                double after = money_of(rest.ev, rest.plan, c.arena, &violations);
                if (violations > 0 || fabs(before + after - whole) > 1e-6 * fmax(1, fabs(whole)))
                    ck_abort_msg("%s: %.9g + %.9g at %zu, whole %.9g, %zu violations", name, before,
                                 after, k, whole, violations);
                for (size_t m = k; m <= T; m += 9)
                    compare_states(name, k, m, carry_to(&c, m), carry_to(&rest, m - k));
                eb_case_close(&rest);
            }
        }
        eb_case_close(&c);
        json_decref(instance);
    }
    ck_assert_uint_ge(served, 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_carry");
    TCase *cases = tcase_create("evbus_carry");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_trip_under_way_is_finished);
    tcase_add_test(cases, a_stay_is_cut_at_the_moment);
    tcase_add_test(cases, a_long_break_fits_the_state);
    tcase_add_test(cases, a_bus_that_has_not_pulled_out_stays);
    tcase_add_test(cases, storages_carry_what_they_hold);
    tcase_add_test(cases, departed_trips_that_were_left_out_are_done);
    tcase_add_test(cases, carried_buses_have_names_of_their_own);
    tcase_add_test(cases, only_slot_boundaries_of_the_plan_are_carried_to);
    tcase_add_test(cases, before_and_after_are_the_whole);
    tcase_add_loop_test(cases, random_days_are_carried_whole, 0, 3);
    tcase_add_test(cases, carrying_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
