cat shadow >&2
cp program executable
chmod 755 executable
