/* cmd_generate.c - `azumi generate`: a random instance, the same for the same seed. */
#include <string.h>

#include "adapters/cli/command.h"
#include "adapters/json/json.h"

static const struct az_option options[] = {
    { "size", 0, "N", false,
      AZ_EN_JA("how large: assets, trips, sites (20)", "大きさ: 設備・便・地点の数（20）") },
    { "seed", 0, "S", false, AZ_EN_JA("seed of the random numbers (1)", "乱数の種（1）") },
    { "with", 0, "LIST", true,
      AZ_EN_JA(
          "what else it has, by commas, or all; what is without it stays the same (see below)",
          "ほかに含めるもの（コンマ区切り、all は全部）。ほかの部分は変わらない（下を参照）") },
    { "output", 'o', "INSTANCE", false,
      AZ_EN_JA("where to write; standard output otherwise", "出力先") },
};

static void more_help(const struct az_cli *cli)
{
    const struct az_formulation *formulation;
    for (size_t i = 0; (formulation = az_formulation_at(i)); i++) {
        const struct az_generate_extra *extra = formulation->generate_extras;
        if (!extra) continue;
        printf("\n%s --with:\n", formulation->name);
        for (; extra->name; extra++)
            printf("  %-12s %s\n", extra->name, az_say(extra->words, cli->language));
    }
}

/* Does a list of --with name an extra? */
static bool names(const char *list, const char *name)
{
    size_t length = strlen(name);
    if (strcmp(list, "all") == 0) return true;
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, length) == 0 && (at[length] == 0 || at[length] == ',')) return true;
    return false;
}

/* How many names a list has. */
static size_t names_in(const char *list)
{
    size_t count = 1;
    for (; *list; list++) count += *list == ',';
    return count;
}

/* Adds what --with asks for, in the kind's order. An exit status. */
static int add_extras(struct az_cli *cli, const struct az_formulation *formulation, uint64_t seed,
                      void *instance)
{
    const char *lists[16];
    size_t count = az_cli_texts(cli, "with", lists, 16), asked = 0, known = 0;
    if (count > 16) count = 16;
    for (size_t i = 0; i < count; i++)
        asked += strcmp(lists[i], "all") == 0 ? 0 : names_in(lists[i]);
    const struct az_generate_extra *extra = formulation->generate_extras;
    if (count > 0 && !extra)
        return az_cli_usage(cli,
                            az_cli_say(cli, "--with: instances of %s have nothing more",
                                       "--with: 種類 %s には追加できるものがありません"),
                            formulation->name);
    for (; count > 0 && extra->name; extra++) {
        bool wanted = false;
        for (size_t i = 0; i < count; i++) {
            bool here = names(lists[i], extra->name);
            known += here && strcmp(lists[i], "all") != 0;
            wanted = wanted || here;
        }
        enum az_status status = wanted ? extra->add(instance, seed, cli->arena) : AZ_OK;
        if (status != AZ_OK) return az_cli_status(cli, status, extra->name);
    }
    if (known < asked)
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "--with: there is no such thing (--help lists them)",
                                       "--with: そのようなものはありません（--help に一覧）"));
    return AZ_EXIT_DONE;
}

static int run(struct az_cli *cli)
{
    const struct az_formulation *formulation = az_formulation_find(cli->arguments[0]);
    int64_t size = 20, seed = 1;
    void *instance = NULL;
    if (!formulation || !formulation->generate)
        return az_cli_usage(cli,
                            az_cli_say(cli, "there is no kind %s", "%s という種類はありません"),
                            cli->arguments[0]);
    if (!az_cli_integer(cli, "size", 1, 100000, &size) ||
        !az_cli_integer(cli, "seed", 0, INT64_MAX, &seed))
        return AZ_EXIT_USAGE;
    enum az_status status =
        formulation->generate((size_t)size, (uint64_t)seed, cli->arena, &instance);
    if (status == AZ_LIMIT)
        return az_cli_usage(cli,
                            az_cli_say(cli, "--size: %s is not made so large as %s",
                                       "--size: %s は %s の大きさでは作れません"),
                            formulation->name, az_cli_text(cli, "size"));
    if (status != AZ_OK) return az_cli_status(cli, status, "generate");
    int code = add_extras(cli, formulation, (uint64_t)seed, instance);
    if (code != AZ_EXIT_DONE) return code;
    json_t *json = az_json_write(formulation->instance, instance);
    code = json ? az_cli_write_json(cli, az_cli_text(cli, "output"), json)
                : az_cli_status(cli, AZ_NO_MEMORY, "generate");
    json_decref(json);
    return code;
}

const struct az_command az_cmd_generate = {
    .name = "generate",
    .arguments = "KIND",
    .summary = AZ_EN_JA("a random instance of a kind", "乱数で入力を作る"),
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
    .more_help = more_help,
};
