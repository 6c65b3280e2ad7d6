/* test_microgrid_survival.c - outages that an island lives through, whenever they begin: against an
 * independent search on small islands, by hand at every bound, and through every room of the kind.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/generate.h"
#include "formulations/microgrid/rules.h"
#include "formulations/microgrid/search.h"
#include "tests/support/golden.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

#define FIRM MG_GOLDEN "/survival_is_firm/instance.json"
#define PRICED MG_GOLDEN "/survival_at_a_price/instance.json"
#define ISLANDS MG_GOLDEN "/survival_of_two_grids/instance.json"

/* --- solving ------------------------------------------------------------------------------------
 */

/* A file that is changed first. */
static void solve_changed(struct mg_solved *solved, const char *file, const char *engine,
                          size_t count, const char *const changes[][2])
{
    json_t *json = document_load(file);
    document_change(json, count, changes);
    mg_solve_json(solved, json, NULL, engine, 1e-2, 20);
    json_decref(json);
}
#define SOLVE(solved, file, engine, ...)                                                      \
    solve_changed((solved), (file), (engine),                                                 \
                  sizeof(const char *const[][2]){ __VA_ARGS__ } / (2 * sizeof(const char *)), \
                  (const char *const[][2]){ __VA_ARGS__ })

static void need_cost(const struct mg_solved *solved, double cost, double penalty)
{
    ck_assert_int_eq(solved->status, AZ_OK);
    ck_assert_int_eq(solved->answer.certificate.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq_tol(solved->answer.certificate.cost, cost, 1e-2);
    ck_assert_double_eq_tol(solved->answer.certificate.penalty, penalty, 1e-2);
}

/* --- an independent search ----------------------------------------------------------------------
 */

#define MOST 64 /* kWh of the small battery */
#define MASKS 4 /* two units */

/* A small island: one grid, a lossless battery, two units without ramps, whole numbers of kW and
 * slots of an hour. Least unserved kWh of an outage, by trying every state. */
struct small {
    const struct mg_instance *mg;
    size_t s, length;
    bool on[2];                       /* in the slot before */
    int low, high, charge, discharge; /* of the battery */
};

static int whole(double value)
{
    ck_assert_double_eq_tol(value, round(value), 1e-6);
    return (int)round(value);
}

static int demand_at(const struct small *i, size_t t)
{
    const struct mg_load *load = &i->mg->loads.items[0];
    double demand = t < i->mg->T ? load->demand_kw.values[t]
                                 : i->mg->outlook->loads.items[0].values[t - i->mg->T];
    return whole(demand * load->critical_share);
}

static int sun_at(const struct small *i, size_t t)
{
    if (t < i->mg->T) return whole(i->mg->renewables.items[0].low_kw.values[t]);
    return whole(i->mg->outlook->renewables.items[0].values[t - i->mg->T]);
}

/* May the units go from one mask to another in slot k of the outage? */
static bool may_switch(const struct small *i, int from, int to, size_t k)
{
    for (int u = 0; u < 2; u++) {
        const struct mg_unit *unit = &i->mg->units.items[u];
        bool was = from >> u & 1, is = to >> u & 1;
        if (is && !was && (unit->black_start != 1 || k < unit->black_start_slots)) return false;
    }
    return true;
}

static bool forms(const struct small *i, int mask)
{
    if (i->mg->batteries.items[0].grid_forming == 1) return true;
    for (int u = 0; u < 2; u++)
        if ((mask >> u & 1) && i->mg->units.items[u].grid_forming == 1) return true;
    return false;
}

/* One slot from an energy: least unserved for every energy after it. */
static void step(const struct small *i, int mask, int energy, int so_far, size_t k, int next[])
{
    size_t t = i->s + k;
    int demand = demand_at(i, t), sun = sun_at(i, t), least = 0, most = 0;
    for (int u = 0; u < 2; u++)
        if (mask >> u & 1) {
            least += whole(i->mg->units.items[u].p_min_kw);
            most += whole(i->mg->units.items[u].p_max_kw);
        }
    bool alive = forms(i, mask);
    if (!alive && least > 0) return;
    for (int after = i->low; after <= i->high; after++) {
        int flow = after - energy; /* charged */
        if (flow > i->charge || -flow > i->discharge || (!alive && flow != 0)) continue;
        /* units + sun + unserved = demand + flow */
        for (int unserved = 0; unserved <= demand; unserved++) {
            int needed = demand + flow - unserved;
            if (needed < least || needed > (alive ? most + sun : 0)) continue;
            int *to = &next[mask * (MOST + 1) + after];
            if (so_far + unserved < *to) *to = so_far + unserved;
            break;
        }
    }
}

static int least_unserved(const struct small *i, int energy)
{
    int now[MASKS * (MOST + 1)], next[MASKS * (MOST + 1)];
    for (int at = 0; at < MASKS * (MOST + 1); at++) now[at] = 1000000;
    now[(i->on[0] + 2 * i->on[1]) * (MOST + 1) + energy] = 0;
    for (size_t k = 0; k < i->length; k++) {
        for (int at = 0; at < MASKS * (MOST + 1); at++) next[at] = 1000000;
        for (int from = 0; from < MASKS; from++)
            for (int e = i->low; e <= i->high; e++)
                for (int mask = 0; mask < MASKS && now[from * (MOST + 1) + e] < 1000000; mask++)
                    if (may_switch(i, from, mask, k))
                        step(i, mask, e, now[from * (MOST + 1) + e], k, next);
        memcpy(now, next, sizeof now);
    }
    int best = 1000000;
    for (int at = 0; at < MASKS * (MOST + 1); at++)
        if (now[at] < best) best = now[at];
    return best;
}

/* --- small islands at random --------------------------------------------------------------------
 */

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static json_t *series(unsigned *seed, int count, int least, int range)
{
    json_t *items = json_array();
    for (int t = 0; t < count; t++)
        json_array_append_new(items, json_integer(least + (int)draw(seed, (unsigned)range)));
    return items;
}

/* price: of falling short; 0: firm. */
static json_t *random_island(unsigned seed, double price)
{
    unsigned *s = &seed;
    json_t *json = document_parse(
        "{'start': '2026-01-21T00:00:00+09:00', 'slot_minutes': 60, 'slots': 4,"
        " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
        " 'connections': [{'id': 'tie', 'grid': 'town', 'export_price_jpy_per_kwh': 0}],"
        " 'units': [{'id': 'a', 'grid': 'town', 'p_min_kw': 4, 'p_max_kw': 9},"
        "           {'id': 'b', 'grid': 'town', 'p_min_kw': 2, 'p_max_kw': 5}],"
        " 'renewables': [{'id': 'sun', 'grid': 'town'}],"
        " 'batteries': [{'id': 'store', 'grid': 'town', 'capacity_kwh': 40,"
        "   'charge_efficiency': 1, 'discharge_efficiency': 1, 'reserve_share': 0,"
        "   'soc_min_share': 0.1, 'end_share': 0.1}],"
        " 'loads': [{'id': 'load', 'grid': 'town', 'critical_share': 0.5}],"
        " 'survivals': [{'id': 'night', 'grids': ['town']}],"
        " 'outlook': {}, 'state': {'at': '2026-01-21T00:00:00+09:00'}}");
    int length = 1 + (int)draw(s, 4), ahead = (int)draw(s, 4) + 1;
    document_set(json, "/survivals/0/hours", json_integer(length));
    if (price > 0) document_set(json, "/survivals/0/price_jpy_per_kwh", json_real(price));
    document_set(json, "/connections/0/import_price_jpy_per_kwh", series(s, 4, 5, 30));
    for (int u = 0; u < 2; u++) {
        char at[60];
        const struct {
            const char *member;
            json_t *value;
        } members[] = { { "cost/type", json_string("price") },
                        { "cost/energy_jpy_per_kwh", json_integer(8 + (int)draw(s, 30)) },
                        { "cost/no_load_jpy_per_h", json_integer((int)draw(s, 40)) },
                        { "grid_forming", json_boolean(draw(s, 2)) },
                        { "black_start", json_boolean(draw(s, 3) == 0) },
                        { "black_start_h", json_integer((int)draw(s, 3)) } };
        snprintf(at, sizeof at, "/units/%d/cost", u);
        document_set(json, at, json_object());
        for (size_t k = 0; k < sizeof members / sizeof members[0]; k++) {
            snprintf(at, sizeof at, "/units/%d/%s", u, members[k].member);
            document_set(json, at, members[k].value);
        }
    }
    bool forms = draw(s, 3) > 0;
    document_set(json, "/batteries/0/grid_forming", json_boolean(forms));
    if (!forms) document_set(json, "/units/0/grid_forming", json_true());
    document_set(json, "/batteries/0/charge_max_kw", json_integer(2 + (int)draw(s, 8)));
    document_set(json, "/batteries/0/discharge_max_kw", json_integer(2 + (int)draw(s, 10)));
    json_t *loads = series(s, 4, 4, 9), *more = series(s, ahead, 4, 9);
    for (size_t t = 0; t < 4; t++) /* even, so that half of it is whole */
        json_array_set_new(loads, t,
                           json_integer(2 * json_integer_value(json_array_get(loads, t))));
    for (size_t t = 0; t < (size_t)ahead; t++)
        json_array_set_new(more, t, json_integer(2 * json_integer_value(json_array_get(more, t))));
    document_set(json, "/loads/0/demand_kw", loads);
    json_t *sun = series(s, 4, 0, 8);
    document_set(json, "/renewables/0/forecast_kw", sun);
    document_set(json, "/renewables/0/low_kw", json_deep_copy(sun));
    document_set(json, "/outlook/slots", json_integer(ahead));
    document_set(json, "/outlook/loads", json_object());
    document_set(json, "/outlook/loads/load", more);
    document_set(json, "/outlook/renewables", json_object());
    document_set(json, "/outlook/renewables/sun", series(s, ahead, 0, 8));
    document_set(json, "/state/batteries", json_object());
    document_set(json, "/state/batteries/store", json_object());
    document_set(json, "/state/batteries/store/charge_kwh", json_integer(4 + (int)draw(s, 37)));
    return json;
}

static double missing_of(const struct mg_instance *mg, const struct mg_witness *witness)
{
    double sum = 0;
    for (size_t i = 0; i < witness->loads.count; i++)
        for (size_t k = 0; k < witness->loads.items[i].unserved_kw.count; k++)
            sum += witness->loads.items[i].unserved_kw.values[k] * mg->dt;
    return sum;
}

/* Every start of a solved island: the witness leaves as little unserved as the search. Returns how
 * many starts were short. */
static int compare_starts(const struct mg_solved *solved, unsigned seed)
{
    const struct mg_instance *mg = solved->c.mg;
    const struct mg_plan *plan = solved->answer.plan;
    const struct mg_battery *battery = &mg->batteries.items[0];
    const struct mg_survival *survival = &mg->survivals.items[0];
    size_t known = mg->T + (size_t)mg->outlook->slots;
    int shorts = 0;
    for (size_t n = 0; n < plan->survivals.items[0].witnesses.count; n++) {
        struct small island = { .mg = mg,
                                .s = survival->starts.first + n,
                                .low = whole(battery->min_kwh),
                                .high = whole(battery->max_kwh),
                                .charge = whole(battery->charge_max_kw),
                                .discharge = whole(battery->discharge_max_kw) };
        size_t s = island.s;
        double energy =
            s > 0 ? plan->batteries.items[0].energy_kwh.values[s - 1] : battery->start_kwh;
        double missing = missing_of(mg, &plan->survivals.items[0].witnesses.items[n]);
        island.length = s + survival->length <= known ? survival->length : known - s;
        for (int u = 0; u < 2; u++)
            island.on[u] =
                s > 0 ? plan->units.items[u].on.values[s - 1] > 0.5 : mg->units.items[u].on0;
        if (fabs(energy - round(energy)) > 1e-6) continue;
        int least = least_unserved(&island, (int)round(energy));
        if (fabs(missing - least) > 1e-4)
            ck_abort_msg("seed %u, start %zu: the witness leaves %g, the search %d", seed, s,
                         missing, least);
        shorts += least > 0;
    }
    return shorts;
}

/* A witness that is judged by the code that wrote it would prove nothing; and a start that is
 * called short though the island could live through it would cost money. */
START_TEST(every_start_is_as_good_as_an_independent_search_finds)
{
    int shorts = 0, exact = 0;
    for (unsigned seed = 1; seed <= TEST_SOME(40); seed++) {
        struct mg_solved solved;
        json_t *json = random_island(seed * 7919u, 3);
        mg_solve_json(&solved, json, NULL, engine_at(_i)->name, 1e-2, 20);
        ck_assert_int_eq(solved.status, AZ_OK);
        ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
        ck_assert(solved.answer.certificate.checked);
        shorts += compare_starts(&solved, seed);
        exact++;
        mg_solved_close(&solved);
        json_decref(json);
    }
    ck_assert_int_gt(exact, 0);
    ck_assert_int_gt(shorts, TEST_SEEN(6));
}
END_TEST

/* Both engines prove the same optimum; a firm survival is infeasible exactly where the priced one
 * cannot help conceding. */
START_TEST(engines_agree_and_firm_is_priced_without_a_breach)
{
    int infeasible = 0;
    for (unsigned seed = 1; seed <= TEST_SOME(15); seed++) {
        struct mg_solved priced, firm;
        json_t *soft = random_island(seed * 104729u, 3), *hard = random_island(seed * 104729u, 0);
        mg_solve_json(&priced, soft, NULL, engine_at(0)->name, 1e-2, 20);
        mg_solve_json(&firm, hard, NULL, engine_at(engine_count() - 1)->name, 1e-2, 20);
        ck_assert_int_eq(priced.status, AZ_OK);
        ck_assert_int_eq(priced.answer.certificate.status, AZ_PLAN_OPTIMAL);
        if (priced.answer.certificate.penalty > 1e-4) {
            if (firm.answer.certificate.status != AZ_PLAN_INFEASIBLE)
                ck_abort_msg("seed %u: firm though %g is conceded", seed,
                             priced.answer.certificate.penalty);
            infeasible++;
        } else {
            need_cost(&firm, priced.answer.certificate.cost, 0);
        }
        mg_solved_close(&priced);
        mg_solved_close(&firm);
        json_decref(soft);
        json_decref(hard);
    }
    ck_assert_int_gt(infeasible, TEST_SEEN(1));
}
END_TEST

/* --- by hand ------------------------------------------------------------------------------------
 */

/* Without the rule nothing is kept for an outage. */
START_TEST(survival_alone_changes_the_optimum)
{
    struct mg_solved with, without, later;
    const char *engine = engine_at(_i)->name;
    SOLVE(&with, FIRM, engine, { "/title", "'as it is'" });
    need_cost(&with, 560, 0);
    SOLVE(&without, FIRM, engine, { "/survivals", NULL });
    need_cost(&without, 320, 0);
    /* outages that begin in the last slot only leave the dear one to the battery but 30 kWh */
    SOLVE(&later, FIRM, engine, { "/survivals/0/until", "'2026-01-21T01:00:00+09:00'" });
    need_cost(&later, 320, 0);
    mg_solved_close(&with);
    mg_solved_close(&without);
    mg_solved_close(&later);
}
END_TEST

static double shortest_told(const struct mg_solved *solved)
{
    struct az_judgement judgement = { 0 };
    struct az_view view;
    ck_assert_int_eq(
        az_formulation_find("microgrid")
            ->view(solved->c.mg, solved->answer.plan, &judgement, solved->c.arena, &view),
        AZ_OK);
    for (size_t i = 0; i < view.numbers.count; i++)
        if (strstr(view.numbers.items[i].label.en, "Shortest survival"))
            return view.numbers.items[i].value;
    return NAN;
}

/* One slot more asks for 12.5 kWh more: 40 kWh of the 45 that there are, but for the last start,
 * which looks no further than what is known. */
START_TEST(what_is_asked_ends_where_the_outlook_does)
{
    struct mg_solved longer;
    SOLVE(&longer, FIRM, engine_at(_i)->name, { "/survivals/0/hours", "3" },
          { "/state/batteries/store/charge_kwh", "50" },
          { "/connections/0/import_price_jpy_per_kwh", "[30, 10, 10]" });
    /* e(0) >= 42.5, e(1) >= 30: the last start sees two slots. 50 -> 42.5 gives 6 kWh at 30, what
     * is left 30 kWh at 10 */
    need_cost(&longer, 14 * 30 + 10 * 10, 0);
    ck_assert_uint_eq(longer.c.mg->survivals.items[0].length, 3);
    ck_assert_double_ge(shortest_told(&longer), 3); /* not the last start's two */
    mg_solved_close(&longer);
}
END_TEST

/* A unit that runs only above the critical load, no room in the battery: the relaxation would run
 * it in part. */
START_TEST(a_unit_does_not_run_in_part)
{
    struct mg_solved off;
    SOLVE(&off, FIRM, engine_at(_i)->name,
          { "/units",
            "[{'id': 'unit', 'grid': 'town', 'p_min_kw': 30, 'p_max_kw': 40, 'must_run': true,"
            "'cost': {'type': 'price', 'energy_jpy_per_kwh': 1}}]" },
          { "/loads/0/demand_kw", "40" }, { "/outlook/loads/load", "40" },
          { "/loads/0/critical_share", "0.25" }, { "/batteries/0/charge_max_kw", "1" },
          { "/state/units", "{'unit': {'on': true, 'hours': 9, 'power_kw': 40}}" });
    /* 30 kW beside 10 kW of load have nowhere to go: it trips, and the battery keeps 30 kWh. All of
     * the demand comes from the unit, and 25 kWh of the battery after the last start */
    ck_assert_int_eq(off.answer.certificate.status, AZ_PLAN_OPTIMAL);
    const struct mg_plan *plan = off.answer.plan;
    for (size_t n = 0; n < 3; n++)
        ck_assert_double_eq(
            plan->survivals.items[0].witnesses.items[n].units.items[0].power_kw.values[1], 0);
    ck_assert_double_ge(plan->batteries.items[0].energy_kwh.values[1], 30 - 1e-6);
    mg_solved_close(&off);
}
END_TEST

/* --- the rooms ----------------------------------------------------------------------------------
 */

/* A witness that does not fit would be read beyond its end. */
START_TEST(witnesses_that_do_not_fit_are_told)
{
    static const struct {
        const char *path, *value, *pointer;
    } cases[] = {
        { "/survivals/night/witnesses/1/batteries/store/charge_kw", "[0]",
          "/survivals/night/witnesses/1/batteries/store/charge_kw" },
        { "/survivals/night/witnesses/1/start", "'2026-01-21T00:30:00+09:00'",
          "/survivals/night/witnesses/1/start" },
        { "/survivals/night/witnesses/1/start", "'2026-01-21T00:00:00+09:00'",
          "/survivals/night/witnesses/1/start" },
        { "/survivals/night/witnesses/2/start", "'2026-01-21T03:00:00+09:00'",
          "/survivals/night/witnesses/2/start" },
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct mg_case c;
        struct az_judgement judgement;
        mg_case_golden(&c, "survival_is_firm");
        json_t *plan = case_file(MG_GOLDEN, "survival_is_firm", "plan.json");
        const char *const change[][2] = { { cases[k].path, cases[k].value } };
        document_change(plan, 1, change);
        ck_assert_int_eq(mg_case_plan(&c, plan), AZ_OK);
        ck_assert_int_eq(mg_evaluate(c.mg, c.plan, c.arena, &judgement), AZ_OK);
        check_misfit(&judgement, &mg_rules[MG_RULE_plan_shape], cases[k].pointer);
        json_decref(plan);
        mg_case_close(&c);
    }
}
END_TEST

/* A plan made by hand would have to be made with a dispatch for every outage. */
START_TEST(a_partial_plan_gets_its_witnesses)
{
    struct mg_case c;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    void *full;
    mg_case_golden(&c, "survival_at_a_price");
    json_t *partial = document_parse("{'batteries': {'store': {'charge_kw': [10, 0, 0]}}}");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_at(_i), &context, c.arena, &full), AZ_OK);
    ck_assert_int_eq(mg_evaluate(c.mg, full, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    /* 28 kWh at the second start, and at the third: 23 * 0.8 = 18.4 of 20 kWh each */
    ck_assert_double_eq_tol(judgement.penalty, (8 + 1.6 + 1.6) * 5, 1e-2);
    json_decref(partial);
    mg_case_close(&c);
}
END_TEST

/* Infeasible without a reason leaves people to guess which of all rules it was. */
START_TEST(an_outage_that_cannot_be_lived_through_is_explained)
{
    struct mg_case c;
    struct az_explanation told;
    struct az_context context = az_context_default();
    const char *const changes[][2] = { { "/state/batteries/store/charge_kwh", "20" } };
    mg_case_load_changed(&c, FIRM, 1, changes);
    ck_assert_int_eq(mg_explain(c.mg, engine_at(_i), &context, c.arena, &told), AZ_OK);
    ck_assert(told.proven && !told.feasible);
    ck_assert_uint_ge(told.reasons.count, 1);
    ck_assert_str_eq(told.reasons.items[0].pointer, "/survivals/0/hours");
    mg_case_close(&c);
}
END_TEST

/* Yesterday's plan would begin without a witness for the slots that are new. */
START_TEST(an_adopted_plan_lives_through_its_outages)
{
    struct mg_solved first, again;
    json_t *json = document_load(PRICED);
    mg_solve_json(&first, json, NULL, engine_at(_i)->name, 1e-2, 20);
    mg_solve_json(&again, json, first.answer.plan, engine_at(_i)->name, 1e-2, 20);
    need_cost(&first, 975, 48);
    need_cost(&again, 975, 48);
    mg_solved_close(&again);
    mg_solved_close(&first);
    json_decref(json);
}
END_TEST

/* Two cars hold 45 kWh, of which one takes 30 along in the first hour. An outage of two hours takes
 * 25 kWh above their 10: from 45 at 01:00, when the car is back, 8 kW can be spared in the dear
 * hour and 20 in the last one. Without what it brings back, the island would not live through
 * 01:00. */
START_TEST(a_car_that_is_just_back_serves_in_an_outage)
{
    struct mg_solved solved;
    SOLVE(&solved, FIRM, engine_at(_i)->name, { "/batteries/0/count", "2" },
          { "/batteries/0/reservations",
            "[{'id': 'trip', 'from': '2026-01-21T00:00:00+09:00',"
            " 'until': '2026-01-21T01:00:00+09:00', 'depart_share': 0.6}]" },
          { "/state/batteries/store/charge_kwh", "45" });
    need_cost(&solved, 1000 - 8 * 30 - 20 * 10, 0);
    mg_solved_close(&solved);
}
END_TEST

/* Two grids and a converter: the town's grid is dead without it, and the water bounds the unit. */
START_TEST(an_island_of_two_grids_asks_for_its_sources)
{
    struct mg_solved dry, cut;
    SOLVE(&dry, ISLANDS, engine_at(_i)->name, { "/survivals/0/price_jpy_per_kwh", "2" },
          { "/ponds/0/inflow_kw", "0" }, { "/state/ponds/lake/level_kwh", "45" },
          { "/units/0/cost/energy_jpy_per_kwh", "50" });
    /* 45 kWh of water in two hours: 22.5 kW, 20.25 in town; the battery gives the rest */
    ck_assert_int_eq(dry.answer.certificate.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq_tol(dry.answer.certificate.penalty, 0, 1e-6);
    SOLVE(&cut, ISLANDS, engine_at(_i)->name, { "/survivals/0/price_jpy_per_kwh", "2" },
          { "/state/units/hydro", "{'on': false, 'hours': 9}" });
    /* nothing forms the grids: 2 * 30 kWh go short */
    need_cost(&cut, cut.answer.certificate.cost, 120);
    mg_solved_close(&dry);
    mg_solved_close(&cut);
}
END_TEST

/* Sun on a grid that one converter holds while another one carries: in part, the relaxation holds
 * it with as much of a converter as the sun needs. Read as a witness, nothing would hold it, and
 * the plan be refused. */
START_TEST(what_holds_a_grid_is_whole)
{
    json_t *json = document_parse(
        "{'start': '2026-01-21T00:00:00+09:00', 'slot_minutes': 60, 'slots': 2,"
        " 'grids': [{'id': 'town', 'frequency_hz': 60}, {'id': 'farm', 'frequency_hz': 50}],"
        " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': 10,"
        "   'export_price_jpy_per_kwh': 0}],"
        " 'batteries': [{'id': 'store', 'grid': 'town', 'capacity_kwh': 10, 'charge_max_kw': 5,"
        "   'discharge_max_kw': 5, 'reserve_share': 0, 'end_share': 0, 'grid_forming': true}],"
        " 'converters': [{'id': 'one', 'from_grid': 'town', 'to_grid': 'farm',"
        "   'forward_max_kw': 20, 'backward_max_kw': 20, 'grid_forming': true},"
        "  {'id': 'two', 'from_grid': 'town', 'to_grid': 'farm', 'forward_max_kw': 20,"
        "   'backward_max_kw': 20, 'grid_forming': true}],"
        " 'renewables': [{'id': 'sun', 'grid': 'farm', 'source': 'solar', 'forecast_kw': 6}],"
        " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': 10, 'critical_share': 0.4},"
        "  {'id': 'barn', 'grid': 'farm', 'demand_kw': 0}],"
        " 'survivals': [{'id': 'night', 'grids': ['town', 'farm'], 'hours': 2,"
        "   'converters': ['one', 'two']}],"
        " 'state': {'at': '2026-01-21T00:00:00+09:00', 'batteries': {'store': {'charge_kwh': "
        "0}}}}");
    struct mg_solved solved;
    mg_solve_json(&solved, json, NULL, engine_at(_i)->name, 1e-2, 20);
    need_cost(&solved, 2 * 40, 0);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* --- beside scenarios ---------------------------------------------------------------------------
 */

/* A tie that is short in the dear hour: what the battery gives then is missing in an outage. */
#define NARROW                                            \
    { "/connections/0/import_limit_kw", "[20, 10, 20]" }, \
    {                                                     \
        "/loads/0/critical_share", "0.4"                  \
    }

static const char *const unserved_prices[] = { "4", "8", "12", "100" };

/* The day itself and another course of the same day, as likely. Survival is asked of the first
 * alone and counts as a whole; all else counts by half. When a course alone is compared with what
 * is expected of both, plans that are good are dropped, and what they lack is weighed wrongly. */
START_TEST(survival_is_asked_once_beside_scenarios)
{
    const char *price = unserved_prices[_i], *engine = "glpk";
    char half[32];
    struct mg_solved both, asked, other;
    snprintf(half, sizeof half, "%g", strtod(price, NULL) / 2);
    SOLVE(&both, PRICED, engine, NARROW, { "/loads/0/unserved_price_jpy_per_kwh", price },
          { "/scenarios", "[{'id': 'same', 'probability': 0.5, 'loads': {'load': 20}}]" });
    SOLVE(&asked, PRICED, engine, NARROW, { "/loads/0/unserved_price_jpy_per_kwh", half });
    SOLVE(&other, PRICED, engine, NARROW, { "/loads/0/unserved_price_jpy_per_kwh", price },
          { "/survivals", "[]" }, { "/outlook", NULL });
    const struct az_certificate *first = &asked.answer.certificate,
                                *second = &other.answer.certificate;
    ck_assert_int_eq(first->status, AZ_PLAN_OPTIMAL);
    ck_assert_int_eq(second->status, AZ_PLAN_OPTIMAL);
    need_cost(&both, (first->cost + second->cost) / 2, first->penalty + second->penalty / 2);
    mg_solved_close(&both);
    mg_solved_close(&asked);
    mg_solved_close(&other);
}
END_TEST

/* --- engines that do not say --------------------------------------------------------------------
 */

static struct az_engine mute;
static const struct az_engine *real;
static bool is_start, is_mute_on_exact; /* an LP whose columns were bound anew is a start's */

static enum az_status mute_open(const struct az_model *model, const struct az_context *context,
                                void **session)
{
    is_start = false;
    return real->open(model, context, session);
}

static enum az_status mute_bounds(void *session, size_t column, double lower, double upper)
{
    is_start = true;
    return real->column_bounds(session, column, lower, upper);
}

static enum az_status mute_lp(void *session, struct az_solve_result *result)
{
    enum az_status status = real->solve_lp(session, result);
    if (is_start) result->status = AZ_SOLVE_UNKNOWN;
    return status;
}

static enum az_status mute_mip(void *session, const struct az_mip_options *options,
                               struct az_solve_result *result)
{
    enum az_status status = real->solve_mip(session, options, result);
    if (is_mute_on_exact) result->status = AZ_SOLVE_UNKNOWN;
    return status;
}

/* One LP of one start that an engine gives up on would end the whole solve. The exact block still
 * says it; without that nothing is promised for the start, and the plan concedes it. */
START_TEST(a_start_that_the_engine_gives_up_on_ends_no_solve)
{
    real = engine_named("glpk");
    mute = *real;
    mute.open = mute_open;
    mute.column_bounds = mute_bounds;
    mute.solve_lp = mute_lp;
    mute.solve_mip = mute_mip;
    is_mute_on_exact = _i % 2 == 1;
    bool firm = _i >= 2;
    struct mg_solved solved;
    struct az_context context = az_context_default();
    json_t *json = document_load(firm ? FIRM : PRICED);
    document_set(json, "/batteries/0/charge_max_kw", json_real(2)); /* some starts go short */
    mg_solve_with(&solved, json, NULL, &mute, 1e-2, &context);
    ck_assert_int_eq(solved.status, AZ_OK);
    if (!firm) ck_assert_ptr_nonnull(solved.answer.plan);
    const struct az_certificate *c = &solved.answer.certificate;
    if (isfinite(c->bound)) ck_assert_double_le(c->bound, c->objective + 1e-3);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* Near the bound few commitments are left open, and blocks of outages begin from a plan: what is
 * proven of one engine's search would otherwise pass the plan of the other's. */
START_TEST(days_with_standby_and_outages_are_proven_alike)
{
    static const uint64_t seeds[] = { 22, 34 };
    double bound = -INFINITY, objective = INFINITY;
    struct az_arena *arena = az_arena_new(NULL);
    void *mg;
    ck_assert_int_eq(mg_generate(14, seeds[_i], arena, &mg), AZ_OK);
    json_t *json = az_json_write(&mg_instance_table, mg);
    ck_assert_uint_gt(json_array_size(json_object_get(json, "survivals")), 0);
    for (int k = 0; k < engine_count(); k++) {
        struct mg_solved solved;
        mg_solve_json(&solved, json, NULL, engine_at(k)->name, 100, 20);
        ck_assert_int_eq(solved.status, AZ_OK);
        const struct az_certificate *c = &solved.answer.certificate;
        ck_assert_ptr_nonnull(solved.answer.plan);
        bound = fmax(bound, c->bound);
        objective = fmin(objective, c->objective);
        mg_solved_close(&solved);
    }
    ck_assert_msg(bound <= objective + 1e-6 * fabs(objective), "bound %.3f, plan %.3f", bound,
                  objective);
    json_decref(json);
    az_arena_free(arena);
}
END_TEST

/* Whoever prepares for outages must see the hardest of them, not one that is easy. */
START_TEST(the_hardest_outage_is_shown_slot_by_slot)
{
    struct mg_case c;
    struct az_judgement judgement;
    struct az_view view;
    const struct az_view_table *hardest = NULL, *starts = NULL;
    mg_case_golden(&c, "survival_at_a_price");
    ck_assert_int_eq(mg_evaluate(c.mg, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert_int_eq(
        az_formulation_find("microgrid")->view(c.mg, c.plan, &judgement, c.arena, &view), AZ_OK);
    for (size_t i = 0; i < view.tables.count; i++) {
        const struct az_view_table *table = &view.tables.items[i];
        if (strstr(table->title.en, "hardest")) hardest = table;
        if (strstr(table->title.en, "by its start")) starts = table;
    }
    ck_assert_ptr_nonnull(hardest);
    ck_assert_uint_eq(hardest->row_count, 2); /* at 00:00: 12 of 20 kWh */
    ck_assert_double_eq(hardest->cells[1].number, 10);
    ck_assert_double_eq(hardest->cells[7 + 2].number, 8);
    ck_assert_double_eq(hardest->cells[7 + 6].number, 5);
    ck_assert_ptr_nonnull(starts);
    ck_assert_uint_eq(starts->row_count, 3);
    ck_assert_double_eq(starts->cells[7 + 2].number, 1.6);
    ck_assert_double_eq(starts->cells[14 + 1].number, 20); /* a witness that names no load */
    ck_assert_str_eq(starts->cells[6].words.en, "store");
    mg_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_survival");
    TCase *cases = tcase_create("survival");
    int engines = engine_count();
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, every_start_is_as_good_as_an_independent_search_finds, 0, engines);
    tcase_add_test(cases, engines_agree_and_firm_is_priced_without_a_breach);
    tcase_add_loop_test(cases, survival_alone_changes_the_optimum, 0, engines);
    tcase_add_loop_test(cases, what_is_asked_ends_where_the_outlook_does, 0, engines);
    tcase_add_loop_test(cases, a_unit_does_not_run_in_part, 0, engines);
    tcase_add_test(cases, witnesses_that_do_not_fit_are_told);
    tcase_add_loop_test(cases, a_partial_plan_gets_its_witnesses, 0, engines);
    tcase_add_loop_test(cases, an_outage_that_cannot_be_lived_through_is_explained, 0, engines);
    tcase_add_loop_test(cases, an_adopted_plan_lives_through_its_outages, 0, engines);
    tcase_add_loop_test(cases, what_holds_a_grid_is_whole, 0, engines);
    tcase_add_loop_test(cases, a_start_that_the_engine_gives_up_on_ends_no_solve, 0, 4);
    tcase_add_loop_test(cases, survival_is_asked_once_beside_scenarios, 0,
                        (int)(sizeof unserved_prices / sizeof unserved_prices[0]));
    tcase_add_loop_test(cases, a_car_that_is_just_back_serves_in_an_outage, 0, engines);
    tcase_add_loop_test(cases, an_island_of_two_grids_asks_for_its_sources, 0, engines);
    tcase_add_loop_test(cases, days_with_standby_and_outages_are_proven_alike, 0, 2);
    tcase_add_test(cases, the_hardest_outage_is_shown_slot_by_slot);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
