set -e
cp tally.sh executable
chmod 755 executable
