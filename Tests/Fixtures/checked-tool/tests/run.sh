loud=$1
failed=0
check() {
  if [ "$1" != "$2" ]; then
    echo "wanted $1, got $2"
    failed=1
  fi
}
scratch=$(mktemp -d)
check "PIPED" "$(echo piped | $loud)"
check "ONE" "$($loud --lines=1 <data/two.txt)"
check "loud 1.0" "$($loud --version </dev/null)"
check "ONE
TWO" "$($loud data/two.txt)"
check "ABOVE" "$($loud ../above.txt)"
check "ABOVE" "$($loud "$(cd .. && pwd)/above.txt")"
check "DEEP" "$($loud --from="$(pwd)/data/deep" a.txt)"
check "low" "$(echo LOW | LOUD_LOW=1 UNRELATED=1 $loud)"
echo made >"$scratch/in.txt"
$loud -o "$scratch/out.txt" "$scratch/in.txt"
check "MADE" "$(cat "$scratch/out.txt")"
$loud missing.txt 2>/dev/null
check 1 $?
for number in 1 2 3 4; do echo "together $number" | $loud >"$scratch/$number" & done
wait
check "TOGETHER 3" "$(cat "$scratch/3")"
seq 1 20000 >"$scratch/large.txt"
check "20000" "$($loud "$scratch/large.txt" | tail -n 1)"
check "this test fails" "$($loud --version)"
$loud <table.txt >/dev/null
exit $failed
