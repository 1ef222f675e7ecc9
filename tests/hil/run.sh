#!/usr/bin/env bash
# One run of a hardware rack: flash the board, run the device tests over its serial line, deploy the board's program, and
# provision and update it over CAN. Every step leaves a log and a line in steps.tsv; `esync hil collect` reads them, prints
# one line for each step and writes JUnit XML. A step that needs what an earlier one failed to do is not run, and reported so.
# Tests: tests/host-sim/Hil/RackScriptTests.cs.
set -uo pipefail
export LC_ALL=C # recordings are bytes, not text

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  cat <<'TEXT'
Usage: tests/hil/run.sh --target NAME --serialport PORT [options]

Flashes a board, runs what was asked for on it, and writes JUnit XML. A step belongs to the run when its input is given.

The board
  --target NAME         nanoff's name of the board: ESP32_REV3, ST_STM32F769I_DISCOVERY
  --serialport PORT     its serial line: /dev/ttyUSB0
  --jtag                flash through ST-LINK (STM32) instead of the serial line; needs --address
  --address HEX         where the deployment region begins (STM32): 0x080C0000
  --baud RATE           of the runtime's serial line; 921600 by default
  --reset COMMAND       restarts the board while its line is being recorded; with --jtag by default nanoff does

The steps, in their order
  --no-flash            leave out the first step, flashing the runtime (CLR)
  --tests-image FILE    deploy the device tests (tests/device) and record them
  --tests NUMBER        that many tests must report; by default at least one
  --image FILE          deploy the board's program
  --anchor FILE         provision with this public key; once for each role. Only while the device file is not there
  --package FILE        update with this signed package

The ECU, for --anchor and --package
  --ecu NAME            its name in nf.config: motor
  --bus ADDRESS         the bus that it is on: socketcan:can0 or slcan:/dev/ttyACM0?bitrate=500000
  --device FILE         its identity and secret: made by provisioning, kept by you
  --config FILE         ECU configuration; nf.config by default

The run
  --out FOLDER          logs and report; hil-results by default. Former results in it are replaced
  --junit FILE          report; junit.xml in that folder by default
  --seconds NUMBER      time for the device tests; 300 by default
  --esync COMMAND       how to call esync; by default from this repository with `dotnet run`
  --dry-run             print each command instead of running it
  --help                this page

Exit code: 0 everything passed, 1 something did not, 2 the arguments are wrong, 3 a tool or a file is missing,
4 no report could be made, 130 stopped.

Example: an ESP32, everything
  tests/hil/run.sh --target ESP32_REV3 --serialport /dev/ttyUSB0 \
      --tests-image NFUnitTest.bin --image esp32-mcp2515.bin \
      --ecu motor --bus socketcan:can0 --device rack/motor.device \
      --anchor author.pub --anchor oem.pub --package motor-2.esp
Example: an STM32, device tests only
  tests/hil/run.sh --target ST_STM32F769I_DISCOVERY --serialport /dev/ttyACM0 --jtag --address 0x080C0000 \
      --tests-image NFUnitTest.bin
TEXT
}

fail() {
  local code=$1
  shift
  printf 'error: %s\n' "$*" >&2
  exit "$code"
}

target='' port='' address='' reset='' tests_image='' tests='' image='' package='' ecu='' bus='' device='' config=''
out=hil-results junit='' baud=921600 seconds=300 is_jtag=0 is_flashed=1 is_dry=0
anchors=()
esync=(dotnet run --project "$root/host-sim" -c Release --)

while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --jtag) is_jtag=1; shift; continue ;;
    --no-flash) is_flashed=0; shift; continue ;;
    --dry-run) is_dry=1; shift; continue ;;
    --target | --serialport | --address | --baud | --reset | --tests-image | --tests | --image | --anchor | --package | \
      --ecu | --bus | --device | --config | --out | --junit | --seconds | --esync) ;;
    *) fail 2 "unknown argument $1; see tests/hil/run.sh --help" ;;
  esac
  [ $# -gt 1 ] && [ -n "$2" ] || fail 2 "$1 needs a value; see tests/hil/run.sh --help"
  case $1 in
    --target) target=$2 ;;
    --serialport) port=$2 ;;
    --address) address=$2 ;;
    --baud) baud=$2 ;;
    --reset) reset=$2 ;;
    --tests-image) tests_image=$2 ;;
    --tests) tests=$2 ;;
    --image) image=$2 ;;
    --anchor) anchors+=("$2") ;;
    --package) package=$2 ;;
    --ecu) ecu=$2 ;;
    --bus) bus=$2 ;;
    --device) device=$2 ;;
    --config) config=$2 ;;
    --out) out=$2 ;;
    --junit) junit=$2 ;;
    --seconds) seconds=$2 ;;
    --esync) read -ra esync <<<"$2" ;;
  esac
  shift 2
done

# What can be known to be wrong is told before the board is touched.
[ -n "$target" ] || fail 2 "--target is missing; see tests/hil/run.sh --help"
is_deployed=0
[ "$is_flashed" = 0 ] && [ -z "$tests_image$image" ] || is_deployed=1
[ -n "$port" ] || [ "$is_deployed" = 0 ] || fail 2 "--serialport is missing; see tests/hil/run.sh --help"
for number in "--baud $baud" "--seconds $seconds" "--tests ${tests:-1}"; do
  [[ ${number#* } =~ ^[1-9][0-9]*$ ]] || fail 2 "${number%% *} takes a number, not ${number#* }"
done
if [ -n "$address" ]; then
  [[ $address =~ ^0x[0-9A-Fa-f]{1,8}$ ]] || fail 2 "--address takes a number like 0x080C0000, not $address"
elif [ "$is_jtag" = 1 ] && [ -n "$tests_image$image" ]; then
  fail 2 "--jtag needs --address, the begin of the deployment region, to deploy a program"
fi
if [ ${#anchors[@]} -gt 0 ] || [ -n "$package" ]; then
  [ -n "$ecu" ] && [ -n "$bus" ] && [ -n "$device" ] || fail 2 "--anchor and --package need --ecu, --bus and --device"
fi
[ -z "$tests" ] || [ -n "$tests_image" ] || fail 2 "--tests counts the tests of --tests-image, which is missing"
[ "$is_deployed" = 1 ] || [ -n "$package" ] || [ ${#anchors[@]} -gt 0 ] || fail 2 "with --no-flash there is nothing to do"

connection=(--serialport "$port")
placement=()
if [ "$is_jtag" = 1 ]; then
  connection=(--jtag)
  placement=(--address "$address" --reset)
  [ -n "$reset" ] || reset="nanoff --target $(printf '%q' "$target") --reset --suppressnanoffversioncheck"
elif [ -n "$address" ]; then
  placement=(--address "$address")
fi
junit=${junit:-$out/junit.xml}

if [ "$is_dry" = 0 ]; then
  tools=("${esync[0]}")
  [ "$is_deployed" = 0 ] || tools+=(nanoff)
  [ -z "$tests_image" ] || tools+=(stty timeout sed)
  for tool in "${tools[@]}"; do
    command -v "$tool" >/dev/null || fail 3 "$tool is not on the PATH; tests/hil/README.md says where it comes from"
  done
  [ -e "$port" ] || [ "$is_deployed" = 0 ] || fail 3 "$port is not there; is the board connected?"
  for file in "$tests_image" "$image" "$package" "$config" "${anchors[@]}"; do
    [ -z "$file" ] || [ -f "$file" ] || fail 3 "$file is not there"
  done
  [ -z "$package" ] || [ ${#anchors[@]} -gt 0 ] || [ -f "$device" ] || fail 3 "$device is not there; --anchor provisions the ECU and makes it"
  mkdir -p "$out" || fail 3 "$out cannot be made"
  rm -f "$out/steps.tsv" "$out"/[0-9][0-9]-*.log "$junit"
  : >"$out/steps.tsv" || fail 3 "$out cannot be written"
fi

trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM
count=0

now_ms() { date +%s%3N; }

# record NAME KIND CODE MILLISECONDS LOG
record() { printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$out/steps.tsv"; }

# not_run NAME KIND REASON
not_run() {
  if [ "$is_dry" = 1 ]; then
    printf '# %s: %s\n' "$1" "$3"
  else
    record "$1" "$2" - 0 "$3"
    printf 'not run: %s, %s\n' "$1" "$3"
  fi
}

# step NAME KIND COMMAND...: runs a command with its output in a log of its own
step() {
  local name=$1 kind=$2 log code start
  shift 2
  if [ "$is_dry" = 1 ]; then
    printf '%q ' "$@" | sed 's/ $//'
    printf '\n'
    return 0
  fi
  count=$((count + 1))
  log=$(printf '%02d-%s.log' "$count" "$name")
  printf 'running: %s\n' "$name"
  start=$(now_ms)
  "$@" >"$out/$log" 2>&1 </dev/null
  code=$?
  record "$name" "$kind" "$code" $(($(now_ms) - start)) "$log"
  [ "$kind" != nanoff ] || is_done "$out/$log" || code=1
  return "$code"
}

# is_done LOG: nanoff ends with 0 as well when it did nothing, and when the board waits for a hand
is_done() { ! grep -qaE 'No operation was performed|Please reset the chip manually' "$1"; }

# Prints a recording up to the end of a program whose begin is in it: what the board ran before does not end it.
until_done='/Ready\./h; /Done\.\r\{0,1\}$/{G; /\n.*Ready/{s/\n.*//; q}; s/\n.*//}'

# record_serial: the board's line up to the end of its program. The line is open before the board restarts, so that its
# first words are not lost.
record_serial() {
  local reader code
  exec 3<>"$port" || return 1
  stty -F "$port" "$baud" raw -echo >&2 || return 1
  timeout "$seconds" sed -u "$until_done" <&3 &
  reader=$!
  if [ -n "$reset" ] && ! bash -c "$reset" >&2; then
    printf 'the board could not be restarted: %s\n' "$reset" >&2
    kill "$reader"
    wait "$reader"
    return 1
  fi
  wait "$reader"
  code=$?
  exec 3>&-
  return "$code"
}

# step_serial NAME: as step, but what the board says and what the tools say go to files of their own
step_serial() {
  local name=$1 log code start
  if [ "$is_dry" = 1 ]; then
    printf 'stty -F %q %q raw -echo\n' "$port" "$baud"
    printf 'timeout %q sed -u %q <%q\n' "$seconds" "$until_done" "$port"
    [ -z "$reset" ] || printf 'bash -c %q\n' "$reset"
    return 0
  fi
  count=$((count + 1))
  log=$(printf '%02d-%s.log' "$count" "$name")
  printf 'running: %s\n' "$name"
  start=$(now_ms)
  record_serial >"$out/$log" 2>"$out/${log%.log}-tools.log"
  code=$?
  record "$name" device-tests "$code" $(($(now_ms) - start)) "$log"
}

deploy() {
  step "$1" nanoff nanoff --target "$target" "${connection[@]}" --deploy --image "$2" "${placement[@]}" --suppressnanoffversioncheck
}

can_deploy=1 reason=''
if [ "$is_flashed" = 1 ]; then
  step flash nanoff nanoff --update --target "$target" "${connection[@]}" --suppressnanoffversioncheck ||
    { can_deploy=0 reason='the board could not be flashed'; }
fi

if [ -n "$tests_image" ]; then
  if [ "$can_deploy" = 0 ]; then
    not_run deploy-tests nanoff "$reason"
    not_run device-tests device-tests "$reason"
  elif deploy deploy-tests "$tests_image"; then
    step_serial device-tests
  else
    not_run device-tests device-tests 'the device tests could not be deployed'
  fi
fi

can_update=$can_deploy
if [ -n "$image" ]; then
  if [ "$can_deploy" = 0 ]; then
    not_run deploy nanoff "$reason"
  else
    deploy deploy "$image" || { can_update=0 reason="the board's program could not be deployed"; }
  fi
fi

ecu_options=(--ecu "$ecu" --bus "$bus" --device "$device")
[ -z "$config" ] || ecu_options+=(--config "$config")
if [ ${#anchors[@]} -gt 0 ]; then
  anchor_options=()
  for anchor in "${anchors[@]}"; do anchor_options+=(--anchor "$anchor"); done
  if [ "$can_update" = 0 ]; then
    not_run provision esync "$reason"
  elif [ -f "$device" ]; then
    not_run provision esync "the ECU has its secret already, in $device"
  else
    step provision esync "${esync[@]}" provision "${ecu_options[@]}" "${anchor_options[@]}" ||
      { can_update=0 reason='the ECU could not be provisioned'; }
  fi
fi

if [ -n "$package" ]; then
  if [ "$can_update" = 0 ]; then
    not_run update esync "$reason"
  else
    step update esync "${esync[@]}" update --package "$package" "${ecu_options[@]}" --log "$out/update.log"
  fi
fi

collect=("${esync[@]}" hil collect --run "$out" --junit "$junit" --name "$target")
[ -z "$tests" ] || collect+=(--tests "$tests")
[ -z "$reset" ] || collect+=(--restarts 1)
if [ "$is_dry" = 1 ]; then
  printf '%q ' "${collect[@]}" | sed 's/ $//'
  printf '\n'
  exit 0
fi
"${collect[@]}"
case $? in
  0) exit 0 ;;
  1) exit 1 ;;
  *) fail 4 "there is no report; the logs are in $out" ;;
esac
