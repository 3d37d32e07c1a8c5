set -e
cp tool.bin executable
chmod 755 executable
