/* view.h - a plan as neutral figures, for any report, page or terminal to draw.
 *
 * A kind fills a view; who draws it knows nothing of the kind. All memory is the caller's arena. */
#ifndef AZ_VIEW_H
#define AZ_VIEW_H

#include "formulations/fields.h"

struct az_key_number {
    struct az_words label;
    double value;
    const char *unit; /* "JPY", "kWh", "%", ... */
    int decimals;
    struct az_words note; /* may be empty */
};

enum az_mark { AZ_MARK_LINE, AZ_MARK_STEP, AZ_MARK_STACK }; /* STACK: areas on top of each other */

struct az_line {
    struct az_words label;
    const char *role; /* colour by meaning: "load", "hydro", "solar", "thermal", "battery",
                         "import", "export", "converter", "price", "limit", "demand", "unserved",
                         "trip", "deadhead", "charge", "discharge", "visit", "drive", "wait",
                         "break", "online", "doctor", "pharmacist", "free", "base", "route-1" to
                         "route-6", "other", and the sources of energy by their names */
    enum az_mark mark;
    int axis;       /* 0 left, 1 right */
    double *values; /* [count of the chart]; may be negative; NAN is a gap */
};

struct az_chart {
    struct az_words title;
    const char *unit[2];  /* of the two axes; [1] NULL without a right axis */
    struct az_time start; /* of the first value */
    int64_t step_s;       /* slot length */
    size_t count;         /* values per line; boundaries (count = slots + 1) start at `start` too */
    AZ_LIST(struct az_line) lines;
};

/* What a colour of a Gantt or a map stands for. */
struct az_key {
    const char *role;
    bool line; /* a line rather than an area or a point */
    struct az_words label;
};

struct az_bar {
    double from_s, to_s; /* since the Gantt's start */
    const char *role;
    struct az_words label;
    const char *mark; /* a few letters drawn where the label has no room; NULL: none. "": nothing
                         is ever drawn in it */
};

struct az_gantt_row {
    struct az_words label;
    AZ_LIST(struct az_bar) bars;
    bool apart; /* a new group begins: a line is drawn above */
};

struct az_gantt {
    struct az_words title;
    struct az_time start;
    double length_s;
    AZ_LIST(struct az_gantt_row) rows;
    AZ_LIST(struct az_key) keys; /* may be empty */
    bool leads;                  /* the plan itself: drawn before every chart */
    bool daily; /* rows are of several days, told by their labels: only clocks on the axis */
};

/* The earlier of two points keeps its label where both have no room, and lies on top. Those of role
 * "free" are small and named only when pointed at. */
struct az_map_point {
    double latitude, longitude;
    const char *role;
    struct az_words label;
};

struct az_map_line {
    size_t from, to; /* points */
    const char *role;
    struct az_words label;
};

struct az_geo_map {
    struct az_words title;
    AZ_LIST(struct az_map_point) points;
    AZ_LIST(struct az_map_line) lines;
    AZ_LIST(struct az_key) keys; /* may be empty */
    bool half;                   /* one of several: two stand side by side */
};

/* A figure over a number rather than the clock: money by year, one aim against another. */
enum az_plot_mark {
    AZ_PLOT_LINE,
    AZ_PLOT_POINTS, /* each for itself, joined by a thin line in their order */
    AZ_PLOT_SPOTS,  /* each for itself, not joined */
    AZ_PLOT_BAR     /* on top of each other: those of one x, above and below zero */
};

struct az_plot_point {
    double x, y;
    struct az_words label; /* told when pointed at, and beside points; may be empty */
    struct az_words note;  /* of a row: told behind its mark, "60 of 80 kW"; may be empty */
};

struct az_plot_series {
    struct az_words label;
    const char *role;
    enum az_plot_mark mark;
    AZ_LIST(struct az_plot_point) points; /* x increasing, of lines and bars */
};

struct az_plot {
    struct az_words title, x_label, y_label; /* of the axes; may be empty */
    const char *x_unit, *y_unit;             /* NULL: none */
    bool years;                              /* x are years: whole, no thousands, no zero */
    bool wide;                               /* takes the whole width */
    bool rows; /* x are rows 1, 2, ... from the top, named by the one label among the points of a
                  row; y goes to the right; spots of role "limit" are marks of a limit */
    AZ_LIST(struct az_plot_series) series;
};

struct az_cell {
    const char *text;      /* NULL: number is shown; "\n" begins a new line, also in words */
    struct az_words words; /* used when given, before text */
    double number;
    int decimals;
    bool strong;
    /* An identifier: who knows its address and phone draws them below. NULL: of nobody. */
    const char *person;
    const char *reach; /* what az_report_join has found of it: lines; NULL: nothing */
};

/* What a number below zero says. */
enum az_sign {
    AZ_SIGN_COST, /* more costs more: below zero is income */
    AZ_SIGN_GAIN, /* more is better: below zero is a loss */
    AZ_SIGN_PLAIN /* neither */
};

struct az_table_column {
    struct az_words label;
    const char *unit;
    enum az_sign sign;
};

enum az_table_place {
    AZ_TABLE_BODY,
    AZ_TABLE_LEADS,  /* what has to be seen first: drawn before the figures */
    AZ_TABLE_FOLDED, /* for who asks: opened by a click; a terminal leaves it out */
    AZ_TABLE_PAGE,   /* to take along: folded, a page of its own on paper with room to write */
};

/* A line at the head of a page: "Vehicle: clinic van". */
struct az_fact {
    struct az_words label, value;
};

struct az_view_table {
    struct az_words title;
    AZ_LIST(struct az_table_column) columns;
    size_t row_count;
    struct az_cell *cells; /* row-major, row_count * columns.count */
    enum az_table_place place;
    AZ_LIST(struct az_fact) facts; /* of a page */
    bool no_room;                  /* of a page: none to write notes and a signature */
};

/* What the objective is where it is told how good a plan is: "Net present value". */
struct az_aim {
    struct az_words label; /* empty: nothing in particular, a cost */
    struct az_words noun;  /* within a sentence: "a net present value" */
    bool negated;          /* told with its sign turned: a cost that is less a value */
};

struct az_view {
    struct az_words title;
    struct az_aim aim;
    AZ_LIST(struct az_key_number) numbers;
    AZ_LIST(struct az_chart) charts;
    AZ_LIST(struct az_gantt) gantts;
    AZ_LIST(struct az_plot) plots;
    AZ_LIST(struct az_geo_map) maps;
    AZ_LIST(struct az_view_table) tables;
    AZ_LIST(struct az_words) notes; /* assumptions and sources worth reading */
};

#endif
