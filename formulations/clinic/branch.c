/* branch.c - ways to split a node of rounds: who follows whom, who takes which remote slot, which
 * promise is kept. Patterns, rounds of a crew, vehicles and staff in all the engine splits by
 * itself, before it asks here. */
#include <math.h>
#include <stdlib.h>

#include "formulations/clinic/columns.h"
#include "solver/tolerances.h"

#define CANDIDATES 12 /* offered at most: the most fractional ones */

struct flow {
    struct az_decision yes, no;
    double value;
};

struct flows {
    struct az_arena *arena;
    size_t count, capacity;
    struct flow *items;
};

static enum az_status add_flow(struct flows *flows, struct flow flow)
{
    double integral = fabs(flow.value - round(flow.value));
    if (integral <= AZ_INTEGER_TOLERANCE) return AZ_OK;
    if (flows->count == flows->capacity) {
        flows->capacity = 2 * flows->capacity + 16;
        flows->items = az_arena_grow(flows->arena, flows->items, flows->count, flows->capacity,
                                     sizeof *flows->items);
        if (!flows->items) return AZ_NO_MEMORY;
    }
    flows->items[flows->count++] = flow;
    return AZ_OK;
}

/* --- who follows whom --------------------------------------------------------------------------
 */

/* Calls for every pair of visits that follow each other in a tour; the number of sites stands for
 * the start and the end. */
typedef void (*pair_use)(void *data, size_t from, size_t to);

static void each_pair(const struct cl_ground *ground, const struct cl_tour *tour, pair_use use,
                      void *data)
{
    size_t ends = ground->cl->sites.count, from = ends;
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        size_t to = ground->ways.items[tour->stops[k].index].site;
        use(data, from, to);
        from = to;
    }
    use(data, from, ends);
}

struct pair_sum {
    double *sum; /* [n * n] */
    size_t n;
    double value;
};

static void add_pair(void *data, size_t from, size_t to)
{
    struct pair_sum *pairs = data;
    pairs->sum[from * pairs->n + to] += pairs->value;
}

static enum az_status follow_flows(const struct cl_ground *ground,
                                   const struct az_master_solution *solution, size_t day,
                                   struct flows *flows)
{
    size_t n = ground->cl->sites.count + 1;
    struct pair_sum pairs = { .sum = AZ_ARRAY(flows->arena, n * n, double), .n = n };
    if (!pairs.sum) return AZ_NO_MEMORY;
    for (size_t k = 0; k < solution->count; k++) {
        const struct cl_tour *tour = solution->columns[k]->data;
        pairs.value = solution->values[k];
        if (ground->teams.items[tour->team].day == day) each_pair(ground, tour, add_pair, &pairs);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            struct az_decision decision = { .type = CL_DECIDE_FOLLOW,
                                            .i = i == n - 1 ? AZ_NO_INDEX : i,
                                            .j = j == n - 1 ? AZ_NO_INDEX : j,
                                            .value = 2 * (double)day };
            struct flow flow = { .yes = decision, .no = decision, .value = pairs.sum[i * n + j] };
            flow.yes.value += 1;
            AZ_TRY(add_flow(flows, flow));
        }
    return AZ_OK;
}

/* --- slots and promises ------------------------------------------------------------------------
 */

/* Adds a visit's share to the decision of this type, i, j. */
static enum az_status add_share(struct flows *sums, int type, size_t i, size_t j, double value)
{
    size_t k = 0;
    while (k < sums->count &&
           (sums->items[k].no.i != i || sums->items[k].no.j != j || sums->items[k].no.type != type))
        k++;
    if (k < sums->count) {
        sums->items[k].value += value;
        return AZ_OK;
    }
    struct az_decision decision = { .type = type, .i = i, .j = j };
    struct flow flow = { .yes = decision, .no = decision, .value = 0.5 };
    flow.yes.value = 1;
    AZ_TRY(add_flow(sums, flow));
    sums->items[k].value = value;
    return AZ_OK;
}

static enum az_status way_flows(const struct cl_ground *ground,
                                const struct az_master_solution *solution, struct flows *flows)
{
    struct flows sums = { .arena = flows->arena };
    for (size_t k = 0; k < solution->count; k++) {
        const struct cl_tour *tour = solution->columns[k]->data;
        double value = solution->values[k];
        for (size_t s = 0; s < tour->count; s++) {
            if (tour->stops[s].kind != CL_STOP_VISIT) continue;
            const struct cl_way *way = &ground->ways.items[tour->stops[s].index];
            if (way->doctor != AZ_NO_INDEX)
                AZ_TRY(add_share(&sums, CL_DECIDE_SLOT, way->site, way->doctor, value));
            if (way->pharmacist != AZ_NO_INDEX)
                AZ_TRY(add_share(&sums, CL_DECIDE_SLOT, way->site, way->pharmacist, value));
            if (way->kept != AZ_NO_INDEX)
                AZ_TRY(add_share(&sums, CL_DECIDE_KEPT, way->kept, 0, value));
        }
    }
    for (size_t k = 0; k < sums.count; k++) AZ_TRY(add_flow(flows, sums.items[k]));
    return AZ_OK;
}

/* --- candidates --------------------------------------------------------------------------------
 */

static int by_fraction(const void *a, const void *b)
{
    const struct flow *x = a, *y = b;
    double fx = fabs(x->value - floor(x->value) - 0.5), fy = fabs(y->value - floor(y->value) - 0.5);
    if (fx != fy) return fx < fy ? -1 : 1;
    if (x->no.type != y->no.type) return x->no.type < y->no.type ? -1 : 1;
    if (x->no.value != y->no.value) return x->no.value < y->no.value ? -1 : 1;
    if (x->no.i != y->no.i) return x->no.i < y->no.i ? -1 : 1;
    return (x->no.j > y->no.j) - (x->no.j < y->no.j);
}

enum az_status cl_branchings(void *data, const struct az_master_solution *solution,
                             struct az_branching_list *out)
{
    const struct cl_master *master = data;
    const struct cl_ground *ground = master->ground;
    struct flows flows = { .arena = out->arena };
    for (size_t d = ground->cl->first_day; d < (size_t)ground->cl->days; d++)
        AZ_TRY(follow_flows(ground, solution, d, &flows));
    if (flows.count == 0) AZ_TRY(way_flows(ground, solution, &flows));
    if (flows.count > 0) qsort(flows.items, flows.count, sizeof *flows.items, by_fraction);
    for (size_t k = 0; k < flows.count && k < CANDIDATES; k++) {
        const struct flow *flow = &flows.items[k];
        struct az_branching branching = {
            .decision_count = { 1, 1 },
            .child = { { flow->yes }, { flow->no } },
            .score = 0.5 - fabs(flow->value - floor(flow->value) - 0.5),
        };
        AZ_TRY(az_branching_list_add(out, &branching));
    }
    return AZ_OK;
}

/* --- effect ------------------------------------------------------------------------------------
 */

/* Does a decision about ways ban this one? */
static bool bans(const struct cl_ground *ground, const struct az_decision *decision,
                 const struct cl_way *way)
{
    if (decision->type == CL_DECIDE_KEPT) {
        const struct cl_appointment *kept = &ground->cl->appointment[decision->i];
        if (decision->value == 0) return way->kept == decision->i;
        return way->site == kept->site.index && way->day == kept->day && way->kept != decision->i;
    }
    const struct cl_slot_class *slot = &ground->ways.slots[decision->j];
    size_t taken = slot->role == CL_DOCTOR ? way->doctor : way->pharmacist;
    if (way->site != decision->i || way->day != slot->day) return false;
    return decision->value == 0 ? taken == decision->j
                                : taken != AZ_NO_INDEX && taken != decision->j;
}

/* From i only to j, to j only from i; the start and the end go with many. */
static bool parts(const struct az_decision *decision, size_t from, size_t to, size_t ends)
{
    size_t i = decision->i == AZ_NO_INDEX ? ends : decision->i;
    size_t j = decision->j == AZ_NO_INDEX ? ends : decision->j;
    if (fmod(decision->value, 2) == 0) return from == i && to == j;
    return (from == i && i != ends && to != j) || (to == j && j != ends && from != i);
}

struct parting {
    const struct az_decision *decision;
    size_t ends;
    bool parted;
};

static void look_at_pair(void *data, size_t from, size_t to)
{
    struct parting *parting = data;
    parting->parted = parting->parted || parts(parting->decision, from, to, parting->ends);
}

bool cl_allows(void *data, const struct az_decision *decision, const struct az_block_column *column)
{
    const struct cl_master *master = data;
    const struct cl_ground *ground = master->ground;
    const struct cl_tour *tour = column->data;
    if (decision->type == CL_DECIDE_FOLLOW) {
        struct parting parting = { .decision = decision, .ends = ground->cl->sites.count };
        size_t day = (size_t)(decision->value / 2);
        if (ground->teams.items[tour->team].day != day) return true;
        each_pair(ground, tour, look_at_pair, &parting);
        return !parting.parted;
    }
    for (size_t k = 0; k < tour->count; k++)
        if (tour->stops[k].kind == CL_STOP_VISIT &&
            bans(ground, decision, &ground->ways.items[tour->stops[k].index]))
            return false;
    return true;
}

static enum az_status ban_ways(const struct cl_ground *ground, const struct az_decision *decision,
                               size_t day, struct az_arena *arena, bool **banned)
{
    bool kept = decision->type == CL_DECIDE_KEPT;
    size_t at =
        kept ? ground->cl->appointment[decision->i].day : ground->ways.slots[decision->j].day;
    size_t site = kept ? ground->cl->appointment[decision->i].site.index : decision->i;
    if (at != day) return AZ_OK;
    if (!*banned) *banned = AZ_ARRAY(arena, ground->ways.count, bool);
    if (!*banned) return AZ_NO_MEMORY;
    size_t first = site * (size_t)ground->cl->days + day;
    for (size_t w = ground->ways.first[first]; w < ground->ways.first[first + 1]; w++)
        (*banned)[w] = (*banned)[w] || bans(ground, decision, &ground->ways.items[w]);
    return AZ_OK;
}

enum az_status cl_decisions_apply(const struct cl_ground *ground,
                                  const struct az_decision decisions[], size_t count, size_t day,
                                  struct az_arena *arena, struct cl_round_prices *prices)
{
    size_t n = ground->cl->sites.count + 1;
    bool *forbidden = NULL, *banned = NULL;
    for (size_t k = 0; k < count; k++) {
        if (decisions[k].type != CL_DECIDE_FOLLOW) {
            AZ_TRY(ban_ways(ground, &decisions[k], day, arena, &banned));
            continue;
        }
        if ((size_t)(decisions[k].value / 2) != day) continue;
        if (!forbidden) forbidden = AZ_ARRAY(arena, n * n, bool);
        if (!forbidden) return AZ_NO_MEMORY;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                forbidden[i * n + j] = forbidden[i * n + j] || parts(&decisions[k], i, j, n - 1);
    }
    prices->forbidden = forbidden;
    prices->banned = banned;
    return AZ_OK;
}
