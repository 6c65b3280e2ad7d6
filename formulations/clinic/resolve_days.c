/* resolve_days.c - dates, clocks and weekdays: from texts to days as bits and clocks in seconds. */
#include <stdio.h>
#include <string.h>

#include "formulations/clinic/resolve.h"

#define DATE_LENGTH 10

static int64_t day_number(int64_t seconds)
{
    return seconds >= 0 ? seconds / CL_DAY_S : (seconds + 1) / CL_DAY_S - 1;
}

bool cl_parse_date(const struct cl_instance *cl, const char *text, int64_t *day)
{
    char moment[DATE_LENGTH + 8];
    struct az_time midnight;
    *day = 0;
    if (strlen(text) != DATE_LENGTH) return false;
    snprintf(moment, sizeof moment, "%sT00:00Z", text);
    if (!az_time_parse(moment, &midnight)) return false;
    int64_t local = cl->start.utc_s + (int64_t)cl->start.offset_min * 60;
    *day = day_number(midnight.utc_s) - day_number(local);
    return true;
}

/* Takes two digits up to `most`. */
static bool take_pair(const char **text, int64_t most, int64_t *value)
{
    const char *at = *text;
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9') return false;
    *value = (at[0] - '0') * 10 + (at[1] - '0');
    *text += 2;
    return *value <= most;
}

bool cl_parse_clock(const char *text, int64_t *seconds)
{
    int64_t hour, minute, second = 0;
    *seconds = 0;
    if (!take_pair(&text, 47, &hour) || *text++ != ':' || !take_pair(&text, 59, &minute))
        return false;
    if (*text == ':') {
        text++;
        if (!take_pair(&text, 59, &second)) return false;
    }
    if (*text) return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}
