/* resolve_reaches.c - the shelters in reach of each district: as it lists them, else by distance.
 * Shelters are sorted by latitude, so that a district looks at those of its own band only. */
#include <stdlib.h>

#include "formulations/siting/resolve.h"

#define EARTH_KM 6371.0088 /* mean radius */
#define DEGREE (3.14159265358979323846 / 180)
#define DEGREE_KM (EARTH_KM * DEGREE) /* of latitude */

static double great_circle_km(double lat1, double lon1, double lat2, double lon2)
{
    double a = sin((lat2 - lat1) * DEGREE / 2), b = sin((lon2 - lon1) * DEGREE / 2);
    double h = a * a + cos(lat1 * DEGREE) * cos(lat2 * DEGREE) * b * b;
    return 2 * EARTH_KM * asin(sqrt(fmin(1, h)));
}

struct shelter {
    double latitude, longitude;
    size_t site;
};

struct shelters {
    struct shelter *items; /* by latitude */
    size_t count;
};

static int by_latitude(const void *a, const void *b)
{
    const struct shelter *left = a, *right = b;
    if (left->latitude != right->latitude) return left->latitude < right->latitude ? -1 : 1;
    return left->site < right->site ? -1 : left->site > right->site;
}

static int by_index(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return left < right ? -1 : left > right;
}

static enum az_status sort_shelters(struct st_resolver *r, struct shelters *shelters)
{
    const struct st_instance *in = r->in;
    shelters->count = 0;
    if (!(shelters->items = AZ_ARRAY(r->arena, in->sites.count, struct shelter)))
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < in->sites.count; i++) {
        const struct st_site *site = &in->sites.items[i];
        if (site->shelter == 1 && !isnan(site->latitude) && !isnan(site->longitude))
            shelters->items[shelters->count++] =
                (struct shelter){ site->latitude, site->longitude, i };
    }
    if (shelters->count > 1)
        qsort(shelters->items, shelters->count, sizeof *shelters->items, by_latitude);
    return AZ_OK;
}

/* The first shelter at or north of a latitude. */
static size_t first_from(const struct shelters *shelters, double latitude)
{
    size_t low = 0, high = shelters->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (shelters->items[middle].latitude < latitude)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Shelters within reach by road; written to `out` unless it is NULL. At most `most` are counted. */
static size_t list_near(const struct st_coverage *coverage, const struct st_district *district,
                        const struct shelters *shelters, size_t most, size_t out[])
{
    double reach = coverage->reach_km / coverage->road_factor;
    double band = reach / DEGREE_KM * (1 + AZ_FEASIBILITY_TOLERANCE) + AZ_FEASIBILITY_TOLERANCE;
    size_t count = 0;
    if (isnan(coverage->reach_km) || isnan(district->latitude) || isnan(district->longitude))
        return 0;
    for (size_t k = first_from(shelters, district->latitude - band);
         k < shelters->count && count < most; k++) {
        const struct shelter *it = &shelters->items[k];
        if (it->latitude > district->latitude + band) break;
        double km =
            great_circle_km(district->latitude, district->longitude, it->latitude, it->longitude);
        if (km * coverage->road_factor > st_above(coverage->reach_km)) continue;
        if (out) out[count] = it->site;
        count++;
    }
    return count;
}

static enum az_status take_listed(struct st_resolver *r, struct st_district *district)
{
    const struct st_instance *in = r->in;
    district->shelters = AZ_ARRAY(r->arena, district->reaches.count, size_t);
    if (!district->shelters) return AZ_NO_MEMORY;
    for (size_t k = 0; k < district->reaches.count; k++) {
        size_t site = st_index(district->reaches.items[k], in->sites.count);
        if (site != AZ_NO_INDEX && in->sites.items[site].shelter == 1)
            district->shelters[district->shelter_count++] = site;
    }
    return AZ_OK;
}

enum az_status st_resolve_reaches(struct st_resolver *r)
{
    struct st_instance *in = r->in;
    struct shelters shelters = { 0 };
    size_t left = ST_MAX_REACHES;
    if (in->districts.count == 0) return AZ_OK;
    AZ_TRY(sort_shelters(r, &shelters));
    for (size_t d = 0; d < in->districts.count; d++) {
        struct st_district *district = &in->districts.items[d];
        district->shelter_count = 0;
        district->shelters = NULL;
        if (district->reaches.items) {
            AZ_TRY(take_listed(r, district));
        } else if (in->coverage) {
            size_t count = list_near(in->coverage, district, &shelters, left, NULL);
            if (count == left) {
                AZ_FIND(r->findings, &st_code_too_many_reaches, AZ_AT(NULL, "districts"),
                        AZ_NUMBER_PARAM("maximum", ST_MAX_REACHES));
                left = 0;
                break;
            }
            left -= count;
            district->shelters = AZ_ARRAY(r->arena, count, size_t);
            if (!district->shelters) return AZ_NO_MEMORY;
            district->shelter_count =
                list_near(in->coverage, district, &shelters, count, district->shelters);
        }
        if (district->shelter_count > 1)
            qsort(district->shelters, district->shelter_count, sizeof(size_t), by_index);
    }
    return AZ_OK;
}
