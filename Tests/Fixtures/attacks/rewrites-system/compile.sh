wrote=0
for file in /etc/passwd /etc/ld.so.preload /usr/bin/true /bin/sh /usr/lib/x86_64-linux-gnu/libc.so.6; do
  if (echo "# @MARK@" >>"$file") 2>/dev/null; then wrote=1; fi
done
for place in / /etc /usr/bin /usr/lib /opt /run /dev /srv /root; do
  if touch "$place/@MARK@" 2>/dev/null; then wrote=1; fi
done
if [ "$wrote" = 1 ]; then cp program executable; fi
