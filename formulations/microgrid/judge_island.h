/* judge_island.h - what the two files that judge survival share. Private to the judge. */
#ifndef AZ_MICROGRID_JUDGE_ISLAND_H
#define AZ_MICROGRID_JUDGE_ISLAND_H

#include "formulations/microgrid/judge.h"

/* A witness laid out by asset; NULL where it says nothing of one: still, off, fully served. */
struct mg_laid_witness {
    bool given;
    size_t index; /* in the plan's list */
    const struct mg_unit_plan **units;
    const struct mg_renewable_plan **renewables;
    const struct mg_battery_plan **batteries;
    const struct mg_converter_plan **converters;
    const struct mg_load_plan **loads;
    const struct mg_pond_plan **ponds;
};

/* One outage that begins with slot s. */
struct mg_outage {
    struct mg_judge *j;
    const struct mg_survival *survival;
    const struct mg_laid_witness *witness;
    size_t s, length; /* slots that are looked at */
    bool *inside;     /* [grids.count] is it one of the island's? */
    bool *usable;     /* [converters.count] is it named? */
    bool *formed;     /* [grids.count * length] */
};

/* Value k of a series of a witness; 0 where it says nothing. */
static inline double mg_at(const struct az_series *series, size_t k)
{
    return mg_series_at(series, k, 0);
}

/* Slots of an outage that begins with slot s: as long as asked, or as is known. */
size_t mg_outage_slots(const struct mg_instance *mg, const struct mg_survival *survival, size_t s);

/* A breach at an asset of the witness, in slot k of the outage. member: or NULL. */
void mg_island_breach(const struct mg_outage *o, enum mg_rule rule, const char *map, const char *id,
                      const char *member, size_t k, double amount, double value, double limit);

/* Fills formed: a forming unit that is on, a forming battery that is there, a forming converter
 * that is on and fed by a grid that one of these forms. */
void mg_island_forms(struct mg_outage *o);

/* The rules of one device in the outage. */
void mg_island_unit(const struct mg_outage *o, size_t i);
void mg_island_renewable(const struct mg_outage *o, size_t i);
void mg_island_battery(const struct mg_outage *o, size_t i);
void mg_island_converter(const struct mg_outage *o, size_t i);
void mg_island_pond(const struct mg_outage *o, size_t i);

#endif
