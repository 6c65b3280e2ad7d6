/* cash.c - the money of an option, by year, item and party. */
#include "formulations/siting/cash.h"

#include <math.h>

#define CONTRACT_YEARS 20 /* of a site without a tariff */
#define DEGRADATION 0.005 /* of PV without costs */
#define PAYS_SHARE 1e-6   /* of what the host saves at the retail price */
#define PAYS_LEAST 1e-6   /* JPY */
#define CLASS_SHARE 1e-9  /* by which a size may miss its class: sizes are products of shares */

static const struct st_tariff *tariff_of(const struct st_instance *in, const struct st_site *site)
{
    return site->tariff.id ? &in->tariffs.items[site->tariff.index] : NULL;
}

/* --- what an option costs --- */

/* JPY of all of a size: the last class whose `from` it reaches. */
static double class_jpy(const struct st_cost_class classes[], size_t count, double size)
{
    double price = 0;
    for (size_t c = 0; c < count; c++)
        if (size >= classes[c].from * (1 - CLASS_SHARE)) price = classes[c].jpy_per_unit;
    return size > 0 ? size * price : 0;
}

void st_option_price(const struct st_instance *in, const struct st_site *site,
                     struct st_option *option)
{
    const struct st_costs *costs = site->costs.id ? &in->costs.items[site->costs.index] : NULL;
    if (isnan(option->capex_jpy) && costs) {
        double now = class_jpy(costs->pv.items, costs->pv.count, option->pv_kw) +
                     class_jpy(costs->battery.items, costs->battery.count, option->battery_kwh) +
                     costs->fixed_jpy + costs->battery_jpy_per_kw * option->battery_kw;
        option->capex_jpy = now * pow(1 + costs->capex_change_per_year, (double)option->year);
    }
    if (isnan(option->subsidy_jpy)) {
        double share = costs ? costs->subsidy_share * option->capex_jpy : 0;
        bool capped = costs && share > costs->subsidy_max_jpy; /* false without a cap */
        option->subsidy_jpy = capped ? costs->subsidy_max_jpy : share;
    }
    if (isnan(option->operation_jpy_per_year))
        option->operation_jpy_per_year =
            costs ? costs->operation_jpy_per_kw_year * option->pv_kw +
                        costs->battery_operation_jpy_per_kwh_year * option->battery_kwh
                  : 0;
    if (isnan(option->rent_jpy_per_year))
        option->rent_jpy_per_year = costs ? costs->rent_jpy_per_kw_year * option->pv_kw : 0;
}

/* --- energies --- */

/* Sum over the year of the difference of two dispatches, kWh, each hour counting with the shape of
 * a price. plain: the sum without one. */
static double weighted(const struct st_instance *in, const struct st_price *price,
                       const double with[], const double without[], double plain)
{
    if (!price || !price->shape.id) return plain;
    const struct st_profile *shape = &in->profiles.items[price->shape.index];
    if (!(shape->year_sum > 0)) return plain;
    double sum = 0;
    for (size_t h = 0; h < in->hour_count; h++)
        sum += in->hour_days[h] * shape->values.values[h] * (with[h] - without[h]);
    return sum * ST_YEAR_HOURS / shape->year_sum;
}

void st_energy_of(const struct st_instance *in, const struct st_site *site,
                  const struct st_option *option, double yield, const struct st_dispatch *without,
                  struct st_dispatch *with, struct st_energy *energy)
{
    st_dispatch_beside(in, site, option, yield, without, with);
    double self = 0, out = 0, lost = 0;
    for (size_t h = 0; h < in->hour_count; h++) {
        double days = in->hour_days[h];
        self += days * (with->self[h] - without->self[h]);
        out += days * (with->out[h] - without->out[h]);
        lost += days * (with->lost[h] - without->lost[h]);
    }
    const struct st_tariff none = { 0 }, *tariff = tariff_of(in, site);
    if (!tariff) tariff = &none;
    *energy = (struct st_energy){
        .self = self,
        .out = out,
        .lost = lost,
        .self_ppa = weighted(in, tariff->ppa, with->self, without->self, self),
        .self_retail = weighted(in, tariff->retail, with->self, without->self, self),
        .out_surplus = weighted(in, tariff->surplus, with->out, without->out, out),
        .out_premium = weighted(in, tariff->premium, with->out, without->out, out),
        .self_environmental = weighted(in, tariff->environmental, with->self, without->self, self),
        .out_environmental = weighted(in, tariff->environmental, with->out, without->out, out),
    };
}

static double between(double first, double last, double share)
{
    return first + (last - first) * share;
}

static struct st_energy energy_between(const struct st_energy *a, const struct st_energy *b,
                                       double share)
{
    return (struct st_energy){
        .self = between(a->self, b->self, share),
        .out = between(a->out, b->out, share),
        .lost = between(a->lost, b->lost, share),
        .self_ppa = between(a->self_ppa, b->self_ppa, share),
        .self_retail = between(a->self_retail, b->self_retail, share),
        .out_surplus = between(a->out_surplus, b->out_surplus, share),
        .out_premium = between(a->out_premium, b->out_premium, share),
        .self_environmental = between(a->self_environmental, b->self_environmental, share),
        .out_environmental = between(a->out_environmental, b->out_environmental, share),
    };
}

/* --- the flows --- */

double st_last_yield(const struct st_instance *in, const struct st_site *site,
                     const struct st_option *option)
{
    int64_t later = in->years - 1 - option->year;
    double falls =
        site->costs.id ? in->costs.items[site->costs.index].degradation_per_year : DEGRADATION;
    return later > 0 ? pow(1 - falls, (double)later) : 1;
}

static double price_in(const struct st_price *price, int64_t year, int64_t operation)
{
    if (!price) return 0;
    return price->year_jpy[price->by_operation > 0 ? operation : year];
}

/* Prices of a year; that of the agreement within the contract only: none is asked for later. */
struct prices {
    double ppa, retail, surplus, premium, environmental;
};

static struct prices prices_in(const struct st_tariff *tariff, bool contract, int64_t year,
                               int64_t operation)
{
    if (!tariff) return (struct prices){ 0 };
    return (struct prices){
        .ppa = contract ? price_in(tariff->ppa, year, operation) : 0,
        .retail = price_in(tariff->retail, year, operation),
        .surplus = price_in(tariff->surplus, year, operation),
        .premium = price_in(tariff->premium, year, operation),
        .environmental = price_in(tariff->environmental, year, operation),
    };
}

static int64_t contract_years(const struct st_tariff *tariff)
{
    return tariff ? tariff->contract_years : CONTRACT_YEARS;
}

/* Flows at the end of a year of operation. */
static void add_year(const struct st_instance *in, const struct st_site *site,
                     const struct st_option *option, const struct st_energy *energy, int64_t year,
                     struct st_year_cash *cash)
{
    const struct st_tariff *tariff = tariff_of(in, site);
    int64_t operation = year - option->year;
    bool contract = operation < contract_years(tariff);
    struct prices price = prices_in(tariff, contract, year, operation);
    double surplus = price.surplus * energy->out_surplus + price.premium * energy->out_premium;
    double value =
        energy->self_environmental + (price.premium != 0 ? 0 : energy->out_environmental);
    double environmental = price.environmental * value;
    bool host_sells = !contract || (tariff && tariff->surplus_to == ST_HOST);
    bool host_values = !contract || (tariff && tariff->environmental_to == ST_HOST);
    *(host_sells ? &cash->host_surplus : &cash->surplus) = surplus;
    *(host_values ? &cash->host_environmental : &cash->environmental) = environmental;
    cash->saving = price.retail * energy->self_retail;
    if (contract) {
        cash->ppa = price.ppa * energy->self_ppa;
        cash->saving -= cash->ppa;
        cash->operation = -option->operation_jpy_per_year;
        cash->rent = -option->rent_jpy_per_year;
        *(site->landowner.id ? &cash->landowner : &cash->host_rent) = option->rent_jpy_per_year;
    } else {
        cash->host_operation = -option->operation_jpy_per_year;
    }
    cash->host = cash->saving + cash->host_surplus + cash->host_environmental + cash->host_rent +
                 cash->host_operation;
    cash->self = energy->self;
    cash->out = energy->out;
}

void st_cash(const struct st_instance *in, const struct st_site *site,
             const struct st_option *option, const struct st_energy *first,
             const struct st_energy *last, struct st_year_cash year[])
{
    int64_t later = in->years - 1 - option->year; /* years after the first of operation */
    for (int64_t k = 0; k < in->years; k++) {
        year[k] = (struct st_year_cash){ 0 };
        if (k < option->year) continue;
        double share = later > 0 ? (double)(k - option->year) / (double)later : 0;
        struct st_energy energy = energy_between(first, last, share);
        add_year(in, site, option, &energy, k, &year[k]);
    }
    if (later >= 0) {
        year[option->year].capex = -option->capex_jpy;
        year[option->year].subsidy = option->subsidy_jpy;
    }
}

bool st_host_pays(const struct st_instance *in, const struct st_site *site,
                  const struct st_option *option, const struct st_year_cash year[], int64_t *worst)
{
    const struct st_tariff *tariff = tariff_of(in, site);
    double most = 0;
    for (int64_t k = option->year; k < in->years; k++) {
        if (k - option->year >= contract_years(tariff)) break;
        double retail = year[k].saving + year[k].ppa, allowed = PAYS_SHARE * fabs(retail);
        if (allowed < PAYS_LEAST) allowed = PAYS_LEAST;
        if (year[k].host >= -allowed || year[k].host >= most) continue;
        most = year[k].host;
        if (worst) *worst = k;
    }
    return most < 0;
}

/* --- present values --- */

double st_present(double rate, int64_t k, bool begin)
{
    return pow(1 + rate, -(double)(begin ? k : k + 1));
}

double st_annuity(const struct st_instance *in, double rate)
{
    double sum = 0;
    for (int64_t k = 0; k < in->years; k++) sum += st_present(rate, k, false);
    return sum;
}

double st_operator_npv(const struct st_instance *in, const struct st_site *site,
                       const struct st_year_cash year[])
{
    bool owned = site->operator_index < in->operators.count;
    double rate =
        owned ? in->operators.items[site->operator_index].discount_rate : in->discount_rate;
    double sum = 0, begin = 1, end = 1 / (1 + rate);
    for (int64_t k = 0; k < in->years; k++) {
        const struct st_year_cash *y = &year[k];
        sum += begin * (y->capex + y->subsidy) +
               begin * end * (y->operation + y->rent + y->ppa + y->surplus + y->environmental);
        begin *= end;
    }
    return sum;
}

double st_host_npv(const struct st_instance *in, const struct st_site *site,
                   const struct st_year_cash year[])
{
    const struct st_tariff *tariff = tariff_of(in, site);
    double factor = 1 / (1 + (tariff ? tariff->host_rate : in->discount_rate));
    double sum = 0, present = 1;
    for (int64_t k = 0; k < in->years; k++) sum += (present *= factor) * year[k].host;
    return sum;
}

double st_landowner_npv(const struct st_instance *in, const struct st_site *site,
                        const struct st_year_cash year[])
{
    if (!site->landowner.id) return 0;
    double factor = 1 / (1 + in->landowners.items[site->landowner.index].discount_rate);
    double sum = 0, present = 1;
    for (int64_t k = 0; k < in->years; k++) sum += (present *= factor) * year[k].landowner;
    return sum;
}

double st_co2_t(const struct st_instance *in, double kwh)
{
    return in->carbon ? kwh * in->carbon->co2_kg_per_kwh / 1000 : 0;
}

double st_carbon_npv(const struct st_instance *in, const struct st_year_cash year[])
{
    if (!in->carbon || in->carbon->price_jpy_per_t == 0) return 0;
    double factor = 1 / (1 + in->discount_rate), sum = 0, present = 1;
    for (int64_t k = 0; k < in->years; k++)
        sum += (present *= factor) * st_co2_t(in, year[k].self + year[k].out);
    return sum * in->carbon->price_jpy_per_t;
}
