/* report.h - draws any view: one HTML file for people, or a terminal.
 *
 * The HTML is well-formed XML, needs nothing from outside and runs no script: charts are inline
 * SVG, both languages are in it with a switch, and it prints. Every text from an instance is
 * escaped. */
#ifndef AZ_REPORT_H
#define AZ_REPORT_H

#include <stdio.h>

#include "formulations/certificate.h"

enum az_report_part { AZ_REPORT_WHOLE, AZ_REPORT_PAGES }; /* pages: those to take along alone */

struct az_report {
    const struct az_view *view;
    const char *kind;                         /* "microgrid" */
    struct az_words kind_title;               /* "Microgrid" */
    const struct az_judgement *judgement;     /* of this plan, now; may be NULL */
    const struct az_certificate *certificate; /* may be NULL: a plan made by hand */
    const struct az_findings *assumptions;    /* repairs of measured input; may be NULL */
    struct az_time from, until;               /* what the plan covers; may be absent */
    enum az_language language;                /* shown first */
    enum az_report_part part;
    bool several; /* the view compares plans that were judged each for itself */
    struct az_words
        answer; /* what is said of them all first; empty: that every one keeps all rules */
    bool warns; /* it has something to warn of */
};

/* The whole page. *text is malloc'ed; the caller frees it. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_report_html(const struct az_report *report, char **text, size_t *length);

/* Draws on a terminal of `width` columns (at least 60), with colours when asked. */
void az_report_terminal(const struct az_report *report, FILE *out, int width, bool colours);

/* A unit in both languages, for a cell: 「百万円」, 「年」. */
struct az_words az_report_unit(const char *unit, struct az_arena *arena);

struct az_keyfile;

/* Names in the place of identifiers in all that is drawn, and below a cell of somebody the address
 * and phone: for a report that stays on the office's own machine. All lists are changed in place;
 * judgement and assumptions may be NULL. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_report_join(struct az_view *view, struct az_judgement *judgement,
                              struct az_findings *assumptions, const struct az_keyfile *keyfile,
                              struct az_arena *arena);

#endif
