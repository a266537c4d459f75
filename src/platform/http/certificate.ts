// The client certificate that a proxy has verified, from its header and from nobody else (RFC 8705, RFC 9440; S-08).
import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The peers of TRUST_PROXY: addresses, networks, and the three names that stand for networks. */
export function trustedPeers(entries: readonly string[]): (address: string | undefined) => boolean {
  const peers = new BlockList();
  for (const entry of entries.flatMap((one) => NAMED[one] ?? [one])) {
    const [address = '', bits] = entry.split('/');
    if (isIP(address) === 0) continue;
    if (bits === undefined) peers.addAddress(address, familyOf(address));
    else peers.addSubnet(address, Number(bits), familyOf(address));
  }
  // On a dual-stack socket an IPv4 peer has an IPv6 name.
  const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');
  return (address) => address !== undefined && peers.check(plain(address), familyOf(plain(address)));
}

/** RFC 9440 (`:base64 of the DER:`), or the percent-encoded PEM that nginx sends; undefined for anything else. */
function derOf(header: string): Buffer | undefined {
  const structured = /^:([A-Za-z0-9+/]{1,16000}={0,2}):$/.exec(header)?.[1];
  if (structured) return Buffer.from(structured, 'base64');
  const pem =
    /^-----BEGIN%20CERTIFICATE-----%0A([A-Za-z0-9%/+]{1,16000}={0,2})(?:%0A)?-----END%20CERTIFICATE-----(?:%0A)?$/.exec(
      header,
    )?.[1];
  if (!pem) return undefined;
  const body = pem.replaceAll('%0A', '').replaceAll('%2B', '+').replaceAll('%2F', '/').replaceAll('%3D', '=');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(body) ? Buffer.from(body, 'base64') : undefined;
}

/** `x5t#S256` of what the proxy saw; `spoofed` where somebody else sent the header, or it is no certificate. */
export type CertificateOf = (req: FastifyRequest) => string | 'spoofed' | undefined;

export function certificateReader(header: string | undefined, trustProxy: readonly string[]): CertificateOf {
  if (header === undefined) return () => undefined;
  const trusted = trustedPeers(trustProxy);
  const name = header.toLowerCase();
  return (req) => {
    const value = req.headers[name];
    if (value === undefined || value === '') return undefined;
    if (!trusted(req.raw.socket.remoteAddress)) return 'spoofed';
    const der = typeof value === 'string' ? derOf(value) : undefined;
    return der ? createHash('sha256').update(der).digest('base64url') : 'spoofed';
  };
}
