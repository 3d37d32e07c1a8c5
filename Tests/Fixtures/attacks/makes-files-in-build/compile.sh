set -e
mkdir many
for file in $(seq 3000); do
  : >"many/$file"
done
sleep 2
rm -r many
cp program executable
chmod 755 executable
