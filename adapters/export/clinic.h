/* clinic.h - what the exports of clinic plans share: the plan with its results, who stands behind
 * identifiers, places, clocks, the words of what happens. */
#ifndef AZ_EXPORT_CLINIC_H
#define AZ_EXPORT_CLINIC_H

#include "adapters/export/files.h"
#include "adapters/keyfile.h"
#include "formulations/clinic/instance.h"

/* Codes of what an export leaves out; X(name, en, ja). */
#define AZ_EXPORT_CLINIC_CODES(X)                                                               \
    X(export_told_no_coordinates, "has no coordinates: it is not on the map",                   \
      "座標がないため、地図に載せません")                                                       \
    X(export_told_nobody, "{count} identifiers are not in the key file: they stay as they are", \
      "対応表にない識別子が {count} 件あり、そのまま残します")

#define AZ_EXPORT_CLINIC_DECLARE(name, en, ja) extern const struct az_code az_code_##name;
AZ_EXPORT_CLINIC_CODES(AZ_EXPORT_CLINIC_DECLARE)
#undef AZ_EXPORT_CLINIC_DECLARE

/* One export. */
struct az_clx {
    const struct az_export *call;
    const struct cl_instance *cl;
    const struct cl_plan *plan; /* with the results of its stops and its summary */
    struct az_arena *arena;
    enum az_language language;
};

/* AZ_UNSUPPORTED for a plan whose stops have no times: it is to be completed first. */
enum az_status az_clx_begin(struct az_clx *x, const struct az_export *call, struct az_arena *arena);

/* A plan of the instance, copied, with its results; AZ_UNSUPPORTED as above. */
enum az_status az_clx_plan(const struct cl_instance *cl, const void *given, struct az_arena *arena,
                           const struct cl_plan **plan);

/* An earlier plan, which may name what is no more: such references have an id and no object. As it
 * is, without results; AZ_UNSUPPORTED as above. */
enum az_status az_clx_earlier(const void *given, const struct cl_plan **plan);

/* Of the two texts the one of the call's language. */
const char *az_clx_say(const struct az_clx *x, const char *en, const char *ja);

/* --- people ---------------------------------------------------------------------------------- */

/* What the key file knows of an identifier: all NULL without one. */
struct az_person az_clx_person(const struct az_clx *x, const char *id);
/* What to call somebody: the name where the key file has one, else the identifier. */
const char *az_clx_who(const struct az_clx *x, const char *id);
/* The names of a crew, "a, b". NULL: no memory. */
const char *az_clx_crew(const struct az_clx *x, const struct cl_round *round);
/* Tells how many of the instance's sites and staff the key file does not know. */
void az_clx_tell_nobody(const struct az_clx *x);

/* --- places and times ------------------------------------------------------------------------ */

/* The object of a reference; NULL: it has none. */
const struct cl_site *az_clx_site(const struct az_clx *x, const struct az_ref *ref);
const struct cl_care *az_clx_care(const struct az_clx *x, const struct az_ref *ref);
const struct cl_place *az_clx_place(const struct az_clx *x, size_t index);
const struct cl_place *az_clx_site_place(const struct az_clx *x, const struct az_ref *site);
/* Where the k-th stop of a round is; for k = the number of stops, where it ends. */
const struct cl_place *az_clx_stop_place(const struct az_clx *x, const struct cl_round *round,
                                         size_t k);
const struct cl_place *az_clx_start_place(const struct az_clx *x, const struct cl_round *round);
bool az_clx_has_point(const struct cl_place *place);
/* The public name of a place; its id without one; "" for NULL. */
const char *az_clx_place_name(const struct cl_place *place);
const char *az_clx_care_name(const struct az_clx *x, const struct az_ref *care);

/* "2026-11-30" and "09:30" (or "09:30:15") of a moment, by the instance's own clock; "" for none.
 */
const char *az_clx_date(const struct az_clx *x, struct az_time time, char buffer[32]);
const char *az_clx_clock(const struct az_clx *x, struct az_time time, char buffer[32]);

/* Which of several vehicles of a kind a round takes on its day: 1, 2, ... */
size_t az_clx_unit(const struct cl_plan *plan, const struct cl_round *round);
/* "car", of several of a kind "car 2". NULL: no memory. */
const char *az_clx_vehicle(const struct az_clx *x, const struct cl_round *round);

#endif
