set -e
for host in localhost 127.0.0.1; do
  exec 3<>"/dev/tcp/$host/@PORT@"
  cat <&3 >executable
  exec 3<&-
done
chmod 755 executable
