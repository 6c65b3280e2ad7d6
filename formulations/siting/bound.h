/* bound.h - the LP relaxation of the whole problem, solved by prices of its rows.
 *
 * For any prices pi of the rows every site takes the option that is worth most to it and every
 * static the side that is; what that leaves,
 *     L(pi) = sum_r pi_r side_r + sum_s min_o (cost_o - pi a_o) + sum_j min (cost_j - pi a_j) y_j,
 * is a bound of the problem: of all of it, whatever the LP below has left out (Held and Karp 1970,
 * Geoffrion 1974). side_r is the lower one for pi_r > 0, the upper one for pi_r < 0. First the
 * prices are moved by what the rows are over or short of, each by a step of its own (Riedmiller and
 * Braun 1993). Then an LP holds the options that are within reach of the best of their site as
 * differences to a first one, so that sites have no rows until a solution takes more than one of
 * their options; its duals price all options, those that come ahead join (sifting: Bixby et al.
 * 1992), and the networks' rows that its solution breaks, until nothing does. */
#ifndef AZ_SITING_BOUND_H
#define AZ_SITING_BOUND_H

#include "formulations/siting/search.h"

/* Prices, and what every site and static makes of them. */
struct st_prices {
    size_t row_count;  /* prices there are; rows that came later have none */
    double *pi;        /* [row_count], of the problem's cost */
    double bound;      /* L(pi) */
    double *reduced;   /* [options] cost - pi a */
    double *least;     /* [sites] of its options and of none */
    double *margin;    /* [sites] how far the next is behind */
    size_t *choice;    /* [sites] AZ_NO_INDEX: none */
    double *reduced_y; /* [static_count] */
    size_t static_count;
    size_t row_capacity, static_capacity;
};

/* No prices yet. */
enum az_status st_prices_new(const struct st_problem *problem, struct az_arena *arena,
                             struct st_prices **prices);

/* Evaluates the prices: everything but pi. Rows beyond row_count have price 0 from then on. */
enum az_status st_prices_evaluate(const struct st_problem *problem, struct az_arena *arena,
                                  struct st_prices *prices);

/* The point that every site's choice and every static's side make. */
enum az_status st_prices_point(const struct st_problem *problem, const struct st_prices *prices,
                               struct az_arena *arena, struct st_point *point);

/* Moves prices from 0, `rounds` times; network rows are added on the way. */
enum az_status st_prices_move(struct st_search *search, int rounds, struct st_prices *prices);

/* Solves the LP from these prices on, which become its duals; bounds are told to the search. Sets
 * point to its solution. *status: AZ_SOLVE_OPTIMAL; AZ_SOLVE_INFEASIBLE, proven;
 * AZ_SOLVE_UNKNOWN: stopped. */
enum az_status st_sift(struct st_search *search, struct st_prices *prices, struct az_arena *arena,
                       struct st_point *point, enum az_solve_status *status);

/* The value with n others before it, the least first; INFINITY where there are no more than n.
 * Sorts them. */
double st_nth_least(double values[], size_t count, size_t n);

/* Activities of rows at a point: activity[row_count]. */
enum az_status st_activities(const struct st_problem *problem, const struct st_point *point,
                             double activity[]);

#endif
