/* adopt.h - a block of an earlier plan on this instance's horizon, in the making.
 *
 * Shared by adopt*.c only. */
#ifndef AZ_EVBUS_ADOPT_H
#define AZ_EVBUS_ADOPT_H

#include <string.h>

#include "formulations/evbus/duty.h"
#include "formulations/evbus/judge.h"

/* What an adoption carries from block to block. */
struct eb_adopter {
    const struct eb_instance *ev;
    const struct eb_plan *old;
    struct az_arena *arena;
    struct eb_plan *plan;
    int64_t shift_s;               /* the old start, in seconds since this one */
    bool *taken;                   /* [trips] */
    bool *used;                    /* [bus_count] */
    struct eb_block_maker *makers; /* [blocks of the plan] */
    size_t number;                 /* of the next block without bus */
};

/* A block in the making. */
struct eb_block_maker {
    struct eb_adopter *a;
    struct eb_block block;
    const struct eb_bus *bus;
    const struct eb_type *type;
    size_t type_index, capacity;
    size_t place;
    int64_t now, trip_end;
    bool fill; /* charge as much as the stays allow */
    bool runs; /* it has run a trip */
    size_t trips;
    /* the stay that lasts until the next movement is known */
    const struct eb_event *stay;
    size_t charger;
    int64_t stay_start, stay_end;
};

/* Is it the same id? NULL is none. */
static inline bool eb_same_id(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Index of the item of a list with an id; AZ_NO_INDEX: none. */
#define EB_FIND_ID(list, id_, at)                             \
    do {                                                      \
        (at) = AZ_NO_INDEX;                                   \
        for (size_t i_ = 0; (id_) && i_ < (list).count; i_++) \
            if (eb_same_id((list).items[i_].id, (id_))) {     \
                (at) = i_;                                    \
                break;                                        \
            }                                                 \
    } while (0)

/* The trip that a reference of an earlier plan names; AZ_NO_INDEX: none. */
size_t eb_find_trip(const struct eb_instance *ev, const struct az_ref *ref);

/* --- adopt_block.c --- */

/* One attempt: at most `most` trips of the old block (NULL: none). */
enum az_status eb_make_block(struct eb_block_maker *m, const struct eb_block *old, size_t most);

/* --- adopt.c --- */

/* Is the block by itself within the rules? Judged alone in an empty plan. */
enum az_status eb_is_sound(const struct eb_block_maker *m, bool *sound);

/* A block of a new bus, without events. */
struct eb_block_maker eb_new_maker(struct eb_adopter *a, size_t type, size_t depot);

/* May one more new bus of a type begin at a depot, as far as its limits say? */
bool eb_has_room(const struct eb_adopter *a, size_t type, size_t depot);

/* Puts a made block into the plan. */
enum az_status eb_add_block(struct eb_adopter *a, struct eb_block_maker *m);

/* --- adopt_over.c --- */

/* Puts trips that no block of the plan runs into those that have time for them, or into new ones,
 * as far as they fit. The old plan is not read. */
enum az_status eb_take_over(struct eb_adopter *a);

#endif
