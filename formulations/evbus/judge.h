/* judge.h - what the files of the judge share. Private to the kind.
 *
 * The judge is written from the rules of rules.h and the arithmetic of instance.h. It shares with
 * models and pricers only the structs, and never optimises. First a plan is laid out: whatever does
 * not fit the instance is told and nothing else of it is read. Then every block is walked event by
 * event, and the sums of all blocks are held against fleet, depots, chargers, places and grids. */
#ifndef AZ_EVBUS_JUDGE_H
#define AZ_EVBUS_JUDGE_H

#include "formulations/common/judging.h"
#include "formulations/evbus/instance.h"
#include "formulations/evbus/rules.h"

/* X(code, English, Japanese): what money is for. */
#define EB_MONEY(X)                                     \
    X(bus_day, "buses", "車両")                         \
    X(distance, "distance", "走行距離")                 \
    X(link, "connections", "接続")                      \
    X(energy_bought, "energy bought", "買電")           \
    X(energy_delivered, "energy delivered", "送電")     \
    X(wear, "battery wear", "車載電池の劣化")           \
    X(converter_fee, "converter fee", "融通料金")       \
    X(storage_wear, "storage wear", "定置蓄電池の劣化") \
    X(charger, "chosen chargers", "充電器の増設")       \
    X(change, "changes of bus", "車両の変更")           \
    X(end_value, "charge at the end", "終了時の蓄電量")

enum eb_money_code {
#define EB_MONEY_NAME(code, en, ja) EB_MONEY_##code,
    EB_MONEY(EB_MONEY_NAME)
#undef EB_MONEY_NAME
};

/* --- laying out ---------------------------------------------------------------------------------
 */

/* Where things of the instance are in the plan; usable only when misfit->count stays 0. */
struct eb_layout {
    size_t *block_bus;    /* [blocks] into ev->bus; AZ_NO_INDEX: any bus of the type */
    size_t *bus_block;    /* [bus_count] its first block; AZ_NO_INDEX: none */
    size_t *grid_at;      /* [grids] entry of the plan's map; NULL without slots */
    size_t *converter_at; /* [converters] */
    size_t *storage_at;   /* [storages] */
    int64_t *chargers;    /* [chargers] in use: chosen, else the count; INT64_MAX: no limit */
};

/* O(size of plan and instance). AZ_OK or AZ_NO_MEMORY. */
enum az_status eb_lay_out(const struct eb_instance *ev, const struct eb_plan *plan,
                          struct az_arena *arena, struct az_misfit *misfit,
                          struct eb_layout *layout);

/* Seconds since the start; false when the time is absent or beyond all reason. */
bool eb_seconds(const struct eb_instance *ev, struct az_time time, int64_t *seconds);

/* Charges, or discharges, anything in the stay? */
bool eb_event_charges(const struct eb_event *event);

/* --- judging ------------------------------------------------------------------------------------
 */

/* What an event did: the walk's results, one an event. */
struct eb_trace {
    int64_t start_s, end_s; /* 0 without times */
    size_t from, to;        /* places; AZ_NO_INDEX where explicit links do without */
    double km, energy_kwh;  /* out of the battery */
    double before_kwh, after_kwh;
    int64_t driving_s;  /* driven since the last break, after the event */
    int64_t standing_s; /* since when the bus stands where the event ends */
    bool no_break;      /* what it stands there is no break */
};

/* One judgement. status: the first failure of memory; everything after it does nothing. */
struct eb_judge {
    const struct eb_instance *ev;
    const struct eb_plan *plan;
    struct eb_layout at;
    struct az_arena *arena;
    struct az_judgement *judgement;
    enum az_status status;
    struct eb_trace **trace; /* [blocks][events] out; NULL: nobody asks */
    size_t *stop_of;         /* [places] into ev->stop; AZ_NO_INDEX: no charger there */
    /* sums over all blocks */
    double *day, *distance, *link, *wear, *end_value; /* [types] JPY */
    double change;                                    /* JPY */
    double km, deadhead_km, driven_kwh, charged_kwh, discharged_kwh;
    size_t used;                  /* blocks that drive */
    double left_out;              /* price of all trips left out */
    size_t *runs;                 /* [trips] how often it is run */
    double *charged, *discharged; /* [chargers * T] kWh, grid's side */
    size_t *plugged;              /* [chargers * T] stays that charge or discharge */
    int64_t *begin, *end;         /* [depots * types] blocks in service */
    int64_t *fresh;               /* [depots * types] blocks of no bus of `buses` */
};

/* Everything, with or without traces; judgement: as eb_evaluate gives it, NAN for a plan that does
 * not fit. j: cleared and filled. */
enum az_status eb_judge_all(struct eb_judge *j, const struct eb_instance *ev,
                            const struct eb_plan *plan, bool traced, struct az_arena *arena,
                            struct az_judgement *judgement);

/* Where a breach is. pointer: its path in the plan; asset: the path that people are told. at_s:
 * EB_NO_TIME: the rule has no time. id: {asset} in the words. */
#define EB_NO_TIME INT64_MIN
struct eb_where {
    const struct az_path *pointer, *asset;
    const char *id;
    int64_t at_s;
};

/* A breach of a rule. price: NAN for a firm rule; in exact mode every rule is firm. */
void eb_breach(struct eb_judge *j, enum eb_rule rule, const struct eb_where *where, double amount,
               double price, size_t param_count, const struct az_param params[]);
#define EB_BREACH(j, rule, where, amount, price, ...)                               \
    eb_breach((j), (rule), (where), (amount), (price),                              \
              sizeof((struct az_param[]){ __VA_ARGS__ }) / sizeof(struct az_param), \
              (struct az_param[]){ __VA_ARGS__ })
#define EB_VALUE(x) AZ_NUMBER_PARAM("value", eb_shown(x))
#define EB_LIMIT(x) AZ_NUMBER_PARAM("limit", eb_shown(x))

/* "low..high" as the limit of the words; sets the judge's status without memory. */
struct az_param eb_range(struct eb_judge *j, double low, double high);

void eb_money(struct eb_judge *j, enum eb_money_code code, const char *owner, double amount);

/* The comparisons of formulations/common/judging.h, in short. */
static inline double eb_shown(double value)
{
    return az_shown_number(value);
}
static inline double eb_slack(double limit)
{
    return az_slack(limit);
}
static inline bool eb_over(double value, double limit)
{
    return az_over(value, limit);
}
static inline bool eb_under(double value, double limit)
{
    return az_under(value, limit);
}
/* A length of time in hours and the length of a slot in seconds. */
static inline int64_t eb_slot_s(const struct eb_instance *ev)
{
    return ev->slot_minutes * 60;
}

/* A bus on its way through its block. */
struct eb_walk {
    struct eb_judge *j;
    const struct eb_block *block; /* NULL: a bus of `buses` that has none */
    size_t b, e;                  /* its index, and the event's; AZ_NO_INDEX: the block's own */
    const char *id;
    const struct eb_bus *bus;
    size_t bus_index;
    const struct eb_type *type;
    size_t type_index, depot, end_depot;
    double start, charge, min, max; /* kWh; battery */
    bool window_told;               /* of this event */
    int64_t now;                    /* end of the event before */
    size_t place, node;             /* AZ_NO_INDEX: unknown; node: of the explicit links */
    bool any;                       /* an event was before */
    bool drives, moved;             /* a trip or drive was before; since the last trip: a drive */
    int64_t out_s, in_s;            /* the first movement's start, the last one's end */
    size_t trip;                    /* the last one; AZ_NO_INDEX */
    int64_t trip_end_s;
    size_t waiting;       /* explicit links: the drive whose end is not known yet; AZ_NO_INDEX */
    size_t off_slot;      /* a drive from a stop off a slot boundary; AZ_NO_INDEX: none */
    bool stood;           /* it charged here, or came here by a drive and to a stop */
    int64_t since_s;      /* it stands here since */
    bool first, no_break; /* here is where it began; standing here is no break */
    int64_t driving_s;    /* since the last break */
    bool driving_told;
    int64_t slot; /* last slot of the stay here with energy, and which way; -1: none */
    bool slot_charges, slot_discharges;
};

/* All blocks, and the buses of `buses` that have none. */
void eb_judge_blocks(struct eb_judge *j);

/* A breach at the event that is walked (or the block); member: of it, or NULL; item: of
 * the member, or AZ_NO_INDEX. */
void eb_walk_breach(struct eb_walk *w, enum eb_rule rule, const char *member, size_t item,
                    int64_t at_s, double amount, double price, size_t param_count,
                    const struct az_param params[]);
#define EB_WALK_BREACH(w, rule, at_s, amount, ...)                                       \
    eb_walk_breach((w), (rule), NULL, AZ_NO_INDEX, (at_s), (amount), NAN,                \
                   sizeof((struct az_param[]){ __VA_ARGS__ }) / sizeof(struct az_param), \
                   (struct az_param[]){ __VA_ARGS__ })

/* charge_window of the charge now; once an event. */
void eb_walk_window(struct eb_walk *w, int64_t at_s);

/* The energies of a stay at its charger from start_s to end_s. */
void eb_walk_charging(struct eb_walk *w, const struct eb_event *event, int64_t start_s,
                      int64_t end_s);

/* The drivers' rules: before a movement that begins at start_s, and after it. */
void eb_walk_break(struct eb_walk *w, int64_t start_s, bool trip);
void eb_walk_driven(struct eb_walk *w, int64_t start_s, int64_t driven_s);
void eb_walk_length(struct eb_walk *w);

/* Fleet and depots; chargers and places; grids, converters and storages. */
void eb_judge_fleet(struct eb_judge *j);
void eb_judge_chargers(struct eb_judge *j);
void eb_judge_grids(struct eb_judge *j);

/* Most power at the grid's side: of charging at a charge, and of discharging. */
double eb_charge_kw(const struct eb_type *type, const struct eb_charger *charger, double charge);
double eb_discharge_kw(const struct eb_type *type, const struct eb_charger *charger);

/* What a storage holds at the start. */
double eb_storage_start(const struct eb_instance *ev, size_t storage);

#endif
