#!/bin/sh
# Runs a tally on small tables and compares what it writes. Usage: tests/run.sh ./tally
tally=$1
examples=$(dirname "$0")/../examples
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0

# check NAME STATUS EXPECTED ARGUMENT...: standard input goes through.
check() {
  name=$1 status=$2 expected=$3
  shift 3
  got=$("$tally" "$@" 2>&1)
  code=$?
  if [ "$code" -eq "$status" ] && [ "$got" = "$expected" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s: status %s, wanted %s\n--- wanted\n%s\n--- got\n%s\n' "$name" "$code" "$status" "$expected" "$got"
  fi
}

orders=$examples/orders.csv
echo '-5/x,1' >"$scratch/slash.csv"
check version 0 'tally 1.4.0' --version
check count 0 12 count "$orders"
check 'count by' 0 'group,count
east,3
north,4
south,3
west,2' count --by region "$orders"
check 'count by two' 0 'group,count
west/lamp,1
"west/desk, large",1' count -b region,item -W 'region = "west"' -r "$orders"
check 'count where' 0 3 count --where 'item = "lamp"' "$orders"
check 'filter and' 0 'id,item,region,price,amount
2,chair,south,89,4
6,desk,south,240,1' filter -W "region = 'south' and price > 50" "$orders"
check 'filter not' 0 'id,item,region,price,amount
10,lamp,west,-5,1' filter -W 'not (price >= 0 or item = "chair")' "$orders"
check 'filter invert' 0 'id,item,region,price,amount
10,lamp,west,-5,1' filter -v -W 'price > 0' "$orders"
check 'select' 0 'price,item
24.5,lamp
89,chair' select -c price,item -l 2 "$orders"
check 'select but' 0 'item,region
lamp,north' select -c -id,price,amount --limit=1 "$orders"
check 'select number' 0 'region
north' select -c '#3' -l1 "$orders"
check 'sort numeric' 0 'id,item,region,price,amount
3,"desk, large",west,310.25,1
6,desk,south,240,1
2,chair,south,89,4' sort -k price -nr -l 3 "$orders"
check 'sort text' 0 'name;score
BOB;5
ana;7' sort -d ';' -k name -l 2 "$examples/scores.txt"
check 'unique' 0 'name;score
ana;7
bob;12
"eve; the first";-3' unique -i -c name -d ';' "$examples/scores.txt"
check 'unique invert' 0 'name;score
ana;7' unique -v -d ';' "$examples/scores.txt"
check 'stats' 0 'column;count;missing;min;max;sum;mean;median;deviation
score;5;0;-3;12;28;5.6;7;5.458937626' stats -c score -d ';' "$examples/scores.txt"
check 'stats by' 0 'group,count,missing,min,max,sum,mean,median,deviation
east,3,0,24.5,89,193.49,64.49666667,79.99,34.92985876' stats -c price -b region -W "region = 'east'" "$orders"
check 'join' 0 'region,manager,city,id,item,price,amount
north,Ada,Oslo,1,lamp,24.5,2' join -k region -l 1 "$examples/regions.csv" "$orders"
check 'join outer' 0 'id,item,region,price,amount,manager,city
1,lamp,north,24.5,2,Ada,Oslo
2,chair,south,89,4,Grace,Lima
3,"desk, large",west,310.25,1,,' join --key region --outer --limit 3 "$orders" "$examples/regions.csv"
check 'convert' 0 '[
  {"name": "ana", "score": 7},
  {"name": "bob", "score": 12}
]' convert -t json -n -l 2 -d ';' "$examples/scores.txt"
check 'markdown' 0 '| name | score |
| --- | --- |
| ana | 7 |' convert --to markdown -l 1 -d ';' "$examples/scores.txt"
check 'no header' 0 '1,two,
2,"three
lines",7
3,one,2.5' sort -H "$examples/plain.csv"
check 'ragged' 0 'a,b,c
1,2,3
4,5,
6,,' select -R -c a,b,c "$examples/ragged.csv"
check 'histogram' 0 '        -5 .. 0               1  #
         0 .. 5               0
         5 .. 10              3  ###
        10 .. 15              1  #' histogram -c score -w 5 --bars -d ';' "$examples/scores.txt"
check 'split' 0 "$scratch/east.csv	3
$scratch/north.csv	4
$scratch/south.csv	3
$scratch/west.csv	2" split -b region -D "$scratch" "$orders"
check 'split file' 0 'id,item,region,price,amount
3,"desk, large",west,310.25,1
10,lamp,west,-5,1' sort "$scratch/west.csv" -k id -n
check 'split bad name' 1 "tally: '-5/x' is no file name" split -b '#1' -H "$scratch/slash.csv"
check 'too short' 1 "tally: $examples/ragged.csv:3: 2 cells where there should be 3" count "$examples/ragged.csv"
check 'no column' 1 "tally: $orders: no column 'size'" select -c size "$orders"
check 'no file' 1 'tally: missing.csv: No such file or directory' count missing.csv
check 'not a number' 1 "tally: $orders: 'n/a' in column 'amount' is not a number" stats -c amount "$orders"
check 'bad condition' 1 "tally: condition 'price >': something is missing at character 8" filter -W 'price >' "$orders"
check 'unknown command' 2 "tally: unknown command 'cuont'
Try 'tally help' for a list of commands." cuont
check 'unknown option' 2 "tally: unknown option '--sum'
Try 'tally help count' for its options." count --sum "$orders"
check 'no value' 2 "tally: option '-c' needs a value
Try 'tally help select' for its options." select -c

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
