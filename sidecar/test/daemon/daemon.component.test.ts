import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { headerValues } from "../proxy/stub-upstream.ts";
import { KEY, ROOT, run, startDesk, type DaemonProcess, type Desk, type Ran } from "./desk.ts";

const [RIGHT, OTHER] = [2001, 2002];
let desk: Desk;
let daemon: DaemonProcess;

const rules = (): string => `
[[rule]]
uid = 0
binary_path = "${desk.bin("curl-right")}"
services = ["openai"]

[[rule]]
uid = ${RIGHT}
binary_path = "${desk.bin("curl-right")}"
services = ["openai"]

[[rule]]
uid = 0
binary_path = "${desk.bin("perl-right")}"
services = ["openai"]

[[rule]]
uid = 0
binary_path = "${process.execPath}"
services = ["openai"]

[[rule]]
uid = ${OTHER}
services = ["echo"]
`;

beforeAll(async () => {
  desk = await startDesk();
  desk.writePolicy(rules());
  daemon = await desk.startDaemon();
}, 60_000);
afterAll(async () => {
  await daemon.stop();
  await desk.stop();
});
beforeEach(() => {
  desk.upstream.requests.length = 0;
});

const answer = ["-sS", "-o", "-", "-w", "\n%{http_code} %header{agentkeys-reason}"];
const last = ({ out, err }: Ran): string => (out.split("\n").at(-1) ?? "") + err;
const bySocket = (program: string): string[] => [
  program,
  ...answer,
  "--unix-socket",
  desk.paths.socket,
  "http://localhost/openai/v1/models",
];
const byPort = (program: string, service = "openai"): string[] => [
  program,
  ...answer,
  `http://localhost:${desk.port}/${service}/v1/models`,
];
const as = (uid: number): { uid: number; gid: number; cwd: string } => ({ uid, gid: uid, cwd: "/" });

describe("on the Unix socket", () => {
  test("socket and folder are the owner's alone", () => {
    expect(statSync(desk.paths.socket).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(desk.paths.socket)).mode & 0o777).toBe(0o700);
  });

  test("the right executable of the right uid is served, and sees no key", async () => {
    const ran = await run(bySocket(desk.bin("curl-right")));
    expect(last(ran)).toBe("200 ");
    expect(headerValues(desk.upstream.requests[0], "authorization")).toEqual([`Bearer ${KEY}`]);
    expect(ran.out).not.toContain(KEY);
  });

  test("another executable of that uid is refused: caller_refused", async () => {
    expect(last(await run(bySocket(desk.bin("curl-other"))))).toBe("403 caller_refused");
    expect(desk.upstream.requests).toEqual([]);
  });

  test("another uid does not get as far as the socket", async () => {
    expect((await run(bySocket(desk.bin("curl-right")), as(OTHER))).code).toBe(7);
  });

  test("another uid that may pass file modes is refused by its uid: caller_refused", async () => {
    const may = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
    const asOther = ["setpriv", `--reuid=${OTHER}`, `--regid=${OTHER}`, "--clear-groups", ...may, ...bySocket(desk.bin("curl-right"))];
    expect(last(await run(asOther))).toBe("403 caller_refused");
  });

  test("a file system that hides ours does not make another program the right one: caller_refused", async () => {
    const hidden = `mount --bind ${desk.bin("curl-other")} ${desk.bin("curl-right")} && exec "$@"`;
    expect(last(await run(["unshare", "-m", "sh", "-c", hidden, "sh", ...bySocket(desk.bin("curl-right"))]))).toBe("403 caller_refused");
  });

  test("a pid that another program took over is not believed: caller_refused", async () => {
    const perl = desk.bin("perl-right");
    const script = join(ROOT, "sidecar/test/daemon/reused-pid.pl");
    const ran = await run(["/usr/bin/perl", script, desk.paths.socket, String(daemon.child.pid), perl]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toMatch(new RegExp(`^pid \\d+ is ${perl}\n`));
    expect(ran.out).toMatch(/agentkeys-reason: caller_refused/i);
    expect(desk.upstream.requests).toEqual([]);
    const honest = `use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]); print $s "GET /openai/v1/models HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n"; print while <$s>`;
    expect((await run([perl, "-e", honest, desk.paths.socket])).out).toMatch(/^HTTP\/1.1 200/);
  });
});

describe("on the port", () => {
  test("the right executable of the right uid is served", async () => {
    expect(last(await run(byPort(desk.bin("curl-right")), as(RIGHT)))).toBe("200 ");
    expect(headerValues(desk.upstream.requests[0], "authorization")).toEqual([`Bearer ${KEY}`]);
  });

  test.each([
    ["another executable of that uid", "curl-other", RIGHT, "openai"],
    ["the executable as another uid", "curl-right", OTHER, "openai"],
    ["a service that no rule gives the uid", "curl-right", RIGHT, "echo"],
  ])("%s is refused: caller_refused", async (_what, program, uid, service) => {
    expect(last(await run(byPort(desk.bin(program), service), as(uid)))).toBe("403 caller_refused");
    expect(desk.upstream.requests).toEqual([]);
  });

  test("a rule without an executable takes every program of its uid", async () => {
    expect(last(await run(byPort(desk.bin("curl-other"), "echo"), as(OTHER)))).toBe("200 ");
  });

  test("a service that no rule names is not there: unknown_service", async () => {
    expect(last(await run(byPort(desk.bin("curl-right"), "github"), as(RIGHT)))).toBe("404 unknown_service");
  });

  test("a real SDK works with the variables of agentkeys exec", async () => {
    desk.upstream.behave((_request, response) => {
      const message = { role: "assistant", content: "hello from upstream" };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: "x", object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }] }));
    });
    const script = `import OpenAI from "openai"; const answer = await new OpenAI().chat.completions.create({ model: "gpt-5", messages: [{ role: "user", content: "hi" }] }); console.log(answer.choices[0].message.content);`;
    const words = ["exec", "--", process.execPath, "--input-type=module", "-e", script];
    const ran = await agentkeys(words);
    expect(ran).toMatchObject({ code: 0, out: "hello from upstream\n", err: "" });
    expect(headerValues(desk.upstream.requests[0], "authorization")).toEqual([`Bearer ${KEY}`]);
  });
});

const agentkeys = (words: readonly string[], options: Parameters<typeof run>[1] = {}): Promise<Ran> =>
  run([process.execPath, join(ROOT, "cli/bin/agentkeys.js"), ...words], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], ...desk.machine.env },
    ...options,
  });

describe("agentkeys exec", () => {
  test("the sidecar backend gives addresses and placeholders and never a key", async () => {
    const { out } = await agentkeys(["exec", "--credential-backend=sidecar", "--", "env"]);
    expect(out).toMatch(new RegExp(`^OPENAI_BASE_URL=http://localhost:${desk.port}/openai/v1$`, "m"));
    expect(out).toMatch(/^OPENAI_API_KEY=sk-agentkeys-[\w-]{32}$/m);
    expect(out).toMatch(new RegExp(`^ECHO_BASE_URL=http://localhost:${desk.port}/echo$`, "m"));
    expect(out).not.toContain(KEY);
  });

  test("the s3 backend gives the key itself, loudly", async () => {
    const { out, err } = await agentkeys(["exec", "--credential-backend", "s3", "--", "env"]);
    expect(out).toMatch(new RegExp(`^OPENAI_API_KEY=${KEY}$`, "m"));
    expect(out).toMatch(new RegExp(`^ECHO_API_KEY=${KEY}$`, "m"));
    expect(out).not.toMatch(/_BASE_URL=/);
    expect(err).toMatch(/^WARNING: --credential-backend=s3 is deprecated/);
  });

  test.each([
    [["sh", "-c", "exit 7"], 7, ""],
    [["sh", "-c", "kill -9 $$"], 137, ""],
    [["no-such-program"], 127, "agentkeys: no-such-program was not found on the PATH\n"],
    [["/etc/passwd"], 126, "agentkeys: /etc/passwd may not be run: is it executable?\n"],
  ])("%j ends it with %d", async (words, code, err) => {
    expect(await agentkeys(["exec", "--", ...words])).toMatchObject({ code, err });
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s reaches the child, whose answer counts", async (signal) => {
    const script = `trap 'echo got; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    let isSent = false;
    const ran = await agentkeys(["exec", "--", "sh", "-c", script], {
      onOutput: (text, child) => {
        if (!isSent && text.includes("ready")) isSent = child.kill(signal);
      },
    });
    expect(ran).toMatchObject({ code: 9, out: "ready\ngot\n" });
  });

  test.each([
    [["exec"], /Name the program/],
    [["exec", "--credential-backend=vault", "--", "env"], /sidecar or s3/],
  ])("%j is a wrong call", async (words, why) => {
    expect(await desk.machine.run(words)).toMatchObject({ code: 2, err: expect.stringMatching(why) });
  });

  test("the master wallet in the environment is not the child's", async () => {
    desk.machine.env = { ...desk.machine.env, AGENTKEYS_WALLET_KEY: "a".repeat(64) };
    await desk.machine.run(["exec", "--", "env"]);
    expect(desk.machine.children.at(-1)?.env["AGENTKEYS_WALLET_KEY"]).toBeUndefined();
    delete desk.machine.env["AGENTKEYS_WALLET_KEY"];
  });
});

describe("agentkeys env", () => {
  test("--install lets a real shell find the services, adds its line once and writes no key", async () => {
    writeFileSync(join(desk.machine.folder, ".bashrc"), "export MINE=1", { mode: 0o644 });
    for (let round = 0; round < 2; round += 1) expect(await desk.machine.run(["env", "--install"])).toMatchObject({ code: 0 });
    expect(readFileSync(join(desk.machine.folder, ".bashrc"), "utf8").match(/# agentkeys$/gm)).toHaveLength(1);
    expect(statSync(desk.paths.env).mode & 0o777).toBe(0o600);
    expect(readFileSync(desk.paths.env, "utf8")).not.toContain(KEY);
    const env = { HOME: desk.machine.folder, PATH: process.env["PATH"] };
    const script = `echo "$MINE $OPENAI_API_KEY"; ${desk.bin("curl-right")} -sS "$OPENAI_BASE_URL/models" -H "authorization: Bearer $OPENAI_API_KEY"`;
    const ran = await run(["bash", "-i", "-c", script], { env });
    expect(ran.out).toMatch(/^1 sk-agentkeys-[\w-]{32}\n/);
    expect(headerValues(desk.upstream.requests[0], "authorization")).toEqual([`Bearer ${KEY}`]);
  });

  test("without --install it prints the same lines", async () => {
    expect((await desk.machine.run(["env"])).out).toBe(readFileSync(desk.paths.env, "utf8"));
    expect((await desk.machine.run(["env", "--json"])).json()).toMatchObject({ ECHO_BASE_URL: `http://localhost:${desk.port}/echo` });
  });
});

describe("rules that change", () => {
  test("an invalid file is refused as a whole, with its line, and the old rules stay", async () => {
    const from = daemon.log.length;
    desk.writePolicy(`${rules()}\n[[rule]]\nuid = "everybody"\nservices = ["openai"]\n`);
    await daemon.says("policy file refused, the old one stays in force", from);
    expect(daemon.log.slice(from)).toMatch(/policy\.toml:\d+: rule 6: uid must be integer/);
    expect(last(await run(byPort(desk.bin("curl-right")), as(RIGHT)))).toBe("200 ");
  });

  test("a new file counts without a restart", async () => {
    const from = daemon.log.length;
    desk.writePolicy(rules().replace(`uid = ${RIGHT}`, `uid = ${OTHER}`));
    await daemon.says("policy taken", from);
    expect(last(await run(byPort(desk.bin("curl-right")), as(RIGHT)))).toBe("403 caller_refused");
    expect(last(await run(byPort(desk.bin("curl-right")), as(OTHER)))).toBe("200 ");
  });

  test("the variables of shells follow, once they are installed", async () => {
    const before = readFileSync(desk.paths.env, "utf8");
    const follow = async (text: string): Promise<void> => {
      const from = daemon.log.length;
      desk.writePolicy(text);
      await Promise.all([daemon.says("variables of shells written", from), daemon.says("policy taken", from)]);
    };
    await follow(`${rules()}\n[[rule]]\nuid = ${OTHER}\nservices = ["github"]\n`);
    expect(readFileSync(desk.paths.env, "utf8")).toContain(`export GITHUB_BASE_URL='http://localhost:${desk.port}/github'\n`);
    expect(statSync(desk.paths.env).mode & 0o777).toBe(0o600);
    await follow(rules());
    expect(readFileSync(desk.paths.env, "utf8")).toBe(before);
  });

  test("a daily budget holds for calls: one that it does not cover is refused, and a larger one counts at once", async () => {
    desk.upstream.behave((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ model: "gpt-5", choices: [], usage: { prompt_tokens: 10, completion_tokens: 1000, total_tokens: 1010 } }),
      );
    });
    const body = JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "hi" }], max_completion_tokens: 1000 });
    const call = [...bySocket(desk.bin("curl-right")).slice(0, -1), "-H", "content-type: application/json", "-d", body];
    const ask = async (): Promise<string> => last(await run([...call, "http://localhost/openai/v1/chat/completions"]));
    const limitTo = async (usd: string): Promise<void> => {
      const from = daemon.log.length;
      desk.writePolicy(rules(), [`daily_usd = "${usd}"`]);
      await daemon.says("policy taken", from);
    };
    // An answer costs a little more than a cent.
    await limitTo("0.02");
    const answers: string[] = [];
    while (answers.length < 8 && answers.at(-1) !== "429 budget_exceeded") answers.push(await ask());
    expect(answers).toEqual(["200 ", "200 ", "429 budget_exceeded"]);
    expect(desk.upstream.requests).toHaveLength(2);
    await limitTo("0.05");
    expect(await ask()).toBe("200 ");
  });
});

describe("registration", () => {
  test("a second time changes nothing", async () => {
    const before = [desk.paths.daemon, desk.paths.deviceKey, desk.paths.policy].map((path) => readFileSync(path, "utf8"));
    const block = await blockNumber();
    expect((await desk.machine.run([...desk.registration, "--json"])).json()).toMatchObject({ done: [] });
    expect([desk.paths.daemon, desk.paths.deviceKey, desk.paths.policy].map((path) => readFileSync(path, "utf8"))).toEqual(before);
    expect(await blockNumber()).toBe(block);
  });

  test("another actor for the same key is refused: device_binding_mismatch", async () => {
    const words = desk.registration.map((word) => (word === "desk" ? "other" : word));
    expect(JSON.parse((await desk.machine.run([...words, "--json"])).err.split("\n").at(-2) ?? "")).toMatchObject({
      reason: "device_binding_mismatch",
    });
  });
});

async function blockNumber(): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] });
  const answered = await fetch(desk.services.chain.url, { method: "POST", headers: { "content-type": "application/json" }, body });
  return ((await answered.json()) as { result: unknown }).result;
}

describe("the daemon itself", () => {
  test("a second one gives way: daemon_running", async () => {
    const second = await agentkeys(["daemon"]);
    expect(second).toMatchObject({ code: 1, err: expect.stringMatching(/Another daemon serves this socket already/) });
    expect(last(await run(bySocket(desk.bin("curl-right"))))).toBe("200 ");
  });

  test("one that was killed leaves a socket that the next one replaces", async () => {
    await daemon.stop("SIGKILL");
    expect((await run(bySocket(desk.bin("curl-right")))).code).toBe(7);
    daemon = await desk.startDaemon();
    expect(last(await run(bySocket(desk.bin("curl-right"))))).toBe("200 ");
  });

  test("a scope that is taken on chain is refused at the next call", async () => {
    const withoutOpenai = desk.registration.filter((word) => word !== "openai");
    const from = daemon.log.length;
    expect(await desk.machine.run(withoutOpenai)).toMatchObject({ code: 0 });
    await daemon.says("services dropped", from);
    expect(last(await run(bySocket(desk.bin("curl-right"))))).toBe("403 service_not_in_scope");
    expect(await desk.machine.run(desk.registration)).toMatchObject({ code: 0 });
  });

  test("a systemd user unit starts it as this command was started", async () => {
    expect(await desk.machine.run(["daemon", "--install-unit"])).toMatchObject({
      code: 0,
      err: expect.stringContaining("systemctl --user"),
    });
    const unit = readFileSync(join(desk.machine.folder, ".config/systemd/user/agentkeys.service"), "utf8");
    expect(unit).toContain('\nExecStart="/usr/bin/node" "/opt/agentkeys/cli/bin/agentkeys.js" "daemon"\n');
  });

  test("its log names callers by rule and holds no key", async () => {
    expect(daemon.log).toContain(`"caller":"uid:0:${desk.bin("curl-right")}"`);
    expect(daemon.log + daemon.err).not.toContain(KEY);
    expect(await daemon.stop()).toBe(0);
    daemon = await desk.startDaemon();
  });

  test("a device that is revoked on chain is cut off for good", async () => {
    const from = daemon.log.length;
    const words = desk.registration.slice(desk.registration.indexOf("--wallet-file"), desk.registration.indexOf("--broker-url"));
    expect(await desk.machine.run(["device", "revoke", ...words])).toMatchObject({ code: 0 });
    await daemon.says("services dropped", from);
    expect(last(await run(bySocket(desk.bin("curl-right"))))).toBe("403 device_revoked");
    expect(await desk.machine.run(desk.registration)).toMatchObject({ code: 1, err: expect.stringContaining("revoked for good") });
  });
});
