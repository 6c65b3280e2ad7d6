/* siting.h - what the exports of siting plans share: the plan with its results, and what stands in
 * a member of any of its objects, said from the field tables. */
#ifndef AZ_EXPORT_SITING_H
#define AZ_EXPORT_SITING_H

#include "adapters/export/files.h"
#include "formulations/siting/instance.h"

/* Codes of what an export leaves out; X(name, en, ja). */
#define AZ_EXPORT_SITING_CODES(X)                                                              \
    X(export_told_unplaced, "{count} sites have no coordinates: not on the map",               \
      "地点 {count} か所は座標がないため地図に載せません")                                     \
    X(export_told_unplaced_nodes, "{count} nodes have no coordinates: not on the map",         \
      "接続点 {count} 件は座標がないため地図に載せません")                                     \
    X(export_told_unplaced_districts, "{count} districts have no coordinates: not on the map", \
      "{count} 地区は座標がないため地図に載せません")

#define AZ_EXPORT_SITING_DECLARE(name, en, ja) extern const struct az_code az_code_##name;
AZ_EXPORT_SITING_CODES(AZ_EXPORT_SITING_DECLARE)
#undef AZ_EXPORT_SITING_DECLARE

/* One export. */
struct az_stx {
    const struct az_export *call;
    const struct st_instance *in;
    const struct st_plan *plan; /* a copy, with every result; every site that is not chosen is in
                                   left_out, in the order of the sites */
    struct az_arena *arena;
    enum az_language language;
};

/* AZ_UNSUPPORTED for a plan that does not fit its instance. */
enum az_status az_stx_begin(struct az_stx *x, const struct az_export *call, struct az_arena *arena);

const char *az_stx_say(const struct az_stx *x, const char *en, const char *ja);

/* What a member of an object of the plan (or a site) says. Years of choices are calendar years. */
struct az_stx_value {
    bool is_there, is_number;
    const char *code; /* text, id, name of a choice; "true", "false"; NULL: a number */
    const char *word; /* the same in the call's language */
    double number;
    int decimals; /* that people are shown */
};
struct az_stx_value az_stx_value(const struct az_stx *x, const struct az_field *field,
                                 const void *object);

/* The table of the items of a list of the plan ("choices") or its summary ("years"). */
const struct az_table *az_stx_items(const char *list);

/* "jan-weekday 12:00"; NULL: no such hour, or no memory. */
const char *az_stx_hour(const struct az_stx *x, int64_t hour);

#endif
