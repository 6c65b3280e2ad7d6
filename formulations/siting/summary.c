/* summary.c - a plan's results for people: of each choice, the money of every year, how full the
 * networks are, who is covered, and voltages by AC. All from the judge's arithmetic. */
#include <string.h>

#include "formulations/siting/judge.h"

struct summer {
    const struct st_instance *in;
    struct st_plan *plan;
    struct az_arena *arena;
    struct st_summary *summary;
    struct st_judge judge;
};

/* --- choices ------------------------------------------------------------------------------------
 */

static void fill_choice(const struct summer *s, size_t i)
{
    const struct st_judged *judged = &s->judge.judged[i];
    const struct st_option *option = s->judge.at.option[i];
    struct st_choice *choice = &s->plan->choices.items[i];
    struct st_summary *sum = s->summary;
    choice->armed = choice->armed == 1;
    choice->pv_kw = option->pv_kw;
    choice->battery_kwh = option->battery_kwh;
    choice->year = option->year;
    choice->capex_jpy = option->capex_jpy;
    choice->subsidy_jpy = option->subsidy_jpy;
    choice->npv_jpy = judged->npv_jpy;
    choice->irr = judged->irr;
    choice->payback_years = judged->payback_years;
    choice->host_saving_jpy = judged->saving_jpy;
    choice->host_npv_jpy = judged->host_npv_jpy;
    choice->self_kwh = judged->first.self;
    choice->export_kwh = judged->first.out;
    choice->lost_kwh = judged->first.lost;
    choice->co2_t = st_co2_t(s->in, s->judge.kwh[i]);
    sum->capex_jpy += option->capex_jpy;
    sum->subsidy_jpy += option->subsidy_jpy;
    sum->pv_kw += option->pv_kw;
    sum->battery_kwh += option->battery_kwh;
}

/* --- years --------------------------------------------------------------------------------------
 */

/* What a year's operators get, all together; reinforcements, arming and deliveries in year 0. */
static struct st_year_flow flow_of(const struct summer *s, size_t k)
{
    const struct st_judge *j = &s->judge;
    size_t years = (size_t)s->in->years;
    struct st_year_flow flow = { .year = s->in->first_year + (int64_t)k,
                                 .shared = -j->trips_jpy,
                                 .hosts = j->hosts_jpy[k],
                                 .landowners = j->landowners_jpy[k] };
    if (k == 0) flow.shared -= j->spent_jpy + j->delivery_jpy;
    for (size_t o = 0; o <= s->in->operators.count; o++) {
        const struct st_year_cash *cash = &j->cash[o * years + k];
        flow.capex += cash->capex;
        flow.subsidy += cash->subsidy;
        flow.operation += cash->operation;
        flow.rent += cash->rent;
        flow.ppa += cash->ppa;
        flow.surplus += cash->surplus;
        flow.environmental += cash->environmental;
    }
    flow.operators = flow.capex + flow.subsidy + flow.operation + flow.rent + flow.ppa +
                     flow.surplus + flow.environmental + flow.shared;
    return flow;
}

/* Every year, with rate of return and payback of all operators together. */
static enum az_status list_years(struct summer *s, struct az_arena *scratch)
{
    size_t years = (size_t)s->in->years;
    struct st_year_flow *items = AZ_ARRAY(s->arena, years, struct st_year_flow);
    double *flow = AZ_ARRAY(scratch, 2 * years, double);
    if (!items || !flow) return AZ_NO_MEMORY;
    for (size_t k = 0; k < years; k++) {
        items[k] = flow_of(s, k);
        double begin = items[k].capex + items[k].subsidy;
        if (k == 0) begin -= s->judge.spent_jpy + s->judge.delivery_jpy;
        flow[2 * k] = begin;
        flow[2 * k + 1] = items[k].operators - begin;
    }
    s->summary->years.items = items;
    s->summary->years.count = years;
    s->summary->irr = st_irr(s->in->years, flow);
    s->summary->payback_years = st_payback(s->in->years, flow);
    return AZ_OK;
}

/* --- networks -----------------------------------------------------------------------------------
 */

static double worth_of(const struct summer *s, const char *id)
{
    for (size_t i = 0; i < s->summary->worths.count; i++) {
        const struct st_worth *worth = &s->summary->worths.items[i];
        if (worth->limit && strcmp(worth->limit, id) == 0) return worth->jpy_per_unit;
    }
    return NAN;
}

static void add_loading(struct summer *s, const char *what, const char *id,
                        const struct st_fullest *full)
{
    if (!full->known) return;
    bool outage = full->outage != AZ_NO_INDEX && s->in->upstream;
    s->summary->loadings.items[s->summary->loadings.count++] = (struct st_loading){
        .element = id,
        .what = what,
        .outage = outage ? s->in->upstream->circuits.items[full->outage].id : NULL,
        .hour = (int64_t)full->hour,
        .value = full->value,
        .limit = full->limit,
        .worth_jpy_per_kw = worth_of(s, id),
    };
}

#define ADD_LOADINGS(s, what, list, full)     \
    for (size_t i = 0; i < (list).count; i++) \
    add_loading((s), (what), (list).items[i].id, &(full)[i])

static enum az_status list_loadings(struct summer *s)
{
    const struct st_instance *in = s->in;
    const struct st_judge *j = &s->judge;
    size_t circuits = in->upstream ? in->upstream->circuits.count : 0;
    size_t count = in->feeders.count + in->banks.count + in->lines.count + in->nodes.count;
    s->summary->loadings.items = AZ_ARRAY(s->arena, count + 2 * circuits, struct st_loading);
    if (!s->summary->loadings.items) return AZ_NO_MEMORY;
    ADD_LOADINGS(s, "feeder", in->feeders, j->full_feeder);
    ADD_LOADINGS(s, "bank", in->banks, j->full_bank);
    ADD_LOADINGS(s, "line", in->lines, j->full_line);
    ADD_LOADINGS(s, "node", in->nodes, j->full_node);
    if (circuits > 0) ADD_LOADINGS(s, "circuit", in->upstream->circuits, j->full_circuit);
    if (circuits > 0) ADD_LOADINGS(s, "outage", in->upstream->circuits, j->full_outage);
    return AZ_OK;
}

/* Voltages of a feeder in an hour by AC. Nodes that have no voltage, for want of a power flow, are
 * warnings too. */
static enum az_status sweep_hour(struct summer *s, const struct st_feeder *feeder,
                                 const struct st_tree *tree, size_t h, double p[], double q[],
                                 double v[])
{
    struct st_summary *sum = s->summary;
    for (size_t i = 0; i < tree->count; i++) { /* drawn, of 1 MVA */
        p[i] = -s->judge.node_p[tree->node[i] * s->judge.H + h] / 1000;
        q[i] = -s->judge.node_q[tree->node[i] * s->judge.H + h] / 1000;
    }
    enum az_status status = az_radial_sweep(tree->count, tree->parent, tree->order, tree->r,
                                            tree->x, p, q, feeder->source_pu, v, NULL);
    if (status == AZ_NUMERIC) sum->voltage_warnings += (int64_t)tree->count - 1;
    if (status != AZ_OK) return status == AZ_NUMERIC ? AZ_OK : status;
    for (size_t k = 1; k < tree->count; k++) {
        double pu = v[tree->order[k]];
        sum->lowest_pu = fmin(sum->lowest_pu, pu); /* of NAN and a number the number */
        sum->highest_pu = fmax(sum->highest_pu, pu);
        sum->voltage_warnings += az_over(pu, feeder->v_max_pu) || az_under(pu, feeder->v_min_pu);
    }
    return AZ_OK;
}

static enum az_status sweep_feeders(struct summer *s, struct az_arena *scratch)
{
    size_t nodes = s->in->nodes.count;
    double *room = AZ_ARRAY(scratch, 3 * nodes, double);
    if (!room) return AZ_NO_MEMORY;
    for (size_t f = 0; f < s->in->feeders.count; f++)
        for (size_t h = 0; s->judge.tree[f].count > 1 && h < s->judge.H; h++)
            AZ_TRY(sweep_hour(s, &s->in->feeders.items[f], &s->judge.tree[f], h, room, room + nodes,
                              room + 2 * nodes));
    return AZ_OK;
}

/* --- coverage -----------------------------------------------------------------------------------
 */

static enum az_status list_coverage(struct summer *s)
{
    size_t count = s->in->coverage ? s->in->districts.count : 0;
    struct st_covered *items = AZ_ARRAY(s->arena, count, struct st_covered);
    if (!items) return AZ_NO_MEMORY;
    for (size_t d = 0; d < count; d++)
        items[d] =
            (struct st_covered){ .district = { .id = s->in->districts.items[d].id, .index = d },
                                 .shelters = s->judge.reached[d],
                                 .covered = s->judge.covered[d] };
    s->summary->coverage.items = items;
    s->summary->coverage.count = count;
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* A summary of which nothing is known but what a solver has told. */
static enum az_status begin(struct summer *s)
{
    const struct st_summary *old = s->plan->summary;
    s->summary = AZ_NEW(s->arena, struct st_summary);
    if (!s->summary) return AZ_NO_MEMORY;
    s->summary->irr = s->summary->payback_years = NAN;
    s->summary->lowest_pu = s->summary->highest_pu = NAN;
    if (old) {
        s->summary->worths.count = old->worths.count;
        s->summary->worths.items = old->worths.items;
        s->summary->left_out.count = old->left_out.count;
        s->summary->left_out.items = old->left_out.items;
    }
    s->plan->summary = s->summary;
    return AZ_OK;
}

static enum az_status summarise(struct summer *s, struct az_arena *scratch)
{
    const struct st_instance *in = s->in;
    struct az_judgement judgement;
    struct st_judge *j = &s->judge;
    AZ_TRY(begin(s));
    AZ_TRY(st_judge_all(j, in, s->plan, true, scratch, &judgement));
    s->summary->npv_jpy = -judgement.cost;
    if (!j->cash) return AZ_OK; /* it does not fit the instance: nothing else is known */
    s->summary->sites = (int64_t)s->plan->choices.count;
    s->summary->self_kwh = j->self_kwh;
    s->summary->export_kwh = j->out_kwh;
    s->summary->lost_kwh = j->lost_kwh;
    s->summary->co2_t = j->co2_t;
    s->summary->trips_kwh_per_year = j->trips_kwh;
    s->summary->people_covered = (int64_t)j->people;
    for (size_t i = 0; i < s->plan->choices.count; i++) fill_choice(s, i);
    AZ_TRY(list_years(s, scratch));
    AZ_TRY(list_loadings(s));
    AZ_TRY(list_coverage(s));
    return sweep_feeders(s, scratch);
}

enum az_status st_summarise(const struct st_instance *in, struct az_arena *arena,
                            struct st_plan *plan)
{
    struct summer s = { .in = in, .plan = plan, .arena = arena };
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = scratch ? summarise(&s, scratch) : AZ_NO_MEMORY;
    az_arena_free(scratch);
    return status;
}
