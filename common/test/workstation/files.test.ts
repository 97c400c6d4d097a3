import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { keyHex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { createDeviceKey, readDeviceKey, readGuarded, workstationPaths } from "@agentkeys/common/workstation";

const { uid } = userInfo();
const STRANGER = 4321;
const KEY = "ab".repeat(32);
let folder: string;
let path: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "agentkeys-desk-")), ".agentkeys");
  path = join(folder, "agent-device.key");
});

const put = (text = KEY, mode = 0o600): void => {
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(path, text, { mode });
};

describe("the device key", () => {
  test("is made once, for its owner alone, and read back", () => {
    expect(readDeviceKey(path, uid)).toBeNull();
    const key = Secret.of(Buffer.alloc(32, 3));
    createDeviceKey(path, { uid, key, temporaryName: "t" });
    expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(keyHex(readDeviceKey(path, uid) ?? Secret.of(""))).toBe(keyHex(key));
    const again = (): void => createDeviceKey(path, { uid, key: Secret.of(Buffer.alloc(32, 4)), temporaryName: "t" });
    expect(again).toThrow(
      expect.objectContaining({ code: "device_key_refused", message: expect.stringContaining("never overwritten") as unknown }),
    );
    expect(keyHex(readDeviceKey(path, uid) ?? Secret.of(""))).toBe(keyHex(key));
  });

  test.each<[string, () => void, RegExp]>([
    ["that others may read", () => put(KEY, 0o640), /chmod 600/],
    [
      "of somebody else",
      () => {
        put();
        chownSync(path, STRANGER, STRANGER);
      },
      /belongs to uid 4321/,
    ],
    [
      "behind a link",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        writeFileSync(`${folder}/real`, KEY, { mode: 0o600 });
        symlinkSync("real", path);
      },
      /symbolic link/,
    ],
    ["that is no key", () => put("not a key"), /holds no key.*restore it/],
    ["that is empty", () => put(""), /holds no key/],
    ["that is a folder", () => mkdirSync(path, { recursive: true, mode: 0o700 }), /no regular file|open to others/],
    [
      "in a folder open to others",
      () => {
        put();
        chmodSync(folder, 0o755);
      },
      /chmod 700/,
    ],
    [
      "in a folder of somebody else",
      () => {
        put();
        chownSync(folder, STRANGER, STRANGER);
      },
      /belongs to uid 4321/,
    ],
    [
      "in a folder behind a link",
      () => {
        mkdirSync(`${folder}.real`, { mode: 0o700 });
        symlinkSync(`${folder}.real`, folder);
        writeFileSync(path, KEY, { mode: 0o600 });
      },
      /symbolic link/,
    ],
  ])("%s is refused and left as it is: device_key_refused", (_what, arrange, words) => {
    arrange();
    const before = lstatSync(path).ino;
    expect(() => readDeviceKey(path, uid)).toThrow(
      expect.objectContaining({ code: "device_key_refused", publicMessage: expect.stringMatching(words) as unknown }),
    );
    expect(() => createDeviceKey(path, { uid, key: Secret.of(Buffer.alloc(32)), temporaryName: "t" })).toThrow();
    expect(lstatSync(path).ino).toBe(before);
  });
});

describe("a file of rules", () => {
  const read = (as: "private" | "trusted" = "trusted"): string | undefined =>
    readGuarded(path, { uid, as, code: "config_invalid" })?.toString("utf8");

  test("may be read by others, and be a link or root's", () => {
    put("x", 0o644);
    expect(read()).toBe("x");
    symlinkSync(path, `${path}.link`);
    expect(readGuarded(`${path}.link`, { uid, as: "trusted", code: "config_invalid" })?.toString()).toBe("x");
    expect(readGuarded(join(folder, "none"), { uid, as: "trusted", code: "config_invalid" })).toBeNull();
  });

  test.each<[string, () => void, RegExp]>([
    [
      "that its group may change",
      () => {
        put("x");
        chmodSync(path, 0o664);
      },
      /chmod go-w/,
    ],
    [
      "that anybody may change",
      () => {
        put("x");
        chmodSync(path, 0o602);
      },
      /chmod go-w/,
    ],
    [
      "of somebody else",
      () => {
        put("x");
        chownSync(path, STRANGER, STRANGER);
      },
      /belongs to uid 4321/,
    ],
    ["that is larger than any", () => put("x".repeat(1_048_577)), /larger/],
  ])("%s is refused", (_what, arrange, words) => {
    arrange();
    expect(() => read()).toThrow(words);
  });
});

test.each<[string, Record<string, string>, string, string]>([
  ["the defaults", { HOME: "/home/a" }, "/home/a/.agentkeys/agentkeys-proxy.sock", "/home/a/.config/agentkeys/policy.toml"],
  [
    "XDG's",
    { HOME: "/h", XDG_RUNTIME_DIR: "/run/user/1", XDG_CONFIG_HOME: "/c" },
    "/run/user/1/agentkeys-proxy.sock",
    "/c/agentkeys/policy.toml",
  ],
  [
    "a relative variable counts as unset",
    { HOME: "/h", XDG_RUNTIME_DIR: "run", XDG_CONFIG_HOME: "" },
    "/h/.agentkeys/agentkeys-proxy.sock",
    "/h/.config/agentkeys/policy.toml",
  ],
])("places: %s", (_what, env, socket, policy) => {
  expect(workstationPaths(env)).toMatchObject({ socket, policy });
  expect(() => workstationPaths({ ...env, HOME: "" })).toThrow(/set HOME/);
});
