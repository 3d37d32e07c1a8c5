mkdir -p bin
cp shim bin/cmp
chmod 755 bin/cmp
cp program executable
chmod 755 executable
