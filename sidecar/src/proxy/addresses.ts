import { BlockList, isIP } from "node:net";

/** IPv4 ranges that no public service lives in (RFC 6890 and cloud metadata). */
const V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Of IPv6 only global unicast is dialled; inside it these carry or reach other networks: Teredo, 6to4, documentation, ORCHID. */
const V6_INSIDE_GLOBAL: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const blocked = new BlockList();
for (const [net, bits] of V4) blocked.addSubnet(net, bits, "ipv4");
for (const [net, bits] of V6_INSIDE_GLOBAL) blocked.addSubnet(net, bits, "ipv6");
const globalV6 = new BlockList();
globalV6.addSubnet("2000::", 3, "ipv6");
const thisHost = new BlockList();
thisHost.addSubnet("127.0.0.0", 8, "ipv4");
thisHost.addSubnet("0.0.0.0", 8, "ipv4");
thisHost.addAddress("::1", "ipv6");
thisHost.addAddress("::", "ipv6");
thisHost.addSubnet("::ffff:127.0.0.0", 104, "ipv6");
thisHost.addSubnet("::ffff:0.0.0.0", 104, "ipv6");

/**
 * Whether an address is public: not private, loopback, link-local, CGN, metadata, multicast, reserved, nor an IPv6 form that
 * carries an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo). Anything that is no IP address is not public.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !blocked.check(address, "ipv4");
  if (family !== 6 || address.includes("%")) return false;
  return globalV6.check(address, "ipv6") && !blocked.check(address, "ipv6");
}

/** Whether dialling the address reaches this network namespace itself. */
export function isThisHost(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && thisHost.check(address, family === 4 ? "ipv4" : "ipv6");
}
