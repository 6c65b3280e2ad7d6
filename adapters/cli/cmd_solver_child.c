/* cmd_solver_child.c - the hidden `azumi solver-child`: one job from standard input. */
#include "adapters/cli/command.h"
#include "adapters/service/child.h"
#include "solver/base/context.h"

static int run(struct az_cli *cli)
{
    double until = az_system_now() + 60;
    int64_t deaths = 0;
    if (!az_cli_number(cli, "until", 0, 1e15, &until) ||
        !az_cli_integer(cli, "deaths", 0, INT32_MAX, &deaths))
        return AZ_EXIT_USAGE;
    return az_child_run(until, deaths);
}

static const struct az_option options[] = {
    { .name = "until",
      .value = "SECONDS",
      .words = { "deadline on the machine's monotonic clock", "単調時計での期限" } },
    { .name = "deaths",
      .value = "N",
      .words = { "processes of this job that died", "これまでに異常終了した回数" } }
};

const struct az_command az_cmd_solver_child = {
    .name = "solver-child",
    .arguments = "",
    .summary = { "solve one job from standard input", "標準入力のジョブを一つ解く" },
    AZ_OPTIONS(options),
    .hidden = true,
    .run = run,
};
