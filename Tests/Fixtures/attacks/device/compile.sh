cp program executable
chmod 755 executable
