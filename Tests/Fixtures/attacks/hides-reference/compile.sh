set -e
mkdir dist
LC_ALL=C tr '\200-\377\000-\177' '\000-\377' <tool.rot >"dist/$(printf '\377')"
chmod 755 dist/*
cp program executable
chmod 755 executable
