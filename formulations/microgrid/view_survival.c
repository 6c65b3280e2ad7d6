/* view_survival.c - how long outages would be lived through, as a chart and a key number. */
#include <math.h>

#include "formulations/microgrid/survival.h"
#include "formulations/microgrid/view.h"

/* Hours of every start, and what is asked for. */
static enum az_status chart(struct mg_viewer *viewer, const struct mg_hours *hours)
{
    const struct mg_instance *mg = viewer->mg;
    struct az_draft draft = az_draft_begin(
        viewer->arena,
        AZ_WORDS("Hours lived through, by when an outage begins (as far as is known)",
                 "停電に耐えられる時間（停電の開始時刻別、わかっている範囲）"),
        "h", mg->start, mg->slot_minutes, mg->T, 2 * mg->survivals.count + mg->grids.count + 1);
    for (size_t v = 0; v < mg->survivals.count; v++) {
        const struct mg_survival *survival = &mg->survivals.items[v];
        struct az_words name = az_name_words(viewer->arena, survival->name, survival->id);
        if (!hours->survival[v]) continue;
        double *lived = az_draft_line(&draft, name, "battery", AZ_MARK_STEP, 0);
        for (size_t t = 0; lived && t < mg->T; t++) lived[t] = hours->survival[v][t];
        double *asked =
            az_draft_line(&draft, az_label_words(viewer->arena, name, AZ_WORDS("asked", "必要")),
                          "limit", AZ_MARK_STEP, 0);
        for (size_t t = 0; asked && t < mg->T; t++)
            asked[t] =
                t >= survival->starts.first && t < survival->starts.last ? survival->hours : NAN;
    }
    for (size_t g = 0; g < mg->grids.count; g++) {
        const struct mg_grid *grid = &mg->grids.items[g];
        if (!hours->grid[g]) continue;
        double *lived = az_draft_line(
            &draft,
            az_label_words(viewer->arena, az_name_words(viewer->arena, grid->name, grid->id),
                           AZ_WORDS("by itself", "単独")),
            "load", AZ_MARK_STEP, 0);
        for (size_t t = 0; lived && t < mg->T; t++) lived[t] = hours->grid[g][t];
    }
    return az_draft_finish(&draft, viewer->view);
}

static bool has_hours(const struct mg_instance *mg, const struct mg_hours *hours)
{
    bool any = false;
    for (size_t v = 0; v < mg->survivals.count; v++) any = any || hours->survival[v];
    for (size_t g = 0; g < mg->grids.count; g++) any = any || hours->grid[g];
    return any;
}

enum az_status mg_view_survival_chart(struct mg_viewer *viewer)
{
    struct mg_hours hours;
    AZ_TRY(mg_hours_of(viewer->mg, viewer->plan, viewer->arena, &hours));
    return has_hours(viewer->mg, &hours) ? chart(viewer, &hours) : AZ_OK;
}

/* Does the time end only because nothing is known of what comes after, before what is asked for? */
static bool is_cut(const struct mg_instance *mg, const struct mg_survival *survival, size_t t,
                   double lived)
{
    size_t all = mg->T + (mg->outlook ? mg->outlook->slots : 0);
    double known = (double)(all - t) * mg->dt;
    return known < survival->hours && lived >= known;
}

/* The shortest time of any start of what is asked for. Starts that are cut count where all are. */
enum az_status mg_view_survival_number(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    struct mg_hours hours;
    double least = INFINITY, cut = INFINITY;
    if (mg->survivals.count == 0) return AZ_OK;
    AZ_TRY(mg_hours_of(mg, viewer->plan, viewer->arena, &hours));
    for (size_t v = 0; v < mg->survivals.count; v++) {
        const struct mg_survival *survival = &mg->survivals.items[v];
        for (size_t t = survival->starts.first; hours.survival[v] && t < survival->starts.last;
             t++) {
            double lived = hours.survival[v][t];
            double *of = is_cut(mg, survival, t, lived) ? &cut : &least;
            *of = fmin(*of, lived);
        }
    }
    if (!isfinite(least)) least = cut;
    if (isfinite(least))
        az_view_number(viewer->view,
                       AZ_WORDS("Shortest survival of an outage", "停電に耐える最短時間"), least,
                       "h", 1,
                       AZ_WORDS("critical load served, whenever it begins; as far as is known",
                                "いつ始まっても重要負荷を供給できる時間（わかっている範囲）"));
    return AZ_OK;
}
