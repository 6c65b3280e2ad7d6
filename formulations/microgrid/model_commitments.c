/* model_commitments.c - what is sold already, in the compact MILP: demand response at a connection,
 * capacity of a grid's reserve; their part of solutions and plans. */
#include <math.h>

#include "formulations/microgrid/model.h"
#include "solver/tolerances.h"

/* In the slots of a blackout nothing that was sold has to be kept. */
static bool lapses(const struct mg_instance *mg, size_t t)
{
    return mg->blackout && mg_is_within(mg->blackout->slots, t);
}

static bool is_due(const struct mg_instance *mg, const struct mg_commitment *commitment, size_t t)
{
    return mg_is_within(commitment->slots, t) && !lapses(mg, t);
}

/* The capacity terms of a commitment that is due in this slot and way, or NULL. */
static const struct mg_capacity *capacity_of(const struct mg_instance *mg, size_t i, size_t grid,
                                             int way, size_t t)
{
    const struct mg_commitment *commitment = &mg->commitments.items[i];
    if (commitment->terms.tag != MG_TERMS_CAPACITY || !is_due(mg, commitment, t)) return NULL;
    const struct mg_capacity *capacity = commitment->terms.value;
    return capacity->grid.index == grid && capacity->direction == way ? capacity : NULL;
}

double mg_sold_capacity(const struct mg_instance *mg, size_t grid, int way, size_t t)
{
    double sold = 0;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        const struct mg_capacity *capacity = capacity_of(mg, i, grid, way, t);
        if (capacity) sold += capacity->kw;
    }
    return sold;
}

void mg_put_conceded(struct mg_model *m, size_t grid, int way, size_t t)
{
    for (size_t i = 0; i < m->mg->commitments.count; i++) {
        size_t column = m->commitment_short[i * m->mg->T + t];
        if (column != AZ_NO_INDEX && capacity_of(m->mg, i, grid, way, t))
            mg_put_column(m, column, 1);
    }
}

/* A column for what is not kept, where that is priced. */
static size_t add_short(struct mg_model *m, size_t i, double most)
{
    double price = m->mg->commitments.items[i].price_jpy_per_kwh;
    if (!m->build.conceding || !mg_is_priced(m->mg, price)) return AZ_NO_INDEX;
    return mg_concession(m, most, price * m->mg->dt);
}

/* Capacity stands in the grid's reserve row, less what is conceded of it; an explanation may ask
 * for that even where it is firm. */
static void add_capacity(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_capacity *capacity = m->mg->commitments.items[i].terms.value;
    struct mg_tag tag = { MG_RULE_commitment_kept, i, t };
    size_t column = add_short(m, i, capacity->kw);
    if (column == AZ_NO_INDEX && mg_is_soft(m, tag)) {
        column = mg_column(m, 0, capacity->kw, 0, false);
        mg_limit(m, column, -INFINITY, 0, tag);
    }
    m->commitment_short[i * m->mg->T + t] = column;
}

/* Demand response.  import - export <= baseline - reduce + short */
static void add_response(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_demand_response *response = m->mg->commitments.items[i].terms.value;
    size_t place = response->connection.index * m->mg->T + t;
    double baseline = response->baseline_kw.values ? response->baseline_kw.values[t] : 0;
    size_t column = add_short(m, i, INFINITY);
    m->commitment_short[i * m->mg->T + t] = column;
    mg_row(m, -INFINITY, baseline - response->reduce_kw,
           (struct mg_tag){ MG_RULE_commitment_kept, i, t });
    mg_put_column(m, m->import[place], 1);
    mg_put_column(m, m->export[place], -1);
    if (column != AZ_NO_INDEX) mg_put_column(m, column, -1);
    mg_close(m);
}

void mg_model_commitments(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        const struct mg_commitment *commitment = &mg->commitments.items[i];
        if (commitment->begins) mg_constant_cost(m, -commitment->reward_jpy);
        for (size_t t = commitment->slots.first; t < commitment->slots.last && !m->failed; t++) {
            if (!is_due(mg, commitment, t)) continue;
            if (commitment->terms.tag == MG_TERMS_DEMAND_RESPONSE)
                add_response(m, i, t);
            else
                add_capacity(m, i, t);
        }
    }
}

void mg_read_commitments(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        struct az_series *to = &plan->commitments.items[i].short_kw;
        for (size_t t = 0; to->values && t < mg->T; t++) {
            size_t column = m->commitment_short[i * mg->T + t];
            to->values[t] = column != AZ_NO_INDEX && x[column] > AZ_ZERO ? x[column] : 0;
        }
    }
}

void mg_point_commitments(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        const struct mg_commitment *commitment = &mg->commitments.items[i];
        const struct az_series *given = &plan->commitments.items[i].short_kw;
        for (size_t t = 0; t < mg->T; t++) {
            size_t column = m->commitment_short[i * mg->T + t];
            if (column == AZ_NO_INDEX) continue;
            if (commitment->terms.tag == MG_TERMS_CAPACITY) {
                x[column] = given->values ? given->values[t] : 0;
                continue;
            }
            const struct mg_demand_response *response = commitment->terms.value;
            const struct mg_connection_plan *tie =
                &plan->connections.items[response->connection.index];
            double baseline = response->baseline_kw.values ? response->baseline_kw.values[t] : 0;
            x[column] = fmax(0, tie->import_kw.values[t] - tie->export_kw.values[t] - baseline +
                                    response->reduce_kw);
        }
    }
}
