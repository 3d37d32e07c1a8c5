set -e
mkdir dist
cp tool.txt dist/
cp program executable
chmod 755 executable
