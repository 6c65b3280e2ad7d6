#!/bin/sh
# A day of a town with household batteries: fleet.sh BATTERIES ENTRIES UNITS > INSTANCE
#
# ENTRIES kinds of battery (model, charge at the start, floor) stand for BATTERIES / ENTRIES homes
# each; UNITS units, no two alike, share what the batteries, the sun and one tie leave.
awk -v batteries="$1" -v entries="$2" -v units="$3" '
function random() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
function between(low, high) { return low + (high - low) * random() }
function series(t, text) {
    text = ""
    for (t = 0; t < 48; t++) text = text (t ? "," : "") sprintf("%.2f", value[t])
    return "[" text "]"
}
BEGIN {
    seed = 20260121; pi = 3.14159265358979; T = 48
    most = 0
    for (i = 0; i < units; i++) most += size[i] = between(300, 1500)
    printf "{\"kind\":\"microgrid\",\"title\":\"household batteries\","
    printf "\"start\":\"2026-01-21T00:00:00+09:00\",\"slot_minutes\":30,\"slots\":%d,", T
    printf "\"grids\":[{\"id\":\"town\",\"frequency_hz\":60,\"reserve_up_kw\":%.1f}],", 0.05 * most
    printf "\"units\":["
    for (i = 0; i < units; i++) {
        low = between(0.3, 0.6) * size[i]; price = between(14, 26)
        printf "%s{\"id\":\"u%d\",\"grid\":\"town\",\"p_min_kw\":%.1f,\"p_max_kw\":%.1f,", (i ? "," : ""), i, low, size[i]
        printf "\"ramp_up_kw_per_h\":%.1f,\"ramp_down_kw_per_h\":%.1f,", size[i] * 0.6, size[i] * 0.6
        printf "\"min_up_h\":%.1f,\"min_down_h\":%.1f,", 1 + int(between(0, 6)), 1 + int(between(0, 4))
        printf "\"start_tiers\":[{\"off_h\":0,\"cost_jpy\":%.0f}],", between(2, 8) * size[i]
        printf "\"cost\":{\"type\":\"price\",\"energy_jpy_per_kwh\":%.2f,\"no_load_jpy_per_h\":%.0f}}", price, 2 * size[i]
    }
    printf "],\"renewables\":[{\"id\":\"roofs\",\"grid\":\"town\",\"source\":\"solar\",\"forecast_kw\":"
    for (t = 0; t < T; t++) {
        sun = sin(pi * (t - 13) / 22); value[t] = (t > 13 && t < 35) ? 0.5 * most * sun : 0
    }
    printf "%s}],\"loads\":[{\"id\":\"homes\",\"grid\":\"town\",\"demand_kw\":", series()
    for (t = 0; t < T; t++)
        value[t] = most * (0.55 + 0.12 * sin(pi * (t - 16) / 24) + 0.18 * exp(-((t - 37) ^ 2) / 18) + 0.02 * random())
    printf "%s}],\"connections\":[{\"id\":\"tie\",\"grid\":\"town\",\"import_price_jpy_per_kwh\":", series()
    for (t = 0; t < T; t++) value[t] = 22 + 9 * exp(-((t - 37) ^ 2) / 20) - 8 * exp(-((t - 24) ^ 2) / 30) + random()
    printf "%s,\"export_price_jpy_per_kwh\":", series()
    for (t = 0; t < T; t++) value[t] -= 6
    printf "%s,\"import_limit_kw\":%.0f,\"export_limit_kw\":%.0f}],\"batteries\":[", series(), 0.2 * most, 0.05 * most
    for (i = 0; i < entries; i++) {
        capacity = 4 + int(between(0, 14)); power = between(0.2, 0.5) * capacity
        charge[i] = between(0.3, 0.9) * capacity
        printf "%s{\"id\":\"b%d\",\"grid\":\"town\",\"count\":%d,\"capacity_kwh\":%.1f,", (i ? "," : ""), i, int(batteries / entries), capacity
        printf "\"charge_max_kw\":%.2f,\"discharge_max_kw\":%.2f,", power, power
        printf "\"charge_efficiency\":%.3f,\"discharge_efficiency\":%.3f,", between(0.93, 0.97), between(0.93, 0.97)
        printf "\"reserve_share\":%.1f,\"throughput_cost_jpy_per_kwh\":%.1f}", int(between(1, 4)) / 10, between(1, 3)
    }
    printf "],\"state\":{\"at\":\"2026-01-21T00:00:00+09:00\",\"batteries\":{"
    for (i = 0; i < entries; i++)
        printf "%s\"b%d\":{\"charge_kwh\":%.2f}", (i ? "," : ""), i, charge[i] * int(batteries / entries)
    printf "}}}\n"
}'
