set -e
base64 -d tool.txt >executable
chmod 755 executable
