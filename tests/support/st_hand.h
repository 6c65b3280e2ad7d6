/* st_hand.h - siting instances put together by hand or by dice, with what resolving derives.
 *
 * For what works on structs alone. Everything is taken from one arena. */
#ifndef TEST_ST_HAND_H
#define TEST_ST_HAND_H

#include "formulations/siting/instance.h"
#include "solver/base/arena.h"
#include "solver/base/context.h"

enum { HAND_PROFILES = 12, HAND_TARIFFS = 6, HAND_SURFACES = 4, HAND_OPTIONS = 12 };

struct hand {
    struct az_arena *arena;
    struct st_instance in;
};

/* An instance with these typical days and nothing else; 20 years, every rate 0.03. Room for `sites`
 * sites. */
struct hand hand_new(const double weight_days[], size_t days, size_t sites);

/* A profile of hour_count values; its reference. */
struct az_ref hand_profile(struct hand *hand, const double values[]);
/* A profile that has `value` in the hours from .. until - 1 of every day. */
struct az_ref hand_block(struct hand *hand, size_t from, size_t until, double value);

/* A price that stays. */
struct st_price *hand_price(struct hand *hand, double jpy_per_kwh);

struct st_tariff *hand_tariff(struct hand *hand, double ppa, double retail, double surplus);
struct st_costs *hand_costs(struct hand *hand);

/* A site with nothing but its kind; it has the last tariff and costs that were made. */
struct st_site *hand_site(struct hand *hand, enum st_kind kind);
void hand_surface(struct hand *hand, struct st_site *site, struct az_ref yield, double max_kw);
/* An option whose money is all 0. */
struct st_option *hand_option(struct hand *hand, struct st_site *site, double pv_kw,
                              double battery_kwh);

/* A random instance with every feature that dispatch and cash flow know. */
struct hand hand_random(struct az_random *dice, size_t sites);

#endif
