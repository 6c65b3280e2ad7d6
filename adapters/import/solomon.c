/* solomon.c - vehicle routing with time windows (Solomon 1987, and Gehring and Homberger's larger
 * cases of the same form).
 *
 * The convention is that of the exact literature: a distance is cut to one decimal, int(10 * d) /
 * 10, and is the time of the drive; the sum of distances is what counts, the number of vehicles is
 * a limit only. Other tables of results count vehicles first and distances in double precision:
 * that is another problem, and never to be compared with this one.
 *
 * A unit becomes 10 seconds and a kilometre at price 1, so that a tenth of a unit is a second and
 * nothing is rounded. Customer k is site ck; every one must be served. All costs are multiples of
 * 0.1: a gap below that is a proof, and the absolute gap asked for says so. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "adapters/import/clinic_case.h"
#include "adapters/json/json.h"

#define UNIT_S 10.0
#define NODES_MAX 3000
#define LARGEST 3e4 /* a coordinate: every drive stays within what an instance can say */
#define SLACK_S 10  /* cut distances can make a detour shorter, by a tenth of a unit a drive */
#define LAST ((double)AZ_LAST_CLOCK / UNIT_S)
#define GAP 0.09

/* What a row says beside its node. */
struct hours {
    int64_t from_s, until_s;
};

struct solomon {
    int64_t vehicles;
    double capacity;
    size_t count, capacity_of_rows;
    struct az_clinic_node *nodes;
    struct hours *hours;
};

static double truncated(const struct az_clinic_node *from, const struct az_clinic_node *to)
{
    double dx = from->x - to->x, dy = from->y - to->y;
    return floor(10 * sqrt(dx * dx + dy * dy)) / 10;
}

/* --- the file ----------------------------------------------------------------------------------
 */

static void not_solomon(struct az_numbers *numbers, const char *what)
{
    if (!numbers->failed)
        AZ_FIND(numbers->findings, &az_code_import_not_format,
                AZ_LINE(numbers->input, numbers->line), AZ_TEXT_PARAM("what", what));
    numbers->failed = true;
}

/* Passes the lines up to a heading and what else stands in words, to the first line of numbers. */
static void pass_heading(struct az_numbers *numbers, const char *heading)
{
    bool found = false;
    size_t length = strlen(heading);
    while (!numbers->failed && numbers->at < numbers->end) {
        const char *line = numbers->at, *stop = memchr(line, '\n', (size_t)(numbers->end - line));
        const char *end = stop ? stop : numbers->end;
        while (line < end && isspace((unsigned char)*line)) line++;
        if (found && line < end && (isdigit((unsigned char)*line) || *line == '-')) return;
        if ((size_t)(end - line) >= length && strncasecmp(line, heading, length) == 0) found = true;
        numbers->at = stop ? stop + 1 : numbers->end;
        numbers->line++;
        numbers->column = 1;
    }
    not_solomon(numbers, heading);
}

/* A time in units as seconds; only tenths are whole ones. */
static int64_t seconds(struct az_numbers *numbers, double minimum, const char *expected)
{
    double units = az_numbers_next(numbers, minimum, LAST, expected);
    double value = units * UNIT_S;
    if (fabs(value - round(value)) > 1e-6) not_solomon(numbers, "times in tenths of a unit");
    return (int64_t)llround(value);
}

static bool add_row(struct solomon *s, struct az_arena *arena)
{
    if (s->count < s->capacity_of_rows) return true;
    size_t capacity = s->capacity_of_rows ? 2 * s->capacity_of_rows : 128;
    s->nodes = az_arena_grow(arena, s->nodes, s->count, capacity, sizeof *s->nodes);
    s->hours = az_arena_grow(arena, s->hours, s->count, capacity, sizeof *s->hours);
    s->capacity_of_rows = capacity;
    return s->nodes && s->hours;
}

static void read_row(struct az_numbers *numbers, struct solomon *s)
{
    char expected[64];
    size_t line = numbers->line;
    struct az_clinic_node *node = &s->nodes[s->count];
    struct hours *hours = &s->hours[s->count];
    snprintf(expected, sizeof expected, "customer %zu, the next one", s->count);
    az_numbers_integer(numbers, (int64_t)s->count, (int64_t)s->count, expected);
    node->x = az_numbers_next(numbers, -LARGEST, LARGEST, "a coordinate");
    node->y = az_numbers_next(numbers, -LARGEST, LARGEST, "a coordinate");
    node->load = az_numbers_next(numbers, 0, 1e9, "a demand");
    hours->from_s = seconds(numbers, 0, "the time from which it is ready");
    hours->until_s = seconds(numbers, (double)hours->from_s / UNIT_S,
                             "a due time that is not before the time from which it is ready");
    node->service_s = seconds(numbers, 0, "a service time");
    if (!numbers->failed && numbers->line != line) not_solomon(numbers, "seven numbers a line");
    s->count++;
}

static bool at_end(struct az_numbers *numbers)
{
    while (numbers->at < numbers->end && isspace((unsigned char)*numbers->at)) {
        numbers->line += *numbers->at == '\n';
        numbers->column = *numbers->at == '\n' ? 1 : numbers->column + 1;
        numbers->at++;
    }
    return numbers->at == numbers->end;
}

static enum az_status read_rows(struct az_numbers *numbers, struct solomon *s,
                                struct az_arena *arena)
{
    pass_heading(numbers, "VEHICLE");
    s->vehicles = az_numbers_integer(numbers, 1, 10000, "a number of vehicles");
    s->capacity = az_numbers_next(numbers, 0, 1e9, "a capacity");
    pass_heading(numbers, "CUSTOMER");
    while (!numbers->failed && !at_end(numbers)) {
        if (s->count == NODES_MAX) {
            not_solomon(numbers, "at most 2999 customers");
            return AZ_OK;
        }
        if (!add_row(s, arena)) return AZ_NO_MEMORY;
        read_row(numbers, s);
    }
    if (s->count < 2) not_solomon(numbers, "a depot and customers");
    return AZ_OK;
}

/* --- what does not fit -------------------------------------------------------------------------
 */

static bool is_usual(size_t customers)
{
    static const size_t usual[] = { 25, 50, 100, 200, 400, 600, 800, 1000 };
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (usual[i] == customers) return true;
    return false;
}

/* Copies of these sets are cut short or have rows swapped: what nobody can serve is told at once.
 */
static void check_rows(const struct solomon *s, const struct az_import *import,
                       struct az_findings *findings)
{
    const struct az_path *file = AZ_AT(NULL, import->inputs[0].name);
    size_t customers = s->count - 1;
    char id[32];
    if (import->customers > 0 && (size_t)import->customers > customers)
        AZ_FIND(findings, &az_code_import_few_customers, file,
                AZ_NUMBER_PARAM("found", (double)customers),
                AZ_NUMBER_PARAM("expected", (double)import->customers));
    else if (import->customers == 0 && !is_usual(customers))
        AZ_FIND(import->told, &az_code_import_odd_customers, file,
                AZ_NUMBER_PARAM("found", (double)customers));
    for (size_t k = 1; k < s->count; k++) {
        int64_t there = (int64_t)llround(truncated(&s->nodes[0], &s->nodes[k]) * UNIT_S);
        int64_t back = (int64_t)llround(truncated(&s->nodes[k], &s->nodes[0]) * UNIT_S);
        int64_t start = s->hours[0].from_s + there;
        if (start < s->hours[k].from_s) start = s->hours[k].from_s;
        snprintf(id, sizeof id, "c%zu", k);
        if (s->nodes[k].load > s->capacity)
            AZ_FIND(findings, &az_code_import_unservable, file, AZ_TEXT_PARAM("customer", id),
                    AZ_TEXT_PARAM("why", "demand"));
        else if (start > s->hours[k].until_s + SLACK_S)
            AZ_FIND(findings, &az_code_import_unservable, file, AZ_TEXT_PARAM("customer", id),
                    AZ_TEXT_PARAM("why", "due time"));
        else if (start + s->nodes[k].service_s + back > s->hours[0].until_s + SLACK_S)
            AZ_FIND(findings, &az_code_import_unservable, file, AZ_TEXT_PARAM("customer", id),
                    AZ_TEXT_PARAM("why", "the depot's due time"));
    }
}

/* --- the instance ------------------------------------------------------------------------------
 */

static enum az_status make(const struct az_import *import, const struct solomon *s, size_t count,
                           struct az_arena *arena, json_t **document)
{
    struct az_clinic_nodes nodes = { count, s->nodes, truncated, UNIT_S };
    struct cl_instance *cl = az_clinic_case(
        &import->inputs[0], "Solomon 1987 (or a case of that form), distances cut to one decimal",
        1, &nodes, arena);
    struct cl_vehicle *vehicle = cl ? az_clinic_case_vehicles(cl, 1, arena) : NULL;
    if (!vehicle) return AZ_NO_MEMORY;
    vehicle->count = s->vehicles;
    vehicle->capacity = s->capacity;
    vehicle->from = az_clinic_clock(s->hours[0].from_s, arena);
    vehicle->until = az_clinic_clock(s->hours[0].until_s, arena);
    if (!vehicle->from || !vehicle->until) return AZ_NO_MEMORY;
    for (size_t k = 1; k < count; k++)
        if (!az_clinic_case_window(&cl->sites.items[k - 1], s->hours[k].from_s, s->hours[k].until_s,
                                   arena))
            return AZ_NO_MEMORY;
    cl->gap_abs = GAP;
    *document = az_json_write(&cl_instance_table, cl);
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_solomon(const struct az_import *import, struct az_arena *arena,
                                   struct az_findings *findings, json_t **document)
{
    struct solomon s = { 0 };
    struct az_numbers numbers;
    *document = NULL;
    if (!az_import_is_one_case(import, findings)) return AZ_OK;
    az_numbers_init(&numbers, &import->inputs[0], findings);
    AZ_TRY(read_rows(&numbers, &s, arena));
    if (numbers.failed) return AZ_OK;
    if (s.hours[0].from_s == s.hours[0].until_s) not_solomon(&numbers, "hours of the depot");
    if (!numbers.failed) check_rows(&s, import, findings);
    if (az_findings_total(findings) > 0) return AZ_OK;
    return make(import, &s, import->customers > 0 ? (size_t)import->customers + 1 : s.count, arena,
                document);
}

const struct az_import_format az_import_solomon = {
    .name = "solomon",
    .summary = { "a vehicle routing case with time windows (Solomon), as an exact day of rounds; "
                 "--customers N: the first N",
                 "時間枠つき配送計画問題（Solomon）を厳密モードの一日の巡回にする。--customers N "
                 "で最初の N 件だけ" },
    .read = read_solomon,
};
