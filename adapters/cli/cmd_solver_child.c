/* cmd_solver_child.c - the hidden `azumi solver-child`: one job from standard input. */
#include "adapters/cli/command.h"
#include "adapters/service/child.h"
#include "solver/base/context.h"

static int run(struct az_cli *cli)
{
    double until = az_system_now() + 60;
    if (!az_cli_number(cli, "until", 0, 1e15, &until)) return AZ_EXIT_USAGE;
    return az_child_run(until);
}

static const struct az_option options[] = {
    { .name = "until",
      .value = "SECONDS",
      .words = { "deadline on the machine's monotonic clock", "単調時計での期限" } }
};

const struct az_command az_cmd_solver_child = {
    .name = "solver-child",
    .arguments = "",
    .summary = { "solve one job from standard input", "標準入力のジョブを一つ解く" },
    AZ_OPTIONS(options),
    .hidden = true,
    .run = run,
};
