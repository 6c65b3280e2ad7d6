/* island_witness.c - a solution of an island's block as a witness of the plan. */
#include "formulations/microgrid/island.h"

#include <math.h>

#include "formulations/common/calendar.h"
#include "solver/tolerances.h"

#define NOISE 5e-7  /* kW: less than this is noise of the engine */
#define PARTLY 1e-6 /* a switch this far from 0 and 1 is set in part */

struct reader {
    const struct mg_block *b;
    const struct mg_instance *mg;
    const double *x, *ties;
    bool whole;
};

static double value(const struct reader *r, size_t column)
{
    return column == AZ_NO_INDEX ? 0 : r->x[column];
}

static double clean(double amount)
{
    return amount > NOISE ? amount : 0;
}

/* --- an empty witness ---------------------------------------------------------------------------
 */

struct maker {
    struct az_arena *arena;
    size_t length;
    bool failed;
};

static struct az_series series(struct maker *m)
{
    struct az_series made = { .count = m->length };
    made.values = az_arena_array(m->arena, m->length, sizeof *made.values);
    if (!made.values) m->failed = true;
    return made;
}

/* An entry for every asset inside. */
#define OPEN_MAP(map_, list_, inside_)                                               \
    do {                                                                             \
        w->map_.keys = AZ_ARRAY(arena, (list_).count, struct az_ref);                \
        w->map_.items = az_arena_array(arena, (list_).count, sizeof *w->map_.items); \
        if (!w->map_.keys || !w->map_.items) return AZ_NO_MEMORY;                    \
        for (size_t i_ = 0; i_ < (list_).count; i_++)                                \
            if (inside_)                                                             \
                w->map_.keys[w->map_.count++] =                                      \
                    (struct az_ref){ .id = (list_).items[i_].id, .index = i_ };      \
    } while (0)

static enum az_status make_sources(const struct mg_island *island, size_t s, struct az_arena *arena,
                                   struct maker *m, struct mg_witness *w)
{
    const struct mg_instance *mg = island->mg;
    OPEN_MAP(units, mg->units, island->unit[i_]);
    for (size_t n = 0; n < w->units.count; n++)
        w->units.items[n] = (struct mg_unit_plan){ .on = series(m), .power_kw = series(m) };
    OPEN_MAP(renewables, mg->renewables, island->grid[mg->renewables.items[i_].grid.index]);
    for (size_t n = 0; n < w->renewables.count; n++) w->renewables.items[n].used_kw = series(m);
    OPEN_MAP(batteries, mg->batteries, island->battery[i_] && mg_at_home(mg, i_, s) > 0.5);
    for (size_t n = 0; n < w->batteries.count; n++)
        w->batteries.items[n] = (struct mg_battery_plan){ .charge_kw = series(m),
                                                          .discharge_kw = series(m),
                                                          .energy_kwh = series(m) };
    return AZ_OK;
}

enum az_status mg_witness_new(const struct mg_island *island, size_t s, struct az_arena *arena,
                              struct mg_witness *w)
{
    const struct mg_instance *mg = island->mg;
    struct maker m = { .arena = arena, .length = mg_island_length(island, s) };
    *w = (struct mg_witness){ .start = az_slot_time(mg->start, mg->slot_minutes, s) };
    AZ_TRY(make_sources(island, s, arena, &m, w));
    OPEN_MAP(converters, mg->converters, island->converter[i_]);
    for (size_t n = 0; n < w->converters.count; n++)
        w->converters.items[n] = (struct mg_converter_plan){ .on = series(&m),
                                                             .forward_in_kw = series(&m),
                                                             .forward_out_kw = series(&m),
                                                             .backward_in_kw = series(&m),
                                                             .backward_out_kw = series(&m) };
    OPEN_MAP(loads, mg->loads,
             island->grid[mg->loads.items[i_].grid.index] &&
                 mg->loads.items[i_].critical_share > 0);
    for (size_t n = 0; n < w->loads.count; n++) w->loads.items[n].unserved_kw = series(&m);
    OPEN_MAP(ponds, mg->ponds, island->pond[i_]);
    for (size_t n = 0; n < w->ponds.count; n++)
        w->ponds.items[n] =
            (struct mg_pond_plan){ .level_kwh = series(&m), .spill_kw = series(&m) };
    return m.failed ? AZ_NO_MEMORY : AZ_OK;
}

enum az_status mg_witness_unserved(const struct mg_island *island, size_t s, struct az_arena *arena,
                                   struct mg_witness *w)
{
    AZ_TRY(mg_witness_new(island, s, arena, w));
    w->units.count = w->renewables.count = w->batteries.count = 0;
    w->converters.count = w->ponds.count = 0;
    for (size_t n = 0; n < w->loads.count; n++)
        for (size_t k = 0; k < w->loads.items[n].unserved_kw.count; k++)
            w->loads.items[n].unserved_kw.values[k] =
                mg_critical_kw(island->mg, w->loads.keys[n].index, s + k);
    return AZ_OK;
}

/* --- reading ------------------------------------------------------------------------------------
 */

static void read_units(struct reader *r, struct mg_witness *w)
{
    size_t L = r->b->length;
    for (size_t n = 0; n < w->units.count; n++) {
        const struct mg_unit *unit = &r->mg->units.items[w->units.keys[n].index];
        struct mg_unit_plan *to = &w->units.items[n];
        for (size_t k = 0; k < L; k++) {
            size_t at = w->units.keys[n].index * L + k;
            double on = value(r, r->b->on[at]), above = value(r, r->b->above[at]);
            if (fmin(fabs(on), fabs(on - 1)) > PARTLY) r->whole = false;
            to->on.values[k] = on > 0.5;
            to->power_kw.values[k] =
                on > 0.5 ? fmin(unit->p_min_kw + fmax(0, above), unit->p_max_kw) : 0;
        }
    }
}

/* What is used of a grid is shared by its renewables in their order. */
static void read_renewables(struct reader *r, struct mg_witness *w)
{
    size_t L = r->b->length;
    for (size_t g = 0; g < r->mg->grids.count; g++)
        for (size_t k = 0; k < L; k++) {
            double left = clean(value(r, r->b->used[g * L + k]));
            for (size_t n = 0; n < w->renewables.count; n++) {
                size_t i = w->renewables.keys[n].index;
                if (r->mg->renewables.items[i].grid.index != g) continue;
                double used = fmin(left, mg_low_kw(r->mg, i, r->b->s + k));
                w->renewables.items[n].used_kw.values[k] = used;
                left -= used;
            }
        }
}

/* Energies are carried forward from the flows. */
static void read_batteries(struct reader *r, struct mg_witness *w)
{
    size_t L = r->b->length;
    for (size_t n = 0; n < w->batteries.count; n++) {
        size_t i = w->batteries.keys[n].index;
        const struct mg_battery *battery = &r->mg->batteries.items[i];
        struct mg_battery_plan *to = &w->batteries.items[n];
        double energy = r->ties[r->b->island->energy_tie[i]];
        for (size_t k = 0; k < L; k++) {
            double charge = clean(value(r, r->b->charge[i * L + k]));
            double discharge = clean(value(r, r->b->discharge[i * L + k]));
            if (charge > 0 && discharge > 0) r->whole = false;
            energy +=
                (battery->charge_efficiency * charge - discharge / battery->discharge_efficiency) *
                r->mg->dt;
            to->charge_kw.values[k] = charge;
            to->discharge_kw.values[k] = discharge;
            to->energy_kwh.values[k] = energy;
        }
    }
}

/* The input of a direction; false when a segment is used before one with less loss is full. */
static double input_of(struct reader *r, const struct mg_converter *converter, size_t first)
{
    double sum = 0, room = INFINITY;
    for (size_t n = 0; n < converter->segment_count; n++) {
        double part = clean(r->x[first + n]);
        if (part > 0 && converter->segment_loss[n] > room) r->whole = false;
        double width = converter->segment_kw[n];
        if (room == INFINITY && part < width - AZ_FEASIBILITY_TOLERANCE)
            room = converter->segment_loss[n];
        sum += part;
    }
    return sum;
}

static void read_converters(struct reader *r, struct mg_witness *w)
{
    size_t L = r->b->length;
    for (size_t n = 0; n < w->converters.count; n++) {
        size_t i = w->converters.keys[n].index;
        const struct mg_converter *converter = &r->mg->converters.items[i];
        struct mg_converter_plan *to = &w->converters.items[n];
        for (size_t k = 0; k < L; k++) {
            size_t at = i * L + k;
            double forward = input_of(r, converter, r->b->forward[at]);
            double backward = input_of(r, converter, r->b->backward[at]);
            double forth = value(r, r->b->on_forward[at]), back = value(r, r->b->on_backward[at]);
            if (forward > 0 && backward > 0) r->whole = false;
            if (converter->needs_on &&
                fmax(fmin(forth, fabs(1 - forth)), fmin(back, fabs(1 - back))) > PARTLY)
                r->whole = false;
            to->forward_in_kw.values[k] = forward;
            to->backward_in_kw.values[k] = backward;
            to->forward_out_kw.values[k] = fmax(0, mg_output_at(converter, forward));
            to->backward_out_kw.values[k] = fmax(0, mg_output_at(converter, backward));
            to->on.values[k] = forward > 0 || backward > 0 ||
                               (!converter->needs_on && (forth > 0.5 || back > 0.5));
        }
    }
}

/* What a grid leaves unserved is shared by its critical loads in proportion. */
static void read_loads(struct reader *r, struct mg_witness *w)
{
    size_t L = r->b->length;
    for (size_t n = 0; n < w->loads.count; n++) {
        size_t i = w->loads.keys[n].index, g = r->mg->loads.items[i].grid.index;
        for (size_t k = 0; k < L; k++) {
            size_t t = r->b->s + k;
            double demand = mg_grid_critical_kw(r->b->island, g, t);
            double missing = value(r, r->b->unserved[g * L + k]);
            if (missing <= 0.5 * AZ_FEASIBILITY_TOLERANCE * fmax(1, demand)) missing = 0;
            w->loads.items[n].unserved_kw.values[k] =
                demand > 0 ? fmin(missing / demand, 1) * mg_critical_kw(r->mg, i, t) : 0;
        }
    }
}

static double use_of(const struct reader *r, const struct mg_witness *w, size_t pond, size_t k)
{
    double use = 0;
    for (size_t n = 0; n < w->units.count; n++) {
        const struct mg_unit *unit = &r->mg->units.items[w->units.keys[n].index];
        if (!unit->pond.id || unit->pond.index != pond) continue;
        use += unit->water_factor * w->units.items[n].power_kw.values[k];
        if (w->units.items[n].on.values[k] > 0.5) use += unit->water_no_load_kw;
    }
    return use;
}

static void read_ponds(struct reader *r, struct mg_witness *w)
{
    size_t L = r->b->length, T = r->mg->T;
    for (size_t n = 0; n < w->ponds.count; n++) {
        size_t i = w->ponds.keys[n].index;
        const struct mg_pond *pond = &r->mg->ponds.items[i];
        double level = r->ties[r->b->island->level_tie[i]];
        for (size_t k = 0; k < L; k++) {
            size_t t = r->b->s + k < T ? r->b->s + k : T - 1;
            double inflow = pond->inflow_kw.values ? pond->inflow_kw.values[t] : 0;
            double spill = clean(value(r, r->b->spill[i * L + k]));
            level += (inflow - use_of(r, w, i, k) - spill) * r->mg->dt;
            w->ponds.items[n].level_kwh.values[k] = level;
            w->ponds.items[n].spill_kw.values[k] = spill;
        }
    }
}

/* Does a unit or a battery of the witness hold the grid in slot k? */
static bool is_held(const struct reader *r, const struct mg_witness *w, size_t g, size_t k)
{
    for (size_t n = 0; n < w->units.count; n++)
        if (mg_unit_forms(&r->mg->units.items[w->units.keys[n].index], g) &&
            w->units.items[n].on.values[k] > 0.5)
            return true;
    for (size_t n = 0; n < w->batteries.count; n++)
        if (mg_battery_forms(&r->mg->batteries.items[w->batteries.keys[n].index], g)) return true;
    return false;
}

static bool is_fed(const struct reader *r, const struct mg_witness *w, size_t g, size_t k)
{
    for (size_t n = 0; n < w->converters.count; n++) {
        const struct mg_converter_plan *flow = &w->converters.items[n];
        bool forward;
        size_t from =
            mg_feeds_from(&r->mg->converters.items[w->converters.keys[n].index], g, &forward);
        const double *against = forward ? flow->backward_in_kw.values : flow->forward_in_kw.values;
        if (from != AZ_NO_INDEX && flow->on.values[k] > 0.5 && !(against[k] > 0) &&
            is_held(r, w, from, k))
            return true;
    }
    return false;
}

/* Does anything flow into the grid in slot k? */
static bool is_lit(const struct reader *r, const struct mg_witness *w, size_t g, size_t k)
{
    double in = clean(value(r, r->b->used[g * r->b->length + k]));
    for (size_t n = 0; n < w->units.count; n++)
        if (r->mg->units.items[w->units.keys[n].index].grid.index == g)
            in += w->units.items[n].power_kw.values[k];
    for (size_t n = 0; n < w->batteries.count; n++)
        if (r->mg->batteries.items[w->batteries.keys[n].index].grid.index == g)
            in += w->batteries.items[n].discharge_kw.values[k];
    for (size_t n = 0; n < w->converters.count; n++) {
        const struct mg_converter *converter =
            &r->mg->converters.items[w->converters.keys[n].index];
        const struct mg_converter_plan *flow = &w->converters.items[n];
        if (converter->to_grid.index == g) in += flow->forward_out_kw.values[k];
        if (converter->from_grid.index == g) in += flow->backward_out_kw.values[k];
    }
    return in > 0;
}

/* A grid that the relaxation forms in part has to be formed by what is on in the witness. */
static void check_formed(struct reader *r, const struct mg_witness *w)
{
    size_t L = r->b->length;
    for (size_t g = 0; g < r->mg->grids.count; g++)
        for (size_t k = 0; k < L && r->whole; k++)
            r->whole = r->b->formed[g * L + k] == AZ_NO_INDEX || is_held(r, w, g, k) ||
                       is_fed(r, w, g, k) || !is_lit(r, w, g, k);
}

enum az_status mg_witness_of(const struct mg_block *block, const double x[], const double ties[],
                             struct az_arena *arena, struct mg_witness *witness, bool *whole)
{
    struct reader r = { .b = block, .mg = block->island->mg, .x = x, .ties = ties, .whole = true };
    AZ_TRY(mg_witness_new(block->island, block->s, arena, witness));
    read_units(&r, witness);
    read_renewables(&r, witness);
    read_batteries(&r, witness);
    read_converters(&r, witness);
    read_loads(&r, witness);
    read_ponds(&r, witness);
    check_formed(&r, witness);
    *whole = r.whole;
    return AZ_OK;
}

/* --- guesses ------------------------------------------------------------------------------------
 */

#define SOME 1e-6 /* on, or kW: less than this is nothing */

static double value_at(const double x[], size_t column)
{
    return column == AZ_NO_INDEX ? 0 : x[column];
}

static void guess_at(double guess[], size_t column, bool on)
{
    if (column != AZ_NO_INDEX) guess[column] = on;
}

static double sum_at(const double x[], size_t first, size_t count)
{
    double sum = 0;
    for (size_t n = 0; first != AZ_NO_INDEX && n < count; n++) sum += x[first + n];
    return sum;
}

/* One direction: on where anything flows, later segments begun where they carry something. */
static void guess_direction(const struct mg_converter *converter, const double x[], size_t from,
                            size_t on, size_t full, bool runs, double guess[])
{
    guess_at(guess, on, runs);
    for (size_t n = 1; full != AZ_NO_INDEX && n < converter->segment_count; n++)
        guess[full + n - 1] = runs && x[from + n] > SOME;
}

void mg_guess_block(const struct mg_block *relaxed, const double x[], const struct mg_block *exact,
                    double guess[])
{
    const struct mg_instance *mg = relaxed->island->mg;
    size_t L = relaxed->length;
    for (size_t at = 0; at < mg->units.count * L; at++)
        guess_at(guess, exact->on[at], value_at(x, relaxed->on[at]) > SOME);
    for (size_t at = 0; at < mg->batteries.count * L; at++)
        guess_at(guess, exact->charging[at],
                 value_at(x, relaxed->charge[at]) > value_at(x, relaxed->discharge[at]));
    for (size_t at = 0; at < mg->grids.count * L; at++)
        guess_at(guess, exact->formed[at], value_at(x, relaxed->formed[at]) > SOME);
    for (size_t at = 0; at < mg->converters.count * L; at++) {
        const struct mg_converter *converter = &mg->converters.items[at / L];
        size_t count = converter->segment_count;
        double forward = sum_at(x, relaxed->forward[at], count);
        double backward = sum_at(x, relaxed->backward[at], count);
        guess_direction(converter, x, relaxed->forward[at], exact->on_forward[at],
                        exact->full_forward[at], forward > SOME && forward >= backward, guess);
        guess_direction(converter, x, relaxed->backward[at], exact->on_backward[at],
                        exact->full_backward[at], backward > SOME && backward > forward, guess);
    }
}
