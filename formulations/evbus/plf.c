/* plf.c - convex piecewise linear functions. See plf.h. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/plf.h"

#define APART 1e-6       /* kWh: farther than this from each other two domains do not meet */
#define STEEP 1e-6       /* of s + power: what rises less is left out backwards */
#define SAME_SLOPE 1e-11 /* JPY/kWh: a point between two such slopes is left out */

static double slope_of(const struct eb_xy *a, const struct eb_xy *b)
{
    return (b->y - a->y) / (b->x - a->x);
}

static double between(const struct eb_xy *a, const struct eb_xy *b, double x)
{
    if (b->x <= a->x) return eb_least(a->y, b->y);
    return a->y + (b->y - a->y) * ((x - a->x) / (b->x - a->x));
}

double eb_plf_value(const struct eb_xy f[], size_t n, double x)
{
    size_t low = 0, high = n - 1;
    if (x < f[0].x - EB_PLF_WIDTH || x > f[high].x + EB_PLF_WIDTH) return INFINITY;
    if (x <= f[0].x) return f[0].y;
    if (x >= f[high].x) return f[high].y;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (f[middle].x <= x)
            low = middle;
        else
            high = middle;
    }
    return between(&f[low], &f[high], x);
}

double eb_plf_charge_limit(const struct eb_plf_slot *slot, double s)
{
    double limit = slot->charge_max;
    for (size_t k = 0; k < slot->line_count; k++)
        limit = eb_least(limit, slot->scale * (slot->base[k] + slot->slope[k] * s));
    return eb_most(0, limit);
}

size_t eb_plf_restrict(const struct eb_xy f[], size_t n, double low, double high,
                       struct eb_xy out[])
{
    size_t count = 0, i = 0;
    if (n == 0 || low > f[n - 1].x + EB_PLF_WIDTH || high < f[0].x - EB_PLF_WIDTH ||
        low > high + EB_PLF_WIDTH)
        return 0;
    low = eb_least(eb_most(low, f[0].x), f[n - 1].x);
    high = eb_most(low, eb_least(high, f[n - 1].x));
    while (i + 1 < n && f[i + 1].x <= low) i++;
    struct eb_xy first = { low, i + 1 < n ? between(&f[i], &f[i + 1], low) : f[i].y };
    struct eb_xy last = { high, 0 };
    size_t j = i;
    while (j + 1 < n && f[j + 1].x < high) j++;
    last.y = j + 1 < n ? between(&f[j], &f[j + 1], high) : f[j].y;
    out[count++] = first;
    if (high - low <= EB_PLF_WIDTH) {
        if (last.y < first.y) out[0] = last;
        return 1;
    }
    for (size_t k = i + 1; k <= j; k++)
        if (f[k].x > low) out[count++] = f[k];
    out[count++] = last;
    return count;
}

void eb_plf_shift(struct eb_xy f[], size_t n, double by, double cost)
{
    for (size_t i = 0; i < n; i++) {
        f[i].x -= by;
        f[i].y += cost;
    }
}

/* Appends a point, leaving out what is no corner. */
static size_t append(struct eb_xy out[], size_t count, struct eb_xy point)
{
    if (count > 0 && point.x - out[count - 1].x <= EB_PLF_WIDTH) {
        if (point.y < out[count - 1].y) out[count - 1].y = point.y;
        return count;
    }
    if (count > 1 &&
        slope_of(&out[count - 1], &point) - slope_of(&out[count - 2], &out[count - 1]) <=
            SAME_SLOPE)
        count--;
    out[count++] = point;
    return count;
}

/* The first point from which the function rises by at least `slope`. */
static size_t corner(const struct eb_xy f[], size_t n, double slope)
{
    size_t i = 0;
    while (i + 1 < n && slope_of(&f[i], &f[i + 1]) < slope) i++;
    return i;
}

/* A point s of f after charging all it can. */
static struct eb_xy charged(const struct eb_plf_slot *slot, double s, double y)
{
    double h = eb_plf_charge_limit(slot, s);
    return (struct eb_xy){ s + h, y + slot->buy * h };
}

/* The images of f from the corner to the right, as far as s + h(s) rises. */
static size_t charge_right(const struct eb_xy f[], size_t n, size_t m,
                           const struct eb_plf_slot *slot, struct eb_xy out[], size_t count)
{
    size_t i = m, k = 0;
    double s = f[m].x, reach = s;
    while (k < slot->kink_count && slot->kinks[k] <= s) k++;
    for (;;) {
        struct eb_xy next = charged(slot, s, i < n && f[i].x == s ? f[i].y : eb_plf_value(f, n, s));
        if (next.x < reach - EB_PLF_WIDTH) break;
        reach = next.x;
        count = append(out, count, next);
        if (i < n && f[i].x <= s) i++;
        if (i == n) break;
        s = f[i].x;
        if (k < slot->kink_count && slot->kinks[k] < s) s = slot->kinks[k++];
    }
    return count;
}

/* The same to the left, where s + h(s) falls: the curve is so steep that starting lower ends
 * higher. */
static size_t charge_left(const struct eb_xy f[], size_t n, size_t m,
                          const struct eb_plf_slot *slot, struct eb_xy out[], size_t count)
{
    size_t i = m, k = slot->kink_count;
    double s = f[m].x, reach = s + eb_plf_charge_limit(slot, s);
    while (k > 0 && slot->kinks[k - 1] >= s) k--;
    while (i > 0) {
        s = f[i - 1].x;
        if (k > 0 && slot->kinks[k - 1] > s)
            s = slot->kinks[--k];
        else
            i--;
        struct eb_xy next = charged(slot, s, eb_plf_value(f, n, s));
        if (next.x <= reach + EB_PLF_WIDTH) break;
        reach = next.x;
        count = append(out, count, next);
    }
    return count;
}

/* Everything above the corner of the price. */
static size_t charge_part(const struct eb_xy f[], size_t n, size_t m,
                          const struct eb_plf_slot *slot, struct eb_xy out[], size_t count)
{
    if (slot->line_count == 0) {
        for (size_t i = m; i < n; i++)
            count = append(
                out, count,
                (struct eb_xy){ f[i].x + slot->charge_max, f[i].y + slot->buy * slot->charge_max });
        return count;
    }
    double before = out[count - 1].x, here = f[m].x + eb_plf_charge_limit(slot, f[m].x);
    count = charge_right(f, n, m, slot, out, count);
    if (out[count - 1].x <= eb_most(before, here) + EB_PLF_WIDTH)
        count = charge_left(f, n, m, slot, out, count);
    return count;
}

size_t eb_plf_charge(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot,
                     struct eb_xy out[])
{
    size_t m = corner(f, n, slot->buy), count = 0;
    for (size_t i = 0; i <= m; i++) count = append(out, count, f[i]);
    count = charge_part(f, n, m, slot, out, count);
    return eb_plf_restrict(out, count, f[0].x, slot->high, out);
}

size_t eb_plf_discharge(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot,
                        struct eb_xy out[])
{
    size_t m = corner(f, n, slot->sell), count = 0;
    double most = slot->discharge_max;
    for (size_t i = 0; i <= m; i++)
        count = append(out, count, (struct eb_xy){ f[i].x - most, f[i].y - slot->sell * most });
    for (size_t i = m; i < n; i++) count = append(out, count, f[i]);
    return eb_plf_restrict(out, count, slot->floor, slot->high, out);
}

size_t eb_plf_both(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot,
                   struct eb_xy out[])
{
    size_t low = corner(f, n, slot->sell), high = corner(f, n, slot->buy), count = 0;
    double most = slot->discharge_max;
    for (size_t i = 0; i <= low; i++)
        count = append(out, count, (struct eb_xy){ f[i].x - most, f[i].y - slot->sell * most });
    for (size_t i = low; i <= high; i++) count = append(out, count, f[i]);
    count = charge_part(f, n, high, slot, out, count);
    return eb_plf_restrict(out, count, slot->floor, slot->high, out);
}

/* --- backwards ---------------------------------------------------------------------------------
 */

/* The x of [low, high] where f - slope * x is least. */
static double least(const struct eb_xy f[], size_t n, double slope, double low, double high)
{
    return eb_least(eb_most(f[corner(f, n, slope)].x, low), high);
}

double eb_plf_before(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot, int ways,
                     double after)
{
    double a = f[0].x, b = f[n - 1].x;
    double best = INFINITY, before = eb_least(eb_most(after, a), b);
    if (ways & (EB_PLF_IDLE | EB_PLF_CHARGE)) best = eb_plf_value(f, n, after);
    if (ways & EB_PLF_CHARGE) {
        double low = eb_most(a, after - slot->charge_max), high = eb_least(b, after);
        for (size_t k = 0; k < slot->line_count; k++) {
            double rate = 1 + slot->scale * slot->slope[k];
            double at = (after - slot->scale * slot->base[k]) / rate;
            if (rate > 0) low = eb_most(low, at);
            if (rate < 0) high = eb_least(high, at);
        }
        if (low > high && low <= high + 1e-6)
            low = high = eb_least(eb_most(0.5 * (low + high), a), b);
        if (low <= high) {
            double s = least(f, n, slot->buy, low, high);
            double y = eb_plf_value(f, n, s) + slot->buy * (after - s);
            if (y < best) {
                best = y;
                before = s;
            }
        }
    }
    if ((ways & EB_PLF_DISCHARGE) && after >= slot->floor - 1e-6) {
        double low = eb_most(a, after), high = eb_least(b, after + slot->discharge_max);
        if (low > high && low <= high + 1e-6)
            low = high = eb_least(eb_most(0.5 * (low + high), a), b);
        if (low <= high) {
            double s = least(f, n, slot->sell, low, high);
            double y = eb_plf_value(f, n, s) - slot->sell * (s - after);
            if (y < best) before = s;
        }
    }
    return before;
}

/* Is the line of the curve such that s + its power rises with s and it is nowhere below 0? */
static bool is_plain(const struct eb_plf_slot *slot, size_t k, double low)
{
    double at_low = slot->base[k] + slot->slope[k] * low;
    double at_high = slot->base[k] + slot->slope[k] * slot->high;
    return 1 + slot->scale * slot->slope[k] >= STEEP && eb_least(at_low, at_high) >= 0;
}

/* The least charge from which one reaches `after`, by the plain lines alone. */
static double reached_from(const struct eb_plf_slot *slot, double low, double after)
{
    double s = after - slot->charge_max;
    for (size_t k = 0; k < slot->line_count; k++)
        if (is_plain(slot, k, low))
            s = eb_most(s,
                        (after - slot->scale * slot->base[k]) / (1 + slot->scale * slot->slope[k]));
    return s;
}

/* How much one charges at most from s, by the plain lines alone. */
static double plain_limit(const struct eb_plf_slot *slot, double low, double s)
{
    double limit = slot->charge_max;
    for (size_t k = 0; k < slot->line_count; k++)
        if (is_plain(slot, k, low))
            limit = eb_least(limit, slot->scale * (slot->base[k] + slot->slope[k] * s));
    return limit;
}

/* Charging all one can towards f[0 .. m]: from every charge that one of these is reached from, and
 * from the curve's corners between them. */
static size_t charge_back(const struct eb_xy f[], size_t m, const struct eb_plf_slot *slot,
                          double low, struct eb_xy out[], size_t count)
{
    size_t k = 0;
    double first = eb_most(low, reached_from(slot, low, f[0].x));
    while (k < slot->kink_count && slot->kinks[k] <= first) k++;
    for (size_t i = 0; i <= m;) {
        double s = eb_most(first, reached_from(slot, low, f[i].x));
        if (k < slot->kink_count && slot->kinks[k] < s)
            s = slot->kinks[k++];
        else
            i++;
        double reach = s + plain_limit(slot, low, s);
        reach = eb_most(f[0].x, eb_least(reach, f[m].x));
        double y = eb_plf_value(f, m + 1, reach) + slot->buy * (reach - s);
        count = append(out, count, (struct eb_xy){ s, y });
    }
    return count;
}

size_t eb_plf_back(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot, int ways,
                   double low, struct eb_xy out[])
{
    size_t first = ways & EB_PLF_CHARGE ? corner(f, n, -slot->buy) : 0;
    size_t last = ways & EB_PLF_DISCHARGE ? corner(f, n, -slot->sell) : n - 1, count = 0;
    double most = slot->discharge_max;
    if (ways & EB_PLF_CHARGE) count = charge_back(f, first, slot, low, out, count);
    for (size_t i = first; i <= last; i++) count = append(out, count, f[i]);
    for (size_t i = last; (ways & EB_PLF_DISCHARGE) && i < n; i++)
        count = append(out, count, (struct eb_xy){ f[i].x + most, f[i].y - slot->sell * most });
    return eb_plf_restrict(out, count, low, slot->high, out);
}

/* --- hulls -------------------------------------------------------------------------------------
 */

/* One more point to the right: corners that are none any more go. */
static size_t hull_point(struct eb_xy out[], size_t count, struct eb_xy point)
{
    if (count > 0 && point.x - out[count - 1].x <= EB_PLF_WIDTH) {
        if (point.y >= out[count - 1].y) return count;
        point.x = out[--count].x;
    }
    while (count > 1 &&
           slope_of(&out[count - 1], &point) - slope_of(&out[count - 2], &out[count - 1]) <=
               SAME_SLOPE)
        count--;
    out[count++] = point;
    return count;
}

size_t eb_plf_hull(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m,
                   struct eb_xy out[])
{
    size_t count = 0, i = 0, j = 0;
    while (i < n || j < m)
        count = hull_point(out, count, j == m || (i < n && f[i].x <= g[j].x) ? f[i++] : g[j++]);
    return count;
}

bool eb_plf_covered(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m)
{
    if (f[0].x < g[0].x || f[n - 1].x > g[m - 1].x) return false;
    for (size_t i = 0, j = 0; i < n; i++) {
        while (j + 2 < m && g[j + 1].x <= f[i].x) j++;
        if (f[i].y < (j + 1 < m ? between(&g[j], &g[j + 1], f[i].x) : g[j].y)) return false;
    }
    return true; /* g is convex: between two of its points f's chord lies above it */
}

/* --- comparing ---------------------------------------------------------------------------------
 */

struct intervals {
    double (*items)[2];
    size_t count;
    double begin;
    bool open;
};

static void open_at(struct intervals *list, double x)
{
    if (list->open) return;
    list->open = true;
    list->begin = x;
}

static void close_at(struct intervals *list, double x)
{
    if (!list->open) return;
    list->open = false;
    if (x - list->begin <= EB_PLF_WIDTH) return;
    list->items[list->count][0] = list->begin;
    list->items[list->count++][1] = x;
}

/* Walks both functions over [low, high]; d is g + above - f. */
static void compare(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m,
                    double above, double low, double high, struct intervals *list)
{
    size_t i = 0, j = 0;
    while (i + 2 < n && f[i + 1].x <= low) i++;
    while (j + 2 < m && g[j + 1].x <= low) j++;
    double x = low, d = between(&g[j], &g[j + 1], x) + above - between(&f[i], &f[i + 1], x);
    if (d > 0)
        open_at(list, low);
    else
        close_at(list, low);
    while (x < high) {
        double next = eb_least(high, eb_least(f[i + 1].x, g[j + 1].x));
        double e = between(&g[j], &g[j + 1], next) + above - between(&f[i], &f[i + 1], next);
        if (d > 0 && e <= 0) close_at(list, x + (next - x) * (d / (d - e)));
        if (d <= 0 && e > 0) open_at(list, x + (next - x) * (d / (d - e)));
        x = next;
        d = e;
        if (f[i + 1].x <= x && i + 2 < n) i++;
        if (g[j + 1].x <= x && j + 2 < m) j++;
    }
}

double eb_plf_least_sum(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m)
{
    double low = eb_most(f[0].x, g[0].x), high = eb_least(f[n - 1].x, g[m - 1].x);
    if (low > high + APART) return INFINITY;
    size_t i = 0, j = 0;
    while (i + 1 < n && f[i + 1].x <= low) i++;
    while (j + 1 < m && g[j + 1].x <= low) j++;
    double best = INFINITY;
    for (double x = eb_least(low, high);;) {
        double y = i + 1 < n ? between(&f[i], &f[i + 1], eb_most(x, f[i].x)) : f[i].y;
        y += j + 1 < m ? between(&g[j], &g[j + 1], eb_most(x, g[j].x)) : g[j].y;
        best = eb_least(best, y);
        if (x >= high) return best;
        double next = high;
        if (i + 1 < n) next = eb_least(next, f[i + 1].x);
        if (j + 1 < m) next = eb_least(next, g[j + 1].x);
        x = next;
        if (i + 1 < n && f[i + 1].x <= x) i++;
        if (j + 1 < m && g[j + 1].x <= x) j++;
    }
}

size_t eb_plf_below(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m,
                    double above, double intervals[][2])
{
    double first = f[0].x, last = f[n - 1].x;
    double low = eb_most(first, g[0].x), high = eb_least(last, g[m - 1].x);
    intervals[0][0] = first;
    intervals[0][1] = last;
    if (low > high + (n == 1 ? EB_PLF_WIDTH : 0)) return 1;
    if (n == 1) return eb_plf_value(g, m, first) + above > f[0].y;
    if (high - low <= EB_PLF_WIDTH || m == 1) return 1;
    struct intervals list = { .items = intervals };
    if (low - first > EB_PLF_WIDTH) open_at(&list, first);
    compare(f, n, g, m, above, low, high, &list);
    if (last - high > EB_PLF_WIDTH) open_at(&list, high);
    close_at(&list, last);
    return list.count;
}
