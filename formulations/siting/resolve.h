/* resolve.h - what the files of resolving and validating share. Private to the kind. */
#ifndef AZ_SITING_RESOLVE_H
#define AZ_SITING_RESOLVE_H

#include "formulations/siting/codes.h"
#include "formulations/siting/tables.h"
#include "solver/tolerances.h"

/* /list/i and /list/i/member; label: the item's id. */
#define ST_ITEM_AT(list, i, id) AZ_ITEM(AZ_AT(NULL, (list)), (i), (id))
#define ST_MEMBER(list, i, id, member) AZ_AT(ST_ITEM_AT(list, i, id), (member))

struct st_resolver {
    struct st_instance *in;
    struct az_arena *arena;
    struct az_findings *findings;
};

/* The item that a reference names, AZ_NO_INDEX when it names none of `count`. */
static inline size_t st_index(struct az_ref ref, size_t count)
{
    return ref.id && ref.index < count ? ref.index : AZ_NO_INDEX;
}

/* PV that the surfaces of a site hold in all. */
double st_surfaces_kw(const struct st_site *site);

/* Above what a quantity has to be to be more than another one. */
static inline double st_above(double value)
{
    return value + AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(value));
}

/* Is there a network that asks for injections by hour? */
static inline bool st_has_network(const struct st_instance *in)
{
    return in->banks.count > 0 || in->feeders.count > 0 || in->upstream;
}

/* The ids of a site's options for people, "pv3, pv5, ..."; "-" without any. NULL: no memory. */
const char *st_option_ids(const struct st_site *site, struct az_arena *arena);

/* What is built at sites, and what they may get. */
enum az_status st_resolve_options(struct st_resolver *r);

/* Does a line join two nodes of one feeder? */
bool st_line_is_sound(const struct st_instance *in, const struct st_line *line);

/* Where sites inject; the trees of feeders. */
enum az_status st_resolve_network(struct st_resolver *r);

/* Shelters in reach of districts. */
enum az_status st_resolve_reaches(struct st_resolver *r);

#endif
