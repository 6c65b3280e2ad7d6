/* price.h - the parts of pricing one crew's rounds, and what they share.
 *
 *   price_round.c   the call: what is asked, how exactly, and the rounds as tours
 *   price_graph.c   sites, ways and drives at these prices; what a site remembers; cuts
 *   price_label.c   labels from the start forwards and from the end backwards, to where they meet
 *   price_join.c    whole rounds from the two halves; the best ones are kept
 *   price_outlook.c the least that may follow a part of a round, of a relaxation
 *   price_memory.c  what is known of a crew from the last time: whether it needs to be asked again
 *
 * Forwards a label is a part of a round from the start up to the end of a visit: its time, cost,
 * load, range left, whether the crew has rested. Backwards it is a part from a visit to the end:
 * who is ready at its first site at time t <= `time_s` is home at max(t + `long_s`, `home_s`), and
 * the part costs `cost` and the overtime of that return. Drives, windows, slots and breaks are all
 * of that form, so that the two halves meet exactly.
 *
 * The range is left out at the lower efforts (a relaxation; what such rounds visit is then tried
 * with charges). At the highest one, where crews are many or have a range, a relaxation that
 * forgets more sites and knows no range is done backwards alone; labels forwards, in everything
 * exact, are kept only where what may follow by it pays.
 *
 * Only for formulations/clinic/price_*.c. */
#ifndef AZ_CLINIC_PRICE_H
#define AZ_CLINIC_PRICE_H

#include <math.h>

#include "formulations/clinic/columns.h"

/* A way at these prices. */
struct cl_priced_way {
    size_t way;
    double reduced; /* of the visit, without the drive */
    int64_t from_s, until_s, length_s;
    int64_t least_s; /* no visit ends before */
};

/* A drive between two nodes at these prices. The last node is the start as origin and the end as
 * destination. */
struct cl_priced_drive {
    int64_t drive_s; /* < 0: nobody goes there */
    double cost;
};

struct cl_label {
    double cost, load, left_km;
    int64_t time_s;          /* forwards: the end of the visit; backwards: ready at the latest */
    int64_t long_s, home_s;  /* backwards: see above */
    struct cl_label *beside; /* the label that it was made of; NULL: at the start */
    size_t node, way;
    size_t charger;    /* on the drive between this and `beside`; AZ_NO_INDEX */
    int charges, rest; /* there */
    bool rested;       /* forwards: has; backwards: must have before */
    bool late, dropped;
    uint64_t bits[]; /* sites that may not be visited again, then cuts that are half */
};

struct cl_entry { /* what tells most labels apart, beside the label */
    double cost;
    int64_t time_s;
    uint64_t bits; /* its first */
    struct cl_label *label;
};

struct cl_bucket {
    size_t count, capacity;
    struct cl_entry *items; /* by cost */
};

/* Labels of one node, in buckets of time, the better times first. */
#define CL_BUCKETS 24
struct cl_shelf {
    double least[CL_BUCKETS], most[CL_BUCKETS]; /* costs in a bucket */
    struct cl_bucket bucket[CL_BUCKETS];
};

struct cl_half { /* one direction */
    bool back;
    struct cl_shelf *shelf;     /* [count * 2]: forwards the first of each two; backwards who need
                                   not have rested before, who must */
    int64_t *first_s, *width_s; /* [count] of the buckets of a node */
    size_t heap_count, heap_capacity, made;
    struct cl_label **heap;
};

/* A whole round: the forward half, the backward half (NULL: home from there), and what is between.
 */
struct cl_ending {
    double reduced;
    const struct cl_label *front, *rear;
    size_t charger;
    int charges, rest;
};

/* What may follow a part of a round: the least cost by a relaxation, for a crew that is ready
 * before a visit, or done with it, at the beginning of a span of the day or later. */
struct cl_outlook {
    int64_t from_s, width_s;
    size_t spans;         /* 0: there is none */
    size_t nodes;         /* the last one is the start */
    double *ready, *done; /* [spans * 2 * nodes] rested or not; INFINITY: nothing in time */
};

struct cl_pricing {
    const struct cl_ground *ground;
    const struct cl_instance *cl;
    const struct cl_team *team;
    const struct cl_vehicle *vehicle;
    const struct cl_roads *roads;
    const struct cl_round_prices *prices;
    const struct az_context *context;
    struct az_arena *scratch;
    bool exact;                       /* two labels are compared in everything */
    bool ranged;                      /* range and charges are looked at */
    bool both;                        /* backwards too */
    const struct cl_outlook *outlook; /* NULL, or of a relaxation */
    bool loose;                       /* drives and breaks are at least as good as with charges */
    bool elementary;                  /* no site is forgotten; only where there is an outlook */
    size_t most_labels;               /* beyond this nothing is proven */
    int64_t overtime_s;               /* returns up to then cost nothing more */
    struct cl_hop *hops;              /* room for those of one step */
    size_t count;                     /* nodes: sites that the crew may visit */
    size_t *site, *place;             /* [count] */
    double *load, most;               /* [count]; of the vehicle */
    struct cl_priced_way *offer;
    size_t *offer_first;         /* [count + 1]; by the last moment to be ready */
    struct cl_priced_drive *leg; /* [(count + 1) * (count + 1)] */
    size_t words, cut_words;
    uint64_t *memory;   /* [count * words] of a node: the sites that it does not forget */
    uint64_t *cut_of;   /* [count * cut_words] cuts that a node is in */
    uint64_t *cut_kept; /* [count * cut_words] cuts that a node does not forget */
    struct cl_half front, rear;
    struct cl_ending *ending; /* [limit] of rounds that pay, best first */
    size_t ending_count;
    double best; /* least reduced cost of all rounds seen */
    bool left;   /* some rounds that do not pay were not looked at */
};

static inline const struct cl_priced_drive *cl_leg_of(const struct cl_pricing *p, size_t from,
                                                      size_t to)
{
    return &p->leg[from * (p->count + 1) + to];
}

/* Rounds of more than this are of no use. */
static inline double cl_price_threshold(const struct cl_pricing *p)
{
    bool full = p->ending_count == p->prices->limit && p->prices->limit > 0;
    return full ? p->ending[p->ending_count - 1].reduced : p->prices->below;
}

static inline double cl_price_overtime(const struct cl_pricing *p, int64_t home_s)
{
    if (home_s <= p->overtime_s) return 0;
    return p->prices->cost * cl_overtime_jpy(&p->ground->teams, p->team, home_s);
}

/* Which bucket of a node's shelf has labels of this time. */
static inline size_t cl_bucket_of(const struct cl_half *half, size_t node, int64_t time_s)
{
    int64_t first_s = half->first_s[node];
    int64_t at = (half->back ? first_s - time_s : time_s - first_s) / half->width_s[node];
    return at < 0 ? 0 : at >= CL_BUCKETS ? CL_BUCKETS - 1 : (size_t)at;
}

/* --- price_graph.c --- */

/* Nodes, offers, legs, memories and cuts. */
enum az_status cl_price_graph(struct cl_pricing *p);

/* --- price_label.c --- */

/* Labels of both halves up to where they meet; of the forward one alone without p->both. whole:
 * neither time nor memory ended it. */
enum az_status cl_price_labels(struct cl_pricing *p, bool *whole);

/* All ways on from a label to a node (count: home) at these prices, into p->hops. */
size_t cl_price_hops(struct cl_pricing *p, const struct cl_label *label, size_t node);

/* --- price_join.c --- */

/* A round from the label home. */
void cl_price_home(struct cl_pricing *p, const struct cl_label *label);

/* Rounds of labels that were not extended and the backward half. */
void cl_price_join(struct cl_pricing *p);

/* --- price_outlook.c --- */

/* Where visits are very short there is none. */
bool cl_price_can_look(const struct cl_pricing *p);
enum az_status cl_price_outlook(const struct cl_pricing *p, struct cl_outlook *outlook);

/* The least that follows at a moment; those before the first span are in it. */
static inline double cl_least_after(const struct cl_outlook *outlook, const double least[],
                                    size_t node, bool rested, int64_t time_s)
{
    if (time_s < outlook->from_s) time_s = outlook->from_s;
    size_t span = (size_t)((time_s - outlook->from_s) / outlook->width_s);
    if (span >= outlook->spans) return INFINITY;
    return least[(2 * span + rested) * outlook->nodes + node];
}

#endif
