/* view.c - a plan of the electric buses as neutral figures: key numbers and notes, and what all
 * files of the view share. */
#include "formulations/evbus/view.h"

#include <string.h>

/* --- words and values ------------------------------------------------------------------------ */

struct az_words eb_place_name(const struct eb_viewer *viewer, struct az_ref ref)
{
    if (!ref.id || ref.index >= viewer->ev->places.count)
        return az_name_words(viewer->arena, NULL, ref.id);
    const struct eb_place *place = &viewer->ev->places.items[ref.index];
    return az_name_words(viewer->arena, place->name, place->id);
}

struct az_words eb_grid_name(const struct eb_viewer *viewer, struct az_ref ref)
{
    if (!ref.id || ref.index >= viewer->ev->grids.count)
        return az_name_words(viewer->arena, NULL, ref.id);
    const struct eb_grid *grid = &viewer->ev->grids.items[ref.index];
    return az_name_words(viewer->arena, grid->name, grid->id);
}

struct az_words eb_trip_name(const struct eb_viewer *viewer, struct az_ref ref)
{
    if (!ref.id || ref.index >= viewer->ev->trips.count)
        return az_name_words(viewer->arena, NULL, ref.id);
    const struct eb_trip *trip = &viewer->ev->trips.items[ref.index];
    return az_name_words(viewer->arena, trip->name, trip->id);
}

bool eb_view_seconds(const struct eb_viewer *viewer, struct az_time time, double *seconds)
{
    if (!az_time_given(time) || !az_time_given(viewer->ev->start)) return false;
    *seconds = (double)(time.utc_s - viewer->ev->start.utc_s);
    return true;
}

/* The positive ones among the values of a stay: in a slot, or of all. */
static double in_slot(const struct eb_event *event, size_t count, const double values[],
                      size_t slot)
{
    double sum = 0;
    size_t from = 0, until = values ? count : 0;
    if (slot != AZ_NO_INDEX) {
        int64_t first = event->first_slot;
        bool there = first >= 0 && (int64_t)slot >= first && slot - (size_t)first < until;
        from = there ? slot - (size_t)first : until;
        until = there ? from + 1 : until;
    }
    for (size_t k = from; k < until; k++)
        if (isfinite(values[k]) && values[k] > 0) sum += values[k];
    return sum;
}

double eb_charged(const struct eb_event *event, size_t slot)
{
    return in_slot(event, event->charge_kwh.count, event->charge_kwh.items, slot);
}

double eb_discharged(const struct eb_event *event, size_t slot)
{
    return in_slot(event, event->discharge_kwh.count, event->discharge_kwh.items, slot);
}

const struct eb_charger *eb_bank(const struct eb_viewer *viewer, const struct eb_event *event)
{
    if (event->kind != EB_EVENT_STAY || !event->charger.id) return NULL;
    if (event->charger.index >= viewer->ev->chargers.count) return NULL;
    return &viewer->ev->chargers.items[event->charger.index];
}

const struct eb_type *eb_type_of(const struct eb_viewer *viewer, const struct eb_block *block)
{
    if (!block->type.id || block->type.index >= viewer->ev->types.count) return NULL;
    return &viewer->ev->types.items[block->type.index];
}

struct az_words eb_block_words(const struct eb_viewer *viewer, const struct eb_block *block)
{
    const struct eb_type *type = eb_type_of(viewer, block);
    struct az_words name = az_name_words(viewer->arena, NULL, block->id);
    if (block->bus.id && block->bus.index < viewer->ev->bus_count)
        name = az_name_words(viewer->arena, viewer->ev->bus[block->bus.index].name, block->id);
    if (!type || viewer->ev->types.count < 2) return name;
    struct az_words what = az_name_words(viewer->arena, type->name, type->id);
    struct az_words words = { az_arena_format(viewer->arena, "%s, %s", name.en, what.en),
                              az_arena_format(viewer->arena, "%s（%s）", name.ja, what.ja) };
    return words.en && words.ja ? words : name;
}

/* Charge within a stay: what its slots until then have brought, the last one in part. */
static double charge_in_stay(const struct eb_viewer *viewer, struct eb_walk *walk,
                             const struct eb_event *event, double from, double to, double at)
{
    const struct eb_charger *bank = eb_bank(viewer, event);
    double step = 60.0 * (double)viewer->ev->slot_minutes;
    if (!bank || viewer->ev->T == 0) return at >= to ? event->soc_after_kwh : event->soc_before_kwh;
    size_t values = event->charge_kwh.count > event->discharge_kwh.count
                        ? event->charge_kwh.count
                        : event->discharge_kwh.count;
    size_t first = event->first_slot < 0 ? viewer->ev->T : (size_t)event->first_slot;
    if (walk->event != event || (walk->next > first && at < step * (double)walk->next))
        *walk = (struct eb_walk){ event, first, event->soc_before_kwh };
    for (size_t t = walk->next; t < viewer->ev->T && t - first < values; t++) {
        double begin = fmax(from, step * (double)t), end = fmin(to, step * (double)(t + 1));
        if (at <= begin) break;
        double into = eb_charged(event, t) * bank->charge_efficiency -
                      eb_discharged(event, t) / bank->discharge_efficiency;
        if (end <= begin) into = 0;
        if (at < step * (double)(t + 1)) /* the slot is not over */
            return walk->charge + (into != 0 ? into * fmin(1, (at - begin) / (end - begin)) : 0);
        walk->charge += into;
        walk->next = t + 1;
    }
    return walk->charge;
}

double eb_charge_at(const struct eb_viewer *viewer, const struct eb_block *block, double seconds)
{
    double charge = block->start_kwh;
    struct eb_walk alone = { 0 }, *walk = &alone;
    if (viewer->walks) walk = &viewer->walks[block - viewer->plan->blocks.items];
    for (size_t e = 0; e < block->events.count; e++) {
        const struct eb_event *event = &block->events.items[e];
        double from, to;
        if (!eb_view_seconds(viewer, event->start, &from) ||
            !eb_view_seconds(viewer, event->end, &to))
            continue;
        if (from > seconds) return charge;
        if (to <= seconds) {
            charge = event->soc_after_kwh;
        } else if (event->kind == EB_EVENT_STAY) {
            return charge_in_stay(viewer, walk, event, from, to, seconds);
        } else {
            double share = (seconds - from) / (to - from);
            return event->soc_before_kwh * (1 - share) + event->soc_after_kwh * share;
        }
    }
    return charge;
}

/* --- key numbers ----------------------------------------------------------------------------- */

struct totals {
    double trips, km, empty_km;
    double *charged, *discharged; /* [grids + 1] the last: none */
};

static enum az_status add_up(const struct eb_viewer *viewer, struct totals *sum)
{
    size_t grids = viewer->ev->grids.count;
    *sum = (struct totals){ .charged = AZ_ARRAY(viewer->arena, grids + 1, double),
                            .discharged = AZ_ARRAY(viewer->arena, grids + 1, double) };
    if (!sum->charged || !sum->discharged) return AZ_NO_MEMORY;
    for (size_t b = 0; b < viewer->plan->blocks.count; b++)
        for (size_t e = 0; e < viewer->plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &viewer->plan->blocks.items[b].events.items[e];
            const struct eb_charger *bank = eb_bank(viewer, event);
            double km = isfinite(event->distance_km) ? event->distance_km : 0;
            sum->trips += event->kind == EB_EVENT_TRIP;
            if (event->kind != EB_EVENT_STAY) sum->km += km;
            if (event->kind == EB_EVENT_DEADHEAD) sum->empty_km += km;
            if (!bank) continue;
            size_t grid = bank->grid < grids ? bank->grid : grids;
            sum->charged[grid] += eb_charged(event, AZ_NO_INDEX);
            sum->discharged[grid] += eb_discharged(event, AZ_NO_INDEX);
            if (viewer->ev->T == 0 && isfinite(event->charged_kwh))
                sum->charged[grid] += event->charged_kwh;
        }
    return AZ_OK;
}

static void money_numbers(struct eb_viewer *viewer)
{
    const struct az_judgement *judgement = viewer->judgement;
    const char *unit = viewer->ev->money_unit ? viewer->ev->money_unit : "JPY";
    if (!judgement || !isfinite(judgement->cost)) return;
    az_view_number(viewer->view, AZ_WORDS("Cost of the plan", "計画の費用"), judgement->cost, unit,
                   0,
                   AZ_WORDS("buses, kilometres, energy, wear, less what delivered energy earns",
                            "車両・走行・電力・劣化から送電の収入を引いた額"));
    if (judgement->penalty > 0)
        az_view_number(viewer->view, AZ_WORDS("Price of conceded rules", "譲った規則の対価"),
                       judgement->penalty, unit, 0, AZ_NO_NOTE);
}

static void fleet_numbers(struct eb_viewer *viewer, const struct totals *sum)
{
    const struct eb_instance *ev = viewer->ev;
    double planned = 0;
    for (size_t i = 0; i < ev->trips.count; i++) planned += !(ev->done && ev->done[i]);
    az_view_number(viewer->view, AZ_WORDS("Buses", "使用車両"), (double)viewer->plan->blocks.count,
                   "", 0, AZ_NO_NOTE);
    char *of = az_arena_format(viewer->arena, "of %.0f planned", planned);
    char *of_ja = az_arena_format(viewer->arena, "計画対象 %.0f 便", planned);
    az_view_number(viewer->view, AZ_WORDS("Trips run", "運行する便"), sum->trips, "", 0,
                   AZ_WORDS(of ? of : "", of_ja ? of_ja : ""));
    if (sum->km > 0) {
        az_view_number(viewer->view, AZ_WORDS("Distance", "走行距離"), sum->km, "km", 0,
                       AZ_NO_NOTE);
        az_view_number(viewer->view, AZ_WORDS("Empty driving", "回送の割合"),
                       100 * sum->empty_km / sum->km, "%", 1,
                       AZ_WORDS("deadheads, of all kilometres", "走行距離のうち回送"));
    }
}

static void energy_numbers(struct eb_viewer *viewer, const struct totals *sum)
{
    const struct eb_instance *ev = viewer->ev;
    for (size_t g = 0; g <= ev->grids.count; g++) {
        struct az_words name =
            g < ev->grids.count
                ? az_name_words(viewer->arena, ev->grids.items[g].name, ev->grids.items[g].id)
                : AZ_WORDS("No grid", "系統外");
        if (sum->charged[g] > 1e-6)
            az_view_number(viewer->view,
                           az_label_words(viewer->arena, name, AZ_WORDS("charged", "充電")),
                           sum->charged[g], "kWh", 0, AZ_NO_NOTE);
        if (sum->discharged[g] > 1e-6)
            az_view_number(viewer->view,
                           az_label_words(viewer->arena, name, AZ_WORDS("discharged", "放電")),
                           sum->discharged[g], "kWh", 0, AZ_NO_NOTE);
    }
    const struct eb_summary *summary = viewer->plan->summary;
    double carried = 0, earned = 0;
    for (size_t i = 0; summary && i < summary->carried.count; i++) {
        carried += summary->carried.items[i].carried_kwh;
        earned += summary->carried.items[i].earned_jpy;
    }
    if (!(carried > 1e-6)) return;
    az_view_number(
        viewer->view, AZ_WORDS("Carried between grids", "系統間で運んだ電力"), carried, "kWh", 0,
        AZ_WORDS("discharged on one side, charged on the other", "一方で充電し他方で放電した量"));
    if (isfinite(earned))
        az_view_number(viewer->view, AZ_WORDS("Earned by carrying", "融通による利益"), earned,
                       ev->money_unit ? ev->money_unit : "JPY", 0,
                       AZ_WORDS("at the marginal prices of both grids", "両系統の限界価格による"));
}

static enum az_status fill_numbers(struct eb_viewer *viewer)
{
    struct totals sum;
    size_t most = 12 + 2 * (viewer->ev->grids.count + 1);
    AZ_TRY(add_up(viewer, &sum));
    viewer->view->numbers.items = AZ_ARRAY(viewer->arena, most, struct az_key_number);
    if (!viewer->view->numbers.items) return AZ_NO_MEMORY;
    money_numbers(viewer);
    fleet_numbers(viewer, &sum);
    energy_numbers(viewer, &sum);
    return AZ_OK;
}

enum az_status eb_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view)
{
    const struct eb_instance *ev = instance;
    struct eb_viewer viewer = {
        .ev = ev, .plan = plan, .judgement = judgement, .arena = arena, .view = view
    };
    *view = (struct az_view){ 0 };
    viewer.walks = AZ_ARRAY(arena, viewer.plan->blocks.count, struct eb_walk);
    if (!viewer.walks) return AZ_NO_MEMORY;
    view->title = ev->title && *ev->title ? az_name_words(arena, ev->title, NULL)
                                          : AZ_WORDS("Electric buses", "電気バスの計画");
    AZ_TRY(fill_numbers(&viewer));
    AZ_TRY(eb_view_gantt(&viewer));
    AZ_TRY(eb_view_charts(&viewer));
    AZ_TRY(eb_view_map(&viewer));
    AZ_TRY(eb_view_tables(&viewer));
    return az_view_notes(view, arena, ev->notes, ev->sources.items, ev->sources.count);
}
