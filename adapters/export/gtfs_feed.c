/* gtfs_feed.c - the feed that a timetable came from, written again whole with the plan's block_id.
 *
 * trips.txt is written anew, every other file of the feed as it is. A trip of the feed is one of
 * the plan when its trip_id is, and the times of its first and its last stop are, too: of two feeds
 * with the same ids only the right one is filled. A trip of a headway stands for several of the
 * plan and gets a block_id when one block runs them all. Trips that the plan leaves out lose
 * theirs; trips that the plan knows nothing of (another day, done already) keep theirs. */
#include <stdlib.h>
#include <string.h>

#include "adapters/export/evbus.h"
#include "adapters/import/gtfs.h"

#define AZ_EXPORT_CODE_DEFINE(name_, en_, ja_) \
    const struct az_code az_code_##name_ = { .code = #name_, .words = { en_, ja_ } };
AZ_EXPORT_CODES(AZ_EXPORT_CODE_DEFINE)
#undef AZ_EXPORT_CODE_DEFINE

/* A trip of the plan: when it runs, and who runs it (NULL: nobody). */
struct planned {
    const char *id; /* in GTFS */
    size_t trip;    /* of the instance */
    int64_t departure, arrival;
    const char *block;
    bool found;
};

/* First and last stop of a trip of the feed. */
struct ends {
    int64_t first, last;   /* stop_sequence */
    const char *from, *to; /* stop_id */
    int64_t departure, arrival;
    bool headway;
};

struct fill {
    const struct eb_instance *ev;
    const struct eb_plan *plan;
    struct az_arena *arena;
    struct az_findings *findings;
    const struct az_inputs *inputs;
    const struct az_input *trips; /* of the feed */
    size_t folder;                /* length of the feed's part of names */
    size_t planned_count;
    struct planned *planned; /* by id */
    struct gtfs_index trip_of;
    struct ends *ends; /* of the trips in stop_times.txt */
    size_t filled, left_out, mixed, shared;
};

/* --- the plan --------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    const struct planned *left = a, *right = b;
    int order = strcmp(left->id, right->id);
    return order ? order
                 : (left->departure > right->departure) - (left->departure < right->departure);
}

static enum az_status plan_trips(struct fill *f)
{
    const struct eb_instance *ev = f->ev;
    int64_t midnight = az_evx_day_of(ev).midnight;
    const char **block = AZ_ARRAY(f->arena, ev->trips.count + 1, const char *);
    f->planned = AZ_ARRAY(f->arena, ev->trips.count + 1, struct planned);
    if (!block || !f->planned) return AZ_NO_MEMORY;
    for (size_t b = 0; b < f->plan->blocks.count; b++)
        for (size_t e = 0; e < f->plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &f->plan->blocks.items[b].events.items[e];
            const struct eb_trip *trip =
                event->kind == EB_EVENT_TRIP ? az_evx_trip(ev, &event->trip) : NULL;
            if (trip) block[trip - ev->trips.items] = f->plan->blocks.items[b].id;
        }
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        bool done = ev->done && ev->done[i];
        if (trip->shelter == 1 || !trip->has_times || (done && !block[i])) continue;
        f->planned[f->planned_count++] =
            (struct planned){ .id =
                                  trip->gtfs_trip && *trip->gtfs_trip ? trip->gtfs_trip : trip->id,
                              .trip = i,
                              .departure = trip->departure.utc_s - midnight,
                              .arrival = trip->arrival.utc_s - midnight,
                              .block = block[i] };
    }
    qsort(f->planned, f->planned_count, sizeof *f->planned, by_id);
    return AZ_OK;
}

/* --- the feed --------------------------------------------------------------------------------- */

static const char *base_of(const char *name, size_t *folder)
{
    const char *base = name;
    for (const char *at = name; *at; at++)
        if (*at == ':' || *at == '/') base = at + 1;
    *folder = (size_t)(base - name);
    return base;
}

/* The one feed of the inputs: where its trips.txt is. */
static void find_feed(struct fill *f)
{
    size_t folder;
    for (size_t i = 0; i < f->inputs->count; i++) {
        const struct az_input *input = &f->inputs->items[i];
        if (strcmp(base_of(input->name, &folder), "trips.txt") != 0) continue;
        if (strstr(input->name, "__MACOSX")) continue;
        if (f->trips) {
            AZ_FIND(f->findings, &az_code_export_two_feeds, NULL,
                    AZ_TEXT_PARAM("first", f->trips->name), AZ_TEXT_PARAM("second", input->name));
            return;
        }
        f->trips = input;
        f->folder = folder;
    }
    if (!f->trips) AZ_FIND0(f->findings, &az_code_gtfs_no_feed, NULL);
}

static bool of_feed(const struct fill *f, const struct az_input *input)
{
    size_t folder;
    base_of(input->name, &folder);
    return folder == f->folder && strncmp(input->name, f->trips->name, folder) == 0;
}

static const struct az_input *file_of(const struct fill *f, const char *name)
{
    size_t folder;
    for (size_t i = 0; i < f->inputs->count; i++)
        if (of_feed(f, &f->inputs->items[i]) &&
            strcmp(base_of(f->inputs->items[i].name, &folder), name) == 0)
            return &f->inputs->items[i];
    return NULL;
}

static enum az_status read_table(struct fill *f, const char *name, struct gtfs_table *table)
{
    const struct az_input *input = file_of(f, name);
    *table = (struct gtfs_table){ 0 };
    return input ? az_gtfs_table_read(input, f->arena, f->findings, table) : AZ_OK;
}

/* The ends of every trip in stop_times.txt. */
static enum az_status read_ends(struct fill *f)
{
    struct gtfs_table table, headways;
    size_t count = 0;
    AZ_TRY(read_table(f, "stop_times.txt", &table));
    AZ_TRY(read_table(f, "frequencies.txt", &headways));
    if (!table.input) {
        AZ_FIND(f->findings, &az_code_gtfs_missing_file, AZ_AT(NULL, f->trips->name),
                AZ_TEXT_PARAM("file", "stop_times.txt"));
        return AZ_OK;
    }
    size_t trip = az_gtfs_column(&table, "trip_id", true, f->findings);
    size_t sequence = az_gtfs_column(&table, "stop_sequence", true, f->findings);
    size_t departs = az_gtfs_column(&table, "departure_time", true, f->findings);
    size_t arrives = az_gtfs_column(&table, "arrival_time", true, f->findings);
    size_t stop = az_gtfs_column(&table, "stop_id", false, NULL);
    f->ends = AZ_ARRAY(f->arena, table.csv.count + 1, struct ends);
    if (!f->ends) return AZ_NO_MEMORY;
    for (size_t r = 1; r < table.csv.count; r++) {
        const char *id = az_gtfs_cell(&table, r, trip);
        int64_t at = strtoll(az_gtfs_cell(&table, r, sequence), NULL, 10), time;
        size_t k = az_gtfs_index_find(&f->trip_of, id);
        if (k == AZ_NO_INDEX) {
            AZ_TRY(az_gtfs_index_add(&f->trip_of, f->arena, id, k = count++));
            f->ends[k] = (struct ends){ .first = INT64_MAX,
                                        .last = INT64_MIN,
                                        .departure = GTFS_NO_TIME,
                                        .arrival = GTFS_NO_TIME };
        }
        struct ends *ends = &f->ends[k];
        if (at < ends->first) {
            ends->first = at;
            ends->from = az_gtfs_cell(&table, r, stop);
            ends->departure =
                az_gtfs_time(az_gtfs_cell(&table, r, departs), &time) ? time : GTFS_NO_TIME;
        }
        if (at > ends->last) {
            ends->last = at;
            ends->to = az_gtfs_cell(&table, r, stop);
            ends->arrival =
                az_gtfs_time(az_gtfs_cell(&table, r, arrives), &time) ? time : GTFS_NO_TIME;
        }
    }
    trip = headways.input ? az_gtfs_column(&headways, "trip_id", false, NULL) : AZ_NO_INDEX;
    for (size_t r = 1; trip != AZ_NO_INDEX && r < headways.csv.count; r++) {
        size_t k = az_gtfs_index_find(&f->trip_of, az_gtfs_cell(&headways, r, trip));
        if (k != AZ_NO_INDEX) f->ends[k].headway = true;
    }
    return AZ_OK;
}

/* Is a trip of the plan, of the same id, this trip of the feed? */
static bool is_of(const struct planned *planned, const struct ends *ends)
{
    return ends->headway ||
           (planned->departure == ends->departure && planned->arrival == ends->arrival);
}

/* --- trips.txt -------------------------------------------------------------------------------- */

/* The block_id of a trip of the feed: the plan's, "" when it has none there, NULL when the plan
 * knows nothing of the trip. */
static const char *block_of(struct fill *f, const char *id)
{
    size_t low = 0, high = f->planned_count, k = az_gtfs_index_find(&f->trip_of, id);
    const char *block = NULL;
    bool any = false, mixed = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(f->planned[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; k != AZ_NO_INDEX && low < f->planned_count && strcmp(f->planned[low].id, id) == 0;
         low++) {
        struct planned *planned = &f->planned[low];
        if (!is_of(planned, &f->ends[k])) continue;
        planned->found = true;
        const char *mine = planned->block ? planned->block : "";
        mixed = mixed || (any && strcmp(block, mine) != 0);
        block = mine;
        any = true;
    }
    if (!any) return NULL;
    f->mixed += mixed;
    f->left_out += !mixed && !*block;
    f->filled += !mixed && *block;
    return mixed ? "" : block;
}

static bool is_block(const struct fill *f, const char *id)
{
    for (size_t b = 0; *id && b < f->plan->blocks.count; b++)
        if (strcmp(f->plan->blocks.items[b].id, id) == 0) return true;
    return false;
}

static enum az_status write_trips(struct fill *f, FILE *out)
{
    struct gtfs_table table;
    AZ_TRY(read_table(f, "trips.txt", &table));
    if (!table.input || table.csv.count == 0) return AZ_OK;
    size_t id = az_gtfs_column(&table, "trip_id", true, f->findings);
    size_t block = az_gtfs_column(&table, "block_id", false, NULL),
           columns = table.csv.rows[0].count;
    if (block == AZ_NO_INDEX) block = columns++;
    for (size_t r = 0; r < table.csv.count; r++) {
        const char *given = az_gtfs_cell(&table, r, block);
        const char *value = r == 0 ? "block_id" : block_of(f, az_gtfs_cell(&table, r, id));
        f->shared += !value && is_block(f, given);
        for (size_t c = 0; c < columns; c++)
            az_evx_text(out, c == 0,
                        c == block ? (value ? value : given) : az_gtfs_cell(&table, r, c));
        fputc('\n', out);
    }
    return AZ_OK;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void tell(const struct fill *f, struct az_findings *told)
{
    size_t elsewhere = 0;
    for (size_t i = 0; i < f->planned_count; i++) elsewhere += !f->planned[i].found;
    const struct {
        const struct az_code *code;
        size_t count;
    } lines[] = { { &az_code_export_told_blocks, f->filled },
                  { &az_code_export_told_left_out, f->left_out },
                  { &az_code_export_told_headway, f->mixed },
                  { &az_code_export_told_elsewhere, elsewhere },
                  { &az_code_export_told_shared, f->shared } };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (lines[i].count > 0)
            AZ_FIND(told, lines[i].code, AZ_AT(NULL, f->trips->name),
                    AZ_NUMBER_PARAM("trips", (double)lines[i].count));
}

static enum az_status write_files(struct fill *f, struct az_evx_zip *zip)
{
    size_t folder;
    for (size_t i = 0; i < f->inputs->count; i++) {
        const struct az_input *input = &f->inputs->items[i];
        if (!of_feed(f, input)) continue;
        if (zip->count == EVX_FILES) return AZ_UNSUPPORTED;
        FILE *out = az_evx_open(zip, base_of(input->name, &folder));
        if (!out) return AZ_NO_MEMORY;
        if (input == f->trips)
            AZ_TRY(write_trips(f, out));
        else
            fwrite(input->bytes, 1, input->length, out);
        AZ_TRY(az_evx_close(zip));
    }
    return AZ_OK;
}

enum az_status az_evx_fill_feed(const void *instance, const void *plan,
                                const struct az_inputs *feed, struct az_arena *arena,
                                struct az_findings *findings, struct az_findings *told, char **text,
                                size_t *length)
{
    enum az_status status = AZ_OK;
    struct az_evx_zip zip = { .arena = arena };
    struct fill f = {
        .ev = instance, .plan = plan, .arena = arena, .findings = findings, .inputs = feed
    };
    *text = NULL;
    if (!f.ev->timed) return AZ_UNSUPPORTED;
    find_feed(&f);
    if (!f.trips || az_findings_total(findings) > 0) return AZ_OK;
    AZ_TRY(plan_trips(&f));
    AZ_TRY(read_ends(&f));
    if (az_findings_total(findings) > 0) return AZ_OK;
    AZ_GOTO(write_files(&f, &zip));
    if (f.filled + f.mixed + f.left_out == 0 && az_findings_total(findings) == 0)
        AZ_FIND0(findings, &az_code_export_no_trip, AZ_AT(NULL, f.trips->name));
    if (az_findings_total(findings) > 0) goto done;
    tell(&f, told);
    AZ_GOTO(az_evx_finish(&zip, text, length));
done:
    az_evx_drop(&zip);
    return status;
}

/* --- for other formats ------------------------------------------------------------------------ */

static void find_trips(struct fill *f, struct az_evx_feed_trip trips[])
{
    for (size_t i = 0; i < f->planned_count; i++) {
        struct planned *planned = &f->planned[i];
        size_t k = az_gtfs_index_find(&f->trip_of, planned->id);
        if (k == AZ_NO_INDEX || !is_of(planned, &f->ends[k])) continue;
        if (!*f->ends[k].from || !*f->ends[k].to) continue;
        planned->found = true;
        f->filled++;
        trips[planned->trip] =
            (struct az_evx_feed_trip){ f->ends[k].from, f->ends[k].to, f->ends[k].headway };
    }
}

enum az_status az_evx_feed_trips(const struct eb_instance *ev, const struct eb_plan *plan,
                                 const struct az_inputs *feed, struct az_arena *arena,
                                 struct az_findings *findings, struct az_findings *told,
                                 struct az_evx_feed_trip **trips)
{
    struct fill f = {
        .ev = ev, .plan = plan, .arena = arena, .findings = findings, .inputs = feed
    };
    *trips = NULL;
    find_feed(&f);
    if (!f.trips || az_findings_total(findings) > 0) return AZ_OK;
    AZ_TRY(plan_trips(&f));
    AZ_TRY(read_ends(&f));
    if (az_findings_total(findings) > 0) return AZ_OK;
    struct az_evx_feed_trip *found = AZ_ARRAY(arena, ev->trips.count + 1, struct az_evx_feed_trip);
    if (!found) return AZ_NO_MEMORY;
    find_trips(&f, found);
    const struct az_path *path = AZ_AT(NULL, f.trips->name);
    if (f.filled == 0) {
        AZ_FIND0(findings, &az_code_export_no_trip, path);
        return AZ_OK;
    }
    size_t added = 0;
    for (size_t i = 0; i < f.planned_count; i++) added += f.planned[i].block && !f.planned[i].found;
    AZ_FIND(told, &az_code_export_told_stops, path, AZ_NUMBER_PARAM("trips", (double)f.filled));
    if (added > 0)
        AZ_FIND(told, &az_code_export_told_added, path, AZ_NUMBER_PARAM("trips", (double)added));
    *trips = found;
    return AZ_OK;
}
