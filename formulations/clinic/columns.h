/* columns.h - the master problem of rounds over colgen.h.
 *
 *   minimize    sum_r c_r y_r + sum_ip pattern_ip z_ip + sum_i left_out_i u_i + sum_o c_o o
 *   subject to  sum_p z_ip + u_i = 1                              every site: a pattern or nothing
 *               sum_r a_rid y_r + sum_o a_oid o
 *                             - sum_{p with d} z_ip = 0           every site and day
 *               sum_{r of v on d} y_r <= count_v                  vehicles
 *               sum_{r} members of g in r y_r <= count_g          staff of a day who are alike
 *               sum_{r of v} y_r, sum_r y_r                       whole, to branch on
 *               sum_r b_rs y_r + sum_o b_os o <= capacity_s       remote slots that are alike
 *
 * y are columns: one crew's round of one day, a block each crew (teams.h). z, u and o (visits on
 * line, without a crew) are static and binary. What a plan pays for promises that it does not keep
 * is a constant less what each way that keeps one saves. Three-site cuts (subset rows of one day,
 * or of the week for sites that are visited once) are added when a solution breaks them. */
#ifndef AZ_CLINIC_COLUMNS_H
#define AZ_CLINIC_COLUMNS_H

#include "formulations/clinic/tour.h"
#include "solver/colgen.h"

/* What is minimised: the price of what is left out; the price of changes; or the one sum of these
 * and the cost (without the balance, of which nothing less than 0 is known); or what is left out
 * and the changes. */
enum cl_measure { CL_MEASURE_UNSERVED, CL_MEASURE_CHANGES, CL_MEASURE_SUM, CL_MEASURE_GIVE };

/* What a yen of each counts. */
struct cl_weights {
    double unserved, changes, cost;
};

struct cl_master {
    const struct cl_ground *ground;
    const struct az_context *context;
    struct az_arena *arena;
    int measure;
    struct cl_weights weights;
    struct az_model *model;
    /* Rows; AZ_NO_INDEX: none. */
    size_t *cover_row;   /* [sites * days] */
    size_t *vehicle_row; /* [vehicles * days] */
    size_t *fleet_row;   /* [vehicles + 1] of the whole week: of one, of all */
    size_t *group_row;   /* [staff groups] */
    size_t *slot_row;    /* [slot classes] */
    size_t changes_row;  /* limit of the level before the cost */
    /* Static columns. */
    size_t *pattern_column;  /* [sites + 1]: the first of each site's patterns in force */
    size_t *left_out_column; /* [sites] */
    size_t online_count, online_column; /* the first of them */
    const size_t *online_way;           /* [online_count] */
    bool *integral_row;
    struct az_block *blocks;          /* [teams] */
    struct cl_memory *memories;       /* [teams] */
    struct az_colgen_problem problem; /* found, improve: the caller's; data: the master */
    void *owner;                      /* the caller's own, for its found */
};

/* Builds the master. unserved_max, changes_max: the price of what is left out and of changes is at
 * most so much (INFINITY: any). */
enum az_status cl_master_new(const struct cl_ground *ground, int measure, double unserved_max,
                             double changes_max, const struct az_context *context,
                             struct az_arena *arena, struct cl_master **master);

/* A timed tour as a column of its crew's block; data is the tour. */
enum az_status cl_master_column(const struct cl_master *master, const struct cl_tour *tour,
                                struct az_arena *arena, struct az_block_column *column);

/* A three-site cut: rounds of the day that visit two or three of the sites are at most one. With a
 * memory only visits between which the round goes to no site outside of it count together (Pecin,
 * Pessoa, Poggi, Uchoa 2017): weaker, and easier to price. */
struct cl_cut {
    size_t day; /* AZ_NO_INDEX: of the whole week, each site is visited once in it */
    size_t site[3];
    const uint64_t *memory; /* NULL, or a bit for each site, the three among them */
};

static inline bool cl_cut_is_of(const struct cl_cut *cut, size_t day)
{
    return cut->day == AZ_NO_INDEX || cut->day == day;
}

static inline bool cl_cut_keeps(const struct cl_cut *cut, size_t site)
{
    return !cut->memory || (cut->memory[site / 64] >> (site % 64) & 1);
}

/* How often a tour takes from a cut: pairs of visits that count together. */
double cl_cut_visits(const struct cl_ground *ground, const struct cl_cut *cut,
                     const struct cl_tour *tour);

/* Cuts that a solution breaks, and what a column has in them (cuts.c); for colgen. */
enum az_status cl_separate(void *data, const struct az_master_solution *solution,
                           struct az_master_row_list *out);
double cl_coefficient(void *data, const struct az_master_row *row,
                      const struct az_block_column *column);

/* --- pricing of one crew's rounds (price_round.c, price.h) -------------------------------------
 */

/* From which ends labels grow: from both, unless a test asks for one. */
enum cl_price_method { CL_PRICE_BOTH, CL_PRICE_FORWARDS, CL_PRICE_BACKWARDS };

/* What a round pays: its reduced cost is  cost * cost_jpy - kept * kept_jpy - round
 * - sum visit - sum slot - sum over cuts of cut_price * cl_cut_visits. */
struct cl_round_prices {
    double cost, kept, round;
    const double *visit; /* [sites] on the crew's day */
    const double *slot;  /* [slot classes] */
    size_t cut_count;
    const struct cl_cut *const *cut; /* of the day */
    const double *cut_price;         /* <= 0 */
    /* NULL, or [(sites + 1) * (sites + 1)]: from a site (the last: the start) to a site (the last:
     * the end) nobody goes straight. */
    const bool *forbidden;
    const bool *banned; /* NULL, or [ways]: these are not used */
    double below;       /* only rounds of less reduced cost than this are asked for */
    int effort;         /* 0: some rounds; 1: exact */
    size_t limit;       /* rounds at most */
    bool many;          /* there are many crews: most of them have nothing that pays */
    bool *forgets;      /* NULL, or the crew's: set where rounds without any cycle take too many
                           labels, and then not tried again */
    int method;         /* enum cl_price_method */
};
#define CL_EFFORTS 2

double cl_round_reduced(const struct cl_ground *ground, const struct cl_round_prices *prices,
                        const struct cl_tour *tour);

/* The rounds that pay most, best first, with their reduced costs; those of few crews may visit a
 * site twice when they went far from it between (ng-routes). *bound is at most the least reduced
 * cost of every round at the highest effort, and that cost itself when it is less than `below` and
 * the range does not bind, otherwise (and when time or memory ends) -INFINITY; +INFINITY when the
 * crew can do nothing at all. Never two calls with one scratch. */
struct cl_priced_round {
    struct cl_tour tour;
    double reduced;
};
enum az_status cl_price_rounds(const struct cl_ground *ground, size_t team,
                               const struct cl_round_prices *prices,
                               const struct az_context *context, struct az_arena *arena,
                               struct az_arena *scratch, size_t *count,
                               struct cl_priced_round **rounds, double *bound);

/* --- what is known of a crew from the last time (price_memory.c) --------------------------------
 */

/* One for each crew; used by one thread at a time. */
struct cl_memory;
struct cl_memory *cl_memories_new(struct az_arena *arena, size_t count);
struct cl_memory *cl_memory_of(struct cl_memory *memories, size_t index);

/* Is the crew left out of this round of the lower efforts? It counts the rounds. And what such a
 * round has brought. */
bool cl_memory_rests(struct cl_memory *memory);
bool *cl_memory_forgets(struct cl_memory *memory); /* see cl_round_prices */
void cl_memory_tell(struct cl_memory *memory, bool found);

/* Keeps a bound at prices without decisions; and what it proves at other prices, whatever the
 * decisions (-INFINITY: nothing). */
enum az_status cl_memory_keep(struct cl_memory *memory, const struct cl_ground *ground,
                              const struct cl_round_prices *prices, double bound,
                              struct az_arena *arena);
double cl_memory_bound(const struct cl_memory *memory, const struct cl_ground *ground,
                       const struct cl_team *team, const struct cl_round_prices *prices);

/* --- branching (branch.c) ----------------------------------------------------------------------
 * Each child leaves out some columns; a plan that has nothing to do with the decision is in both.
 */
enum cl_decision {
    CL_DECIDE_FOLLOW, /* i is followed by j on a day (i AZ_NO_INDEX: j is first; j AZ_NO_INDEX: i is
                         last); value: 2 * day + 1 yes, 2 * day no */
    CL_DECIDE_SLOT,   /* site i takes a booking of slot class j; value 1 yes (no other one of that
                         role on that day), 0 no */
    CL_DECIDE_KEPT    /* appointment i is kept; value 1 yes, 0 no */
};
enum az_status cl_branchings(void *data, const struct az_master_solution *solution,
                             struct az_branching_list *out);
bool cl_allows(void *data, const struct az_decision *decision,
               const struct az_block_column *column);

/* What decisions mean for the rounds of a day. Arrays live in the arena; NULL when there are none.
 */
enum az_status cl_decisions_apply(const struct cl_ground *ground,
                                  const struct az_decision decisions[], size_t count, size_t day,
                                  struct az_arena *arena, struct cl_round_prices *prices);

#endif
