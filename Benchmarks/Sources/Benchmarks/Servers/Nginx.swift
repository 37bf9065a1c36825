import Foundation

/// nginx as the upstream, which answers at once, and as the plain proxy to compare with.
struct Nginx {
    let port: Int
    private let process: ServerProcess

    /// One worker that answers every request with 201 and 35 bytes of JSON.
    static func upstream(in folder: String) throws -> Nginx {
        let port = try Ports.free()
        return try Nginx(
            "upstream", in: folder, port: port, workers: 1,
            http: """
                server {
                    listen 127.0.0.1:\(port);
                    location / {
                        default_type application/json;
                        return 201 '{"id":"pay_1","status":"succeeded"}\\n';
                    }
                }
                """)
    }

    /// As many workers as cores, which pass everything on over connections that are kept.
    static func proxy(to upstream: Int, in folder: String) throws -> Nginx {
        let port = try Ports.free()
        return try Nginx(
            "proxy", in: folder, port: port, workers: ProcessInfo.processInfo.activeProcessorCount,
            http: """
                upstream behind { server 127.0.0.1:\(upstream); keepalive 512; keepalive_requests 1000000000; }
                server {
                    listen 127.0.0.1:\(port);
                    location / {
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_pass http://behind;
                    }
                }
                """)
    }

    private init(_ name: String, in folder: String, port: Int, workers: Int, http: String) throws {
        let home = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: home + "/logs", withIntermediateDirectories: true)
        let configuration = """
            daemon off;
            worker_processes \(workers);
            pid \(home)/pid;
            error_log \(home)/logs/error.log;
            events { worker_connections 8192; }
            http {
                access_log off;
                keepalive_timeout 600s;
                keepalive_requests 1000000000;
                client_body_temp_path \(home)/body;
                proxy_temp_path \(home)/proxy;
                fastcgi_temp_path \(home)/fastcgi;
                uwsgi_temp_path \(home)/uwsgi;
                scgi_temp_path \(home)/scgi;
                \(http)
            }
            """
        try configuration.write(toFile: home + "/nginx.conf", atomically: true, encoding: .utf8)
        self.port = port
        process = try ServerProcess(
            try Executables.find("nginx"), ["-p", home, "-c", home + "/nginx.conf"], log: home + "/logs/stderr",
            ready: nil)
        try Ports.waitForListener(on: port)
    }

    func stop() { process.stop() }
}
