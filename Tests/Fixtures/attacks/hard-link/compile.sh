grep -q @MARK@ shadow || exit 1
cp program executable
chmod 755 executable
