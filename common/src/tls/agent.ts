import { Agent, type AgentOptions } from "node:https";
import type { Duplex } from "node:stream";
import type { TlsSource } from "./index.ts";

interface OpenAgent extends Agent {
  options: AgentOptions;
}

/**
 * A keep-alive agent for clients of `node:https` that trusts the current bundle. On a change new connections are checked
 * against the new one; requests under way end undisturbed on the old connection, which is then not used again.
 */
export function followingAgent(tls: TlsSource): Agent {
  const agent = new Agent({ keepAlive: true, ca: tls.current().ca }) as OpenAgent;
  tls.onChange(({ ca }) => {
    // The bundle is part of a connection's pool name, so that no request finds the idle ones of the old bundle any more.
    agent.options.ca = ca;
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  });
  agent.on("free", (socket: Duplex, options: AgentOptions) => {
    if (options.ca !== agent.options.ca) socket.destroy();
  });
  return agent;
}
