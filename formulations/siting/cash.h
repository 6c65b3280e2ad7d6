/* cash.h - the money of an option, by year, item and party: once for objective, budget, judge and
 * report. The words are those of instance.h. */
#ifndef AZ_SITING_CASH_H
#define AZ_SITING_CASH_H

#include "formulations/siting/dispatch.h"

/* Sets what an option leaves open (NAN) of capex, subsidy, operation and rent: by the site's costs,
 * 0 without (capex stays NAN then). Sizes and year are set. */
void st_option_price(const struct st_instance *in, const struct st_site *site,
                     struct st_option *option);

/* Energies that an option brings in one year of operation, kWh: the difference to the dispatch
 * without it. The weighted ones count each hour with the shape of that price. */
struct st_energy {
    double self, out, lost;
    double self_ppa, self_retail;    /* weighted self-consumption */
    double out_surplus, out_premium; /* weighted export */
    double self_environmental, out_environmental;
};

/* Energies of an option at a yield. `with` and `without` are room; `without` holds the site's
 * dispatch without the option already. */
void st_energy_of(const struct st_instance *in, const struct st_site *site,
                  const struct st_option *option, double yield, const struct st_dispatch *without,
                  struct st_dispatch *with, struct st_energy *energy);

/* Yield of an option in the last year of the horizon; 1: as in its first. */
double st_last_yield(const struct st_instance *in, const struct st_site *site,
                     const struct st_option *option);

/* Money of one year, JPY; > 0 comes in for the party that it is named after. */
struct st_year_cash {
    /* operator */
    double capex, subsidy; /* at the beginning of the year; capex <= 0 */
    double operation, rent, ppa, surplus, environmental; /* at its end */
    /* host: what it saves on its bill less the agreed price; what else comes to it */
    double saving, host_surplus, host_environmental, host_rent, host_operation;
    double host;      /* the sum */
    double landowner; /* rent */
    double self, out; /* kWh */
};

/* Cash flow of an option over the horizon.
 *   year[in->years]  out
 * first, last: energies of the first year of operation, and of the last of the horizon. */
void st_cash(const struct st_instance *in, const struct st_site *site,
             const struct st_option *option, const struct st_energy *first,
             const struct st_energy *last, struct st_year_cash year[]);

/* Does the host pay more than before in some year of the contract? Then the option may not be
 * chosen. worst: the year of the horizon in which it loses most; may be NULL. */
bool st_host_pays(const struct st_instance *in, const struct st_site *site,
                  const struct st_option *option, const struct st_year_cash year[], int64_t *worst);

/* Present value of what is the operator's (the host's, the landowner's) in these years. */
double st_operator_npv(const struct st_instance *in, const struct st_site *site,
                       const struct st_year_cash year[]);
double st_host_npv(const struct st_instance *in, const struct st_site *site,
                   const struct st_year_cash year[]);
double st_landowner_npv(const struct st_instance *in, const struct st_site *site,
                        const struct st_year_cash year[]);

/* Present value of the avoided carbon of these years at its price, at the rate of what nobody owns;
 * 0 without carbon. */
double st_carbon_npv(const struct st_instance *in, const struct st_year_cash year[]);

/* Present value of 1 at the end (begin: at the beginning) of year k; of 1 at the end of every year
 * of the horizon. */
double st_present(double rate, int64_t k, bool begin);
double st_annuity(const struct st_instance *in, double rate);

/* Of what an operator gets: flow[2 * years], beginning and end of each year in turn. NAN: none.
 *   irr      the rate between -0.99 and 100 at which the present value falls from above zero to
 *            below as the rate rises; of several the one nearest to 0
 *   payback  years from the first outlay until the undiscounted sum is no longer below zero, and
 *            stays so; what comes in at the end of a year counts evenly over it */
double st_irr(int64_t years, const double flow[]);
double st_payback(int64_t years, const double flow[]);

/* t of CO2 avoided by these kWh. */
double st_co2_t(const struct st_instance *in, double kwh);

#endif
