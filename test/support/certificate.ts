// A self-signed certificate made in memory (RFC 5280), so that tests of TLS need no tool and no key in a file.
import { generateKeyPairSync, sign } from 'node:crypto';

const length = (n: number): number[] => (n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 0xff]);
const der = (tag: number, ...parts: (Buffer | number[])[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
};
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`));
const name = (common: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(common)))));

/** For `127.0.0.1` or a DNS name, from a day ago until so many days from now. */
export function selfSigned(host: string, days: number): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const at = (offset: number) => time(new Date(Date.now() + offset * 86_400_000));
  const octets = host.split('.').map(Number);
  const isAddress = octets.length === 4 && octets.every(Number.isInteger);
  const alternative = isAddress ? der(0x87, octets) : der(0x82, Buffer.from(host));
  const extension = sequence(oid('551d11'), der(0x04, sequence(alternative)));
  const body = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, [1]),
    ECDSA_SHA256,
    name(host),
    sequence(at(-9), at(days)),
    name(host),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const cert = sequence(body, ECDSA_SHA256, der(0x03, [0], sign('sha256', body, privateKey)));
  const lines = cert.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
