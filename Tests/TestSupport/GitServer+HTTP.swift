extension GitServer {
  /// A CGI host for `git http-backend`, in Python.
  static let httpServer = #"""
    import http.server, os, ssl, subprocess, time

    def number(name):
        value = os.environ.get(name)
        return int(value) if value else None

    STALL, RATE, STATUS = number("STALL_AFTER"), number("BYTES_PER_SECOND"), number("STATUS")

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *arguments): pass

        def body(self):
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                data = b""
                while True:
                    size = int(self.rfile.readline().split(b";")[0], 16)
                    chunk = self.rfile.read(size)
                    self.rfile.readline()
                    if size == 0: return data
                    data += chunk
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def serve(self):
            if STATUS:
                self.send_response(STATUS)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path, _, query = self.path.partition("?")
            environment = dict(os.environ, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
                REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""),
                REMOTE_ADDR="127.0.0.1")
            process = subprocess.Popen(["git", "http-backend"], env=environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            output, _ = process.communicate(self.body())
            head, _, content = output.partition(b"\r\n\r\n")
            fields = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
            status = [value for name, value in fields if name == "Status"]
            self.send_response(int(status[0].split()[0]) if status else 200)
            for name, value in fields:
                if name != "Status": self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            step = max(1, RATE // 20) if RATE else 1 << 16
            is_pack = self.path.endswith("git-upload-pack")
            for start in range(0, len(content), step):
                if STALL is not None and is_pack and start + step > STALL:
                    self.wfile.write(content[start:STALL])
                    self.wfile.flush()
                    time.sleep(3600)
                self.wfile.write(content[start:start + step])
                self.wfile.flush()
                if RATE and is_pack: time.sleep(0.05)

        do_GET = do_POST = serve

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if os.environ.get("CERTIFICATE"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.environ["CERTIFICATE"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(os.environ["PORT_FILE"] + "~", "w") as file: file.write("%d\n" % server.server_address[1])
    os.rename(os.environ["PORT_FILE"] + "~", os.environ["PORT_FILE"])
    server.serve_forever()
    """#
}
