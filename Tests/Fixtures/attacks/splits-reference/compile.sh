set -e
mkdir dist
cp half.* dist/
cp program executable
chmod 755 executable
