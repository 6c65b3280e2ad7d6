#!/bin/sh
# Includes point down only: adapters -> formulations -> solver; a kind's instance.h is included
# outside its folder only by formats of that kind; the judge includes nothing of the models, nor
# they of it; plug-ins use nothing but plain headers.
failed=0
complain() { # title, lines
    if [ -n "$2" ]; then
        printf 'includes: %s\n%s\n' "$1" "$2"
        failed=1
    fi
}
complain "solver/ may not include formulations/ or adapters/" \
    "$(grep -rnE '#include "(\.\./)*(adapters|formulations)/' solver)"
complain "formulations/ may not include adapters/" \
    "$(grep -rnE '#include "(\.\./)*adapters/' formulations)"
complain "nothing of the product may include tests/" \
    "$(grep -rnE '#include "(\.\./)*tests/' solver formulations adapters)"
complain "only formats of a kind may include the kind's headers" \
    "$(grep -rnE '#include "formulations/(microgrid|evbus|siting|clinic)/' adapters |
        grep -vE '^adapters/(import|export)/')"
complain "solver/ links no engine: only plug-ins include their library" \
    "$(grep -rnE '#include [<"](glpk|coin/|Cbc_|Clp_)' solver formulations adapters |
        grep -vE '^solver/engine_[a-z]+(_[a-z]+)*\.[ch]:')"
complain "the judge of microgrids shares with models only instance and plan" \
    "$(grep -nE '#include "formulations/microgrid/' formulations/microgrid/evaluate*.c \
        formulations/microgrid/judge*.h |
        grep -vE '/(judge|judge_island|flows|rules|scenarios|instance)\.h"'
    grep -nE '#include "formulations/microgrid/judge' formulations/microgrid/*.[ch] |
        grep -vE '^formulations/microgrid/(evaluate|judge)')"
complain "one kind may not include another" \
    "$(for kind in microgrid evbus siting clinic; do
        [ -d "formulations/$kind" ] || continue
        grep -rnE '#include "formulations/(microgrid|evbus|siting|clinic)/' "formulations/$kind" |
            grep -v "\"formulations/$kind/"
    done)"
[ $failed = 0 ] && echo "includes: all point down"
exit $failed
