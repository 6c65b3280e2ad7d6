/* sift_work.h - the LP of sifting: columns, rows and what joins them. See bound.h.
 *
 * Every site has a base, the option (or none) that was best by the prices at the beginning; columns
 * are differences to it, so that a site has no row until a solution takes more than one of its
 * columns. Every row can be missed at a price beyond what rows cost, so that there is a solution
 * from the beginning. Rows and statics that the prices do not ask for wait outside. */
#ifndef AZ_SITING_SIFT_WORK_H
#define AZ_SITING_SIFT_WORK_H

#include "formulations/siting/bound.h"

enum st_column_kind { ST_LP_OPTION, ST_LP_NONE, ST_LP_STATIC, ST_LP_MISSED };

/* Rows without a price wait outside until a solution breaks them. */
enum st_row_state { ST_WAITING, ST_JOINING, ST_IN_LP };

struct st_lp_column {
    int kind;
    size_t index; /* option, site, static, problem row */
    double side;  /* of what is missed */
    double price; /* of missing it, in the LP */
};

struct st_master {
    struct st_search *search;
    struct st_problem *p;
    struct az_arena *arena;
    void *session;
    double unit;
    double dearer; /* times that missing rows became dearer */
    size_t *base;  /* [sites] AZ_NO_INDEX: none */
    /* columns of the LP */
    size_t column_count, column_capacity;
    struct st_lp_column *columns;
    bool *has_option; /* [options] is a column */
    bool *has_none;   /* [sites] */
    bool *has_static; /* [static_count] */
    size_t static_count, static_capacity;
    /* rows of the LP */
    size_t lp_row_count;
    size_t row_count, row_capacity; /* of the problem */
    size_t *lp_row;
    unsigned char *state;  /* enum st_row_state */
    double *scale, *there; /* of the bases */
    size_t *site_row;      /* [sites] AZ_NO_INDEX: none */
    double *site_dual;
    double *x, *pi;
    size_t x_capacity, pi_capacity;
    double objective;
    /* room */
    double *dense;
    struct st_coefficient *room;
    size_t room_rows;
    double base_cost;
};

/* Columns and rows that are added at once. */
struct st_batch {
    struct az_arena *arena;
    size_t count, capacity, entries, entry_capacity;
    double *cost, *lower, *upper;
    bool *integer;
    size_t *start, *index;
    double *value;
};

/* Adds a column to a batch, with its entries in rows of the LP that are there. */
enum az_status st_master_column(struct st_master *master, struct st_batch *batch,
                                const struct st_lp_column *column);

/* Puts the batch's columns into the LP. */
enum az_status st_master_send(struct st_master *master, struct st_batch *batch);

/* Rows that the problem has got since: those of networks and of entries alone wait when they have
 * no price among `prices` (NULL: none waits). */
enum az_status st_master_know(struct st_master *master, const struct st_prices *prices);

/* Statics join that are not there, where there are many of them those that are worth it by the
 * prices. *added: such statics. */
enum az_status st_master_join_statics(struct st_master *master, const struct st_prices *prices,
                                      struct az_arena *scratch, size_t *added);

/* Statics and rows that do not wait join the LP, then what the rows may miss. prices: what missing
 * is dearer than; NULL: what columns bring to the rows alone. */
enum az_status st_master_join(struct st_master *master, const struct st_prices *prices,
                              struct az_arena *scratch);

/* Rows that wait and that a point breaks are to join. */
enum az_status st_master_wake(struct st_master *master, const struct st_point *point,
                              struct az_arena *scratch, size_t *woken);

/* Sites of which the solution takes more than one get their row. *added: such sites. */
enum az_status st_master_join_sites(struct st_master *master, struct az_arena *scratch,
                                    size_t *added);

/* How much of its rows the solution misses, scaled. */
double st_master_missed(const struct st_master *master);

/* Missing what the solution misses becomes dearer. *dearest: it was that already. */
enum az_status st_master_raise(struct st_master *master, bool *dearest);

#endif
