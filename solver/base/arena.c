/* arena.c - blocks from an allocator, handed out piece by piece.
 *
 * Small pieces share blocks that grow with the arena; a large piece gets a block of its own, behind
 * the current one, so that the room left in the current block is not lost. */
#include "solver/base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)4096)
#define LARGEST_BLOCK ((size_t)1 << 20)
#define ALIGNMENT alignof(max_align_t)

struct block {
    struct block *next;
    size_t size; /* bytes after the head */
    alignas(max_align_t) unsigned char bytes[];
};

struct az_arena {
    struct az_allocator allocator;
    struct block *blocks; /* the first one is being filled */
    size_t used;          /* of the first block */
    size_t next_size;
    size_t held;
};

static void *take_from_malloc(void *data, size_t size)
{
    (void)data;
    return malloc(size);
}

static void give_to_free(void *data, void *block)
{
    (void)data;
    free(block);
}

struct az_arena *az_arena_new(const struct az_allocator *allocator)
{
    static const struct az_allocator standard = { take_from_malloc, give_to_free, NULL };
    if (!allocator) allocator = &standard;
    struct az_arena *arena = allocator->take(allocator->data, sizeof *arena);
    if (!arena) return NULL;
    *arena = (struct az_arena){ .allocator = *allocator,
                                .next_size = FIRST_BLOCK,
                                .held = sizeof *arena };
    return arena;
}

void az_arena_free(struct az_arena *arena)
{
    if (!arena) return;
    struct az_allocator allocator = arena->allocator;
    for (struct block *block = arena->blocks; block;) {
        struct block *next = block->next;
        allocator.give(allocator.data, block);
        block = next;
    }
    allocator.give(allocator.data, arena);
}

void az_arena_empty(struct az_arena *arena)
{
    if (!arena || !arena->blocks) return;
    struct block *kept = arena->blocks;
    for (struct block *block = kept->next; block;) {
        struct block *next = block->next;
        arena->held -= sizeof *block + block->size;
        arena->allocator.give(arena->allocator.data, block);
        block = next;
    }
    kept->next = NULL;
    arena->used = 0;
}

static struct block *new_block(struct az_arena *arena, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct block)) return NULL;
    struct block *block = arena->allocator.take(arena->allocator.data, sizeof(struct block) + size);
    if (!block) return NULL;
    block->next = NULL;
    block->size = size;
    arena->held += sizeof(struct block) + size;
    return block;
}

void *az_arena_take(struct az_arena *arena, size_t size)
{
    if (!arena || size > SIZE_MAX - ALIGNMENT) return NULL;
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded == 0) rounded = ALIGNMENT;
    unsigned char *piece;
    if (arena->blocks && rounded <= arena->blocks->size - arena->used) {
        piece = arena->blocks->bytes + arena->used;
        arena->used += rounded;
    } else if (rounded > arena->next_size / 4) {
        struct block *own = new_block(arena, rounded);
        if (!own) return NULL;
        if (arena->blocks) {
            own->next = arena->blocks->next;
            arena->blocks->next = own;
        } else {
            arena->blocks = own;
            arena->used = rounded;
        }
        piece = own->bytes;
    } else {
        struct block *block = new_block(arena, arena->next_size);
        if (!block) return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->used = rounded;
        if (arena->next_size < LARGEST_BLOCK) arena->next_size *= 2;
        piece = block->bytes;
    }
    memset(piece, 0, rounded);
    return piece;
}

void *az_arena_array(struct az_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) return NULL;
    return az_arena_take(arena, count * size);
}

void *az_arena_grow(struct az_arena *arena, const void *items, size_t used, size_t capacity,
                    size_t size)
{
    if (used > capacity) return NULL;
    void *grown = az_arena_array(arena, capacity, size);
    if (grown && used > 0) memcpy(grown, items, used * size);
    return grown;
}

char *az_arena_text(struct az_arena *arena, const char *text)
{
    return text ? az_arena_text_n(arena, text, strlen(text)) : NULL;
}

char *az_arena_text_n(struct az_arena *arena, const char *text, size_t length)
{
    if (!text || length == SIZE_MAX) return NULL;
    char *copy = az_arena_take(arena, length + 1);
    if (copy) memcpy(copy, text, length);
    return copy;
}

char *az_arena_format_list(struct az_arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : az_arena_take(arena, (size_t)length + 1);
    if (text) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *az_arena_format(struct az_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = az_arena_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

size_t az_arena_bytes(const struct az_arena *arena)
{
    return arena ? arena->held : 0;
}
