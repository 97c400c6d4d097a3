import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AgentKeysError } from "@agentkeys/common/errors";
import { importSigningKey, type PublicJwk } from "@agentkeys/common/jose";
import { ISSUER_PATHS, issuerFiles, type IssuerFiles } from "@agentkeys/common/oidc";
import { noMoreWords, required, usage, type Call, type CommandBody } from "../command.ts";
import { openForwardedServices } from "../kube/services.ts";
import { NAMESPACE_OPTION } from "../options.ts";
import { readPrivateFile } from "../wallet/key-file.ts";

const ISSUER = /^https:\/\/[^/]+$/;
const SIGNER_OIDC = { name: "agentkeys-signer-oidc", port: 8093 };

async function publicKeyOf(path: string): Promise<PublicJwk> {
  const bytes = readPrivateFile(path);
  try {
    return (await importSigningKey(bytes.toString("utf8"))).publicJwk;
  } finally {
    bytes.fill(0);
  }
}

/** What the running signer serves, through a forwarded port and checked under its own name. */
async function filesOfSigner(call: Call, issuer: string): Promise<IssuerFiles> {
  const { http, originOf } = await openForwardedServices(call, [SIGNER_OIDC]);
  const [discovery, keys] = await Promise.all(ISSUER_PATHS.map((path) => http.json("GET", `${originOf(SIGNER_OIDC)}${path}`)));
  const { issuer: named } = (discovery?.body ?? {}) as { issuer?: unknown };
  if (discovery?.status !== 200 || keys?.status !== 200)
    throw new AgentKeysError("upstream_unreachable", { message: "The signer does not serve its public files: run agentkeys doctor" });
  if (named !== issuer)
    throw usage(`The signer's tokens name another issuer, ${String(named)}: give it as --issuer, or change oidcIssuer of the installation`);
  return { "/.well-known/openid-configuration": JSON.stringify(discovery.body), "/jwks.json": JSON.stringify(keys.body) };
}

async function filesOf(call: Call): Promise<IssuerFiles> {
  const issuer = required(call, "issuer");
  if (!ISSUER.test(issuer)) throw usage("--issuer must be an https origin without a path");
  const [key, next] = [call.text("key"), call.text("next-key")];
  if ((key === undefined) !== call.flag("from-signer")) throw usage("Give either --key or --from-signer");
  if (key === undefined && next !== undefined) throw usage("--next-key needs --key: the signer serves the key it has");
  if (key === undefined) return await filesOfSigner(call, issuer);
  return issuerFiles(issuer, await Promise.all([key, ...(next === undefined ? [] : [next])].map(publicKeyOf)));
}

function write(folder: string, files: IssuerFiles): { file: string }[] {
  return ISSUER_PATHS.map((path) => {
    const file = join(folder, path);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, files[path]);
    } catch (cause) {
      throw new AgentKeysError("config_invalid", { message: `${file} cannot be written: choose another --out`, cause });
    }
    return { file };
  });
}

export const oidcExport: CommandBody = {
  operands: "--issuer <url> --key <file>|--from-signer",
  detail: `Writes .well-known/openid-configuration and jwks.json below a folder, byte for byte what the signer serves. Put them at the issuer's
host as application/json: AWS reads them there and the signer itself stays closed. Only the public half of a key is written.`,
  example: "agentkeys oidc export --issuer https://oidc.acme.example --from-signer --out site",
  options: {
    issuer: { type: "string", value: "<url>", description: "issuer of the signer's tokens, `oidcIssuer` of the chart" },
    key: { type: "string", value: "<file>", description: "K2, EC P-256 private key in PEM; or" },
    "from-signer": { type: "boolean", description: "ask the running signer" },
    "next-key": { type: "string", value: "<file>", description: "a K2 that will follow: published beside, so that the change is not felt" },
    out: { type: "string", default: "site", value: "<folder>", description: "where to write" },
    ...NAMESPACE_OPTION,
  },
  run: async (call) => {
    noMoreWords(call, 0);
    const written = write(required(call, "out"), await filesOf(call));
    call.answer(written, written);
    return undefined;
  },
};
