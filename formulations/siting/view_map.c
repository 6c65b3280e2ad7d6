/* view_map.c - the map: sites by what they get, and the lines of the feeders. Many sites are told
 * by the square that they are in. */
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/view.h"

#define MOST_SITES 1500 /* more are drawn by squares */
#define SQUARES 40      /* across the map */
#define KEYS 6

static bool is_located(double latitude, double longitude)
{
    return isfinite(latitude) && isfinite(longitude);
}

static void add_point(struct az_geo_map *map, double latitude, double longitude, const char *role,
                      struct az_words label)
{
    map->points.items[map->points.count++] =
        (struct az_map_point){ latitude, longitude, role, label };
}

/* --- sites --------------------------------------------------------------------------------------
 */

/* What a choice is drawn as: with a battery, or PV alone. */
static const char *role_of(const struct st_viewer *viewer, size_t site)
{
    size_t choice = viewer->choice[site];
    if (choice == AZ_NO_INDEX) return "free";
    const struct st_option *option = st_option_of(viewer, &viewer->plan->choices.items[choice]);
    if (option && option->battery_kwh > 0) return option->pv_kw > 0 ? "charge" : "battery";
    return option && option->pv_kw > 0 ? "solar" : "visit";
}

static struct az_words size_words(struct st_viewer *viewer, const struct st_option *option)
{
    struct az_words words = AZ_WORDS("", "");
    if (option->pv_kw > 0) {
        const char *kw = st_number_text(viewer, option->pv_kw, 1);
        words = AZ_WORDS(st_text(viewer, "%s kW", kw), st_text(viewer, "%s kW", kw));
    }
    if (option->battery_kwh > 0) {
        const char *kwh = st_number_text(viewer, option->battery_kwh, 1);
        words = st_and(viewer, words,
                       AZ_WORDS(st_text(viewer, "%s kWh", kwh), st_text(viewer, "%s kWh", kwh)));
    }
    return words;
}

static struct az_words label_of(struct st_viewer *viewer, size_t site)
{
    const struct st_site *it = &viewer->in->sites.items[site];
    struct az_words words = st_site_words(viewer, (struct az_ref){ .id = it->id, .index = site });
    size_t choice = viewer->choice[site];
    const struct st_option *option =
        choice == AZ_NO_INDEX ? NULL : st_option_of(viewer, &viewer->plan->choices.items[choice]);
    if (!option) return words;
    struct az_words size = size_words(viewer, option);
    return AZ_WORDS(st_text(viewer, "%s %s", words.en, size.en),
                    st_text(viewer, "%s %s", words.ja, size.ja));
}

struct ranked {
    size_t site;
    double kw;
};

/* The largest first; ties to the earlier. */
static int is_larger(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->kw != y->kw) return x->kw > y->kw ? -1 : 1;
    return x->site < y->site ? -1 : x->site > y->site;
}

/* The largest of those that are chosen first: their names find room before those of others. */
static enum az_status add_sites(struct st_viewer *viewer, struct az_geo_map *map)
{
    const struct st_instance *in = viewer->in;
    struct ranked *order = AZ_ARRAY(viewer->arena, in->sites.count, struct ranked);
    if (!order) return AZ_NO_MEMORY;
    for (size_t s = 0; s < in->sites.count; s++) {
        size_t at = viewer->choice[s];
        const struct st_option *option =
            at == AZ_NO_INDEX ? NULL : st_option_of(viewer, &viewer->plan->choices.items[at]);
        order[s] = (struct ranked){ s, at == AZ_NO_INDEX ? -1 : option ? option->pv_kw : 0 };
    }
    if (in->sites.count > 0) qsort(order, in->sites.count, sizeof *order, is_larger);
    for (size_t k = 0; k < in->sites.count; k++) {
        size_t s = order[k].site;
        const struct st_site *site = &in->sites.items[s];
        if (is_located(site->latitude, site->longitude))
            add_point(map, site->latitude, site->longitude, role_of(viewer, s),
                      label_of(viewer, s));
    }
    return AZ_OK;
}

/* --- squares ------------------------------------------------------------------------------------
 */

struct square {
    size_t sites, chosen, with_battery;
    double latitude, longitude, kw; /* of the middle of its sites: sums */
};

struct bounds {
    double south, north, west, east;
};

static struct bounds bounds_of(const struct st_instance *in)
{
    struct bounds b = { INFINITY, -INFINITY, INFINITY, -INFINITY };
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        if (!is_located(site->latitude, site->longitude)) continue;
        b.south = fmin(b.south, site->latitude);
        b.north = fmax(b.north, site->latitude);
        b.west = fmin(b.west, site->longitude);
        b.east = fmax(b.east, site->longitude);
    }
    return b;
}

static size_t square_at(double value, double low, double high)
{
    double share = high > low ? (value - low) / (high - low) : 0;
    size_t k = (size_t)(share * SQUARES);
    return k < SQUARES ? k : SQUARES - 1;
}

static enum az_status add_squares(struct st_viewer *viewer, struct az_geo_map *map)
{
    const struct st_instance *in = viewer->in;
    struct square *squares = AZ_ARRAY(viewer->arena, SQUARES * SQUARES, struct square);
    struct bounds b = bounds_of(in);
    if (!squares) return AZ_NO_MEMORY;
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        if (!is_located(site->latitude, site->longitude)) continue;
        struct square *square = &squares[square_at(site->latitude, b.south, b.north) * SQUARES +
                                         square_at(site->longitude, b.west, b.east)];
        square->sites++;
        square->latitude += site->latitude;
        square->longitude += site->longitude;
        if (viewer->choice[s] == AZ_NO_INDEX) continue;
        const struct st_option *option =
            st_option_of(viewer, &viewer->plan->choices.items[viewer->choice[s]]);
        square->chosen++;
        square->kw += option ? option->pv_kw : 0;
        square->with_battery += option && option->battery_kwh > 0;
    }
    for (size_t k = 0; k < SQUARES * SQUARES; k++) {
        const struct square *q = &squares[k];
        if (q->sites == 0) continue;
        const char *kw = st_number_text(viewer, q->kw, 0);
        add_point(map, q->latitude / (double)q->sites, q->longitude / (double)q->sites,
                  q->chosen == 0        ? "free"
                  : q->with_battery > 0 ? "charge"
                                        : "solar",
                  AZ_WORDS(st_text(viewer, "%zu of %zu, %s kW", q->chosen, q->sites, kw),
                           st_text(viewer, "%zu/%zu か所 %s kW", q->chosen, q->sites, kw)));
    }
    return AZ_OK;
}

/* --- lines --------------------------------------------------------------------------------------
 */

/* How full a line is in its fullest hour; NAN: unknown. */
static double share_of_line(const struct st_viewer *viewer, const char *id)
{
    for (size_t k = 0; k < viewer->sum->loadings.count; k++) {
        const struct st_loading *it = &viewer->sum->loadings.items[k];
        if (!it->element || strcmp(it->element, id) != 0 || strcmp(it->what, "line") != 0) continue;
        return fabs(it->value) / it->limit;
    }
    return NAN;
}

static enum az_status add_lines(struct st_viewer *viewer, struct az_geo_map *map)
{
    const struct st_instance *in = viewer->in;
    size_t *point = AZ_ARRAY(viewer->arena, in->nodes.count, size_t);
    if (!point) return AZ_NO_MEMORY;
    for (size_t n = 0; n < in->nodes.count; n++) {
        const struct st_node *node = &in->nodes.items[n];
        point[n] = AZ_NO_INDEX;
        if (!is_located(node->latitude, node->longitude)) continue;
        point[n] = map->points.count;
        add_point(map, node->latitude, node->longitude, "deadhead",
                  st_element_words(viewer, "node", node->id));
    }
    for (size_t l = 0; l < in->lines.count; l++) {
        const struct st_line *line = &in->lines.items[l];
        size_t from = line->from.index, to = line->to.index;
        if (from >= in->nodes.count || to >= in->nodes.count) continue;
        if (point[from] == AZ_NO_INDEX || point[to] == AZ_NO_INDEX) continue;
        double share = share_of_line(viewer, line->id);
        struct az_words words = st_element_words(viewer, "line", line->id);
        if (isfinite(share))
            words = AZ_WORDS(st_text(viewer, "%s: %.0f %% of its limit", words.en, 100 * share),
                             st_text(viewer, "%s：上限の %.0f %%", words.ja, 100 * share));
        map->lines.items[map->lines.count++] =
            (struct az_map_line){ point[from], point[to],
                                  share >= ST_NEARLY_FULL ? "limit" : "deadhead", words };
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static void add_keys(struct az_geo_map *map, bool squares)
{
    static const struct az_key keys[KEYS] = {
        { "solar", false, { "PV", "太陽光" } },
        { "charge", false, { "PV and battery", "太陽光と蓄電池" } },
        { "battery", false, { "battery alone", "蓄電池のみ" } },
        { "visit", false, { "chosen", "採用" } },
        { "free", false, { "left out", "不採用" } },
        { "limit", true, { "line at its limit", "上限に近い線路" } },
    };
    static const struct az_words some[] = { { "with PV", "太陽光あり" },
                                            { "some with batteries", "蓄電池もあり" } };
    for (size_t k = 0; k < KEYS; k++) {
        bool used = false;
        for (size_t p = 0; p < map->points.count && !keys[k].line; p++)
            used = used || strcmp(map->points.items[p].role, keys[k].role) == 0;
        for (size_t l = 0; l < map->lines.count && keys[k].line; l++)
            used = used || strcmp(map->lines.items[l].role, keys[k].role) == 0;
        if (!used) continue;
        struct az_key *key = &map->keys.items[map->keys.count++];
        *key = keys[k];
        if (squares && k < 2) key->label = some[k];
    }
}

enum az_status st_view_map(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    struct az_geo_map *map = &viewer->view->maps.items[viewer->view->maps.count];
    size_t located = 0;
    for (size_t s = 0; s < in->sites.count; s++)
        located += is_located(in->sites.items[s].latitude, in->sites.items[s].longitude);
    if (located == 0) return AZ_OK;
    bool squares = located > MOST_SITES;
    size_t most = (squares ? SQUARES * SQUARES : located) + in->nodes.count;
    *map = (struct az_geo_map){ 0 };
    map->points.items = AZ_ARRAY(viewer->arena, most, struct az_map_point);
    map->lines.items = AZ_ARRAY(viewer->arena, in->lines.count, struct az_map_line);
    map->keys.items = AZ_ARRAY(viewer->arena, KEYS, struct az_key);
    if (!map->points.items || !map->lines.items || !map->keys.items) return AZ_NO_MEMORY;
    map->title = squares
                     ? AZ_WORDS("Sites by what they get, by squares", "採用する設備（区画ごと）")
                     : AZ_WORDS("Sites by what they get", "採用する設備");
    if (squares)
        AZ_TRY(add_squares(viewer, map));
    else
        AZ_TRY(add_sites(viewer, map));
    AZ_TRY(add_lines(viewer, map));
    add_keys(map, squares);
    viewer->view->maps.count += map->points.count > 1;
    return AZ_OK;
}
