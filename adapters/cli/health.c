/* health.c - the reply of `health` as lines, in the words of its table. */
#include "adapters/cli/health.h"

#include <math.h>
#include <string.h>

#include "adapters/cli/remote.h"
#include "adapters/service/operations.h"

#define COLUMN 22

/* Japanese characters are as wide as two. */
static int width_of(const char *text)
{
    int width = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < 0x80)
            width++;
        else if (*c >= 0xe0)
            width += 2;
    return width;
}

static void print_line(const char *label, const char *value)
{
    int gap = COLUMN - width_of(label);
    az_cli_print(stdout, "%s%*s%s\n", label, gap > 1 ? gap : 1, "", value);
}

/* 93784 s as "1 d 2 h", 75 as "1 min 15 s", 0.4 as "0.4 s". */
static const char *duration(const struct az_cli *cli, double seconds, char text[48])
{
    static const struct {
        double length;
        const char *en, *ja;
    } units[] = {
        { 86400, "d", "日" }, { 3600, "h", "時間" }, { 60, "min", "分" }, { 1, "s", "秒" }
    };
    size_t i = 0;
    while (i < 3 && seconds < units[i].length) i++;
    const char *name = az_cli_say(cli, units[i].en, units[i].ja);
    if (i == 3) {
        snprintf(text, 48, "%.3g %s", seconds, name);
        return text;
    }
    double whole = floor(seconds / units[i].length);
    double rest = floor((seconds - whole * units[i].length) / units[i + 1].length);
    snprintf(text, 48, "%.0f %s %.0f %s", whole, name, rest,
             az_cli_say(cli, units[i + 1].en, units[i + 1].ja));
    return text;
}

static const char *size_words(double bytes, char text[48])
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
    size_t i = 0;
    while (i < 4 && bytes >= 1024) {
        bytes /= 1024;
        i++;
    }
    snprintf(text, 48, i == 0 || bytes >= 100 ? "%.0f %s" : "%.1f %s", bytes, units[i]);
    return text;
}

/* "12 queued, 1 running": those that there are. */
static void print_jobs(const struct az_cli *cli, const char *label, const json_t *jobs)
{
    const char *state;
    json_t *count;
    char line[300] = "";
    json_object_foreach((json_t *)(void *)jobs, state, count)
    {
        size_t used = strlen(line);
        if (json_integer_value(count) == 0) continue;
        snprintf(line + used, sizeof line - used, "%s%s %lld", used ? ", " : "",
                 az_cli_state(cli, state), (long long)json_integer_value(count));
    }
    print_line(label, *line ? line : az_cli_say(cli, "none", "なし"));
}

static void print_choice(const struct az_cli *cli, const struct az_field *field, const char *value)
{
    char line[400];
    const char *words = "";
    for (size_t i = 0; i < field->choice_count; i++)
        if (strcmp(field->choices[i].name, value) == 0)
            words = az_say(field->choices[i].words, cli->language);
    snprintf(line, sizeof line, "%s%s%s", value, *words ? ": " : "", words);
    print_line(az_say(field->label, cli->language), line);
}

static void print_row(const struct az_cli *cli, const struct az_field *field, const json_t *value)
{
    const char *label = az_say(field->label, cli->language);
    const char *unit = field->unit ? field->unit : "";
    char text[48];
    double number = json_number_value(value);
    if (field->type == AZ_T_ENUM)
        print_choice(cli, field, json_string_value(value) ? json_string_value(value) : "");
    else if (field->type == AZ_T_DOCUMENT)
        print_jobs(cli, label, value);
    else if (json_is_string(value))
        print_line(label, json_string_value(value));
    else if (json_is_boolean(value))
        print_line(label, json_is_true(value) ? az_cli_say(cli, "yes", "あり")
                                              : az_cli_say(cli, "none", "なし"));
    else if (strcmp(unit, "s") == 0)
        print_line(label, duration(cli, number, text));
    else if (strcmp(unit, "byte") == 0)
        print_line(label, size_words(number, text));
    else
        print_line(label, az_cli_number_words(number, 0, (char[64]){ 0 }));
}

static void print_health(const struct az_cli *cli, const json_t *reply)
{
    const struct az_table *table = az_operation_find("health")->reply;
    for (size_t i = 0; i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        const json_t *value = json_object_get(reply, field->name);
        bool is_envelope = strcmp(field->name, "azumi") == 0 || strcmp(field->name, "ok") == 0;
        if (value && !is_envelope) print_row(cli, field, value);
    }
}

int az_cli_health(struct az_cli *cli)
{
    struct az_client *client = NULL;
    json_t *request = json_object(), *reply = NULL;
    int code = az_cli_connect(cli, &client);
    if (code == AZ_EXIT_DONE) code = az_cli_call(cli, client, "health", request, &reply);
    if (code == AZ_EXIT_DONE && az_cli_flag(cli, "json"))
        code = az_cli_write_json(cli, NULL, reply);
    else if (code == AZ_EXIT_DONE)
        print_health(cli, reply);
    if (code == AZ_EXIT_DONE && strcmp(az_cli_member(reply, "status"), "ok") != 0)
        code = AZ_EXIT_NO;
    az_client_close(client);
    json_decref(request);
    json_decref(reply);
    return code;
}

void az_cli_health_help(const struct az_cli *cli)
{
    fputs("\n", stdout);
    az_cli_print(stdout, "%s\n",
                 az_cli_say(cli, "Without ID: how the service is (the operation `health`).",
                            "ID を省くとサービスの状態を示す（操作 health）。"));
    az_cli_print(stdout, "%s\n",
                 az_cli_say(cli, "Then the exit status is 1 unless its status is `ok`.",
                            "そのとき状態が ok でなければ終了コードは 1。"));
}
