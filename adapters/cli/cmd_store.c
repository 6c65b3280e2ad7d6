/* cmd_store.c - `azumi store`: backs up the job store of a service that may be running, puts a
 * backup back while none is, and looks whether a store is whole. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapters/cli/command.h"
#include "adapters/service/service.h"
#include "adapters/service/store.h"

/* words: the store's. */
static int fail(const struct az_cli *cli, enum az_status status, const char *words)
{
    char text[600];
    az_store_translate(words, cli->language, text, sizeof text);
    return az_cli_fail(cli, status == AZ_NO_MEMORY ? AZ_EXIT_INTERNAL : AZ_EXIT_USAGE, "%s", text);
}

/* Where no store is, the service keeps it elsewhere. */
static int fail_store(const struct az_cli *cli, enum az_status status, const char *words)
{
    char text[600];
    if (status == AZ_NO_MEMORY || az_cli_text(cli, "store")) return fail(cli, status, words);
    az_store_translate(words, cli->language, text, sizeof text);
    return az_cli_fail(cli, AZ_EXIT_USAGE, "%s %s", text,
                       az_cli_say(cli,
                                  "(--store PATH, where `azumi serve --store` keeps it elsewhere)",
                                  "（azumi serve --store で別の場所にあるなら --store で指定）"));
}

static void say_size(const struct az_cli *cli, const char *path)
{
    struct stat status;
    char size[64];
    if (stat(path, &status) == 0)
        az_cli_print(stdout, az_cli_say(cli, "%s: %s kB\n", "%s: %s kB\n"), path,
                     az_cli_number_words((double)status.st_size / 1000, 0, size));
}

static int back_up(struct az_cli *cli, const char *path, const char *file)
{
    struct az_store *store;
    char why[300] = "";
    enum az_status status = az_store_open(path, false, NULL, &store, why, sizeof why);
    if (status != AZ_OK) return fail_store(cli, status, why);
    status = az_store_backup(store, file);
    int code = status == AZ_OK ? AZ_EXIT_DONE : fail(cli, status, az_store_words(store));
    az_store_close(store);
    if (code == AZ_EXIT_DONE) say_size(cli, file);
    return code;
}

static void print_finding(void *data, const char *words)
{
    (void)data;
    az_cli_print(stdout, "%s\n", words);
}

static int check(struct az_cli *cli, const char *path)
{
    char why[300] = "";
    size_t found = 0;
    enum az_status status =
        az_store_check(path, cli->language, print_finding, NULL, &found, why, sizeof why);
    if (status != AZ_OK) return fail_store(cli, status, why);
    if (found == 0) {
        az_cli_print(stdout, az_cli_say(cli, "%s: nothing is wrong\n", "%s: 異常なし\n"), path);
        return AZ_EXIT_DONE;
    }
    az_cli_print(
        stdout,
        az_cli_say(cli,
                   "%s is damaged: stop the service, then restore a backup with `azumi store "
                   "restore FILE`\n",
                   "%s は壊れています。サービスを止め、azumi store restore FILE "
                   "でバックアップから復元してください\n"),
        path);
    return AZ_EXIT_NO;
}

/* --- dated backups ---------------------------------------------------------------------------- */

#define PREFIX "azumi-"
#define SUFFIX ".db"
#define NAME_LENGTH 25 /* azumi-20261122T053000Z.db */

/* One of ours, by its name: others in the directory are nobody's to remove. */
static int is_dated(const struct dirent *entry)
{
    static const char pattern[] = PREFIX "########T######Z" SUFFIX;
    if (strlen(entry->d_name) != NAME_LENGTH) return 0;
    for (size_t i = 0; i < NAME_LENGTH; i++)
        if (pattern[i] == '#' ? !isdigit((unsigned char)entry->d_name[i])
                              : entry->d_name[i] != pattern[i])
            return 0;
    return 1;
}

/* Removes all but the newest; dates in names sort as they are. Of a clock that went ahead there may
 * be later ones than `newest`, which was just written: they neither count nor go. */
static int remove_old(struct az_cli *cli, const char *directory, const char *newest, int64_t keep)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_dated, alphasort), code = AZ_EXIT_DONE, past = 0;
    while (past < count && strcmp(entries[past]->d_name, newest) <= 0) past++;
    for (int i = 0; i < count; i++) {
        const char *path = az_arena_format(cli->arena, "%s/%s", directory, entries[i]->d_name);
        if (i < past - keep && (!path || unlink(path) != 0))
            code = az_cli_fail(cli, AZ_EXIT_USAGE, "%s: %s", entries[i]->d_name, strerror(errno));
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    return code;
}

/* The copy of a damaged store is damaged as well: no earlier one may go for it. */
static int check_copy(struct az_cli *cli, const char *file)
{
    char why[300] = "";
    size_t found = 0;
    enum az_status status =
        az_store_check(file, cli->language, print_finding, NULL, &found, why, sizeof why);
    if (status != AZ_OK) return fail(cli, status, why);
    if (found == 0) return AZ_EXIT_DONE;
    return az_cli_fail(
        cli, AZ_EXIT_NO, "%s: %s", file,
        az_cli_say(cli,
                   "damaged, as the store is: earlier backups stay; restore the last "
                   "one that is whole",
                   "ストアと同じく壊れています。以前のバックアップは消していません。"
                   "異常のない最後のものから復元してください"));
}

/* A backup named after this moment; older ones go only when it is there, and whole. */
static int back_up_dated(struct az_cli *cli, const char *path, const char *directory, int64_t keep)
{
    char stamp[32] = "";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc)) strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    const char *name = az_arena_format(cli->arena, PREFIX "%s" SUFFIX, stamp);
    const char *file = name ? az_arena_format(cli->arena, "%s/%s", directory, name) : NULL;
    if (!file) return az_cli_status(cli, AZ_NO_MEMORY, directory);
    int code = back_up(cli, path, file);
    if (code == AZ_EXIT_DONE) code = check_copy(cli, file);
    return code == AZ_EXIT_DONE ? remove_old(cli, directory, name, keep) : code;
}

/* Neither service nor runner may be at work: they would go on with the file that was replaced. */
static int restore(struct az_cli *cli, const char *path, const char *file)
{
    char why[300] = "";
    int lock = -1, runners = -1, code = AZ_EXIT_DONE;
    enum az_status status = az_lock_service(path, 0, &lock);
    if (status == AZ_BUSY || (status == AZ_OK && !az_lock_alone(path, &runners))) {
        code = az_cli_fail(cli, AZ_EXIT_USAGE, "%s: %s", path,
                           az_cli_say(cli, "a service works on this store: stop it first",
                                      "サービスが使用中です。先に止めてください"));
    } else if (status != AZ_OK) {
        code = az_cli_status(cli, status, path);
    } else {
        status = az_store_restore(file, path, why, sizeof why);
        if (status != AZ_OK) code = fail(cli, status, why);
    }
    if (runners >= 0) close(runners);
    if (lock >= 0) close(lock);
    if (code == AZ_EXIT_DONE) {
        say_size(cli, path);
        az_cli_print(stdout, "%s\n",
                     az_cli_say(cli,
                                "Restored. Look at `azumi token list` before the service starts: "
                                "tokens that were removed since are back.",
                                "復元しました。サービスを始める前に azumi token list "
                                "を確かめてください。後で消したトークンも戻っています。"));
    }
    return code;
}

static int run(struct az_cli *cli)
{
    char place[AZ_PLACE_MAX];
    const char *path = az_cli_store(cli), *what = cli->arguments[0];
    if (!path) {
        if (!az_service_default_store(place, sizeof place, false))
            return az_cli_usage(cli, "%s",
                                az_cli_say(cli, "--store is needed", "--store が必要です"));
        path = place;
    }
    bool has_file = cli->argument_count == 2;
    int64_t keep = 0;
    if (!az_cli_integer(cli, "keep", 1, 100000, &keep)) return AZ_EXIT_USAGE;
    if (keep > 0 && strcmp(what, "backup") != 0)
        return az_cli_usage(cli, "--keep: %s",
                            az_cli_say(cli, "only with `backup`", "backup でだけ使えます"));
    if (keep > 0 && has_file) return back_up_dated(cli, path, cli->arguments[1], keep);
    if (strcmp(what, "backup") == 0 && has_file) return back_up(cli, path, cli->arguments[1]);
    if (strcmp(what, "restore") == 0 && has_file) return restore(cli, path, cli->arguments[1]);
    if (strcmp(what, "check") == 0 && !has_file) return check(cli, path);
    return az_cli_usage(
        cli, "%s: %s", what,
        az_cli_say(cli, "there are `backup FILE`, `restore FILE` and `check`",
                   "backup FILE、restore FILE、check のいずれかを指定してください"));
}

static const struct az_option options[] = {
    { .name = "store",
      .value = "PATH",
      .words = { "the job store (default: azumi.db in the user's state directory)",
                 "ジョブストア（なければ自分の状態ディレクトリーの azumi.db）" } },
    { .name = "keep",
      .value = "N",
      .words = { "backup: FILE is a directory; write azumi-DATE.db there and, if it is whole, keep "
                 "the N newest",
                 "backup: FILE をディレクトリーとして azumi-日時.db を書き、新しい N "
                 "個を残す" } }
};

const struct az_command az_cmd_store = {
    .name = "store",
    .arguments = "backup FILE|restore FILE|check",
    .summary = { "back up the jobs of a running service; restore them when it is stopped; look for "
                 "damage",
                 "ジョブストアのバックアップ（稼働中も可）、復元（停止中）、検査" },
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 2,
    .run = run,
};
