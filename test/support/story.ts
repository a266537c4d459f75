// Brings resources into each state over HTTP, as the officers of a district would: for the sweep, the examples and the demo.
import { completeCitizenId } from '../../src/kernel/citizen-id.ts';
import type { Answer, Api, Json } from './api.ts';
import { sampleClue } from './samples.ts';

/** Two districts of Shenyang with a whole set of officers each: what happens in one is invisible in the other. */
export type District = 'heping' | 'tiexi';
export const REGION: Readonly<Record<District, string>> = { heping: '210102', tiexi: '210106' };

export type Known = { id: string; path: string; body: Json };

/** The answer's resource, or an error that says what the service said instead. */
export function must(answer: Answer, path: string): Known {
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  const id = String(answer.body.id);
  return { id, path: `${path}/${id}`, body: answer.body };
}

/** Over all stories of a process: who is aided once under an original case is not aided again in another story. */
let people = 0;

export function createStory(api: Api) {
  let keys = 0;

  /** Another woman each time, so that no rule about one person ties two stories together. */
  function subject() {
    people += 1;
    const day = String(1 + (people % 28)).padStart(2, '0');
    const serial = String(people * 2).padStart(3, '0');
    const idNumber = completeCitizenId(`21010219${80 + (Math.floor(people / 400) % 20)}03${day}${serial.slice(-3)}`);
    return { ...sampleClue().subjects[0], idNumber, phone: `1381234${String(5000 + people).slice(-4)}` };
  }

  const clueInput = (district: District = 'heping') => ({
    ...sampleClue(),
    regionCode: REGION[district],
    subjects: [subject()],
  });

  async function clue(district: District = 'heping', change: Json = {}): Promise<Known> {
    const body = { ...clueInput(district), ...change };
    return must(await api.create(`wf.${district}`, '/v1/clues', body), '/v1/clues');
  }

  /** A decision on a resource as `officer`: on the version known, else on the one that officer sees now. */
  async function decide(officer: string, known: Known, verb: string, body: unknown = {}): Promise<Known> {
    const { version } = known.body;
    const path = `${known.path}/${verb}`;
    let answer = await api.as(officer, 'POST', path, { body, etag: `"${Number(version ?? 0)}.known"` });
    if (answer.status === 412) answer = await api.decide(officer, known.path, verb, body);
    if (answer.status >= 300) throw new Error(`${path} as ${officer}: ${answer.status} ${answer.text}`);
    return { ...known, body: answer.body };
  }

  async function rejectedClue(district: District = 'heping'): Promise<Known> {
    const body = { reasonCode: 'other', reason: '不属于司法救助范围' };
    return decide(`intake.${district}`, await clue(district), 'rejection', body);
  }

  const callers = new Map<string, Json>();
  /** What /v1/me says of an officer; nobody changes place within a story. */
  async function me(officer: string): Promise<Json> {
    const known = callers.get(officer) ?? (await api.get(officer, '/v1/me')).body;
    callers.set(officer, known);
    return known;
  }
  const agencyOf = async (officer: string) => ((await me(officer)).agency as { id: string }).id;

  /** A reference of the client's own that is never used twice. */
  const reference = (prefix: string) => `${prefix}-${++keys}`;

  return { api, subject, clueInput, clue, decide, rejectedClue, me, agencyOf, reference };
}

export type Story = ReturnType<typeof createStory>;
