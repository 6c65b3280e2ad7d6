/* st_plain.c - dispatch and cash flow a second time. */
#include "tests/support/st_plain.h"

#include <math.h>
#include <stdlib.h>

/* --- sun --- */

struct strip {
    double yearly, kw;
    size_t index;
    const double *yield;
};

static int is_better(const void *a, const void *b)
{
    const struct strip *x = a, *y = b;
    if (x->yearly != y->yearly) return x->yearly > y->yearly ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

/* kW in an hour of the PV that lies between two marks when all strips are laid end to end. */
static double between_marks(const struct strip strips[], size_t count, size_t hour, double from,
                            double until)
{
    double sum = 0, begin = 0;
    for (size_t s = 0; s < count; s++) {
        double end = s + 1 == count ? INFINITY : begin + strips[s].kw;
        double low = fmax(from, begin), high = fmin(until, end);
        if (high > low) sum += (high - low) * strips[s].yield[hour];
        begin = end;
    }
    return sum;
}

static double sun_in(const struct st_instance *in, const struct st_site *site,
                     const struct st_option *option, double yield, size_t hour)
{
    struct strip strips[8];
    size_t count = site->surfaces.count;
    for (size_t s = 0; s < count; s++) {
        const struct st_surface *surface = &site->surfaces.items[s];
        const struct st_profile *profile = &in->profiles.items[surface->yield.index];
        double yearly = 0;
        for (size_t h = 0; h < in->hour_count; h++)
            yearly += profile->values.values[h] * in->hour_days[h];
        strips[s] = (struct strip){ yearly, surface->max_kw, s, profile->values.values };
    }
    qsort(strips, count, sizeof *strips, is_better);
    double old = between_marks(strips, count, hour, 0, site->built_pv_kw);
    if (!option) return old;
    double mark = site->built_pv_kw + option->pv_kw;
    double made = yield * between_marks(strips, count, hour, site->built_pv_kw, mark);
    return old + fmin(made, option->inverter_kw);
}

/* --- one day --- */

struct cell {
    double capacity, kw, efficiency, charge;
};

/* An hour: `over` is what sun leaves (below 0: lacks); answers what passes the cell, > 0 into it.
 */
static double pass_hour(struct cell *cell, double over)
{
    double kw = fmin(fabs(over), cell->kw);
    if (over > 0) {
        kw = fmin(kw, (cell->capacity - cell->charge) / cell->efficiency);
        cell->charge += kw * cell->efficiency;
        return kw;
    }
    kw = fmin(kw, cell->charge * cell->efficiency);
    cell->charge -= kw / cell->efficiency;
    return -kw;
}

static void find_first_charge(struct cell *cell, const struct st_dispatch *d, size_t from)
{
    double before;
    cell->charge = 0;
    do {
        before = cell->charge;
        for (size_t h = from; h < from + ST_HOURS; h++) pass_hour(cell, d->sun[h] - d->load[h]);
    } while (cell->charge - before > 1e-9 * cell->capacity);
    cell->charge = before;
}

void plain_dispatch(const struct st_instance *in, const struct st_site *site,
                    const struct st_option *option, double yield, struct st_dispatch *d)
{
    double kwh = site->built_battery_kwh + (option ? option->battery_kwh : 0);
    struct cell cell = { .capacity = 0.9 * kwh, .efficiency = 0.95 };
    cell.kw = site->built_battery_kw + (option ? option->battery_kw : 0);
    if (site->costs.id) {
        cell.capacity = in->costs.items[site->costs.index].usable_share * kwh;
        cell.efficiency = in->costs.items[site->costs.index].efficiency;
    }
    double pv_kw = site->built_pv_kw + (option ? option->pv_kw : 0);
    bool firm = site->firm < 0 ? site->kind == ST_HOUSE && pv_kw < 10 : site->firm == 1;
    for (size_t h = 0; h < in->hour_count; h++) {
        d->sun[h] = sun_in(in, site, option, yield, h);
        d->load[h] = 0;
        if (site->load.id) {
            const struct st_profile *profile = &in->profiles.items[site->load.index];
            d->load[h] = profile->values.values[h] / profile->year_sum * site->year_kwh;
        }
    }
    for (size_t h = 0; h < in->hour_count; h++) {
        if (h % ST_HOURS == 0) find_first_charge(&cell, d, h);
        double over = d->sun[h] - d->load[h], passed = pass_hour(&cell, over), left = over - passed;
        d->grid[h] = left < 0 ? -left : 0;
        d->self[h] = d->load[h] - d->grid[h];
        double sold = left > 0 ? left : 0;
        if (!firm) sold -= sold * in->curtailed_share[h];
        if (site->export_max_kw < sold) sold = site->export_max_kw;
        d->out[h] = sold;
        d->lost[h] = (left > 0 ? left : 0) - sold;
    }
}

/* --- money --- */

/* JPY for a kWh of an hour in a year. */
static double price_of(const struct st_instance *in, const struct st_price *price, int64_t year,
                       int64_t operation, size_t hour)
{
    if (!price) return 0;
    double jpy = price->year_jpy[price->by_operation == 1 ? operation : year];
    if (!price->shape.id) return jpy;
    const struct st_profile *shape = &in->profiles.items[price->shape.index];
    double mean = 0;
    for (size_t h = 0; h < in->hour_count; h++)
        mean += shape->values.values[h] * in->hour_days[h] / 8760;
    return jpy * shape->values.values[hour] / mean;
}

/* Pays for the energies of one hour of a year, which count `weight` times. */
static void pay_hour(const struct st_instance *in, const struct st_site *site, int64_t k, int64_t j,
                     size_t h, double self, double out, double weight, struct plain_year *year)
{
    const struct st_tariff none = { 0 };
    const struct st_tariff *t = site->tariff.id ? &in->tariffs.items[site->tariff.index] : &none;
    double days = in->hour_days[h] * weight, retail = price_of(in, t->retail, k, j, h);
    bool premium = t->premium && t->premium->year_jpy[t->premium->by_operation == 1 ? j : k] != 0;
    double sold = (price_of(in, t->surplus, k, j, h) + price_of(in, t->premium, k, j, h)) * out;
    double green = price_of(in, t->environmental, k, j, h) * (self + (premium ? 0 : out));
    double agreed = year->contract ? price_of(in, t->ppa, k, j, h) * self : 0;
    year->saved += days * retail * self;
    year->grid += days * (retail * self + sold + green);
    year->host += days * (retail * self - agreed);
    year->end += days * agreed;
    *(year->contract && t->surplus_to == ST_OPERATOR ? &year->end : &year->host) += days * sold;
    *(year->contract && t->environmental_to == ST_OPERATOR ? &year->end : &year->host) +=
        days * green;
    year->kwh += days * (self + out);
}

/* Energies of the dispatch in `with` beyond those in `without`, in every year they have a part in.
 */
static void pay_part(const struct st_instance *in, const struct st_site *site,
                     const struct st_option *option, const struct st_dispatch room[2], bool is_last,
                     struct plain_year year[])
{
    double later = (double)(in->years - 1 - option->year);
    for (int64_t k = option->year; k < in->years; k++) {
        double share = later > 0 ? (double)(k - option->year) / later : 0;
        for (size_t h = 0; h < in->hour_count; h++)
            pay_hour(in, site, k, k - option->year, h, room[1].self[h] - room[0].self[h],
                     room[1].out[h] - room[0].out[h], is_last ? share : 1 - share, &year[k]);
    }
}

void plain_cash(const struct st_instance *in, const struct st_site *site,
                const struct st_option *option, struct st_dispatch room[2],
                struct plain_year year[])
{
    int64_t contract = site->tariff.id ? in->tariffs.items[site->tariff.index].contract_years : 20;
    double falls = site->costs.id ? in->costs.items[site->costs.index].degradation_per_year : 0.005;
    for (int64_t k = 0; k < in->years; k++) {
        bool under = k >= option->year && k < option->year + contract;
        year[k] = (struct plain_year){ .contract = under };
        if (k < option->year) continue;
        *(under ? &year[k].end : &year[k].host) -= option->operation_jpy_per_year;
        if (!under) continue;
        year[k].end -= option->rent_jpy_per_year;
        *(site->landowner.id ? &year[k].landowner : &year[k].host) += option->rent_jpy_per_year;
    }
    year[option->year].begin = option->subsidy_jpy - option->capex_jpy;
    plain_dispatch(in, site, NULL, 1, &room[0]);
    plain_dispatch(in, site, option, 1, &room[1]);
    pay_part(in, site, option, room, false, year);
    double yield = 1;
    for (int64_t k = option->year + 1; k < in->years; k++) yield *= 1 - falls;
    plain_dispatch(in, site, option, yield, &room[1]);
    pay_part(in, site, option, room, true, year);
}
