/* pvrp.c - periodic vehicle routing in Cordeau's format (type 1).
 *
 * `type m n t`, then for each of the t days `D Q` (longest duration and load of a route, 0: no
 * limit), then the depot and the customers: `i x y d q f a list`. d is the service time, q the
 * demand of each visit, f the visits wanted, and the list has a combinations of days as bit
 * strings of t bits, the leftmost of which is the first day. Distances are in double precision and
 * the times of drives, too; a duration is driving and service.
 *
 * A unit becomes 100 seconds and a kilometre at price 1. Distances, and so costs, lose nothing.
 * Times are rounded to whole seconds, each drive to the nearest: it moves by 0.005 units at most,
 * a route of k customers by 0.005 * (k + 1). Where a duration limit binds more tightly than that, a
 * route may be refused that the original allows, or the other way round; where there is none, as in
 * the cases p02 to p20 without p09, p11 to p13 and p19, nothing changes. Without a limit a vehicle
 * has to be back by the last clock there is, 47:59:59, after 1727.99 units; the importer tells when
 * a route through all customers might be longer than that.
 *
 * Customer i is site ci, with its combinations as patterns; every one must be served. Days whose
 * limits differ become vehicles of their own. */
#include <math.h>
#include <stdio.h>

#include "adapters/import/clinic_case.h"
#include "adapters/json/json.h"
#include "formulations/clinic/tables.h"

#define UNIT_S 100.0
#define NODES_MAX 3000
#define LARGEST 3000.0 /* a coordinate: every drive stays within what an instance can say */
#define GAP 0.01       /* what is published has two decimals */

static const char *const type_names[] = { "the plain VRP",
                                          "the periodic VRP",
                                          "the multi-depot VRP",
                                          "the site-dependent VRP",
                                          "the VRP with time windows",
                                          "the periodic VRP with time windows",
                                          "the multi-depot VRP with time windows",
                                          "the site-dependent VRP with time windows" };

struct limits {
    double duration, load; /* 0: none */
};

struct pvrp {
    int64_t vehicles;
    size_t days, count; /* nodes: the depot and the customers */
    struct limits limits[CL_MAX_DAYS];
    struct az_clinic_node *nodes;
    int64_t *visits;
    size_t *pattern_count;
    uint32_t **patterns; /* bit d: day d */
};

static double euclidean(const struct az_clinic_node *from, const struct az_clinic_node *to)
{
    double dx = from->x - to->x, dy = from->y - to->y;
    return sqrt(dx * dx + dy * dy);
}

/* --- the file ----------------------------------------------------------------------------------
 */

static void not_pvrp(struct az_numbers *numbers, const char *what)
{
    if (!numbers->failed)
        AZ_FIND(numbers->findings, &az_code_import_not_format,
                AZ_LINE(numbers->input, numbers->line), AZ_TEXT_PARAM("what", what));
    numbers->failed = true;
}

static void read_head(struct az_numbers *numbers, struct pvrp *p)
{
    int64_t type = az_numbers_integer(numbers, 0, 7, "a type of problem, 0 to 7");
    if (!numbers->failed && type != 1) {
        AZ_FIND(numbers->findings, &az_code_import_unsupported, AZ_LINE(numbers->input, 1),
                AZ_TEXT_PARAM("what", type_names[type]));
        numbers->failed = true;
    }
    p->vehicles = az_numbers_integer(numbers, 1, 10000, "a number of vehicles");
    p->count = 1 + (size_t)az_numbers_integer(numbers, 1, NODES_MAX, "a number of customers");
    p->days = (size_t)az_numbers_integer(numbers, 1, CL_MAX_DAYS, "a number of days, 1 to 28");
    for (size_t d = 0; d < p->days && !numbers->failed; d++) {
        size_t line = numbers->line;
        p->limits[d].duration =
            az_numbers_next(numbers, 0, (double)AZ_LAST_CLOCK / UNIT_S, "a longest duration");
        p->limits[d].load = az_numbers_next(numbers, 0, 1e9, "a largest load");
        if (d > 0 && !numbers->failed && numbers->line != line + 1)
            not_pvrp(numbers, "a line of two limits for each day");
    }
}

/* A combination with its leftmost bit as day 0. */
static uint32_t days_of(int64_t combination, size_t days)
{
    uint32_t set = 0;
    for (size_t d = 0; d < days; d++)
        if (combination >> (days - 1 - d) & 1) set |= (uint32_t)1 << d;
    return set;
}

static enum az_status read_patterns(struct az_numbers *numbers, struct pvrp *p, size_t i,
                                    struct az_arena *arena)
{
    int64_t count =
        az_numbers_integer(numbers, i > 0, (int64_t)1 << 20, "a number of combinations of days");
    int64_t most = ((int64_t)1 << p->days) - 1;
    size_t kept = 0;
    /* Each combination needs two characters of the file at least. */
    if (!numbers->failed && (size_t)count > (size_t)(numbers->end - numbers->at))
        not_pvrp(numbers, "so many combinations as it says");
    if (numbers->failed) return AZ_OK;
    p->patterns[i] = AZ_ARRAY(arena, (size_t)count, uint32_t);
    if (!p->patterns[i]) return AZ_NO_MEMORY;
    for (int64_t k = 0; k < count && !numbers->failed; k++) {
        uint32_t days =
            days_of(az_numbers_integer(numbers, 1, most, "a combination of these days"), p->days);
        if (__builtin_popcount(days) != p->visits[i])
            not_pvrp(numbers, "combinations of so many days as visits are wanted");
        p->patterns[i][kept++] = days;
    }
    p->pattern_count[i] = kept;
    return AZ_OK;
}

static enum az_status read_row(struct az_numbers *numbers, struct pvrp *p, size_t i,
                               struct az_arena *arena)
{
    char expected[64];
    struct az_clinic_node *node = &p->nodes[i];
    snprintf(expected, sizeof expected, "customer %zu, the next one", i);
    az_numbers_integer(numbers, (int64_t)i, (int64_t)i, i == 0 ? "the depot, 0" : expected);
    size_t line = numbers->line;
    node->x = az_numbers_next(numbers, -LARGEST, LARGEST, "a coordinate");
    node->y = az_numbers_next(numbers, -LARGEST, LARGEST, "a coordinate");
    node->service_s =
        llround(UNIT_S * az_numbers_next(numbers, 0, 1440 * 60 / UNIT_S, "a service time"));
    node->load = az_numbers_next(numbers, 0, 1e9, "a demand");
    p->visits[i] = az_numbers_integer(numbers, i > 0, (int64_t)p->days, "a number of visits");
    AZ_TRY(read_patterns(numbers, p, i, arena));
    if (!numbers->failed && numbers->line != line)
        not_pvrp(numbers, "all numbers of a customer on a line");
    return AZ_OK;
}

static enum az_status read_case(struct az_numbers *numbers, struct pvrp *p, struct az_arena *arena)
{
    read_head(numbers, p);
    if (numbers->failed) return AZ_OK;
    p->nodes = AZ_ARRAY(arena, p->count, struct az_clinic_node);
    p->visits = AZ_ARRAY(arena, p->count, int64_t);
    p->pattern_count = AZ_ARRAY(arena, p->count, size_t);
    p->patterns = AZ_ARRAY(arena, p->count, uint32_t *);
    if (!p->nodes || !p->visits || !p->pattern_count || !p->patterns) return AZ_NO_MEMORY;
    for (size_t i = 0; i < p->count && !numbers->failed; i++)
        AZ_TRY(read_row(numbers, p, i, arena));
    az_numbers_end(numbers);
    return AZ_OK;
}

/* --- the instance ------------------------------------------------------------------------------
 */

/* Is this the first day with its limits? */
static bool is_first(const struct pvrp *p, size_t day)
{
    for (size_t d = 0; d < day; d++)
        if (p->limits[d].duration == p->limits[day].duration &&
            p->limits[d].load == p->limits[day].load)
            return false;
    return true;
}

/* Dates of the days that the set has, or has not. */
static enum az_status add_dates(const struct cl_instance *cl, uint32_t days, size_t *count,
                                const char ***dates, struct az_arena *arena)
{
    *count = 0;
    *dates = AZ_ARRAY(arena, (size_t)__builtin_popcount(days), const char *);
    if (!*dates) return AZ_NO_MEMORY;
    for (size_t d = 0; d < (size_t)cl->days; d++) {
        if (!(days >> d & 1)) continue;
        if (!((*dates)[(*count)++] = az_clinic_date(cl, d, arena))) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

static enum az_status add_vehicle(struct cl_instance *cl, const struct pvrp *p, size_t day,
                                  struct cl_vehicle *vehicle, struct az_arena *arena)
{
    const struct limits *limits = &p->limits[day];
    uint32_t others = 0;
    for (size_t d = 0; d < p->days; d++)
        if (p->limits[d].duration != limits->duration || p->limits[d].load != limits->load)
            others |= (uint32_t)1 << d;
    vehicle->count = p->vehicles;
    if (limits->load > 0) vehicle->capacity = limits->load;
    vehicle->from = az_clinic_clock(0, arena);
    vehicle->until = az_clinic_clock(
        limits->duration > 0 ? llround(limits->duration * UNIT_S) : AZ_LAST_CLOCK, arena);
    if (!vehicle->from || !vehicle->until) return AZ_NO_MEMORY;
    return others ? add_dates(cl, others, &vehicle->out_of_service.count,
                              &vehicle->out_of_service.items, arena)
                  : AZ_OK;
}

static enum az_status add_vehicles(struct cl_instance *cl, const struct pvrp *p,
                                   struct az_arena *arena)
{
    size_t kinds = 0, at = 0;
    for (size_t d = 0; d < p->days; d++) kinds += is_first(p, d);
    struct cl_vehicle *vehicles = az_clinic_case_vehicles(cl, kinds, arena);
    if (!vehicles) return AZ_NO_MEMORY;
    for (size_t d = 0; d < p->days; d++)
        if (is_first(p, d)) AZ_TRY(add_vehicle(cl, p, d, &vehicles[at++], arena));
    return AZ_OK;
}

static enum az_status add_days(struct cl_instance *cl, const struct pvrp *p, struct az_arena *arena)
{
    for (size_t i = 1; i < p->count; i++) {
        struct cl_site *site = &cl->sites.items[i - 1];
        struct cl_pattern *patterns =
            az_case_list(&cl_site_table, site, "patterns", p->pattern_count[i], arena);
        if (!patterns || !az_clinic_case_window(site, 0, AZ_LAST_CLOCK, arena)) return AZ_NO_MEMORY;
        site->visits = p->visits[i];
        for (size_t k = 0; k < p->pattern_count[i]; k++)
            AZ_TRY(add_dates(cl, p->patterns[i][k], &patterns[k].dates.count,
                             &patterns[k].dates.items, arena));
    }
    return AZ_OK;
}

/* Any route is at most as long as going out and back to each of its customers. */
static void tell_long_routes(const struct pvrp *p, const struct az_import *import)
{
    double units = 0;
    bool limited = true;
    for (size_t i = 1; i < p->count; i++)
        units += 2 * euclidean(&p->nodes[0], &p->nodes[i]) + (double)p->nodes[i].service_s / UNIT_S;
    for (size_t d = 0; d < p->days; d++) limited = limited && p->limits[d].duration > 0;
    if (!limited && units * UNIT_S > (double)AZ_LAST_CLOCK)
        AZ_FIND(import->told, &az_code_import_route_limit, AZ_AT(NULL, import->inputs[0].name),
                AZ_NUMBER_PARAM("units", (double)AZ_LAST_CLOCK / UNIT_S));
}

static enum az_status make(const struct az_import *import, const struct pvrp *p,
                           struct az_arena *arena, json_t **document)
{
    struct az_clinic_nodes nodes = { p->count, p->nodes, euclidean, UNIT_S };
    struct cl_instance *cl =
        az_clinic_case(&import->inputs[0], "Cordeau's periodic VRP cases (or one of that format)",
                       (int64_t)p->days, &nodes, arena);
    if (!cl) return AZ_NO_MEMORY;
    AZ_TRY(add_vehicles(cl, p, arena));
    AZ_TRY(add_days(cl, p, arena));
    tell_long_routes(p, import);
    cl->gap_abs = GAP;
    *document = az_json_write(&cl_instance_table, cl);
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_pvrp(const struct az_import *import, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    struct pvrp p = { 0 };
    struct az_numbers numbers;
    *document = NULL;
    if (!az_import_is_one_case(import, findings)) return AZ_OK;
    az_numbers_init(&numbers, &import->inputs[0], findings);
    AZ_TRY(read_case(&numbers, &p, arena));
    return numbers.failed ? AZ_OK : make(import, &p, arena, document);
}

const struct az_import_format az_import_pvrp = {
    .name = "pvrp",
    .summary = { "a periodic vehicle routing case (Cordeau, type 1), as an exact week of rounds",
                 "周期的配送計画問題（Cordeau、type 1）を厳密モードの期間の巡回にする" },
    .read = read_pvrp,
};
