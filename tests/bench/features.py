#!/usr/bin/env python3
"""Does each feature of the Matsumoto day bind: features.py AZUMI INSTANCE WORK [SECONDS [GAP]]

Solves the day as it is, then without one feature after the other, and prints both intervals of
bound and objective. Where they do not meet, the optima differ, by at least the distance between
them. Exit status 1 where that cannot be said of a feature.
"""
import copy
import json
import subprocess
import sys


def named(document, items, name):
    return next(item for item in document[items] if item["id"] == name)


def without(document, items, name):
    document[items] = [item for item in document[items] if item["id"] != name]


def free_of_demand(d):
    for connection in d["connections"]:
        del connection["demand_charge_jpy_per_kw"], connection["demand_floor_kw"]


def free_of_water(d):
    for unit in d["units"]:
        for member in ("pond", "water_no_load_kw", "water_factor"):
            unit.pop(member, None)
    del d["ponds"], d["state"]["ponds"]


def free_of_steps(d):
    for load in d["loads"]:
        load.pop("steps", None)


def without_fleet(d):
    without(d, "batteries", "shared-evs")
    del d["state"]["batteries"]["shared-evs"]


def without_fault(d):
    line = named(d, "lines", "line-azusa")
    del line["emergency_kw"], line["armable"]


def pumped_at_once(d):
    run = d["shiftables"][0]
    hours = len(run["run_kw"]) * d["slot_minutes"] / 60
    end = 6 * 60 + round(hours * 60)
    run["latest_end"] = "2026-01-21T%02d:%02d:00+09:00" % (end // 60, end % 60)


# What is taken away; where a feature earns a fixed sum, that stays.
FEATURES = [
    ("contract demand", free_of_demand),
    ("bank limit", lambda d: without(d, "lines", "bank-mountain")),
    ("N-1 of the line", without_fault),
    ("survival of outages", lambda d: (d.pop("survivals"), d.pop("outlook"))),
    ("pond", free_of_water),
    ("shared cars", without_fleet),
    ("their reservations", lambda d: named(d, "batteries", "shared-evs").pop("reservations")),
    ("demand response",
     lambda d: named(d, "commitments", "dr-evening")["terms"].update(reduce_kw=0)),
    ("sold capacity",
     lambda d: named(d, "commitments", "balancing-morning")["terms"].update(kw=0.001)),
    ("choice of the pumping time", pumped_at_once),
    ("computing hall", lambda d: d.pop("flexible_loads")),
    ("CO2 price", lambda d: d.pop("co2")),
    ("local share", lambda d: d.pop("local")),
    ("interruptible steps", free_of_steps),
    ("reserve", lambda d: named(d, "grids", "mountain").pop("reserve_up_kw")),
    ("reserve share, mountain",
     lambda d: named(d, "batteries", "battery-mountain").update(reserve_share=0.05)),
    ("end rule, town", lambda d: named(d, "batteries", "battery-town").update(end_share=0.05)),
]


def solve(azumi, document, work, seconds, gap):
    path = work + "/feature.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    command = [azumi, "solve", path, "--json", "--quiet", "--time", seconds, "--gap", gap]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1, 5):
        sys.exit("features.py: azumi solve ends with %d" % run.returncode)
    answer = json.loads(run.stdout)
    return answer["bound"], answer["objective"], answer["seconds"]


def main():
    azumi, instance, work = sys.argv[1:4]
    seconds = sys.argv[4] if len(sys.argv) > 4 else "60"
    gap = sys.argv[5] if len(sys.argv) > 5 else "0.0001"
    with open(instance, encoding="utf-8") as file:
        day = json.load(file)
    low, high, took = solve(azumi, day, work, seconds, gap)
    head = ("sample without", "bound", "objective", "differs by", "seconds")
    print("%-28s %12s %12s %10s %8s" % head)
    print("%-28s %12.0f %12.0f %10s %8.1f" % ("(as it is)", low, high, "", took))
    unclear = 0
    for name, remove in FEATURES:
        changed = copy.deepcopy(day)
        remove(changed)
        bound, objective, took = solve(azumi, changed, work, seconds, gap)
        apart = max(low - objective, bound - high)
        unclear += apart <= 0
        differs = "%.0f" % apart if apart > 0 else "unclear"
        print("%-28s %12.0f %12.0f %10s %8.1f" % (name, bound, objective, differs, took),
              flush=True)
    sys.exit(1 if unclear else 0)


if __name__ == "__main__":
    main()
