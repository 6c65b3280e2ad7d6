/* search.h - the primal side of the electric buses: plans from duties, and the first plan. */
#ifndef AZ_EVBUS_SEARCH_H
#define AZ_EVBUS_SEARCH_H

#include "formulations/evbus/columns.h"
#include "formulations/evbus/relax.h"

/* A list of duties that lives as long as the solve. */
struct eb_duty_list {
    size_t count, capacity;
    const struct eb_duty **items;
};
enum az_status eb_duty_list_add(struct eb_duty_list *list, struct az_arena *arena,
                                const struct eb_duty *duty);

/* What trips, energy and chargers were worth where plans came from energy prices. */
struct eb_price_memory {
    size_t count;     /* of prices in the means */
    double *marginal; /* [grids * T] JPY/kWh, mean */
    double *plug;     /* [chargers * T] JPY a slot, >= 0, mean */
    size_t row_count; /* rows of trips and counts, all that a priced master has; 0: not known */
    double *row;      /* [row_count] of the last master's trips and counts */
};

/* Chains that were dispatched before, and what came of them. */
struct eb_tried {
    size_t count, capacity;
    struct eb_trial {
        uint64_t mark;
        double objective;
    } * items;
};

/* A table of marks, 0 where it is free. */
struct eb_marks {
    size_t count, capacity; /* a power of two, at most half full */
    uint64_t *items;
};

struct eb_search {
    const struct eb_instance *ev;
    struct eb_network *network;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_run *run;
    struct az_arena *arena;           /* of the solve */
    double fleet_max;                 /* plans with more buses beyond `buses` are of no use */
    double fleet_min;                 /* proven: no plan that leaves out as little has fewer */
    double unserved_max;              /* nor do plans help whose trips left out cost more */
    double unserved_min;              /* proven: what no plan is below */
    int64_t node_limit;               /* of every tree; 0: none */
    struct az_judgement offered;      /* the last plan offered: numbers alone */
    struct eb_relaxation *relaxation; /* NULL: none */
    /* the best plan so far */
    bool has_best;
    double best; /* objective */
    size_t best_buses;
    struct az_judgement best_judgement; /* numbers alone */
    struct eb_duty_list best_duties;    /* with their energies */
    double *marginal;                   /* [grids * T] JPY/kWh, of the last dispatch; NULL before */
    double *plug;                       /* [chargers * T] JPY a slot, <= 0; the same */
    struct eb_price_memory *prices;     /* of the last priced master; NULL before */
    struct eb_tried tried;
    struct eb_duty_list pool; /* duties worth having as columns, each once */
    struct eb_marks pool_marks;
    size_t column_count; /* of the master of costs, when it has ended */
    const struct az_block_column *columns;
};

/* Solves by columns. The caller has set ev, engine, context, run and arena, and may have set
 * node_limit, the rest is zero; what was found stays in it. All of it ends by counts or by a proof,
 * but for the deadline. With a deadline and `fleet_then_cost` a level before the cost also ends
 * after a share (0.4) of the time that is left until then, so that the cost gets its turn: its
 * bound and its best plan are then what it has come to. */
enum az_status eb_solve_search(struct eb_search *search, const struct eb_plan *start);

/* Dispatches duties, makes a plan of them, judges it, and offers it to the run when it is better
 * than the best so far, which it then is. A trip that none of them runs is left out, where it may
 * be; a trip that two of them run makes the judge refuse the plan. *objective: the judge's, of a
 * plan that is not better too; INFINITY when there is no plan: nothing dispatched, refused, more
 * than fleet_max buses, or, where the cost alone counts, already the relaxation of its energies
 * costs more than the best plan leaves for them. With slots, where the cost alone counts, chains
 * that were dispatched before are answered with what came of them then, whatever the energies that
 * they bring and the best plan there is by now. */
enum az_status eb_offer(struct eb_search *search, const struct eb_duty *const duties[],
                        size_t count, double *objective);

/* The pool's duties as columns of a master, first for it to begin with. */
enum az_status eb_pool_columns(const struct eb_search *search, const struct eb_master *master,
                               struct az_arena *arena, struct az_block_columns *columns);

/* Copies what a master that began with eb_pool_columns has made beyond them into the pool. */
enum az_status eb_pool_keep(struct eb_search *search, const struct az_colgen_result *result);

/* One number for a duty's source and trips, and with `stays` for where and when it stands. */
uint64_t eb_duty_mark(const struct eb_duty *duty, bool stays);

/* The levels of `fleet_then_cost` as they stand; nothing otherwise. */
void eb_tell_levels(struct eb_search *search);

/* The duties of a solution of the master: each column as often as its value says; of a fractional
 * one, those of the largest values that share no trip. */
enum az_status eb_duties_of(struct eb_search *search, const struct az_master_solution *solution,
                            struct eb_duty_list *duties);

/* `found` of a master whose owner is the search: the solution as a plan, offered. */
enum az_status eb_found(void *data, const struct az_master_solution *solution, double *objective);

/* Plans parts of the best plan anew, at most so many times; offers what is better. */
enum az_status eb_improve_plan(struct eb_search *search, size_t tries);

/* Plans at the mean of the prices that the last dispatch before each round gave, in at most so many
 * rounds, the last one being the first that brings no better plan; offers what comes of it. */
enum az_status eb_priced_plans(struct eb_search *search, size_t rounds);

/* What the last priced master's trips and counts, and energy and chargers in the means, were worth,
 * as prices for the columns' master, and the rows of chargers that belong to them. The rows before
 * those of the grids are the same in both masters, in the same order: *pi is NULL when their
 * numbers differ, or when there was no priced master. */
enum az_status eb_first_prices(const struct eb_search *search, struct eb_master *master,
                               struct az_master_row_list *rows, double **pi);

/* A first bound where energy is shared, told to the run, and the prices that prove it (as
 * eb_first_prices; left alone when there are none). master: of costs. */
enum az_status eb_energy_bound(const struct eb_search *search, struct eb_master *master,
                               struct az_master_row_list *rows, double **pi);

/* A first plan: trips in their order, each to the bus that reaches it at least cost, or to a new
 * one; chargers on the way where the charge does not do. Duties as far as trips can be run. */
enum az_status eb_construct(struct eb_search *search, struct eb_duty_list *duties);

/* The chains of the relaxation, each given to a source: where no source has a battery. Those that
 * would lose most by another source choose first. */
enum az_status eb_construct_chains(struct eb_search *search, const struct eb_relaxation *relaxation,
                                   struct eb_duty_list *duties);

/* The duties of a plan on this instance (an adopted one); what does not fit is left out. */
enum az_status eb_duties_of_plan(struct eb_search *search, const struct eb_plan *plan,
                                 struct eb_duty_list *duties);

#endif
