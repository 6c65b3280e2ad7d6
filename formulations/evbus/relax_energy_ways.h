/* relax_energy_ways.h - the parts behind eb_relax_energy: ways at one type and one value of charge,
 * and what the chosen ones use. Inside relax_energy*.c only. */
#ifndef AZ_EVBUS_RELAX_ENERGY_WAYS_H
#define AZ_EVBUS_RELAX_ENERGY_WAYS_H

#include "formulations/evbus/relax_energy.h"

#define RE_WORTHS 3 /* of b': b itself, the least price of buying, the greatest of selling */

/* One type at one b'. */
struct re_view {
    const struct eb_network *net;
    const struct eb_instance *ev;
    const struct eb_energy_worth *worth;
    size_t type, stops, T;
    int64_t slot_s;
    double b;            /* JPY/kWh in the battery */
    double *buys, *rate; /* [chargers * T] JPY/h earned by charging, and at most, a plug's price not
                            taken off */
    double *full;        /* [stops * T] JPY of a whole slot */
    double *go;          /* [stops * (T + 1)] from standing at a boundary to the target */
    int64_t *leave_s;    /* [stops] when it leaves for the target; -1: never */
    double *on;          /* [stops] what the drive there costs */
};

struct re_relaxing {
    struct re_view view;
    double worths[RE_WORTHS];
    struct eb_relax_costs *costs;
    double *link, *out, *in; /* of one type: [links], [sources * trips], [depots * trips] */
    unsigned char *link_worth, *out_worth, *in_worth; /* which b' was the best one */
    /* of the least type, as type * RE_WORTHS + b': [links], [trips] */
    size_t *link_by, *out_by, *in_by, *out_source, *in_depot, *own_type;
    double *idle;  /* [sources * depots] days without trips */
    size_t now;    /* which b' the view is at */
    bool complete; /* no way was found where there is no link */
};

/* The drive of the type with its energy at b; false: there is none. */
bool eb_re_drive(const struct re_view *v, struct eb_point from, struct eb_point to,
                 int64_t *seconds, double *cost);

/* What a part of a slot earns at most at a stop: idle, or one bank in one direction, its plug paid
 * whole. */
double eb_re_earns(const struct re_view *v, size_t stop, size_t t, double hours);

/* Buying to keep at b, or selling what is worth b, at full power. */
void eb_re_set_rates(struct re_view *v);

/* A target to be reached at a time; the last boundary is no way there. */
void eb_re_aim(struct re_view *v, struct eb_point target, int64_t at);

/* Standing at every stop and boundary but the last. */
void eb_re_set_go(struct re_view *v);

/* From coming to a stop at a time to the target. */
double eb_re_arrive(const struct re_view *v, size_t l, int64_t at);

/* From a point where the bus is free at a time to the target at its time, straight or by stops. */
double eb_re_way(const struct re_view *v, struct eb_point from, int64_t from_s, struct eb_point to,
                 int64_t to_s);

/* The window of the charge where trip n begins, or where it has ended. */
void eb_re_charges(const struct re_relaxing *r, size_t n, bool ended, double *low, double *high);

/* The values of charge in the battery that are tried. */
void eb_re_set_worths(struct re_relaxing *r);

/* The least that the type's buses end with. */
double eb_re_least_end(const struct re_relaxing *r);

/* relax_energy_use.c: stays and slopes of the assignment. */
void eb_re_measure_use(struct re_relaxing *r, const struct eb_relaxation *relaxation,
                       struct eb_energy_use *use);

#endif
