// Which addresses the service may call: public ones, and what WEBHOOK_ALLOW names; decided for literals and for resolved names alike (S-40).
import { BlockList, isIP } from 'node:net';

type Subnet = readonly [net: string, prefix: number];

/** IANA special-purpose registries, and the metadata addresses of clouds. */
const SPECIAL_V4: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Of global unicast, what is special: Teredo and its neighbours, documentation, 6to4. All else outside 2000::/3 is refused as a whole. */
const SPECIAL_V6: readonly Subnet[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

function listOf(v4: readonly Subnet[], v6: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of v4) list.addSubnet(net, prefix, 'ipv4');
  for (const [net, prefix] of v6) list.addSubnet(net, prefix, 'ipv6');
  return list;
}

const special = listOf(SPECIAL_V4, SPECIAL_V6);
const globalUnicast = listOf([], [['2000::', 3]]);
/** Of this machine, in the sandbox only: loopback and the unspecified address that reaches it. */
const own = listOf(
  [
    ['0.0.0.0', 8],
    ['127.0.0.0', 8],
  ],
  [['::', 127]],
);

const familyOf = (address: string) => (isIP(address) === 6 ? ('ipv6' as const) : ('ipv4' as const));

export function isPublic(address: string): boolean {
  const family = familyOf(address);
  if (isIP(address) === 0) return false;
  if (family === 'ipv6' && !globalUnicast.check(address, family)) return false;
  return !special.check(address, family);
}

/** IPv4 in the clothes of IPv6, which a list of IPv4 networks would see through and a socket reaches. */
const isMapped = (address: string) => familyOf(address) === 'ipv6' && /^::ffff:/i.test(address);
const isOwn = (address: string) => own.check(address, familyOf(address));

export type Allowed = {
  /** Whether the service may connect to this address, asked for by this name. */
  address(address: string, host: string): boolean;
  /** Whether this name or literal was named by the operator, and with which ports: undefined = any of the usual. */
  host(host: string, port: number): boolean;
};

type Entry = { host: string; port: number | undefined };

/** `[::1]:80`, `::1`, `10.0.0.0/8`, `hooks.example`, `127.0.0.1:8080`. */
function parse(text: string): { entry?: Entry; subnet?: Subnet } {
  const [net = '', prefix] = text.split('/');
  if (prefix !== undefined) return isIP(net) ? { subnet: [net, Number(prefix)] } : {};
  if (isIP(text) === 6) return { entry: { host: text.toLowerCase(), port: undefined } };
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = (bracketed ?? plain ?? '').toLowerCase();
  return { entry: { host, port: port === undefined ? undefined : Number(port) } };
}

const USUAL_PORTS: readonly number[] = [443, 8443];
export const isUsualPort = (port: number): boolean => USUAL_PORTS.includes(port);

/** What the operator opens besides the public internet; the machine's own addresses in a sandbox only, as are unusual ports. */
export function parseAllowed(texts: readonly string[], sandbox: boolean): Allowed {
  const entries: Entry[] = [];
  const networks = new BlockList();
  for (const { entry, subnet } of texts.map(parse)) {
    if (entry) entries.push(entry);
    if (subnet) networks.addSubnet(subnet[0], subnet[1], familyOf(subnet[0]));
  }
  const inNetworks = (address: string) => isIP(address) !== 0 && networks.check(address, familyOf(address));
  const named = (host: string) => entries.filter((entry) => entry.host === host.toLowerCase());
  return {
    address: (address, host) => {
      if (isMapped(address)) return false;
      if (isPublic(address)) return true;
      if (isOwn(address) && !sandbox) return false;
      return inNetworks(address) || named(host).length > 0 || named(address).length > 0;
    },
    host: (host, port) => {
      const usual = sandbox || isUsualPort(port);
      const byNetwork = inNetworks(host === 'localhost' ? '127.0.0.1' : host);
      return (
        (byNetwork && usual) || named(host).some((entry) => (entry.port === undefined ? usual : entry.port === port))
      );
    },
  };
}
