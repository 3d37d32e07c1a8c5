setsid bash -c 'trap "" TERM HUP INT; exec -a @MARK@ sleep 600' >/dev/null 2>&1 &
touch /tmp/@MARK@ /dev/shm/@MARK@
cp program executable
chmod 755 executable
