set -e
cat program tool.gz >executable
chmod 755 executable
