/* arena.h - the memory of one job: taken piece by piece, freed at once.
 *
 * An arena takes blocks from an allocator that the caller may supply, so that tests can make the
 * n-th allocation fail and a service can cap a job's memory. Pieces are zeroed and aligned for any
 * type. Nothing in an arena is freed singly. Not safe for use by two threads at once. */
#ifndef AZ_ARENA_H
#define AZ_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct az_allocator {
    void *(*take)(void *data, size_t size); /* NULL when there is no memory */
    void (*give)(void *data, void *block);
    void *data;
};

struct az_arena;

/* A new arena. allocator: copied; NULL means malloc and free. NULL when there is no memory. */
struct az_arena *az_arena_new(const struct az_allocator *allocator);

/* Frees the arena and everything taken from it. NULL is allowed. */
void az_arena_free(struct az_arena *arena);

/* Takes back everything taken from the arena and keeps one block for what comes next: for scratch
 * that is used over and over. NULL is allowed. */
void az_arena_empty(struct az_arena *arena);

/* size zeroed bytes, or NULL. A size of 0 gives a valid pointer that must not be read. */
void *az_arena_take(struct az_arena *arena, size_t size);

/* count items of size bytes each, zeroed; NULL also when the product overflows. */
void *az_arena_array(struct az_arena *arena, size_t count, size_t size);

/* Grows an array taken from the arena: copies used items into a new piece of capacity items. */
void *az_arena_grow(struct az_arena *arena, const void *items, size_t used, size_t capacity,
                    size_t size);

/* Copies of text. NULL when there is no memory, or when text is NULL. */
char *az_arena_text(struct az_arena *arena, const char *text);
char *az_arena_text_n(struct az_arena *arena, const char *text, size_t length);
char *az_arena_format(struct az_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *az_arena_format_list(struct az_arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Bytes held from the allocator. */
size_t az_arena_bytes(const struct az_arena *arena);

/* One zeroed item, or n of them, of a type. */
#define AZ_NEW(arena, type) ((type *)az_arena_take((arena), sizeof(type)))
#define AZ_ARRAY(arena, count, type) ((type *)az_arena_array((arena), (count), sizeof(type)))

#endif
