/* matpower_mesh.c - a meshed MATPOWER case as the grid upstream: buses, circuits, plants, slack.
 *
 * DC power flow as MATPOWER has it: a transformer's ratio is part of its reactance. Normal ratings
 * are rateA; after an outage rateC, or where that is 0 rateB, 0 being none. */
#include <math.h>

#include "adapters/import/matpower_case.h"

static enum az_status add_plant(const struct mp_case *mp, const char *id, size_t bus, double mw,
                                json_t *plants)
{
    const char *at = az_mp_bus_id(mp, bus);
    if (!id || !at) return AZ_NO_MEMORY;
    json_t *plant = json_pack("{s:s, s:s, s:s}", "id", id, "bus", at, "output", mp->flat);
    if (!plant) return AZ_NO_MEMORY;
    AZ_TRY(az_sti_append(plants, plant));
    return az_sti_set(plant, "kw", az_sti_number(mw * 1e3));
}

/* A negative load is what a plant gives. */
static enum az_status add_bus(const struct mp_case *mp, size_t i, json_t *buses, json_t *plants,
                              size_t *negative)
{
    double p = az_mp_bus(mp, i, MP_PD);
    const char *id = az_mp_bus_id(mp, i);
    if (!id) return AZ_NO_MEMORY;
    json_t *bus = json_pack("{s:s}", "id", id);
    if (!bus) return AZ_NO_MEMORY;
    AZ_TRY(az_sti_append(buses, bus));
    if (p > 0) return az_mp_set_load(mp, bus, p);
    if (p == 0) return AZ_OK;
    ++*negative;
    return add_plant(mp, az_mp_id(mp, "p", (size_t)az_mp_bus(mp, i, MP_BUS_I)), i, -p, plants);
}

/* Counts of what is told. */
struct told {
    size_t shifts, unlimited, weak;
};

static enum az_status add_circuit(const struct mp_case *mp, size_t l, json_t *circuits,
                                  struct told *told)
{
    double tap = az_mp_branch(mp, l, MP_TAP), normal = az_mp_branch(mp, l, MP_RATE_A);
    double x = az_mp_branch(mp, l, MP_BR_X) * (tap == 0 ? 1 : tap);
    double emergency = az_mp_branch(mp, l, MP_RATE_C);
    const char *id = az_mp_id(mp, "l", mp->branch[l] + 1);
    const char *from = az_mp_bus_id(mp, mp->from[l]), *to = az_mp_bus_id(mp, mp->to[l]);
    if (!id || !from || !to) return AZ_NO_MEMORY;
    if (!(x > 0) || mp->from[l] == mp->to[l]) {
        AZ_FIND0(mp->findings, &az_code_import_bad_branch,
                 AZ_ITEM(AZ_AT(AZ_AT(NULL, mp->input->name), "branch"), mp->branch[l] + 1, NULL));
        return AZ_OK;
    }
    if (!(emergency > 0)) emergency = az_mp_branch(mp, l, MP_RATE_B);
    told->shifts += az_mp_branch(mp, l, MP_SHIFT) != 0;
    told->unlimited += !(normal > 0) && !(emergency > 0);
    told->weak += normal > 0 && emergency > 0 && emergency < normal;
    json_t *circuit = json_pack("{s:s, s:s, s:s}", "id", id, "from", from, "to", to);
    if (!circuit) return AZ_NO_MEMORY;
    AZ_TRY(az_sti_append(circuits, circuit));
    AZ_TRY(az_sti_set(circuit, "x_pu", az_sti_number(x)));
    if (normal > 0) AZ_TRY(az_sti_set(circuit, "normal_kw", az_sti_number(normal * 1e3)));
    return emergency > 0 ? az_sti_set(circuit, "emergency_kw", az_sti_number(emergency * 1e3))
                         : AZ_OK;
}

static enum az_status add_plants(const struct mp_case *mp, json_t *plants)
{
    size_t idle = mp->of.gen.rows - mp->gen_count, drawing = 0;
    for (size_t g = 0; g < mp->gen_count; g++) {
        double p = az_mp_gen(mp, g, MP_PG);
        if (p > 0)
            AZ_TRY(add_plant(mp, az_mp_id(mp, "g", mp->gen[g] + 1), mp->at[g], p, plants));
        else if (p < 0)
            drawing++;
        else
            idle++;
    }
    az_mp_tell(mp, &az_code_import_told_idle_generators, idle);
    az_mp_tell(mp, &az_code_import_told_drawing_generators, drawing);
    return AZ_OK;
}

enum az_status az_mp_add_upstream(const struct mp_case *mp)
{
    const char *slack = az_mp_bus_id(mp, mp->slack);
    struct told told = { 0 };
    size_t negative = 0;
    if (json_object_get(mp->document, "upstream")) {
        AZ_FIND(mp->findings, &az_code_import_has_already, AZ_AT(NULL, "--into"),
                AZ_TEXT_PARAM("what", "upstream"));
        return AZ_OK;
    }
    if (!slack) return AZ_NO_MEMORY;
    json_t *upstream =
        json_pack("{s:[], s:[], s:[], s:s}", "buses", "circuits", "plants", "slack", slack);
    AZ_TRY(az_sti_set(mp->document, "upstream", upstream));
    json_t *buses = json_object_get(upstream, "buses");
    json_t *circuits = json_object_get(upstream, "circuits");
    json_t *plants = json_object_get(upstream, "plants");
    AZ_TRY(add_plants(mp, plants));
    for (size_t i = 0; i < mp->bus_count; i++) AZ_TRY(add_bus(mp, i, buses, plants, &negative));
    for (size_t l = 0; l < mp->branch_count; l++) AZ_TRY(add_circuit(mp, l, circuits, &told));
    AZ_FIND0(mp->import->told, &az_code_import_told_dc, NULL);
    az_mp_tell(mp, &az_code_import_told_shifts, told.shifts);
    az_mp_tell(mp, &az_code_import_told_load_plants, negative);
    az_mp_tell(mp, &az_code_import_told_unlimited, told.unlimited);
    az_mp_tell(mp, &az_code_import_told_weak_emergency, told.weak);
    return AZ_OK;
}
