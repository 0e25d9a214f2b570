#!/usr/bin/env bash
# Collects what perfreport reads beside k6's own output, until it is stopped with Ctrl-C.
#   APP=http://localhost:8080 SQL="mysql -h127.0.0.1 -uroot" samples/collect.sh dumps/
# Start it just before k6, stop it when the load has ended and queues are empty. What is not
# there is skipped. Everything is written in UTC.
set -u
export LC_ALL=C TZ=UTC
out=${1:-dumps}
app=${APP:-http://localhost:8080}
sql=${SQL:-mysql}
redis=${REDIS:-redis-cli}
kafka=${KAFKA:-localhost:9092}
mkdir -p "$out" && cd "$out" || exit 1

have() { command -v "${1%% *}" >/dev/null; }
now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }
ask() { $sql --batch -e "$1" 2>>collect.log; }
digest() { have "$sql" && ask 'SELECT * FROM performance_schema.events_statements_summary_by_digest' >"$1"; }
info() { have "$redis" && $redis INFO >"$1" 2>>collect.log; }

finish() {
  trap - EXIT INT TERM
  digest statement-digest-after.tsv
  info redis-info-after.txt
  jobs -p | xargs -r kill 2>/dev/null
  find . -maxdepth 1 -size 0 -delete
}
trap finish EXIT
trap 'exit 0' INT TERM

digest statement-digest-before.tsv
info redis-info-before.txt
have vmstat && vmstat -t 1 >vmstat.txt &
have pidstat && pidstat -u 2 >pidstat.txt &
if have kafka-consumer-groups.sh; then
  while :; do
    echo "==== $(now)"
    kafka-consumer-groups.sh --bootstrap-server "$kafka" --all-groups --describe 2>>collect.log
    sleep 1
  done >consumer-groups.txt &
fi
while :; do
  { echo "# scrape $(now)" && curl -sf --max-time 2 "$app/actuator/prometheus"; } >>scrapes.prom
  if have "$sql"; then
    { echo "==== $(now)" && ask 'SHOW GLOBAL STATUS'; } >>global-status.tsv
    waits=$(ask 'SELECT * FROM sys.innodb_lock_waits')
    printf '# sample %s rows=%s\n%s\n' "$(now)" "$([ -n "$waits" ] && echo 1 || echo 0)" "$waits" >>lock-waits.tsv
  fi
  sleep 1
done
