/* complete_trips.c - who is armed and trips after which outage: a small MILP whose circuits are
 * added where they break.
 *
 * Of the chosen sites at a bus that may be armed, those are looked at that cost least to arm for
 * each kW that they export. */
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/complete.h"

#define MOST_SITES 50 /* looked at, of a bus */
#define ROUNDS 50     /* of adding circuits */
#define GAP 1e-6
#define TINY_JPY 1e-6 /* of a kW: of trips that cost the same the smallest */

/* Who may trip. */
struct candidate {
    bool is_site;
    size_t index, bus;
    const double *output_kw; /* [H] */
    double arm_jpy, lost_jpy_per_kwh;
    size_t column; /* is it armed? AZ_NO_INDEX: it is, without asking */
};

/* Trips after one outage in one hour. */
struct moment {
    size_t *column; /* [candidates] AZ_NO_INDEX: it does not trip then */
    bool *row;      /* [circuits] is it in the model? */
};

struct tripper {
    struct st_completion *c;
    const struct st_upstream *up;
    const struct st_circuits *of;
    size_t H, count;
    struct candidate *candidates;
    struct az_model *model;
    struct moment *moment; /* [m * H] of an outage and hour; column NULL: none */
    double *x;             /* the last solution; NULL: none yet */
};

/* --- candidates ---------------------------------------------------------------------------------
 */

static enum az_status add_plants(struct tripper *t, bool given)
{
    const struct st_judge *j = &t->c->judge;
    for (size_t g = 0; g < t->up->plants.count; g++) {
        const struct st_plant *plant = &t->up->plants.items[g];
        const double *profile = t->c->in->profiles.items[plant->output.index].values.values;
        bool armed = false;
        for (size_t i = 0; i < t->c->plan->armed.count; i++)
            armed = armed || t->c->plan->armed.items[i].index == g;
        if (given ? !armed : plant->armable == 0) continue;
        double *output = AZ_ARRAY(t->c->scratch, j->H, double);
        if (!output) return AZ_NO_MEMORY;
        for (size_t h = 0; h < j->H; h++) output[h] = plant->kw * profile[h];
        t->candidates[t->count++] =
            (struct candidate){ false,
                                g,
                                plant->bus.index,
                                output,
                                plant->arm_jpy,
                                plant->lost_jpy_per_kwh,
                                given ? AZ_NO_INDEX : AZ_BINARY(t->model, plant->arm_jpy, NULL) };
    }
    return AZ_OK;
}

/* A site and what arming it costs for each kW of its largest export. */
struct offer {
    size_t choice, bus;
    double jpy_per_kw;
};

static int by_bus_and_price(const void *a, const void *b)
{
    const struct offer *x = a, *y = b;
    if (x->bus != y->bus) return x->bus < y->bus ? -1 : 1;
    if (x->jpy_per_kw != y->jpy_per_kw) return x->jpy_per_kw < y->jpy_per_kw ? -1 : 1;
    return x->choice < y->choice ? -1 : x->choice > y->choice;
}

/* Chosen sites that are armed, or may be and whose plan leaves it open. */
static enum az_status find_offers(const struct tripper *t, size_t *count, struct offer **offers)
{
    const struct st_completion *c = t->c;
    *count = 0;
    *offers = AZ_ARRAY(c->scratch, c->plan->choices.count, struct offer);
    if (!*offers) return AZ_NO_MEMORY;
    for (size_t i = 0; i < c->plan->choices.count; i++) {
        const struct st_site *site = &c->in->sites.items[c->plan->choices.items[i].site.index];
        bool armed = c->plan->choices.items[i].armed == 1;
        bool open = c->plan->choices.items[i].armed == ST_ARMED_OPEN;
        const double *output = c->judge.export_kw[i];
        if (!output || site->bus == AZ_NO_INDEX || !(armed || open)) continue;
        double most = 0;
        for (size_t h = 0; h < t->H; h++) most = fmax(most, output[h]);
        if (most > 0)
            (*offers)[(*count)++] =
                (struct offer){ i, site->bus, armed ? 0 : site->arm_jpy / most };
    }
    if (*count > 1) qsort(*offers, *count, sizeof **offers, by_bus_and_price);
    return AZ_OK;
}

static void add_sites(struct tripper *t, size_t count, const struct offer offers[])
{
    const struct st_completion *c = t->c;
    size_t at_bus = 0;
    for (size_t k = 0; k < count; k++) {
        size_t i = offers[k].choice, s = c->plan->choices.items[i].site.index;
        const struct st_site *site = &c->in->sites.items[s];
        bool armed = c->plan->choices.items[i].armed == 1;
        at_bus = k > 0 && offers[k - 1].bus == offers[k].bus ? at_bus + 1 : 0;
        if (at_bus >= MOST_SITES) continue;
        t->candidates[t->count++] =
            (struct candidate){ true,
                                s,
                                site->bus,
                                c->judge.export_kw[i],
                                site->arm_jpy,
                                site->lost_jpy_per_kwh,
                                armed ? AZ_NO_INDEX : AZ_BINARY(t->model, site->arm_jpy, NULL) };
    }
}

static enum az_status find_candidates(struct tripper *t)
{
    bool given = t->c->partial->armed.items != NULL;
    size_t count;
    struct offer *offers;
    AZ_TRY(find_offers(t, &count, &offers));
    t->candidates = AZ_ARRAY(t->c->scratch, t->up->plants.count + count, struct candidate);
    if (!t->candidates) return AZ_NO_MEMORY;
    AZ_TRY(add_plants(t, given));
    add_sites(t, count, offers);
    return AZ_OK;
}

/* --- budgets ------------------------------------------------------------------------------------
 */

static double reinforced_jpy(const struct st_instance *in, const char *id)
{
#define LOOK(list)                                                             \
    for (size_t e = 0; e < in->list.count; e++)                                \
        for (size_t r = 0; r < in->list.items[e].reinforcements.count; r++)    \
            if (strcmp(in->list.items[e].reinforcements.items[r].id, id) == 0) \
    return in->list.items[e].reinforcements.items[r].cost_jpy
    LOOK(feeders);
    LOOK(banks);
    LOOK(lines);
#undef LOOK
    return 0;
}

/* What of the plan does not depend on whom the model arms: options in the budget's years,
 * reinforcements, those who are armed already. */
static double spent_already(const struct tripper *t, const struct st_budget *budget)
{
    const struct st_completion *c = t->c;
    const struct st_plan *plan = c->plan;
    int64_t until = budget->until_year == AZ_NO_INTEGER ? INT64_MAX : budget->until_year;
    double spent = 0;
    for (size_t i = 0; i < plan->choices.count; i++) {
        const struct st_option *option = c->judge.at.option[i];
        const struct st_site *site = &c->in->sites.items[plan->choices.items[i].site.index];
        if (option->year <= until) spent += option->capex_jpy - option->subsidy_jpy;
        if (plan->choices.items[i].armed == 1) spent += site->arm_jpy;
    }
    for (size_t i = 0; i < plan->armed.count; i++)
        spent += t->up->plants.items[plan->armed.items[i].index].arm_jpy;
    for (size_t i = 0; i < plan->reinforcements.count; i++)
        spent += reinforced_jpy(c->in, plan->reinforcements.items[i]);
    return spent;
}

/* sum arm_g armed_g <= what is left, of each budget that pays for arming */
static void add_budgets(struct tripper *t)
{
    const struct st_instance *in = t->c->in;
    for (size_t b = 0; b < in->budgets.count; b++) {
        const struct st_budget *budget = &in->budgets.items[b];
        int64_t from = budget->from_year == AZ_NO_INTEGER ? 0 : budget->from_year;
        if (budget->operator.id || from != 0) continue;
        az_row(t->model, -INFINITY, budget->jpy - spent_already(t, budget), NULL);
        for (size_t g = 0; g < t->count; g++)
            if (t->candidates[g].column != AZ_NO_INDEX)
                az_entry(t->model, t->candidates[g].column, t->candidates[g].arm_jpy);
    }
}

/* --- the model ----------------------------------------------------------------------------------
 */

/* What a kW of a candidate that trips takes off circuit m after the outage of k. */
static double effect(const struct tripper *t, size_t m, size_t k, const struct candidate *of)
{
    const struct st_circuits *c = t->of;
    double kw = c->ptdf[m * c->n + of->bus] + c->lodf[m * c->m + k] * c->ptdf[k * c->n + of->bus];
    return fabs(kw) > AZ_ZERO ? kw : 0;
}

/* Trips of a moment: 0 <= d <= output, d <= output * armed. */
static enum az_status add_moment(struct tripper *t, size_t k, size_t h)
{
    const struct st_completion *c = t->c;
    const struct st_circuit *circuit = &t->up->circuits.items[k];
    struct moment *moment = &t->moment[k * t->H + h];
    double years = st_annuity(c->in, c->in->discount_rate);
    double hours = c->in->hour_days[h] * circuit->outage_hours_per_year / ST_YEAR_HOURS;
    moment->column = AZ_ARRAY(c->scratch, t->count, size_t);
    moment->row = AZ_ARRAY(c->scratch, t->of->m, bool);
    if (!moment->column || !moment->row) return AZ_NO_MEMORY;
    for (size_t g = 0; g < t->count; g++) {
        const struct candidate *who = &t->candidates[g];
        double output = who->output_kw[h], jpy = years * hours * who->lost_jpy_per_kwh + TINY_JPY;
        moment->column[g] = AZ_NO_INDEX;
        if (output <= AZ_ZERO || st_is_beyond_outage(t->of, k, who->bus)) continue;
        moment->column[g] = AZ_CONTINUOUS(t->model, 0, output, jpy, NULL);
        if (who->column == AZ_NO_INDEX) continue;
        az_row(t->model, -INFINITY, 0, NULL);
        az_entry(t->model, moment->column[g], 1);
        az_entry(t->model, who->column, -output);
    }
    return AZ_OK;
}

static double emergency_of(const struct st_circuit *circuit)
{
    return isnan(circuit->emergency_kw) ? circuit->normal_kw : circuit->emergency_kw;
}

/* -limit <= flow - sum effect d <= limit */
static void add_circuit(struct tripper *t, size_t k, size_t m, size_t h, double flow)
{
    struct moment *moment = &t->moment[k * t->H + h];
    double limit = emergency_of(&t->up->circuits.items[m]);
    moment->row[m] = true;
    az_row(t->model, flow - limit, flow + limit, NULL);
    for (size_t g = 0; g < t->count; g++)
        if (moment->column[g] != AZ_NO_INDEX)
            az_entry(t->model, moment->column[g], effect(t, m, k, &t->candidates[g]));
}

/* What circuit m carries after the outage of k with the trips of the last solution. */
static double flow_with_trips(const struct tripper *t, size_t k, size_t m, size_t h, double flow)
{
    const struct moment *moment = &t->moment[k * t->H + h];
    for (size_t g = 0; t->x && moment->column && g < t->count; g++)
        if (moment->column[g] != AZ_NO_INDEX)
            flow -= effect(t, m, k, &t->candidates[g]) * t->x[moment->column[g]];
    return flow;
}

/* Circuits that break after some outage and are not in the model yet. */
static enum az_status add_broken(struct tripper *t, size_t *added)
{
    const struct st_circuits *of = t->of;
    *added = 0;
    for (size_t k = 0; k < of->m; k++) {
        if (t->up->circuits.items[k].outage == 0) continue;
        for (size_t m = 0; m < of->m; m++) {
            double factor = of->lodf[m * of->m + k];
            double limit = emergency_of(&t->up->circuits.items[m]);
            if (m == k || isnan(factor) || isnan(limit)) continue;
            for (size_t h = 0; h < t->H; h++) {
                double flow = of->flow[m * t->H + h] + factor * of->flow[k * t->H + h];
                struct moment *moment = &t->moment[k * t->H + h];
                if (!az_over(fabs(flow_with_trips(t, k, m, h, flow)), limit)) continue;
                if (moment->row && moment->row[m]) continue;
                if (!moment->row) AZ_TRY(add_moment(t, k, h));
                add_circuit(t, k, m, h, flow);
                ++*added;
            }
        }
    }
    return AZ_OK;
}

/* The best trips of the model as it is; t->x NULL: there are none. */
static enum az_status solve(struct tripper *t)
{
    const struct az_engine *engine = t->c->engine;
    struct az_mip_options options = { .gap = GAP, .cutoff = NAN, .heuristic_effort = 0.5 };
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    void *session = NULL;
    AZ_TRY(az_model_finish(t->model));
    t->x = NULL;
    double *x = AZ_ARRAY(t->c->scratch, t->model->column_count, double);
    if (!x) return AZ_NO_MEMORY;
    AZ_TRY(engine->open(t->model, t->c->context, &session));
    enum az_status status = engine->solve_mip(session, &options, &result);
    bool found = result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE;
    if (status == AZ_OK && found) status = engine->primal(session, x);
    engine->close(session);
    if (status == AZ_OK && found) t->x = x;
    return status;
}

/* --- what is written ----------------------------------------------------------------------------
 */

static enum az_status write_armed(struct tripper *t)
{
    struct st_completion *c = t->c;
    for (size_t g = 0; g < t->count; g++) {
        const struct candidate *who = &t->candidates[g];
        if (who->column == AZ_NO_INDEX || t->x[who->column] < 0.5) continue;
        if (who->is_site)
            c->plan->choices.items[c->judge.at.choice[who->index]].armed = 1;
        else
            AZ_TRY(st_plan_arm(c->in, c->plan, who->index, c->arena));
    }
    return AZ_OK;
}

static enum az_status write_trips(struct tripper *t)
{
    struct st_completion *c = t->c;
    for (size_t k = 0; k < t->of->m; k++)
        for (size_t h = 0; h < t->H; h++) {
            const struct moment *moment = &t->moment[k * t->H + h];
            for (size_t g = 0; moment->column && g < t->count; g++) {
                const struct candidate *who = &t->candidates[g];
                bool armed = who->column == AZ_NO_INDEX || t->x[who->column] > 0.5;
                if (moment->column[g] == AZ_NO_INDEX || !armed) continue;
                double kw = fmin(t->x[moment->column[g]], who->output_kw[h]);
                if (kw > AZ_ZERO)
                    AZ_TRY(
                        st_plan_trip(c->in, c->plan, k, who->is_site, who->index, h, kw, c->arena));
            }
        }
    return AZ_OK;
}

/* found: nothing has to trip, or it is mended. */
static enum az_status choose(struct st_completion *c, bool within_budgets, bool *found)
{
    struct tripper t = { .c = c,
                         .up = c->in->upstream,
                         .of = &c->judge.circuits,
                         .H = c->judge.H,
                         .model = az_model_new(c->scratch, AZ_MINIMIZE) };
    size_t added = 0;
    t.moment = AZ_ARRAY(c->scratch, t.of->m * t.H, struct moment);
    if (!t.model || !t.moment) return AZ_NO_MEMORY;
    AZ_TRY(find_candidates(&t));
    if (within_budgets) add_budgets(&t);
    *found = false;
    for (size_t round = 0; round < ROUNDS; round++) {
        AZ_TRY(add_broken(&t, &added));
        if (added == 0) break;
        AZ_TRY(solve(&t));
        if (!t.x) return AZ_OK;
    }
    *found = true;
    if (!t.x) return AZ_OK;
    AZ_TRY(write_armed(&t));
    return write_trips(&t);
}

enum az_status st_choose_trips(struct st_completion *c)
{
    bool found;
    if (c->judge.circuits.n == 0 || !c->engine) return AZ_OK;
    if (c->in->budgets.count > 0) {
        AZ_TRY(choose(c, true, &found));
        if (found) return AZ_OK;
    }
    return choose(c, false, &found); /* what cannot be mended is for the judge to name */
}
