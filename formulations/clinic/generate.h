/* generate.h - what the files of generating share. Private to the kind. */
#ifndef AZ_CLINIC_GENERATE_H
#define AZ_CLINIC_GENERATE_H

#include "formulations/clinic/tables.h"
#include "formulations/common/generator.h"

#define CL_MAX_VALLEYS 8
#define CL_WEEK_DAYS 5

struct cl_valley {
    const char *district;
    double angle;        /* of its direction from town */
    size_t first, count; /* places */
    double minutes;      /* to its middle */
};

struct cl_world {
    struct az_generator base;
    struct cl_instance *cl;
    size_t size, valleys, nurses, drivers;
    struct cl_valley valley[CL_MAX_VALLEYS];
    const char *date[CL_WEEK_DAYS];
};

/* A list of count items of owner, each with its defaults. */
#define CL_NEW_LIST(g, table, owner, member, count_)                               \
    ((owner)->member.items = az_new_items(&(g)->base, (table), #member, (count_)), \
     (owner)->member.count = (g)->base.failed ? 0 : (count_))

/* A list of words. */
#define CL_WORDS(g, list, ...)                                             \
    cl_set_words((g), &(list)->items, &(list)->count,                      \
                 sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), \
                 (const char *[]){ __VA_ARGS__ })
void cl_set_words(struct cl_world *g, const char ***items, size_t *count, size_t given,
                  const char *const words[]);

/* "09:30" of minutes after midnight. */
const char *cl_new_clock(struct cl_world *g, double minutes);

/* Ways to visit, sites, and the appointments of some. */
void cl_make_cares(struct cl_world *g);
void cl_make_sites(struct cl_world *g);
void cl_make_appointments(struct cl_world *g);

#endif
