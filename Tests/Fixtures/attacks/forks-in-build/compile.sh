set -e
for child in $(seq 150); do
  sleep 60 &
done
kill $(jobs -p)
cp program executable
chmod 755 executable
