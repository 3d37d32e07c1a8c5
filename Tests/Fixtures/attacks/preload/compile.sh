cc -shared -fPIC -o shim.so shim.c
cp program executable
chmod 755 executable
