// Letters say what the reader sees, in both formats, and text never becomes markup.
import { beforeAll, describe, expect, test } from '@jest/globals';
import PizZip from 'pizzip';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

const HOSTILE = '<script>alert(1)</script>{{facts}}{{{number}}}</w:t><w:p>&amp;"\'';

async function letter(officer: string, path: string, format: string) {
  const token = await service.api.token(officer);
  const response = await service.app.inject({
    method: 'GET',
    url: `${path}?format=${format}`,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.statusCode, headers: response.headers, bytes: response.rawPayload };
}

const wordXml = (bytes: Buffer) => new PizZip(bytes).file('word/document.xml')?.asText() ?? '';

/** The visible text, character by character as a reader of the XML gets it. */
const wordText = (bytes: Buffer) =>
  [...wordXml(bytes).matchAll(/<w:t[^>]*>([^<]*)<\/w:t>|<w:p[ >]/g)]
    .map(([, text]) => text ?? '\n')
    .join('')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

describe('a letter transferring a clue', () => {
  let clue: Known;
  let path: string;
  beforeAll(async () => {
    clue = await world.clue('heping', { facts: HOSTILE });
    path = `${clue.path}/letters/clue-transfer`;
  });

  test('as HTML: an attachment with its number, names in clear for the source, facts escaped', async () => {
    const { status, headers, bytes } = await letter('wf.heping', path, 'html');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="document\.html"; filename\*=UTF-8''%E5%8F%B8/,
      ),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const text = bytes.toString('utf8');
    expect(text).toContain(String(clue.body.number));
    expect(text).toContain('李秀兰');
    expect(text).toContain('沈阳市和平区');
    expect(text).not.toMatch(/<script/i);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;&#x2F;script&gt;{{facts}}{{{number}}}');
    expect(text).not.toMatch(/210102\d{8}\d{4}/);
  });

  test('as DOCX: a whole archive whose text is the same, markup in the facts being text', async () => {
    const { status, headers, bytes } = await letter('wf.heping', path, 'docx');
    expect([status, headers['content-type']]).toEqual([
      200,
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ]);
    expect(
      Object.keys(new PizZip(bytes).files)
        .filter((name) => !name.endsWith('/'))
        .sort(),
    ).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'word/_rels/document.xml.rels',
      'word/document.xml',
      'word/styles.xml',
    ]);
    const xml = wordXml(bytes);
    expect(xml).not.toMatch(/<script/);
    expect(xml).toContain('&lt;script&gt;');
    const text = wordText(bytes);
    expect(text).toContain(`编号：${String(clue.body.number)}`);
    expect(text).toContain(`基本事实：${HOSTILE}`);
    expect(text).toContain('刑事 沈和检刑诉〔2026〕118号 沈阳市和平区人民检察院');
    expect(text).toContain('李秀兰');
    // Every element that is opened is closed: the hostile text has broken nothing.
    const open: string[] = [];
    for (const [, close, name = '', self] of xml.matchAll(/<(\/?)([\w:]+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!self) open.push(name);
    }
    expect(open).toEqual([]);
  });

  test('masked for the receiver as the clue is, and the view of the narrative is on record', async () => {
    const count = async () => {
      const [row] = await service.owner.query<{ n: number }>(
        `select count(*)::int as n from audit_records where type = 'person.viewed' and purpose = 'clue.receiver'`,
      );
      return row?.n ?? 0;
    };
    const before = await count();
    const { bytes } = await letter('intake.heping', path, 'docx');
    expect(wordText(bytes)).toContain('李*');
    expect(wordText(bytes)).not.toContain('李秀兰');
    expect(await count()).toBe(before + 1);
  });

  test('404 for a stranger, for a letter of another resource and for an unknown one; 400 for an unknown format', async () => {
    expect((await letter('wf.tiexi', path, 'html')).status).toBe(404);
    expect((await letter('wf.heping', `${clue.path}/letters/decision`, 'html')).status).toBe(404);
    expect((await letter('wf.heping', `${clue.path}/letters/..%2f..%2fpackage.json`, 'html')).status).toBe(404);
    expect((await letter('wf.heping', path, 'pdf')).status).toBe(400);
  });
});

describe('letters on a case', () => {
  test('a decision before there is one is a 409; the form can be printed', async () => {
    const known = await world.proposed();
    const decision = await letter('chief.heping', `${known.path}/letters/decision`, 'html');
    expect(decision.status).toBe(409);
    expect(JSON.parse(decision.bytes.toString('utf8'))).toMatchObject({ code: 'letter.not_ready' });
    const form = (await letter('chief.heping', `${known.path}/letters/approval-form`, 'docx')).bytes;
    expect(wordText(form)).toContain('符合救助条件，建议予以救助');
    expect(wordText(form)).toContain('20000.00');
  });

  test('the day of a proposal is the day in Shenyang, in the small hours too', async () => {
    await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body: { now: '2026-11-17T00:30:00+08:00' } });
    const known = await world.proposed();
    const form = wordText((await letter('chief.heping', `${known.path}/letters/approval-form`, 'docx')).bytes);
    await service.api.as('admin', 'DELETE', '/v1/sandbox/clock');
    expect(form).toContain('2026年11月17日');
    expect(form).not.toContain('2026年11月16日');
  });

  test('a decision carries its own number, amount and date', async () => {
    const known = await world.granted();
    const { number } = known.body.decision as { number: string };
    for (const format of ['html', 'docx'] as const) {
      const { bytes } = await letter('handler.heping', `${known.path}/letters/decision`, format);
      const text = format === 'docx' ? wordText(bytes) : bytes.toString('utf8');
      expect(text).toContain(number);
      expect(text).toContain('决定予以救助，救助金共计人民币20000.00元');
      expect(text).not.toContain('决定不予救助');
    }
  });

  test('a refusal says why, and finance gets no narrative', async () => {
    const known = await world.refused();
    const path = `${known.path}/letters/decision`;
    const refused = (await letter('head.heping', path, 'html')).bytes.toString('utf8');
    expect(refused).toContain('决定不予救助');
    expect(refused).toContain('生活困难与案件无关');
    const finance = (await letter('finance.heping', path, 'html')).bytes.toString('utf8');
    expect(finance).not.toContain('生活困难与案件无关');
    expect(finance).not.toContain('被害人重伤');
    expect(finance).not.toContain('李秀兰');
  });
});

test('a proposal for social assistance: in clear for the department while it may act, masked for the sender', async () => {
  const known = await world.referral('accepted');
  const path = `${known.path}/letters/social-assistance-proposal`;
  const own = (await letter('civil.heping', path, 'docx')).bytes;
  expect(wordText(own)).toContain('李秀兰');
  expect(wordText(own)).toContain('家庭生活困难，建议给予救助');
  const sent = (await letter('handler.heping', path, 'html')).bytes.toString('utf8');
  expect(sent).toContain('李*');
  expect(sent).not.toContain('李秀兰');
});
