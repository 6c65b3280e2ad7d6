/* svg_map.c - maps as inline SVG: ways as straight lines, places with as many of their names as
 * there is room for. */
#include <string.h>

#include "adapters/report/draw.h"

#define MAP_WIDTH 1080.0
#define MAP_HALF 520.0
#define MAP_HIGHEST 480.0
#define MAP_LOWEST 200.0
#define MAP_NAMES 160.0 /* room for names on either side of the places */
#define MAP_NAMES_HALF 90.0
#define MAP_NARROWEST 420.0

/* The part of the world that a map shows: degrees to places, longitude shrunk by the latitude. */
struct ground {
    double west, north, scale, shrink, left, top, width, height;
};

static double map_x(const struct ground *ground, double longitude)
{
    return ground->left + (longitude - ground->west) * ground->shrink * ground->scale;
}

static double map_y(const struct ground *ground, double latitude)
{
    return ground->top + (ground->north - latitude) * ground->scale;
}

static struct ground map_ground(const struct az_geo_map *map)
{
    double south = INFINITY, north = -INFINITY, west = INFINITY, east = -INFINITY;
    for (size_t i = 0; i < map->points.count; i++) {
        const struct az_map_point *point = &map->points.items[i];
        south = fmin(south, point->latitude);
        north = fmax(north, point->latitude);
        west = fmin(west, point->longitude);
        east = fmax(east, point->longitude);
    }
    struct ground ground = { .west = west, .north = north };
    ground.shrink = fmax(0.05, cos((south + north) / 2 * 3.14159265358979 / 180));
    double wide = fmax((east - west) * ground.shrink, 1e-6), tall = fmax(north - south, 1e-6);
    double widest = map->half ? MAP_HALF : MAP_WIDTH;
    double names = map->half ? MAP_NAMES_HALF : MAP_NAMES;
    ground.scale = fmin((widest - (map->half ? names * 2 : 200)) / wide, (MAP_HIGHEST - 60) / tall);
    ground.height = fmax(MAP_LOWEST, tall * ground.scale + 60);
    ground.width = fmin(widest, fmax(MAP_NARROWEST, wide * ground.scale + 2 * names));
    ground.left = (ground.width - wide * ground.scale) / 2;
    ground.top = (ground.height - tall * ground.scale) / 2;
    return ground;
}

/* --- names ------------------------------------------------------------------------------------ */

struct box {
    double left, right, top, bottom;
};

/* A place that is one of many: small, and named only when pointed at. */
static bool is_minor(const struct az_map_point *point)
{
    return point->role && strcmp(point->role, "free") == 0;
}

static bool overlap(const struct box *a, const struct box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

/* A name beside its place: where its text begins, ends or stands in the middle. */
struct name {
    double x, y;
    const char *anchor; /* NULL: no room anywhere */
    struct box box;
};

/* The name of a place on its side k: right, left, above, below. */
static struct name name_at(const struct az_map_point *point, double x, double y, int k)
{
    size_t en = az_draw_columns(point->label.en), ja = az_draw_columns(point->label.ja);
    double width = 6.6 * (double)(en > ja ? en : ja);
    struct name name = { .y = k == 2 ? y - 10 : k == 3 ? y + 19 : y + 4 };
    name.x = k == 0 ? x + 9 : k == 1 ? x - 9 : x;
    name.anchor = k == 0 ? "start" : k == 1 ? "end" : "middle";
    name.box.left = name.x - (k == 0 ? 0 : k == 1 ? width : width / 2);
    name.box.right = name.box.left + width;
    name.box.top = name.y - 11;
    name.box.bottom = name.y + 3;
    return name;
}

static bool is_free(const struct az_geo_map *map, const struct ground *ground,
                    const struct name names[], size_t i, const struct box *box)
{
    if (box->left < 2 || box->right > ground->width - 2 || box->top < 2 ||
        box->bottom > ground->height - 2)
        return false;
    for (size_t k = 0; k < i; k++)
        if (names[k].anchor && overlap(&names[k].box, box)) return false;
    for (size_t k = 0; k < map->points.count; k++) {
        double x = map_x(ground, map->points.items[k].longitude);
        double y = map_y(ground, map->points.items[k].latitude);
        double half = is_minor(&map->points.items[k]) ? 1 : 6; /* letters may cover a part */
        struct box dot = { x - half, x + half, y - half, y + half };
        if (k != i && overlap(&dot, box)) return false;
    }
    return true;
}

/* Each name on the first side that is free; earlier places choose first. */
static void place_names(const struct az_geo_map *map, const struct ground *ground,
                        struct name names[])
{
    for (size_t i = 0; i < map->points.count; i++) {
        const struct az_map_point *point = &map->points.items[i];
        double x = map_x(ground, point->longitude), y = map_y(ground, point->latitude);
        names[i].anchor = NULL;
        for (int k = 0; !is_minor(point) && k < 4 && !names[i].anchor; k++) {
            struct name name = name_at(point, x, y, k);
            if (is_free(map, ground, names, i, &name.box)) names[i] = name;
        }
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static void draw_ways(FILE *out, const struct az_geo_map *map, const struct ground *ground)
{
    for (size_t i = 0; i < map->lines.count; i++) {
        const struct az_map_line *line = &map->lines.items[i];
        if (line->from >= map->points.count || line->to >= map->points.count) continue;
        const struct az_map_point *a = &map->points.items[line->from];
        const struct az_map_point *b = &map->points.items[line->to];
        fprintf(out,
                "<line class=\"way\" stroke=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
                "y2=\"%.1f\"><title>",
                az_draw_colour(line->role), map_x(ground, a->longitude), map_y(ground, a->latitude),
                map_x(ground, b->longitude), map_y(ground, b->latitude));
        az_draw_words(out, line->label, "title");
        fputs("</title></line>\n", out);
    }
}

/* The last first: earlier ones lie on top. */
static void draw_places(FILE *out, const struct az_geo_map *map, const struct ground *ground,
                        const struct name names[])
{
    for (size_t i = map->points.count; i-- > 0;) {
        const struct az_map_point *point = &map->points.items[i];
        fprintf(out,
                "<circle class=\"place%s\" fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"><title>",
                is_minor(point) ? " minor" : "", az_draw_colour(point->role),
                map_x(ground, point->longitude), map_y(ground, point->latitude),
                is_minor(point) ? "3" : "5");
        az_draw_words(out, point->label, "title");
        fputs("</title></circle>\n", out);
    }
    for (size_t i = 0; i < map->points.count; i++) {
        const struct az_map_point *point = &map->points.items[i];
        if (names[i].anchor) {
            fprintf(out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
                    names[i].x, names[i].y, names[i].anchor);
            az_draw_words(out, point->label, "tspan");
            fputs("</text>\n", out);
        }
    }
}

void az_draw_map(FILE *out, const struct az_geo_map *map)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct name *names = arena ? AZ_ARRAY(arena, map->points.count + 1, struct name) : NULL;
    fprintf(out, "<figure class=\"%s\"><figcaption>", map->half ? "half beside" : "wide");
    az_draw_words(out, map->title, "span");
    fputs("</figcaption>\n", out);
    az_draw_keys(out, map->keys.items, map->keys.count);
    if (names && map->points.count > 0) {
        struct ground ground = map_ground(map);
        place_names(map, &ground, names);
        fprintf(out,
                "<div class=\"frame map\" style=\"--wide:%.0fpx\"><svg viewBox=\"0 0 %.0f %.0f\" "
                "role=\"img\">\n<title>",
                ground.width, ground.width, ground.height);
        az_draw_words(out, map->title, "title");
        fputs("</title>\n", out);
        draw_ways(out, map, &ground);
        draw_places(out, map, &ground, names);
        fputs("</svg></div>\n", out);
    }
    fputs("</figure>\n", out);
    az_arena_free(arena);
}
