/* st_plain.h - dispatch and cash flow of a site written a second time, as plainly as the contract
 * says them: slow, and by other ways than the product's. */
#ifndef TEST_ST_PLAIN_H
#define TEST_ST_PLAIN_H

#include "formulations/siting/value.h"

/* Storage of the day before is run from empty, day after day, until a day repeats. `with` is taken
 * by st_dispatch_new. */
void plain_dispatch(const struct st_instance *in, const struct st_site *site,
                    const struct st_option *option, double yield, struct st_dispatch *dispatch);

/* What comes to everybody in a year of the horizon, kWh by kWh. */
struct plain_year {
    double begin, end;            /* operator */
    double host, landowner, grid; /* grid: what the grid pays, bills that it no longer sends too */
    double saved;                 /* retail * self-consumption */
    bool contract;
    double kwh; /* self-consumed and exported */
};

/* room: two dispatches. year[in->years] */
void plain_cash(const struct st_instance *in, const struct st_site *site,
                const struct st_option *option, struct st_dispatch room[2],
                struct plain_year year[]);

#endif
