/* engine.c - finding and loading engine plug-ins by name. */
#include "solver/engine.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef AZ_ENGINE_DIR
#define AZ_ENGINE_DIR "/usr/local/lib/azumi"
#endif

#define NAME_LIMIT 32

/* Engines that azumi knows by name, the preferred one first. A plug-in of another name loads too,
 * it is only not listed. */
static const char *const known[] = { "cbc", "glpk", "highs" };
#define KNOWN_COUNT (sizeof known / sizeof known[0])

/* Folders beside the running program: of a build, of a test program below it, of an installation.
 */
static const char *const beside[] = { "/engines", "/../engines", "/../lib/azumi" };
#define BESIDE_COUNT ((int)(sizeof beside / sizeof beside[0]))

/* Folder number `choice` of those that are searched, in order. False: no such choice. An empty
 * folder is to be skipped. */
static bool engine_folder(int choice, char folder[PATH_MAX])
{
    const char *asked = getenv("AZUMI_ENGINES");
    char program[PATH_MAX];
    folder[0] = '\0';
    if (choice == 0) {
        if (asked && strlen(asked) < PATH_MAX) strcpy(folder, asked);
    } else if (choice <= BESIDE_COUNT) {
        ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
        if (length <= 0) return true;
        program[length] = '\0';
        *strrchr(program, '/') = '\0';
        if (snprintf(folder, PATH_MAX, "%s%s", program, beside[choice - 1]) >= PATH_MAX)
            folder[0] = '\0';
    } else if (choice == BESIDE_COUNT + 1) {
        strcpy(folder, AZ_ENGINE_DIR);
    } else {
        return false;
    }
    return true;
}

/* Names become file names: only letters, digits, - and _. */
static bool is_name(const char *name)
{
    size_t length =
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return length > 0 && length <= NAME_LIMIT && name[length] == '\0';
}

/* The first folder's plug-in file of that name. */
static bool find_plugin(const char *name, char path[PATH_MAX])
{
    char folder[PATH_MAX];
    for (int choice = 0; engine_folder(choice, folder); choice++) {
        if (folder[0] == '\0') continue;
        int length = snprintf(path, PATH_MAX, "%s/azumi-engine-%s.so", folder, name);
        if (length > 0 && length < PATH_MAX && access(path, R_OK) == 0) return true;
    }
    return false;
}

static void explain(char *why, size_t size, const char *words, const char *detail)
{
    if (why && size > 0) snprintf(why, size, words, detail);
}

static enum az_status load_plugin(const char *path, const struct az_engine **engine, char *why,
                                  size_t size)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *words = dlerror();
        explain(why, size, "%s", words ? words : path);
        return AZ_NOT_FOUND;
    }
    union {
        void *symbol;
        const struct az_engine *(*plugin)(void);
    } entry = { .symbol = dlsym(library, "az_engine_plugin") };
    const struct az_engine *loaded = entry.symbol ? entry.plugin() : NULL;
    if (!loaded || loaded->abi != AZ_ENGINE_ABI) {
        explain(why, size, "%s is not a plug-in of this version of azumi", path);
        dlclose(library);
        return AZ_UNSUPPORTED;
    }
    *engine = loaded;
    return AZ_OK;
}

enum az_status az_engine_load(const char *name, const struct az_engine **engine, char *why,
                              size_t size)
{
    return az_engine_load_turn(name, 0, engine, why, size);
}

static enum az_status load_named(const char *name, const struct az_engine **engine, char *why,
                                 size_t size)
{
    char path[PATH_MAX];
    if (!is_name(name) || !find_plugin(name, path)) {
        explain(why, size,
                "no engine plug-in of the name %.40s in $AZUMI_ENGINES, beside the program or "
                "in " AZ_ENGINE_DIR,
                name);
        return AZ_NOT_FOUND;
    }
    return load_plugin(path, engine, why, size);
}

enum az_status az_engine_load_turn(const char *name, size_t turn, const struct az_engine **engine,
                                   char *why, size_t size)
{
    static const char *const automatic[] = { "cbc", "glpk" };
    *engine = NULL;
    explain(why, size, "%s", "");
    if (name && strcmp(name, "auto") != 0) return load_named(name, engine, why, size);
    enum az_status status = load_named(automatic[turn % 2], engine, why, size);
    return status == AZ_OK ? AZ_OK : load_named(automatic[(turn + 1) % 2], engine, why, size);
}

size_t az_engine_list(const char *names[], size_t limit)
{
    char path[PATH_MAX];
    size_t count = 0;
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (!find_plugin(known[i], path)) continue;
        if (count < limit) names[count] = known[i];
        count++;
    }
    return count;
}
