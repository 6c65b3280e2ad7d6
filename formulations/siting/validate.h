/* validate.h - what the files of validating share. Private to the kind. */
#ifndef AZ_SITING_VALIDATE_H
#define AZ_SITING_VALIDATE_H

#include "formulations/siting/resolve.h"

struct st_validator {
    const struct st_instance *in;
    struct az_arena *arena;
    struct az_findings *findings;
};

/* A load that cannot have its profile's shape; at: the object with the members. */
void st_validate_load(const struct st_validator *v, struct az_ref load, double year_kwh,
                      const struct az_path *at);

enum az_status st_validate_prices(const struct st_validator *v);
void st_validate_sites(const struct st_validator *v);
enum az_status st_validate_network(const struct st_validator *v);
enum az_status st_validate_districts(const struct st_validator *v);
enum az_status st_validate_limits(const struct st_validator *v);
void st_validate_deliveries(const struct st_validator *v);

/* The options that a site may take by decision: from site->option[*first], `count` of them; with
 * `must`, it takes one of them. */
size_t st_candidates(const struct st_site *site, const struct st_option **first, bool *must);

#endif
