/* siting_case.c - an empty benchmark of location. See siting_case.h. */
#include "adapters/import/siting_case.h"

#include <math.h>

#include "adapters/import/case_list.h"
#include "formulations/siting/tables.h"

static bool name_objects(struct st_instance *in, struct az_arena *arena)
{
    const struct az_table *site_table = az_field_find(&st_instance_table, "sites")->item->table;
    for (size_t s = 0; s < in->sites.count; s++) {
        struct st_site *site = &in->sites.items[s];
        struct st_option *option = az_case_list(site_table, site, "options", 1, arena);
        site->id = az_arena_format(arena, "s%zu", s + 1);
        if (!option || !site->id) return false;
        site->kind = ST_COMMUNITY;
        option->id = "open";
        option->capex_jpy = 0;
    }
    for (size_t c = 0; c < in->customers.count; c++) {
        in->customers.items[c].id = az_arena_format(arena, "c%zu", c + 1);
        if (!in->customers.items[c].id) return false;
    }
    return true;
}

struct st_instance *az_siting_case(const struct az_input *input, const char *source, size_t sites,
                                   size_t customers, struct az_arena *arena)
{
    struct st_instance *in = AZ_NEW(arena, struct st_instance);
    if (!in) return NULL;
    az_fields_clear(&st_instance_table, in);
    in->kind = "siting";
    in->schema = 1;
    in->title = input->name;
    in->sources.items = AZ_NEW(arena, const char *);
    in->delivery_jpy =
        (struct az_matrix){ customers, sites, AZ_ARRAY(arena, customers * sites, double) };
    if (!in->sources.items || !in->delivery_jpy.values) return NULL;
    in->sources.items[0] = source;
    in->sources.count = 1;
    in->first_year = 2020;
    in->years = 1;
    in->mode = ST_EXACT;
    in->money_unit = "cost";
    in->gap = in->gap_abs = 0;
    for (size_t i = 0; i < customers * sites; i++) in->delivery_jpy.values[i] = NAN;
    if (!az_case_list(&st_instance_table, in, "sites", sites, arena) ||
        !az_case_list(&st_instance_table, in, "customers", customers, arena) ||
        !name_objects(in, arena))
        return NULL;
    return in;
}
