trap "" TERM INT HUP
sleep 3
cp program executable
chmod 755 executable
