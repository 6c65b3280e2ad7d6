/* price_energy.h - exact pricing with grids: the parts behind eb_price_energy.
 *
 * A bus-day is a path over nodes in the order of time:
 *
 *   begin       the bus in its depot (or where it is) from from_s on
 *   start n     ready to run the trip at position n; who does not waits for the next trip from
 *               there (with places; explicit links go straight from trip to trip)
 *   trip n      after the trip at position n of the network
 *   (line, b)   standing at a stop at slot boundary b, 1 .. T. There is a line for every stop, one
 *               for standing where the day begins before leaving ("before"), and, when the length
 *               of blocks is limited, one for every end depot that is a stop ("after"), which is
 *               never left
 *   end d       the day ends at depot d
 *
 * A label is a way to a node: a convex piecewise linear function of the charge there, the least
 * cost of coming so with so much. Within a slot the label's function is convolved with the slot's
 * cost of energy; prefixes and windows cut its domain; movements shift it. At a node a label is cut
 * down to the charges at which no other label is as good, so the node's labels are the pieces of
 * the lower envelope: nothing is rounded, nothing is lost.
 *
 * What cannot be told from node and charge goes along as a tag: what
 * decisions of branching leave open, the earliest next departure by turnaround, hours driven since
 * a break, when the bus left its depot, and of which triples it has run a trip. A label yields only
 * to labels whose tag allows at least as much; what another label may yet have to pay for triples
 * counts as its cost. */
#ifndef AZ_EVBUS_PRICE_ENERGY_H
#define AZ_EVBUS_PRICE_ENERGY_H

#include "formulations/evbus/network.h"
#include "formulations/evbus/plf.h"

struct pe_tag {
    int32_t class;   /* what decisions leave open; 0: everything */
    int32_t ready;   /* no departure before; 0: none */
    int32_t driving; /* seconds since a break */
    int32_t since;   /* standing since; 0 when that matters no more */
    int32_t left;    /* the depot, at; INT32_MAX: not yet, or too late to matter */
    uint64_t met;    /* bits of triples: it has run one trip of them, and may run another */
};

enum pe_kind {
    PE_BEGIN,  /* the first label */
    PE_DIRECT, /* straight to a trip or the end */
    PE_MOVE,   /* straight to where trips start */
    PE_RUN,    /* the trip from its start */
    PE_SLOT,   /* on in a line to the next boundary */
    PE_ARRIVE, /* drive to a line, the rest of the slot */
    PE_LEAVE,  /* the first part of a slot, then drive to a trip or the end */
    PE_PASS    /* both in one slot: drive, stay, drive */
};

#define PE_TRIPLES 64 /* a bit each; what is left out makes the bound a little weaker */

struct pe_label {
    struct pe_label *parent;
    struct eb_xy *f;
    double low, high, least, most; /* f's domain and range */
    double promise;                /* see eb_pe_trim */
    uint32_t n;
    uint32_t node;
    uint32_t room;        /* of f, in a hull */
    uint8_t kind, ways;   /* ways: EB_PLF_... of the slot */
    int16_t line, bank;   /* of the slot; bank PE_NO_BANK: without */
    int32_t from_s, to_s; /* the part of the slot */
    struct pe_tag tag;
};
#define PE_NO_BANK ((int16_t)-1)

struct pe_node {
    uint32_t count, capacity, widest; /* widest: most points of any label there was */
    struct pe_label **labels;         /* by the lower end of their domain */
};

/* A movement as pricing needs it; drive_s < 0: none. */
struct pe_move {
    int64_t drive_s;
    double energy, high, low, cost;
};

/* A bank as the source's type sees it: powers in kW. */
struct pe_bank {
    size_t charger;
    double charge_kw, discharge_kw, charge_efficiency, discharge_efficiency;
    size_t kink_count;
    double *kinks;
};

struct pe_line {
    size_t place;
    size_t bank_count;
    struct pe_bank *banks;
    bool before, after; /* the special lines */
    size_t depot;       /* of an after line */
};

/* A departure from a line to a trip (target < trip_count) or to the end at a depot. */
struct pe_leave {
    int64_t at_s;
    uint32_t target;
    struct pe_move move;
};

/* A place where trips start, and their positions in order of time. */
struct pe_start {
    size_t place, count;
    size_t *trips;
};

/* One pricing of one source. Everything lives in scratch. */
struct pe {
    const struct eb_network *net;
    const struct eb_instance *ev;
    const struct eb_source *source;
    const struct eb_type *type;
    const struct eb_duals *duals;
    struct az_arena *arena;
    size_t trip_count, T, depot_count;
    int64_t slot_s, turnaround_s;
    double floor_kwh;
    bool tagged;         /* labels have tags that differ */
    bool sparse;         /* leaves out links and changes of stop */
    size_t cap;          /* labels a node; 0: none */
    double charge_value; /* JPY/kWh: what capping takes a charge to be worth */
    /* graph */
    size_t line_count, before, after; /* before: AZ_NO_INDEX when the day begins at no stop; after:
                                         the first line of its kind, or line_count */
    struct pe_line *lines;
    double out_cost;              /* of leaving for the first time: the day's */
    struct pe_move *trip;         /* [trip_count] the trips themselves, price taken off */
    bool *barred;                 /* [trip_count] */
    struct pe_move *to_line;      /* [trip_count * line_count] from the end of a trip */
    struct pe_move *line_to_line; /* [line_count * line_count] */
    /* With explicit links movements of the network's links; else places where trips start. */
    struct pe_move *link_move;
    size_t start_count;
    struct pe_start *starts;
    size_t *next_start; /* [trip_count] the next trip from the same place, or AZ_NO_INDEX */
    struct pe_move *begin_to_line; /* [line_count] */
    struct pe_leave **leaves;      /* [line_count] in order of time */
    size_t *leave_count;
    bool *ends;        /* [depots] may end there */
    double *end_price; /* [depots] */
    size_t *end_line;  /* [depots] line whose last node ends there; AZ_NO_INDEX */
    /* tags */
    int64_t longest_driving_s, break_s, longest_block_s; /* INT64_MAX: none */
    int64_t block_from_s; /* of a bus that has left its depot before; INT32_MAX: it has not */
    int64_t free_from_s;  /* a block begun at or after this cannot be too long */
    /* The dearest triples, and as bits those that a trip is of, those that it is the last of, those
     * whose last trip departs at a boundary or after it. */
    size_t triple_count;
    double triple_price[PE_TRIPLES];
    uint64_t *triple_of, *triple_last; /* [trip_count] */
    uint64_t *triple_open;             /* [T + 1] */
    size_t class_count, class_capacity, words, rule_count;
    uint64_t *sets;     /* [class_count * words] bits: trips, ends, rules of standing */
    uint64_t *set_work; /* [words] */
    int64_t *until_s;   /* [class_count] it matters no more after */
    int64_t *owes_s;    /* [class_count] a stay that it must have is to be had by then */
    int32_t *stood;     /* [class_count * (rule_count + 1)] class after the rule's stay + 1;
                           PE_BARRED: none; 0: not known yet */
    int32_t *class_of;  /* [trip_count] after the trip */
    int32_t class_begin;
    /* labels */
    struct pe_node *nodes; /* trips, starts, then lines * (T + 1) */
    struct pe_label *label_chunk;
    size_t label_left;
    struct eb_xy *point_chunk;
    size_t point_left, points_taken;
    struct eb_xy *work[4]; /* buffers, [work_size] each */
    double (*cuts)[2];     /* [2 * work_size] */
    size_t work_size;
    struct eb_xy *arrived; /* [arrived_size] */
    size_t arrived_size;
    size_t points_most;         /* a cap of memory */
    bool limit;                 /* it, or that of classes, or the deadline was met: no bound */
    bool late;                  /* the deadline was */
    size_t inserted;            /* labels offered: the clock is looked at now and then */
    bool hulls;                 /* backwards: one function a node */
    const struct pe_back *back; /* NULL: not known */
    double relaxed;             /* the least of what the begin leads to at least */
    double ceiling;             /* labels whose days cost more are left out; INFINITY: none */
    /* ends */
    double below, least; /* ends that cost less are kept; the least cost of all */
    struct pe_end *end;
    size_t end_count, end_capacity;
};

/* A whole day: its last label, the charge at the end, and its cost. */
struct pe_end {
    struct pe_label *label;
    double charge, cost;
    size_t depot;
};

static inline size_t pe_line_node(const struct pe *pe, size_t line, size_t boundary)
{
    return 2 * pe->trip_count + line * (pe->T + 1) + boundary;
}

static inline size_t pe_start_node(const struct pe *pe, size_t n)
{
    return pe->trip_count + n;
}

/* Labels that end the day straight at a depot have this node; they are in no list. */
static inline size_t pe_end_node(const struct pe *pe, size_t depot)
{
    return 2 * pe->trip_count + pe->line_count * (pe->T + 1) + depot;
}

/* --- price_energy_graph.c: what does not depend on labels --- */
enum az_status eb_pe_graph(struct pe *pe);

/* From point to point; nothing when they are one. */
struct pe_move eb_pe_moved(const struct pe *pe, struct eb_point from, struct eb_point to);

/* The slot of a stay at a bank over [from_s, to_s), and the cost of its plug. */
struct eb_plf_slot eb_pe_slot(const struct pe *pe, const struct pe_bank *bank, int64_t from_s,
                              int64_t to_s, double *plug);

/* --- price_energy_class.c ---
 * Classes of labels by what decisions leave open. */
#define PE_BARRED (-2)
enum az_status eb_pe_classes(struct pe *pe);

/* The class after standing at a place in a slot; PE_BARRED: it may not, or (pe->limit) there are
 * too many classes. */
enum az_status eb_pe_stand(struct pe *pe, size_t place, size_t slot, int32_t *class);

/* Do the rules of standing that are open let the trip, or the end, follow? */
bool eb_pe_rules_let(const struct pe *pe, int32_t class, size_t target);

/* May the trip, or the end, be what follows, whatever is stood before it? */
static inline bool pe_can_follow(const struct pe *pe, int32_t class, size_t target)
{
    return class == 0 || !(pe->sets[(size_t) class * pe->words + target / 64] >> target % 64 & 1);
}

/* And may it follow now? */
static inline bool pe_may_follow(const struct pe *pe, int32_t class, size_t target)
{
    if (class == 0) return true;
    return pe_can_follow(pe, class, target) &&
           (pe->rule_count == 0 || eb_pe_rules_let(pe, class, target));
}

/* --- price_energy_tag.c --- */

/* Standing since tag->since, the bus leaves at `now` and drives for `drive_s`. False: it may not.
 */
bool eb_pe_tag_drive(const struct pe *pe, struct pe_tag *tag, int64_t now, int64_t drive_s,
                     bool stood);

/* Runs trip n; the bus stands at its start since tag->since (0: it has just come). *due: what it
 * then pays for triples. */
bool eb_pe_tag_trip(const struct pe *pe, struct pe_tag *tag, size_t n, double *due);

/* What no longer matters at `now`, standing at a stop, is forgotten. */
void eb_pe_tag_forget(const struct pe *pe, struct pe_tag *tag, int64_t now);

/* Does `a` allow everything that `b` allows? */
bool eb_pe_tag_allows(const struct pe *pe, const struct pe_tag *a, const struct pe_tag *b);

/* The most that a bus with tag `a` may have to pay for triples beyond what one with `b` has to. */
static inline double pe_tag_owes(const struct pe *pe, const struct pe_tag *a,
                                 const struct pe_tag *b)
{
    double sum = 0;
    for (uint64_t bits = a->met & ~b->met; bits; bits &= bits - 1)
        sum += pe->triple_price[__builtin_ctzll(bits)];
    return sum;
}

/* The triples as tags count them. */
enum az_status eb_pe_triples(struct pe *pe);

/* --- price_energy_labels.c --- */

/* Room for functions of `n` points in the buffers. */
enum az_status eb_pe_room(struct pe *pe, size_t n);

/* A new label at a node with the function f[0 .. n - 1] (not kept: copied as far as it survives).
 */
enum az_status eb_pe_insert(struct pe *pe, size_t node, const struct pe_label *label,
                            const struct eb_xy f[], size_t n);

/* A label of no node: an end. NULL without memory. */
struct pe_label *eb_pe_label_new(struct pe *pe, const struct pe_label *label);

/* What eb_pe_insert does, but the node keeps one function a tag: the hull of all. */
enum az_status eb_pe_insert_hull(struct pe *pe, size_t node, const struct pe_label *label,
                                 const struct eb_xy f[], size_t n);

/* Keeps the most promising labels of a node, when there is a cap. */
void eb_pe_trim(struct pe *pe, size_t node);

/* f after a movement: its prefixes in the window, its energy, its cost. out may be f. */
size_t eb_pe_drive(const struct pe *pe, const struct eb_xy f[], size_t n,
                   const struct pe_move *move, struct eb_xy out[]);

/* Drops all labels of all nodes. */
void eb_pe_clear(struct pe *pe);

/* --- price_energy_back.c: from the end backwards ------------------------------------------------
 *
 * The least cost from every node to the end of the day, as convex piecewise linear functions of the
 * charge there, with tags left out: a bound for all labels. Made by the same steps backwards. Of
 * the tags only two count. The time to turn round goes along from a trip to the stop after it. The
 * block's length does roughly: where it is limited, -tag.left is the time at
 * or after which the block must have begun (0: any), so that later is not too long at its return.
 */
struct pe_back {
    struct pe_node *nodes; /* as pe's, then ends by depot, then departures */
    double *least;         /* [nodes] of any charge; INFINITY: no day leads on from there */
    size_t *first_leave;   /* [line_count] node of a line's first departure */
    size_t *leave_of;      /* [line_count * trip_count] its departure to a trip; AZ_NO_INDEX */
};

/* roughly: at every node the convex hull of its functions, which is soon made and a little lower.
 * NULL in *back when it takes too much memory to be worth it. */
enum az_status eb_pe_backward(const struct pe *pe, bool roughly, struct pe_back **back);

/* The least that a day costs which goes on from the node as the label says. */
double eb_pe_at_least(const struct pe_back *back, size_t node, const struct pe_label *label);

/* --- price_energy_walk.c: from label to label --- */
enum az_status eb_pe_walk(struct pe *pe);

/* What the end of the day with charge s costs. */
double eb_pe_end_cost(const struct pe *pe, double s);

/* First departure of a line at or after a time. */
size_t eb_pe_first_leave(const struct pe *pe, size_t line, int64_t at);

/* Does the movement end at a slot boundary, later than it begins, so that all the ways on from
 * there are those of the line's node? */
static inline bool pe_at_boundary(const struct pe *pe, const struct pe_move *move, int64_t at)
{
    return move->drive_s > 0 && at > 0 && at % pe->slot_s == 0;
}

/* The first trip of a start that a bus may run which ended trip n and is ready at a time. */
size_t eb_pe_first_start(const struct pe *pe, const struct pe_start *start, size_t n,
                         int64_t ready);

/* After eb_pe_walk: adds the ends of days by every last trip, which the envelope at a depot that is
 * a stop has merged. Not exact, only more: the labels at the lines of these depots are spent. */
enum az_status eb_pe_finish(struct pe *pe);

/* --- price_energy_duty.c: from the last label back to a duty --- */
enum az_status eb_pe_duty(struct pe *pe, const struct pe_end *end, struct az_arena *arena,
                          struct eb_duty *duty, double *cost, bool *holds);

#endif
