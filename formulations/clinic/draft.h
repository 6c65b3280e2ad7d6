/* draft.h - a week under change: patterns, rounds as orders of sites, what is still free.
 *
 * What the search (improve.c) takes apart and puts together; each round's ways, charges and breaks
 * are the best for its order (sequence.c). */
#ifndef AZ_CLINIC_DRAFT_H
#define AZ_CLINIC_DRAFT_H

#include "formulations/clinic/search.h"

/* A round as an order of sites; its memory stays when it is closed. */
struct cl_route {
    size_t count, capacity;
    size_t *site;
    struct cl_tour tour; /* its stops: room for `stop_capacity` */
    size_t stop_capacity;
    double value; /* of the tour: cost, less promises kept at their weight */
    bool open;
};

struct cl_draft {
    size_t *pattern;  /* [sites] AZ_NO_INDEX: left out */
    size_t *online;   /* [sites * days] a way; AZ_NO_INDEX: none */
    size_t *route_of; /* [sites * days] AZ_NO_INDEX: none */
    size_t route_count, route_capacity;
    struct cl_route *routes;
    int64_t *slot_free;    /* [slot classes] */
    int64_t *vehicle_free; /* [vehicles * days] */
    int64_t *group_free;   /* [staff groups] */
    double value;          /* of the whole: tours, visits on line, patterns, sites left out */
};

/* A search: `now` is changed, `before` and `best` are kept. */
struct cl_improver {
    struct cl_search *search;
    const struct cl_ground *ground;
    const struct cl_instance *cl;
    struct az_arena *arena, *scratch;
    struct az_random random;
    double unserved_weight, kept_weight;
    size_t days;
    size_t *near; /* [sites * sites] by nearness */
    struct cl_draft now, best, before;
    size_t *absent; /* [sites] taken out, to come back */
    size_t absent_count;
};

/* What weighs how much, the memory of drafts, and `now` as a week in which nobody is visited. */
enum az_status cl_draft_begin(struct cl_improver *m);

enum az_status cl_draft_copy(struct cl_improver *m, struct cl_draft *to,
                             const struct cl_draft *from);

/* Takes a site with all its days out of `now`, onto `absent`. A round that is impossible without it
 * goes altogether, its other sites with it. */
enum az_status cl_take_out(struct cl_improver *m, size_t site);

/* Puts a site back with the pattern that costs least now; it stays out when that is cheaper. */
enum az_status cl_put_in(struct cl_improver *m, size_t site);

#endif
