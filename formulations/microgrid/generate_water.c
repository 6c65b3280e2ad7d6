/* generate_water.c - ponds above hydro units and budgets of fuel in random instances: in about a
 * quarter of them each, from random streams of their own. */
#include <math.h>

#include "formulations/common/generator.h"
#include "formulations/microgrid/generate.h"
#include "formulations/microgrid/tables.h"

#define POND_STREAM 0x706f6e6473ULL
#define BUDGET_STREAM 0x6275646765747321ULL
#define CHANCE 0.25
#define MOST 8 /* ponds */

/* Water of one unit: half a day of its power or less, and an inflow that does not let it run all
 * day. */
static void make_pond(struct az_generator *g, struct mg_instance *mg, struct mg_unit *unit,
                      struct mg_pond *pond, size_t i)
{
    double power = unit->p_max_kw, share = az_between(g, 0.35, 0.6, 0.01);
    pond->id = az_new_id(g, "pond", i);
    pond->owner = unit->owner;
    pond->capacity_kwh = round(power * az_between(g, 6, 12, 0.5));
    pond->min_kwh = round(0.1 * pond->capacity_kwh);
    pond->inflow_kw = az_new_series(g, (size_t)mg->slots);
    for (size_t t = 0; !g->failed && t < (size_t)mg->slots; t++)
        pond->inflow_kw.values[t] = round(share * power * az_between(g, 0.9, 1.1, 0.01));
    if (az_chance(g, 0.5))
        pond->end_value_jpy_per_kwh = az_between(g, 6, 16, 0.1);
    else
        pond->end_price_jpy_per_kwh = az_between(g, 40, 80, 5);
    unit->pond = az_ref_to(pond->id);
    if (az_chance(g, 0.5)) unit->water_no_load_kw = round(0.05 * power);
}

static bool may_have_pond(const struct mg_unit *unit)
{
    return unit->source == MG_HYDRO && unit->must_run != 1;
}

/* Every hydro unit gets a pond of its own, up to a few. */
void mg_generate_ponds(struct mg_instance *mg, uint64_t seed, struct az_arena *arena, bool *failed)
{
    struct az_generator g = { .arena = arena };
    size_t count = 0;
    az_random_seed(&g.random, seed ^ POND_STREAM);
    for (size_t i = 0; i < mg->units.count; i++) count += may_have_pond(&mg->units.items[i]);
    if (!az_chance(&g, CHANCE) || count == 0) return;
    if (count > MOST) count = MOST;
    mg->ponds.items = az_new_items(&g, &mg_instance_table, "ponds", count);
    mg->state->ponds.keys = AZ_ARRAY(arena, count, struct az_ref);
    mg->state->ponds.items = AZ_ARRAY(arena, count, struct mg_pond_state);
    if (!mg->ponds.items || !mg->state->ponds.keys || !mg->state->ponds.items) {
        *failed = true;
        return;
    }
    for (size_t i = 0; mg->ponds.count < count; i++) {
        struct mg_unit *unit = &mg->units.items[i];
        if (!may_have_pond(unit)) continue;
        struct mg_pond *pond = &mg->ponds.items[mg->ponds.count];
        make_pond(&g, mg, unit, pond, mg->ponds.count);
        mg->state->ponds.keys[mg->ponds.count] = az_ref_to(pond->id);
        mg->state->ponds.items[mg->ponds.count++] =
            (struct mg_pond_state){ .level_kwh = round(0.5 * pond->capacity_kwh), .due_kwh = NAN };
    }
    mg->state->ponds.count = count;
    *failed = *failed || g.failed;
}

/* Fuel of up to three units for the day, less than they could use. */
void mg_generate_budgets(struct mg_instance *mg, uint64_t seed, struct az_arena *arena,
                         bool *failed)
{
    struct az_generator g = { .arena = arena };
    az_random_seed(&g.random, seed ^ BUDGET_STREAM);
    if (!az_chance(&g, CHANCE) || mg->units.count < 2) return;
    struct mg_budget *budget = az_new_items(&g, &mg_instance_table, "budgets", 1);
    struct az_ref *units = AZ_ARRAY(arena, 3, struct az_ref);
    if (!budget || !units) {
        *failed = true;
        return;
    }
    double power = 0, hours = (double)(mg->slots * mg->slot_minutes) / 60;
    for (size_t i = 1; i < mg->units.count && budget->units.count < 3; i += 2) {
        units[budget->units.count++] = az_ref_to(mg->units.items[i].id);
        power += mg->units.items[i].p_max_kw;
    }
    budget->id = "fuel-1";
    budget->units.items = units;
    budget->max_kwh = round(power * hours * az_between(&g, 0.15, 0.5, 0.01));
    if (az_chance(&g, 0.5))
        budget->min_kwh = round(budget->max_kwh * az_between(&g, 0.3, 0.9, 0.1));
    budget->price_jpy_per_kwh = az_between(&g, 20, 60, 5);
    mg->budgets.items = budget;
    mg->budgets.count = 1;
    *failed = *failed || g.failed;
}
