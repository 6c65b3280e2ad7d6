/* cmd_version.c - `azumi version`: what this program is and which engines and kinds it has. */
#include "adapters/cli/command.h"
#include "formulations/certificate.h"
#include "solver/engine.h"

#define MAX_ENGINES 16

static int run(struct az_cli *cli)
{
    const char *names[MAX_ENGINES];
    size_t count = az_engine_list(names, MAX_ENGINES);
    if (count > MAX_ENGINES) count = MAX_ENGINES;
    printf("azumi %s\n%s:", AZ_VERSION, az_cli_say(cli, "engines", "エンジン"));
    for (size_t i = 0; i < count; i++) printf(" %s", names[i]);
    if (count == 0) printf(" %s", az_cli_say(cli, "none", "なし"));
    printf("\n%s:", az_cli_say(cli, "kinds", "種類"));
    for (size_t i = 0; az_formulation_at(i); i++) {
        const struct az_formulation *kind = az_formulation_at(i);
        printf(" %s/%d", kind->name, kind->schema);
    }
    printf("\n");
    return AZ_EXIT_DONE;
}

const struct az_command az_cmd_version = {
    .name = "version",
    .arguments = "",
    .summary = { "the version, the engines and the kinds of plan",
                 "版とエンジンと計画の種類を表示する" },
    .run = run,
};
