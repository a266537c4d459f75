// The OWASP rules for OpenAPI (Spectral), without the network: 0 errors but for those that are wrong for this service, each with its reason.
import core from '@stoplight/spectral-core';
import owasp from '@stoplight/spectral-owasp-ruleset';
import parsers from '@stoplight/spectral-parsers';
import { parse } from 'yaml';
import type { Gate } from '../check.ts';
import { read } from './files.ts';

type Finding = { code: string | number; message: string; path: (string | number)[]; severity: number };
type Document = { paths?: Record<string, Record<string, { security?: unknown[] }>> };

/** Spectral's "error"; what it only warns of is no error. */
const ERROR = 0;

type Exemption = { rule: string; holds: (path: string[], document: Document) => boolean; reason: string };

const isPublic = ([, path = '', method = '']: string[], { paths }: Document) =>
  paths?.[path]?.[method]?.security?.length === 0;

export const EXEMPTIONS: readonly Exemption[] = [
  {
    rule: 'owasp:api2:2023-short-lived-access-tokens',
    holds: () => true,
    reason: 'tokens live for minutes and clients prove themselves again: a refresh token would only live longer',
  },
  {
    rule: 'owasp:api2:2023-write-restricted',
    holds: ([, path]) => path === '/v1/oauth/token' || path === '/v1/sandbox/tokens',
    reason: 'who asks for a token has none; the sandbox route does not exist on a live database',
  },
  {
    rule: 'owasp:api4:2023-rate-limit',
    holds: (path, document) => isPublic(path, document) || path.includes('401') || path.includes('Problem401'),
    reason: 'no caller is known there, so no quota is counted and none is told',
  },
  {
    rule: 'owasp:api8:2023-no-server-http',
    holds: () => true,
    reason: 'the committed document names the service on the own machine; a deployment names its PUBLIC_URL',
  },
];

type Outcome = { problems: string[]; exempted: Set<Exemption> };

export async function owaspErrors(document: Document): Promise<Outcome> {
  const spectral = new core.Spectral();
  spectral.setRuleset({ extends: [owasp] } as unknown as Parameters<typeof spectral.setRuleset>[0]);
  const text = JSON.stringify(document);
  const found = (await spectral.run(new core.Document(text, parsers.Json, 'openapi.json'))) as Finding[];
  const exempted = new Set<Exemption>();
  const errors = found.filter(({ code, path, severity }) => {
    if (severity !== ERROR) return false;
    const exemption = EXEMPTIONS.find((one) => one.rule === code && one.holds(path.map(String), document));
    if (exemption) exempted.add(exemption);
    return exemption === undefined;
  });
  return { problems: errors.map(({ code, message, path }) => `${code}: ${message} at ${path.join('/')}`), exempted };
}

/** A document with one fault: a gate that finds nothing in it finds nothing anywhere. */
const SEEDED = {
  openapi: '3.1.0',
  info: { title: 'x', version: '1' },
  paths: {},
  components: { schemas: { Unbounded: { type: 'object', properties: { n: { type: 'integer', format: 'int32' } } } } },
};

export const owaspGate: Gate = {
  name: 'openapi holds the OWASP rules',
  run: async () => {
    const { problems, exempted } = await owaspErrors(parse(read('openapi/openapi.yaml')) as Document);
    const seeded = await owaspErrors(SEEDED);
    const blind = seeded.problems.some((text) => text.includes('integer-limit'))
      ? []
      : ['the seeded fault is not found'];
    const stale = EXEMPTIONS.filter((one) => !exempted.has(one)).map(
      ({ rule }) => `nothing needs the exemption of ${rule}`,
    );
    const detail = `${problems.length} errors, ${EXEMPTIONS.length} rules with an exemption`;
    return { problems: [...problems, ...blind, ...stale], detail };
  },
};
