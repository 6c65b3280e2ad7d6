/* complete.c - a plan made by hand becomes a full one: its choices are kept, what the instance has
 * decided is added (complete_decided.c), what follows from them is chosen. */
#include "formulations/siting/complete.h"

/* --- reinforcements -----------------------------------------------------------------------------
 */

#define MOST_TRIED 16 /* of an element: all their sets are tried; of more, the cheapest per kW */

/* The cheapest set that adds as much as is needed, as bits; all of them where none does. */
static uint32_t cheapest_set(size_t count, const struct st_reinforcement items[], double needed)
{
    uint32_t best = ((uint32_t)1 << count) - 1;
    double least = INFINITY;
    for (uint32_t set = 1; set < (uint32_t)1 << count; set++) {
        double adds = 0, jpy = 0;
        for (size_t i = 0; i < count; i++)
            if (set >> i & 1) {
                adds += items[i].adds_kw;
                jpy += items[i].cost_jpy;
            }
        if (adds < needed || jpy >= least) continue;
        least = jpy;
        best = set;
    }
    return best;
}

static bool is_cheaper(const struct st_reinforcement *a, const struct st_reinforcement *b)
{
    return a->cost_jpy * b->adds_kw < b->cost_jpy * a->adds_kw;
}

/* One after the other, the cheapest for each kW first. */
static enum az_status take_in_turn(struct st_completion *c, size_t count,
                                   const struct st_reinforcement items[], double needed)
{
    bool *taken = AZ_ARRAY(c->scratch, count, bool);
    if (!taken) return AZ_NO_MEMORY;
    for (double adds = 0; adds < needed;) {
        size_t best = count;
        for (size_t i = 0; i < count; i++)
            if (!taken[i] && (best == count || is_cheaper(&items[i], &items[best]))) best = i;
        if (best == count) break;
        taken[best] = true;
        adds += items[best].adds_kw;
        AZ_TRY(st_plan_reinforce(c->plan, items[best].id, c->arena));
    }
    return AZ_OK;
}

/* needed: kW (kVA) that are too many, in any hour and direction. */
static enum az_status reinforce(struct st_completion *c, size_t count,
                                const struct st_reinforcement items[], double needed, double limit)
{
    needed -= az_slack(limit) / 2;
    if (!(needed > 0) || count == 0) return AZ_OK;
    if (count > MOST_TRIED) return take_in_turn(c, count, items, needed);
    uint32_t set = cheapest_set(count, items, needed);
    for (size_t i = 0; i < count; i++)
        if (set >> i & 1) AZ_TRY(st_plan_reinforce(c->plan, items[i].id, c->arena));
    return AZ_OK;
}

/* The most that one way or the other is over its limit; nothing where there is none. */
static double most_over(const struct st_judge *j, const double flow[], double reverse,
                        double capacity)
{
    double over = 0;
    for (size_t h = 0; h < j->H; h++)
        over = fmax(over, fmax(flow[h] - reverse, -flow[h] - capacity)); /* NAN: no limit */
    return over;
}

/* The cheapest reinforcements that make room, of every element; all of it where they do not. */
static enum az_status choose_reinforcements(struct st_completion *c)
{
    const struct st_instance *in = c->in;
    const struct st_judge *j = &c->judge;
    for (size_t f = 0; f < in->feeders.count; f++) {
        const struct st_feeder *feeder = &in->feeders.items[f];
        double limit = feeder->capacity_kw, over = most_over(j, &j->feeder[f * j->H], limit, limit);
        AZ_TRY(
            reinforce(c, feeder->reinforcements.count, feeder->reinforcements.items, over, limit));
    }
    for (size_t b = 0; b < in->banks.count; b++) {
        const struct st_bank *bank = &in->banks.items[b];
        double over = most_over(j, &j->bank[b * j->H], bank->reverse_kw, bank->capacity_kw);
        AZ_TRY(reinforce(c, bank->reinforcements.count, bank->reinforcements.items, over,
                         fmin(bank->reverse_kw, bank->capacity_kw)));
    }
    for (size_t l = 0; l < in->lines.count; l++) {
        const struct st_line *line = &in->lines.items[l];
        const struct st_fullest *full = &j->full_line[l];
        double over = full->known && full->limited ? full->beyond : 0;
        AZ_TRY(reinforce(c, line->reinforcements.count, line->reinforcements.items, over,
                         line->limit_kva));
    }
    return AZ_OK;
}

/* --- deliveries ---------------------------------------------------------------------------------
 */

/* Chosen sites and what they take. */
struct depots {
    size_t count;
    size_t *site;
    double *capacity; /* INFINITY: no limit */
};

static enum az_status find_depots(const struct st_completion *c, struct depots *depots)
{
    const struct st_plan *plan = c->plan;
    *depots = (struct depots){ .site = AZ_ARRAY(c->scratch, plan->choices.count, size_t),
                               .capacity = AZ_ARRAY(c->scratch, plan->choices.count, double) };
    if (!depots->site || !depots->capacity) return AZ_NO_MEMORY;
    for (size_t i = 0; i < plan->choices.count; i++) {
        double capacity = c->judge.at.option[i]->capacity;
        depots->site[depots->count] = plan->choices.items[i].site.index;
        depots->capacity[depots->count++] = isnan(capacity) ? INFINITY : capacity;
    }
    return AZ_OK;
}

static double price_of(const struct st_completion *c, size_t customer, size_t site)
{
    const struct az_matrix *price = &c->in->delivery_jpy;
    return price->values ? price->values[customer * price->columns + site] : NAN;
}

/* Everybody from the cheapest site; do capacities allow it? */
static bool find_cheapest(const struct st_completion *c, const struct depots *depots,
                          size_t cheapest[], double left[])
{
    bool fits = true;
    for (size_t d = 0; d < depots->count; d++) left[d] = depots->capacity[d];
    for (size_t k = 0; k < c->in->customers.count; k++) {
        cheapest[k] = AZ_NO_INDEX;
        double least = INFINITY;
        for (size_t d = 0; d < depots->count; d++) {
            double jpy = price_of(c, k, depots->site[d]);
            if (!(jpy < least)) continue;
            least = jpy;
            cheapest[k] = d;
        }
        if (cheapest[k] == AZ_NO_INDEX) continue;
        size_t d = cheapest[k];
        left[d] -= c->in->customers.items[k].amount;
        fits = fits && !(left[d] < -az_slack(depots->capacity[d]));
    }
    return fits;
}

/* min sum jpy x;  sum_d x_kd = 1;  sum_k amount_k x_kd <= capacity_d. column[k * depots + d] */
static enum az_status transport_model(const struct st_completion *c, const struct depots *depots,
                                      struct az_model *model, size_t column[])
{
    const struct st_instance *in = c->in;
    for (size_t k = 0; k < in->customers.count; k++) {
        bool any = false;
        for (size_t d = 0; d < depots->count; d++) {
            double jpy = price_of(c, k, depots->site[d]);
            column[k * depots->count + d] = AZ_NO_INDEX;
            if (isnan(jpy)) continue;
            column[k * depots->count + d] = AZ_CONTINUOUS(model, 0, INFINITY, jpy, NULL);
            any = true;
        }
        if (!any) continue; /* nobody can serve it: for the judge to name */
        az_row(model, 1, 1, NULL);
        for (size_t d = 0; d < depots->count; d++)
            if (column[k * depots->count + d] != AZ_NO_INDEX)
                az_entry(model, column[k * depots->count + d], 1);
    }
    for (size_t d = 0; d < depots->count; d++) {
        if (isinf(depots->capacity[d])) continue;
        az_row(model, -INFINITY, depots->capacity[d], NULL);
        for (size_t k = 0; k < in->customers.count; k++)
            if (column[k * depots->count + d] != AZ_NO_INDEX)
                az_entry(model, column[k * depots->count + d], in->customers.items[k].amount);
    }
    return az_model_finish(model);
}

/* Shares of the LP; false: it has no solution. */
static enum az_status transport(struct st_completion *c, const struct depots *depots, bool *solved)
{
    size_t customers = c->in->customers.count, count = customers * depots->count;
    struct az_model *model = az_model_new(c->scratch, AZ_MINIMIZE);
    size_t *column = AZ_ARRAY(c->scratch, count, size_t);
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    void *session = NULL;
    *solved = false;
    if (!model || !column) return AZ_NO_MEMORY;
    AZ_TRY(transport_model(c, depots, model, column));
    double *x = AZ_ARRAY(c->scratch, model->column_count, double);
    if (!x) return AZ_NO_MEMORY;
    AZ_TRY(c->engine->open(model, c->context, &session));
    enum az_status status = c->engine->solve_lp(session, &result);
    bool optimal = status == AZ_OK && result.status == AZ_SOLVE_OPTIMAL;
    if (optimal) status = c->engine->primal(session, x);
    c->engine->close(session);
    if (!optimal || status != AZ_OK) return status;
    for (size_t k = 0; k < customers; k++) {
        double sum = 0; /* of what is kept: shares add up to 1 to the last digit */
        for (size_t d = 0; d < depots->count; d++) {
            size_t at = column[k * depots->count + d];
            if (at != AZ_NO_INDEX && x[at] > AZ_ZERO) sum += x[at];
        }
        for (size_t d = 0; d < depots->count; d++) {
            size_t at = column[k * depots->count + d];
            if (at != AZ_NO_INDEX && x[at] > AZ_ZERO)
                AZ_TRY(st_plan_serve(c->in, c->plan, k, depots->site[d], x[at] / sum, c->arena));
        }
    }
    *solved = true;
    return AZ_OK;
}

/* Who serves whom, at the least cost; everybody from the cheapest site where capacities cannot be
 * kept. */
static enum az_status choose_served(struct st_completion *c)
{
    struct depots depots;
    size_t customers = c->in->customers.count;
    bool solved = false;
    if (customers == 0) return AZ_OK;
    AZ_TRY(find_depots(c, &depots));
    size_t *cheapest = AZ_ARRAY(c->scratch, customers, size_t);
    double *left = AZ_ARRAY(c->scratch, depots.count, double);
    if (!cheapest || !left) return AZ_NO_MEMORY;
    bool fits = find_cheapest(c, &depots, cheapest, left);
    if (!fits && c->engine) AZ_TRY(transport(c, &depots, &solved));
    for (size_t k = 0; !solved && k < customers; k++)
        if (cheapest[k] != AZ_NO_INDEX)
            AZ_TRY(st_plan_serve(c->in, c->plan, k, depots.site[cheapest[k]], 1, c->arena));
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* What is given, with lists of its own for what is not. */
static enum az_status copy_given(struct st_completion *c)
{
    struct st_plan *empty;
    AZ_TRY(st_plan_copy(c->partial, c->arena, &c->plan));
    AZ_TRY(st_plan_new(c->in, c->arena, &empty));
#define OWN(list) \
    if (!c->plan->list.items) c->plan->list.items = empty->list.items
    OWN(choices);
    OWN(reinforcements);
    OWN(armed);
    OWN(trips);
    OWN(served);
#undef OWN
    return AZ_OK;
}

/* The judgement of the choices alone: everybody who may be is armed, nothing trips. */
static enum az_status judge_choices(struct st_completion *c, bool *fits)
{
    struct az_judgement judgement;
    struct st_plan *bare;
    AZ_TRY(st_plan_copy(c->plan, c->scratch, &bare));
    bare->armed.count = bare->trips.count = 0;
    for (size_t i = 0; i < bare->choices.count; i++) {
        size_t s = bare->choices.items[i].site.index;
        if (s < c->in->sites.count && c->in->sites.items[s].armable == 1)
            bare->choices.items[i].armed = 1;
    }
    AZ_TRY(st_judge_all(&c->judge, c->in, bare, false, c->scratch, &judgement));
    *fits = c->judge.cash != NULL;
    c->judge.plan = c->plan;
    return AZ_OK;
}

static enum az_status complete(struct st_completion *c, void **out)
{
    struct az_judgement judgement;
    bool fits;
    AZ_TRY(copy_given(c));
    AZ_TRY(st_choose_decided(c));
    AZ_TRY(judge_choices(c, &fits));
    if (fits && !c->partial->reinforcements.items) AZ_TRY(choose_reinforcements(c));
    if (fits && c->in->upstream && !c->partial->trips.items) AZ_TRY(st_choose_trips(c));
    if (fits && !c->partial->served.items) AZ_TRY(choose_served(c));
    AZ_TRY(st_summarise(c->in, c->arena, c->plan));
    *out = c->plan;
    AZ_TRY(st_evaluate(c->in, c->plan, c->scratch, &judgement));
    return judgement.violation_count > 0 ? AZ_INFEASIBLE : AZ_OK;
}

enum az_status st_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan)
{
    struct st_completion c = { .in = instance,
                               .partial = partial,
                               .engine = engine,
                               .context = context,
                               .arena = arena,
                               .scratch = az_arena_new(NULL) };
    *plan = NULL;
    if (!c.scratch) return AZ_NO_MEMORY;
    enum az_status status = complete(&c, plan);
    az_arena_free(c.scratch);
    return status;
}
