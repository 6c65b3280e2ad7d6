/* value.h - every option of every site, computed once: what models and search choose from. Built
 * on dispatch.h and cash.h; the judge computes what a plan chose anew and reads none of this. */
#ifndef AZ_SITING_VALUE_H
#define AZ_SITING_VALUE_H

#include "formulations/siting/cash.h"

enum st_refusal { ST_ALLOWED, ST_DECIDED, ST_HOST_PAYS }; /* why an option may not be chosen */

/* One option, of the first year of operation where no year is said. */
struct st_value {
    double cost_jpy;  /* what it adds to the instance's cost: -(operator's npv) - carbon */
    double spent_jpy; /* capex less subsidy */
    double self_kwh, out_kwh, lost_kwh;
    double co2_t;
    double saving_jpy; /* the host's, in the first year of operation */
    int refusal;       /* enum st_refusal */
    bool backup;       /* makes its shelter self-sufficient */
};

/* Options of site s are first[s] .. first[s + 1] - 1, in the order of site->option. */
struct st_values {
    size_t site_count, option_count;
    size_t *first;          /* [site_count + 1] */
    size_t *site;           /* [option_count] */
    struct st_value *value; /* [option_count] */
    bool *backup;           /* [site_count] self-sufficient with what is built */
    size_t hour_count;
    double *injection; /* [option_count * hour_count] kW beyond the site's own without an option;
                          NULL: no network */
    double *base;      /* [site_count * hour_count] kW without an option; NULL: no network */
    double *reactive;  /* [option_count * hour_count] kvar beyond the site's own without an option;
                          NULL: 0 everywhere (no lines, or all PV at power factor 1) */
    double *base_reactive; /* [site_count * hour_count] kvar without an option; NULL: no lines */
    double *out;           /* [option_count * hour_count] export in all, of armable sites' options:
                              the most that can trip; rows of others are not there (out_row) */
    size_t *out_row;       /* [option_count] row of `out`, AZ_NO_INDEX: none */
};

/* Computes them with up to `threads` threads; the same values whatever their number. AZ_DEADLINE
 * when the context's deadline or a cancel came first. */
enum az_status st_values_new(const struct st_instance *in, const struct az_context *context,
                             unsigned threads, struct az_arena *arena, struct st_values **values);

#endif
