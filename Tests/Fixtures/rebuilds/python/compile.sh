set -e
cp tally.py executable
chmod 755 executable
