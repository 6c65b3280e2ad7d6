/* draw.c - escaped text, numbers, colours and scales of the report. */
#include "adapters/report/draw.h"

#include <stdlib.h>
#include <string.h>

/* --- text ------------------------------------------------------------------------------------- */

/* Characters that change what stands beside them, as UTF-8: C1 controls, direction marks,
 * separators of lines, the byte order mark and non-characters. Length of one at p, or 0. */
static size_t unwanted(const unsigned char *p)
{
    if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) return 2;
    if (p[0] == 0xe2 && p[1] == 0x80 &&
        (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae)))
        return 3;
    if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9) return 3;
    if (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) return 3;
    if (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe) return 3;
    return 0;
}

void az_draw_text(FILE *out, const char *text)
{
    const unsigned char *p = (const unsigned char *)(text ? text : "");
    while (*p) {
        size_t skip = unwanted(p);
        if (skip) {
            p += skip;
            continue;
        }
        switch (*p) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            if (*p >= 0x20 && *p != 0x7f)
                putc(*p, out);
            else
                putc(' ', out);
        }
        p++;
    }
}

#define SHORT_LINE 24 /* columns: lines up to here are not broken again */

static void draw_line(FILE *out, const char *line, bool one_of_many)
{
    bool whole = one_of_many && az_draw_columns(line) <= SHORT_LINE;
    if (whole) fputs("<span class=\"line\">", out);
    az_draw_text(out, line);
    if (whole) fputs("</span>", out);
}

void az_draw_lines(FILE *out, const char *text)
{
    bool many = text && strchr(text, '\n');
    const char *end;
    for (const char *at = text ? text : ""; at; at = end ? end + 1 : NULL) {
        char *line;
        end = strchr(at, '\n');
        if (at != text) fputs("<br/>", out);
        if (!end) {
            draw_line(out, at, many);
        } else if ((line = strndup(at, (size_t)(end - at)))) {
            draw_line(out, line, many);
            free(line);
        }
    }
}

void az_draw_words(FILE *out, struct az_words words, const char *element)
{
    const char *en = az_say(words, AZ_ENGLISH), *ja = az_say(words, AZ_JAPANESE);
    if (!en || !ja || strcmp(en, ja) == 0) {
        az_draw_text(out, en ? en : ja);
        return;
    }
    if (strcmp(element, "title") == 0) {
        az_draw_text(out, en);
        fputs(" / ", out);
        az_draw_text(out, ja);
        return;
    }
    fprintf(out, "<%s class=\"en\" lang=\"en\">", element);
    az_draw_text(out, en);
    fprintf(out, "</%s><%s class=\"ja\" lang=\"ja\">", element, element);
    az_draw_text(out, ja);
    fprintf(out, "</%s>", element);
}

char *az_draw_number(double value, int decimals, char buffer[64])
{
    char plain[40];
    size_t length = 0;
    if (!isfinite(value) || fabs(value) >= 1e15) {
        snprintf(buffer, 64, "%s", isnan(value) ? "–" : value > 0 ? "∞" : "−∞");
        if (isfinite(value)) snprintf(buffer, 64, "%.3g", value);
        return buffer;
    }
    if (decimals < 0) decimals = 0;
    if (decimals > 9) decimals = 9;
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    size_t whole = strcspn(plain, "."), zero = strspn(plain, "0.");
    if (value < 0 && plain[zero]) length = (size_t)snprintf(buffer, 64, "−");
    for (size_t i = 0; plain[i] && length < 62; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) buffer[length++] = ',';
        buffer[length++] = plain[i];
    }
    buffer[length] = 0;
    return buffer;
}

size_t az_draw_columns(const char *text)
{
    size_t columns = 0;
    for (const unsigned char *p = (const unsigned char *)(text ? text : ""); *p; p++)
        if ((*p & 0xc0) != 0x80) columns += *p >= 0xe3 ? 2 : 1;
    return columns;
}

const char *az_draw_singular(const char *unit)
{
    static const char *const counted[][2] = {
        { "buses", "bus" },        { "trips", "trip" },        { "visits", "visit" },
        { "rounds", "round" },     { "persons", "person" },    { "positions", "position" },
        { "bookings", "booking" }, { "sites", "site" },        { "people", "person" },
        { "years", "year" },       { "districts", "district" }
    };
    for (size_t i = 0; unit && i < sizeof counted / sizeof counted[0]; i++)
        if (strcmp(unit, counted[i][0]) == 0) return counted[i][1];
    return unit ? unit : "";
}

/* A text that was cut ends where a character does. */
static void end_whole(char *text)
{
    text[az_utf8_valid(text, strlen(text))] = 0;
}

struct az_words az_draw_unit(const char *unit, char english[32], char japanese[32])
{
    static const char *const counted[][2] = {
        { "buses", "台" },       { "trips", "便" },      { "visits", "件" },
        { "rounds", "回" },      { "persons", "人" },    { "positions", "人" },
        { "bookings", "件" },    { "h", "時間" },        { "min", "分" },
        { "sites", "か所" },     { "people", "人" },     { "years", "年" },
        { "districts", "地区" }, { "1000 JPY", "千円" }, { "million JPY", "百万円" }
    };
    const char *text = unit ? unit : "", *yen = strstr(text, "JPY");
    snprintf(english, 32, "%s", text);
    end_whole(english);
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
        if (strcmp(text, counted[i][0]) == 0) {
            snprintf(japanese, 32, "%s", counted[i][1]);
            return (struct az_words){ english, japanese };
        }
    if (yen)
        snprintf(japanese, 32, "%.*s円%s", (int)(yen - text), text, yen + 3);
    else
        snprintf(japanese, 32, "%s", text);
    end_whole(japanese);
    return (struct az_words){ english, japanese };
}

struct az_words az_draw_counted(const char *unit, double amount, char english[32],
                                char japanese[32])
{
    struct az_words words = az_draw_unit(unit, english, japanese);
    if (amount == 1) words.en = az_draw_singular(unit);
    return words;
}

struct az_words az_report_unit(const char *unit, struct az_arena *arena)
{
    char english[32], japanese[32];
    struct az_words words = az_draw_unit(unit, english, japanese);
    return (struct az_words){ az_arena_format(arena, "%s", words.en),
                              az_arena_format(arena, "%s", words.ja) };
}

/* --- amounts ---------------------------------------------------------------------------------- */

#define MANY_JPY 1e8 /* one 億円 */

struct az_telling az_draw_telling(const char *unit, double most, enum az_language language)
{
    struct az_telling telling = { .factor = 1 };
    char english[32], japanese[32];
    struct az_words words = az_draw_unit(unit, english, japanese);
    snprintf(telling.unit, sizeof telling.unit, "%s", az_say(words, language));
    bool millions = unit && strcmp(unit, "million JPY") == 0;
    if (language != AZ_JAPANESE || !millions || fabs(most) * 1e6 < MANY_JPY) return telling;
    telling.factor = 1e6 / MANY_JPY;
    telling.decimals = 1;
    snprintf(telling.unit, sizeof telling.unit, "億円");
    return telling;
}

double az_draw_short(double value, const char **unit, int *decimals)
{
    if (!*unit || strcmp(*unit, "JPY") != 0 || !(fabs(value) >= MANY_JPY)) return value;
    *unit = "million JPY";
    *decimals = 1;
    return value / 1e6;
}

char *az_draw_told(double value, const char *unit, int decimals, enum az_language language,
                   char buffer[96])
{
    char number[64];
    struct az_telling telling = az_draw_telling(unit, value, language);
    az_draw_number(value * telling.factor, decimals + telling.decimals, number);
    snprintf(buffer, 96, "%s%s%s", number, *telling.unit ? " " : "", telling.unit);
    return buffer;
}

static void draw_told(FILE *out, double value, const char *unit, int decimals,
                      enum az_language language)
{
    char number[64];
    struct az_telling telling = az_draw_telling(unit, value, language);
    fputs(az_draw_number(value * telling.factor, decimals + telling.decimals, number), out);
    if (!*telling.unit) return;
    fputs("<small>", out);
    az_draw_text(out, telling.unit);
    fputs("</small>", out);
}

void az_draw_amount(FILE *out, double value, const char *unit, int decimals, bool small)
{
    char english[96], japanese[96];
    az_draw_told(value, unit, decimals, AZ_ENGLISH, english);
    az_draw_told(value, unit, decimals, AZ_JAPANESE, japanese);
    if (!small) {
        az_draw_words(out, (struct az_words){ english, japanese }, "span");
        return;
    }
    bool same = strcmp(english, japanese) == 0;
    if (!same) fputs("<span class=\"en\" lang=\"en\">", out);
    draw_told(out, value, unit, decimals, AZ_ENGLISH);
    if (same) return;
    fputs("</span><span class=\"ja\" lang=\"ja\">", out);
    draw_told(out, value, unit, decimals, AZ_JAPANESE);
    fputs("</span>", out);
}

struct az_level_words az_draw_level(const char *name)
{
    static const struct {
        const char *name;
        struct az_level_words words;
    } known[] = {
        { "penalty", { { "Level: conceded rules", "段階: 譲った規則" }, { 0 }, NULL, false } },
        { "unserved", { { "Level: left out", "段階: 見送り" }, { 0 }, NULL, false } },
        { "fleet", { { "Level: fleet", "段階: 車両数" }, { 0 }, NULL, false } },
        { "changes", { { "Level: changes", "段階: 変更" }, { 0 }, NULL, false } },
        { "co2",
          { { "Level: avoided carbon", "段階: CO2 削減量" },
            { "avoided carbon", "CO2 削減量" },
            "t",
            true } },
        { "people",
          { { "Level: people covered", "段階: カバー人口" },
            { "a number of people covered", "カバー人口" },
            "people",
            true } },
        { "survival",
          { { "Level: survival", "段階: 供給の継続" },
            { "hours of survival", "供給を続けられる時間" },
            "h",
            true } },
        { "cost", { { "Level: cost", "段階: 費用" }, { 0 }, NULL, false } },
    };
    for (size_t i = 0; name && i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, name) == 0) return known[i].words;
    return (struct az_level_words){ .label = { name, name } };
}

/* --- colours ---------------------------------------------------------------------------------- */

static const struct {
    const char *role, *colour;
    int terminal;
    bool dashed;
} roles[] = {
    { "load", "#16232f", 255, false },      { "hydro", "#2f7fb8", 32, false },
    { "solar", "#f0b429", 220, false },     { "wind", "#5fb7ae", 73, false },
    { "biomass", "#5d9147", 71, false },    { "geothermal", "#b4532f", 130, false },
    { "waste", "#94735a", 137, false },     { "gas", "#e08e45", 173, false },
    { "diesel", "#56606b", 242, false },    { "thermal", "#a3563f", 131, false },
    { "battery", "#7d5ba6", 98, false },    { "import", "#8797a8", 110, false },
    { "export", "#b3c2d1", 152, false },    { "converter", "#cf6a95", 168, false },
    { "price", "#b0246a", 162, false },     { "limit", "#c92a2a", 160, true },
    { "demand", "#d9480f", 166, true },     { "unserved", "#e03131", 196, false },
    { "trip", "#1c5d7d", 31, false },       { "deadhead", "#aab6c1", 248, false },
    { "charge", "#2b8a3e", 35, false },     { "discharge", "#e08e0b", 178, false },
    { "visit", "#1c5d7d", 31, false },      { "drive", "#aab6c1", 248, false },
    { "wait", "#f3dfa2", 223, false },      { "break", "#7d5ba6", 98, false },
    { "online", "#0b7285", 30, false },     { "doctor", "#1c5d7d", 31, false },
    { "pharmacist", "#2b7a4b", 29, false }, { "free", "#dfe5ea", 254, false },
    { "base", "#16232f", 255, false },      { "route-1", "#1c5d7d", 31, false },
    { "route-2", "#c2410c", 166, false },   { "route-3", "#2b8a3e", 35, false },
    { "route-4", "#7d5ba6", 98, false },    { "route-5", "#b0246a", 162, false },
    { "route-6", "#8a6d00", 100, false },   { "other", "#a2a9b0", 145, false },
};
static const char *const spare[] = { "#1f6f8b", "#c77d0a", "#4b7f52", "#8a3ffc",
                                     "#a3333d", "#007d79", "#6f6f6f", "#9f1853" };

static size_t role_index(const char *role)
{
    size_t count = sizeof roles / sizeof roles[0];
    for (size_t i = 0; role && i < count; i++)
        if (strcmp(roles[i].role, role) == 0) return i;
    return count - 1;
}

const char *az_draw_colour(const char *role)
{
    return roles[role_index(role)].colour;
}

bool az_draw_is_light(const char *role)
{
    unsigned rgb = (unsigned)strtoul(az_draw_colour(role) + 1, NULL, 16);
    double weight = 0.299 * (rgb >> 16) + 0.587 * (rgb >> 8 & 255) + 0.114 * (rgb & 255);
    return weight > 150;
}

int az_draw_terminal_colour(const char *role)
{
    return roles[role_index(role)].terminal;
}

bool az_draw_dashed(const char *role)
{
    return roles[role_index(role)].dashed;
}

/* Does line i come after another one of its role (stacks and lines counted apart)? */
static bool comes_again(const struct az_chart *chart, size_t i)
{
    const struct az_line *line = &chart->lines.items[i];
    for (size_t k = 0; k < i; k++) {
        const struct az_line *other = &chart->lines.items[k];
        if (role_index(other->role) == role_index(line->role) &&
            (other->mark == AZ_MARK_STACK) == (line->mark == AZ_MARK_STACK))
            return true;
    }
    return false;
}

bool az_draw_tinted(const struct az_chart *chart, size_t i)
{
    return chart->lines.items[i].mark == AZ_MARK_STACK && comes_again(chart, i);
}

const char *az_draw_line_colour(const struct az_chart *chart, size_t i)
{
    size_t again = 0;
    if (az_draw_tinted(chart, i) || !comes_again(chart, i))
        return az_draw_colour(chart->lines.items[i].role);
    for (size_t k = 0; k < i; k++)
        again += chart->lines.items[k].mark != AZ_MARK_STACK && comes_again(chart, k);
    return spare[again % (sizeof spare / sizeof spare[0])];
}

/* --- scales ----------------------------------------------------------------------------------- */

/* low and high with room for round ticks. */
static struct az_scale round_scale(double low, double high, int ticks)
{
    struct az_scale scale = { low, high, 1, 0 };
    if (!(scale.high - scale.low > 1e-9)) scale.high = scale.low + 1;
    double raw = (scale.high - scale.low) / ticks, power = pow(10, floor(log10(raw)));
    double part = raw / power;
    scale.step = power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 2.5 ? 2.5 : part <= 5 ? 5 : 10);
    scale.low = scale.step * floor(scale.low / scale.step + 1e-9);
    scale.high = scale.step * ceil(scale.high / scale.step - 1e-9);
    for (double step = scale.step; scale.decimals < 6 && fabs(step - round(step)) > 1e-6;
         step *= 10)
        scale.decimals++;
    return scale;
}

struct az_scale az_draw_scale(double low, double high, int ticks)
{
    return round_scale(fmin(low, 0), fmax(high, 0), ticks);
}

struct az_scale az_draw_near_scale(double low, double high, int ticks)
{
    double span = high - low;
    if (low > 0 && low <= span) low = 0;
    if (high < 0 && -high <= span) high = 0;
    return round_scale(low, high, ticks);
}

bool az_draw_range(const struct az_chart *chart, int axis, double *low, double *high)
{
    bool any = false;
    *low = *high = 0;
    for (size_t t = 0; t < chart->count; t++) {
        double up = 0, down = 0;
        for (size_t i = 0; i < chart->lines.count; i++) {
            const struct az_line *line = &chart->lines.items[i];
            double value = line->values[t];
            if (line->axis != axis || !isfinite(value)) continue;
            any = true;
            if (line->mark == AZ_MARK_STACK) {
                if (value > 0)
                    up += value;
                else
                    down += value;
                value = value > 0 ? up : down;
            }
            *low = fmin(*low, value);
            *high = fmax(*high, value);
        }
    }
    return any;
}

bool az_draw_whole(const struct az_chart *chart, int axis)
{
    for (size_t i = 0; i < chart->lines.count; i++) {
        const struct az_line *line = &chart->lines.items[i];
        for (size_t t = 0; line->axis == axis && t < chart->count; t++)
            if (isfinite(line->values[t]) && line->values[t] != round(line->values[t]))
                return false;
    }
    return true;
}

bool az_draw_at_boundaries(const struct az_chart *chart)
{
    for (size_t i = 0; i < chart->lines.count; i++)
        if (chart->lines.items[i].mark != AZ_MARK_LINE) return false;
    return chart->count > 1;
}

/* --- time ------------------------------------------------------------------------------------- */

int az_draw_hours(double length_s, int marks)
{
    static const int hours[] = { 1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720 };
    for (size_t i = 0; i < sizeof hours / sizeof hours[0]; i++)
        if (length_s / 3600 / hours[i] <= marks) return hours[i];
    return (int)(length_s / 3600 / marks) + 1;
}

void az_draw_clock(struct az_time time, char buffer[32])
{
    int year, month, day, minute;
    az_time_local(time, &year, &month, &day, &minute);
    snprintf(buffer, 32, "%02d:%02d", minute / 60, minute % 60);
}

struct az_words az_draw_date(struct az_time time, char english[32], char japanese[32])
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int year, month, day, minute;
    az_time_local(time, &year, &month, &day, &minute);
    snprintf(english, 32, "%s %d", months[(month + 11) % 12], day);
    snprintf(japanese, 32, "%d月%d日", month, day);
    return (struct az_words){ english, japanese };
}

static bool is_new_year(struct az_time time, int *year)
{
    int month, day, minute;
    if (!az_time_given(time)) return false;
    az_time_local(time, year, &month, &day, &minute);
    return month == 1 && day == 1 && minute == 0;
}

struct az_words az_draw_period(struct az_time from, struct az_time until, char english[64],
                               char japanese[64])
{
    char first[32] = "", last[32] = "";
    int begin, end;
    *english = *japanese = 0;
    if (!az_time_given(from)) return (struct az_words){ english, japanese };
    if (is_new_year(from, &begin) && is_new_year(until, &end) && end > begin) {
        if (end == begin + 1) {
            snprintf(english, 64, "%d", begin);
            snprintf(japanese, 64, "%d 年", begin);
        } else {
            snprintf(english, 64, "%d – %d (%d years)", begin, end - 1, end - begin);
            snprintf(japanese, 64, "%d ～ %d 年（%d 年間）", begin, end - 1, end - begin);
        }
        return (struct az_words){ english, japanese };
    }
    az_time_format(from, first);
    if (az_time_given(until)) az_time_format(until, last);
    snprintf(english, 64, "%.10s %.5s – %.10s%s%.5s", first, first + 11, last, *last ? " " : "",
             *last ? last + 11 : "");
    snprintf(japanese, 64, "%s", english);
    return (struct az_words){ english, japanese };
}

/* --- the answer ------------------------------------------------------------------------------- */

struct az_words az_draw_answer(const struct az_report *report, bool *warn)
{
    const struct az_certificate *certificate = report->certificate;
    const struct az_judgement *judgement = report->judgement;
    size_t concessions = judgement             ? judgement->concessions.count
                         : certificate != NULL ? certificate->concessions.count
                                               : 0;
    bool optimal = certificate && certificate->status == AZ_PLAN_OPTIMAL;
    *warn = report->several ? report->warns : true;
    if (report->answer.en) return report->answer;
    if (report->several)
        return (struct az_words){
            "Every plan here keeps all rules; how far each is proven stands beside it.",
            "どの計画もすべての規則を守っています。証明の状況は各計画の欄にあります。"
        };
    if (judgement && judgement->violation_count > 0)
        return (struct az_words){ "This plan breaks rules and must not be run.",
                                  "この計画は規則に反しており、実行できません。" };
    if (concessions > 0)
        return (struct az_words){ "This plan concedes rules at their stated price.",
                                  "この計画は、価格を定めた規則の一部を譲っています。" };
    if (!optimal)
        return (struct az_words){ "This plan keeps every rule.",
                                  "この計画はすべての規則を守っています。" };
    *warn = false;
    return (struct az_words){
        "This plan keeps every rule and is proven best within the asked gap.",
        "この計画はすべての規則を守り、求めたギャップ以内で最適と証明されています。"
    };
}

/* --- breaches --------------------------------------------------------------------------------- */

int64_t az_draw_step(const struct az_view *view)
{
    return view->charts.count > 0 ? view->charts.items[0].step_s : 0;
}

static bool goes_on(const struct az_breach *a, const struct az_breach *b, int64_t step_s)
{
    return a->rule == b->rule && a->place && b->place && strcmp(a->place, b->place) == 0 &&
           az_time_given(a->at) && az_time_given(b->at) && b->at.utc_s - a->at.utc_s == step_s;
}

struct az_breach_run az_draw_run(const struct az_breach *items, size_t count, size_t i,
                                 int64_t step_s)
{
    struct az_breach_run run = { i + 1, { AZ_NO_INTEGER, 0 }, items[i].amount, items[i].cost };
    while (step_s > 0 && run.next < count &&
           goes_on(&items[run.next - 1], &items[run.next], step_s)) {
        run.amount += items[run.next].amount;
        run.cost += items[run.next].cost;
        run.until = az_time_add(items[run.next].at, step_s);
        run.next++;
    }
    return run;
}

static bool is_at(const struct az_breach *a, const struct az_breach *b)
{
    return a->place && b->place && strcmp(a->place, b->place) == 0;
}

const struct az_breach *az_draw_gathered(const struct az_breach *items, size_t count,
                                         struct az_arena *arena)
{
    struct az_breach *gathered = AZ_ARRAY(arena, count, struct az_breach);
    bool *taken = AZ_ARRAY(arena, count, bool);
    if (!gathered || !taken) return NULL;
    for (size_t i = 0, n = 0; i < count; i++) {
        if (taken[i]) continue;
        gathered[n++] = items[i];
        for (size_t k = i + 1; k < count && is_at(&items[k], &items[i]); k++) {
            if (taken[k] || items[k].rule != items[i].rule) continue;
            gathered[n++] = items[k];
            taken[k] = true;
        }
    }
    return gathered;
}
