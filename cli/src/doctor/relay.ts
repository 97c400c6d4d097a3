import { createHttpClient } from "@agentkeys/common/http-client";
import { relayUrl } from "../chain/relay.ts";
import { ill, well, type Check } from "./check.ts";

const CALL_TIMEOUT_MS = 5000;
/** Nobody can have signed a request with this id. */
const NO_REQUEST = `0x${"00".repeat(32)}`;

/** Whether a relay answers at this URL: it is asked for a request that it cannot have taken. */
export async function checkRelay(text: string): Promise<Check> {
  const url = relayUrl(text);
  const check = `relay ${url.host}`;
  const http = createHttpClient({ timeoutMs: CALL_TIMEOUT_MS });
  try {
    const { body } = await http.json("GET", `${url.href}/${NO_REQUEST}`);
    if ((body as { reason?: unknown } | null)?.reason === "not_found") return well(check, "answers");
    return ill(check, "what answers there is no relay: correct --relay");
  } catch {
    return ill(check, "does not answer: until it does, only a wallet with coins can grant and revoke (the same commands without --relay)");
  } finally {
    await http.close();
  }
}
