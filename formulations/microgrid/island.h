/* island.h - the dispatch of an island in one outage, as rows and columns of a model.
 *
 * An island is what a survival names: its grids, the devices on them and the usable converters.
 * What an outage that begins with slot s takes over from the plan are its ties: units on and their
 * power above minimum in slot s - 1, the energy of batteries at home and the levels of ponds at its
 * end. All else is the block's own. A block stands alone, its ties columns that are fixed from
 * outside, or in the full model, its ties that model's own terms.
 *
 * Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_ISLAND_H
#define AZ_MICROGRID_ISLAND_H

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"

enum mg_tie_kind { MG_TIE_ON, MG_TIE_ABOVE, MG_TIE_ENERGY, MG_TIE_LEVEL };

struct mg_tie {
    enum mg_tie_kind kind;
    size_t asset; /* unit, battery or pond */
};

/* What of a survival is the same for every start. */
struct mg_island {
    const struct mg_instance *mg;
    const struct mg_survival *survival;
    size_t index;    /* in the instance's survivals */
    bool *grid;      /* [grids] inside */
    bool *unit;      /* [units] inside and usable */
    bool *battery;   /* [batteries] inside */
    bool *converter; /* [converters] named */
    bool *pond;      /* [ponds] one of its units is inside */
    struct mg_tie *ties;
    size_t tie_count;
    size_t *on_tie, *above_tie, *energy_tie, *level_tie; /* by asset; AZ_NO_INDEX */
};

/* What a survival is about: its grids, assets and ties. index: among the survivals. AZ_OK or
 * AZ_NO_MEMORY. */
enum az_status mg_island_new(const struct mg_instance *mg, const struct mg_survival *survival,
                             size_t index, struct az_arena *arena, struct mg_island *island);

/* Slots of the outage that begins with slot s: as long as asked, or as is known. */
size_t mg_island_length(const struct mg_island *island, size_t s);

/* Critical demand of a grid, and of a load, and the low band of a renewable, in slot t of the time
 * that is known. kW */
double mg_critical_kw(const struct mg_instance *mg, size_t load, size_t t);
double mg_grid_critical_kw(const struct mg_island *island, size_t grid, size_t t);
double mg_low_kw(const struct mg_instance *mg, size_t renewable, size_t t);

/* Vehicles, or batteries, of an entry that are at home as slot s begins. */
double mg_at_home(const struct mg_instance *mg, size_t battery, size_t s);

/* Can a unit be on in slot t? Beyond the horizon as in its last slot. */
bool mg_can_run(const struct mg_instance *mg, size_t unit, size_t t);

/* Columns of a block: [asset * length + slot of the outage]; AZ_NO_INDEX where there is none. */
struct mg_block {
    const struct mg_island *island;
    size_t s, length;
    bool exact;  /* integer columns, and exclusions by binaries */
    size_t *tie; /* [tie_count] columns of a block that stands alone; NULL in the full model */
    size_t *on, *start, *above;                     /* units */
    size_t *used;                                   /* grids: of all renewables */
    size_t *charge, *discharge, *energy, *charging; /* batteries */
    size_t *forward, *backward;                     /* converters: first of their segments */
    size_t *on_forward, *on_backward;               /* converters */
    size_t *full_forward, *full_backward;           /* first of segment_count - 1 */
    size_t *formed;                                 /* grids that may be dead */
    size_t *unserved;                               /* grids */
    size_t *level, *spill;                          /* ponds */
};

/* Adds the rows and columns of an outage to a model. block: island, s, exact and tie are given. */
enum az_status mg_block_add(struct mg_model *m, struct mg_block *block, struct az_arena *arena);

/* factor * tie in the open row of the full model, for an outage that begins with slot s. */
void mg_put_tie(struct mg_model *m, const struct mg_island *island, size_t tie, size_t s,
                double factor);

/* The same tie's value in a solution of the full model. */
double mg_tie_at(struct mg_model *m, const double x[], const struct mg_island *island, size_t tie,
                 size_t s);

/* The ties of an outage that begins with slot s, of a plan that is laid out. */
void mg_ties_of_flows(const struct mg_island *island, const struct mg_flows *flows, size_t s,
                      double ties[]);

/* An empty witness of an outage that begins with slot s: an entry for every asset inside, its
 * series zeros. */
enum az_status mg_witness_new(const struct mg_island *island, size_t s, struct az_arena *arena,
                              struct mg_witness *witness);

/* One that serves nothing: it says nothing of devices. */
enum az_status mg_witness_unserved(const struct mg_island *island, size_t s, struct az_arena *arena,
                                   struct mg_witness *witness);

/* Follows an outage by a simple policy, each grid by itself. *lived: slots without a gap; all of
 * them when witness (or NULL) is one. */
enum az_status mg_follow(const struct mg_island *island, size_t s, const double ties[],
                         struct az_arena *arena, struct mg_witness *witness, size_t *lived);

/* Reads a solution of a block as a witness, in the arena. False when it goes both ways at once,
 * fills loss segments out of order or has a unit on in part: then it is none. */
enum az_status mg_witness_of(const struct mg_block *block, const double x[], const double ties[],
                             struct az_arena *arena, struct mg_witness *witness, bool *whole);

/* What a solution of a start's relaxation suggests for the integers of its exact block: guess[] of
 * that one's columns, NAN where it suggests nothing. */
void mg_guess_block(const struct mg_block *relaxed, const double x[], const struct mg_block *exact,
                    double guess[]);

#endif
