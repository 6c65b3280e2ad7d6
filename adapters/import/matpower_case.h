/* matpower_case.h - a MATPOWER case on its way into an instance of siting: what is in service, and
 * which shape it has. */
#ifndef AZ_MATPOWER_CASE_H
#define AZ_MATPOWER_CASE_H

#include "adapters/import/matpower_text.h"
#include "adapters/import/siting.h"

struct mp_case {
    const struct az_import *import;
    const struct az_input *input;
    struct az_arena *arena;
    struct az_findings *findings;
    struct az_matpower of;
    const char *name; /* before every id */
    json_t *document;
    const char *flat; /* id of the profile of all loads */
    /* in service */
    size_t bus_count, branch_count, gen_count;
    size_t *bus, *branch, *gen; /* their rows, increasing */
    size_t *from, *to, *at;     /* [branch_count], [branch_count], [gen_count] into bus */
    size_t slack;               /* into bus */
};

/* A value of a bus, branch or generator in service. */
double az_mp_bus(const struct mp_case *mp, size_t i, int column);
double az_mp_branch(const struct mp_case *mp, size_t l, int column);
double az_mp_gen(const struct mp_case *mp, size_t g, int column);

/* "case33bw-18", "case33bw-l3": kind is "", "l", "g" or "p", number counts as the case does. NULL:
 * no memory. */
const char *az_mp_id(const struct mp_case *mp, const char *kind, size_t number);
const char *az_mp_bus_id(const struct mp_case *mp, size_t i);

/* Tells a count, unless it is 0. */
void az_mp_tell(const struct mp_case *mp, const struct az_code *code, size_t count);

/* Adds the profile's load to a node or bus. */
enum az_status az_mp_set_load(const struct mp_case *mp, json_t *object, double mw);

/* Is an id of this case in a list already? That is a finding. */
bool az_mp_is_taken(const struct mp_case *mp, const char *list, const char *id);

/* A radial case as a feeder (matpower_feeder.c), a meshed one as the grid upstream
 * (matpower_mesh.c). What is wrong is a finding, what is lost is told. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_mp_add_feeder(const struct mp_case *mp);
enum az_status az_mp_add_upstream(const struct mp_case *mp);

#endif
