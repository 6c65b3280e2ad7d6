/* clinic_case.c - an empty benchmark of vehicle routing. See clinic_case.h. */
#include "adapters/import/clinic_case.h"

#include <string.h>

#include "formulations/clinic/tables.h"

char *az_clinic_clock(int64_t seconds, struct az_arena *arena)
{
    int hour = (int)(seconds / 3600), minute = (int)(seconds / 60 % 60);
    int second = (int)(seconds % 60);
    return second ? az_arena_format(arena, "%02d:%02d:%02d", hour, minute, second)
                  : az_arena_format(arena, "%02d:%02d", hour, minute);
}

char *az_clinic_date(const struct cl_instance *cl, size_t day, struct az_arena *arena)
{
    char text[32];
    az_time_format(az_time_add(cl->start, (int64_t)day * CL_DAY_S), text);
    return az_arena_text_n(arena, text, strlen("2020-01-01"));
}

bool az_clinic_case_window(struct cl_site *site, int64_t from_s, int64_t until_s,
                           struct az_arena *arena)
{
    struct cl_window *window = az_case_list(&cl_site_table, site, "windows", 1, arena);
    if (!window) return false;
    window->from = az_clinic_clock(from_s, arena);
    window->until = az_clinic_clock(until_s, arena);
    return window->from && window->until;
}

struct cl_vehicle *az_clinic_case_vehicles(struct cl_instance *cl, size_t kinds,
                                           struct az_arena *arena)
{
    struct cl_vehicle *vehicles = az_case_list(&cl_instance_table, cl, "vehicles", kinds, arena);
    for (size_t k = 0; vehicles && k < kinds; k++) {
        vehicles[k].id = az_arena_format(arena, "v%zu", k + 1);
        vehicles[k].start = (struct az_ref){ cl->places.items[0].id, 0, 0 };
        vehicles[k].cost_jpy_per_km = 1;
        if (!vehicles[k].id) return NULL;
    }
    return vehicles;
}

/* One care for each service time that occurs, in the order of the nodes; care[]: of each node. */
static bool add_cares(struct cl_instance *cl, const struct az_clinic_nodes *nodes, size_t care[],
                      struct az_arena *arena)
{
    struct cl_care *cares = az_case_list(&cl_instance_table, cl, "cares", nodes->count, arena);
    size_t count = 0;
    for (size_t i = 1; cares && i < nodes->count; i++) {
        double minutes = (double)nodes->items[i].service_s / 60;
        for (care[i] = 0; care[i] < count && cares[care[i]].visit_min != minutes; care[i]++) {
        }
        if (care[i] < count) continue;
        cares[count].id =
            az_arena_format(arena, "service-%lld", (long long)nodes->items[i].service_s);
        cares[count].stage = 3;
        cares[count].visit_min = minutes;
        if (!cares[count++].id) return false;
    }
    cl->cares.count = count;
    return cares != NULL;
}

static bool add_sites(struct cl_instance *cl, const struct az_clinic_nodes *nodes,
                      const size_t care[], struct az_arena *arena)
{
    struct cl_place *places = az_case_list(&cl_instance_table, cl, "places", nodes->count, arena);
    struct cl_site *sites = az_case_list(&cl_instance_table, cl, "sites", nodes->count - 1, arena);
    if (!places || !sites) return false;
    for (size_t i = 0; i < nodes->count; i++) {
        places[i].id = i == 0 ? "depot" : az_arena_format(arena, "c%zu", i);
        if (!places[i].id) return false;
        if (i == 0) continue;
        struct cl_site *site = &sites[i - 1];
        struct cl_offer *offer = az_case_list(&cl_site_table, site, "care", 1, arena);
        if (!offer) return false;
        site->id = places[i].id;
        site->place = (struct az_ref){ places[i].id, i, 0 };
        site->load = nodes->items[i].load;
        offer->care = (struct az_ref){ cl->cares.items[care[i]].id, care[i], 0 };
    }
    return true;
}

static bool add_travel(struct cl_instance *cl, const struct az_clinic_nodes *nodes,
                       struct az_arena *arena)
{
    size_t n = nodes->count;
    cl->travel = AZ_NEW(arena, struct cl_travel);
    if (!cl->travel) return false;
    az_fields_clear(&cl_travel_table, cl->travel);
    struct cl_matrix *matrix = az_case_list(&cl_travel_table, cl->travel, "matrices", 1, arena);
    if (!matrix) return false;
    matrix->duration_s = (struct az_matrix){ n, n, AZ_ARRAY(arena, n * n, double) };
    matrix->distance_m = (struct az_matrix){ n, n, AZ_ARRAY(arena, n * n, double) };
    if (!matrix->duration_s.values || !matrix->distance_m.values) return false;
    for (size_t i = 0; i < n * n; i++) {
        double units = nodes->units(&nodes->items[i / n], &nodes->items[i % n]);
        matrix->duration_s.values[i] = units * nodes->seconds_per_unit;
        matrix->distance_m.values[i] = units * 1000;
    }
    cl->travel->rounding = CL_ROUND_NEAREST;
    return true;
}

struct cl_instance *az_clinic_case(const struct az_input *input, const char *source, int64_t days,
                                   const struct az_clinic_nodes *nodes, struct az_arena *arena)
{
    struct cl_instance *cl = AZ_NEW(arena, struct cl_instance);
    size_t *care = AZ_ARRAY(arena, nodes->count, size_t);
    if (!cl || !care) return NULL;
    az_fields_clear(&cl_instance_table, cl);
    cl->kind = "clinic";
    cl->schema = 1;
    cl->title = input->name;
    cl->sources.items = AZ_NEW(arena, const char *);
    if (!cl->sources.items) return NULL;
    cl->sources.items[0] = source;
    cl->sources.count = 1;
    az_time_parse("2020-01-01T00:00:00Z", &cl->start);
    cl->days = days;
    cl->mode = CL_EXACT;
    cl->objective = CL_WEIGHTED;
    cl->money_unit = "units";
    cl->gap = 0;
    if (!add_cares(cl, nodes, care, arena) || !add_sites(cl, nodes, care, arena) ||
        !add_travel(cl, nodes, arena))
        return NULL;
    return cl;
}
