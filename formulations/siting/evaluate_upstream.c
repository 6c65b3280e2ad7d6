/* evaluate_upstream.c - the judge of circuits: flows before a fault and after every outage that is
 * looked at, what trips then, and who is armed for it. */
#include <stdlib.h>

#include "formulations/siting/judge.h"

struct upstream {
    struct st_judge *j;
    const struct st_upstream *up;
    struct st_circuits *c;
    double *after; /* [m * H] after one outage */
    size_t *order; /* [trips] by circuit */
};

/* All that a bus beyond a bridge injects flows over it. */
bool st_is_beyond_outage(const struct st_circuits *c, size_t circuit, size_t bus)
{
    return c->bridge[circuit] && fabs(c->ptdf[circuit * c->n + bus]) > 0.5;
}

/* --- trips --------------------------------------------------------------------------------------
 */

/* Who trips: where, how much it gives in the hour, whether it is armed. */
struct tripping {
    const char *id;
    size_t bus; /* AZ_NO_INDEX: at none */
    double output_kw, lost_jpy_per_kwh;
    bool armed;
};

static struct tripping tripping_of(const struct upstream *u, const struct st_trip *trip)
{
    const struct st_judge *j = u->j;
    size_t h = (size_t)trip->hour, i = trip->plant.index;
    if (trip->plant.collection == 0) {
        const struct st_plant *plant = &u->up->plants.items[i];
        const double *output = j->in->profiles.items[plant->output.index].values.values;
        return (struct tripping){ plant->id, plant->bus.index, plant->kw * output[h],
                                  plant->lost_jpy_per_kwh, j->at.armed[i] };
    }
    const struct st_site *site = &j->in->sites.items[i];
    size_t choice = j->at.choice[i];
    const double *export_kw = choice == AZ_NO_INDEX ? NULL : j->export_kw[choice];
    return (struct tripping){ site->id, site->bus, export_kw ? export_kw[h] : 0,
                              site->lost_jpy_per_kwh, export_kw != NULL };
}

/* trip_outage, trip_armed, trip_output, trip_beyond; what it costs a year. */
static void judge_trip(struct upstream *u, size_t entry)
{
    struct st_judge *j = u->j;
    const struct st_trip *trip = &j->plan->trips.items[entry];
    size_t k = trip->circuit.index, h = (size_t)trip->hour;
    const struct st_circuit *circuit = &u->up->circuits.items[k];
    const struct tripping who = tripping_of(u, trip);
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "trips"), entry, who.id);
    const struct az_param outage = AZ_TEXT_PARAM("outage", circuit->id);
    if (circuit->outage == 0)
        ST_BREACH(j, ST_RULE_trip_outage, AZ_AT(at, "circuit"), at, who.id, 0, outage);
    if (!who.armed)
        ST_BREACH(j, ST_RULE_trip_armed, AZ_AT(at, "plant"), at, who.id, trip->kw,
                  ST_VALUE(trip->kw), outage);
    else if (az_over(trip->kw, who.output_kw))
        ST_BREACH(j, ST_RULE_trip_output, AZ_AT(at, "kw"), at, who.id, trip->kw - who.output_kw,
                  ST_VALUE(trip->kw), ST_LIMIT(who.output_kw), st_hour(j, h));
    if (who.bus == AZ_NO_INDEX || st_is_beyond_outage(u->c, k, who.bus))
        ST_BREACH(j, ST_RULE_trip_beyond, AZ_AT(at, "plant"), at, who.id, 0, outage);
    double kwh = trip->kw * j->in->hour_days[h] * circuit->outage_hours_per_year / ST_YEAR_HOURS;
    j->trips_kwh += kwh;
    j->trips_jpy += kwh * who.lost_jpy_per_kwh;
}

/* What is tripped no longer flows: f_m - (PTDF_mg + LODF_mk PTDF_kg) d */
static void take_trip(const struct upstream *u, size_t entry)
{
    const struct st_trip *trip = &u->j->plan->trips.items[entry];
    size_t k = trip->circuit.index, h = (size_t)trip->hour, bus = tripping_of(u, trip).bus;
    if (bus == AZ_NO_INDEX || st_is_beyond_outage(u->c, k, bus)) return;
    double lost = u->c->ptdf[k * u->c->n + bus];
    for (size_t m = 0; m < u->c->m; m++) {
        double factor = u->c->lodf[m * u->c->m + k];
        if (m == k || isnan(factor)) continue;
        u->after[m * u->j->H + h] -= (u->c->ptdf[m * u->c->n + bus] + factor * lost) * trip->kw;
    }
}

/* Entries of the trips by their circuit, in the plan's order. */
static enum az_status order_trips(struct upstream *u)
{
    size_t count = u->j->plan->trips.count;
    size_t *first = AZ_ARRAY(u->j->arena, u->c->m + 2, size_t);
    u->order = AZ_ARRAY(u->j->arena, count, size_t);
    if (!first || !u->order) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) first[u->j->plan->trips.items[i].circuit.index + 2]++;
    for (size_t k = 2; k < u->c->m + 2; k++) first[k] += first[k - 1];
    for (size_t i = 0; i < count; i++)
        u->order[first[u->j->plan->trips.items[i].circuit.index + 1]++] = i;
    return AZ_OK;
}

/* --- circuits -----------------------------------------------------------------------------------
 */

/* |f| <= normal */
static void judge_before(struct upstream *u)
{
    struct st_judge *j = u->j;
    for (size_t m = 0; m < u->c->m; m++) {
        const struct st_circuit *circuit = &u->up->circuits.items[m];
        struct st_fullest *full = &j->full_circuit[m];
        for (size_t h = 0; h < j->H; h++) {
            double flow = u->c->flow[m * j->H + h];
            st_fuller(full, flow, copysign(circuit->normal_kw, flow), false, h, AZ_NO_INDEX);
        }
        if (!st_is_beyond(full)) continue;
        ST_BREACH(j, ST_RULE_circuit_normal, ST_CHOICES, ST_OF("upstream/circuits", m, circuit->id),
                  circuit->id, full->beyond, ST_VALUE(fabs(full->value)),
                  ST_LIMIT(fabs(full->limit)), st_hour(j, full->hour));
    }
}

/* | f_m + LODF_mk f_k - trips | <= emergency, for one k; trips from *next on. */
static void judge_after(struct upstream *u, size_t k, size_t *next)
{
    struct st_judge *j = u->j;
    size_t H = j->H, trips = j->plan->trips.count;
    for (size_t m = 0; m < u->c->m; m++) {
        double factor = u->c->lodf[m * u->c->m + k];
        for (size_t h = 0; m != k && !isnan(factor) && h < H; h++)
            u->after[m * H + h] = u->c->flow[m * H + h] + factor * u->c->flow[k * H + h];
    }
    for (; *next < trips && j->plan->trips.items[u->order[*next]].circuit.index == k; ++*next)
        take_trip(u, u->order[*next]);
    if (u->up->circuits.items[k].outage == 0) return;
    for (size_t m = 0; m < u->c->m; m++) {
        const struct st_circuit *circuit = &u->up->circuits.items[m];
        double limit = isnan(circuit->emergency_kw) ? circuit->normal_kw : circuit->emergency_kw;
        if (m == k || isnan(u->c->lodf[m * u->c->m + k])) continue;
        for (size_t h = 0; h < H; h++) {
            double flow = u->after[m * H + h];
            st_fuller(&j->full_outage[m], flow, copysign(limit, flow), false, h, k);
        }
    }
}

/* circuit_outage */
static void tell_outages(struct upstream *u)
{
    struct st_judge *j = u->j;
    for (size_t m = 0; m < u->c->m; m++) {
        const struct st_fullest *full = &j->full_outage[m];
        const char *id = u->up->circuits.items[m].id;
        if (!st_is_beyond(full)) continue;
        ST_BREACH(j, ST_RULE_circuit_outage, AZ_AT(NULL, "trips"),
                  ST_OF("upstream/circuits", m, id), id, full->beyond, ST_VALUE(fabs(full->value)),
                  ST_LIMIT(fabs(full->limit)),
                  AZ_TEXT_PARAM("outage", u->up->circuits.items[full->outage].id),
                  st_hour(j, full->hour));
    }
}

/* --- arming -------------------------------------------------------------------------------------
 */

/* armable, of plants; what arming costs. */
static void judge_armed(struct upstream *u)
{
    struct st_judge *j = u->j;
    const struct az_path *list = AZ_AT(NULL, "armed");
    for (size_t i = 0; i < j->plan->armed.count; i++) {
        const struct st_plant *plant = &u->up->plants.items[j->plan->armed.items[i].index];
        const struct az_path *at = AZ_ITEM(list, i, plant->id);
        if (plant->armable == 0)
            ST_BREACH(j, ST_RULE_armable, at, at, plant->id, 0, ST_WHAT(plant->id));
        j->arming_jpy += plant->arm_jpy;
    }
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status make_factors(struct upstream *u)
{
    struct az_arena *arena = u->j->arena;
    size_t n = u->c->n, m = u->c->m, H = u->j->H;
    struct az_branch *branch = AZ_ARRAY(arena, m, struct az_branch);
    u->c->ptdf = AZ_ARRAY(arena, m * n, double);
    u->c->lodf = AZ_ARRAY(arena, m * m, double);
    u->c->bridge = AZ_ARRAY(arena, m, bool);
    u->c->flow = AZ_ARRAY(arena, m * H, double);
    u->after = AZ_ARRAY(arena, m * H, double);
    if (!branch || !u->c->ptdf || !u->c->lodf || !u->c->bridge || !u->c->flow || !u->after)
        return AZ_NO_MEMORY;
    for (size_t k = 0; k < m; k++) {
        const struct st_circuit *circuit = &u->up->circuits.items[k];
        branch[k] = (struct az_branch){ circuit->from.index, circuit->to.index, circuit->x_pu };
    }
    size_t slack = u->up->slack.index;
    AZ_TRY(az_ptdf(n, m, branch, slack, u->c->ptdf));
    AZ_TRY(az_lodf(n, m, branch, slack, u->c->ptdf, u->c->lodf, u->c->bridge));
    if (m > 0 && n > 0 && H > 0) az_evaluate_batch(m, n, H, u->c->ptdf, u->j->bus, u->c->flow);
    return order_trips(u);
}

static enum az_status judge_circuits(struct st_judge *j)
{
    struct upstream u = { .j = j, .up = j->in->upstream, .c = &j->circuits };
    size_t next = 0;
    u.c->n = u.up->buses.count;
    u.c->m = u.up->circuits.count;
    if (u.c->n == 0) return AZ_OK;
    AZ_TRY(make_factors(&u));
    judge_armed(&u);
    for (size_t i = 0; i < j->plan->trips.count; i++) judge_trip(&u, i);
    judge_before(&u);
    for (size_t k = 0; k < u.c->m; k++) judge_after(&u, k, &next);
    tell_outages(&u);
    return j->status;
}

void st_judge_upstream(struct st_judge *j)
{
    if (j->status == AZ_OK && j->in->upstream) j->status = judge_circuits(j);
}
