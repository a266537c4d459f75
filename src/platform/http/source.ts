// Under what a client's address is counted (S-11): whoever has one IPv6 address has all of its /64, so that is one source.
import { isIPv6, SocketAddress } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** Eight groups of a canonical address, `::` filled in; a dotted end counts for two, and lies behind the prefix. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left;
  const right = tail === '' ? [] : tail.split(':');
  const taken = left.length + right.length + (right.at(-1)?.includes('.') ? 1 : 0);
  return [...left, ...Array<string>(8 - taken).fill('0'), ...right];
}

/** `2001:db8:0:1::/64` of an IPv6 address; an IPv4 one, mapped or not, is itself. What is no address stays as it is. */
export function sourceOf(ip: string): string {
  const [address = ''] = ip.split('%');
  if (!isIPv6(address)) return ip;
  // The system's own form: lower case, no leading zeros, the longest run of zeros short.
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED.exec(canonical)?.[1] ?? `${groupsOf(canonical).slice(0, 4).join(':')}::/64`;
}
