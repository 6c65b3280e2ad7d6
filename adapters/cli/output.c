/* output.c - reading instances and writing documents, findings and certificates for people. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/cli/command.h"
#include "adapters/json/json.h"
#include "adapters/replace.h"
#include "adapters/service/documents.h"

void az_cli_findings(const struct az_cli *cli, FILE *out, const char *file,
                     const struct az_findings *findings)
{
    if (!findings) return;
    for (size_t i = 0; i < findings->count; i++) {
        const struct az_finding *finding = &findings->items[i];
        const char *text = az_finding_text(finding, cli->language, cli->arena);
        const char *place = finding->place ? finding->place : "";
        az_cli_print(out, "%s%s%s%s%s\n", file ? file : "", file ? ": " : "", place,
                     *place ? ": " : "", text ? text : finding->code->code);
    }
    if (findings->dropped > 0)
        az_cli_print(out, az_cli_say(cli, "... and %zu more\n", "……ほか %zu 件\n"),
                     findings->dropped);
    if (findings->out_of_memory)
        az_cli_print(out, "%s\n", az_cli_say(cli, "out of memory", "メモリー不足です"));
}

static int instance_kind(struct az_cli *cli, const char *path, const char *kind,
                         const json_t *document, const struct az_formulation **formulation)
{
    const char *name = kind ? kind : json_string_value(json_object_get(document, "kind"));
    if (!name && !json_object_get(document, "kind")) name = az_formulation_at(0)->name;
    if (!name)
        return az_cli_usage(
            cli,
            az_cli_say(cli, "%s: the member \"kind\" is required", "%s: 項目 \"kind\" が必要です"),
            path);
    *formulation = az_formulation_find(name);
    if (!*formulation)
        return az_cli_usage(
            cli, az_cli_say(cli, "%s: there is no kind %s", "%s: %s という種類はありません"), path,
            name);
    return AZ_EXIT_DONE;
}

int az_cli_instance(struct az_cli *cli, const char *path, const char *kind,
                    const struct az_formulation **formulation, void **instance, json_t **document)
{
    struct az_findings findings;
    az_findings_init(&findings, cli->arena, 0);
    json_t *json = az_json_read_file(path, NULL, &findings);
    enum az_status status = AZ_OK;
    int code = AZ_EXIT_DONE;
    if (!json) {
        az_cli_findings(cli, stderr, path, &findings);
        return az_findings_total(&findings) > 0 ? AZ_EXIT_USAGE : az_cli_status(cli, AZ_IO, path);
    }
    code = instance_kind(cli, path, kind, json, formulation);
    if (code == AZ_EXIT_DONE) {
        status = az_read_instance(*formulation, json, NULL, cli->arena, &findings, instance);
        if (status != AZ_OK)
            code = az_cli_status(cli, status, path);
        else if (az_findings_total(&findings) > 0)
            code = AZ_EXIT_USAGE;
        az_cli_findings(cli, stderr, path, &findings);
    }
    if (code == AZ_EXIT_DONE && document)
        *document = json;
    else
        json_decref(json);
    return code;
}

static int write_failed(const struct az_cli *cli, const char *path)
{
    return az_cli_fail(cli, AZ_EXIT_USAGE, az_cli_say(cli, "writing %s: %s", "%s の書き込み: %s"),
                       path, strerror(errno));
}

#define PRIVATE 0600

/* Into what is no plain file: a device, a pipe, a link must not be replaced by one. */
static int write_into(const struct az_cli *cli, const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "w");
    if (!file) return write_failed(cli, path);
    bool good = fwrite(text, 1, length, file) == length;
    good = fclose(file) == 0 && good;
    return good ? AZ_EXIT_DONE : write_failed(cli, path);
}

/* Beside the file, which it then replaces. mode: of the new file. */
static int write_beside(const struct az_cli *cli, const char *path, const char *text, size_t length,
                        mode_t mode)
{
    const char *part = az_arena_format(cli->arena, "%s.part-%ld", path, (long)getpid());
    if (!part) return az_cli_status(cli, AZ_NO_MEMORY, path);
    unlink(part); /* of a process that died and had our number */
    int descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (!file) {
        if (descriptor >= 0) close(descriptor);
        return write_failed(cli, path);
    }
    bool good = fwrite(text, 1, length, file) == length && az_sync_stream(file);
    good = fclose(file) == 0 && good;
    if (!good || !az_put_in_place(part, path)) {
        int code = write_failed(cli, path);
        unlink(part);
        return code;
    }
    return AZ_EXIT_DONE;
}

static int write_with(const struct az_cli *cli, const char *path, const char *text, size_t length,
                      mode_t mode)
{
    if (!path || strcmp(path, "-") == 0) {
        if (fwrite(text, 1, length, stdout) != length || fflush(stdout) != 0)
            return write_failed(cli, "-");
        return AZ_EXIT_DONE;
    }
    struct stat what, target;
    if (lstat(path, &what) == 0 && !S_ISREG(what.st_mode)) {
        /* The file behind a link keeps its mode, by which others may read it. */
        if (mode == PRIVATE && S_ISLNK(what.st_mode) &&
            (stat(path, &target) != 0 || S_ISREG(target.st_mode)))
            return az_cli_fail(cli, AZ_EXIT_USAGE, "%s: %s", path,
                               az_cli_say(cli, "is a link: name the file itself",
                                          "リンクです。ファイルそのものを指定してください"));
        return write_into(cli, path, text, length);
    }
    return write_beside(cli, path, text, length, mode);
}

int az_cli_write(const struct az_cli *cli, const char *path, const char *text, size_t length)
{
    return write_with(cli, path, text, length, 0666);
}

int az_cli_write_private(const struct az_cli *cli, const char *path, const char *text,
                         size_t length)
{
    return write_with(cli, path, text, length, PRIVATE);
}

int az_cli_write_json(const struct az_cli *cli, const char *path, const json_t *json)
{
    char *text = az_json_pretty(json);
    if (!text) return az_cli_status(cli, AZ_NO_MEMORY, path ? path : "-");
    size_t length = strlen(text);
    int code = az_cli_write(cli, path, text, length);
    if (code == AZ_EXIT_DONE && length > 0 && text[length - 1] != '\n' &&
        (!path || strcmp(path, "-") == 0))
        fputc('\n', stdout);
    free(text);
    return code;
}

/* Digits of a plain number with a comma before each three. */
static void group(const char *plain, char *buffer, size_t size)
{
    const char *digits = plain[0] == '-' ? plain + 1 : plain;
    size_t whole = strspn(digits, "0123456789"), at = 0;
    if (plain[0] == '-') buffer[at++] = '-';
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0) buffer[at++] = ',';
        buffer[at++] = digits[i];
    }
    snprintf(buffer + at, size - at, "%s", digits + whole);
}

char *az_cli_number_words(double value, int decimals, char buffer[64])
{
    char plain[40];
    if (!isfinite(value)) {
        memcpy(buffer, "-", 2);
        return buffer;
    }
    if (fabs(value) < 1e20 && decimals >= 0 && decimals < 10) {
        snprintf(plain, sizeof plain, "%.*f", decimals, value);
        group(plain, buffer, 64);
    } else {
        snprintf(buffer, 64, "%.6g", value);
    }
    return buffer;
}

char *az_cli_money(double value, char buffer[48])
{
    char plain[40];
    if (!isfinite(value)) {
        memcpy(buffer, "-", 2);
        return buffer;
    }
    snprintf(plain, sizeof plain, fabs(value) >= 1000 ? "%.0f" : "%.6g", value);
    if (strspn(plain, "-0123456789") > 30 || strpbrk(plain, "eE"))
        snprintf(buffer, 48, "%.6g", value);
    else
        group(plain, buffer, 48);
    return buffer;
}

/* "optimal", "gap", ... in the language of the call. */
static const char *word(const struct az_cli *cli, const char *code)
{
    static const struct {
        const char *code;
        struct az_words words;
    } words[] = {
        { "optimal", { "optimal within the asked gap", "最適（求めたギャップ以内で証明済み）" } },
        { "feasible", { "feasible", "実行可能（最適性は未証明）" } },
        { "infeasible", { "no plan can exist", "計画は存在しません（証明済み）" } },
        { "no_plan", { "no plan was found", "計画は見つかりませんでした" } },
        { "gap", { "gap reached", "求めたギャップに到達" } },
        { "deadline", { "deadline", "期限" } },
        { "cancel", { "cancelled", "取消" } },
        { "limit", { "limit", "上限" } },
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].code, code) == 0) return az_say(words[i].words, cli->language);
    return code;
}

/* Are both concessions of one place? They stand together, whatever rule they break. */
static bool is_at(const json_t *a, const json_t *b)
{
    return strcmp(az_cli_member(a, "place"), az_cli_member(b, "place")) == 0;
}

/* Does the second concession go on with the first, in the same words, in the slot after it? */
static bool goes_on(const json_t *a, const json_t *b, int64_t step_s)
{
    struct az_time from, to;
    return step_s > 0 && b && strcmp(az_cli_member(a, "rule"), az_cli_member(b, "rule")) == 0 &&
           strcmp(az_cli_member(a, "place"), az_cli_member(b, "place")) == 0 &&
           strcmp(az_cli_member(a, "words_en"), az_cli_member(b, "words_en")) == 0 &&
           az_time_parse(az_cli_member(a, "at"), &from) &&
           az_time_parse(az_cli_member(b, "at"), &to) && to.utc_s - from.utc_s == step_s;
}

const char *az_cli_when(const struct az_cli *cli, const char *at, const char *until)
{
    if (strlen(at) < 16) return "";
    bool other_day = *until && strncmp(at, until, 10) != 0; /* told as month and day */
    const char *text =
        az_arena_format(cli->arena, "%.10s %.5s%s%.5s%s%.5s ", at, at + 11, *until ? "-" : "",
                        other_day ? until + 5 : "", other_day ? " " : "", *until ? until + 11 : "");
    return text ? text : "";
}

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* Do the words name it, not only as a part of another word? */
static bool names(const char *words, const char *label, size_t length)
{
    for (const char *at = words; length > 0 && (at = strstr(at, label)); at++)
        if ((at == words || !is_of_word(at[-1])) && !is_of_word(at[length])) return true;
    return false;
}

const char *az_cli_place(const struct az_cli *cli, const char *place, const char *words)
{
    bool named = strchr(place, '(') ? true : names(words, place, strlen(place));
    for (const char *label = strchr(place, '('); named && label; label = strchr(label + 1, '(')) {
        size_t length = strcspn(label + 1, ")");
        char *text = az_arena_text_n(cli->arena, label + 1, length);
        named = text && names(words, text, length);
    }
    const char *text = named ? "" : az_arena_format(cli->arena, "%s: ", place);
    return text ? text : "";
}

static void print_concessions(const struct az_cli *cli, FILE *out, const json_t *list,
                              const char *money, int64_t step_s)
{
    char cost[48], amount[48], until[32], unit[32];
    struct az_time last;
    if (json_array_size(list) > 0)
        az_cli_print(out, "%s:\n",
                     az_cli_say(cli, "Rules conceded at their price", "対価を払って譲った規則"));
    size_t count = json_array_size(list);
    bool *told = AZ_ARRAY(cli->arena, count, bool);
    for (size_t i = 0; told && i < count; i++) {
        const json_t *first = json_array_get(list, i), *item = first;
        double amounts = 0, costs = 0;
        if (told[i]) continue;
        for (size_t k = i; k < count; k++) {
            const json_t *next = json_array_get(list, k);
            if (!is_at(next, first)) break;
            if (told[k] || (k > i && !goes_on(item, next, step_s))) continue;
            item = next;
            told[k] = true;
            amounts += az_cli_member_number(item, "amount");
            costs += az_cli_member_number(item, "cost");
        }
        until[0] = 0;
        if (item != first && az_time_parse(az_cli_member(item, "at"), &last))
            az_time_format(az_time_add(last, step_s), until);
        const char *words = az_cli_member(first, az_cli_say(cli, "words_en", "words_ja"));
        az_cli_print(out, "  %s%s%s (", az_cli_when(cli, az_cli_member(first, "at"), until),
                     az_cli_place(cli, az_cli_member(first, "place"), words), words);
        if (*az_cli_member(first, "unit"))
            az_cli_print(out, "%s %s, ", az_cli_money(round(amounts * 100) / 100, amount),
                         az_cli_unit(cli, az_cli_member(first, "unit"), amounts, unit));
        az_cli_print(out, "%s %s)\n", az_cli_money(costs, cost), money);
    }
}

static void print_assumptions(const struct az_cli *cli, FILE *out, const json_t *list)
{
    size_t i;
    json_t *item;
    bool headed = false;
    json_array_foreach(list, i, item)
    {
        if (!*az_cli_member(item, "place")) { /* of the plan as a whole */
            az_cli_print(out, "%s\n", az_cli_member(item, az_cli_say(cli, "words_en", "words_ja")));
            continue;
        }
        if (!headed)
            az_cli_print(
                out, "%s:\n",
                az_cli_say(cli, "Assumptions about measured input", "測定値についての仮定"));
        headed = true;
        az_cli_print(out, "  %s: %s\n", az_cli_member(item, "place"),
                     az_cli_member(item, az_cli_say(cli, "words_en", "words_ja")));
    }
}

/* The value of the plan and what no plan can beat, by the name that the value has for people. */
static void print_objective(const struct az_cli *cli, FILE *out, const json_t *certificate,
                            const struct az_aim *aim, const char *unit)
{
    char number[48];
    bool named = aim && aim->label.en, turned = named && aim->negated;
    bool most = (strcmp(az_cli_member(certificate, "sense"), "maximize") == 0) != turned;
    double sign = turned ? -1 : 1, objective = az_cli_member_number(certificate, "objective"),
           bound = az_cli_member_number(certificate, "bound");
    const char *label =
        named ? az_say(aim->label, cli->language) : az_cli_say(cli, "Objective", "目的値");
    const char *limit = !named ? az_cli_say(cli, "Proven bound", "限界値")
                        : most ? az_cli_say(cli, "Bound: no plan has more", "限界値（上界）")
                               : az_cli_say(cli, "Bound: no plan has less", "限界値（下界）");
    if (isfinite(objective))
        az_cli_print(out, "%s: %s %s\n", label, az_cli_money(sign * objective, number), unit);
    if (isfinite(bound))
        az_cli_print(out, "%s: %s %s\n", limit, az_cli_money(sign * bound, number), unit);
    else if (isfinite(objective))
        az_cli_print(out, "%s: %s\n", limit, az_cli_say(cli, "none yet", "まだありません"));
}

void az_cli_certificate(const struct az_cli *cli, FILE *out, const json_t *certificate,
                        const struct az_aim *aim, int64_t step_s)
{
    char bound[48], penalty[48], words[32];
    const char *unit = az_cli_unit(cli, az_cli_member(certificate, "unit"), NAN, words);
    double gap = az_cli_member_number(certificate, "gap");
    const char *status = az_cli_member(certificate, "status");
    bool is_final = strcmp(status, "infeasible") == 0; /* then nothing stopped it: it is proven */
    az_cli_print(out, is_final ? "%s: %s\n" : "%s: %s (%s)\n", az_cli_say(cli, "Status", "状態"),
                 word(cli, status), word(cli, az_cli_member(certificate, "stopped")));
    print_objective(cli, out, certificate, aim, unit);
    if (isfinite(gap))
        az_cli_print(
            out, "%s: %.4f %% (%s %s)\n", az_cli_say(cli, "Gap", "ギャップ"), 100 * gap,
            az_cli_money(round(az_cli_member_number(certificate, "gap_abs") * 1e6) / 1e6, bound),
            unit);
    if (az_cli_member_number(certificate, "penalty") > 0)
        az_cli_print(out, "%s: %s %s\n",
                     az_cli_say(cli, "Price of conceded rules", "譲った規則の対価"),
                     az_cli_money(az_cli_member_number(certificate, "penalty"), penalty), unit);
    az_cli_print(out, "%s: %.2f s, %s, azumi %s, %s %lld\n",
                 az_cli_say(cli, "Solved in", "計算時間"),
                 az_cli_member_number(certificate, "seconds"), az_cli_member(certificate, "engine"),
                 az_cli_member(certificate, "azumi"), az_cli_say(cli, "seed", "乱数の種"),
                 (long long)json_integer_value(json_object_get(certificate, "seed")));
    if (json_object_get(certificate, "reused_from"))
        az_cli_print(out, "%s: %s\n",
                     az_cli_say(cli, "Answered by the earlier result of", "以前の結果を再利用"),
                     az_cli_member(certificate, "reused_from"));
    print_concessions(cli, out, json_object_get(certificate, "concessions"), unit, step_s);
    print_assumptions(cli, out, json_object_get(certificate, "assumptions"));
}

/* What one step more of the limits that bind would bring. */
static void tell_limits(const struct az_cli *cli, FILE *out, const json_t *explanation)
{
    size_t i;
    json_t *item, *limits = json_object_get(explanation, "limits");
    char gain[64];
    bool all = json_is_true(json_object_get(explanation, "all_limits"));
    if (json_array_size(limits) == 0) {
        if (all)
            az_cli_print(out, "%s\n",
                         az_cli_say(cli, "One more of what is limited would not help.",
                                    "上限のあるものを 1 つ増やしても効果はありません。"));
        else if (json_object_get(explanation, "found"))
            az_cli_print(out, "%s\n",
                         az_cli_say(cli, "There was no time to try wider limits.",
                                    "上限の変更を試す時間がありませんでした。"));
        return;
    }
    az_cli_print(out, "%s\n",
                 az_cli_say(cli, "What would help, and about how much it could save:",
                            "効果のある変更と、節約できる額の目安:"));
    json_array_foreach(limits, i, item)
    {
        double amount = az_cli_member_number(item, "gain");
        az_cli_print(out, "  %s: %s: %s\n", az_cli_member(item, "place"),
                     az_cli_member(item, "detail"),
                     fabs(amount) < 10 ? az_cli_number_words(amount, 3, gain)
                                       : az_cli_number_words(amount, 0, gain));
    }
    if (!all)
        az_cli_print(out, "%s\n",
                     az_cli_say(cli, "There was no time to try every limit.",
                                "すべての上限を試す時間はありませんでした。"));
}

void az_cli_explanation(const struct az_cli *cli, FILE *out, const json_t *explanation)
{
    size_t i;
    json_t *item, *reasons = json_object_get(explanation, "reasons");
    bool feasible = json_is_true(json_object_get(explanation, "feasible"));
    if (feasible)
        az_cli_print(out, "%s%s%s\n", az_cli_say(cli, "There is a plan.", "計画は存在します。"),
                     *az_cli_member(explanation, "found") ? " " : "",
                     az_cli_member(explanation, "found"));
    else if (json_array_size(reasons) == 0)
        az_cli_print(out, "%s\n",
                     json_is_true(json_object_get(explanation, "proven"))
                         ? az_cli_say(cli, "No plan can exist; why was not found in the time.",
                                      "計画は存在しません。時間内に理由は分かりませんでした。")
                         : az_cli_say(cli, "No plan was found in the time, nor why there is none.",
                                      "時間内に計画も、存在しない理由も見つかりませんでした。"));
    else
        az_cli_print(out, "%s\n",
                     json_is_true(json_object_get(explanation, "proven"))
                         ? az_cli_say(cli, "No plan can exist. These must give, together:",
                                      "計画は存在しません。次のすべてを緩める必要があります:")
                         : az_cli_say(cli, "No plan was found. What stands in the way:",
                                      "計画は見つかりませんでした。妨げになっているもの:"));
    if (feasible && json_array_size(reasons) > 0)
        az_cli_print(out, "%s\n", az_cli_say(cli, "What it leaves out:", "実施しないもの:"));
    json_array_foreach(reasons, i, item)
    {
        az_cli_print(out, "  %s%s%s", az_cli_member(item, "place"),
                     *az_cli_member(item, "at") ? " " : "", az_cli_member(item, "at"));
        if (!feasible) az_cli_print(out, " %s", az_cli_member(item, "rule"));
        az_cli_print(out, ": %s\n", az_cli_member(item, "detail"));
    }
    if (!feasible && json_array_size(reasons) > 0 &&
        !json_is_true(json_object_get(explanation, "minimal")))
        az_cli_print(out, "%s\n",
                     az_cli_say(cli, "Some of these may not be needed.",
                                "このうち不要なものがあるかもしれません。"));
    tell_limits(cli, out, explanation);
}
