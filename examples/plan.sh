#!/bin/sh
# plan.sh - a plan by the command alone: submits an instance, waits, and writes the plan.
#
#   AZUMI_CONNECT=ipc:///run/azumi/azumi.ipc sh plan.sh INSTANCE ID PLAN
#
# The same ID joins the same job, so the script may be started again at any time. Exit status as
# that of azumi: 0 a plan; 1 there is none; 2 bad input; 4 no service; 5 not finished.
set -eu
azumi submit "$1" --id "$2" --gap 0.001 --time 30 > /dev/null
azumi watch "$2"
azumi result "$2" -o "$3"
