/* resolve_words.c - skills, equipment, districts and profiles: distinct words, numbered, and what
 * skills are called. */
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/resolve.h"

enum az_status cl_words_begin(struct az_arena *arena, size_t capacity, struct cl_words *words)
{
    *words = (struct cl_words){ .capacity = capacity };
    words->items = AZ_ARRAY(arena, capacity, struct cl_word);
    return words->items ? AZ_OK : AZ_NO_MEMORY;
}

void cl_words_take(struct cl_words *words, const char *text)
{
    if (words->used >= words->capacity) return;
    words->items[words->used] = (struct cl_word){ .text = text, .order = words->used };
    words->used++;
}

static int by_text(const void *a, const void *b)
{
    const struct cl_word *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    if (order) return order;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
    const struct cl_word *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

enum az_status cl_words_close(struct az_arena *arena, struct cl_words *words, const char ***list)
{
    qsort(words->items, words->used, sizeof *words->items, by_text);
    words->count = 0;
    for (size_t i = 0; i < words->used; i++)
        if (i == 0 || strcmp(words->items[i].text, words->items[words->count - 1].text) != 0)
            words->items[words->count++] = words->items[i];
    if (!(*list = AZ_ARRAY(arena, words->count, const char *))) return AZ_NO_MEMORY;
    qsort(words->items, words->count, sizeof *words->items, by_order);
    for (size_t i = 0; i < words->count; i++) {
        words->items[i].index = i;
        (*list)[i] = words->items[i].text;
    }
    qsort(words->items, words->count, sizeof *words->items, by_text);
    return AZ_OK;
}

size_t cl_words_find(const struct cl_words *words, const char *text)
{
    size_t low = 0, high = words->count;
    while (text && low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(words->items[middle].text, text);
        if (order == 0) return words->items[middle].index;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return AZ_NO_INDEX;
}

bool cl_covers(const struct cl_remote *remote, const char *specialty)
{
    for (size_t i = 0; specialty && i < remote->specialties.count; i++)
        if (strcmp(remote->specialties.items[i], specialty) == 0) return true;
    return !specialty;
}

struct az_words cl_skill_word(const char *skill)
{
    static const struct {
        const char *skill;
        struct az_words words;
    } known[] = { { "doctor", { "doctor", "医師" } },
                  { "nurse", { "nurse", "看護師" } },
                  { "pharmacist", { "pharmacist", "薬剤師" } },
                  { "driver", { "driver", "運転" } } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].skill, skill) == 0) return known[i].words;
    return (struct az_words){ skill, skill };
}
