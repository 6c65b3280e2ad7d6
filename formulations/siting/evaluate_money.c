/* evaluate_money.c - the judge of choices: what each does behind the meter, what its parties pay
 * and get, and what it injects, beside the loads of all that is not chosen. */
#include "formulations/siting/judge.h"

/* Room for one site at a time. */
struct meter {
    struct st_judge *j;
    struct st_dispatch without, with;
    struct st_year_cash *year; /* [years] */
    double *flow;              /* [2 * years] */
    double *p, *q;             /* [H] injected: kW, kvar */
};

static enum az_status meter_new(struct st_judge *j, struct meter *m)
{
    size_t years = (size_t)j->in->years;
    *m = (struct meter){ .j = j,
                         .year = AZ_ARRAY(j->arena, years, struct st_year_cash),
                         .flow = AZ_ARRAY(j->arena, 2 * years, double),
                         .p = AZ_ARRAY(j->arena, j->H, double),
                         .q = AZ_ARRAY(j->arena, j->H, double) };
    if (!m->year || !m->flow || !m->p || !m->q) return AZ_NO_MEMORY;
    AZ_TRY(st_dispatch_new(j->in, j->arena, &m->without));
    return st_dispatch_new(j->in, j->arena, &m->with);
}

/* --- injections ---------------------------------------------------------------------------------
 */

/* kvar drawn for each kW at a power factor. */
static double per_kw(double power_factor)
{
    return tan(acos(power_factor));
}

static void add(double *total, size_t element, size_t H, const double value[])
{
    for (size_t h = 0; element != AZ_NO_INDEX && h < H; h++) total[element * H + h] += value[h];
}

/* p (and at a node q) into everything that carries it. */
static void inject(const struct meter *m, size_t node, size_t feeder, size_t bank, size_t bus)
{
    struct st_judge *j = m->j;
    add(j->node_p, node, j->H, m->p);
    add(j->node_q, node, j->H, m->q);
    add(j->feeder, feeder, j->H, m->p);
    add(j->bank, bank, j->H, m->p);
    add(j->bus, bus, j->H, m->p);
}

/* What a profile draws, into p and q. */
static void draw(const struct meter *m, const struct az_ref *load, double year_kwh,
                 double power_factor)
{
    const struct st_profile *profile = load->id ? &m->j->in->profiles.items[load->index] : NULL;
    double factor = profile && profile->year_sum > 0 ? year_kwh / profile->year_sum : 0;
    double reactive = per_kw(power_factor);
    for (size_t h = 0; h < m->j->H; h++) {
        m->p[h] = profile ? -factor * profile->values.values[h] : 0;
        m->q[h] = reactive * m->p[h];
    }
}

static bool is_connected(const struct st_site *site)
{
    return site->feeder != AZ_NO_INDEX || site->bank != AZ_NO_INDEX || site->bus != AZ_NO_INDEX;
}

/* A site with its dispatch. */
static void inject_site(const struct meter *m, const struct st_site *site,
                        const struct st_dispatch *d)
{
    bool lines = site->node != AZ_NO_INDEX;
    double load = lines ? per_kw(site->load_power_factor) : 0;
    double sun = lines ? per_kw(m->j->in->feeders.items[site->feeder].pv_power_factor) : 0;
    for (size_t h = 0; h < m->j->H; h++) {
        m->p[h] = d->out[h] - d->grid[h];
        m->q[h] = -load * d->load[h] - sun * (d->sun[h] - d->lost[h]);
    }
    inject(m, site->node, site->feeder, site->bank, site->bus);
}

/* A site that gets nothing: its load, and what is built. */
static void judge_other(struct meter *m, size_t s)
{
    const struct st_site *site = &m->j->in->sites.items[s];
    if (site->shelter == 1) m->j->sufficient[s] = st_is_self_sufficient(m->j->in, site, NULL);
    if (!is_connected(site)) return;
    if (site->built_pv_kw > 0) {
        st_dispatch_run(m->j->in, site, NULL, 1, &m->without);
        inject_site(m, site, &m->without);
        return;
    }
    if (!site->load.id) return;
    draw(m, &site->load, site->year_kwh, site->load_power_factor);
    inject(m, site->node, site->feeder, site->bank, site->bus);
}

/* Loads that are no site's, and plants. */
static void inject_others(const struct meter *m)
{
    const struct st_instance *in = m->j->in;
    for (size_t i = 0; i < in->nodes.count + in->feeders.count; i++) {
        bool at_node = i < in->nodes.count;
        const struct st_node *node = at_node ? &in->nodes.items[i] : NULL;
        size_t f = at_node ? node->feeder.index : i - in->nodes.count;
        const struct st_feeder *feeder = &in->feeders.items[f];
        size_t bank = feeder->bank.id ? feeder->bank.index : AZ_NO_INDEX;
        const struct az_ref *bus = bank == AZ_NO_INDEX ? NULL : &in->banks.items[bank].bus;
        if (!(at_node ? node->load.id : feeder->load.id)) continue;
        if (at_node)
            draw(m, &node->load, node->year_kwh, node->power_factor);
        else
            draw(m, &feeder->load, feeder->year_kwh, 1);
        inject(m, at_node ? i : AZ_NO_INDEX, f, bank, bus && bus->id ? bus->index : AZ_NO_INDEX);
    }
    if (!in->upstream) return;
    for (size_t b = 0; b < in->upstream->buses.count; b++) {
        const struct st_bus *bus = &in->upstream->buses.items[b];
        if (!bus->load.id) continue;
        draw(m, &bus->load, bus->year_kwh, 1);
        inject(m, AZ_NO_INDEX, AZ_NO_INDEX, AZ_NO_INDEX, b);
    }
    for (size_t g = 0; g < in->upstream->plants.count; g++) {
        const struct st_plant *plant = &in->upstream->plants.items[g];
        const double *output = in->profiles.items[plant->output.index].values.values;
        for (size_t h = 0; h < m->j->H; h++) m->p[h] = plant->kw * output[h];
        inject(m, AZ_NO_INDEX, AZ_NO_INDEX, AZ_NO_INDEX, plant->bus.index);
    }
}

/* --- money --------------------------------------------------------------------------------------
 */

static void add_year(struct st_year_cash *sum, const struct st_year_cash *year)
{
    sum->capex += year->capex;
    sum->subsidy += year->subsidy;
    sum->operation += year->operation;
    sum->rent += year->rent;
    sum->ppa += year->ppa;
    sum->surplus += year->surplus;
    sum->environmental += year->environmental;
}

/* host_pays */
static void judge_host(const struct meter *m, size_t i, const struct st_site *site,
                       const struct st_option *option)
{
    struct st_judge *j = m->j;
    int64_t worst;
    if (!st_host_pays(j->in, site, option, m->year, &worst)) return;
    double pays = -m->year[worst].host;
    ST_BREACH(j, ST_RULE_host_pays, ST_CHOICE(j, i), ST_CHOICE(j, i), site->id, pays,
              ST_WHAT(option->id), ST_VALUE(pays),
              AZ_NUMBER_PARAM("year", (double)(j->in->first_year + worst)));
}

/* What the summary tells of a choice. */
static void tell_choice(const struct meter *m, size_t i, const struct st_site *site,
                        const struct st_option *option, const struct st_energy *first)
{
    size_t years = (size_t)m->j->in->years;
    for (size_t k = 0; k < years; k++) {
        const struct st_year_cash *year = &m->year[k];
        m->flow[2 * k] = year->capex + year->subsidy;
        m->flow[2 * k + 1] =
            year->operation + year->rent + year->ppa + year->surplus + year->environmental;
    }
    m->j->judged[i] = (struct st_judged){
        .first = *first,
        .npv_jpy = st_operator_npv(m->j->in, site, m->year),
        .host_npv_jpy = st_host_npv(m->j->in, site, m->year),
        .saving_jpy = (size_t)option->year < years ? m->year[option->year].host : 0,
        .irr = st_irr(m->j->in->years, m->flow),
        .payback_years = st_payback(m->j->in->years, m->flow),
    };
}

static void pay(const struct meter *m, size_t i, const struct st_site *site,
                const struct st_option *option, const struct st_energy *first,
                const struct st_energy *last)
{
    struct st_judge *j = m->j;
    size_t years = (size_t)j->in->years, owners = j->in->operators.count;
    size_t owner = site->operator_index < owners ? site->operator_index : owners;
    st_cash(j->in, site, option, first, last, m->year);
    for (size_t k = 0; k < years; k++) {
        add_year(&j->cash[owner * years + k], &m->year[k]);
        j->self_out_kwh[k] += m->year[k].self + m->year[k].out;
        j->hosts_jpy[k] += m->year[k].host;
        j->landowners_jpy[k] += m->year[k].landowner;
    }
    judge_host(m, i, site, option);
    if (j->judged) tell_choice(m, i, site, option, first);
}

/* --- choices ------------------------------------------------------------------------------------
 */

/* armable; the output that a trip takes of it. */
static enum az_status arm(const struct meter *m, size_t i, const struct st_site *site)
{
    struct st_judge *j = m->j;
    if (site->armable != 1)
        ST_BREACH(j, ST_RULE_armable, AZ_AT(ST_CHOICE(j, i), "armed"), ST_CHOICE(j, i), site->id, 0,
                  ST_WHAT(site->id));
    j->arming_jpy += site->arm_jpy;
    j->export_kw[i] = AZ_ARRAY(j->arena, j->H, double);
    if (!j->export_kw[i]) return AZ_NO_MEMORY;
    for (size_t h = 0; h < j->H; h++) j->export_kw[i][h] = m->with.out[h];
    return AZ_OK;
}

static enum az_status judge_choice(struct meter *m, size_t i)
{
    struct st_judge *j = m->j;
    const struct st_choice *choice = &j->plan->choices.items[i];
    const struct st_site *site = &j->in->sites.items[choice->site.index];
    const struct st_option *option = j->at.option[i];
    struct st_energy first = { 0 }, last = { 0 };
    st_dispatch_run(j->in, site, NULL, 1, &m->without);
    st_energy_of(j->in, site, option, 1, &m->without, &m->with, &first);
    if (is_connected(site)) inject_site(m, site, &m->with);
    if (choice->armed == 1) AZ_TRY(arm(m, i, site));
    if (site->shelter == 1)
        j->sufficient[choice->site.index] = st_is_self_sufficient(j->in, site, option);
    st_energy_of(j->in, site, option, st_last_yield(j->in, site, option), &m->without, &m->with,
                 &last);
    pay(m, i, site, option, &first, &last);
    j->kwh[i] = first.self + first.out;
    j->self_kwh += first.self;
    j->out_kwh += first.out;
    j->lost_kwh += first.lost;
    return AZ_OK;
}

static enum az_status judge_sites(struct st_judge *j)
{
    struct meter m;
    AZ_TRY(meter_new(j, &m));
    for (size_t s = 0; s < j->in->sites.count; s++)
        if (j->at.choice[s] == AZ_NO_INDEX)
            judge_other(&m, s);
        else
            AZ_TRY(judge_choice(&m, j->at.choice[s]));
    inject_others(&m);
    j->co2_t = st_co2_t(j->in, j->self_kwh + j->out_kwh);
    return AZ_OK;
}

void st_judge_choices(struct st_judge *j)
{
    if (j->status == AZ_OK) j->status = judge_sites(j);
}

/* --- the sums -----------------------------------------------------------------------------------
 */

/* Present values of an operator (the last: of sites without one), item by item: what comes in
 * lowers the cost. */
static void money_of(struct st_judge *j, size_t o)
{
    const struct st_instance *in = j->in;
    const struct st_operator nobody = { .id = "", .discount_rate = in->discount_rate };
    const struct st_operator *of = o < in->operators.count ? &in->operators.items[o] : &nobody;
    struct st_year_cash sum = { 0 };
    for (int64_t k = 0; k < in->years; k++) {
        const struct st_year_cash *year = &j->cash[o * (size_t)in->years + (size_t)k];
        double begin = st_present(of->discount_rate, k, true);
        double end = st_present(of->discount_rate, k, false);
        sum.capex += begin * year->capex;
        sum.subsidy += begin * year->subsidy;
        sum.operation += end * year->operation;
        sum.rent += end * year->rent;
        sum.ppa += end * year->ppa;
        sum.surplus += end * year->surplus;
        sum.environmental += end * year->environmental;
    }
    st_money(j, ST_MONEY_capex, of->id, -sum.capex);
    st_money(j, ST_MONEY_subsidy, of->id, -sum.subsidy);
    st_money(j, ST_MONEY_operation, of->id, -sum.operation);
    st_money(j, ST_MONEY_rent, of->id, -sum.rent);
    st_money(j, ST_MONEY_ppa, of->id, -sum.ppa);
    st_money(j, ST_MONEY_surplus, of->id, -sum.surplus);
    st_money(j, ST_MONEY_environmental, of->id, -sum.environmental);
}

void st_judge_money(struct st_judge *j)
{
    const struct st_instance *in = j->in;
    double carbon = 0;
    for (size_t o = 0; o <= in->operators.count; o++) money_of(j, o);
    for (size_t i = 0; i < j->plan->reinforcements.count; i++) {
        const struct st_laid_reinforcement *laid = &j->at.reinforced[i];
        st_money(j, ST_MONEY_reinforcement, laid->owner, laid->it->cost_jpy);
        j->spent_jpy += laid->it->cost_jpy;
    }
    j->spent_jpy += j->arming_jpy;
    st_money(j, ST_MONEY_arming, "", j->arming_jpy);
    st_money(j, ST_MONEY_trips, "", j->trips_jpy * st_annuity(in, in->discount_rate));
    st_money(j, ST_MONEY_delivery, "", j->delivery_jpy);
    for (int64_t k = 0; in->carbon && k < in->years; k++)
        carbon += st_co2_t(in, j->self_out_kwh[k]) * in->carbon->price_jpy_per_t *
                  st_present(in->discount_rate, k, false);
    st_money(j, ST_MONEY_carbon, "", -carbon);
}
