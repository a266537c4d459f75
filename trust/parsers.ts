// S-26, S-27, S-28, S-30: what a body parser, a query parser and a content type can be talked into.
import { jsonVectors, REFUSED_ON_PURPOSE } from '../test/support/vectors.ts';
import { CONTENT_TYPES, POLLUTED_BODIES, POLLUTED_QUERIES, slotsOf, withSlot, wrongFor } from './outside/corpus.ts';
import { type Answer, findings, type Stage, withStage } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';

const codesOf = (answer: Answer) => ((answer.body.errors ?? []) as { code: string }[]).map((error) => error.code);
const byParser = (answer: Answer) => codesOf(answer).some((code) => /^(json|string)\./.test(code));

async function vectors({ service, fault }: Stage): Promise<Reading> {
  const found = findings();
  const counted = { y: 0, n: 0, i: 0 };
  for (const prefix of ['y', 'n', 'i'] as const) {
    for (const { name, bytes } of jsonVectors(prefix)) {
      counted[prefix] += 1;
      const answer = await service.api.as('wf.heping', 'POST', '/v1/clues', { raw: bytes });
      const wrong = fault(answer);
      if (wrong) found.add(`${name}: ${wrong}`);
      // No body at all is `{}`, which lacks what a clue needs: a 400 of the schema, like a vector that parses.
      const parsed = answer.status === 400 && !byParser(answer);
      const wanted =
        prefix === 'n' ? answer.status === 400 && (byParser(answer) || name === 'n_structure_no_data') : parsed;
      const onPurpose = (REFUSED_ON_PURPOSE as readonly string[]).includes(name);
      if (prefix !== 'i' && !(onPurpose ? byParser(answer) : wanted))
        found.add(`${name}: ${answer.status} ${codesOf(answer)}`);
    }
  }
  return {
    figure: `${counted.n} n_ refused, ${counted.y} y_ (${REFUSED_ON_PURPOSE.length} refused on purpose), ${counted.i} i_: ${found.count} wrong`,
    met: found.count === 0,
    detail: [`Refused on purpose: ${REFUSED_ON_PURPOSE.join(', ')}.`, ...found.detail()],
  };
}

async function pollution({ prepared, wire, send, fault }: Stage): Promise<Reading> {
  const found = findings();
  let sent = 0;
  const judge = async (name: string, request: Awaited<ReturnType<typeof wire>>) => {
    sent += 1;
    const answer = await send(request);
    const wrong =
      fault(answer) ?? (answer.status === 400 ? undefined : `${answer.status} ${answer.text.slice(0, 100)}`);
    if (wrong) found.add(`${name}: ${wrong}`);
  };
  for (const chosen of prepared) {
    const { op, target } = chosen;
    for (const query of POLLUTED_QUERIES) {
      const request = await wire(chosen);
      await judge(`${op.id} ?${query}`, {
        ...request,
        url: `${request.url}${request.url.includes('?') ? '&' : '?'}${query}`,
      });
    }
    if (!op.hasBody || target.form || target.file) continue;
    for (const body of POLLUTED_BODIES) await judge(`${op.id} ${body}`, { ...(await wire(chosen)), payload: body });
  }
  const polluted = ({} as { polluted?: unknown }).polluted !== undefined;
  return {
    figure: `${sent} requests to ${prepared.length} operations: ${found.count} not 400, prototype ${polluted ? 'POLLUTED' : 'clean'}`,
    met: found.count === 0 && !polluted,
    detail: found.detail(),
  };
}

async function juggling({ prepared, wire, send, fault, contract }: Stage): Promise<Reading> {
  const found = findings();
  let sent = 0;
  for (const chosen of prepared) {
    const { op, target } = chosen;
    if (!op.hasBody || target.form || target.file || target.body === undefined) continue;
    for (const slot of slotsOf(target.body)) {
      for (const text of wrongFor(slot.value)) {
        sent += 1;
        const payload = withSlot(target.body, slot, text);
        const answer = await send({ ...(await wire(chosen)), payload });
        const fits =
          payload.length < 20_000 && parses(payload) && contract.schemaFault(op, JSON.parse(payload)) === undefined;
        const wrong = fault(answer) ?? (answer.status === 400 || fits ? undefined : `${answer.status}, coerced?`);
        if (wrong) found.add(`${op.id} ${slot.path.join('/')}=${text.slice(0, 40)}: ${wrong}`);
      }
    }
  }
  return {
    figure: `${sent} bodies with one value of another type: ${found.count} taken or failed`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return !/\\u0000|\\ud800|1e400/i.test(text);
  } catch {
    return false;
  }
}

async function parameters({ prepared, wire, send, fault }: Stage): Promise<Reading> {
  const found = findings();
  let sent = 0;
  for (const chosen of prepared) {
    const { op } = chosen;
    const known = (op.operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    for (const { name } of known) {
      sent += 1;
      const request = await wire(chosen);
      const twice = `${name}=1&${name}=2`;
      const answer = await send({ ...request, url: `${request.url.split('?')[0]}?${twice}` });
      const wrong = fault(answer) ?? (answer.status === 400 ? undefined : `${answer.status}`);
      if (wrong) found.add(`${op.id} ?${twice}: ${wrong}`);
    }
  }
  return {
    figure: `${sent} query parameters given twice: ${found.count} taken or failed`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

async function texts({ service }: Stage): Promise<Reading> {
  const names = ['𠮷田', '李\u200d秀兰', 'e\u0301milie', 'émilie', '阿卜杜拉·买买提', '😀名', '\u202e李', 'ﬁ'];
  const found = findings();
  for (const name of names) {
    const subjects = [{ name, sex: 'female', idType: 'none', categories: [], relationToCase: 'self' }];
    const facts = `经过：${name}`;
    const linkedCase = { type: 'criminal', handlingOrgan: '沈阳市公安局和平分局' };
    const body = { source: 'wf_visit', regionCode: '210102', facts, subjects, linkedCase };
    const made = await service.api.create('wf.heping', '/v1/clues', body);
    const seen = await service.api.get('wf.heping', `/v1/clues/${String(made.body.id)}`);
    const shown = (seen.body.subjects as { name: string }[] | undefined)?.[0]?.name;
    if (shown !== name.normalize('NFC') || seen.body.facts !== facts)
      found.add(`${JSON.stringify(name)} → ${made.status} ${JSON.stringify(shown)}`);
  }
  return {
    figure: `${names.length} names and texts in NFC, NFD, of four bytes, with marks: ${found.count} changed`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

async function contentTypes({ prepared, wire, send, fault }: Stage): Promise<Reading> {
  const found = findings();
  const statuses: Record<number, number> = {};
  for (const chosen of prepared) {
    if (chosen.op.method === 'GET' || chosen.target.file) continue;
    for (const type of CONTENT_TYPES) {
      const request = await wire(chosen);
      const answer = await send({
        ...request,
        headers: { ...request.headers, 'content-type': type },
        payload: '{"unvalidated":true}',
      });
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      // 400: the body was validated and its unknown member refused; anything later would be the handler.
      const wrong = fault(answer) ?? ([400, 415].includes(answer.status) ? undefined : `${answer.status}`);
      if (wrong) found.add(`${chosen.op.id} ${JSON.stringify(type)}: ${wrong}`);
    }
  }
  return {
    figure: `${JSON.stringify(statuses)}: ${found.count} reached a handler`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-26',
    name: 'JSONTestSuite over HTTP',
    target: 'every n_ 400, every y_ parsed or listed, no 5xx',
    run: () => withStage(vectors, { plain: true }),
  },
  {
    number: 'S-27',
    name: 'prototype pollution in bodies and queries of every operation',
    target: '400, prototype clean',
    run: () => withStage(pollution),
  },
  {
    number: 'S-28',
    name: 'type juggling in every member of every body',
    target: '0 coerced, 0 5xx',
    run: () => withStage(juggling),
  },
  { number: 'S-28', name: 'query parameters given twice', target: '0 taken, 0 5xx', run: () => withStage(parameters) },
  {
    number: 'S-28',
    name: 'texts that normalise or look alike',
    target: 'texts exact, names exact in NFC',
    run: () => withStage(texts, { plain: true }),
  },
  {
    number: 'S-30',
    name: 'content types on every write',
    target: '415, or validated',
    run: () => withStage(contentTypes),
  },
];
