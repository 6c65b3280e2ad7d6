/* sample_table.h - a made-up kind's tables that use every type and flag of the field language, for
 * the tests of fields, JSON and schema. */
#ifndef AZ_SAMPLE_TABLE_H
#define AZ_SAMPLE_TABLE_H

#include "formulations/fields.h"
#include "solver/base/context.h"

enum sample_mode { SAMPLE_PLAIN, SAMPLE_CURVED, SAMPLE_OFF };
enum sample_price { SAMPLE_FLAT, SAMPLE_STEPS, SAMPLE_FREE };
enum sample_thing { SAMPLE_PUMP, SAMPLE_FAN };

struct sample_point {
    double x_kw, y_jpy;
};
struct sample_flat {
    double price_jpy_per_kwh;
};
struct sample_steps {
    AZ_LIST(struct sample_point) points;
};
struct sample_pump {
    const char *id;
    double power_kw;
};
struct sample_fan {
    const char *id;
    struct az_ref beside;
};
struct sample_feeder {
    const char *id;
    double limit_kw;
};
struct sample_network {
    AZ_LIST(struct sample_feeder) feeders;
    struct az_matrix distance_km; /* sites x sites */
};
struct sample_node {
    const char *name;
    AZ_LIST(struct sample_node) children;
};
struct sample_row {
    AZ_LIST(int64_t) cells;
};
typedef AZ_LIST(int64_t) sample_integers;
typedef AZ_LIST(struct sample_point) sample_points;
typedef AZ_MAP(double) sample_numbers;

struct sample_site {
    const char *id, *name;
    struct az_series load_kw;       /* scalar or slots, null allowed */
    struct az_series temperature_c; /* boundaries */
    struct az_variant price;
    AZ_LIST(struct az_ref) feeders; /* unique */
    AZ_MAP(double) weights;         /* by site */
    AZ_MAP(const char *) notes;     /* by free id */
};

struct sample_root {
    const char *id, *title, *colour;
    struct az_time start, until;
    int64_t slots, retries;
    double factor, reading, share, curve_kw, cap_kw, gain;
    int strict, wanted, mode;
    struct az_ref partner, chosen;
    AZ_LIST(const char *) tags;
    AZ_LIST(double) levels;
    AZ_LIST(int64_t) years;
    AZ_LIST(int) switches;
    AZ_LIST(int) modes;
    AZ_LIST(struct az_time) holidays;
    AZ_LIST(struct sample_site) sites;
    struct sample_network *network;
    AZ_LIST(struct az_variant) things;
    AZ_LIST(sample_integers) groups;
    AZ_LIST(sample_points) outlines;
    AZ_MAP(sample_numbers) crossings;
    AZ_MAP(struct az_series) profiles;
    AZ_MAP(struct sample_flat) offers; /* by site or thing */
    AZ_MAP(struct sample_pump) spares; /* by free id: a collection */
    struct az_ref spare;
    struct sample_node *tree;
    struct az_document extra;
    struct az_series base_kw; /* default, scalar */
    int derived;              /* no row */
};

struct sample_entry {
    struct az_series power_kw;
};
struct sample_plan {
    AZ_MAP(struct sample_entry) sites; /* by site of the root */
    AZ_LIST(struct az_ref) order;      /* sites, things */
    struct az_series total_kw;
};

extern const struct az_table sample_table, sample_plan_table;

/* A random object of sample_table: valid, every kind of member present now and then. */
struct sample_root *sample_random(struct az_random *random, struct az_arena *arena);

#endif
