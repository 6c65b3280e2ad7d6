/* problem.h - the siting problem as rows and columns in plain arrays: what bounds, search and
 * engine models all work on.
 *
 *   minimise  sum_o cost_o x_o + sum_j cost_j y_j
 *   subject to  lower_r <= sum_o a_ro x_o + sum_j a_rj y_j <= upper_r    for every row r
 *               sum of x over the options of a site <= 1 (= 1 where it is decided in), x binary
 *               lower_j <= y_j <= upper_j                                for every static j
 *
 * Columns 0 .. option_count - 1 are options, in the order of st_values; statics follow: everything
 * that is no option (reinforcements, arming, trips, coverage, shortfalls, deliveries). What a row
 * has of an option is calculated from its measure and is stored nowhere: a network row over 100,000
 * sites is a weight for each place. Rows and statics grow while the problem is solved: network rows
 * are added where a solution breaks them (separate.c), with the trips that they need. Constant
 * parts (loads, what is built) are in the sides of a row. */
#ifndef AZ_SITING_PROBLEM_H
#define AZ_SITING_PROBLEM_H

#include "formulations/siting/value.h"

/* What is minimised, one after the other. */
enum st_level {
    ST_LEVEL_PENALTY,
    ST_LEVEL_RANK,
    ST_LEVEL_COST,
    ST_LEVEL_NOTHING /* all costs 0: is there any solution? */
};

enum st_measure {
    ST_NO_MEASURE, /* entries alone */
    ST_OF_COUNT,
    ST_OF_PV_KW,
    ST_OF_BATTERY_KW,
    ST_OF_BATTERY_KWH,
    ST_OF_ROOF, /* 1: PV where there was none */
    ST_OF_CO2,
    ST_OF_COST,
    ST_OF_SPENT,
    ST_OF_INJECTION /* by place and hour */
};

/* Which options a row counts; AZ_NO_INDEX, kind -1: all. */
struct st_group {
    size_t district, operator_index;
    int kind;
    int64_t from_year, until_year;
};

/* An entry of a row that is stored: of a static, or of an option beyond its measure. */
struct st_entry {
    size_t row, column;
    double value;
    size_t next; /* of the column; AZ_NO_INDEX: none */
};

/* A network row at a place: p * injection + q * reactive in the row's hour. */
struct st_weight {
    size_t row, hour;
    double p, q;
    size_t next; /* of the place */
};

/* What of the instance a row stands for; explanations ask. */
enum st_thing {
    ST_THING_NONE,
    ST_THING_BUDGET,
    ST_THING_LIMIT,
    ST_THING_DISTRICT,
    ST_THING_FEEDER,
    ST_THING_BANK,
    ST_THING_NODE, /* its voltage */
    ST_THING_LINE,
    ST_THING_CIRCUIT, /* before a fault */
    ST_THING_OUTAGE,  /* circuit after an outage */
    ST_THING_CAPACITY /* of a site's deliveries */
};

struct st_stands {
    int thing; /* enum st_thing */
    size_t index, hour, outage;
};

struct st_row {
    double lower, upper;
    int measure;
    double factor; /* of the measure */
    struct st_group group;
    const char *limit; /* id of what it stands for; NULL: nothing of the instance's */
    double unit;       /* a price of the row times this is one of the limit's unit */
    struct st_stands of;
};

enum st_static_kind {
    ST_REINFORCE,
    ST_ARM_PLANT,     /* a: plant */
    ST_ARM_SITE,      /* a: site */
    ST_TRIP_PLANT,    /* a: plant, b: circuit out, hour */
    ST_TRIP_SITE,     /* a: site, b: circuit out, hour */
    ST_COVERED,       /* a: district */
    ST_SHORT,         /* a: limit */
    ST_SHORT_COVERED, /* a: district */
    ST_DELIVER        /* a: customer, b: site */
};

struct st_static {
    int kind; /* enum st_static_kind */
    size_t a, b, hour;
    double lower, upper;
    double cost, penalty, people;
    bool integer;
    const struct st_reinforcement *reinforcement;
};

struct st_network; /* separate.h */

struct st_problem {
    const struct st_instance *in;
    const struct st_values *values;
    struct az_arena *arena;
    /* columns */
    size_t option_count, static_count, static_capacity;
    const struct st_option **option; /* [option_count] */
    bool *allowed;                   /* [option_count] */
    bool *forced;                    /* [sites] takes one of its options */
    struct st_static *statics;
    /* rows */
    size_t row_count, row_capacity;
    struct st_row *rows;
    size_t *site_row_start, *site_row; /* rows by group that a site is in; goals are in all */
    size_t group_row_count;            /* rows before these are in site_row */
    size_t cost_row_count, cost_row_room;
    size_t *cost_row; /* [cost_row_count] rows that measure the cost */
    size_t entry_count, entry_capacity;
    struct st_entry *entries;
    size_t *option_entry;                    /* [option_count] first entry */
    size_t *static_entry, static_entry_room; /* [static_count] */
    /* places where sites inject */
    size_t place_count;
    size_t *place;        /* [sites] AZ_NO_INDEX: nowhere */
    size_t *place_weight; /* [place_count] first weight */
    size_t weight_count, weight_capacity;
    struct st_weight *weights;
    struct st_network *network; /* NULL: none */
    /* what is minimised now, and the rows of the levels before */
    enum st_level level;
    bool has_penalty, has_rank;
    size_t goal_count; /* rows over all sites that came after the groups */
    size_t goal_rows[4];
};

/* The problem without network rows, aimed at the cost. values live as long. AZ_UNSUPPORTED when the
 * columns are too many to count. */
enum az_status st_problem_new(const struct st_instance *in, const struct st_values *values,
                              struct az_arena *arena, struct st_problem **problem);

/* What is minimised from now on. */
static inline void st_problem_aim(struct st_problem *problem, enum st_level level)
{
    problem->level = level;
}

/* Adds the row that holds a level at `most`: its value of a plan is never above. */
enum az_status st_problem_hold(struct st_problem *problem, enum st_level level, double most);

/* Costs of columns in the level that is minimised. */
double st_option_cost(const struct st_problem *problem, size_t option);
double st_static_cost(const struct st_problem *problem, const struct st_static *column);

/* Building blocks (separate.c adds network rows with them). Indices are out; AZ_NO_MEMORY. */
enum az_status st_add_row(struct st_problem *problem, const struct st_row *row, size_t *index);
enum az_status st_add_static(struct st_problem *problem, const struct st_static *column,
                             size_t *index);
/* At most one entry for a row and a column, none of an option where the row has a measure. */
enum az_status st_add_static_entry(struct st_problem *problem, size_t row, size_t index,
                                   double value);
enum az_status st_add_option_entry(struct st_problem *problem, size_t row, size_t option,
                                   double value);
enum az_status st_add_weight(struct st_problem *problem, size_t row, size_t hour, size_t place,
                             double p, double q);

/* What rows have of a column. */
struct st_coefficient {
    size_t row;
    double value;
};

/* Coefficients of an option (a static) over all rows, each row once, zeros left out. out:
 * [row_count]. Returns how many. */
size_t st_option_coefficients(const struct st_problem *problem, size_t option,
                              struct st_coefficient out[]);
size_t st_static_coefficients(const struct st_problem *problem, size_t index,
                              struct st_coefficient out[]);

/* A power of two that brings a row's largest coefficient near 1; 1 for a row of zeros. */
double st_row_scale(double largest);

/* Does a row that nothing can change hold with this in it? Rounding alone breaks none. */
bool st_row_holds(const struct st_row *row, double activity);

/* A measure of an option in a group's row, without its factor; 0 outside the group. */
double st_measured(const struct st_problem *problem, const struct st_row *row, size_t option);

/* Is a site among those that a row's group counts? Years are of options. */
bool st_in_group(const struct st_instance *in, const struct st_group *group, size_t site);

/* --- solutions ----------------------------------------------------------------------------------
 * x of options as (option, value) of what is not 0, in the order of sites; y of every static. */
struct st_point {
    size_t count;
    size_t *option;
    double *value;
    double *y; /* [static_count] when it was made; statics that came later are 0 */
    size_t y_count;
};

/* A whole point, as a plan for the judge. Lives in the arena. */
enum az_status st_plan_of_point(const struct st_problem *problem, const struct st_point *point,
                                struct az_arena *arena, struct st_plan **plan);

/* A plan's choices, reinforcements, arming and trips as a point: the options that are allowed. */
enum az_status st_point_of(struct st_problem *problem, const struct st_plan *plan,
                           struct az_arena *arena, struct st_point *point);

#endif
