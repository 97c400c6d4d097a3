/** Messages of sock_diag(7): the owner of one TCP socket by its ends. Knows bytes, not sockets. */
import { isIPv4 } from "node:net";
import { endianness } from "node:os";
import type { SocketPair } from "../caller/index.ts";

export interface TcpOwner {
  uid: number;
  inode: number;
}

const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 1;
const NLMSG_HEAD = 16;
const REQUEST_BYTES = NLMSG_HEAD + 56;
const ANSWER_BYTES = NLMSG_HEAD + 72;
const AF_INET = 2;
const AF_INET6 = 10;
const IPPROTO_TCP = 6;
const ESTABLISHED = 1;
const IS_LITTLE = endianness() === "LE";

const write32 = (into: Buffer, value: number, at: number): number =>
  IS_LITTLE ? into.writeUInt32LE(value, at) : into.writeUInt32BE(value, at);
const write16 = (into: Buffer, value: number, at: number): number =>
  IS_LITTLE ? into.writeUInt16LE(value, at) : into.writeUInt16BE(value, at);
const read32 = (from: Buffer, at: number): number => (IS_LITTLE ? from.readUInt32LE(at) : from.readUInt32BE(at));
const read16 = (from: Buffer, at: number): number => (IS_LITTLE ? from.readUInt16LE(at) : from.readUInt16BE(at));

/** Loopback only: IPv4, IPv4 mapped into IPv6, `::1`. */
function addressBytes(address: string): Buffer {
  const v4 = address.replace("::ffff:", "");
  const bytes = Buffer.alloc(16);
  if (isIPv4(v4)) v4.split(".").forEach((part, index) => (bytes[index] = Number(part)));
  else bytes[15] = 1;
  return bytes;
}

/** Ports and addresses of a socket as the kernel keeps them, 36 bytes. */
function socketId(pair: SocketPair): Buffer {
  const id = Buffer.alloc(36);
  id.writeUInt16BE(pair.localPort, 0);
  id.writeUInt16BE(pair.remotePort, 2);
  addressBytes(pair.localAddress).copy(id, 4);
  addressBytes(pair.remoteAddress).copy(id, 20);
  return id;
}

/** The question for the one socket whose own end is `local`. */
export function diagRequest(pair: SocketPair): Buffer {
  const request = Buffer.alloc(REQUEST_BYTES);
  write32(request, REQUEST_BYTES, 0);
  write16(request, SOCK_DIAG_BY_FAMILY, 4);
  write16(request, NLM_F_REQUEST, 6);
  request[NLMSG_HEAD] = isIPv4(pair.localAddress.replace("::ffff:", "")) ? AF_INET : AF_INET6;
  request[NLMSG_HEAD + 1] = IPPROTO_TCP;
  write32(request, 1 << ESTABLISHED, NLMSG_HEAD + 4);
  socketId(pair).copy(request, NLMSG_HEAD + 8);
  // Any cookie.
  request.fill(0xff, NLMSG_HEAD + 48, NLMSG_HEAD + 56);
  return request;
}

/** The owner in an answer; null for a fault, another socket, or one in any other state than established. */
export function readDiagAnswer(answer: Buffer, pair: SocketPair): TcpOwner | null {
  if (answer.length < ANSWER_BYTES || read16(answer, 4) !== SOCK_DIAG_BY_FAMILY) return null;
  const message = answer.subarray(NLMSG_HEAD);
  if (message[1] !== ESTABLISHED) return null;
  // The kernel answers about listening sockets when it finds no connection, and a mapped address in its own form.
  if (!message.subarray(4, 8).equals(socketId(pair).subarray(0, 4))) return null;
  return { uid: read32(message, 64), inode: read32(message, 68) };
}
