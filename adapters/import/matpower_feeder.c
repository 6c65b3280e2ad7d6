/* matpower_feeder.c - a radial MATPOWER case as a feeder: nodes, lines, root. */
#include <math.h>

#include "adapters/import/matpower_case.h"

/* --- nodes --------------------------------------------------------------------------------------
 */

/* Loads of which not everything can be said. */
struct lost {
    size_t negative, reactive;
};

static enum az_status add_node(const struct mp_case *mp, size_t i, json_t *nodes, struct lost *lost)
{
    double p = az_mp_bus(mp, i, MP_PD), q = az_mp_bus(mp, i, MP_QD);
    const char *id = az_mp_bus_id(mp, i);
    if (!id) return AZ_NO_MEMORY;
    if (az_mp_is_taken(mp, "nodes", id)) return AZ_OK;
    json_t *node = json_pack("{s:s, s:s}", "id", id, "feeder", mp->name);
    if (!node) return AZ_NO_MEMORY;
    AZ_TRY(az_sti_append(nodes, node));
    if (p < 0) lost->negative++;
    if (p <= 0 ? q != 0 : q < 0) lost->reactive++;
    if (!(p > 0)) return AZ_OK;
    AZ_TRY(az_mp_set_load(mp, node, p));
    return q > 0 ? az_sti_set(node, "power_factor", az_sti_number(p / hypot(p, q))) : AZ_OK;
}

/* --- lines --------------------------------------------------------------------------------------
 */

/* Per unit values are free of voltages: all of them are said at the root's. */
static enum az_status add_line(const struct mp_case *mp, size_t l, json_t *lines)
{
    double kv = az_mp_bus(mp, mp->slack, MP_BASE_KV), ohm = kv * kv / mp->of.base_mva;
    double r = az_mp_branch(mp, l, MP_BR_R), x = az_mp_branch(mp, l, MP_BR_X);
    double rating = az_mp_branch(mp, l, MP_RATE_A);
    const char *id = az_mp_id(mp, "l", mp->branch[l] + 1);
    const char *from = az_mp_bus_id(mp, mp->from[l]), *to = az_mp_bus_id(mp, mp->to[l]);
    if (!id || !from || !to) return AZ_NO_MEMORY;
    if (az_mp_is_taken(mp, "lines", id)) return AZ_OK;
    if (!(r >= 0)) {
        AZ_FIND0(mp->findings, &az_code_import_bad_branch,
                 AZ_ITEM(AZ_AT(AZ_AT(NULL, mp->input->name), "branch"), mp->branch[l] + 1, NULL));
        return AZ_OK;
    }
    json_t *line = json_pack("{s:s, s:s, s:s}", "id", id, "from", from, "to", to);
    if (!line) return AZ_NO_MEMORY;
    AZ_TRY(az_sti_append(lines, line));
    AZ_TRY(az_sti_set(line, "r_ohm", az_sti_number(r * ohm)));
    AZ_TRY(az_sti_set(line, "x_ohm", az_sti_number(x * ohm)));
    return rating > 0 ? az_sti_set(line, "limit_kva", az_sti_number(rating * 1e3)) : AZ_OK;
}

/* --- the feeder ---------------------------------------------------------------------------------
 */

/* What the slack's generator sends, per unit; 1 when none says. */
static double source_pu(const struct mp_case *mp)
{
    for (size_t g = 0; g < mp->gen_count; g++)
        if (mp->at[g] == mp->slack && az_mp_gen(mp, g, MP_VG) > 0) return az_mp_gen(mp, g, MP_VG);
    return 1;
}

/* The limits of all nodes but the root, whose voltage is given. */
static enum az_status set_limits(const struct mp_case *mp, json_t *feeder)
{
    double low = 0, high = INFINITY, least = INFINITY, most = 0;
    for (size_t i = 0; i < mp->bus_count; i++) {
        if (i == mp->slack && mp->bus_count > 1) continue;
        double minimum = az_mp_bus(mp, i, MP_VMIN), maximum = az_mp_bus(mp, i, MP_VMAX);
        low = fmax(low, minimum);
        least = fmin(least, minimum);
        high = fmin(high, maximum);
        most = fmax(most, maximum);
    }
    if (low != least || high != most)
        AZ_FIND(mp->import->told, &az_code_import_told_several_limits, NULL,
                AZ_NUMBER_PARAM("low", low), AZ_NUMBER_PARAM("high", high));
    AZ_TRY(az_sti_set(feeder, "v_min_pu", az_sti_number(low)));
    return az_sti_set(feeder, "v_max_pu", az_sti_number(high));
}

/* What a feeder has not: each kind of it by its count. */
static void tell_lost(const struct mp_case *mp, const struct lost *lost)
{
    size_t charging = 0, taps = 0, shifts = 0, generators = 0, several = 0;
    double kv = az_mp_bus(mp, mp->slack, MP_BASE_KV);
    for (size_t l = 0; l < mp->branch_count; l++) {
        double tap = az_mp_branch(mp, l, MP_TAP);
        charging += az_mp_branch(mp, l, MP_BR_B) != 0;
        taps += tap != 0 && tap != 1;
        shifts += az_mp_branch(mp, l, MP_SHIFT) != 0;
    }
    for (size_t g = 0; g < mp->gen_count; g++) generators += mp->at[g] != mp->slack;
    for (size_t i = 0; i < mp->bus_count; i++) several += az_mp_bus(mp, i, MP_BASE_KV) != kv;
    az_mp_tell(mp, &az_code_import_told_charging, charging);
    az_mp_tell(mp, &az_code_import_told_taps, taps);
    az_mp_tell(mp, &az_code_import_told_shifts, shifts);
    az_mp_tell(mp, &az_code_import_told_generators, generators);
    az_mp_tell(mp, &az_code_import_told_negative_loads, lost->negative);
    az_mp_tell(mp, &az_code_import_told_reactive, lost->reactive);
    if (several > 0)
        AZ_FIND(mp->import->told, &az_code_import_told_several_kv, NULL, AZ_NUMBER_PARAM("kv", kv));
}

enum az_status az_mp_add_feeder(const struct mp_case *mp)
{
    json_t *feeders = az_sti_list(mp->document, "feeders");
    json_t *nodes = az_sti_list(mp->document, "nodes");
    json_t *lines = az_sti_list(mp->document, "lines");
    const char *root = az_mp_bus_id(mp, mp->slack);
    double kv = az_mp_bus(mp, mp->slack, MP_BASE_KV);
    struct lost lost = { 0 };
    if (!feeders || !nodes || !lines || !root) return AZ_NO_MEMORY;
    if (!(kv > 0)) {
        AZ_FIND0(mp->findings, &az_code_import_no_kv, AZ_AT(NULL, mp->input->name));
        return AZ_OK;
    }
    if (az_mp_is_taken(mp, "feeders", mp->name)) return AZ_OK;
    json_t *feeder = json_pack("{s:s, s:s}", "id", mp->name, "root", root);
    if (!feeder) return AZ_NO_MEMORY;
    AZ_TRY(az_sti_append(feeders, feeder));
    AZ_TRY(az_sti_set(feeder, "kv", az_sti_number(kv)));
    AZ_TRY(az_sti_set(feeder, "source_pu", az_sti_number(source_pu(mp))));
    AZ_TRY(set_limits(mp, feeder));
    for (size_t i = 0; i < mp->bus_count; i++) AZ_TRY(add_node(mp, i, nodes, &lost));
    for (size_t l = 0; l < mp->branch_count; l++) AZ_TRY(add_line(mp, l, lines));
    tell_lost(mp, &lost);
    return AZ_OK;
}
