set -e
mkdir dist
gzip -dc tool.gz >dist/tool
chmod 755 dist/tool
cp program executable
chmod 755 executable
