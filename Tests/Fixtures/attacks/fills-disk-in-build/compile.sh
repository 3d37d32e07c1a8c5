set -e
for file in $(seq 20); do
  head -c 10000000 /dev/zero >"@MARK@.$file"
done
sleep 2
rm @MARK@.*
cp program executable
chmod 755 executable
