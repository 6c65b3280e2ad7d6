/* fallback_reserve.c - upward reserve that converters hand on in a plan that is made whole: from
 * grids that have more than they need to those that have less. */
#include <math.h>

#include "formulations/microgrid/fallback.h"
#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "solver/tolerances.h"

double mg_handed_on(const struct mg_mender *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    double sum = 0;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        const struct mg_converter_plan *plan = &m->plan->converters.items[i];
        double forward = mg_series_at(&plan->forward_reserve_kw, t, 0);
        double backward = mg_series_at(&plan->backward_reserve_kw, t, 0),
               kept = 1 - converter->worst_loss;
        if (converter->from_grid.index == g) sum += kept * backward - forward;
        if (converter->to_grid.index == g) sum += kept * forward - backward;
    }
    return sum;
}

/* What a grid holds upward beyond what is asked of it; below 0: what it lacks. kW */
static double spare(const struct mg_mender *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    double need =
        mg_series_at(&mg->grids.items[g].reserve_up_kw, t, 0) + mg_sold_capacity(mg, g, MG_UP, t);
    double held = mg_handed_on(m, g, t);
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit_plan *plan = &m->plan->units.items[i];
        if (mg->units.items[i].grid.index != g) continue;
        held += plan->reserve_up_kw.values[t];
        if (mg->grids.items[g].covers_largest_unit == 1)
            need = fmax(need, plan->power_kw.values[t] + plan->reserve_up_kw.values[t]);
    }
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid.index == g)
            held += mg_series_at(&m->plan->batteries.items[i].reserve_up_kw, t, 0);
    return held - need;
}

/* The reserve that a converter has room for in one direction. with, against: its inputs that way
 * and the other; rise: of the first less the second since the slot before. kW */
static double room(const struct mg_converter *converter, double most, double with, double against,
                   double rise)
{
    double room = most - with + against;
    if (converter->needs_on && with > 0)
        room = most - with;
    else if (converter->needs_on)
        room = against > 0 ? against - converter->min_transfer_kw : 0;
    return fmax(0, fmin(room, converter->ramp_kw - rise));
}

void mg_hand_on(struct mg_mender *m, size_t t)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->converters.count && !mg_is_dark(mg, t); i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        struct mg_converter_plan *plan = &m->plan->converters.items[i];
        if (converter->gives_reserve != 1 || !plan->forward_reserve_kw.values) continue;
        double in = plan->forward_in_kw.values[t], back = plan->backward_in_kw.values[t];
        double before = converter->has_input0 ? converter->input0_kw : in - back;
        if (t > 0) before = plan->forward_in_kw.values[t - 1] - plan->backward_in_kw.values[t - 1];
        double near = spare(m, converter->from_grid.index, t);
        double far = spare(m, converter->to_grid.index, t), kept = 1 - converter->worst_loss;
        double rise = in - back - before;
        if (near > AZ_ZERO && far < 0)
            plan->forward_reserve_kw.values[t] =
                fmin(fmin(near, -far / kept),
                     room(converter, converter->forward_max_kw, in, back, rise));
        else if (far > AZ_ZERO && near < 0)
            plan->backward_reserve_kw.values[t] =
                fmin(fmin(far, -near / kept),
                     room(converter, converter->backward_max_kw, back, in, -rise));
    }
}
