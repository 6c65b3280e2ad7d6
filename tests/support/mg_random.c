/* mg_random.c - random microgrids and plans for property tests. */
#include "tests/support/mg_random.h"

#include <stdio.h>
#include <stdlib.h>

#include "adapters/json/json.h"
#include "formulations/common/calendar.h"
#include "solver/base/context.h"

static void need(bool good, const char *what, const struct mg_case *c)
{
    if (good) return;
    fprintf(stderr, "mg_random: %s\n", what);
    if (c && c->arena) document_print(&c->findings);
    exit(EXIT_FAILURE);
}

/* Leaves out what is a sum over the horizon, or has times of its own: no part of a run has it. */
static void leave_out_sums(json_t *json)
{
    json_t *item;
    size_t i;
    json_object_del(json, "local");
    json_object_del(json, "shiftables");
    json_object_del(json_object_get(json, "co2"), "cap_kg");
    json_object_del(json_object_get(json, "co2"), "cap_price_jpy_per_kg");
    json_array_foreach(json_object_get(json, "flexible_loads"), i, item)
    {
        json_object_del(item, "from");
        json_object_del(item, "until");
        json_object_del(item, "min_kwh");
        json_object_del(item, "max_kwh");
        json_object_del(item, "energy_price_jpy_per_kwh");
    }
}

/* A random instance over a month's end, with metering intervals of an hour. */
json_t *mg_random_instance(uint64_t seed)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *mg;
    need(mg_generate(14, seed, arena, &mg) == AZ_OK, "generating fails", NULL);
    json_t *json = az_json_write(&mg_instance_table, mg), *item;
    size_t i;
    need(json, "writing fails", NULL);
    leave_out_sums(json);
    json_object_del(json, "survivals"); /* counted by start: more slots are more starts */
    const char *start = "2026-01-31T13:30:00+09:00";
    json_object_set_new(json, "start", json_string(start));
    json_object_set_new(json_object_get(json, "state"), "at", json_string(start));
    json_array_foreach(json_object_get(json, "connections"), i, item)
    {
        json_object_set_new(item, "metering_minutes", json_integer(i % 2 == 0 ? 60 : 30));
        json_object_set_new(item, "demand_charge_jpy_per_kw", json_real(40));
        json_object_set_new(item, "demand_floor_kw", json_real(0));
    }
    json_array_foreach(json_object_get(json, "converters"), i, item)
        json_object_set_new(item, "ramp_kw_per_h", json_real(100));
    json_array_foreach(json_object_get(json, "batteries"), i, item)
    {
        json_object_set_new(item, "end_value_jpy_per_kwh", json_real(11));
        json_object_del(item, "end_price_jpy_per_kwh");
        json_object_del(item, "reserve_price_jpy_per_kwh"); /* counted at the end of each slot */
        json_object_set_new(item, "out_of_range", json_string("clamp"));
    }
    json_array_foreach(json_object_get(json, "ponds"), i, item)
    {
        json_object_set_new(item, "end_value_jpy_per_kwh", json_real(7));
        json_object_del(item, "end_price_jpy_per_kwh");
    }
    json_object_del(json, "budgets"); /* what is used too much counts in every run of a window */
    json_object_set_new(
        json_object_get(json, "state"), "connections",
        json_pack("{s:{s:f,s:f}}", "tie-1", "peak_kw", 60.0, "open_energy_kwh", 45.0));
    az_arena_free(arena);
    return json;
}

/* A plan that does anything: it breaks many rules, which must break alike in one piece or two. */
void mg_random_plan(struct mg_case *c, uint64_t seed)
{
    struct az_random random;
    az_random_seed(&random, seed + 1000);
    need(mg_plan_new(c->mg, c->arena, &c->plan) == AZ_OK, "no plan", c);
    for (size_t t = 0; t < c->mg->T; t++) {
        for (size_t i = 0; i < c->mg->units.count; i++) {
            const struct mg_unit *unit = &c->mg->units.items[i];
            double before = t > 0 ? c->plan->units.items[i].on.values[t - 1] : unit->on0;
            double on = az_random_unit(&random) < 0.25 ? 1 - before : before;
            c->plan->units.items[i].on.values[t] = on;
            c->plan->units.items[i].power_kw.values[t] =
                on * (unit->p_min_kw + az_random_unit(&random) * (unit->p_max_kw - unit->p_min_kw));
        }
        for (size_t i = 0; i < c->mg->batteries.count; i++) {
            struct mg_battery_plan *battery = &c->plan->batteries.items[i];
            battery->charge_kw.values[t] = 10 * az_random_unit(&random);
            battery->discharge_kw.values[t] = 10 * az_random_unit(&random);
            battery->energy_kwh.values[t] =
                c->mg->batteries.items[i].max_kwh * az_random_unit(&random);
        }
        for (size_t i = 0; i < c->mg->converters.count; i++) {
            struct mg_converter_plan *converter = &c->plan->converters.items[i];
            double *in = az_random_below(&random, 2) ? converter->forward_in_kw.values
                                                     : converter->backward_in_kw.values;
            in[t] = c->mg->converters.items[i].forward_max_kw * az_random_unit(&random);
            converter->on.values[t] = 1;
        }
        for (size_t i = 0; i < c->mg->connections.count; i++)
            c->plan->connections.items[i].import_kw.values[t] = 300 * az_random_unit(&random);
        for (size_t i = 0; i < c->mg->ponds.count; i++) {
            const struct mg_pond *pond = &c->mg->ponds.items[i];
            c->plan->ponds.items[i].level_kwh.values[t] =
                pond->min_kwh + az_random_unit(&random) * (pond->capacity_kwh - pond->min_kwh);
            c->plan->ponds.items[i].spill_kw.values[t] = 50 * az_random_unit(&random);
        }
        for (size_t i = 0; i < c->mg->flexible_loads.count; i++)
            c->plan->flexible_loads.items[i].power_kw.values[t] = 200 * az_random_unit(&random);
        for (size_t i = 0; i < c->mg->loads.count; i++) {
            c->plan->loads.items[i].unserved_kw.values[t] = 500 * az_random_unit(&random);
            if (c->mg->loads.items[i].steps.count > 0)
                c->plan->loads.items[i].interrupted_kw.values[t] = 90 * az_random_unit(&random);
        }
    }
}

/* Keeps count values from `from` on of every series of T numbers in a document. */
static void cut_series(json_t *json, size_t T, size_t from, size_t count)
{
    const char *key;
    json_t *value;
    size_t i;
    bool series = json_is_array(json) && json_array_size(json) == T &&
                  json_is_number(json_array_get(json, 0));
    for (i = 0; series && i < from; i++) json_array_remove(json, 0);
    while (series && json_array_size(json) > count) json_array_remove(json, count);
    if (json_is_array(json) && !series)
        json_array_foreach(json, i, value) cut_series(value, T, from, count);
    json_object_foreach(json, key, value) cut_series(value, T, from, count);
}

static void open_both(struct mg_case *c, json_t *instance, json_t *plan)
{
    need(mg_case_open(c, instance, NULL) == AZ_OK && az_findings_total(&c->findings) == 0,
         "a part is not sound", c);
    need(mg_case_plan(c, plan) == AZ_OK && az_findings_total(&c->findings) == 0,
         "the plan of a part is not sound", c);
    json_decref(instance);
    json_decref(plan);
}

void mg_random_part(struct mg_case *part, const struct mg_case *c, const json_t *instance,
                    size_t from, size_t count)
{
    char start[32];
    void *state = NULL;
    json_t *json = json_deep_copy(instance), *plan = az_json_write(&mg_plan_table, c->plan);
    struct az_time at = az_slot_time(c->mg->start, c->mg->slot_minutes, from);
    need(mg_carry(c->mg, c->plan, at, c->arena, &state, NULL) == AZ_OK, "carrying fails", c);
    az_time_format(at, start);
    cut_series(json, c->mg->T, from, count);
    cut_series(plan, c->mg->T, from, count);
    json_object_set_new(json, "start", json_string(start));
    json_object_set_new(json, "slots", json_integer((int64_t)count));
    json_object_set_new(json, "state", az_json_write(&mg_state_table, state));
    json_object_set_new(plan, "start", json_string(start));
    json_object_set_new(plan, "slots", json_integer((int64_t)count));
    open_both(part, json, plan);
}

void mg_random_open(struct mg_case *c, uint64_t seed, json_t **instance)
{
    *instance = mg_random_instance(seed);
    need(mg_case_open(c, *instance, NULL) == AZ_OK && az_findings_total(&c->findings) == 0,
         "an instance is not sound", c);
    mg_random_plan(c, seed);
}

static void double_series(json_t *json, size_t T)
{
    const char *key;
    json_t *value;
    size_t i;
    bool series = json_is_array(json) && json_array_size(json) == T &&
                  json_is_number(json_array_get(json, 0));
    for (i = 0; series && i < T; i++) json_array_insert(json, 2 * i, json_array_get(json, 2 * i));
    if (json_is_array(json) && !series) json_array_foreach(json, i, value) double_series(value, T);
    json_object_foreach(json, key, value) double_series(value, T);
}

void mg_random_halve(struct mg_case *halves, const struct mg_case *c, const json_t *instance)
{
    json_t *documents[] = { json_deep_copy(instance), az_json_write(&mg_plan_table, c->plan) };
    for (size_t d = 0; d < 2; d++) {
        double_series(documents[d], c->mg->T);
        json_object_set_new(documents[d], "slots", json_integer(2 * c->mg->slots));
        json_object_set_new(documents[d], "slot_minutes", json_integer(c->mg->slot_minutes / 2));
    }
    open_both(halves, documents[0], documents[1]);
}
