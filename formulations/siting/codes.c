/* codes.c - the codes of codes.h as data. */
#include "formulations/siting/codes.h"

#define CODE(name, en_, ja_) \
    const struct az_code st_code_##name = { .code = #name, .words = { en_, ja_ } };
ST_CODES(CODE)
#undef CODE

const struct az_code *const st_codes[] = {
#define ENTRY(name, en, ja) &st_code_##name,
    ST_CODES(ENTRY)
#undef ENTRY
        NULL
};
