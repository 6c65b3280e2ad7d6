/* join.c - names in the place of identifiers, in all that a report draws. */
#include "adapters/keyfile.h"
#include "adapters/report/report.h"

struct join {
    const struct az_keyfile *keyfile;
    struct az_arena *arena;
};

static enum az_status join_words(const struct join *join, struct az_words *words)
{
    bool same = words->en == words->ja;
    AZ_TRY(az_keyfile_join(join->keyfile, words->en, join->arena, &words->en));
    if (same)
        words->ja = words->en;
    else
        AZ_TRY(az_keyfile_join(join->keyfile, words->ja, join->arena, &words->ja));
    return AZ_OK;
}

/* "address\nphone", as much as is known. */
static enum az_status join_cell(const struct join *join, struct az_cell *cell)
{
    struct az_person person;
    AZ_TRY(join_words(join, &cell->words));
    AZ_TRY(az_keyfile_join(join->keyfile, cell->text, join->arena, &cell->text));
    if (!cell->person || !az_keyfile_find(join->keyfile, cell->person, &person)) return AZ_OK;
    bool place = person.address && *person.address, phone = person.phone && *person.phone;
    if (!place && !phone) return AZ_OK;
    cell->reach = az_arena_format(join->arena, "%s%s%s", place ? person.address : "",
                                  place && phone ? "\n" : "", phone ? person.phone : "");
    return cell->reach ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status join_table(const struct join *join, struct az_view_table *table)
{
    AZ_TRY(join_words(join, &table->title));
    for (size_t c = 0; c < table->columns.count; c++)
        AZ_TRY(join_words(join, &table->columns.items[c].label));
    for (size_t i = 0; i < table->row_count * table->columns.count; i++)
        AZ_TRY(join_cell(join, &table->cells[i]));
    for (size_t i = 0; i < table->facts.count; i++) {
        AZ_TRY(join_words(join, &table->facts.items[i].label));
        AZ_TRY(join_words(join, &table->facts.items[i].value));
    }
    return AZ_OK;
}

static enum az_status join_keys(const struct join *join, struct az_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) AZ_TRY(join_words(join, &keys[i].label));
    return AZ_OK;
}

static enum az_status join_gantt(const struct join *join, struct az_gantt *gantt)
{
    AZ_TRY(join_words(join, &gantt->title));
    AZ_TRY(join_keys(join, gantt->keys.items, gantt->keys.count));
    for (size_t r = 0; r < gantt->rows.count; r++) {
        struct az_gantt_row *row = &gantt->rows.items[r];
        AZ_TRY(join_words(join, &row->label));
        for (size_t b = 0; b < row->bars.count; b++)
            AZ_TRY(join_words(join, &row->bars.items[b].label));
    }
    return AZ_OK;
}

static enum az_status join_map(const struct join *join, struct az_geo_map *map)
{
    AZ_TRY(join_words(join, &map->title));
    AZ_TRY(join_keys(join, map->keys.items, map->keys.count));
    for (size_t i = 0; i < map->points.count; i++)
        AZ_TRY(join_words(join, &map->points.items[i].label));
    for (size_t i = 0; i < map->lines.count; i++)
        AZ_TRY(join_words(join, &map->lines.items[i].label));
    return AZ_OK;
}

static enum az_status join_plot(const struct join *join, struct az_plot *plot)
{
    AZ_TRY(join_words(join, &plot->title));
    for (size_t i = 0; i < plot->series.count; i++) {
        struct az_plot_series *series = &plot->series.items[i];
        AZ_TRY(join_words(join, &series->label));
        for (size_t p = 0; p < series->points.count; p++)
            AZ_TRY(join_words(join, &series->points.items[p].label));
    }
    return AZ_OK;
}

static enum az_status join_view(const struct join *join, struct az_view *view)
{
    AZ_TRY(join_words(join, &view->title));
    for (size_t i = 0; i < view->numbers.count; i++) {
        AZ_TRY(join_words(join, &view->numbers.items[i].label));
        AZ_TRY(join_words(join, &view->numbers.items[i].note));
    }
    for (size_t i = 0; i < view->charts.count; i++) {
        struct az_chart *chart = &view->charts.items[i];
        AZ_TRY(join_words(join, &chart->title));
        for (size_t l = 0; l < chart->lines.count; l++)
            AZ_TRY(join_words(join, &chart->lines.items[l].label));
    }
    for (size_t i = 0; i < view->gantts.count; i++)
        AZ_TRY(join_gantt(join, &view->gantts.items[i]));
    for (size_t i = 0; i < view->plots.count; i++) AZ_TRY(join_plot(join, &view->plots.items[i]));
    for (size_t i = 0; i < view->maps.count; i++) AZ_TRY(join_map(join, &view->maps.items[i]));
    for (size_t i = 0; i < view->tables.count; i++)
        AZ_TRY(join_table(join, &view->tables.items[i]));
    for (size_t i = 0; i < view->notes.count; i++) AZ_TRY(join_words(join, &view->notes.items[i]));
    return AZ_OK;
}

static enum az_status join_params(const struct join *join, struct az_param *params, size_t count)
{
    for (size_t i = 0; i < count; i++)
        AZ_TRY(az_keyfile_join(join->keyfile, params[i].text, join->arena, &params[i].text));
    return AZ_OK;
}

enum az_status az_report_join(struct az_view *view, struct az_judgement *judgement,
                              struct az_findings *assumptions, const struct az_keyfile *keyfile,
                              struct az_arena *arena)
{
    struct join join = { keyfile, arena };
    AZ_TRY(join_view(&join, view));
    for (size_t i = 0; judgement && i < judgement->violations.count; i++)
        AZ_TRY(join_params(&join, judgement->violations.items[i].params,
                           judgement->violations.items[i].param_count));
    for (size_t i = 0; judgement && i < judgement->concessions.count; i++)
        AZ_TRY(join_params(&join, judgement->concessions.items[i].params,
                           judgement->concessions.items[i].param_count));
    for (size_t i = 0; assumptions && i < assumptions->count; i++) {
        struct az_finding *finding = &assumptions->items[i];
        AZ_TRY(join_params(&join, finding->params, finding->param_count));
        AZ_TRY(az_keyfile_join(keyfile, finding->place, arena, &finding->place));
    }
    return AZ_OK;
}
