set -e
head -c 200000000 /dev/zero | tail -c 200000000 | (sleep 1; cat >/dev/null)
cp program executable
chmod 755 executable
