/* validate_lines.c - the rules that span fields of lines and of the plants that are armed for them.
 */
#include "formulations/microgrid/resolve.h"

enum { ARMED_UNIT, ARMED_RENEWABLE }; /* collections of an armable asset */

/* Names the slots where the emergency rating is above the normal one. */
static void validate_ratings(const struct mg_instance *mg, size_t i, struct az_findings *findings)
{
    const struct mg_line *line = &mg->lines.items[i];
    const struct az_series *emergency = &line->emergency_kw;
    const struct az_path *path = MG_MEMBER("lines", i, line->id, "emergency_kw");
    for (size_t t = 0; emergency->values && t < mg->T; t++) {
        double value = mg_value(emergency, t, 0), normal = mg_value(&line->normal_kw, t, INFINITY);
        if (value <= normal) continue;
        AZ_FIND(findings, &mg_code_emergency_above_normal,
                emergency->scalar ? path : AZ_ITEM(path, t, NULL), AZ_NUMBER_PARAM("value", value),
                AZ_NUMBER_PARAM("maximum", normal));
        if (emergency->scalar) return;
    }
}

static size_t grid_of(const struct mg_instance *mg, const struct az_ref *asset)
{
    if (asset->collection == ARMED_UNIT && asset->index < mg->units.count)
        return mg->units.items[asset->index].grid.index;
    if (asset->collection == ARMED_RENEWABLE && asset->index < mg->renewables.count)
        return mg->renewables.items[asset->index].grid.index;
    return AZ_NO_INDEX;
}

/* A plant relieves a line only where it feeds one of its connections. */
static bool is_near(const struct mg_instance *mg, const struct mg_line *line, size_t grid)
{
    for (size_t k = 0; k < line->connections.count; k++) {
        size_t at = line->connections.items[k].index;
        if (at < mg->connections.count && mg->connections.items[at].grid.index == grid) return true;
    }
    return false;
}

static void validate_armable(const struct mg_instance *mg, size_t i, struct az_findings *findings)
{
    const struct mg_line *line = &mg->lines.items[i];
    const struct az_path *path = MG_MEMBER("lines", i, line->id, "armable");
    if (line->armable.count > 0 && !line->emergency_kw.values)
        AZ_FIND0(findings, &mg_code_armable_without_emergency, path);
    for (size_t k = 0; k < line->armable.count; k++) {
        const struct az_ref *asset = &line->armable.items[k].asset;
        const struct az_path *here = AZ_AT(AZ_ITEM(path, k, asset->id), "asset");
        bool again = false;
        for (size_t before = 0; before < k; before++) {
            const struct az_ref *other = &line->armable.items[before].asset;
            again =
                again || (other->index == asset->index && other->collection == asset->collection);
        }
        if (again)
            AZ_FIND0(findings, &mg_code_armed_twice, here);
        else if (!is_near(mg, line, grid_of(mg, asset)))
            AZ_FIND0(findings, &mg_code_armable_elsewhere, here);
    }
}

void mg_validate_lines(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->lines.count; i++) {
        validate_ratings(mg, i, findings);
        validate_armable(mg, i, findings);
    }
}
