/* cmd_check.c - `azumi check`: the judge, for plans from anywhere; of a study for each of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/plans.h"
#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "adapters/service/spawn.h"
#include "solver/tolerances.h"

static const struct az_option options[] = {
    { "json", 0, NULL, false, AZ_EN_JA("print the judgement as JSON", "判定を JSON で出力") },
    { "complete", 0, NULL, false,
      AZ_EN_JA("first complete a plan made by hand", "手作りの計画の欠けた部分を先に補う") },
    { "output", 'o', "PLAN", false, AZ_EN_JA("write the completed plan", "補った計画の出力先") },
    { "strict", 0, NULL, false, AZ_EN_JA("concessions count as no", "譲歩も不合格とする") },
    { "engine", 0, "NAME", false, AZ_EN_JA("engine for --complete", "--complete に使うソルバー") },
    { "time", 0, "SECONDS", false,
      AZ_EN_JA("at most this long for --complete", "--complete の制限時間") },
    AZ_STUDY_PLAN_OPTION,
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of an instance that does not say it", "入力の種類") },
};

/* Chooses what the plan leaves open. An exit status; what cannot be completed is judged as given.
 */
static int complete(struct az_cli *cli, struct az_cli_case *data)
{
    struct az_findings findings;
    json_t *json = NULL;
    int code = az_cli_case_ask(cli, data, "check", &json);
    if (code != AZ_EXIT_DONE) return code;
    az_findings_init(&findings, cli->arena, 0);
    enum az_status status = az_read_plan(data->formulation, data->instance, json, NULL, cli->arena,
                                         &findings, &data->plan);
    if (status == AZ_OK && az_findings_total(&findings) > 0) status = AZ_INTERNAL;
    json_decref(json);
    return az_cli_status(cli, status, az_cli_say(cli, "completing the plan", "計画の補完"));
}

static int write_plan(struct az_cli *cli, const struct az_cli_case *data)
{
    const char *path = az_cli_text(cli, "output");
    if (!path) return AZ_EXIT_DONE;
    json_t *plan = az_json_write(data->formulation->plan, data->plan);
    json_t *document = plan ? az_plan_document_json(data->formulation->name, plan, NULL) : NULL;
    int code =
        document ? az_cli_write_json(cli, path, document) : az_cli_status(cli, AZ_NO_MEMORY, path);
    json_decref(plan);
    json_decref(document);
    return code;
}

static void print_breaches(const struct az_cli *cli, const char *title, const char *unit,
                           const struct az_breach *items, size_t count, bool priced)
{
    char at[32], money[48], amount[48], counted[32];
    if (count == 0) return;
    printf("%s:\n", title);
    for (size_t i = 0; i < count; i++) {
        const struct az_breach *breach = &items[i];
        const char *words = az_breach_words(breach, cli->language, cli->arena);
        if (!words) words = "";
        az_cli_print(
            stdout, "  %s%s%s (%s",
            az_cli_when(cli, az_time_given(breach->at) ? az_time_format(breach->at, at) : "", ""),
            breach->place ? az_cli_place(cli, breach->place, words) : "", words,
            breach->rule->code.code);
        if (breach->rule->unit && *breach->rule->unit)
            az_cli_print(stdout, ", %s %s", az_cli_money(round(breach->amount * 100) / 100, amount),
                         az_cli_unit(cli, breach->rule->unit, breach->amount, counted));
        if (priced) az_cli_print(stdout, ", %s %s", az_cli_money(breach->cost, money), unit);
        puts(")");
    }
}

static void print_judgement(const struct az_cli *cli, const struct az_cli_case *data,
                            const struct az_judgement *judgement)
{
    enum az_sense sense;
    const char *unit = "";
    double scale;
    struct az_time from, until;
    char money[48], words[32];
    data->formulation->measure(data->instance, &sense, &unit, &scale, &from, &until);
    unit = az_cli_unit(cli, unit, NAN, words);
    print_breaches(cli, az_cli_say(cli, "Rules broken", "破っている規則"), unit,
                   judgement->violations.items, judgement->violations.count, false);
    if (judgement->violation_count > judgement->violations.count)
        printf(az_cli_say(cli, "  ... %zu in all\n", "  ……全部で %zu 件\n"),
               judgement->violation_count);
    print_breaches(cli, az_cli_say(cli, "Concessions", "譲った規則"), unit,
                   judgement->concessions.items, judgement->concessions.count, true);
    struct az_aim aim = { .negated = false }; /* the price of what is conceded is told below */
    if (data->formulation->aim) aim = data->formulation->aim(data->instance, 0);
    if (isfinite(judgement->cost))
        az_cli_print(stdout, "%s: %s %s\n",
                     aim.label.en ? az_say(aim.label, cli->language)
                                  : az_cli_say(cli, "Cost", "費用"),
                     az_cli_money(aim.negated ? -judgement->cost : judgement->cost, money), unit);
    if (judgement->penalty > 0)
        az_cli_print(stdout, "%s: %s %s\n",
                     az_cli_say(cli, "Price of conceded rules", "譲った規則の対価"),
                     az_cli_money(judgement->penalty, money), unit);
    if (judgement->violation_count > 0)
        printf(az_cli_say(cli, "The plan breaks rules %zu times.\n",
                          "この計画は規則に %zu 回反しています。\n"),
               judgement->violation_count);
    else
        puts(judgement->concessions.count > 0
                 ? az_cli_say(cli, "The plan is good, with concessions.",
                              "この計画は正しく、譲歩があります。")
                 : az_cli_say(cli, "The plan keeps every rule.",
                              "この計画はすべての規則を守っています。"));
}

/* Does the certificate that came with the plan say what cannot be true of it: another objective
 * than the judge's, or a bound that the plan itself beats? The bound is not proven anew. */
static bool is_contradicted(struct az_cli *cli, const struct az_cli_case *data,
                            const struct az_judgement *judgement)
{
    const struct az_certificate *said = data->certificate;
    enum az_sense sense;
    const char *unit = "";
    double scale, objective = judgement->cost + judgement->penalty;
    struct az_time from, until;
    char told[48], judged[48];
    if (!said || !isfinite(said->objective) || judgement->violation_count > 0) return false;
    data->formulation->measure(data->instance, &sense, &unit, &scale, &from, &until);
    double slack = AZ_BOUND_TOLERANCE * fmax(fmax(1, scale), fabs(objective));
    double beaten = sense == AZ_MINIMIZE ? said->bound - objective : objective - said->bound;
    if (fabs(said->objective - objective) > slack) {
        az_cli_print(stderr,
                     az_cli_say(cli, "The certificate says %s %s, the judge %s.\n",
                                "証明書の値は %s %s ですが、判定では %s です。\n"),
                     az_cli_money(said->objective, told), unit, az_cli_money(objective, judged));
        return true;
    }
    if (isfinite(said->bound) && beaten > slack) {
        az_cli_print(stderr,
                     az_cli_say(cli, "The certificate's bound %s %s is beyond the plan's own %s.\n",
                                "証明書の限界値 %s %s は計画自身の値 %s を超えています。\n"),
                     az_cli_money(said->bound, told), unit, az_cli_money(objective, judged));
        return true;
    }
    return false;
}

/* Parts that are missing look like a plan of another instance: it may be one made by hand. */
static void point_to_complete(const struct az_cli *cli, const struct az_cli_case *data,
                              const struct az_judgement *judgement)
{
    if (!data->formulation->complete || az_cli_flag(cli, "complete")) return;
    for (size_t i = 0; i < judgement->violations.count; i++)
        if (strcmp(judgement->violations.items[i].rule->code.code, "plan_shape") == 0) {
            puts(az_cli_say(
                cli, "A plan made by hand that says only a part? --complete fills in the rest.",
                "手作りの計画で一部だけを書いた場合は、--complete で残りを補えます。"));
            return;
        }
}

static int print_json(struct az_cli *cli, json_t *json)
{
    int code =
        json ? az_cli_write_json(cli, NULL, json) : az_cli_status(cli, AZ_NO_MEMORY, "check");
    json_decref(json);
    return code;
}

/* Judges the case's plan. json: NULL, or where its judgement goes instead of being printed. */
static int judge(struct az_cli *cli, struct az_cli_case *data, json_t **json)
{
    struct az_judgement judgement;
    bool as_given = !az_cli_flag(cli, "complete"); /* a completed plan is not the certified one */
    int code = az_cli_case_judge(cli, data, &judgement);
    if (code != AZ_EXIT_DONE) return code;
    if (json) {
        if (!(*json = az_judgement_json(&judgement, cli->language)))
            return az_cli_status(cli, AZ_NO_MEMORY, "check");
    } else {
        print_judgement(cli, data, &judgement);
        point_to_complete(cli, data, &judgement);
    }
    bool no = (as_given && is_contradicted(cli, data, &judgement)) ||
              judgement.violation_count > 0 ||
              (az_cli_flag(cli, "strict") && judgement.concessions.count > 0);
    return no ? AZ_EXIT_NO : AZ_EXIT_DONE;
}

static int check_plan(struct az_cli *cli)
{
    struct az_cli_case data;
    json_t *json = NULL;
    bool as_json = az_cli_flag(cli, "json");
    int code = az_cli_case_open(cli, cli->arguments[0], &data);
    if (code != AZ_EXIT_DONE) return code;
    code = az_cli_case_plan(cli, cli->arguments[1], &data);
    if (code == AZ_EXIT_DONE && az_cli_flag(cli, "complete")) code = complete(cli, &data);
    if (code == AZ_EXIT_DONE) code = write_plan(cli, &data);
    if (code == AZ_EXIT_DONE) code = judge(cli, &data, as_json ? &json : NULL);
    if (json) {
        int written = print_json(cli, json);
        if (written != AZ_EXIT_DONE) code = written;
    }
    az_cli_case_close(&data);
    return code;
}

/* --- all plans of a study -----------------------------------------------------------------------
 */

/* Plan i, against the instance as it was changed for it. json: NULL, or the list that it joins. */
static int check_item(struct az_cli *cli, const json_t *study, size_t i,
                      const struct az_cli_case *base, json_t *json)
{
    struct az_cli_case data;
    const json_t *item = json_array_get(json_object_get(study, "plans"), i);
    json_t *judgement = NULL;
    const char *name =
        az_cli_member(json_object_get(item, "name"), cli->language == AZ_JAPANESE ? "ja" : "en");
    const char *id = az_cli_member(item, "id");
    if (!json && i > 0) putchar('\n');
    if (!json) az_cli_print(stdout, "%s (%s)\n", name, id);
    fflush(stdout);
    int code = az_cli_case_study_plan(cli, cli->arguments[1], study, i, base, &data);
    if (code == AZ_EXIT_DONE) code = judge(cli, &data, json ? &judgement : NULL);
    if (json)
        json_array_append_new(json, json_pack("{s:s, s:o*}", "id", id, "judgement", judgement));
    az_cli_case_close(&data);
    return code;
}

/* Exit status: the first that is not done. A plan that was not made counts as no. */
static int check_study(struct az_cli *cli, const json_t *study)
{
    size_t count = json_array_size(json_object_get(study, "plans"));
    json_t *json = az_cli_flag(cli, "json") ? json_array() : NULL;
    int worst = AZ_EXIT_DONE;
    if (az_cli_flag(cli, "complete") || az_cli_text(cli, "output"))
        return az_cli_usage(
            cli, "%s",
            az_cli_say(cli, "--complete and --output take one plan: --plan says which",
                       "--complete と --output の対象は一つの計画です。--plan で指定してください"));
    struct az_cli_case base;
    int opened = az_cli_case_open(cli, cli->arguments[0], &base);
    if (opened != AZ_EXIT_DONE) {
        json_decref(json);
        return opened;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json_object_get(study, "plans"), i);
        int code = check_item(cli, study, i, &base, json);
        if (!json_is_object(json_object_get(item, "plan"))) code = AZ_EXIT_NO;
        if (worst == AZ_EXIT_DONE) worst = code;
    }
    az_cli_case_close(&base);
    if (json) {
        int written = print_json(cli, json_pack("{s:o}", "plans", json));
        if (written != AZ_EXIT_DONE) worst = written;
    }
    return worst;
}

static int run(struct az_cli *cli)
{
    json_t *study;
    if (az_cli_flag(cli, "complete")) az_spawn_alone();
    az_cli_study_open(cli, cli->arguments[1], &study);
    int code = study ? check_study(cli, study) : check_plan(cli);
    json_decref(study);
    return code;
}

const struct az_command az_cmd_check = {
    .name = "check",
    .arguments = "INSTANCE PLAN",
    .summary = AZ_EN_JA("judge a plan, or every plan of a study: rules, concessions, cost",
                        "計画（または比較の全計画）を判定する（規則・譲歩・費用）"),
    AZ_OPTIONS(options),
    .argument_min = 2,
    .argument_max = 2,
    .run = run,
};
