/* print.c - text from elsewhere (a service, a file) for a terminal: nothing in it is obeyed. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/cli/command.h"
#include "adapters/report/draw.h"

/* Bytes of the control character at c, 0 when it is none: C0, DEL, C1 (U+0080 to U+009F), and what
 * turns the direction of a line or breaks it (U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069).
 */
static size_t control_length(const unsigned char *c)
{
    if (c[0] < 0x20 || c[0] == 0x7f) return 1;
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) return 2;
    if (c[0] != 0xe2) return 0;
    if (c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae))) return 3;
    return c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9 ? 3 : 0;
}

void az_cli_tame(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        size_t length = control_length((const unsigned char *)from);
        *to++ = length > 0 ? '?' : *from;
        from += length > 0 ? length : 1;
    }
    *to = 0;
}

void az_cli_vprint(FILE *out, const char *format, va_list list)
{
    char *text = NULL;
    size_t length = strlen(format);
    bool ends_line = length > 0 && format[length - 1] == '\n';
    int got = vasprintf(&text, format, list);
    if (got < 0) return;
    if (ends_line && got > 0) text[got - 1] = 0;
    az_cli_tame(text);
    fputs(text, out);
    if (ends_line) fputc('\n', out);
    free(text);
}

void az_cli_print(FILE *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    az_cli_vprint(out, format, list);
    va_end(list);
}

const char *az_cli_unit(const struct az_cli *cli, const char *unit, double amount, char buffer[32])
{
    char english[32];
    if (cli->language == AZ_JAPANESE) {
        az_draw_unit(unit, english, buffer);
        return buffer;
    }
    return amount == 1 ? az_draw_singular(unit) : unit;
}

const char *az_cli_member(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

double az_cli_member_number(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *az_cli_time(const char *text, char buffer[32])
{
    struct az_time moment;
    struct tm local;
    if (!az_time_parse(text, &moment)) return text;
    time_t seconds = (time_t)moment.utc_s;
    if (!localtime_r(&seconds, &local)) return text;
    return strftime(buffer, 32, "%Y-%m-%d %H:%M:%S", &local) > 0 ? buffer : text;
}
