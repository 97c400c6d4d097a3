/** nginx with one worker: verified TLS and keep-alive upstream, the key added. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort, MEASURED_CORE, stopChild, type Running } from "../lib/process.ts";

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

/** Starts nginx in front of an upstream port. */
export async function startNginx(folder: string, cert: string, upstreamPort: number): Promise<Running> {
  const port = await freePort();
  const configuration = `
daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  keepalive_requests 1000000;
  upstream service { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location /openai/ {
      proxy_pass https://service/; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost;
      proxy_set_header Authorization "Bearer sk-bench-key"; proxy_buffering off;
      proxy_ssl_verify on; proxy_ssl_trusted_certificate ${cert}; proxy_ssl_name localhost; proxy_ssl_server_name on;
    }
  }
}`;
  const file = join(folder, "nginx.conf");
  writeFileSync(file, configuration);
  const begun = performance.now();
  const child = spawn("taskset", ["-c", MEASURED_CORE, "nginx", "-c", file, "-p", folder], { stdio: ["ignore", "ignore", "inherit"] });
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error("nginx ended before it was ready");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { pid: child.pid ?? 0, port, startMs: performance.now() - begun, stop: () => stopChild(child) };
}
