// The signature vectors of Wycheproof through the verifier of tokens and assertions (S-04): for the suite and for the probe.
import { readFileSync } from 'node:fs';
import {
  ASSERTION_ALGORITHMS,
  algorithmOf,
  Forged,
  importPublic,
  openJws,
  type PublicJwk,
} from '../../src/agencies/jws.ts';

type Vector = { tcId: number; comment: string; jws: string; result: 'valid' | 'invalid' };
type Group = { comment: string; key: PublicJwk & { alg?: string; use?: string; kid?: string }; tests: Vector[] };
const FILE = new URL('../vectors/wycheproof/json_web_signature.json', import.meta.url);

/** As a registration does: an algorithm that is not on the list, or another use, is no key of ours. */
async function accepts({ key }: Group, { jws }: Vector): Promise<boolean> {
  const ours = ['EC', 'OKP', 'RSA'].includes(key.kty);
  const imported = ours ? await importPublic(key) : undefined;
  const usable = imported && (key.alg === undefined || key.alg === algorithmOf(key)) && (key.use ?? 'sig') === 'sig';
  const keyOf = async () => {
    if (!usable) throw new Forged();
    return imported;
  };
  return openJws(jws, keyOf, ASSERTION_ALGORITHMS).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Forged) return false;
      throw error;
    },
  );
}

export type SignatureOutcome = {
  expected: number;
  tests: number;
  invalidAccepted: number[];
  validAccepted: number;
  /** Algorithms of valid ones that we refuse. */
  validRefused: string[];
};

export async function runSignatureVectors(): Promise<SignatureOutcome> {
  const read = JSON.parse(readFileSync(FILE, 'utf8')) as { numberOfTests: number; testGroups: Group[] };
  const outcome = { tests: 0, invalidAccepted: [] as number[], validAccepted: 0 };
  const validRefused = new Set<string>();
  for (const group of read.testGroups) {
    for (const vector of group.tests) {
      outcome.tests += 1;
      const accepted = await accepts(group, vector);
      if (vector.result === 'invalid' && accepted) outcome.invalidAccepted.push(vector.tcId);
      if (vector.result === 'valid' && accepted) outcome.validAccepted += 1;
      if (vector.result === 'valid' && !accepted) validRefused.add(group.key.alg ?? group.key.kty);
    }
  }
  return { expected: read.numberOfTests, ...outcome, validRefused: [...validRefused] };
}
