/* view_changes.c - what is otherwise than in the plan before: switches first of all, powers and
 * exchange for who asks. */
#include <string.h>

#include "formulations/microgrid/view.h"

static bool is_switch(const struct mg_change *change)
{
    return change->what == MG_CHANGE_ON || change->what == MG_CHANGE_RUN;
}

/* --- words --------------------------------------------------------------------------------------
 */

/* The name of an asset of one list, where the change is of it. */
#define NAME_OF(list_)                                                  \
    for (size_t i_ = 0; i_ < mg->list_.count; i_++)                     \
        if (strncmp(asset, #list_ "/", sizeof #list_) == 0 &&           \
            strcmp(asset + sizeof #list_, mg->list_.items[i_].id) == 0) \
    return az_name_words(viewer->arena, mg->list_.items[i_].name, mg->list_.items[i_].id)

static struct az_words name_of(const struct mg_viewer *viewer, const char *asset)
{
    const struct mg_instance *mg = viewer->mg;
    if (!asset) return AZ_WORDS("", "");
    NAME_OF(units);
    NAME_OF(renewables);
    NAME_OF(batteries);
    NAME_OF(converters);
    NAME_OF(connections);
    NAME_OF(loads);
    NAME_OF(shiftables);
    NAME_OF(flexible_loads);
    return (struct az_words){ asset, asset };
}

static struct az_words kind_of(const struct mg_change *change)
{
    bool battery = change->asset && strncmp(change->asset, "batteries/", 10) == 0;
    switch ((enum mg_change_kind)change->what) {
    case MG_CHANGE_ON:
        return change->after > 0.5 ? AZ_WORDS("is on, was off", "停止 → 運転")
                                   : AZ_WORDS("is off, was on", "運転 → 停止");
    case MG_CHANGE_RUN:
        return change->after > 0.5 ? AZ_WORDS("runs, did not", "運転する（前は運転なし）")
                                   : AZ_WORDS("does not run, did", "運転しない（前は運転）");
    case MG_CHANGE_POWER:
        return battery ? AZ_WORDS("power, charging below 0", "出力（充電は負）")
                       : AZ_WORDS("power", "出力");
    case MG_CHANGE_SHED:
        return AZ_WORDS("not served or interrupted", "供給しない・遮断する需要");
    case MG_CHANGE_EXCHANGE:
        return AZ_WORDS("import, export below 0", "受電（送電は負）");
    }
    return AZ_WORDS("", "");
}

/* --- number and tables --------------------------------------------------------------------------
 */

static size_t count_of(const struct mg_summary *summary, bool switches)
{
    size_t count = 0;
    for (size_t i = 0; i < summary->changes.count; i++)
        count += is_switch(&summary->changes.items[i]) == switches;
    return count;
}

enum az_status mg_view_change_number(struct mg_viewer *viewer)
{
    const struct mg_summary *summary = viewer->plan->summary;
    struct az_words note =
        AZ_WORDS("nothing but small differences of power", "出力のわずかな差のみ");
    if (!summary || !summary->changes.items) return AZ_OK;
    size_t switches = count_of(summary, true), powers = count_of(summary, false);
    if (switches + powers > 0) {
        note.en =
            az_arena_format(viewer->arena, "%zu of on and off, %zu of power", switches, powers);
        note.ja = az_arena_format(viewer->arena, "運転・停止 %zu、出力 %zu", switches, powers);
    }
    if (!note.en || !note.ja) return AZ_NO_MEMORY;
    az_view_number(viewer->view,
                   AZ_WORDS("Changes against the plan that stands", "現行計画からの変更"),
                   (double)(switches + powers), "", 0, note);
    return AZ_OK;
}

static enum az_status change_table(struct mg_viewer *viewer, bool switches)
{
    const struct mg_summary *summary = viewer->plan->summary;
    size_t count = count_of(summary, switches);
    if (count == 0) return AZ_OK;
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena,
        switches ? AZ_WORDS("Changes against the plan that stands", "現行計画からの変更")
                 : AZ_WORDS("Powers that change against the plan that stands",
                            "現行計画からの出力の変更"),
        switches ? 4 : 6, count);
    if (!table) return AZ_NO_MEMORY;
    table->place = switches ? AZ_TABLE_LEADS : AZ_TABLE_FOLDED;
    az_view_column(table, AZ_WORDS("Asset", "設備"), NULL);
    az_view_column(table, AZ_WORDS("Change", "変更"), NULL);
    az_view_column(table, AZ_WORDS("From", "開始"), NULL);
    az_view_column(table, AZ_WORDS("Until", "終了"), NULL);
    if (!switches) {
        az_view_signed_column(table, AZ_WORDS("Was", "変更前"), "kW", AZ_SIGN_PLAIN);
        az_view_signed_column(table, AZ_WORDS("Is", "変更後"), "kW", AZ_SIGN_PLAIN);
    }
    for (size_t i = 0; i < summary->changes.count; i++) {
        const struct mg_change *change = &summary->changes.items[i];
        if (is_switch(change) != switches) continue;
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_words(name_of(viewer, change->asset));
        cells[1] = az_cell_words(kind_of(change));
        cells[2] = az_cell_clock(viewer->arena, change->from);
        cells[3] = az_cell_clock(viewer->arena, change->until);
        if (switches) continue;
        cells[4] = az_cell_number(change->before, 1);
        cells[5] = az_cell_number(change->after, 1);
    }
    return AZ_OK;
}

enum az_status mg_view_change_tables(struct mg_viewer *viewer)
{
    if (!viewer->plan->summary || !viewer->plan->summary->changes.items) return AZ_OK;
    AZ_TRY(change_table(viewer, true));
    return change_table(viewer, false);
}
